"""Rows with words of people: the name of somebody who was erased is taken out of them."""

import json
from dataclasses import asdict

from appliance.domain.descriptions import Description
from appliance.domain.photos import PhotoId
from appliance.domain.redaction import description_without, without_name
from appliance.store.descriptions import DescriptionRows
from appliance.store.rows import Rows, folded


class RedactionRows(Rows):
    """Captions, keywords, their versions, names of files, and comments."""

    def forget_name(self, name: str) -> None:
        """Leave a name out wherever it stands."""
        if not name.split():
            return
        self._descriptions(name)
        self._versions(name)
        self._texts("photos", "name", "number", name)
        self._texts("collection_comments", "text", "id", name)

    def _descriptions(self, name: str) -> None:
        rows = self._all(
            "SELECT photos.id FROM descriptions JOIN photos ON photos.number = descriptions.photo"
            " WHERE instr(searched, ?)",
            _longest_word(name),
        )
        descriptions = DescriptionRows(self._db)
        for row in rows:
            told = descriptions.of(PhotoId(row["id"]))
            left = description_without(told, name)
            if left != told:
                descriptions.put(PhotoId(row["id"]), left)

    def _versions(self, name: str) -> None:
        rows = self._all(
            "SELECT photo, version, known FROM photo_versions WHERE instr(folded("
            " json_extract(known, '$.description.title')"
            " || ' ' || json_extract(known, '$.description.caption')"
            " || ' ' || coalesce("
            "  (SELECT group_concat(value, ' ') FROM json_each(known, '$.description.keywords')), '')), ?)",
            _longest_word(name),
        )
        for row in rows:
            known = json.loads(row["known"])
            told = known["description"]
            left = description_without(Description(**told | {"keywords": tuple(told["keywords"])}), name)
            self._run(
                "UPDATE photo_versions SET known = ? WHERE photo = ? AND version = ?",
                json.dumps(known | {"description": asdict(left)}, separators=(",", ":")),
                row["photo"],
                row["version"],
            )

    def _texts(self, table: str, column: str, key: str, name: str) -> None:
        found = f"SELECT {key}, {column} AS told FROM {table} WHERE instr(folded({column}), ?)"  # noqa: S608
        for row in self._all(found, _longest_word(name)):
            left = without_name(row["told"], name)
            if left != row["told"]:
                change = f"UPDATE {table} SET {column} = ? WHERE {key} = ?"  # noqa: S608
                self._run(change, left, row[key])


def _longest_word(name: str) -> str:
    """By this the few rows are found that may have the name."""
    return max(folded(name).split(), key=len)
