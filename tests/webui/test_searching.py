"""Searching in the pages: filters as chips, addresses without names, tags in bulk, saved searches."""

import re

from appliance.domain.consent import Light
from appliance.wiring import Box
from tests.actions.scene import rows, told
from tests.webui.browser import Browser, words
from tests.webui.conftest import photo_named

CHIP = re.compile(r'<a class="chip" href="([^"]+)">([^<]*)')


def chips(text: str) -> dict[str, str]:
    return {label.strip(): href.replace("&amp;", "&") for href, label in CHIP.findall(text)}


def test_no_name_stands_in_an_address_and_the_address_can_be_passed_on(
    office: Box, editor: Browser, viewer: Browser
) -> None:
    before = len(told(office))
    posted = editor.post("/search", {"text": "Barack Obama", "light": "green"})
    address = posted.headers["Location"]
    assert re.fullmatch(r"/\?light=green&words=[a-z2-7]{26}", address)
    assert viewer.get(f"/?text=Barack+Obama&light={Light.GREEN}").headers["Location"] == address
    assert "“Barack Obama”" in words(viewer.get(address))
    by_name = editor.post("/search", {"name": "barack obama (bestuur)", "untagged": ""}).headers["Location"]
    assert re.fullmatch(r"/\?person=[a-z2-7]{26}", by_name)
    for page in (editor.get(address), editor.get(by_name)):
        links = re.findall(r'(?:href|action|src)="([^"]*)"', page.get_data(as_text=True))
        assert not [link for link in links if "bama" in link.lower()]
    assert "bama" not in " ".join(told(office)[before:]).lower()


def test_filters_come_off_one_by_one(office: Box, editor: Browser) -> None:
    some = [photo_named(office, name) for name in ("KLUI0001", "KLUI0002")]
    editor.post("/photos/tags", {"photo": some, "tag-name": "Open dag", "do": "add"})
    editor.post("/photos/tags", {"photo": some[:1], "tag-name": "Raad", "do": "add"})
    tags = {str(row["name"]): row["id"] for row in rows(office, "SELECT id, name FROM tags")}
    camera = rows(office, "SELECT id FROM cameras")[0]["id"]
    (department,) = rows(office, "SELECT id FROM departments WHERE name = 'Bestuur'")
    address = f"/?tag={tags['Open dag']}&tag={tags['Raad']}&department={department['id']}&stage=analysed"
    page = editor.get(address).get_data(as_text=True)
    found = chips(page)
    assert set(found) == {"Open dag", "Raad", "Bestuur", "examined"}
    assert tags["Raad"] not in found["Raad"]
    assert tags["Open dag"] in found["Raad"]
    assert "department" not in found["Bestuur"]
    assert "1 photo fits the search" in words(editor.get(address))
    assert "2 photos fit the search" in words(editor.get(f"/?tag={tags['Open dag']}"))
    assert "fit" in words(editor.get(f"/?camera={camera}"))


def test_all_that_was_found_gets_a_keyword_and_it_is_taken_back(office: Box, editor: Browser) -> None:
    green = rows(office, "SELECT DISTINCT photo FROM lights WHERE light = 'green' AND purpose = 'web'")
    before = rows(office, "SELECT * FROM keywords")
    asked = editor.get("/photos/tags?light=green&purpose=web").get_data(as_text=True)
    chosen = re.findall(r'name="photo" value="([^"]+)"', asked)
    assert len(chosen) == len(green) > 0
    form = {"photo": chosen, "tag-name": "Mag op de site", "do": "add", "to": "/?light=green&purpose=web"}
    done = editor.post("/photos/tags", form, follow=True)
    assert f"Given to {len(green)} photo" in words(done)
    undo = re.search(r'action="(/changes/[^"]+)"', done.get_data(as_text=True))
    assert undo
    assert len(rows(office, "SELECT * FROM keywords WHERE folded = 'mag op de site'")) == len(green)
    editor.post(undo[1], {"to": "/"})
    assert rows(office, "SELECT * FROM keywords") == before
    assert "No photo was chosen" in words(editor.get("/photos/tags"))


def test_a_saved_search_is_for_looking_releasing_and_sharing(
    office: Box, editor: Browser, viewer: Browser
) -> None:
    saved = editor.post(
        "/searches?light=green&purpose=web", {"name": "Voor de site", "shared": "1"}, follow=True
    )
    assert "Voor de site" in words(saved)
    (row,) = rows(office, "SELECT id FROM saved_searches")
    count = len(rows(office, "SELECT * FROM lights WHERE light = 'green' AND purpose = 'web'"))
    assert f"{count} photo" in words(viewer.get("/searches"))
    opened = viewer.get(f"/searches/{row['id']}")
    assert opened.headers["Location"] == "/?light=green&purpose=web"
    for path in ("/releases/new", "/parcels/new"):
        page = editor.get(f"{path}?saved={row['id']}")
        assert page.status_code == 200, path
        assert page.get_data(as_text=True).count('name="photo"') >= count
    editor.post(f"/searches/{row['id']}", {"name": "Alleen voor mij"})
    assert "Alleen voor mij" not in words(viewer.get("/searches"))
    editor.post(f"/searches/{row['id']}/remove")
    assert "No search is saved yet" in words(editor.get("/searches"))


def test_more_like_this_is_asked_from_the_photo(office: Box, viewer: Browser) -> None:
    photo = photo_named(office, "KLUI0001")
    page = viewer.get(f"/photos/{photo}").get_data(as_text=True)
    assert f'href="/?like={photo}"' in page
    shown = viewer.get(f"/?like={photo}")
    assert "looks like one photo" in words(shown)
    assert f"/photos/{photo}?like={photo}" in shown.get_data(as_text=True)
    assert viewer.get(f"/photos/{photo}?like={photo}").status_code == 200
