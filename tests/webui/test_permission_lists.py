"""An old list through the pages: sent, mapped, tried, brought in, and taken back."""

import re
from collections.abc import Callable
from html import unescape
from io import BytesIO

import pytest

from appliance.actions.people import create_person
from appliance.domain.access import OPERATOR, Role
from appliance.wiring import Box
from tests.webui.browser import Browser

LIST = (
    "Naam;E-mail;Web;Krant;Geldig tot\n"
    "Anna de Vries;anna@example.nl;prima;nee;31-12-2027\n"
    "Ada Lovelace;;ja;;31-12-2027\n"
    "Daan Smit;daan@;ja;;31-12-2027\n"
)


def seen(browser: Browser, path: str) -> str:
    """What stands on a page."""
    page = re.sub(r"<[^>]+>", " ", browser.get(path).get_data(as_text=True))
    return " ".join(unescape(page).split())


@pytest.fixture
def place(office: Box, administrator: Browser) -> str:
    create_person(office.safe, by=OPERATOR, now=office.now(), name="Ada Lovelace")
    sent = administrator.post("/permission-lists", {"list": (BytesIO(LIST.encode("cp1252")), "oud.csv")})
    assert sent.status_code == 303
    return str(sent.headers["Location"])


def mapping(**more: object) -> dict[str, object]:
    fields = {
        "field-0": "name",
        "field-1": "email",
        "field-2": "answer",
        "field-3": "answer",
        "field-4": "end",
    }
    about = {"purposes-2": "web", "purposes-3": "press"}
    return {**fields, **about, "date_order": "day_first", "basis": "consent", "months": "", **more}


def test_a_list_is_mapped_tried_brought_in_and_taken_back(administrator: Browser, place: str) -> None:
    guessed = seen(administrator, place)
    assert "Tried on the first 3 rows. Nothing is changed yet." in guessed
    assert "Bring this list in" not in guessed
    administrator.post(place, mapping())
    page = administrator.get(f"{place}?rows=all").get_data(as_text=True)
    assert "“prima” under Web is not a clear yes or no." in seen(administrator, f"{place}?rows=all")
    line, who = re.findall(r'name="line" value="(\d+)".*?<option value="(\w{10,})"', page, re.DOTALL)[0]
    told = mapping(word="prima", meaning="granted", line=line, who=who, rows="all")
    administrator.post(place, told)
    tried = seen(administrator, f"{place}?rows=all")
    assert "“daan@” is not an e-mail address." in tried
    assert "New people 1 People known already 1 Quitclaims 2" in tried
    assert administrator.post(f"{place}/commit").status_code == 303
    assert "People added 1 People known already 1 Quitclaims 2" in seen(administrator, place)
    assert "Anna de Vries" in seen(administrator, "/quitclaims")
    administrator.post(f"{place}/undo")
    assert "taken back" in seen(administrator, place)
    kept = re.findall(r'href="(/quitclaims/\w+)"', administrator.get("/quitclaims").get_data(as_text=True))
    silent = [one for one in kept if "taken back, and says nothing any more" in seen(administrator, one)]
    assert len(silent) == 2


def test_a_word_of_a_cell_is_shown_as_text(administrator: Browser) -> None:
    data = b"Naam;Web\nAnna;<script>alert(1)</script>\n"
    place = administrator.post("/permission-lists", {"list": (BytesIO(data), "<b>.csv")}).headers["Location"]
    administrator.post(
        place, {"field-0": "name", "field-1": "answer", "purposes-1": "web", "basis": "consent"}
    )
    page = administrator.get(place).get_data(as_text=True)
    assert "<script>alert" not in page
    assert "<b>.csv" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("data", [b"", b"one column\n", b"\x00\x01\x02", b"a;b\n" + b"x;y\n" * 20_001])
def test_what_is_no_list_is_refused_and_not_kept(administrator: Browser, data: bytes) -> None:
    answer = administrator.post("/permission-lists", {"list": (BytesIO(data), "x.csv")})
    assert answer.status_code in (303, 400)
    assert "No list yet" in seen(administrator, "/permission-lists")


def test_the_lists_are_not_offered_to_others(
    office: Box, as_role: Callable[[Role | None], Browser], administrator: Browser
) -> None:
    create_person(office.safe, by=OPERATOR, now=office.now(), name="Anna")
    assert "Old lists" in seen(administrator, "/quitclaims")
    assert "Old lists" not in seen(as_role(Role.EDITOR), "/quitclaims")
