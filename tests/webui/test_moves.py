"""Moving an archive in from the browser: each step shows what came of the one before."""

from dataclasses import replace
from pathlib import Path

from appliance.actions.intake import carry_out, unfinished
from appliance.actions.moves import count, to_count
from appliance.domain.access import WORKER
from appliance.wiring import Box
from tests.actions.scene import examine, fill, picture
from tests.webui.browser import Browser, words


def work(box: Box) -> None:
    """What the worker does when it is rung for."""
    for move_id in to_count(box.safe, now=box.now()):
        count(box.safe, box.decoder, box.analyser, move_id, by=WORKER, clock=box.clock)
    for report in unfinished(box.safe, by=WORKER, now=box.now()):
        carry_out(box.safe, report.id, by=WORKER, clock=box.clock, bell=box.bell)
    examine(box)


def test_an_archive_is_counted_tried_and_taken_in(editor: Browser, office: Box, tmp_path: Path) -> None:
    files = {f"2019/{n}.jpg": picture(300 + n) for n in range(5)} | {"list.csv": b"x"}
    fill(tmp_path / "root" / "archive", files)
    office.config = replace(office.config, import_roots=(tmp_path / "root",))
    assert "archive" in words(editor.get("/archives"))

    begun = editor.post("/archives", {"folder": str(tmp_path / "root" / "archive"), "look": "3"})
    page = begun.headers["Location"]
    assert "The archive is being counted" in words(editor.get(page))
    work(office)
    told = words(editor.get(page))
    assert "Photos 5" in told
    assert "csv 1" in told
    assert "Of 3 photos that were opened" in told
    assert "Take all of it in" not in told

    editor.post(f"{page}/try", {"photos": "2"})
    assert "being tried" in words(editor.get(page))
    work(office)
    told = words(editor.get(page))
    assert "What came of the trial Files 2 New in the safe 2" in told

    editor.post(f"{page}/all", {})
    work(office)
    told = words(editor.get(page))
    assert "What came of all of it Files 5 New in the safe 3 Known already 2" in told
    assert "taken in" in words(editor.get("/archives"))
    assert editor.get(f"{page}.json").get_json()["finished"]


def test_an_archive_elsewhere_is_refused(editor: Browser, office: Box, tmp_path: Path) -> None:
    office.config = replace(office.config, import_roots=(tmp_path,))
    for folder in ("/", "/etc", "", str(tmp_path / ".." / "..")):
        assert editor.post("/archives", {"folder": folder}).headers.get("Location") in (
            None,
            "http://localhost/",
        )
    assert "No archive was counted yet" in words(editor.get("/archives"))
