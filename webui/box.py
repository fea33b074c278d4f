"""The box itself: how it is, and whether it recognises people."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance import __version__
from appliance.actions.health import status
from appliance.actions.recognition import stop_recognition
from webui.current import asking, asking_today, box
from webui.language import gettext

pages = Blueprint("box", __name__)


@pages.get("/box")
def show() -> ResponseReturnValue:
    """The box at a glance."""
    found = status(box().safe, box().config.home, **asking_today())
    return render_template("box/show.html", status=found, version=__version__)


@pages.post("/box/recognition")
def recognition() -> ResponseReturnValue:
    """Switch recognition on, with its DPIA, or off."""
    on = request.form.get("on") == "1"
    stop_recognition(box().safe, on, dpia=request.form.get("dpia", ""), **asking())
    flash(
        gettext("Recognition is on.") if on else gettext("Recognition is off, all templates are gone."),
        "done",
    )
    return redirect(url_for("box.show"), HTTPStatus.SEE_OTHER)
