"""Adding a model pack that somebody made: checked to the letter before anything of it is used."""

import hashlib
import shutil
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from appliance.domain.errors import Mistake
from appliance.vision import manifest
from appliance.vision.archives import Progress
from appliance.vision.dlib_points import Forests
from appliance.vision.manifest import Pack
from appliance.vision.packs import installed, keep, verify
from appliance.vision.runtime import Network

LARGEST = 500_000_000  # bytes of a pack, unpacked
_CHUNK = 1 << 20
_SECONDS = 60
# Of each role: the shape of one input, and of its outputs without the batch, in any order.
SHAPES: dict[str, tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]] = {
    "detector": ((192, 192, 3), ((2304, 16), (2304, 1))),
    "near_detector": ((128, 128, 3), ((896, 16), (896, 1))),
    "landmarks": ((192, 192, 3), ((1, 1, 1404), (1, 1, 1))),
    "embedding": ((150, 150, 3), ((128,),)),
    "bodies": ((224, 224, 3), ((2254, 12), (2254, 1))),
}
REQUIRED = ("detector", "near_detector", "landmarks", "embedding")
_OTHERS = ("points",)


@contextmanager
def received(source: str, sha256: str, models: Path, progress: Progress) -> Iterator[Path]:
    """The folder of a pack from a folder, a ZIP file or an https address; gone afterwards.

    sha256: of the ZIP file; required for an address.

    Raises:
        Mistake: when it cannot be had, is not what was promised, or is no pack.
    """
    models.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=models, prefix=".adding-") as place:
        folder = Path(place) / "pack"
        folder.mkdir()
        if urlsplit(source).scheme in {"http", "https"}:
            _download(source, sha256, Path(place) / "pack.zip", progress)
            _unpack(Path(place) / "pack.zip", folder)
        elif Path(source).is_dir():
            _copy(Path(source), folder)
        else:
            _require_hash(Path(source), sha256)
            _unpack(Path(source), folder)
        yield folder


def _download(address: str, sha256: str, target: Path, progress: Progress) -> None:
    if urlsplit(address).scheme != "https" or not sha256:
        raise Mistake(
            "models:unsafe_address",
            "A pack is fetched over https only, and its SHA-256 must be given.",
            "Give --sha256 as its maker publishes it, or fetch the file yourself.",
        )
    progress("Fetching the pack")
    try:
        with urllib.request.urlopen(address, timeout=_SECONDS) as answer, target.open("wb") as stream:  # noqa: S310 - https, as checked above
            while chunk := answer.read(_CHUNK):
                stream.write(chunk)
                if stream.tell() > LARGEST:
                    raise _too_large()
    except (urllib.error.URLError, OSError, ValueError) as problem:
        raise Mistake(
            "models:no_download", "The pack could not be downloaded.", "Check the address and the network."
        ) from problem
    _require_hash(target, sha256)


def _require_hash(path: Path, sha256: str) -> None:
    if not path.is_file():
        raise Mistake("models:no_pack", "There is no such file or folder.", "Check its name.")
    if sha256:
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if found != sha256.lower():
            raise Mistake(
                "models:other_file", "The file has another SHA-256 than was given.", "Fetch it again."
            )


def _unpack(archive: Path, folder: Path) -> None:
    """The manifest, then exactly the files that it names; nothing else is looked at."""
    try:
        with zipfile.ZipFile(archive) as opened:
            if sum(member.file_size for member in opened.infolist()) > LARGEST:
                raise _too_large()
            _extract(opened, manifest.FILE, folder)
            for model in manifest.read(folder).models:
                _extract(opened, model.file, folder)
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError) as problem:
        raise _no_pack() from problem


def _extract(archive: zipfile.ZipFile, name: str, folder: Path) -> None:
    with archive.open(name) as source, (folder / name).open("wb") as target:
        left = LARGEST
        while chunk := source.read(_CHUNK):
            left -= len(chunk)
            if left < 0:  # the sizes that a ZIP file tells of itself need not be true
                raise _too_large()
            target.write(chunk)


def _copy(source: Path, folder: Path) -> None:
    try:
        shutil.copyfile(source / manifest.FILE, folder / manifest.FILE)
        for model in manifest.read(folder).models:
            shutil.copyfile(source / model.file, folder / model.file)
    except OSError as problem:
        raise _no_pack() from problem


def _no_pack() -> Mistake:
    return Mistake(
        "models:no_pack",
        "This is no model pack.",
        "A pack is a folder or a ZIP file with a manifest.json; docs/models.md describes it.",
    )


def _too_large() -> Mistake:
    return Mistake(
        "models:too_large", "The pack is larger than is allowed.", "Check that it is the right file."
    )


def checked(folder: Path, models: Path) -> Pack:
    """A pack that is complete: hashes, licences and shapes are right, and its name is its own.

    Raises:
        Mistake: when something of it is not as docs/models.md asks.
        Fault: when its manifest cannot be read, or a file is not what the manifest says.
    """
    pack = manifest.read(folder)
    if any(other.name == pack.name for other in installed(models)):
        raise Mistake(
            "models:name_taken", "A pack with this name is installed already.", "Give it another name."
        )
    if pack.version != manifest.VERSION:
        raise Mistake(
            "models:old", "The model pack was made for another version.", "Make it anew for this version."
        )
    roles = [model.role for model in pack.models]
    if len(set(roles)) < len(roles) or not set(REQUIRED) <= set(roles) <= {*SHAPES, *_OTHERS}:
        raise Mistake(
            "models:roles",
            "The pack lacks a network that is needed, has one twice, or has one that is not known.",
            "docs/models.md lists the roles.",
        )
    verify(pack)
    for role in roles:
        _require_shapes(pack, role)
    return pack


def _require_shapes(pack: Pack, role: str) -> None:
    if role in _OTHERS:
        Forests.load(pack.path(role))
        return
    network = Network(pack.path(role))
    taken, given = SHAPES[role]
    if network.input_shape != taken or sorted(network.output_shapes) != sorted(given):
        raise Mistake(
            "models:shapes",
            "The network with the role {role} takes or gives something else than is expected.",
            "docs/models.md has the shapes.",
            values={"role": role},
        )


def add(
    source: str,
    models: Path,
    *,
    sha256: str = "",
    objections: Callable[[Pack], list[str]],
    force: bool = False,
    progress: Progress,
) -> Pack:
    """Add a pack, unless there are objections to it. It is not in use until it is chosen.

    objections: what speaks against a pack that is complete, as sentences. force: add it all the same.

    Raises:
        Mistake: when the pack is not as it must be, or is worse than the present one.
        Fault: when a file of it is not what its manifest says.
    """
    with received(source, sha256, models, progress) as folder:
        pack = checked(folder, models)
        progress("Trying the pack")
        found = objections(pack)
        for sentence in found:
            progress(sentence)
        if found and not force:
            raise Mistake(
                "models:worse",
                "The pack is worse than the present one, so it was not added.",
                "Look at what was told of it; --force adds it all the same.",
            )
        return keep(models, folder)
