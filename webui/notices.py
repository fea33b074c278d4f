"""One's own notices: permissions withdrawn for photos one used, and requests that were answered."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import notices as actions
from appliance.actions.people import person_names
from webui.current import asking, box, user

pages = Blueprint("notices", __name__)


@pages.get("/notices")
def index() -> ResponseReturnValue:
    """The newest first."""
    people = {person.id: person for person in person_names(box().safe, **asking())}
    return render_template("notices/index.html", found=actions.notices(box().safe, **asking()), people=people)


@pages.post("/notices/seen")
def see() -> ResponseReturnValue:
    """Mark all of them as seen."""
    actions.see_notices(box().safe, **asking())
    return redirect(url_for("notices.index"), HTTPStatus.SEE_OTHER)


def unseen() -> int:
    """How many are new, for the top of every page."""
    return actions.unseen_notices(box().safe, **asking()) if user() is not None else 0
