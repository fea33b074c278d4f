"""Beside every light stands why, and the way to resolve it leads to where that is done."""

import re
from html import unescape

from appliance.actions.people import person_names
from appliance.actions.photos import count_heads, look_at
from appliance.domain.access import OPERATOR
from appliance.domain.consent import LIGHT_OF, Light, Reason
from appliance.domain.people import PersonId
from appliance.domain.photos import FaceId
from appliance.wiring import Box
from tests.webui.browser import Browser, Page, words
from tests.webui.conftest import photo_named
from webui.ways import way

WAY = re.compile(r'<a class="way" href="([^"]+)">([^<]+)</a>')


def ways(page: str) -> dict[str, str]:
    """The ways on a page: where each leads, by what it says."""
    return {unescape(label): unescape(address) for address, label in WAY.findall(page)}


def test_each_card_says_why_and_each_way_leads_to_where_it_is_resolved(office: Box, editor: Browser) -> None:
    count_heads(
        office.safe, photo_named(office, "KLUI0001"), 3, by=OPERATOR, now=office.now(), day=office.today()
    )
    library = editor.get("/")
    assert library.get_data(as_text=True).count('<details class="why">') == 8
    shown = words(library)
    assert "Web, Press. The permission of Joe Biden expired on 25 October 2026. Ask Joe Biden" in shown
    assert "Social, Print, Intra. There is no quitclaim of Joe Biden for this purpose. Ask Joe Biden" in shown
    found = ways(library.get_data(as_text=True))
    assert set(found) >= {
        "Ask Joe Biden",
        "Say whether it is Barack Obama",
        "Name the face",
        "Count the people",
    }
    for label, address in found.items():
        path, _, part = address.partition("#")
        there = editor.get(path)
        assert there.status_code == 200, label
        if part:
            assert part in Page(there.get_data(as_text=True)).ids, label


def test_the_chosen_purpose_comes_first(editor: Browser) -> None:
    assert "Print, Social, Intra. There is no quitclaim of Joe Biden" in words(editor.get("/?purpose=print"))


def test_the_page_of_a_photo_tells_every_reason_with_its_way(office: Box, editor: Browser) -> None:
    page = editor.get(f"/photos/{photo_named(office, 'KLUI0004')}?light=red")
    assert "expired on 25 October 2026. Ask Joe Biden" in words(page)
    face = editor.get(f"/photos/{photo_named(office, 'KLUI0007')}?light=amber").get_data(as_text=True)
    assert "light=amber" in ways(face)["Name the face"]


def test_whoever_may_not_resolve_it_reads_who_can(office: Box, viewer: Browser) -> None:
    page = viewer.get("/")
    assert "This face has no name yet. Somebody with more rights can resolve this." in words(page)
    assert not ways(page.get_data(as_text=True))


def test_a_persons_page_says_why_of_each_purpose(office: Box, editor: Browser) -> None:
    biden = next(
        one for one in person_names(office.safe, by=OPERATOR, now=office.now()) if one.name == "Joe Biden"
    )
    page = editor.get(f"/people/{biden.id}")
    assert "Social media".casefold() in words(page).casefold()
    assert "There is no quitclaim of Joe Biden for this purpose. Ask Joe Biden" in words(page)


def test_each_reason_has_its_way(office: Box, editor: Browser) -> None:
    photo_id = photo_named(office, "KLUI0004")
    seen = look_at(office.safe, photo_id, by=OPERATOR, now=office.now(), day=office.today())
    with editor.client.application.test_request_context("/"):
        for why, light in LIGHT_OF.items():
            found = way(Reason(why, FaceId("face"), PersonId("person")), {}, seen.photo)
            assert (found is None) is (light is Light.GREEN), why
