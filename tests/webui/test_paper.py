"""A paper form through the pages: sent, read beside its scan, confirmed."""

import re
from io import BytesIO

import pytest

from appliance.actions.asking import Asked, ask
from appliance.actions.people import create_person
from appliance.domain.access import OPERATOR
from appliance.domain.signing import Channel
from appliance.wiring import Box
from tests.actions.paperwork import form
from tests.actions.test_paper import scan
from tests.webui.browser import Browser


@pytest.fixture
def on_paper(office: Box) -> Asked:
    anna = create_person(office.safe, by=OPERATOR, now=office.now(), name="Anna de Vries")
    template = form(office)
    (made,) = ask(office.safe, template.id, [anna.id], Channel.PAPER, by=OPERATOR, now=office.now())
    return made


@pytest.fixture
def place(editor: Browser, on_paper: Asked) -> str:
    page = scan(f"http://localhost:8788/f/{on_paper.token}")
    sent = editor.post("/paper", {"pages": (BytesIO(page), "form.jpg")})
    assert sent.status_code == 303
    return str(sent.headers["Location"])


def answers(page: str, said: str, **more: str) -> dict[str, str]:
    asked = set(re.findall(r'name="(answer-\w+)"', page))
    number = re.search(r'name="asked" value="(\d+)"', page)
    assert number is not None
    return {
        **dict.fromkeys(asked, said),
        "asked": number[1],
        "paper_day": "2026-11-01",
        "signed": "1",
        **more,
    }


def test_a_scan_is_read_beside_its_form_and_kept_as_evidence(editor: Browser, place: str) -> None:
    page = editor.get(place).get_data(as_text=True)
    assert "Paper of Anna de Vries" in page
    assert not re.search(r"<input[^>]* checked", page)
    picture = re.search(r'src="(/paper/scans/\w+\.jpg)"', page)
    assert picture is not None
    assert editor.get(picture[1]).data[:2] == b"\xff\xd8"
    assert "Anna de Vries" in editor.get("/paper").get_data(as_text=True)
    kept = editor.post(place, answers(page, "no", **{"answer-web": "yes"}))
    assert kept.status_code == 303
    shown = editor.get(kept.headers["Location"].split("#")[0]).get_data(as_text=True)
    assert "Scanned form (PDF)" in shown
    document = re.search(r'href="(/evidence/\w+\.pdf)"', shown)
    assert document is not None
    assert editor.get(document[1]).data.startswith(b"%PDF")
    assert editor.get(place).status_code == 404


@pytest.mark.parametrize(
    "without",
    [{"signed": ""}, {"paper_day": ""}, {"paper_day": "2027-01-01"}, {"asked": "99"}],
    ids=["no signature", "no date", "a date to come", "a question left open"],
)
def test_what_is_missing_on_the_paper_is_told_and_nothing_is_kept(
    editor: Browser, place: str, without: dict[str, str]
) -> None:
    page = editor.get(place).get_data(as_text=True)
    refused = editor.post(place, answers(page, "yes", **without))
    assert refused.status_code == 400
    assert 'role="alert"' in refused.get_data(as_text=True)
    assert editor.get(place).status_code == 200


def test_a_scan_is_thrown_away(editor: Browser, place: str) -> None:
    editor.post(f"{place}/discard")
    assert editor.get(place).status_code == 404
