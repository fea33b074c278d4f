"""News for open pages: counts alone, for whoever may see them at that moment, and never so many streams that
the box has no thread left."""

import json
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from appliance.actions.collections import comment_on, create_collection
from appliance.actions.news import News
from appliance.domain.access import OPERATOR, Role
from appliance.domain.collections import CollectionId
from appliance.wiring import Box
from tests.webui.browser import Browser
from tests.webui.conftest import Staff, photo_named
from webui.news import LOOKS, MOST_STREAMS, events, stopping
from webui.server import _THREADS


def told(lines: Iterator[bytes]) -> list[dict[str, int]]:
    return [json.loads(line[6:]) for part in lines for line in part.splitlines() if line[:6] == b"data: "]


def looking(*found: News | None) -> Callable[[], News | None]:
    rest = iter(found)
    return lambda: next(rest, found[-1])


def test_a_stream_tells_what_changed_and_ends_by_itself() -> None:
    waited: list[float] = []

    def wait(seconds: float) -> bool:
        waited.append(seconds)
        return False

    same, more = News(3, 0), News(5, 1)
    parts = list(events(same, looking(same, more), wait))
    assert told(iter(parts)) == [
        {"photos": 3, "unseen": 0, "changed": 0},
        {"photos": 5, "unseen": 1, "changed": 0},
    ]
    assert parts[0].startswith(b"retry: ")
    assert b":\n\n" in parts  # somebody is still there
    assert len(waited) == LOOKS
    assert sum(waited) < 60


def test_a_stream_ends_when_one_may_not_listen_any_more() -> None:
    assert len(list(events(News(3, 0), looking(None), lambda _: False))) == 1


def test_a_stream_ends_with_its_server() -> None:
    assert len(list(events(News(3, 0), looking(News(5, 1)), lambda _: True))) == 1


def test_threads_are_left_for_pages_however_many_listen(
    app: Flask, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stopping(app), "wait", lambda _: False)

    def listen() -> TestResponse:
        return Browser(app, staff.tokens[Role.VIEWER]).client.get("/news", buffered=False)

    assert _THREADS - MOST_STREAMS >= 4
    listeners = [listen() for _ in range(MOST_STREAMS + 1)]
    assert all(next(one.iter_encoded()).startswith(b"retry: ") for one in listeners[:-1])
    assert listeners[-1].get_data() == b"event: busy\ndata: {}\n\n"  # it asks now and then instead
    assert listeners[0].mimetype == "text/event-stream"
    assert listeners[0].headers["Cache-Control"] == "no-store"
    listeners[0].close()
    again = listen()
    assert next(again.iter_encoded()).startswith(b"retry: ")
    for one in (*listeners, again):
        one.close()


def test_each_look_asks_whether_the_session_is_open(
    app: Flask, viewer: Browser, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    def sign_out_meanwhile(seconds: float) -> bool:
        waits.append(seconds)
        if len(waits) == 2:
            assert Browser(app, staff.tokens[Role.VIEWER]).post("/sign-out").status_code == 303
        return False

    monkeypatch.setattr(stopping(app), "wait", sign_out_meanwhile)
    answer = viewer.get("/news")
    assert len(told(answer.iter_encoded())) == 1
    assert len(waits) == 2
    answer.close()


def test_a_page_hears_of_a_change_of_its_collection_in_numbers_alone(office: Box, viewer: Browser) -> None:
    photo = photo_named(office, "KLUI0001")
    made = create_collection(office.safe, "Secret title", "", [photo], by=OPERATOR, now=office.now())
    path = f"/news.json?collection={made.id}"
    before = viewer.get(path).get_json()
    comment_on(office.safe, CollectionId(made.id), "A secret", by=OPERATOR, now=office.now())
    after = viewer.get(path).get_json()
    assert after["changed"] == before["changed"] + 1
    assert set(after) == {"photos", "unseen", "changed"}
    assert all(type(value) is int for value in after.values())
    assert viewer.get("/news.json?collection=none").status_code == 404
