"""The audit log: who did what, to what, when, and how it ended; each entry seals the one before it.

An entry names people and photos by their opaque ids only (S3). The chain is SHA-256 over a canonical
JSON line; the algorithm is named in every entry, so that a later one can follow. Entries from before the
source was kept name the first algorithm, and are checked by it.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

ALGORITHM = "sha256/2"  # with the source
_WITHOUT_SOURCE = "sha256"
GENESIS = "0" * 64


class Outcome(StrEnum):
    """How it ended."""

    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Event:
    """Something worth remembering, before it gets its place in the chain.

    action: `noun:verb`, from the same grammar as permissions, e.g. `photo:view`, `release:make`.
    thing: opaque id of what it was done to; may be empty.
    detail: keys, counts, purposes and ids; never names, file names or tokens.
    """

    action: str
    thing: str = ""
    outcome: Outcome = Outcome.DONE
    detail: str = ""


_IDS = re.compile(r"[A-Za-z0-9_.:/@+=~-]{0,120}")
NO_ID = "no-id"
_LONGEST_DETAIL = 2000


def in_one_line(event: Event) -> Event:
    """An event that can forge no other line, wherever the log is read.

    What was given as an id in an address may be anything; it is kept only when it could be an id. A detail
    may hold what somebody typed, such as the number of a DPIA: control and format characters become spaces.
    """
    thing = event.thing if _IDS.fullmatch(event.thing) else NO_ID
    detail = "".join(one if one.isprintable() else " " for one in event.detail)[:_LONGEST_DETAIL]
    return replace(event, thing=thing, detail=detail)


@dataclass(frozen=True, slots=True)
class Entry:
    """An event in its place in the chain. source: the network address it came from, or empty."""

    number: int  # 1, 2, 3, ... without gaps
    at: datetime
    actor_kind: str
    actor: str
    event: Event
    previous: str
    seal: str
    algorithm: str = ALGORITHM
    source: str = ""


def seal(
    number: int,
    at: datetime,
    actor_kind: str,
    actor: str,
    event: Event,
    previous: str,
    source: str = "",
    algorithm: str = ALGORITHM,
) -> str:
    """The hash that binds an entry to all before it, hexadecimal."""
    sealed = [
        algorithm,
        number,
        at.isoformat(),
        actor_kind,
        actor,
        event.action,
        event.thing,
        event.outcome.value,
        event.detail,
        previous,
    ]
    if algorithm != _WITHOUT_SOURCE:
        sealed.append(source)
    line = json.dumps(sealed, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(line.encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry's number and seal: kept outside the box, it shows truncation and recomputation."""

    number: int
    seal: str


# What shows somebody a person or a photo; a preview is a look, and so is a copy that leaves.
LOOKS = ("person:view", "photo:view", "photo:preview", "release:make", "own:view", "evidence:view")


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody who looked: how often, and when last."""

    actor_kind: str
    actor: str
    times: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Check:
    """What verifying found. `broken_at` is the number of the first entry that is wrong; None when whole."""

    entries: int
    head: Head
    broken_at: int | None = None
    problem: str = ""

    @property
    def whole(self) -> bool:
        """Whether nothing was found wrong."""
        return self.broken_at is None


def verify(entries: Iterable[Entry], known: Head | None = None, signed: Iterable[Head] = ()) -> Check:
    """Walk the chain from its first entry; heads that were kept or signed show a cut or a chain made anew."""
    seals = {one.number: one.seal for one in signed}
    head = Head(0, GENESIS)
    for entry in entries:
        problem = _wrong_with(entry, head)
        if problem:
            return Check(head.number, head, head.number + 1, problem)
        if known is not None and entry.number == known.number and entry.seal != known.seal:
            return Check(entry.number, head, entry.number, "differs from the head that was kept elsewhere")
        if seals.pop(entry.number, entry.seal) != entry.seal:
            return Check(entry.number, head, entry.number, "differs from a head that was signed")
        head = Head(entry.number, entry.seal)
    if seals:
        return Check(head.number, head, head.number + 1, "entries are missing at the end")
    if known is not None and head.number < known.number:
        return Check(head.number, head, head.number + 1, "entries are missing at the end")
    return Check(head.number, head)


def _wrong_with(entry: Entry, head: Head) -> str:
    if entry.number != head.number + 1:
        return "an entry is missing"
    if entry.previous != head.seal or entry.algorithm not in (ALGORITHM, _WITHOUT_SOURCE):
        return "does not continue the entry before it"
    if entry.source and entry.algorithm == _WITHOUT_SOURCE:
        return "was changed after it was written"
    expected = seal(
        entry.number,
        entry.at,
        entry.actor_kind,
        entry.actor,
        entry.event,
        entry.previous,
        entry.source,
        entry.algorithm,
    )
    return "" if expected == entry.seal else "was changed after it was written"
