"""What is printed: the same text without a tick, codes that a camera reads, the photographer's sheet."""

import io
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from appliance.domain.people import Standing
from appliance.domain.signing import RequestId
from appliance.domain.templates import Audience
from appliance.domain.wording import Language, word
from appliance.evidence.prints import Listed, paper_form, poster, shoot_sheet
from appliance.evidence.words import WORDS
from tests.evidence.conftest import Read, Shown
from tests.evidence.forms import template

REQUEST = RequestId("mjqxgzjtgiztimzugmzdgmzugm")
LINK = "https://kluis.waterdam.example/s/0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
A4_AT_60 = (702, 497)  # height and width in pixels
A3_AT_60 = (993, 702)


def code_in(page: NDArray[np.uint8]) -> str:
    return cv2.QRCodeDetector().detectAndDecode(page)[0]


def sheet(people: Sequence[Listed], language: Language = Language.ENGLISH) -> bytes:
    return shoot_sheet("Council", date(2026, 11, 26), people, language, made_on=date(2026, 11, 24))


@pytest.mark.parametrize("language", Language)
def test_a_paper_form_has_the_same_text_as_the_page(language: Language, read: Read) -> None:
    form = template().texts[language]
    found = read(paper_form(template(), language, request_id=REQUEST, code=LINK))
    parts = {field.name: getattr(form, field.name) for field in fields(form)}
    purposes = parts.pop("purposes")
    for words in (*purposes.values(), *parts.values()):
        assert words in found
    for purpose, months in template().months.items():
        assert (
            f"{word(purpose, language).capitalize()} {WORDS[language].yes_for.format(months=months)}" in found
        )


def test_the_code_on_a_paper_form_leads_to_its_record(shown: Shown) -> None:
    page = shown(paper_form(template(), Language.DUTCH, request_id=REQUEST, code=LINK), 150)[0]
    assert code_in(page) == LINK


def test_no_box_on_paper_is_ticked_beforehand(shown: Shown) -> None:
    """Ticked boxes are filled with the dark accent; on paper there is no such large dark patch."""
    page = shown(paper_form(template(), Language.DUTCH, request_id=REQUEST, code=LINK), 100)[0]
    below_the_code = page[int(page.shape[0] * 0.22) :]
    dark = cv2.erode((below_the_code < 110).astype(np.uint8), np.ones((7, 7), np.uint8))
    assert not dark.any()


def test_paper_for_adults_is_one_page_with_one_box_to_sign(read: Read, shown: Shown) -> None:
    data = paper_form(template(), Language.ENGLISH, request_id=REQUEST, code=LINK, subject="Żółć de Vries")
    words, found = WORDS[Language.ENGLISH], read(data)
    assert len(shown(data)) == 1
    assert "Żółć de Vries" in found
    assert found.count(words.sign_here) == 1
    assert words.guardian_line not in found


@pytest.mark.parametrize("guardians", [1, 2])
def test_paper_for_minors_has_a_box_for_each_guardian(guardians: int, read: Read) -> None:
    form = replace(template(), guardians=guardians, audience=Audience.MINOR)
    words = WORDS[Language.DUTCH]
    found = read(paper_form(form, Language.DUTCH, request_id=REQUEST, code=LINK))
    assert found.count(words.guardian_line) == guardians
    assert found.count(words.sign_here) == guardians
    assert found.count(words.born_line) == 1


@pytest.mark.parametrize(("large", "size"), [(False, A4_AT_60), (True, A3_AT_60)])
def test_a_poster_fits_its_paper_and_its_code_can_be_scanned(
    large: bool, size: tuple[int, int], read: Read, shown: Shown
) -> None:
    lines = ["We maken foto's.", "Vind je dat goed? Scan en teken.", "Liever niet? Vraag om een sticker."]
    data = poster("Nieuwjaarsborrel 2027", lines, LINK, Language.DUTCH, large=large)
    (page,) = shown(data)
    assert page.shape == pytest.approx(size, abs=1)
    assert code_in(page) == LINK
    found = read(data)
    for words in ("Nieuwjaarsborrel 2027", *lines, WORDS[Language.DUTCH].point):
        assert words in found


def test_a_long_name_of_an_event_still_makes_a_poster_of_one_page(shown: Shown) -> None:
    event = "Landelijke bijeenkomst van vrijwilligers in de zorg en het onderwijs 2027, " * 3
    (page,) = shown(poster(event, ["Een regel.", "Twee. " * 40, "Drie."], LINK, Language.DUTCH), 100)
    assert code_in(page) == LINK


def test_the_sheet_puts_those_first_who_are_never_photographed(read: Read) -> None:
    found = read(
        sheet(
            [
                Listed("Zoë", Standing.NONE),
                Listed("Bea", Standing.PHOTOGRAPH_NOT_PUBLISH, "Finance"),
                Listed("Carl", Standing.NEVER_PHOTOGRAPH),
                Listed("Anna", Standing.NEVER_PHOTOGRAPH),
            ]
        )
    )
    order = ["Never photograph (2)", "Anna", "Carl", "May be photographed, not published (1)", "Bea"]
    places = [found.index(one) for one in [*order, "Finance", "Invited (1)", "Zoë"]]
    assert places == sorted(places)


@pytest.mark.parametrize("language", Language)
def test_a_sheet_without_anybody_says_so(language: Language, read: Read) -> None:
    found = read(sheet([], language))
    assert found.count(WORDS[language].nobody) == 2
    assert WORDS[language].standings[Standing.NONE] not in found


def test_a_picture_stands_beside_those_alone_who_have_one(shown: Shown) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (90, 120), (255, 0, 0)).save(picture, "JPEG")
    grey = 76  # of pure red
    people = [Listed("Anna", Standing.NEVER_PHOTOGRAPH), Listed("Bea", Standing.PHOTOGRAPH_NOT_PUBLISH)]
    (without,) = shown(sheet(people))
    (with_one,) = shown(sheet([people[0], replace(people[1], picture=picture.getvalue())]))
    wide = [int(((abs(page.astype(int) - grey) < 3).sum(axis=0) > 20).sum()) for page in (without, with_one)]
    assert wide[0] == 0
    assert 20 < wide[1] < 60, "one picture, and a small one"


def test_a_long_list_runs_over_pages_and_loses_nobody(read: Read, shown: Shown) -> None:
    people = [Listed(f"Guest {number:03}", Standing.NEVER_PHOTOGRAPH) for number in range(150)]
    data = sheet(people)
    found = read(data)
    assert all(person.name in found for person in people)
    assert len(shown(data)) > 1
