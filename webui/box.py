"""The box itself: how it is, what it recognises faces with, and whether it does."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance import __version__
from appliance.actions.evidence import in_groups
from appliance.actions.health import condition, status
from appliance.actions.models import model_cards
from appliance.actions.recognition import approve_recognition, propose_recognition, stop_recognition
from webui import users
from webui.current import asking, asking_today, box
from webui.language import gettext

pages = Blueprint("box", __name__)


@pages.get("/box")
def show() -> ResponseReturnValue:
    """The box at a glance."""
    return render_template(
        "box/show.html",
        condition=condition(box().safe, box().readings(), **asking()),
        status=status(box().safe, box().config.home, **asking_today()),
        cards=model_cards(box().safe, box().config.models, **asking_today()),
        names=users.names(),
        version=__version__,
        seal=in_groups(box().sealing.fingerprint),
    )


@pages.get("/box/models")
def models() -> ResponseReturnValue:
    """The model cards: what finds and recognises faces here, and how well."""
    cards = model_cards(box().safe, box().config.models, **asking_today())
    return render_template("box/models.html", cards=cards)


@pages.post("/box/recognition/propose")
def propose() -> ResponseReturnValue:
    """Ask for recognition, on an assessment."""
    propose_recognition(box().safe, request.form.get("dpia", ""), **asking())
    return _done(gettext("Proposed. A privacy officer has to approve it."))


@pages.post("/box/recognition/approve")
def approve() -> ResponseReturnValue:
    """Agree to what was proposed."""
    approve_recognition(box().safe, **asking())
    return _done(gettext("Recognition is on. Switch it on for each shoot that needs it."))


@pages.post("/box/recognition/stop")
def stop() -> ResponseReturnValue:
    """Switch it off, or turn the proposal down."""
    stop_recognition(box().safe, **asking_today())
    return _done(gettext("Recognition is off, all templates are gone."))


def _done(told: str) -> ResponseReturnValue:
    flash(told, "done")
    return redirect(url_for("box.show", _anchor="recognition"), HTTPStatus.SEE_OTHER)
