"""Pinned packages from which files are taken: fetched with pip or from a folder, never installed."""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from appliance.domain.errors import Fault, Mistake

_CHUNK = 1 << 20
_TELL_EVERY = 2.0  # seconds


@dataclass(frozen=True, slots=True)
class Archive:
    """One file of a package, by its exact version and content. Wheels name the platform they are for."""

    package: str
    version: str
    file: str
    bytes: int
    sha256: str
    platform: str = ""  # empty for a source archive


FACE_MODELS = Archive(
    "face_recognition_models",
    "0.3.0",
    "face_recognition_models-0.3.0.tar.gz",
    100_149_358,
    "b79bd200a88c87c9a9d446c990ae71c5a626d1f3730174e6d570157ff1d896cf",
)
MEDIAPIPE = Archive(
    "mediapipe",
    "0.10.21",
    "mediapipe-0.10.21-cp311-cp311-manylinux_2_28_x86_64.whl",
    35_622_638,
    "05dc4a9e593655a79558d05d6227d31018c2537a4bd3362b51e230cf22aecfe3",
    "manylinux_2_28_x86_64",
)
PORTRAITS = Archive(
    "face_recognition",
    "1.3.0",
    "face_recognition-1.3.0.tar.gz",
    3_182_249,
    "5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec",
)
ASTRONAUT = Archive(
    "scikit-image",
    "0.26.0",
    "scikit_image-0.26.0-cp311-cp311-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl",
    13_711_217,
    "74aa5518ccea28121f57a95374581d3b979839adc25bb03f289b1bc9b99c58af",
    "manylinux_2_28_x86_64",
)

Progress = Callable[[str], None]


def fetch(archive: Archive, cache: Path, packages: Path | None, progress: Progress) -> Path:
    """The archive's file, its hash checked: from the cache, from a folder of packages, or by pip.

    packages: a folder for boxes without internet; when given, nothing is downloaded.

    Raises:
        Mistake: when the folder does not have it, or the download fails.
        Fault: when the file's content is not the pinned one.
    """
    kept = cache / archive.file
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        if packages is not None:
            _copy(archive, packages, kept)
        else:
            _download(archive, kept, progress)
    try:
        check(kept, archive.sha256)
    except Fault:
        kept.unlink(missing_ok=True)
        raise
    return kept


def check(path: Path, sha256: str) -> None:
    """Require that a file has the content expected.

    Raises:
        Fault: when it has not.
    """
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            found.update(chunk)
    if found.hexdigest() != sha256:
        raise Fault(
            "models:wrong_file",
            f"{path.name} is not the file that was expected: it is cut short, damaged or another version.",
            "Delete it and fetch it again.",
        )


def _copy(archive: Archive, packages: Path, kept: Path) -> None:
    source = packages / archive.file
    if not source.is_file():
        raise Mistake(
            "models:no_package",
            f"{archive.file} is not in the folder of packages.",
            f"Put {archive.package} {archive.version} there, or leave the folder out to download it.",
        )
    partial = kept.with_suffix(".partial")
    shutil.copyfile(source, partial)
    partial.replace(kept)


def _download(archive: Archive, kept: Path, progress: Progress) -> None:
    """By pip, which checks the hash before it opens the file."""
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        wanted = Path(folder) / "wanted.txt"
        wanted.write_text(f"{archive.package}=={archive.version} --hash=sha256:{archive.sha256}\n")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
        command += ["--disable-pip-version-check", "--dest", folder, "--requirement", str(wanted)]
        command += _choice(archive)
        if not _run(command, archive, progress) or not (Path(folder) / archive.file).is_file():
            raise Mistake(
                "models:no_download",
                f"{archive.package} {archive.version} could not be downloaded.",
                "Check the network, or give a folder that holds the packages.",
            )
        (Path(folder) / archive.file).replace(kept)


def _choice(archive: Archive) -> list[str]:
    if not archive.platform:
        # pip runs a source archive's setup.py: with the setuptools pinned here, none fetched for it
        return ["--no-binary", ":all:", "--no-build-isolation"]
    choice = ["--only-binary", ":all:", "--python-version", "3.11", "--implementation", "cp"]
    return [*choice, "--platform", archive.platform]


def _run(command: list[str], archive: Archive, progress: Progress) -> bool:
    begun = time.monotonic()
    size = f"{archive.bytes / 1e6:.0f} MB"
    progress(f"Fetching {archive.package} {archive.version} ({size})")
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        while True:
            try:
                return process.wait(_TELL_EVERY) == 0
            except subprocess.TimeoutExpired:
                progress(f"Fetching {archive.package} ({size}): {time.monotonic() - begun:.0f} s")


def read_members(path: Path, endings: Iterable[str]) -> dict[str, bytes]:
    """Files from an archive, each by the end of its path; the whole path is not needed.

    Raises:
        Fault: when the archive is damaged or has no such file.
    """
    wanted = list(endings)
    try:
        read = _from_zip if path.suffix == ".whl" else _from_tar
        found = read(path, wanted)
    except (OSError, EOFError, tarfile.TarError, zipfile.BadZipFile, ValueError) as problem:
        raise Fault(
            "models:damaged", f"{path.name} cannot be read.", "Delete it and fetch it again."
        ) from problem
    for ending in wanted:
        if ending not in found:
            raise Fault("models:wrong_file", f"{path.name} does not hold {ending}.", "Fetch it again.")
    return found


def _from_zip(path: Path, wanted: list[str]) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        return {e: archive.read(n) for e in wanted for n in names if n.endswith("/" + e)}


def _from_tar(path: Path, wanted: list[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    with tarfile.open(path) as archive:
        for member in archive:
            ending = next((e for e in wanted if member.name.endswith("/" + e)), None)
            stream = archive.extractfile(member) if ending and member.isfile() else None
            if ending and stream:
                found[ending] = stream.read()
    return found
