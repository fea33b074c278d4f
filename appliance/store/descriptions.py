"""Rows of descriptions: what the makers of photos wrote about them, and their keywords."""

from appliance.domain.descriptions import NOTHING, Description
from appliance.domain.photos import PhotoId
from appliance.store.rows import Rows, folded

_TEXTS = tuple(name for name in Description.__slots__ if name != "keywords")


class DescriptionRows(Rows):
    """Descriptions of photos, and where their words are searched."""

    def of(self, photo_id: PhotoId) -> Description:
        """What is told of a photo; empty when nothing is."""
        number = self._photo(photo_id)
        row = self._first("SELECT * FROM descriptions WHERE photo = ?", number)
        if row is None:
            return NOTHING
        words = self._all("SELECT keyword FROM keywords WHERE photo = ? ORDER BY place", number)
        return Description(
            **{name: row[name] for name in _TEXTS}, keywords=tuple(word["keyword"] for word in words)
        )

    def put(self, photo_id: PhotoId, description: Description) -> None:
        """Write what is told of a photo now."""
        number = self._photo(photo_id)
        self._run("DELETE FROM descriptions WHERE photo = ?", number)
        self._run("DELETE FROM keywords WHERE photo = ?", number)
        if description == NOTHING:
            return
        told = (description.title, description.caption, *description.keywords, description.creator)
        texts = {name: getattr(description, name) for name in _TEXTS}
        self._add("descriptions", {"photo": number} | texts | {"searched": folded("\n".join(told))})
        for place, keyword in enumerate(description.keywords):
            row = {"photo": number, "place": place, "keyword": keyword, "folded": folded(keyword)}
            self._add("keywords", row)

    def _photo(self, photo_id: PhotoId) -> int:
        return self._number("SELECT coalesce(max(number), 0) FROM photos WHERE id = ?", photo_id)
