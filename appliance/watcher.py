"""Watching for what comes in by itself: cards that are put in, and shares that files are put on."""

import threading
from collections.abc import Callable

import structlog

from appliance.actions import cards
from appliance.domain.cards import CardState, Seen
from appliance.domain.errors import KluisError
from appliance.wiring import Box

_log = structlog.get_logger()
_WAITS = 5.0  # seconds, for news of cards; as long may it take to stop
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


def watch(box: Box, stop: threading.Event) -> None:
    """Watch over cards until told to stop."""
    CardWatch(box).run(stop)


def guarded(what: str, work: Callable[[], object]) -> None:
    """Do something; whatever goes wrong is logged by its key, and the watch goes on."""
    try:
        work()
    except KluisError as problem:
        _log.warning("watch_failed", watch=what, key=problem.key)
    except Exception as problem:  # noqa: BLE001 - one card or share never stops the watch over the others
        _log.error("watch_broke", watch=what, kind=type(problem).__name__)
