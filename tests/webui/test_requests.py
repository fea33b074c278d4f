"""Asking through the pages: from a list, from a photo, and on a tablet that is handed over."""

import re
from io import BytesIO

from appliance.wiring import Box
from tests.actions.paperwork import form
from tests.webui.browser import Browser
from tests.webui.conftest import photo_named

LIST = "Naam;E-mail\nJoe Biden;\nAnna de Vries;anna@example.nl\n".encode("utf-16")


def asked(editor: Browser, template: str, **more: object) -> str:
    sent = {"template": template, "language": "nl", "channel": "link", **more}
    return editor.post("/requests", sent, follow=True).get_data(as_text=True)


def test_everybody_in_a_list_is_asked_by_a_link_of_their_own(office: Box, editor: Browser) -> None:
    template = form(office).id
    refused = asked(editor, template, list=(BytesIO(LIST), "wie.csv"))
    assert "Nobody of that name is known in these lines: 3." in refused
    links = asked(editor, template, list=(BytesIO(LIST), "wie.csv"), add="1")
    assert len(set(re.findall(r"<output>[^<]*/f/([\w-]+)</output>", links))) == 2
    assert "Anna de Vries" in links


def test_who_is_in_a_photo_can_be_asked_from_it(office: Box, editor: Browser) -> None:
    form(office)
    page = editor.get(f"/photos/{photo_named(office, 'KLUI0004')}").get_data(as_text=True)
    link = re.search(r'href="(/requests/new\?person=\w+)"', page)
    assert link is not None
    assert len(re.findall(r"checked", editor.get(link[1]).get_data(as_text=True))) == 1


def test_a_tablet_is_signed_out_before_it_is_handed_over(office: Box, editor: Browser) -> None:
    shown = asked(editor, form(office).id, channel="tablet")
    token = re.search(r'name="token" value="([\w-]+)"', shown)
    assert token is not None
    page = editor.post("/requests/hand-over", {"token": token[1]}).get_data(as_text=True)
    assert "You are signed out" in page
    assert f"/f/{token[1]}" in page
    assert editor.get("/people").headers["Location"].startswith("/sign-in")
