"""People: the list, and one person with quitclaims and photos."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import people as actions
from appliance.domain.consent import Purpose, Status
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId, Standing
from webui import names
from webui.current import asking, asking_today, box
from webui.language import gettext

pages = Blueprint("people", __name__)
PAGE = 50
_PHOTOS_SHOWN = 24


@pages.get("/people")
def index() -> ResponseReturnValue:
    """People by name."""
    text, after = request.args.get("text", "")[:100], request.args.get("after")
    found = actions.people(
        box().safe, text=text, after=PersonId(after) if after else None, limit=PAGE + 1, **asking_today()
    )
    following = found[PAGE - 1].person.id if len(found) > PAGE else None
    return render_template(
        "people/index.html", cards=found[:PAGE], text=text, first=after is None, following=following
    )


@pages.get("/people.json")
def suggest() -> ResponseReturnValue:
    """The first people who fit what is being typed, as the lists offer them."""
    return {"labels": list(names.suggested(request.args.get("text", "")[:100]))}


@pages.post("/people")
def add() -> ResponseReturnValue:
    """Add a person."""
    form = request.form
    person = actions.create_person(
        box().safe,
        name=form.get("name", ""),
        department=form.get("department", ""),
        email=form.get("email", ""),
        **asking(),
    )
    return redirect(url_for("people.show", person_id=person.id), HTTPStatus.SEE_OTHER)


@pages.get("/people/<person_id>")
def show(person_id: str) -> ResponseReturnValue:
    """One person."""
    more = _PHOTOS_SHOWN + 1  # one more than is shown tells that there are more
    view = actions.person_view(box().safe, PersonId(person_id), most=more, **asking_today())
    on = _on()
    return render_template(
        "people/show.html",
        view=view,
        cards=view.photos[:_PHOTOS_SHOWN],
        standings=tuple(Standing),
        people=names.listed(),
        on=on,
        today=box().today(),
        then=_statuses(view, on) if on else {},
    )


def _on() -> date | None:
    """The other day that is asked about."""
    text = request.args.get("on", "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as problem:
        raise Mistake("photo:bad_day", "That is not a day.", "Choose one from the calendar.") from problem


def _statuses(view: actions.PersonView, day: date) -> Mapping[Purpose, Status | None]:
    versions = [version for one in view.quitclaims for version in one.versions]
    return actions.statuses(versions, day, view.person.birth_date)


@pages.post("/people/<person_id>")
def change(person_id: str) -> ResponseReturnValue:
    """Change what is known of a person."""
    form = request.form
    before = actions.person_view(box().safe, PersonId(person_id), **asking_today()).person
    try:
        born = form.get("birth_date", "")
        changed = replace(
            before,
            name=form.get("name", ""),
            department=form.get("department", ""),
            email=form.get("email", ""),
            birth_date=date.fromisoformat(born) if born else None,
            standing=Standing(form.get("standing", before.standing)),
        )
    except ValueError as problem:
        raise Mistake("person:bad_form", "Something in the form is not understood.") from problem
    actions.change_person(box().safe, changed, **asking_today())
    flash(gettext("Saved."), "done")
    return redirect(url_for("people.show", person_id=person_id), HTTPStatus.SEE_OTHER)


@pages.post("/people/<person_id>/merge")
def merge(person_id: str) -> ResponseReturnValue:
    """Say that this person and another are one: this one becomes another name of that one."""
    into = names.named(request.form.get("name", ""), create=False)
    actions.merge_people(box().safe, PersonId(person_id), into, **asking_today())
    flash(gettext("They are one person now."), "done")
    return redirect(url_for("people.show", person_id=into), HTTPStatus.SEE_OTHER)


@pages.post("/people/<person_id>/unmerge")
def unmerge(person_id: str) -> ResponseReturnValue:
    """Take a merge back."""
    actions.unmerge_people(box().safe, PersonId(person_id), **asking_today())
    flash(gettext("They are two people again."), "done")
    return redirect(url_for("people.show", person_id=person_id), HTTPStatus.SEE_OTHER)
