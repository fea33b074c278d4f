"""What is told of photos: kept from file and sidecar, found by its words, and a witness of nothing."""

from pathlib import Path

import pytest

from appliance.actions.descriptions import describe
from appliance.actions.photos import Filter, count_heads, library, look_at
from appliance.domain.access import OPERATOR
from appliance.domain.consent import Light
from appliance.domain.descriptions import Description
from appliance.domain.errors import Mistake
from appliance.domain.photos import PhotoId
from appliance.wiring import Box
from tests.actions.scene import EDITOR, examine, fill, named, picture, rows, take, told, verdict_of
from tests.actions.test_release import make, metadata
from tests.imaging.test_descriptions import SIDECAR, TOLD, listed, packet, tagged

pytestmark = pytest.mark.usefixtures("pack")

WITNESS = packet(
    f"<Iptc4xmpExt:PersonInImage>{listed('Bag', 'Anna van Dijk')}</Iptc4xmpExt:PersonInImage>"
    "<plus:ModelReleaseStatus>http://ns.useplus.org/ldf/vocab/MR-UMR</plus:ModelReleaseStatus>"
    f"<dc:subject>{listed('Bag', 'Anna van Dijk', 'green')}</dc:subject>"
)


def described(box: Box, photo_id: PhotoId) -> Description:
    return look_at(box.safe, photo_id, by=OPERATOR, now=box.now(), day=box.today()).description


def found(box: Box, text: str) -> set[str]:
    page = library(box.safe, by=EDITOR, now=box.now(), day=box.today(), wanted=Filter(text=text))
    assert page.total == len(page.cards)
    return {card.photo.name for card in page.cards}


def taken(box: Box, folder: Path) -> Box:
    files = {
        "BESIDE.JPG": tagged(data=picture(1), iptc=[("Caption", b"older"), ("Keywords", b"tuin")]),
        "BESIDE.XMP": SIDECAR,
        "WITHIN.JPG": tagged(data=picture(2), iptc=[("Caption", "De béeldentuin".encode())]),
        "BROKEN.JPG": tagged(data=picture(3), iptc=[("Caption", b"50% van alles")]),
        "BROKEN.XMP": SIDECAR[:300],
        "WITNESS.JPG": picture(4),
        "WITNESS.XMP": WITNESS,
        "NOTHING.JPG": picture(5),
    }
    take(box, fill(folder / "card", files))
    examine(box)
    return box


def test_file_and_sidecar_are_kept_found_and_told_at_release(box: Box, tmp_path: Path) -> None:
    taken(box, tmp_path)
    beside = named(box, "BESIDE.JPG")
    both = described(box, beside)
    assert (both.title, both.caption) == (TOLD.title, TOLD.caption)
    assert both.keywords == (*TOLD.keywords, "tuin")
    assert described(box, named(box, "WITHIN.JPG")).caption == "De béeldentuin"
    assert described(box, named(box, "BROKEN.JPG")).caption == "50% van alles"
    assert described(box, named(box, "NOTHING.JPG")) == Description()

    assert found(box, "BEELDEN") == {"BESIDE.JPG", "WITHIN.JPG"}
    assert found(box, "zoe") == found(box, "jansen") == {"BESIDE.JPG"}
    assert found(box, "50%") == {"BROKEN.JPG"}
    assert found(box, "5_%") == set()

    count_heads(box.safe, beside, 0, by=EDITOR, now=box.now(), day=box.today())
    left = metadata(make(box, beside).data)
    assert left["Xmp.dc.creator"] == left["Exif.Image.Artist"] == TOLD.creator
    assert left["Iptc.Application2.Credit"] == left["Xmp.photoshop.Credit"] == TOLD.credit
    assert TOLD.copyright_notice in left["Xmp.dc.rights"]
    assert not [key for key in left if "subject" in key or "escription" in key or "Keywords" in key]


def test_a_file_that_names_somebody_and_a_model_release_proves_nothing(box: Box, tmp_path: Path) -> None:
    taken(box, tmp_path)
    photo = named(box, "WITNESS.JPG")
    assert described(box, photo).keywords == ("Anna van Dijk", "green")
    for table in ("people", "links", "quitclaims", "faces"):
        assert rows(box, f"SELECT count(*) AS n FROM {table}") == [{"n": 0}]  # noqa: S608
    assert verdict_of(box, photo).light is not Light.GREEN


def test_what_is_told_is_changed_by_hand_and_goes_with_the_photo(box: Box, tmp_path: Path) -> None:
    taken(box, tmp_path)
    photo = named(box, "BESIDE.JPG")
    describe(
        box.safe, photo, Description(title=" Nieuw ", keywords=("Zorg", "zorg")), by=EDITOR, now=box.now()
    )
    assert described(box, photo) == Description(title="Nieuw", keywords=("Zorg",))
    assert found(box, "BEELDEN") == {"WITHIN.JPG"}
    assert told(box)[-3].startswith(f"the-editor photo:describe {photo} done keywords=1")
    describe(box.safe, photo, Description(), by=EDITOR, now=box.now())
    assert described(box, photo) == Description()
    assert rows(box, "SELECT count(*) AS n FROM keywords WHERE keyword = 'Zorg'") == [{"n": 0}]
    with pytest.raises(Mistake):
        describe(box.safe, PhotoId("no-photo"), Description(title="x"), by=EDITOR, now=box.now())
