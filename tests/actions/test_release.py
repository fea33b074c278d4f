"""Releases: a copy leaves on green alone, with nothing in it but the picture, and is on the record."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import exiv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from appliance.actions import consent, faces, people
from appliance.actions.photos import count_heads, look_at
from appliance.actions.release import Copy, Left, release, releases
from appliance.domain.access import OPERATOR
from appliance.domain.consent import PUBLICATION, Light, Purpose, Reliance
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.people import PersonId, Standing
from appliance.domain.photos import Box as Rectangle
from appliance.domain.photos import PhotoId, Resolution
from appliance.domain.release import Order, usual_order
from appliance.domain.wording import Language
from appliance.imaging.decode import Decoded, Decoder
from appliance.wiring import Box
from tests.actions.scene import (
    EDITOR,
    examine,
    fill,
    named,
    original,
    person,
    picture,
    rows,
    signed,
    take,
    told,
    verdict_of,
)
from tests.actions.test_analysis import exif_of

pytestmark = pytest.mark.usefixtures("pack")

FACE = Rectangle(0.25, 0.25, 0.25, 0.5)


class Meanwhile:
    """A decoder during whose work something happens."""

    def __init__(self, decoder: Decoder, happens: Callable[[], object]) -> None:
        self._decoder, self._happens = decoder, happens

    def decode(self, data: bytes, *, at_least: int | None = None) -> Decoded:
        decoded = self._decoder.decode(data, at_least=at_least)
        self._happens()
        return decoded


def make(
    box: Box,
    photo: PhotoId,
    purpose: Purpose = Purpose.WEB,
    decoder: object = None,
    order: Order | None = None,
    **more: str,
) -> Copy:
    return release(
        box.safe,
        decoder or box.decoder,  # type: ignore[arg-type]
        box.sealing,
        photo,
        order or usual_order(purpose),
        by=EDITOR,
        now=box.now(),
        day=box.today(),
        **more,  # type: ignore[arg-type]
    )


def add(box: Box, photo: PhotoId, who: PersonId | None = None, at: Rectangle | None = FACE) -> str:
    now, day = box.now(), box.today()
    return faces.add_face(box.safe, photo, at, by=EDITOR, now=now, day=day, bell=box.bell, person_id=who)


@pytest.fixture
def anna(photo_box: Box, photo: PhotoId) -> PersonId:
    """Somebody who stands in the photo and permits web and press."""
    anna = person(photo_box, "Anna")
    signed(photo_box, anna, Purpose.WEB, Purpose.PRESS)
    add(photo_box, photo, anna)
    return anna


def test_green_gives_a_copy_that_is_on_the_record(photo_box: Box, photo: PhotoId, anna: PersonId) -> None:
    copy = make(photo_box, photo)

    kept = rows(photo_box, "SELECT sha256, bytes, purpose, made_by FROM releases WHERE photo_id = ?", photo)
    assert kept == [
        {
            "sha256": sha256(copy.data).hexdigest(),
            "bytes": len(copy.data),
            "purpose": "web",
            "made_by": "the-editor",
        }
    ]
    assert told(photo_box)[-1] == (
        f"the-editor release:make {photo} done purpose=web release={copy.release.id}"
    )
    quitclaims = rows(photo_box, "SELECT id, version FROM quitclaims WHERE person_id = ?", anna)
    assert copy.release.relied_on == tuple(Reliance(row["id"], row["version"]) for row in quitclaims)
    assert releases(photo_box.safe, by=OPERATOR, now=photo_box.now()) == (Left(copy.release, None),)
    seen = look_at(photo_box.safe, photo, by=OPERATOR, now=photo_box.now(), day=photo_box.today())
    assert seen.releases == (copy.release,)


def test_a_copy_looks_like_the_photo_and_its_name_says_nothing(
    photo_box: Box, photo: PhotoId, anna: PersonId
) -> None:
    copy = make(photo_box, photo)
    shown, kept = pixels(copy.data), pixels(original(photo_box, photo))
    assert shown.shape == kept.shape
    assert np.abs(shown - kept).mean() < 4
    assert copy.file_name == f"{copy.release.id}.jpg"


def pixels(data: bytes) -> NDArray[np.int16]:
    return np.array(Image.open(io.BytesIO(data)).convert("RGB")).astype(np.int16)


def metadata(data: bytes) -> dict[str, str]:
    """All of EXIF, IPTC and XMP."""
    image = exiv2.ImageFactory.open(data)
    image.readMetadata()
    found = [*image.exifData(), *image.iptcData(), *image.xmpData()]
    return {datum.key(): str(datum.print()) for datum in found}


def a_photo_with_a_place(box: Box, folder: Path) -> PhotoId:
    """A photo in which nobody shows, with all that a camera writes."""
    data = picture(7, exif=exif_of(orientation=6, place=True))
    assert "Exif.GPSInfo.GPSLatitude" in metadata(data)
    take(box, fill(folder / "card", {"Anna van Dijk 06-12345678.JPG": data}))
    examine(box)
    photo = named(box, "Anna van Dijk 06-12345678.JPG")
    count_heads(box.safe, photo, 0, by=EDITOR, now=box.now(), day=box.today())
    return photo


def test_nothing_of_the_camera_leaves_and_the_place_least_of_all(box: Box, tmp_path: Path) -> None:
    """S4 of intake: the place is kept in the safe, and never leaves with a copy."""
    photo = a_photo_with_a_place(box, tmp_path)
    seen = look_at(box.safe, photo, by=OPERATOR, now=box.now(), day=box.today())
    assert seen.photo.capture.latitude == pytest.approx(52.375)
    copy = make(box, photo)
    assert set(metadata(copy.data)) == {"Xmp.plus.ModelReleaseStatus", "Xmp.plus.ModelReleaseID"}
    assert b"Exif" not in copy.data
    assert not [word for word in (b"Kluis", b"Anna", b"2026:09:14", b"35 mm") if word in copy.data]
    assert Image.open(io.BytesIO(copy.data)).size == (240, 320)  # upright without EXIF


def test_only_the_credit_is_written_in(box: Box, tmp_path: Path) -> None:
    copy = make(box, a_photo_with_a_place(box, tmp_path), credit="Gemeente Kluisdam")
    written = metadata(copy.data)
    assert written.pop("Iptc.Envelope.CharacterSet")
    assert written.pop("Xmp.plus.ModelReleaseStatus") == "Not Applicable"  # nobody shows
    assert written.pop("Xmp.plus.ModelReleaseID")
    assert {value.removeprefix('lang="x-default" ') for value in written.values()} == {"Gemeente Kluisdam"}


def test_copies_have_the_size_that_the_purpose_asks(box: Box, tmp_path: Path) -> None:
    take(box, fill(tmp_path / "card", {"LARGE.JPG": picture(3, 3000, 2000)}))
    examine(box)
    photo = named(box, "LARGE.JPG")
    count_heads(box.safe, photo, 0, by=EDITOR, now=box.now(), day=box.today())
    sizes = {p: Image.open(io.BytesIO(make(box, photo, p).data)).size for p in PUBLICATION}
    assert sizes == {
        Purpose.WEB: (2048, 1365),
        Purpose.SOCIAL_MEDIA: (1600, 1067),
        Purpose.PRINT: (3000, 2000),
        Purpose.PRESS: (3000, 2000),
        Purpose.INTRANET: (2048, 1365),
    }


def test_a_face_that_is_to_be_blurred_cannot_be_seen(photo_box: Box, photo: PhotoId) -> None:
    now, day = photo_box.now(), photo_box.today()
    face_id = add(photo_box, photo)
    faces.resolve(photo_box.safe, face_id, Resolution.BLUR, by=EDITOR, now=now, day=day)  # type: ignore[arg-type]
    shown, kept = pixels(make(photo_box, photo).data), pixels(original(photo_box, photo))
    height, width = kept.shape[:2]
    inside = np.zeros((height, width), bool)
    inside[int(0.3 * height) : int(0.7 * height), int(0.27 * width) : int(0.48 * width)] = True
    outside = np.ones((height, width), bool)
    outside[int(0.1 * height) : int(0.9 * height), int(0.15 * width) : int(0.6 * width)] = False
    changed = np.abs(shown - kept).mean(axis=2)
    assert changed[outside].mean() < 4
    assert changed[inside].mean() > 10 * changed[outside].mean()


def test_amber_is_refused_with_its_reason_and_the_refusal_is_told(photo_box: Box, photo: PhotoId) -> None:
    with pytest.raises(NotAllowed) as refused:
        make(photo_box, photo)
    assert refused.value.key == "release:not_green"
    assert refused.value.message == "This photo may not be released for web: its light is amber."
    assert refused.value.reasons == (
        "No face was found. Look for yourself and confirm how many people show.",
    )
    assert told(photo_box)[-1] == f"the-editor release:make {photo} refused release:not_green"
    assert rows(photo_box, "SELECT * FROM releases") == []


def test_red_is_refused_with_every_reason_gravest_first(
    photo_box: Box, photo: PhotoId, anna: PersonId
) -> None:
    bob, carla = person(photo_box, "Bob"), person(photo_box, "Carla")
    signed(photo_box, bob, Purpose.WEB, days=-1)
    add(photo_box, photo, bob, None)
    add(photo_box, photo, carla, None)
    add(photo_box, photo, None, None)
    with pytest.raises(NotAllowed) as refused:
        make(photo_box, photo, language=Language.DUTCH)
    assert refused.value.reasons == (
        "De toestemming van Bob is verlopen op 23 november 2026.",
        "Van Carla is voor dit doel geen quitclaim.",
        "Dit gezicht heeft nog geen naam.",
        "Anna vindt het goed (toestemming) tot en met 24 november 2027.",
    )
    assert told(photo_box)[-1] == f"the-editor release:make {photo} refused release:not_green"
    assert rows(photo_box, "SELECT * FROM releases") == []


def test_what_is_permitted_for_one_purpose_is_refused_for_another(
    photo_box: Box, photo: PhotoId, anna: PersonId
) -> None:
    """S26."""
    allowed = set()
    for purpose in PUBLICATION:
        try:
            make(photo_box, photo, purpose)
        except NotAllowed:
            continue
        allowed.add(purpose)
    assert allowed == {Purpose.WEB, Purpose.PRESS}
    with pytest.raises(NotAllowed):
        make(photo_box, photo, Purpose.RECOGNITION)


def withdrawn(box: Box, _photo: PhotoId, anna: PersonId) -> None:
    quitclaim = rows(box, "SELECT id FROM quitclaims WHERE person_id = ?", anna)[0]["id"]
    consent.withdraw(box.safe, quitclaim, by=EDITOR, now=box.now(), day=box.today())


def another_face(box: Box, photo: PhotoId, _anna: PersonId) -> None:
    add(box, photo, None, None)


def never_photograph(box: Box, _photo: PhotoId, anna: PersonId) -> None:
    now, day = box.now(), box.today()
    whole = people.person_view(box.safe, anna, by=EDITOR, now=now, day=day).person
    wish = replace(whole, standing=Standing.NEVER_PHOTOGRAPH)
    people.change_person(box.safe, wish, by=EDITOR, now=now, day=day)


@pytest.mark.parametrize("happens", [withdrawn, another_face, never_photograph])
def test_what_happens_while_the_copy_is_made_still_stops_it(
    photo_box: Box, photo: PhotoId, anna: PersonId, happens: Callable[[Box, PhotoId, PersonId], None]
) -> None:
    decoder = Meanwhile(photo_box.decoder, lambda: happens(photo_box, photo, anna))
    with pytest.raises(NotAllowed):
        make(photo_box, photo, decoder=decoder)
    assert told(photo_box)[-1] == f"the-editor release:make {photo} refused release:not_green"
    assert rows(photo_box, "SELECT * FROM releases") == []


def test_a_face_blurred_while_the_copy_is_made_does_not_leave_unblurred(
    photo_box: Box, photo: PhotoId, anna: PersonId
) -> None:
    def blur() -> None:
        (row,) = rows(photo_box, "SELECT id FROM faces")
        now, day = photo_box.now(), photo_box.today()
        faces.resolve(photo_box.safe, row["id"], Resolution.BLUR, by=EDITOR, now=now, day=day)

    with pytest.raises(Mistake) as problem:
        make(photo_box, photo, decoder=Meanwhile(photo_box.decoder, blur))
    assert problem.value.key == "release:changed_meanwhile"
    assert rows(photo_box, "SELECT * FROM releases") == []
    assert verdict_of(photo_box, photo).light is Light.GREEN


def test_a_withdrawal_does_not_undo_the_proof_of_what_was_allowed(
    photo_box: Box, photo: PhotoId, anna: PersonId
) -> None:
    copy = make(photo_box, photo)
    withdrawn(photo_box, photo, anna)
    (left,) = releases(photo_box.safe, by=OPERATOR, now=photo_box.now() + timedelta(days=1))
    assert left.release == copy.release


def test_what_is_not_there_is_not_released(box: Box) -> None:
    with pytest.raises(Mistake) as problem:
        make(box, PhotoId("nowhere"))
    assert problem.value.key == "photo:unknown"


def test_every_portrait_of_the_demonstration_leaves_only_where_it_is_green(demo_box: Box) -> None:
    left = set()
    for row in rows(demo_box, "SELECT id, name FROM photos"):
        for purpose in PUBLICATION:
            try:
                make(demo_box, PhotoId(str(row["id"])), purpose)
            except NotAllowed:
                continue
            left.add((row["name"], purpose))
    assert left == {("KLUI0001.JPG", Purpose.WEB), ("KLUI0001.JPG", Purpose.PRESS)}
