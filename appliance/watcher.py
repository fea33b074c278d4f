"""Watching for what comes in by itself: cards that are put in, and shares that files are put on."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import structlog

from appliance.actions import cards, shares
from appliance.domain.cards import CardState, Seen
from appliance.domain.errors import KluisError
from appliance.domain.shares import Share
from appliance.sources.changes import Changes
from appliance.wiring import Box

_log = structlog.get_logger()
_WAITS = 5.0  # seconds, for news of cards; as long may it take to stop
STILL_FOR = 10.0  # seconds that a file must not have changed
_GLANCES = 2.0  # seconds between two looks at what is due
_OFTEN = (
    10.0  # seconds between two looks at a share of which nobody tells the changes, or that has files coming
)
_NOW_AND_THEN = 300.0
_RESTS = 15.0  # seconds, when the card service does not answer


class CardWatch:
    """Greets each card once when it is put in."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._greeted: set[str] = set()
        self._silent = False

    def run(self, stop: threading.Event) -> None:
        """Watch until told to stop."""
        version = 0
        while not stop.is_set():
            try:
                seen = self._box.card_service.wait(version, _WAITS)
            except KluisError as problem:
                if not self._silent:  # a box without card slots would fill its log with it
                    _log.warning("no_card_service", key=problem.key)
                self._silent = True
                stop.wait(_RESTS)
                continue
            self._silent = False
            version = seen.version
            guarded("cards", lambda seen=seen: self.heed(seen))  # type: ignore[misc]

    def heed(self, seen: Seen) -> None:
        """Greet who is new, and note which other devices were kept out."""
        box = self._box
        cards.note_refused(box.safe, seen.refused, now=box.now())
        self._greeted &= {card.insertion for card in seen.cards}
        for card in seen.cards:
            if card.state is CardState.WAITING and card.insertion not in self._greeted:
                self._greeted.add(card.insertion)
                cards.greet(box.safe, box.card_service, card, clock=box.clock, bell=box.bell)


class ShareWatch:
    """Looks at each share again and again: soon after something changed in it, and now and then anyway."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._stillness: dict[Share, shares.Stillness] = {}
        self._due: dict[Share, float] = {}
        self._news = Changes()

    def run(self, stop: threading.Event) -> None:
        """Watch until told to stop."""
        try:
            while not stop.is_set():
                guarded("shares", lambda: self.look(time.monotonic()))
                self._news.wait(stop, _GLANCES)
        finally:
            self._news.close()

    def look(self, at: float) -> None:
        """Look at each share that is due. at: seconds of a monotonic clock."""
        known = shares.active_shares(self._box.safe, now=self._box.now())
        self._stillness = {
            share: self._stillness.get(share) or shares.Stillness(STILL_FOR) for share in known
        }
        self._due = {share: self._due.get(share, at) for share in known}
        noticed = self._news.follow(Path(share.place) for share in known if share.smb is None)
        for share in known:
            if at >= self._due[share] or Path(share.place) in noticed:
                guarded(f"share {share.id}", lambda share=share: self._look_at(share, at))  # type: ignore[misc]

    def _look_at(self, share: Share, at: float) -> None:
        box = self._box
        # Where the kernel tells of changes, a look now and then is for what it does not tell.
        told = share.smb is None and self._news.tells_of(Path(share.place))
        with box.alone(f"share-{share.id}") as mine:
            if not mine:
                return
            look = shares.look_at(
                box.safe,
                box.decoder,
                share,
                self._stillness[share],
                clock=box.clock,
                at=at,
                bell=box.bell,
            )
        self._due[share] = at + (_NOW_AND_THEN if told and not look.waiting else _OFTEN)


def watch(box: Box, stop: threading.Event) -> None:
    """Watch over cards and shares until told to stop."""
    shares_too = threading.Thread(target=ShareWatch(box).run, args=(stop,), name="shares")
    shares_too.start()
    try:
        CardWatch(box).run(stop)
    finally:
        stop.set()
        shares_too.join()


def guarded(what: str, work: Callable[[], object]) -> None:
    """Do something; whatever goes wrong is logged by its key, and the watch goes on."""
    try:
        work()
    except KluisError as problem:
        _log.warning("watch_failed", watch=what, key=problem.key)
    except Exception as problem:  # noqa: BLE001 - one card or share never stops the watch over the others
        _log.error("watch_broke", watch=what, kind=type(problem).__name__)
