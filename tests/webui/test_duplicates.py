"""Two photos side by side: what becomes of them, by mouse, by keyboard and without scripts."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from appliance.actions.duplicates import compare, uncompared
from appliance.domain.access import Role
from appliance.wiring import Box
from bench.copies_of import copied
from tests.actions.scene import examine, fill, rows, take
from tests.imaging.pictures import as_jpeg
from tests.webui.browser import Browser
from tests.webui.test_browser import Opened, address, opened

__all__ = ["address", "opened"]  # fixtures


@pytest.fixture
def suspects(office: Box, card: Path, tmp_path: Path) -> Box:
    """Grey copies of two portraits wait for a decision."""
    portraits = [np.asarray(Image.open(p).convert("RGB")) for p in sorted(card.rglob("*.JPG"))[:2]]
    copies = {
        f"COPY{n}.JPG": as_jpeg(copied(p, "grey"), quality=70) for n, p in enumerate(portraits, start=1)
    }
    take(office, fill(tmp_path / "copies", copies))
    examine(office)
    for photo_id in uncompared(office.safe, now=office.now()):
        compare(office.safe, office.decoder, office.known, photo_id, now=office.now(), day=office.today())
    assert left(office) == 2
    return office


def left(box: Box) -> int:
    return len(rows(box, "SELECT 1 FROM suspects WHERE decided_at IS NULL"))


def pair(box: Box) -> str:
    row = rows(box, "SELECT photo, other FROM suspects WHERE decided_at IS NULL ORDER BY found_at, photo")[0]
    return f"/duplicates/{row['photo']}/{row['other']}"


def test_the_library_says_that_a_pair_waits_to_those_who_decide(
    suspects: Box, as_role: Callable[[Role | None], Browser]
) -> None:
    assert "may be duplicates" in as_role(Role.EDITOR).get("/").get_data(as_text=True)
    assert "may be duplicates" not in as_role(Role.VIEWER).get("/").get_data(as_text=True)


def test_a_pair_is_shown_with_what_differs(suspects: Box, editor: Browser) -> None:
    page = editor.get("/duplicates").get_data(as_text=True)
    assert "2 pairs wait for you" in page
    assert page.count('class="differs"') >= 3
    assert "COPY" in page


@pytest.mark.parametrize(
    ("decision", "photos", "told"),
    [
        ("merge-earlier", -1, "one photo is left"),
        ("both", 0, "Both are kept"),
        ("only-earlier", -1, "does not come in again"),
    ],
)
def test_each_decision_leads_to_the_next_pair(
    suspects: Box, editor: Browser, decision: str, photos: int, told: str
) -> None:
    before = len(rows(suspects, "SELECT 1 FROM photos"))
    answer = editor.post(pair(suspects), {"decision": decision, "place": "1"})
    assert answer.status_code == 303
    page = editor.get("/duplicates").get_data(as_text=True)
    assert told in page
    assert "1 pair waits for you" in page
    assert len(rows(suspects, "SELECT 1 FROM photos")) == before + photos


def test_a_form_that_decides_nothing_is_refused(suspects: Box, editor: Browser) -> None:
    for decision in ("", "burn", "later"):
        assert editor.post(pair(suspects), {"decision": decision}).status_code in (303, 400)
    assert left(suspects) == 2


def test_pairs_are_decided_by_keyboard(suspects: Box, opened: Opened) -> None:
    page = opened(Role.EDITOR)
    page.goto("/duplicates#pair")
    page.wait_for_selector("html[data-ready]")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**place=2*")
    page.wait_for_selector("html[data-ready]")
    page.keyboard.press("b")
    page.get_by_text("Both are kept").wait_for()
    page.wait_for_selector("html[data-ready]")
    page.keyboard.press("1")
    page.get_by_text("Nothing to decide").wait_for()
    assert left(suspects) == 0


@pytest.mark.parametrize("size", [(1280, 800), (360, 740)])
def test_a_pair_fits_every_screen(suspects: Box, opened: Opened, size: tuple[int, int]) -> None:
    page = opened(Role.EDITOR, size)
    page.goto("/duplicates")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= size[0]
