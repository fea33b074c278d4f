"""What a box is given: the program with all that belongs to it, a bill of materials, and a signature."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from appliance.vision.archives import FACE_MODELS, MEDIAPIPE
from release.__main__ import NAMESPACE, _seal
from release.sbom import bill_of_materials
from tests.conftest import ROOT

LOCK = ROOT / "requirements" / "runtime.txt"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What is in the wheel; made from what is in the repository alone."""
    source, made = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    build = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([sys.executable, *build, "--wheel-dir", str(made), str(source)], check=True, timeout=120)
    (file,) = made.glob("portretkluis-*-py3-none-any.whl")
    with zipfile.ZipFile(file) as opened:
        return set(opened.namelist())


def files_of(*folders: str) -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *folders],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(listed.stdout.split())


def test_the_wheel_has_every_module_page_picture_and_migration(wheel: set[str]) -> None:
    assert not files_of("appliance", "webui") - wheel
    assert not {name for name in wheel if name.startswith(("tests/", "bench/", "release/"))}


def test_the_wheel_brings_units_and_the_settings_of_the_machine(wheel: set[str]) -> None:
    shared = {re.sub(r"^portretkluis-[^/]+\.data/data/share/", "", name) for name in wheel}
    for name in files_of("systemd"):
        assert f"portretkluis/{name}" in shared
    for name in files_of("firmware-config/linux", "firmware-config/raspberry-pi", "firmware-config/nuc"):
        assert name.replace("firmware-config", "portretkluis/firmware") in shared
    assert "doc/portretkluis/operations.md" in shared  # the units name it


def test_the_bill_of_materials_names_every_package_of_the_lock_file_and_the_networks() -> None:
    bill = bill_of_materials("1.2.3", LOCK)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    listed = {(one["name"], one["version"]) for one in bill["components"]}
    locked = set(re.findall(r"^([\w.-]+)==([^ ;\\]+)", LOCK.read_text(), re.MULTILINE))
    networks = {(archive.package, archive.version) for archive in (MEDIAPIPE, FACE_MODELS)}
    assert listed == locked | networks
    assert len(locked) > 30
    pillow = next(one for one in bill["components"] if one["name"] == "pillow")
    hashes = {found["content"] for found in pillow["externalReferences"][0]["hashes"]}
    after = LOCK.read_text().split("\npillow==")[1]
    assert hashes == set(re.findall(r"sha256:(\w{64})", re.split(r"\n(?=\S)", after)[0]))
    references = [one["bom-ref"] for one in bill["components"]]
    assert len(set(references)) == len(references)
    assert bill["dependencies"] == [{"ref": "portretkluis", "dependsOn": references}]
    assert bill_of_materials("1.2.3", LOCK) == bill  # the same for everybody


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
def test_a_bundle_that_was_changed_is_found_and_so_is_one_signed_by_somebody_else(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    (bundle / "program").mkdir(parents=True)
    (bundle / "program" / "one.whl").write_bytes(b"the program")
    (bundle / "release.json").write_text(json.dumps({"version": "1.2.3"}))
    for name in ("ours", "theirs"):
        made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)]
        subprocess.run(made, check=True)
    _seal(bundle, tmp_path / "ours")
    sums = (bundle / "SHA256SUMS").read_text()
    assert f"{hashlib.sha256(b'the program').hexdigest()}  program/one.whl" in sums
    assert whole(bundle)
    assert signed(bundle, tmp_path / "ours.pub", tmp_path)
    assert not signed(bundle, tmp_path / "theirs.pub", tmp_path)
    (bundle / "program" / "one.whl").write_bytes(b"another program")
    assert not whole(bundle)
    (bundle / "SHA256SUMS").write_text(sums.replace("program/one", "program/two"))
    assert not signed(bundle, tmp_path / "ours.pub", tmp_path)


def whole(bundle: Path) -> bool:
    """As the playbook verifies it."""
    check = ["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"]
    return subprocess.run(check, cwd=bundle, capture_output=True, check=False).returncode == 0


def signed(bundle: Path, key: Path, folder: Path) -> bool:
    """As the playbook verifies it."""
    signers = folder / "signers"
    signers.write_text(f"portretkluis {key.read_text()}")
    verify = ["ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", "portretkluis", "-n", NAMESPACE]
    with (bundle / "SHA256SUMS").open("rb") as sums:
        command = [*verify, "-s", str(bundle / "SHA256SUMS.sig")]
        return subprocess.run(command, stdin=sums, capture_output=True, check=False).returncode == 0
