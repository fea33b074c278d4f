"""Webhooks: other programs that are told what happens, for the administrator."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import webhooks as actions
from appliance.domain.errors import Mistake
from appliance.domain.webhooks import CHOSEN, LONGEST_ADDRESS, Happening, WebhookId
from webui.current import asking, box
from webui.language import gettext

pages = Blueprint("webhooks", __name__)
_SHOWN = 20  # of what each was told


@pages.get("/webhooks")
def index() -> ResponseReturnValue:
    """Whom the box tells, and what became of it."""
    found = actions.webhooks(box().safe, **asking())
    return render_template(
        "webhooks/index.html",
        webhooks=found,
        told={one.id: actions.deliveries(box().safe, one.id, limit=_SHOWN, **asking()) for one in found},
        happenings=CHOSEN,
        longest=LONGEST_ADDRESS,
    )


@pages.post("/webhooks")
def add() -> ResponseReturnValue:
    """Register an address, and show its secret this once."""
    form = request.form
    try:
        chosen = {Happening(one) for one in form.getlist("happening")}
    except ValueError as problem:
        raise Mistake("webhook:nothing", "Choose what the program is told.") from problem
    made = actions.add_webhook(
        box().safe, form.get("address", ""), chosen, authority=form.get("authority", ""), **asking()
    )
    return render_template("webhooks/made.html", made=made)


@pages.post("/webhooks/<webhook_id>/try")
def try_now(webhook_id: str) -> ResponseReturnValue:
    """Have an address told that somebody tries it."""
    actions.try_webhook(box().safe, WebhookId(webhook_id), **asking())
    box().bell.deliver()
    flash(gettext("It is being told. Load this page again in a moment."), "done")
    return redirect(url_for("webhooks.index"), HTTPStatus.SEE_OTHER)


@pages.post("/webhooks/<webhook_id>/remove")
def remove(webhook_id: str) -> ResponseReturnValue:
    """Forget an address."""
    actions.remove_webhook(box().safe, WebhookId(webhook_id), **asking())
    flash(gettext("That program is told nothing any more."), "done")
    return redirect(url_for("webhooks.index"), HTTPStatus.SEE_OTHER)
