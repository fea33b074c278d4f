"""News of the moment for an open page, by server-sent events; a few at once, each for a short while.

A stream takes a thread for as long as it lasts, so only some may be open, and each ends by itself; the
browser comes back. Whoever gets none asks for the same numbers now and then. See decision 21.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from threading import BoundedSemaphore, Event

from flask import Blueprint, Flask, Response, current_app, request
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

_free = BoundedSemaphore(MOST_STREAMS)


def stopping(app: Flask) -> Event:
    """Set when the server of an application stops: open streams end, so that it need not wait for them."""
    return app.extensions.setdefault("stopping", Event())  # type: ignore[no-any-return]


@pages.get("/news.json")
@limiter.limit("60/minute")
def now() -> ResponseReturnValue:
    """The numbers, once."""
    return asdict(news(box().safe, _collection(), **asking()))


@pages.get("/news")
@limiter.limit("60/minute")
def stream() -> ResponseReturnValue:
    """The numbers as they change, for a short while; "busy" when as many as may be listen already."""
    first, look = news(box().safe, _collection(), **asking()), _looker()
    if not _free.acquire(blocking=False):
        return _lines(iter((b"event: busy\ndata: {}\n\n",)))
    closing = ExitStack()  # once, however often an answer is closed
    closing.callback(_free.release)
    answer = _lines(events(first, look, stopping(current_app).wait))
    answer.call_on_close(closing.close)
    return answer


def _lines(lines: Iterator[bytes]) -> Response:
    answer = Response(lines, mimetype="text/event-stream")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"
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


def events(first: News, look: Callable[[], News | None], wait: Callable[[float], bool]) -> Iterator[bytes]:
    """News as lines of an event stream (HTML Living Standard, 9.2): at once, then whenever it changes.

    wait: waits so many seconds; True when the server stops.

    In between, a line without meaning: by it the box finds out that nobody listens any more.
    """
    yield f"retry: {_COMES_BACK}\n{_event(first)}".encode()
    before = first
    for _ in range(LOOKS):
        if wait(_EVERY):
            return
        found = look()
        if found is None:
            return
        yield _event(found).encode() if found != before else b":\n\n"
        before = found


def _event(told: News) -> str:
    return f"data: {json.dumps(asdict(told), separators=(',', ':'))}\n\n"
