"""Legal holds: what must be kept whatever its time or anybody's wish, why, and when that is reviewed."""

from datetime import date
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import holds as actions
from appliance.actions.shoots import shoots
from appliance.domain.erasure import Held, HoldId
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.photos import PhotoId
from webui import names, users
from webui.current import asking, asking_today, box
from webui.display import may
from webui.language import gettext

pages = Blueprint("holds", __name__)
_ENDED_SHOWN = 100


@pages.get("/holds")
def index() -> ResponseReturnValue:
    """Those in force, the first to be reviewed on top; and those that ended."""
    found = actions.named_holds(box().safe, **asking())
    ended = sorted((one for one in found if not one.hold.in_force), key=lambda one: one.hold.begun_at)
    return render_template(
        "holds/index.html",
        standing=[one for one in found if one.hold.in_force],
        ended=ended[::-1][:_ENDED_SHOWN],
        people=names.listed() if may("hold:edit") else {},
        shoots=shoots(box().safe, **asking()) if may("hold:edit") else (),
        photo_id=request.args.get("photo", ""),
        shoot_id=request.args.get("shoot", ""),
        person=names.label_of(PersonId(request.args.get("person", ""))),
        names=users.names(),
        today=box().today(),
    )


@pages.post("/holds")
def place() -> ResponseReturnValue:
    """Put a hold on a photo, a person or a shoot."""
    form = request.form
    kind, thing = _held()
    actions.place_hold(
        box().safe,
        kind,
        thing,
        reason=form.get("reason", ""),
        owner=form.get("owner", ""),
        review_on=_day(),
        **asking_today(),
    )
    return _done(gettext("The hold is in force. Nothing that it covers is erased."))


def _held() -> tuple[Held, str]:
    """What the form names: the one photo it was opened for, a person, or a shoot; exactly one of them."""
    form = request.form
    given = [(kind, form.get(kind.value, "").strip()) for kind in Held if form.get(kind.value, "").strip()]
    if len(given) != 1:
        raise Mistake("hold:nothing", "Say what the hold is on.", "Choose one person or one shoot.")
    kind, thing = given[0]
    return kind, names.named(thing, create=False) if kind is Held.PERSON else PhotoId(thing)


def _day() -> date:
    try:
        return date.fromisoformat(request.form.get("review", ""))
    except ValueError as problem:
        raise Mistake(
            "hold:no_review", "A hold needs a day on which it is reviewed.", "Choose one to come."
        ) from problem


@pages.post("/holds/<hold_id>/review")
def review(hold_id: str) -> ResponseReturnValue:
    """It was looked at, and goes on until another day."""
    actions.review_hold(box().safe, HoldId(hold_id), review_on=_day(), **asking_today())
    return _done(gettext("Saved. The hold goes on."))


@pages.post("/holds/<hold_id>/end")
def end(hold_id: str) -> ResponseReturnValue:
    """Lift it."""
    actions.end_hold(box().safe, HoldId(hold_id), **asking())
    return _done(gettext("Lifted. Nothing is erased by that; it no longer stands in the way."))


def _done(told: str) -> ResponseReturnValue:
    flash(told, "done")
    return redirect(url_for("holds.index"), HTTPStatus.SEE_OTHER)
