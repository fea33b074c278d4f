"""Rows of old lists of permissions: the file as it came, how it is read, and what it brought in."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from appliance.domain.consent import Answer, Basis, Purpose, QuitclaimId
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.permission_cells import DateOrder
from appliance.domain.permission_columns import ColumnMapping, Field, Use
from appliance.domain.permission_list import ListId
from appliance.store.rows import Row, Rows, instant, maybe_moment, moment


@dataclass(frozen=True, slots=True)
class KeptList:
    """A list as it is kept."""

    id: ListId
    name: str
    received_at: datetime
    received_by: str
    mapping: ColumnMapping
    committed_at: datetime | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """One person as a list brought them in. filled_in: what it told of somebody who was known already."""

    person_id: PersonId
    added: bool
    filled_in: dict[str, str]
    quitclaim_id: QuitclaimId | None


class PermissionListRows(Rows):
    """Lists of permissions."""

    def add(self, kept: KeptList, data: bytes) -> None:
        """Add a list with its file."""
        self._add("permission_lists", _row(kept) | {"data": data})

    def replace(self, kept: KeptList) -> None:
        """Write how a list is read, and how it stands, anew."""
        self._change("permission_lists", kept.id, _row(kept))

    def get(self, list_id: ListId) -> KeptList:
        """One list.

        Raises:
            Mistake: when there is none of that id.
        """
        return _kept(self._required(list_id))

    def data(self, list_id: ListId) -> bytes:
        """The file as it came."""
        return bytes(self._required(list_id)["data"])

    def _required(self, list_id: ListId) -> Row:
        row = self._first("SELECT * FROM permission_lists WHERE id = ?", list_id)
        if row is None:
            raise Mistake("list:unknown", "There is no such list.", "It may have been thrown away.")
        return row

    def recent(self) -> list[KeptList]:
        """Every list, the latest first, without their files."""
        rows = self._all(
            "SELECT id, name, received_at, received_by, mapping, committed_at, undone_at"
            " FROM permission_lists ORDER BY received_at DESC, id"
        )
        return [_kept(row) for row in rows]

    def delete(self, list_id: ListId) -> None:
        """Throw a list away that brought nothing in."""
        self._run("DELETE FROM permission_lists WHERE id = ? AND committed_at IS NULL", list_id)

    def note(self, list_id: ListId, brought: Brought) -> None:
        """Note what a list brought in of one person."""
        self._run(
            "INSERT INTO permission_list_people VALUES (?, ?, ?, ?, ?)",
            list_id,
            brought.person_id,
            brought.added,
            json.dumps(brought.filled_in),
            brought.quitclaim_id,
        )

    def brought(self, list_id: ListId) -> list[Brought]:
        """What a list brought in."""
        rows = self._all("SELECT * FROM permission_list_people WHERE list_id = ? ORDER BY person_id", list_id)
        return [
            Brought(
                PersonId(row["person_id"]),
                bool(row["added"]),
                json.loads(row["filled_in"]),
                QuitclaimId(row["quitclaim_id"]) if row["quitclaim_id"] else None,
            )
            for row in rows
        ]


def _row(kept: KeptList) -> Row:
    return {
        "id": kept.id,
        "name": kept.name,
        "received_at": instant(kept.received_at),
        "received_by": kept.received_by,
        "mapping": json.dumps(_mapping_row(kept.mapping)),
        "committed_at": instant(kept.committed_at),
        "undone_at": instant(kept.undone_at),
    }


def _mapping_row(mapping: ColumnMapping) -> dict[str, Any]:
    return {
        "uses": [[use.field.value, [p.value for p in use.purposes]] if use else None for use in mapping.uses],
        "date_order": mapping.date_order.value if mapping.date_order else None,
        "basis": mapping.basis.value,
        "balancing": mapping.balancing,
        "months": mapping.months,
        "own_words": {word: answer.value for word, answer in mapping.own_words.items()},
        "decisions": {str(line): who for line, who in mapping.decisions.items()},
    }


def _kept(row: Row) -> KeptList:
    return KeptList(
        id=ListId(row["id"]),
        name=row["name"],
        received_at=moment(row["received_at"]),
        received_by=row["received_by"],
        mapping=_mapping(json.loads(row["mapping"])),
        committed_at=maybe_moment(row["committed_at"]),
        undone_at=maybe_moment(row["undone_at"]),
    )


def _mapping(row: dict[str, Any]) -> ColumnMapping:
    uses = tuple(
        Use(Field(use[0]), tuple(Purpose(one) for one in use[1])) if use else None for use in row["uses"]
    )
    return replace(
        ColumnMapping(uses),
        date_order=DateOrder(row["date_order"]) if row["date_order"] else None,
        basis=Basis(row["basis"]),
        balancing=row["balancing"],
        months=row["months"],
        own_words={word: Answer(answer) for word, answer in row["own_words"].items()},
        decisions={int(line): PersonId(who) if who else None for line, who in row["decisions"].items()},
    )
