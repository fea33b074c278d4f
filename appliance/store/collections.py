"""Rows of collections, of their photos in order, and of every change."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from appliance.domain.access import UserId
from appliance.domain.collections import (
    Collection,
    CollectionChange,
    CollectionId,
    Comment,
    CommentId,
    Contents,
    Part,
    PhotoStep,
    Step,
    TextStep,
)
from appliance.domain.consent import Light, Purpose
from appliance.domain.errors import Mistake
from appliance.domain.photos import PhotoId
from appliance.store.rows import Row, Rows, instant, many, moment

_READ = (
    "SELECT collections.*, covers.id AS cover_id FROM collections"
    " LEFT JOIN photos AS covers ON covers.number = collections.cover"
)

_SAID = (
    "SELECT collection_comments.*, photos.id AS photo_id FROM collection_comments"
    " LEFT JOIN photos ON photos.number = collection_comments.photo"
)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many photos a collection has, the first of them, and how many of each light by purpose."""

    photos: int = 0
    first: PhotoId | None = None
    lights: Mapping[Purpose, Mapping[Light, int]] = field(default_factory=dict)


class CollectionRows(Rows):
    """Collections."""

    def put(self, collection: Collection) -> None:
        """Add a collection, or write its texts and cover anew."""
        self._run(
            "INSERT INTO collections VALUES (?1, ?2, ?3, (SELECT number FROM photos WHERE id = ?4), ?5, ?6)"
            " ON CONFLICT (id) DO UPDATE SET title = excluded.title, note = excluded.note,"
            " cover = excluded.cover, owner = excluded.owner",
            collection.id,
            collection.title,
            collection.note,
            collection.cover,
            collection.owner,
            instant(collection.made_at),
        )

    def get(self, collection_id: CollectionId) -> Collection:
        """One collection.

        Raises:
            Mistake: when there is none of that id.
        """
        self._choose(collection_id)
        row = self._first(f"{_READ} WHERE collections.id = ?", collection_id)
        if row is None:
            raise Mistake("collection:unknown", "There is no such collection.", "Choose one from the list.")
        return _collection(row)

    def all(self) -> list[Collection]:
        """Every collection, the latest first."""
        return self.latest(-1)

    def latest(self, limit: int) -> list[Collection]:
        """The latest collections; a negative limit is none."""
        rows = self._all(f"{_READ} ORDER BY made_at DESC, collections.id LIMIT ?", limit)
        return [_collection(row) for row in rows]

    def of_photo(self, photo_id: PhotoId) -> list[Collection]:
        """The collections that a photo is in."""
        rows = self._all(
            f"{_READ} JOIN collection_photos ON collection = collections.id"  # noqa: S608 - a constant
            " WHERE photo = (SELECT number FROM photos WHERE id = ?) ORDER BY title, collections.id",
            photo_id,
        )
        return [_collection(row) for row in rows]

    def remove(self, collection_id: CollectionId) -> None:
        """Delete a collection; its photos stay in the library."""
        self._run("DELETE FROM collections WHERE id = ?", collection_id)

    def photos(self, collection_id: CollectionId) -> list[PhotoId]:
        """The photos of a collection, in its order."""
        rows = self._all(
            "SELECT photos.id FROM collection_photos JOIN photos ON number = photo"
            " WHERE collection = ? ORDER BY place",
            collection_id,
        )
        return [PhotoId(row["id"]) for row in rows]

    def contents(self, collection: Collection) -> Contents:
        """All that changes of a collection."""
        photos = tuple(self.photos(collection.id))
        return Contents(collection.title, collection.note, collection.cover or "", photos)

    def put_photos(self, collection_id: CollectionId, photos: Iterable[PhotoId]) -> None:
        """Write which photos a collection has, in order; unknown ones are left out."""
        self._run("DELETE FROM collection_photos WHERE collection = ?", collection_id)
        self._run(
            "INSERT INTO collection_photos SELECT ?, number, json_each.key FROM json_each(?)"
            " JOIN photos ON photos.id = value",
            collection_id,
            many(photos),
        )

    def replace_photo(self, gone: PhotoId, kept: PhotoId) -> None:
        """Where one photo was, another is from now on, once."""
        numbers = [self._number("SELECT number FROM photos WHERE id = ?", one) for one in (kept, gone)]
        self._run("UPDATE OR IGNORE collection_photos SET photo = ? WHERE photo = ?", *numbers)
        self._run("UPDATE collections SET cover = ? WHERE cover = ?", *numbers)

    def counted(self) -> dict[CollectionId, Counted]:
        """Photos and lights of every collection, in one query of the index of lights."""
        rows = self._all(
            "SELECT collection, purpose, light, count(*) AS photos, total, first FROM"
            " (SELECT collection, photo, count(*) OVER (PARTITION BY collection) AS total,"
            "  first_value(photos.id) OVER (PARTITION BY collection ORDER BY place) AS first"
            "  FROM collection_photos JOIN photos ON number = photo) AS members"
            " LEFT JOIN lights ON lights.photo = members.photo"
            " GROUP BY collection, purpose, light"
        )
        found: dict[CollectionId, Counted] = {}
        for row in rows:
            one = found.setdefault(
                CollectionId(row["collection"]), Counted(row["total"], PhotoId(row["first"]), {})
            )
            if row["purpose"] is not None:
                purposes = dict(one.lights)
                counts = dict(purposes.get(Purpose(row["purpose"]), {}))
                purposes[Purpose(row["purpose"])] = counts | {Light(row["light"]): row["photos"]}
                found[CollectionId(row["collection"])] = Counted(one.photos, one.first, purposes)
        return found

    def add_change(
        self,
        collection_id: CollectionId,
        by: str,
        at: datetime,
        steps: Iterable[Step],
        undoes: int | None = None,
    ) -> None:
        """Keep what was done in one act."""
        self._add(
            "collection_changes",
            {
                "collection": collection_id,
                "made_at": instant(at),
                "made_by": by,
                "steps": json.dumps([_step_row(step) for step in steps], separators=(",", ":")),
                "undoes": undoes,
            },
        )

    def changes(self, collection_id: CollectionId, limit: int = 1000) -> list[CollectionChange]:
        """What was done to a collection, the newest first."""
        rows = self._all(
            "SELECT *, EXISTS (SELECT 1 FROM collection_changes AS later WHERE later.undoes = one.number)"
            " AS undone FROM collection_changes AS one WHERE collection = ? ORDER BY number DESC LIMIT ?",
            collection_id,
            limit,
        )
        return [_change(row) for row in rows]

    def changed(self, collection_id: CollectionId) -> int:
        """A number that grows with each change of a collection, and with each comment."""
        return self._number(
            "SELECT (SELECT count(*) FROM collection_changes WHERE collection = ?1)"
            " + (SELECT count(*) FROM collection_comments WHERE collection = ?1)",
            collection_id,
        )

    def add_comment(self, comment: Comment) -> None:
        """Add a comment."""
        self._run(
            "INSERT INTO collection_comments VALUES"
            " (?1, ?2, (SELECT number FROM photos WHERE id = ?3), ?4, ?5, ?6)",
            comment.id,
            comment.collection_id,
            comment.photo_id,
            comment.author,
            instant(comment.made_at),
            comment.text,
        )

    def comment(self, comment_id: CommentId) -> Comment:
        """One comment.

        Raises:
            Mistake: when there is none of that id.
        """
        row = self._first(f"{_SAID} WHERE collection_comments.id = ?", comment_id)
        if row is None:
            raise Mistake("comment:unknown", "There is no such comment.", "It may have been deleted.")
        return _comment(row)

    def comments(self, collection_id: CollectionId) -> list[Comment]:
        """What was said of a collection and of its photos, the oldest first."""
        rows = self._all(
            f"{_SAID} WHERE collection = ? ORDER BY made_at, collection_comments.id", collection_id
        )
        return [_comment(row) for row in rows]

    def remove_comment(self, comment_id: CommentId) -> None:
        """Delete a comment."""
        self._run("DELETE FROM collection_comments WHERE id = ?", comment_id)

    def taking_part(self, collection: Collection) -> set[UserId]:
        """Who made a collection, changed it or said something there."""
        rows = self._all(
            "SELECT made_by AS who FROM collection_changes WHERE collection = ?1"
            " UNION SELECT author FROM collection_comments WHERE collection = ?1",
            collection.id,
        )
        return {collection.owner, *(UserId(row["who"]) for row in rows)}


