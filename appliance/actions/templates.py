"""Templates of quitclaims: looking at them, and writing the next version of one."""

from dataclasses import dataclass, replace
from datetime import datetime

from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.errors import Mistake
from appliance.domain.ready_templates import ready
from appliance.domain.templates import Audience, Template, TemplateId, require_sensible
from appliance.store.ids import new_id
from appliance.store.safe import Safe


@dataclass(frozen=True, slots=True)
class TemplateView:
    """One template as it stands, and every version it had, oldest first."""

    current: Template
    versions: tuple[Template, ...]


def templates(safe: Safe, *, by: Actor, now: datetime) -> tuple[Template, ...]:
    """Every template as it stands, by name."""
    with safe.store.look(by=by, to=Permission.QUITCLAIM_VIEW, now=now) as view:
        return tuple(view.templates.all())


def template_view(safe: Safe, template_id: TemplateId, *, by: Actor, now: datetime) -> TemplateView:
    """One template with its history."""
    with safe.store.look(by=by, to=Permission.QUITCLAIM_VIEW, now=now, on=template_id) as view:
        return TemplateView(view.templates.get(template_id), tuple(view.templates.versions(template_id)))


def template_version(
    safe: Safe, template_id: TemplateId, version: int, *, by: Actor, now: datetime
) -> Template:
    """One version of a template, as somebody may have signed it."""
    with safe.store.look(by=by, to=Permission.QUITCLAIM_VIEW, now=now, on=template_id) as view:
        return view.templates.get(template_id, version)


def add_ready_template(
    safe: Safe, audience: Audience, controller: str, *, by: Actor, now: datetime
) -> Template:
    """Take a ready-made template into use, with the organisation's name and address in it."""
    if not controller.strip():
        raise Mistake(
            "template:no_controller",
            "The form must say who is responsible.",
            "Fill in the organisation's name and address.",
        )
    made = ready(audience, controller.strip(), TemplateId(new_id()), now)
    return _append(safe, made, by=by, now=now)


def write_template(safe: Safe, template: Template, *, by: Actor, now: datetime) -> Template:
    """Write the next version of a template, or the first of a new one; what was signed stays as it was.

    template.version: the version that was changed; 0 for a new template.

    Raises:
        Mistake: when it would not make a lawful form, or somebody else was quicker.
    """
    following = replace(
        template,
        id=template.id or TemplateId(new_id()),
        version=template.version + 1,
        recorded_at=now,
    )
    return _append(safe, following, by=by, now=now)


def retire_template(safe: Safe, template_id: TemplateId, *, by: Actor, now: datetime) -> Template:
    """Make no new forms from a template; what was signed on it stays valid."""
    with safe.store.begin(by=by, to=Permission.TEMPLATE_EDIT, now=now, on=template_id) as tx:
        current = tx.templates.get(template_id)
        retired = replace(current, version=current.version + 1, recorded_at=now, in_use=False)
        tx.templates.append(retired)
        tx.record(Event("template:retire", template_id, detail=f"version={retired.version}"))
    return retired


def _append(safe: Safe, template: Template, *, by: Actor, now: datetime) -> Template:
    with safe.store.begin(by=by, to=Permission.TEMPLATE_EDIT, now=now, on=template.id) as tx:
        require_sensible(template)
        tx.templates.append(template)
        detail = f"version={template.version}"
        tx.record(
            Event("template:edit" if template.version > 1 else "template:add", template.id, detail=detail)
        )
    return template
