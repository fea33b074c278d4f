"""What ends soon, and asking again in bulk."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import renewals as actions
from appliance.domain.consent import QuitclaimId
from appliance.domain.signing import Channel
from webui.current import asking_today, box, office
from webui.language import ngettext
from webui.requests import show_links

pages = Blueprint("renewals", __name__)


@pages.get("/renewals")
def index() -> ResponseReturnValue:
    """What ends within 90 days, the soonest first."""
    found = actions.ending_soon(box().safe, **asking_today())
    return render_template("renewals/index.html", found=found, within=actions.WITHIN)


@pages.post("/renewals")
def renew() -> ResponseReturnValue:
    """Ask those again; links that are not mailed are shown once."""
    chosen = [QuitclaimId(one) for row in request.form.getlist("quitclaims") for one in row.split()]
    asked = actions.renew(
        box().safe, list(dict.fromkeys(chosen)), office(), bell=box().bell, **asking_today()
    )
    mailed = sum(one.request.channel is Channel.EMAIL for one in asked)
    if mailed:
        text = ngettext("%(num)s e-mail waits to be sent.", "%(num)s e-mails wait to be sent.", mailed)
        flash(text % {"num": mailed}, "done")
    by_hand = tuple(one for one in asked if one.request.channel is not Channel.EMAIL)
    return show_links(by_hand) if by_hand else redirect(url_for("renewals.index"), HTTPStatus.SEE_OTHER)
