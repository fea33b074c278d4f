"""Invisible marks: of two recipients of one photo, the mark says whose copy was found."""

import io
from pathlib import Path

import pytest
from PIL import Image

from appliance.actions import found_files
from appliance.actions.release import release
from appliance.actions.watermarks import Marking, change_watermark, watermark
from appliance.domain.access import Role
from appliance.domain.consent import Purpose
from appliance.domain.photos import PhotoId
from appliance.domain.release import Order, Recipient, Shape, Size
from appliance.imaging.watermark import Style
from appliance.wiring import Box
from tests.actions.paperwork import mail_through
from tests.actions.scene import (
    ADMINISTRATOR,
    EDITOR,
    OFFICER,
    VIEWER,
    examine,
    fill,
    named,
    person,
    picture,
    rows,
    signed,
    take,
    told,
)
from tests.actions.test_parcels import look, opened, parcel, ref_of, verified
from tests.actions.test_parcels import take as take_copy
from tests.actions.test_release import add

PAPER, PRINTER = Recipient("De Krant", "foto@krant.example"), Recipient("De Drukker")


@pytest.fixture
def large(photo_box: Box, tmp_path: Path) -> PhotoId:
    """A photo that has room for a mark, of Anna, who permits the press."""
    take(photo_box, fill(tmp_path / "card", {"LARGE.JPG": picture(4, 900, 675)}))
    examine(photo_box)
    photo, anna = named(photo_box, "LARGE.JPG"), person(photo_box, "Anna van Dijk")
    signed(photo_box, anna, Purpose.PRESS, days=30)
    add(photo_box, photo, anna)
    mail_through(photo_box, 9)
    return photo


def choose(box: Box, *, links: bool = False, roles: frozenset[Role] = frozenset()) -> None:
    wanted = Marking(Style("Waterdam"), frozenset(), links, roles)
    change_watermark(box.safe, box.decoder, wanted, by=ADMINISTRATOR, now=box.now())


def found_on_the_web(data: bytes) -> bytes:
    """Half of the picture is cut off, and it is saved anew: no fingerprint knows it any more."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    image = image.crop((image.width // 3, 0, image.width, image.height * 3 // 4))
    written = io.BytesIO()
    image.save(written, "JPEG", quality=70)
    return written.getvalue()


def recognise(box: Box, data: bytes) -> found_files.Recognition:
    return found_files.recognise(box.safe, box.decoder, data, by=VIEWER, now=box.now())


def test_a_copy_found_somewhere_names_the_recipient_it_was_made_for(photo_box: Box, large: PhotoId) -> None:
    choose(photo_box, roles=frozenset({Role.EDITOR}))
    copies = [
        release(
            photo_box.safe,
            photo_box.decoder,
            photo_box.sealing,
            large,
            Order(Purpose.PRESS, Shape(Size.LARGE), to),
            by=by,
            now=photo_box.now(),
            day=photo_box.today(),
        )
        for by, to in ((EDITOR, PAPER), (EDITOR, PRINTER), (ADMINISTRATOR, PRINTER))
    ]
    assert [one.release.marked for one in copies] == [True, True, False]
    for copy in copies[:2]:
        (found,) = recognise(photo_box, found_on_the_web(copy.data)).copies
        assert (found.release.id, found.marked, found.exact) == (copy.release.id, True, False)
        assert found.release.recipient == copy.release.recipient
    assert told(photo_box)[-1].startswith("the-viewer release:recognise")


def test_what_leaves_by_a_share_link_names_it_and_the_recipient_is_told(
    photo_box: Box, large: PhotoId
) -> None:
    made = parcel(photo_box, large)
    key, ref = verified(photo_box, made), ref_of(photo_box, made)
    assert not opened(photo_box, key).marked
    assert not take_copy(photo_box, key, ref).release.marked

    choose(photo_box, links=True)
    assert opened(photo_box, key).marked
    copy = take_copy(photo_box, key, ref)
    (found,) = recognise(photo_box, found_on_the_web(copy.data)).copies
    assert (found.release.parcel_id, found.marked) == (made.parcel.id, True)
    seen = recognise(photo_box, found_on_the_web(look(photo_box, key, ref)))
    assert seen.link == made.parcel
    assert seen.copies == ()


def test_marks_are_chosen_by_role_and_the_choice_is_in_the_log(photo_box: Box) -> None:
    assert not watermark(photo_box.safe, "Waterdam", by=OFFICER, now=photo_box.now()).unseen_links
    choose(photo_box, links=True, roles=frozenset({Role.EDITOR}))
    kept = watermark(photo_box.safe, "Waterdam", by=OFFICER, now=photo_box.now())
    assert (kept.unseen_links, kept.unseen_roles) == (True, frozenset({Role.EDITOR}))
    (row,) = rows(photo_box, "SELECT detail FROM audit WHERE action = 'watermark:change'")
    assert row["detail"] == "logo=False unseen_links=True unseen_roles=editor"
