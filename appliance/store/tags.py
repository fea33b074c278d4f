"""Rows of tags, and which photos have them."""

from collections.abc import Iterable, Mapping, Sequence

from appliance.domain.photos import PhotoId
from appliance.domain.tags import Tag, TagId
from appliance.store.rows import Row, Rows, folded, many


class TagRows(Rows):
    """Tags and the photos that have them."""

    def all(self) -> list[Tag]:
        """Every tag that a photo has, by name."""
        return [_tag(row) for row in self._all("SELECT * FROM tags WHERE photos > 0 ORDER BY sort_name")]

    def named(self, name: str) -> Tag | None:
        """The tag of that name, accents and capitals aside."""
        row = self._first("SELECT * FROM tags WHERE sort_name = ?", folded(name))
        return None if row is None else _tag(row)

    def get(self, tag_ids: Iterable[TagId]) -> dict[TagId, Tag]:
        """Some tags; unknown ids are left out."""
        rows = self._all("SELECT * FROM tags WHERE id IN (SELECT value FROM json_each(?))", many(tag_ids))
        return {TagId(row["id"]): _tag(row) for row in rows}

    def add(self, tag: Tag) -> None:
        """Add a tag that no photo has yet."""
        self._run("INSERT INTO tags VALUES (?, ?, ?, 0)", tag.id, tag.name, folded(tag.name))

    def of(self, photo_ids: Sequence[PhotoId]) -> dict[PhotoId, list[Tag]]:
        """The tags of some photos, by name."""
        rows = self._all(
            "SELECT photos.id AS photo_id, tags.* FROM photos"
            " JOIN photo_tags ON photo_tags.photo = photos.number JOIN tags ON tags.id = photo_tags.tag_id"
            " WHERE photos.id IN (SELECT value FROM json_each(?)) ORDER BY tags.sort_name",
            many(photo_ids),
        )
        found: dict[PhotoId, list[Tag]] = {}
        for row in rows:
            found.setdefault(PhotoId(row["photo_id"]), []).append(_tag(row))
        return found

    def put(self, photo_ids: Sequence[PhotoId], tag_id: TagId) -> int:
        """Give photos a tag. Returns how many did not have it."""
        return self._run(
            "INSERT INTO photo_tags SELECT ?, number FROM photos"
            " WHERE id IN (SELECT value FROM json_each(?)) ON CONFLICT DO NOTHING",
            tag_id,
            many(photo_ids),
        )

    def take(self, photo_ids: Sequence[PhotoId], tag_id: TagId) -> int:
        """Take a tag off photos. Returns how many had it."""
        return self._run(
            "DELETE FROM photo_tags WHERE tag_id = ? AND photo IN"
            " (SELECT number FROM photos WHERE id IN (SELECT value FROM json_each(?)))",
            tag_id,
            many(photo_ids),
        )

    def states(self, photo_ids: Sequence[PhotoId]) -> Mapping[str, list[str]]:
        """The ids of the tags of photos, in order, to compare and to put back."""
        found = self.of(photo_ids)
        return {photo_id: sorted(tag.id for tag in found.get(photo_id, ())) for photo_id in photo_ids}

    def restore(self, states: Mapping[str, Sequence[str]]) -> None:
        """Put the tags of photos back to a state."""
        now = self.states([PhotoId(photo_id) for photo_id in states])
        for photo_id, tag_ids in states.items():
            for tag_id in set(now[photo_id]) - set(tag_ids):
                self.take([PhotoId(photo_id)], TagId(tag_id))
            for tag_id in set(tag_ids) - set(now[photo_id]):
                self.put([PhotoId(photo_id)], TagId(tag_id))

    def forget_unused(self) -> int:
        """Delete tags that no photo has, and that no change could bring back. Returns how many."""
        return self._run(
            "DELETE FROM tags WHERE photos = 0 AND NOT EXISTS (SELECT 1 FROM changes WHERE about = 'tags')"
        )


def _tag(row: Row) -> Tag:
    return Tag(TagId(row["id"]), row["name"], row["photos"])
