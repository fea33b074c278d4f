"""Rows of what searches are made of: cameras, departments, words that were typed, and saved searches."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from appliance.domain.consent import Light, Purpose
from appliance.domain.errors import Mistake
from appliance.domain.photos import Stage
from appliance.domain.searches import Camera, CameraId, Department, DepartmentId, SavedSearchId, WordsId
from appliance.store.rows import Row, Rows, folded, instant, moment
from appliance.store.search import Filter


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search under a name. owner: who saved it. shared: whether others see it too."""

    id: SavedSearchId
    name: str
    owner: str
    shared: bool
    wanted: Filter
    saved_at: datetime


class SearchRows(Rows):
    """What can be searched by, and saved searches."""

    def cameras(self) -> list[Camera]:
        """Every camera that photos were taken with, the busiest first."""
        rows = self._all("SELECT * FROM cameras WHERE photos > 0 ORDER BY photos DESC, name")
        return [Camera(CameraId(row["id"]), row["name"], row["photos"]) for row in rows]

    def departments(self) -> list[Department]:
        """Every department of somebody, by name."""
        rows = self._all(
            "SELECT departments.id, departments.name, count(*) AS people FROM people"
            " JOIN departments ON departments.name = people.department"
            " WHERE people.id = people.identity AND erased_at IS NULL"
            " GROUP BY departments.id ORDER BY folded(departments.name)"
        )
        return [Department(DepartmentId(row["id"]), row["name"], row["people"]) for row in rows]

    def keep_words(self, words: str, fresh: WordsId, at: datetime) -> WordsId:
        """Note what somebody searches for. Returns its id: the fresh one, unless it is known already."""
        row = self._first(
            "INSERT INTO search_words VALUES (?, ?, ?)"
            " ON CONFLICT (words) DO UPDATE SET asked_at = excluded.asked_at RETURNING id",
            fresh,
            words,
            instant(at),
        )
        return WordsId(row["id"]) if row else fresh

    def words(self, words_id: WordsId) -> str:
        """What was searched for.

        Raises:
            Mistake: when that is forgotten.
        """
        row = self._first("SELECT words FROM search_words WHERE id = ?", words_id)
        if row is None:
            raise Mistake(
                "search:forgotten", "The words of this search are forgotten.", "Type them once more."
            )
        return str(row["words"])

    def forget_words(self, before: datetime) -> int:
        """Delete what nobody searched for since. Returns how much."""
        return self._run("DELETE FROM search_words WHERE asked_at < ?", instant(before))

    def forget_name(self, name: str) -> None:
        """Delete whatever was searched for by this name, and searches that were saved with it."""
        self._run("DELETE FROM search_words WHERE instr(folded(words), ?)", folded(name))
        for row in self._all("SELECT * FROM saved_searches"):
            if folded(name) in folded(f"{row['name']} {json.loads(row['wanted']).get('text', '')}"):
                self._run("DELETE FROM saved_searches WHERE id = ?", row["id"])

    def save(self, search: SavedSearch) -> None:
        """Keep a search, or what it is now."""
        self._run(
            "INSERT OR REPLACE INTO saved_searches VALUES (?, ?, ?, ?, ?, ?)",
            search.id,
            search.name,
            search.owner,
            search.shared,
            json.dumps(_plain(search.wanted)),
            instant(search.saved_at),
        )

    def get(self, search_id: SavedSearchId) -> SavedSearch:
        """One saved search.

        Raises:
            Mistake: when there is none of that id.
        """
        row = self._first("SELECT * FROM saved_searches WHERE id = ?", search_id)
        if row is None:
            raise Mistake("search:unknown", "There is no such saved search.", "It may have been removed.")
        return _search(row)

    def saved(self) -> list[SavedSearch]:
        """Every saved search, by name."""
        return [_search(row) for row in self._all("SELECT * FROM saved_searches ORDER BY folded(name), id")]

    def remove(self, search_id: SavedSearchId) -> None:
        """Delete a saved search."""
        self._run("DELETE FROM saved_searches WHERE id = ?", search_id)


def _search(row: Row) -> SavedSearch:
    return SavedSearch(
        id=SavedSearchId(row["id"]),
        name=row["name"],
        owner=row["owner"],
        shared=bool(row["shared"]),
        wanted=_filter(json.loads(row["wanted"])),
        saved_at=moment(row["saved_at"]),
    )


_KINDS: Mapping[str, Any] = {
    "light": Light,
    "purpose": Purpose,
    "stage": Stage,
    "taken_from": date.fromisoformat,
    "taken_until": date.fromisoformat,
    "tags": tuple,
}


def _plain(wanted: Filter) -> dict[str, object]:
    """What a filter asks, as JSON; what it leaves out is left out, so that old ones stay readable."""
    asked = {key: value for key, value in asdict(wanted).items() if value not in (None, "", False, ())}
    asked.pop("alike", None)  # found anew each time
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in asked.items()}


def _filter(plain: Mapping[str, Any]) -> Filter:
    return Filter(**{key: _KINDS[key](value) if key in _KINDS else value for key, value in plain.items()})
