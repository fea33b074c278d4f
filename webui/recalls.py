"""Recalls: copies that may no longer be used, and who has not answered."""

import csv
from http import HTTPStatus
from io import StringIO

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import recalls as actions
from appliance.domain.errors import Mistake
from appliance.domain.recalls import ANSWERS, RecallId, RecallState
from webui import users
from webui.current import asking, box, user
from webui.language import gettext
from webui.releases import file
from webui.words import words

pages = Blueprint("recalls", __name__)
MOST_IN_A_REPORT = 10_000


@pages.get("/recalls")
def index() -> ResponseReturnValue:
    """The newest first; those that nobody answered, unless others are asked for."""
    state = _state(request.args.get("state", RecallState.OPEN.value))
    found = actions.recalls(box().safe, state=state, **asking())
    return render_template(
        "recalls/index.html",
        found=found,
        state=state,
        states=tuple(RecallState),
        answers=ANSWERS,
        names=users.names(),
    )


def _state(text: str) -> RecallState | None:
    try:
        return RecallState(text) if text != "all" else None
    except ValueError as problem:
        raise Mistake("search:bad", "This search is not understood.", "Choose from the form.") from problem


@pages.get("/recalls.csv")
def report() -> ResponseReturnValue:
    """Every recall and its answer, for a spreadsheet."""
    found = actions.recalls(box().safe, limit=MOST_IN_A_REPORT, **asking())
    written = StringIO()
    table = csv.writer(written)
    table.writerow(
        [
            "release",
            "purpose",
            "released",
            "recipient",
            "email",
            "why",
            "opened",
            "told",
            "reminded",
            "state",
            "answered",
        ]
    )
    for one in found:
        release, recall = one.release, one.recall
        table.writerow(
            [
                release.id,
                words(release.purpose),
                release.made_at.isoformat(),
                _plain(release.recipient.name),
                _plain(release.recipient.email),
                recall.why.value,
                recall.opened_at.isoformat(),
                recall.told_at.isoformat() if recall.told_at else "",
                recall.reminders,
                words(recall.state),
                recall.answered_at.isoformat() if recall.answered_at else "",
            ]
        )
    return file(("\ufeff" + written.getvalue()).encode(), "text/csv", "recalls.csv")


def _plain(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


@pages.post("/recalls/<recall_id>")
def answer(recall_id: str) -> ResponseReturnValue:
    """Write down what became of a copy."""
    given = request.form.get("state", "")
    if given not in {one.value for one in ANSWERS}:
        raise Mistake("recall:answer_unclear", "Choose what became of the copy.", "A note may say more.")
    note = request.form.get("note", "")
    actions.answer(box().safe, RecallId(recall_id), RecallState(given), note, **asking())
    flash(gettext("Saved."), "done")
    return redirect(url_for("recalls.index"), HTTPStatus.SEE_OTHER)


def unanswered() -> int:
    """How many recalls nobody answered, for the menu of every page."""
    return actions.unanswered(box().safe, **asking()) if user() is not None else 0
