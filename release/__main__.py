"""`python -m release`: the bundle, see docs/install.md. From the checkout, with pip, and ssh-keygen to sign.

Everything is fetched by the lock file and its hashes, so two bundles of one commit hold the same packages.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

from appliance.vision.archives import FACE_MODELS, MEDIAPIPE, fetch
from release.sbom import bill_of_materials

ROOT = Path(__file__).resolve().parents[1]
ARCHITECTURES = ("x86_64", "aarch64")
PYTHONS = ("3.11", "3.13")
# From new to old: pip takes no tag for the older ones that it includes.
_GLIBC = ("manylinux_2_34", "manylinux_2_28", "manylinux_2_27", "manylinux_2_26", "manylinux_2_24")
_GLIBC_OLD = (
    "manylinux_2_17",
    "manylinux2014",
    "manylinux_2_12",
    "manylinux2010",
    "manylinux_2_5",
    "manylinux1",
)
NAMESPACE = "portretkluis-release"


def main() -> None:
    """Make the bundle in a folder."""
    asked = _arguments()
    bundle: Path = asked.output
    if bundle.exists() and any(bundle.iterdir()):
        sys.exit(f"{bundle} is not empty")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    _build_program(bundle / "program")
    for architecture in asked.architectures:
        for python in asked.pythons:
            _fetch_wheels(bundle / f"wheels-{architecture}", architecture, python)
        _pack(bundle / f"wheels-{architecture}")
    for archive in (MEDIAPIPE, FACE_MODELS):
        fetch(archive, bundle / "models", asked.packages, print)
    for folder in ("ansible", "firmware-config", "docs"):
        shutil.copytree(ROOT / folder, bundle / folder)
    shutil.copy(ROOT / "requirements" / "runtime.txt", bundle / "runtime.txt")
    (bundle / "release.json").write_text(json.dumps({"version": version}) + "\n")
    bill = bill_of_materials(version, ROOT / "requirements" / "runtime.txt")
    (bundle / "sbom.cdx.json").write_text(json.dumps(bill, indent=2) + "\n")
    _seal(bundle, asked.key)
    print(f"{bundle}: Portretkluis {version}, {sum(p.stat().st_size for p in _files(bundle)) // 10**6} MB")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m release", description="Make the release bundle.")
    parser.add_argument("output", type=Path, help="an empty folder, or one to be made")
    parser.add_argument("--key", type=Path, help="ssh key to sign with; without it, checksums only")
    parser.add_argument("--packages", type=Path, help="take the networks' packages from this folder")
    parser.add_argument("--architectures", nargs="+", default=ARCHITECTURES, choices=ARCHITECTURES)
    parser.add_argument("--pythons", nargs="+", default=PYTHONS, choices=PYTHONS)
    return parser.parse_args()


def _build_program(folder: Path) -> None:
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))


def _fetch_wheels(folder: Path, architecture: str, python: str) -> None:
    tags = [f"--platform={tag}_{architecture}" for tag in (*_GLIBC, *_GLIBC_OLD)]
    lock = str(ROOT / "requirements" / "runtime.txt")
    only = ("--only-binary=:all:", "--require-hashes", f"--python-version={python}")
    _pip("download", *only, *tags, "--dest", str(folder), "--requirement", lock)


def _pack(folder: Path) -> None:
    """One file instead of many, which is quicker to copy to a box; wheels are compressed already."""
    with tarfile.open(folder.with_suffix(".tar"), "w") as packed:
        for wheel in sorted(folder.iterdir()):
            packed.add(wheel, f"{folder.name}/{wheel.name}", filter=_plain)
    shutil.rmtree(folder)


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without who made it, and when."""
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    member.mode = 0o644
    return member


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", *arguments, "--quiet", "--disable-pip-version-check"]
    subprocess.run(command, check=True)


def _files(bundle: Path) -> list[Path]:
    return sorted(path for path in bundle.rglob("*") if path.is_file())


def _seal(bundle: Path, key: Path | None) -> None:
    """Checksums of every file in the form of sha256sum(1), and their signature."""
    sums = bundle / "SHA256SUMS"
    lines = [f"{_sha256(path)}  {path.relative_to(bundle)}\n" for path in _files(bundle)]
    sums.write_text("".join(lines))
    if key is not None:
        subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", NAMESPACE, sums], check=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


if __name__ == "__main__":
    main()
