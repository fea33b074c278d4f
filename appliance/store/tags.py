"""Rows of tags: each keyword of photos once, and which photos have it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from appliance.domain.descriptions import sensible
from appliance.domain.photos import PhotoId
from appliance.domain.tags import Tag, TagId
from appliance.store.descriptions import DescriptionRows
from appliance.store.rows import Row, Rows, folded

Keywords = Mapping[str, Sequence[str]]  # by photo, as they were written


class TagRows(Rows):
    """Tags and the photos that have them."""

    def all(self) -> list[Tag]:
        """Every tag that a photo has, by name."""
        return [_tag(row) for row in self._all("SELECT * FROM tags WHERE photos > 0 ORDER BY sort_name")]

    def named(self, name: str) -> Tag | None:
        """The tag of that name, accents and capitals aside."""
        row = self._first("SELECT * FROM tags WHERE sort_name = ?", folded(name))
        return None if row is None else _tag(row)

    def get(self, tag_id: TagId) -> Tag | None:
        """One tag."""
        row = self._first("SELECT * FROM tags WHERE id = ?", tag_id)
        return None if row is None else _tag(row)

    def of(self, photo_id: PhotoId) -> list[Tag]:
        """The tags of a photo, as its keywords were written."""
        rows = self._all(
            "SELECT tags.id, keyword AS name, tags.photos FROM photos"
            " JOIN keywords ON keywords.photo = photos.number JOIN tags ON tags.sort_name = keywords.folded"
            " WHERE photos.id = ? ORDER BY keywords.place",
            photo_id,
        )
        return [_tag(row) for row in rows]

    def keywords(self, photo_ids: Iterable[PhotoId]) -> Keywords:
        """The keywords of photos, to compare and to put back."""
        return {photo_id: list(self._descriptions.of(photo_id).keywords) for photo_id in photo_ids}

    def put(self, photo_ids: Iterable[PhotoId], name: str) -> None:
        """Give photos a tag, unless they have it."""
        for photo_id, keywords in self.keywords(photo_ids).items():
            if folded(name) not in map(folded, keywords):
                self._write(photo_id, (*keywords, name))

    def take(self, photo_ids: Iterable[PhotoId], name: str) -> None:
        """Take a tag off photos, however it is written there."""
        for photo_id, keywords in self.keywords(photo_ids).items():
            self._write(photo_id, [word for word in keywords if folded(word) != folded(name)])

    def restore(self, before: Keywords) -> None:
        """Put the keywords of photos back to what they were."""
        for photo_id, keywords in before.items():
            self._write(photo_id, keywords)

    def _write(self, photo_id: str, keywords: Sequence[str]) -> None:
        told = self._descriptions.of(PhotoId(photo_id))
        self._descriptions.put(PhotoId(photo_id), sensible(replace(told, keywords=tuple(keywords))))

    @property
    def _descriptions(self) -> DescriptionRows:
        return DescriptionRows(self._db)

    def forget_unused(self) -> int:
        """Delete tags that no photo has. Returns how many."""
        return self._run("DELETE FROM tags WHERE photos = 0")


def _tag(row: Row) -> Tag:
    return Tag(TagId(row["id"]), row["name"], row["photos"])
