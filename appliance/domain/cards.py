"""Cards in the box, as the card service tells of them, and what it says of other USB devices.

Both sides of the service's socket speak in these values, written as JSON; so they live here, where the
privileged side finds them without loading anything else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, NewType

CardId = NewType("CardId", str)


class CardState(StrEnum):
    """How a card in the box stands."""

    WAITING = "waiting"  # it can be read, and nobody is at it
    READING = "reading"  # mounted, for somebody to copy from
    SAFE = "safe"  # it was read to the end and unmounted
    UNREADABLE = "unreadable"  # damaged, or of a kind that the box does not read; `problem` says which


@dataclass(frozen=True, slots=True)
class Card:
    """One file system on a card.

    id: of the volume, the same at each insertion. disk: what it is a part of, until it is pulled.
    insertion: another one each time it is put in. label: as somebody named the card. bytes: its size.
    """

    id: CardId
    disk: str
    insertion: str
    label: str
    file_system: str
    bytes: int
    state: CardState = CardState.WAITING
    problem: str = ""


@dataclass(frozen=True, slots=True)
class RefusedDevice:
    """A USB device that is no storage, and stays dead. ids: `vendor:product`. kinds: what it claims to be.

    seen_at: seconds since 1970.
    """

    port: str
    ids: str
    kinds: tuple[str, ...]
    seen_at: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What the service sees. version: grows with every change while the service runs."""

    version: int = 0
    cards: tuple[Card, ...] = ()
    refused: tuple[RefusedDevice, ...] = ()

    def card(self, card_id: CardId) -> Card | None:
        """One card; None when it is not in the box. Of two that look the same, one that waits."""
        same = [card for card in self.cards if card.id == card_id]
        return next((card for card in same if card.state is CardState.WAITING), same[0] if same else None)


def removable(cards: Iterable[Card], disk: str) -> bool:
    """Whether a disk may be pulled: nothing on it is being read."""
    return all(card.state is not CardState.READING for card in cards if card.disk == disk)


def to_json(seen: Seen) -> dict[str, Any]:
    """As values that JSON knows."""
    return asdict(seen)


def from_json(data: Mapping[str, Any]) -> Seen:
    """The same read back.

    Raises:
        KeyError, TypeError, ValueError: when it is something else.
    """
    cards = (Card(**card) for card in data["cards"])
    refused = (RefusedDevice(**device) for device in data["refused"])
    return Seen(
        version=int(data["version"]),
        cards=tuple(replace(card, state=CardState(card.state)) for card in cards),
        refused=tuple(replace(device, kinds=tuple(device.kinds)) for device in refused),
    )
