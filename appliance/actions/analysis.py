"""Examining a stored photo: decoded once, then pictures to look at, a fingerprint, faces and suggestions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from appliance.actions.intake_rules import in_its_shoot
from appliance.actions.lights import refresh
from appliance.actions.recognition import Measured, gallery, open_faces, shoot_of, suggest
from appliance.domain.access import WORKER, Permission
from appliance.domain.audit import Event
from appliance.domain.descriptions import Description, united
from appliance.domain.errors import Unreadable
from appliance.domain.photos import Doubt, DoubtId, Face, FaceId, ImportId, Origin, Photo, PhotoId, Stage
from appliance.imaging.copies import proxy, thumbnail
from appliance.imaging.decode import Decoded, Decoder
from appliance.imaging.fingerprints import fingerprint
from appliance.store.database import Transaction
from appliance.store.ids import new_id
from appliance.store.photos import BlobKind, Kept
from appliance.store.safe import Safe
from appliance.vision.analyser import FaceAnalyser
from appliance.vision.findings import FoundFace
from appliance.vision.match import Gallery

# Enough for faces of a fiftieth of the width, and a quarter of a 24-megapixel photo exactly.
LONG_SIDE = 1440


@dataclass(frozen=True, slots=True)
class _Examined:
    """What examining found, before any of it is kept."""

    photo: Photo
    files: tuple[Kept, ...]
    measured: tuple[Measured, ...]
    faces: tuple[Face, ...]
    description: Description
    doubts: tuple[Doubt, ...]


def waiting(safe: Safe, *, now: datetime, limit: int = 1000) -> list[PhotoId]:
    """Photos that are stored and not examined yet, oldest first."""
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now) as view:
        return view.photos.waiting(limit)


def analyse(
    safe: Safe, decoder: Decoder, analyser: FaceAnalyser, photo_id: PhotoId, *, now: datetime, day: date
) -> None:
    """Examine one photo. May run twice, or at once in two workers: what is done is not done again.

    A photo that cannot be decoded within the limits is set aside with the reason, and kept.
    """
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now, on=photo_id) as view:
        photo = view.photos.get(photo_id)
        if photo.stage is not Stage.STORED:
            return
        key = safe.data_key(view, photo_id)
        original = safe.stream(view, photo_id, BlobKind.ORIGINAL)
        has_sidecar = BlobKind.SIDECAR in view.photos.kinds(photo_id)
        sidecar = safe.read(view, photo_id, BlobKind.SIDECAR) if has_sidecar else b""
    try:
        decoded = decoder.decode(original, at_least=LONG_SIDE)
    except Unreadable as problem:
        set_aside(safe, photo_id, problem.key, now=now, day=day)
        return
    described = _described(decoder, decoded, sidecar)
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now, on=photo_id) as view:
        photo = in_its_shoot(view, view.photos.get(photo_id), decoded.capture)
        known = gallery(view, analyser.pack_name, shoot_of(view, photo), day)
    examined = _examine(safe, analyser, photo, decoded, key, known, described)
    if not _keep(safe, analyser, examined, known, now=now, day=day):
        for kept in examined.files:
            safe.blobs.delete(kept.place)


def _described(decoder: Decoder, decoded: Decoded, sidecar: bytes) -> Description:
    """What is told of it: the sidecar, written later, before the file. A broken one never costs the photo."""
    try:
        return united(decoder.describe(sidecar), decoded.description) if sidecar else decoded.description
    except Unreadable:
        return decoded.description


def _examine(
    safe: Safe,
    analyser: FaceAnalyser,
    photo: Photo,
    decoded: Decoded,
    key: bytes,
    known: Gallery,
    described: Description,
) -> _Examined:
    pixels = decoded.pixels
    findings = analyser.examine(pixels)
    found = findings.faces
    faces = tuple(_face(photo.id, one, pixels.shape) for one in found)
    # Nobody is measured unless somebody who agreed could be found by it (P3).
    embeddings = analyser.embed_for(known, pixels, found) if len(known) and found else ()
    return _Examined(
        photo=replace(
            photo,
            stage=Stage.ANALYSED,
            media_type=decoded.media_type,
            width=decoded.width,
            height=decoded.height,
            capture=decoded.capture,
            fingerprint=fingerprint(pixels),
            doubts=len(findings.doubts),
        ),
        files=(
            safe.keep(photo.id, BlobKind.PROXY, proxy(pixels), key),
            safe.keep(photo.id, BlobKind.THUMBNAIL, thumbnail(pixels), key),
        ),
        measured=tuple(Measured(face, vector) for face, vector in zip(faces, embeddings, strict=False)),
        faces=faces,
        description=described,
        doubts=tuple(
            Doubt(DoubtId(new_id()), photo.id, one.box, one.sign, round(one.score, 4))
            for one in findings.doubts
        ),
    )


def _face(photo_id: PhotoId, found: FoundFace, shape: tuple[int, ...]) -> Face:
    """A face with its points as fractions, so that it can be measured again without being looked for."""
    height, width = shape[:2]
    points = tuple((round(float(x) / width, 5), round(float(y) / height, 5)) for x, y in found.points)
    return Face(FaceId(new_id()), photo_id, found.box, Origin.MACHINE, round(found.score, 4), points=points)


def _keep(
    safe: Safe, analyser: FaceAnalyser, examined: _Examined, known: Gallery, *, now: datetime, day: date
) -> bool:
    """Write what was found, unless another worker did so meanwhile."""
    photo = examined.photo
    with safe.store.begin(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now, on=photo.id) as tx:
        if tx.photos.get(photo.id).stage is not Stage.STORED:
            tx.record(Event("photo:analyse", photo.id, detail="already"))
            return False
        tx.photos.replace(photo)
        tx.descriptions.put(photo.id, examined.description)
        for kept in examined.files:
            tx.photos.keep(photo.id, kept)
        for face in examined.faces:
            tx.faces.add(face)
        for doubt in examined.doubts:
            tx.doubts.add(doubt)
        still_open = _still_open(tx, photo.id, examined.measured)
        for link in suggest(tx, still_open, known, analyser.match_among(len(known)), day):
            tx.faces.link(replace(link, changed_at=now))
        refresh(tx, [photo.id], day)
        tx.record(Event("photo:analyse", photo.id, detail=f"faces={len(examined.faces)}"))
    return True


def _still_open(tx: Transaction, photo_id: PhotoId, measured: Sequence[Measured]) -> list[Measured]:
    open_ids = {face.id for face in open_faces(tx, photo_id)}
    return [one for one in measured if one.face.id in open_ids]


def set_aside(safe: Safe, photo_id: PhotoId, why: str, *, now: datetime, day: date) -> None:
    """Keep a photo that cannot be examined, and say why. why: the key of the error.

    Where another worker did examine it meanwhile, that stands.
    """
    with safe.store.begin(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now, on=photo_id) as tx:
        photo = tx.photos.get(photo_id)
        if photo.stage is not Stage.STORED:
            tx.record(Event("photo:set_aside", photo_id, detail="already"))
            return
        tx.photos.replace(replace(photo, stage=Stage.SET_ASIDE, set_aside_for=why))
        report = tx.imports.get(photo.import_id)
        tx.imports.replace(replace(report, set_aside=report.set_aside + 1))
        refresh(tx, [photo_id], day)
        tx.record(Event("photo:set_aside", photo_id, detail=why))


def import_of(safe: Safe, photo_id: PhotoId, *, now: datetime) -> ImportId:
    """The import that brought a photo."""
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now, on=photo_id) as view:
        return view.photos.get(photo_id).import_id


def is_examined(safe: Safe, import_id: ImportId, *, now: datetime) -> bool:
    """Whether an import is closed and all its photos are examined."""
    with safe.store.look(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now, on=import_id) as view:
        closed = view.imports.get(import_id).finished_at is not None
        return closed and view.photos.waiting_of(import_id) == 0
