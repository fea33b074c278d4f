"""Templates of quitclaims: the ready ones, the text in both languages, and the next version of each."""

from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import templates as actions
from appliance.domain.consent import Purpose
from appliance.domain.errors import Mistake
from appliance.domain.templates import Audience, FormText, Template, TemplateId
from appliance.domain.wording import Language
from webui.current import asking, box
from webui.language import gettext

pages = Blueprint("quitclaim_templates", __name__)
PARTS = ("title", "controller", "introduction", "recipients", "duration", "rights", "declaration")


@pages.get("/templates")
def index() -> ResponseReturnValue:
    """Those in use, those retired, and the ready ones."""
    found = actions.templates(box().safe, **asking())
    return render_template("quitclaim_templates/index.html", found=found, audiences=tuple(Audience))


@pages.post("/templates")
def add() -> ResponseReturnValue:
    """Take a ready one into use."""
    try:
        audience = Audience(request.form.get("audience", ""))
    except ValueError as problem:
        raise Mistake("template:no_audience", "Choose for whom the form is.") from problem
    made = actions.add_ready_template(box().safe, audience, request.form.get("controller", ""), **asking())
    flash(gettext("The form is in use. Read it once, and make it yours where it must be."), "done")
    return redirect(url_for("quitclaim_templates.show", template_id=made.id), HTTPStatus.SEE_OTHER)


@pages.get("/templates/<template_id>")
def show(template_id: str) -> ResponseReturnValue:
    """One template as it is read, in both languages, and its versions."""
    view = actions.template_view(box().safe, TemplateId(template_id), **asking())
    wanted = request.args.get("version", view.current.version, type=int)
    shown = next((one for one in view.versions if one.version == wanted), view.current)
    return render_template("quitclaim_templates/show.html", view=view, shown=shown)


@pages.get("/templates/<template_id>/edit")
def edit(template_id: str) -> ResponseReturnValue:
    """The form to write the next version."""
    return _editor(actions.template_view(box().safe, TemplateId(template_id), **asking()).current)


def _editor(template: Template, problem: Mistake | None = None) -> str:
    return render_template(
        "quitclaim_templates/edit.html", template=template, problem=problem, parts=PARTS, filled=request.form
    )


@pages.post("/templates/<template_id>")
def write(template_id: str) -> ResponseReturnValue:
    """Keep the next version; what was signed on earlier ones stays as it was."""
    current = actions.template_view(box().safe, TemplateId(template_id), **asking()).current
    try:
        written = actions.write_template(box().safe, _changed(current), **asking())
    except Mistake as problem:
        return _editor(current, problem), HTTPStatus.BAD_REQUEST
    flash(gettext("A new version is kept."), "done")
    return redirect(url_for("quitclaim_templates.show", template_id=written.id), HTTPStatus.SEE_OTHER)


def _changed(current: Template) -> Template:
    """The template as it was filled in, following the version that was edited."""
    form = request.form
    try:
        version = int(form.get("version", ""))
        months = {
            purpose: int(form.get(f"months-{purpose}", ""))
            for purpose in Purpose
            if form.get(f"asked-{purpose}") == "1"
        }
        days = tuple(int(part) for part in form.get("alert_days", "").replace(",", " ").split())
        guardians = int(form.get("guardians", current.guardians))
    except ValueError as problem:
        raise Mistake(
            "template:bad_form",
            "Something in the form is not understood.",
            "Months and days are whole numbers.",
        ) from problem
    texts = {one: _text(one, months) for one in Language if one in current.texts}
    return replace(
        current,
        version=version,
        name=form.get("name", "").strip() or current.name,
        texts=texts,
        months=months,
        guardians=guardians,
        alert_days=days,
        in_use=True,
    )


def _text(spoken: Language, months: dict[Purpose, int]) -> FormText:
    form = request.form
    parts = {part: form.get(f"{spoken}-{part}", "").replace("\r\n", "\n").strip() for part in PARTS}
    purposes = {purpose: form.get(f"{spoken}-purpose-{purpose}", "").strip() for purpose in months}
    return FormText(purposes=purposes, **parts)


@pages.post("/templates/<template_id>/retire")
def retire(template_id: str) -> ResponseReturnValue:
    """Make no new forms from it."""
    actions.retire_template(box().safe, TemplateId(template_id), **asking())
    flash(gettext("Retired: nobody is asked with it any more. What was signed stays valid."), "done")
    return redirect(url_for("quitclaim_templates.index"), HTTPStatus.SEE_OTHER)
