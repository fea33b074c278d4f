"""Rows of cards that were in the box, and of the files that were taken from cards and shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from appliance.domain.cards import CardId
from appliance.domain.collections import CollectionId
from appliance.domain.photos import ImportId, ShootId
from appliance.store.rows import Rows, instant, many, moment


@dataclass(frozen=True, slots=True)
class KnownCard:
    """A card that was in the box. files, fresh: photos on it when it was looked through, and new ones."""

    id: CardId
    label: str
    first_seen_at: datetime
    shoot_id: ShootId | None = None
    insertion: str = ""
    files: int = 0
    fresh: int = 0
    collection_id: CollectionId | None = None


class CardRows(Rows):
    """Cards by the identity of their volume."""

    def get(self, card_id: CardId) -> KnownCard | None:
        """One card; None when it never was in the box."""
        row = self._first("SELECT * FROM cards WHERE id = ?", card_id)
        return KnownCard(**row | {"first_seen_at": moment(row["first_seen_at"])}) if row else None

    def put(self, card: KnownCard) -> None:
        """Add a card, or write it anew."""
        self._run(
            "INSERT INTO cards VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " label = excluded.label, shoot_id = excluded.shoot_id, insertion = excluded.insertion,"
            " files = excluded.files, fresh = excluded.fresh,"
            " collection_id = excluded.collection_id",
            card.id,
            card.label,
            instant(card.first_seen_at),
            card.shoot_id,
            card.insertion,
            card.files,
            card.fresh,
            card.collection_id,
        )

    def last_import(self, card_id: CardId) -> ImportId | None:
        """The latest import from a card."""
        row = self._first(
            "SELECT id FROM imports WHERE card_id = ? ORDER BY started_at DESC, rowid DESC LIMIT 1", card_id
        )
        return ImportId(row["id"]) if row else None

    def open_import(self, card_id: CardId) -> ImportId | None:
        """An import from it that is not closed."""
        row = self._first("SELECT id FROM imports WHERE card_id = ? AND finished_at IS NULL LIMIT 1", card_id)
        return ImportId(row["id"]) if row else None


class TakenFileRows(Rows):
    """Marks of files. place: id of the card or share that they are on."""

    def add(self, place: str, mark: str) -> None:
        """Note a file that is in the safe now."""
        self._run("INSERT OR IGNORE INTO taken_files VALUES (?, ?)", place, mark)

    def new(self, place: str, marks: Sequence[str]) -> set[str]:
        """Those of these marks that were not noted."""
        rows = self._all(
            "SELECT value FROM json_each(?)"
            " WHERE value NOT IN (SELECT mark FROM taken_files WHERE place = ?)",
            many(marks),
            place,
        )
        return {row["value"] for row in rows}

    def forget(self, place: str) -> None:
        """Forget whatever was taken from a place."""
        self._run("DELETE FROM taken_files WHERE place = ?", place)
