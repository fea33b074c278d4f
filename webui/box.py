"""The box itself: how it is, what it recognises faces with, and whether it does."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance import __version__
from appliance.actions.health import status
from appliance.actions.models import model_card
from appliance.actions.recognition import switch_recognition
from webui import users
from webui.current import asking, asking_today, box
from webui.language import gettext

pages = Blueprint("box", __name__)


@pages.get("/box")
def show() -> ResponseReturnValue:
    """The box at a glance."""
    return render_template(
        "box/show.html",
        status=status(box().safe, box().config.home, **asking_today()),
        packs=model_card(box().safe, box().config.models, **asking()),
        names=users.names(),
        version=__version__,
    )


@pages.post("/box/recognition")
def recognition() -> ResponseReturnValue:
    """Switch recognition on, with its DPIA, or off."""
    on = request.form.get("on") == "1"
    switch_recognition(box().safe, on, dpia=request.form.get("dpia", ""), **asking())
    flash(
        gettext("Recognition is on.") if on else gettext("Recognition is off, all templates are gone."),
        "done",
    )
    return redirect(url_for("box.show") + "#recognition", HTTPStatus.SEE_OTHER)
