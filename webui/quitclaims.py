"""Quitclaims: recording, amending and withdrawing; every version can be seen."""

from datetime import date
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import consent as actions
from appliance.actions.people import person_view
from appliance.domain.consent import PUBLICATION, Answer, Basis, Purpose, QuitclaimId, Term
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from webui.current import asking_today, box
from webui.language import gettext

pages = Blueprint("quitclaims", __name__)


@pages.get("/quitclaims")
def index() -> ResponseReturnValue:
    """Every quitclaim as it stands."""
    return render_template("quitclaims/index.html", found=actions.quitclaims(box().safe, **asking_today()))


@pages.get("/people/<person_id>/quitclaims/new")
def new(person_id: str) -> ResponseReturnValue:
    """The form; nothing is ticked beforehand."""
    view = person_view(box().safe, PersonId(person_id), **asking_today())
    return render_template("quitclaims/new.html", person=view.person, bases=tuple(Basis))


@pages.post("/people/<person_id>/quitclaims")
def record(person_id: str) -> ResponseReturnValue:
    """Keep a new quitclaim."""
    form = request.form
    try:
        basis = Basis(form.get("basis", ""))
    except ValueError as problem:
        raise Mistake("quitclaim:no_basis", "Choose the legal basis.") from problem
    made = actions.record(
        box().safe,
        PersonId(person_id),
        _terms(),
        basis=basis,
        balancing=form.get("balancing", ""),
        note=form.get("note", ""),
        **asking_today(),
    )
    flash(gettext("The quitclaim is kept."), "done")
    return redirect(url_for("quitclaims.show", quitclaim_id=made.id), HTTPStatus.SEE_OTHER)


@pages.get("/quitclaims/<quitclaim_id>")
def show(quitclaim_id: str) -> ResponseReturnValue:
    """One quitclaim with every version."""
    person, view = actions.quitclaim_view(box().safe, QuitclaimId(quitclaim_id), **asking_today())
    return render_template("quitclaims/show.html", person=person, view=view, answers=tuple(Answer))


@pages.post("/quitclaims/<quitclaim_id>/withdraw")
def withdraw(quitclaim_id: str) -> ResponseReturnValue:
    """Withdraw purposes, or all of them."""
    try:
        purposes = [Purpose(one) for one in request.form.getlist("purpose")]
    except ValueError as problem:
        raise Mistake("quitclaim:purpose", "Choose which purposes to withdraw.") from problem
    if not purposes and request.form.get("all") != "1":
        raise Mistake("quitclaim:purpose", "Choose which purposes to withdraw.")
    actions.withdraw(box().safe, QuitclaimId(quitclaim_id), purposes, **asking_today())
    flash(gettext("Withdrawn. It works from now on."), "done")
    return redirect(url_for("quitclaims.show", quitclaim_id=quitclaim_id), HTTPStatus.SEE_OTHER)


@pages.post("/quitclaims/<quitclaim_id>/amend")
def amend(quitclaim_id: str) -> ResponseReturnValue:
    """Add a version with other terms."""
    note = request.form.get("note", "")
    actions.amend(box().safe, QuitclaimId(quitclaim_id), _terms(), note=note, **asking_today())
    flash(gettext("A new version is kept."), "done")
    return redirect(url_for("quitclaims.show", quitclaim_id=quitclaim_id), HTTPStatus.SEE_OTHER)


def _terms() -> list[Term]:
    """The purposes that were ticked, with their days; recognition is asked apart in the same form."""
    form = request.form
    terms = []
    try:
        for purpose in (*PUBLICATION, Purpose.RECOGNITION):
            answer = form.get(f"answer-{purpose}")
            if answer:
                first, last = form.get(f"from-{purpose}", ""), form.get(f"until-{purpose}", "")
                terms.append(Term(purpose, Answer(answer), _day(first), _day(last)))
    except ValueError as problem:
        raise Mistake("quitclaim:bad_form", "Something in the form is not understood.") from problem
    return terms


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
