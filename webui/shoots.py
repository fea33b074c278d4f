"""Shoots: who was invited, and whether people are recognised in their photos."""

from datetime import date
from http import HTTPStatus

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import shoots as actions
from appliance.actions.people import person_names
from appliance.actions.photos import Filter, cards_of
from appliance.actions.prints import print_shoot_sheet
from appliance.actions.searches import lights_found
from appliance.actions.tags import MOST_TAGGED, sensible_choice
from appliance.domain.access import Permission
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.photos import PhotoId, ShootId
from appliance.domain.shoots import Scope
from webui.current import asking, asking_today, box, is_own
from webui.language import gettext, language, ngettext
from webui.searching import chosen_photos, search_arguments

pages = Blueprint("shoots", __name__)
_CARDS = 12


@pages.get("/shoots")
def index() -> ResponseReturnValue:
    """Every shoot, the latest first."""
    return render_template(
        "shoots/index.html", cards=actions.shoots(box().safe, **asking()), today=box().today()
    )


@pages.post("/shoots")
def add() -> ResponseReturnValue:
    """Add a shoot."""
    name, day = request.form.get("name", ""), _day(request.form.get("day", ""))
    made = actions.create_shoot(box().safe, name=name, day=day, **asking())
    return redirect(url_for("shoots.show", shoot_id=made.id), HTTPStatus.SEE_OTHER)


@pages.get("/photos/shoot")
def choose() -> ResponseReturnValue:
    """In which shoot the chosen photos, or those that the address finds, are to be put."""
    chosen = sensible_choice(chosen_photos(MOST_TAGGED + 1))
    return render_template(
        "shoots/choose.html",
        chosen=chosen,
        cards=cards_of(box().safe, chosen[:_CARDS], to=Permission.PHOTO_EDIT, **asking_today()),
        shoots=actions.shoots(box().safe, **asking()),
        back=url_for("library.show", **search_arguments()),
    )


@pages.post("/photos/shoot")
def put() -> ResponseReturnValue:
    """Put photos in a shoot, or in none."""
    chosen = sensible_choice([PhotoId(one) for one in request.form.getlist("photo")])
    wanted = request.form.get("shoot", "")
    if not wanted:
        raise Mistake("shoot:none_chosen", "Choose a shoot.", "Or choose that there is none.")
    shoot_id = None if wanted == "none" else ShootId(wanted)
    actions.put_in_shoot(box().safe, chosen, shoot_id, **asking_today())
    moved = ngettext("%(num)s photo moved.", "%(num)s photos moved.", len(chosen))
    flash(moved % {"num": len(chosen)}, "done")
    to = request.form.get("to", "")
    return redirect(to if is_own(to) else url_for("library.show"), HTTPStatus.SEE_OTHER)


@pages.get("/shoots/<shoot_id>")
def show(shoot_id: str) -> ResponseReturnValue:
    """One shoot."""
    return render_template(
        "shoots/show.html",
        view=actions.shoot_view(box().safe, ShootId(shoot_id), **asking()),
        people=person_names(box().safe, **asking()),
        lights=lights_found(box().safe, Filter(shoot_id=ShootId(shoot_id)), **asking_today()),
        scopes=tuple(Scope),
    )


@pages.post("/shoots/<shoot_id>")
def change(shoot_id: str) -> ResponseReturnValue:
    """Change its name, its day, or who was invited."""
    form = request.form
    actions.change_shoot(
        box().safe,
        ShootId(shoot_id),
        name=form.get("name", ""),
        day=_day(form.get("day", "")),
        invited=[PersonId(one) for one in form.getlist("invited")],
        today=box().today(),
        **asking(),
    )
    flash(gettext("Saved."), "done")
    return redirect(url_for("shoots.show", shoot_id=shoot_id), HTTPStatus.SEE_OTHER)


@pages.post("/shoots/<shoot_id>/recognition")
def recognition(shoot_id: str) -> ResponseReturnValue:
    """Recognise people in its photos, or no longer."""
    chosen = request.form.get("scope", "")
    try:
        scope = Scope(chosen) if chosen else None
    except ValueError as problem:
        raise Mistake("shoot:scope", "Choose for whom recognition looks.") from problem
    actions.switch_shoot_recognition(box().safe, ShootId(shoot_id), scope, **asking_today())
    flash(
        gettext("Recognition is on for this shoot.")
        if scope
        else gettext("Recognition is off for this shoot; its open suggestions are gone."),
        "done",
    )
    return redirect(url_for("shoots.show", shoot_id=shoot_id), HTTPStatus.SEE_OTHER)


@pages.get("/shoots/<shoot_id>/sheet.pdf")
def sheet(shoot_id: str) -> ResponseReturnValue:
    """The photographer's sheet."""
    data = print_shoot_sheet(box().safe, box().decoder, ShootId(shoot_id), language(), **asking_today())
    answer = make_response(data)
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="shoot-{shoot_id[:8]}.pdf"'
    return answer


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise Mistake("shoot:bad_day", "A shoot needs its day.", "Fill in the date.") from problem
