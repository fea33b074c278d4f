"""News of the moment for an open page, by server-sent events; a few at once, each for a short while.

A stream takes a thread for as long as it lasts, so only some may be open, and each ends by itself; the
browser comes back. Whoever gets none asks for the same numbers now and then. See decision 21.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from http import HTTPStatus
from threading import BoundedSemaphore
from time import sleep

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from appliance.actions.news import News, news
from appliance.actions.sign_in import who
from appliance.domain.access import acting
from appliance.domain.collections import CollectionId
from appliance.domain.errors import KluisError
from webui.access import token
from webui.current import asking, box, where
from webui.guards import limiter

pages = Blueprint("news", __name__)

MOST_STREAMS = 2  # in one process, which has four threads more
LOOKS = 18  # at an interval of three seconds: a stream lasts less than a minute
_EVERY = 3.0  # seconds
_COMES_BACK = 2000  # milliseconds until the browser opens the next one
_QUIET = 5  # looks without news until a line says that somebody is still there

_free = BoundedSemaphore(MOST_STREAMS)


@pages.get("/news.json")
@limiter.limit("60/minute")
def now() -> ResponseReturnValue:
    """The numbers, once."""
    return asdict(news(box().safe, _collection(), **asking()))


@pages.get("/news")
@limiter.limit("60/minute")
def stream() -> ResponseReturnValue:
    """The numbers as they change, for a short while; 503 when as many as may be listen already."""
    look = _looker()
    first = look()
    if first is None or not _free.acquire(blocking=False):
        return {"busy": True}, HTTPStatus.SERVICE_UNAVAILABLE
    answer = Response(events(first, look, sleep), mimetype="text/event-stream")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"
    closing = ExitStack()  # once, however often an answer is closed
    closing.callback(_free.release)
    answer.call_on_close(closing.close)
    return answer


def _collection() -> CollectionId | None:
    given = request.args.get("collection", "")
    return CollectionId(given) if given else None


def _looker() -> Callable[[], News | None]:
    """Looks for news as whoever asks, who must still be signed in and still may; None when that is over."""
    opened, key, wanted, address = box(), token(), _collection(), where().address

    def look() -> News | None:
        user = who(opened.safe, key, now=opened.now(), address=address)
        if user is None:
            return None
        try:
            return news(opened.safe, wanted, by=acting(user, source=address), now=opened.now())
        except KluisError:
            return None

    return look


def events(first: News, look: Callable[[], News | None], wait: Callable[[float], None]) -> Iterator[bytes]:
    """News as lines of an event stream (HTML Living Standard, 9.2): at once, then whenever it changes."""
    yield f"retry: {_COMES_BACK}\n{_event(first)}".encode()
    before, quiet = first, 0
    for _ in range(LOOKS):
        wait(_EVERY)
        found = look()
        if found is None:
            return
        quiet = 0 if found != before else quiet + 1
        if found != before:
            yield _event(found).encode()
        elif quiet % _QUIET == 0:
            yield b":\n\n"
        before = found


def _event(told: News) -> str:
    return f"data: {json.dumps(asdict(told), separators=(',', ':'))}\n\n"
