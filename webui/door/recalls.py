"""The page of a copy that was called back: its recipient says what became of it."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import recalls as actions
from appliance.domain.errors import Mistake
from appliance.domain.recalls import ANSWERS, RecallState
from webui.current import box
from webui.guards import limiter
from webui.language import gettext

pages = Blueprint("recalls", __name__)


@pages.get("/r/<token>")
@limiter.limit("60/minute")
def show(token: str) -> ResponseReturnValue:
    """What is called back; no picture, for it may no longer be shown."""
    view = actions.by_link(box().safe, token, now=box().now())
    return render_template("door/recall.html", token=token, view=view, answers=ANSWERS)


@pages.post("/r/<token>")
@limiter.limit("20/minute")
def answer(token: str) -> ResponseReturnValue:
    """Take the answer; it may be given again."""
    actions.by_link(box().safe, token, now=box().now())  # first: a wrong link is told nothing of the form
    given = request.form.get("state", "")
    if given not in {one.value for one in ANSWERS}:
        raise Mistake("recall:answer_unclear", "Choose what became of the copy.", "A note may say more.")
    note = request.form.get("note", "")
    actions.answer_by_link(box().safe, token, RecallState(given), note, now=box().now())
    flash(gettext("Thank you. Your answer is kept."), "done")
    return redirect(url_for("recalls.show", token=token), HTTPStatus.SEE_OTHER)