def _comment(row: Row) -> Comment:
    return Comment(
        id=CommentId(row["id"]),
        collection_id=CollectionId(row["collection"]),
        photo_id=PhotoId(row["photo_id"]) if row["photo_id"] else None,
        author=UserId(row["author"]),
        made_at=moment(row["made_at"]),
        text=row["text"],
    )


def _collection(row: Row) -> Collection:
    return Collection(
        id=CollectionId(row["id"]),
        title=row["title"],
        note=row["note"],
        owner=UserId(row["owner"]),
        made_at=moment(row["made_at"]),
        cover=PhotoId(row["cover_id"]) if row["cover_id"] else None,
    )


def _step_row(step: Step) -> list[object]:
    if isinstance(step, TextStep):
        return [step.part.value, step.before, step.after]
    return ["photo", step.photo, step.before, step.after]


def _step(row: list[object]) -> Step:
    match row:
        case ["photo", photo, before, after]:
            assert isinstance(before, int | None)  # noqa: S101 - as it was written
            assert isinstance(after, int | None)  # noqa: S101
            return PhotoStep(PhotoId(str(photo)), before, after)
        case [part, before, after]:
            return TextStep(Part(str(part)), str(before), str(after))
    raise ValueError(row)


def _change(row: Row) -> CollectionChange:
    return CollectionChange(
        number=row["number"],
        made_at=moment(row["made_at"]),
        made_by=row["made_by"],
        steps=tuple(_step(one) for one in json.loads(row["steps"])),
        undoes=row["undoes"],
        undone=bool(row["undone"]),
    )
