"""Sending files from a browser: in parts, by the protocol, through a broken connection and a reload."""

import base64
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Route, expect

from appliance.wiring import Box
from tests.actions.scene import files_on_disk, fill, named, original, picture, rows
from tests.webui.browser import Browser
from tests.webui.test_browser import Opened, address, opened

__all__ = ["address", "opened"]  # fixtures

BODY = "application/offset+octet-stream"
BIG = np.random.default_rng(3).bytes(17_500_000)  # three parts, of which none is a photo


def said(**more: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in more.items())


def waiting_parts(box: Box) -> list[dict[str, object]]:
    return rows(box, "SELECT * FROM upload_parts")


class Client:
    """A client of the protocol."""

    def __init__(self, browser: Browser) -> None:
        self.http = browser.client
        self.token = browser.form_token()
        self.headers = {"X-CSRFToken": self.token, "Accept": "application/json", "Tus-Resumable": "1.0.0"}

    def begin(self, size: int, **more: str) -> tuple[str, str]:
        """The addresses of an import, and of a file of it."""
        opened_ = self.http.post("/imports", headers=self.headers).get_json()
        metadata = said(filename=more.get("name", "a.jpg"), folder="album", modified="1767225600000")
        headers = {**self.headers, "Upload-Length": str(size), "Upload-Metadata": metadata}
        begun = self.http.post(opened_["uploads"], headers=headers)
        assert begun.status_code == 201
        return opened_["finish"], begun.headers["Location"]

    def patch(self, place: str, offset: int, part: bytes, **more: str) -> tuple[int, str | None]:
        headers = {**self.headers, "Upload-Offset": str(offset), "Content-Type": BODY, **more}
        answer = self.http.patch(place, data=part, headers=headers)
        return answer.status_code, answer.headers.get("Upload-Offset")


def test_a_file_is_sent_by_the_protocol(editor: Browser, office: Box) -> None:
    client, data = Client(editor), picture(80)
    finish, place = client.begin(len(data), name="../../etc/x.jpg")
    head = client.http.head(place, headers=client.headers)
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("0", str(len(data)))
    assert head.headers["Tus-Resumable"] == "1.0.0"
    assert head.headers["Cache-Control"] == "no-store"
    assert client.patch(place, 0, data[:1000]) == (200, "1000")
    assert client.patch(place, 0, data[:1000]) == (409, None)
    assert client.patch(place, 1000, data[1000:]) == (200, str(len(data)))
    assert client.http.post(finish, headers=client.headers).get_json()["stored"] == 1
    assert original(office, named(office, "x.jpg")) == data
    assert client.http.head(place, headers=client.headers).status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "image/jpeg"}, 400),
        ({"Upload-Offset": "minus one"}, 400),
        ({"Tus-Resumable": "0.2.0"}, 400),
        ({"X-CSRFToken": ""}, 400),
    ],
)
def test_what_does_not_keep_to_the_protocol_is_refused(
    editor: Browser, headers: dict[str, str], status: int
) -> None:
    client = Client(editor)
    _, place = client.begin(100)
    assert client.patch(place, 0, b"x" * 100, **headers)[0] == status
    assert client.patch(place, 0, b"x" * 100) == (200, "100")


def test_a_part_that_is_too_large_is_never_read(editor: Browser) -> None:
    client = Client(editor)
    _, place = client.begin(100_000_000)
    assert client.patch(place, 0, bytes(16_000_001))[0] == 413


def test_a_file_can_be_given_up(editor: Browser, office: Box) -> None:
    client = Client(editor)
    before = files_on_disk(office)
    _, place = client.begin(100)
    client.patch(place, 0, b"x" * 50)
    assert client.http.delete(place, headers=client.headers).status_code == 204
    assert files_on_disk(office) == before


def test_a_folder_goes_through_broken_connections(opened: Opened, office: Box, tmp_path: Path) -> None:
    folder = fill(tmp_path / "album", {**{f"IMG_{n}.JPG": picture(90 + n) for n in range(4)}, "BIG.NEF": BIG})
    page = opened()
    broken = iter(range(4))

    def now_and_then(route: Route) -> None:
        if next(broken, None) is None:
            route.continue_()
        else:
            route.abort("connectionreset")

    page.route(re.compile("/uploads"), now_and_then)
    page.goto("/imports")
    page.locator("input[type=file]").set_input_files(sorted(folder.iterdir()))
    expect(page).to_have_url(re.compile("/imports/[a-z0-9]+$"), timeout=60_000)
    assert original(office, named(office, "BIG.NEF")) == BIG
    newest = rows(office, "SELECT found, stored, failed FROM imports ORDER BY started_at DESC, rowid DESC")[0]
    assert newest == {"found": 5, "stored": 5, "failed": 0}
    assert waiting_parts(office) == []


def test_after_a_reload_the_same_files_go_on_where_they_were(
    opened: Opened, office: Box, tmp_path: Path
) -> None:
    folder = fill(tmp_path / "album", {"A.JPG": picture(95), "BIG.NEF": BIG})
    page = opened()
    sent: list[int] = []

    def two_parts(route: Route) -> None:
        if route.request.method != "PATCH":
            route.continue_()
            return
        sent.append(int(route.request.headers.get("upload-offset", "0")))
        if len(sent) > 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(
        re.compile("/uploads/"), lambda r: two_parts(r) if r.request.method == "PATCH" else r.continue_()
    )
    page.goto("/imports")
    page.locator("input[type=file]").set_input_files(sorted(folder.iterdir()))
    expect(page.get_by_text("No connection with the box")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.unroute_all()
    expect(page.get_by_text("was broken off; 1 file of it is in the safe")).to_be_visible()
    offsets: list[str] = []
    page.on("request", lambda r: offsets.append(r.headers["upload-offset"]) if r.method == "PATCH" else None)
    page.locator("input[type=file]").set_input_files(sorted(folder.iterdir()))
    expect(page).to_have_url(re.compile("/imports/[a-z0-9]+$"), timeout=60_000)
    assert offsets == ["8000000", "16000000"]
    assert original(office, named(office, "BIG.NEF")) == BIG
    newest = rows(office, "SELECT found, stored, known FROM imports ORDER BY started_at DESC, rowid DESC")[0]
    assert newest == {"found": 2, "stored": 2, "known": 0}


def test_an_upload_that_was_broken_off_can_be_left_at_that(editor: Browser, office: Box) -> None:
    client = Client(editor)
    finish, place = client.begin(100)
    client.patch(place, 0, b"x" * 50)
    assert "was broken off" in editor.get("/imports").get_data(as_text=True)
    assert editor.post(finish, {"page": "1"}).status_code == 303
    assert "was broken off" not in editor.get("/imports").get_data(as_text=True)
    assert waiting_parts(office) == []
