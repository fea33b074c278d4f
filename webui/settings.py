"""One's own settings: language, appearance, and what one hears of by e-mail."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import digests
from appliance.domain.digests import About, Every
from appliance.domain.errors import Mistake
from webui.current import asking, box
from webui.language import gettext

pages = Blueprint("settings", __name__)


@pages.get("/settings")
def show() -> ResponseReturnValue:
    """What one chose so far."""
    return render_template(
        "settings/show.html",
        digest=digests.own_digest(box().safe, **asking()),
        every=tuple(Every),
        about=tuple(About),
    )


@pages.post("/settings/digest")
def choose_digest() -> ResponseReturnValue:
    """Choose how often one hears by e-mail what happened, and of what."""
    given = request.form.get("every", "")
    if given and given not in set(Every):
        raise Mistake("digest:every", "Choose how often.", "Choose from the list.")
    about = frozenset(About(one) for one in request.form.getlist("about") if one in set(About))
    address = request.form.get("address", "")
    digests.choose_digest(box().safe, Every(given) if given else None, address, about, **asking())
    flash(gettext("Saved."), "done")
    return redirect(url_for("settings.show"), HTTPStatus.SEE_OTHER)
