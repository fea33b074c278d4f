"""Rows of share links: what was chosen for them, who is behind them, and what they ask for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from appliance.domain.collections import CollectionId
from appliance.domain.consent import Purpose
from appliance.domain.errors import Mistake
from appliance.domain.parcels import Parcel, Visit, Wish
from appliance.domain.photos import PhotoId
from appliance.domain.release import ParcelId, Recipient
from appliance.domain.wording import Language
from appliance.store.rows import Row, Rows, instant, maybe_moment, moment


@dataclass(frozen=True, slots=True)
class Chosen:
    """A photo of a link, under its name within that link."""

    ref: str
    photo_id: PhotoId


class ParcelRows(Rows):
    """Share links."""

    def add(self, parcel: Parcel, token_hash: str, password_hash: str, chosen: list[Chosen]) -> None:
        """Add a link with the photos chosen for it, in order."""
        self._add("parcels", _row(parcel) | {"token_hash": token_hash, "password_hash": password_hash})
        self._put_chosen(parcel.id, chosen)

    def _put_chosen(self, parcel_id: ParcelId, chosen: Iterable[Chosen]) -> None:
        for position, one in enumerate(chosen):
            self._run(
                "INSERT INTO parcel_photos VALUES (?, ?, ?, ?)", parcel_id, position, one.ref, one.photo_id
            )

    def following(self, collection_id: CollectionId) -> list[Parcel]:
        """The links that follow a collection, newest first, ended ones too."""
        sql = "SELECT * FROM parcels WHERE collection_id = ? ORDER BY created_at DESC, id"
        return [_share(row) for row in self._all(sql, collection_id)]

    def follow(self, parcel_id: ParcelId, photos: Iterable[PhotoId], new_ref: Callable[[], str]) -> None:
        """Have a link hold these photos, in order; those that it had keep their names within it."""
        refs = {one.photo_id: one.ref for one in self.chosen(parcel_id)}
        self._run("DELETE FROM parcel_photos WHERE parcel_id = ?", parcel_id)
        self._put_chosen(parcel_id, [Chosen(refs.get(one) or new_ref(), one) for one in photos])

    def replace(self, parcel: Parcel) -> None:
        """Write how a link stands now."""
        self._change("parcels", parcel.id, _row(parcel))

    def get(self, parcel_id: ParcelId) -> Parcel:
        """One link.

        Raises:
            Mistake: when there is none of that id.
        """
        self._choose(parcel_id)
        row = self._first("SELECT * FROM parcels WHERE id = ?", parcel_id)
        if row is None:
            raise Mistake("parcel:unknown", "There is no such link.", "Choose one from the list.")
        return _share(row)

    def by_token(self, token_hash: str) -> Parcel | None:
        """The link of a token."""
        row = self._first("SELECT * FROM parcels WHERE token_hash = ?", token_hash)
        return _share(row) if row else None

    def password_hash(self, parcel_id: ParcelId) -> str:
        """The record of a link's password."""
        row = self._first("SELECT password_hash FROM parcels WHERE id = ?", parcel_id)
        return str(row["password_hash"]) if row else ""

    def ids(self) -> list[ParcelId]:
        """Every link that there was."""
        return [ParcelId(row["id"]) for row in self._all("SELECT id FROM parcels ORDER BY id")]

    def recent(self, limit: int) -> list[Parcel]:
        """The latest links, newest first."""
        rows = self._all("SELECT * FROM parcels ORDER BY created_at DESC, id LIMIT ?", limit)
        return [_share(row) for row in rows]

    def chosen(self, parcel_id: ParcelId) -> list[Chosen]:
        """The photos chosen for a link, in order."""
        rows = self._all(
            "SELECT ref, photo_id FROM parcel_photos WHERE parcel_id = ? ORDER BY position", parcel_id
        )
        return [Chosen(row["ref"], PhotoId(row["photo_id"])) for row in rows]

    def count_failure(self, parcel_id: ParcelId, failures: int) -> None:
        """Write how many wrong passwords there were in a row."""
        self._run("UPDATE parcels SET failures = ? WHERE id = ?", failures, parcel_id)

    def begin_visit(self, token_hash: str, parcel_id: ParcelId, now: datetime) -> None:
        """A browser gave the password."""
        self._run("INSERT INTO parcel_visits VALUES (?, ?, ?, NULL)", token_hash, parcel_id, instant(now))

    def visit(self, token_hash: str) -> Visit | None:
        """The visit of a browser."""
        row = self._first("SELECT * FROM parcel_visits WHERE token_hash = ?", token_hash)
        if row is None:
            return None
        return Visit(ParcelId(row["parcel_id"]), moment(row["begun_at"]), maybe_moment(row["verified_at"]))

    def verify_visit(self, token_hash: str, now: datetime) -> None:
        """The code from the e-mail was right."""
        self._run("UPDATE parcel_visits SET verified_at = ? WHERE token_hash = ?", instant(now), token_hash)

    def end_visits(self, parcel_id: ParcelId) -> int:
        """Close every browser behind a link. Returns how many there were."""
        return self._run("DELETE FROM parcel_visits WHERE parcel_id = ?", parcel_id)

    def add_wish(self, wish: Wish) -> None:
        """Add a request for more rights."""
        self._add(
            "parcel_wishes",
            {
                "id": wish.id,
                "parcel_id": wish.parcel_id,
                "made_at": instant(wish.made_at),
                "purpose": wish.purpose.value,
                "text": wish.text,
            },
        )

    def wishes(self, parcel_id: ParcelId) -> list[Wish]:
        """What a link's recipient asked for, newest first."""
        rows = self._all("SELECT * FROM parcel_wishes WHERE parcel_id = ? ORDER BY made_at DESC", parcel_id)
        return [
            Wish(
                row["id"],
                ParcelId(row["parcel_id"]),
                moment(row["made_at"]),
                Purpose(row["purpose"]),
                row["text"],
            )
            for row in rows
        ]


def _row(parcel: Parcel) -> Row:
    return {
        "id": parcel.id,
        "title": parcel.title,
        "purpose": parcel.purpose.value,
        "created_at": instant(parcel.created_at),
        "created_by": parcel.created_by,
        "expires_at": instant(parcel.expires_at),
        "recipient": parcel.recipient.name,
        "email": parcel.recipient.email,
        "language": parcel.language.value,
        "downloads": parcel.downloads,
        "failures": parcel.failures,
        "revoked_at": instant(parcel.revoked_at),
        "collection_id": parcel.collection_id,
    }


def _share(row: Row) -> Parcel:
    return Parcel(
        id=ParcelId(row["id"]),
        title=row["title"],
        purpose=Purpose(row["purpose"]),
        created_at=moment(row["created_at"]),
        created_by=row["created_by"],
        expires_at=moment(row["expires_at"]),
        recipient=Recipient(row["recipient"], row["email"]),
        language=Language(row["language"]),
        downloads=row["downloads"],
        failures=row["failures"],
        revoked_at=maybe_moment(row["revoked_at"]),
        collection_id=CollectionId(row["collection_id"]) if row["collection_id"] else None,
    )
