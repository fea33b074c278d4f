"""Rows of templates: each row is a whole version, added once and never changed."""

import json
from dataclasses import asdict
from typing import Any

from appliance.domain.consent import Basis, Purpose
from appliance.domain.errors import Mistake
from appliance.domain.templates import Audience, FormText, Template, TemplateId
from appliance.domain.wording import Language
from appliance.store.rows import Row, Rows, instant, moment


class TemplateRows(Rows):
    """Versions of templates."""

    def append(self, template: Template) -> None:
        """Add a version.

        Raises:
            Mistake: when it does not follow the last one, for somebody was quicker.
        """
        last = self._first(
            "SELECT max(version) AS version FROM quitclaim_templates WHERE id = ?", template.id
        )
        expected = (last["version"] or 0) + 1 if last else 1
        if template.version != expected:
            raise Mistake("template:conflict", "This template was changed just now.", "Look again.")
        self._add("quitclaim_templates", _row(template))

    def get(self, template_id: TemplateId, version: int | None = None) -> Template:
        """One version; the last one when none is named.

        Raises:
            Mistake: when there is none.
        """
        row = self._first(
            "SELECT * FROM quitclaim_templates WHERE id = ?1 AND version = coalesce(?2,"
            " (SELECT max(version) FROM quitclaim_templates WHERE id = ?1))",
            template_id,
            version,
        )
        if row is None:
            raise Mistake("template:unknown", "There is no such template.", "Choose one from the list.")
        return to_template(row)

    def versions(self, template_id: TemplateId) -> list[Template]:
        """Every version of one template, oldest first."""
        rows = self._all("SELECT * FROM quitclaim_templates WHERE id = ? ORDER BY version", template_id)
        return [to_template(row) for row in rows]

    def all(self) -> list[Template]:
        """The last version of every template, by name."""
        rows = self._all(
            "SELECT *, max(version) AS newest FROM quitclaim_templates GROUP BY id ORDER BY name, id"
        )
        return [to_template(row) for row in rows]


def _row(template: Template) -> Row:
    return {
        "id": template.id,
        "version": template.version,
        "audience": template.audience.value,
        "basis": template.basis.value,
        "name": template.name,
        "texts": json.dumps({language.value: _text(text) for language, text in template.texts.items()}),
        "months": json.dumps({purpose.value: months for purpose, months in template.months.items()}),
        "recorded_at": instant(template.recorded_at),
        "guardians": template.guardians,
        "alert_days": json.dumps(template.alert_days),
        "in_use": int(template.in_use),
    }


def _text(text: FormText) -> dict[str, Any]:
    return asdict(text) | {"purposes": {purpose.value: words for purpose, words in text.purposes.items()}}


def to_template(row: Row) -> Template:
    """A version from its row."""
    return Template(
        id=TemplateId(row["id"]),
        version=row["version"],
        audience=Audience(row["audience"]),
        basis=Basis(row["basis"]),
        name=row["name"],
        texts={Language(language): _form_text(text) for language, text in json.loads(row["texts"]).items()},
        months={Purpose(purpose): months for purpose, months in json.loads(row["months"]).items()},
        recorded_at=moment(row["recorded_at"]),
        guardians=row["guardians"],
        alert_days=tuple(json.loads(row["alert_days"])),
        in_use=bool(row["in_use"]),
    )


def _form_text(text: dict[str, Any]) -> FormText:
    purposes = {Purpose(purpose): words for purpose, words in text["purposes"].items()}
    return FormText(**text | {"purposes": purposes})
