"""Quitclaims: recording, amending and withdrawing; every version can be seen."""

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import consent as actions
from appliance.actions.evidence import evidence_of
from appliance.domain.consent import PUBLICATION, Answer, Basis, Purpose, QuitclaimId, Status, Term
from appliance.domain.errors import Mistake
from appliance.domain.people import Person, PersonId
from webui.current import asking, asking_today, box
from webui.language import gettext

pages = Blueprint("quitclaims", __name__)
PAGE = 50

Found = Sequence[tuple[Person, actions.QuitclaimView]]


@pages.get("/quitclaims")
def index() -> ResponseReturnValue:
    """Every quitclaim as it stands, or those with a purpose of one status."""
    wanted, page = request.args.get("status", ""), max(1, request.args.get("page", 1, type=int))
    found = _with_status(actions.quitclaims(box().safe, **asking_today()), wanted)
    return render_template(
        "quitclaims/index.html",
        found=found[(page - 1) * PAGE : page * PAGE],
        total=len(found),
        page=page,
        more=len(found) > page * PAGE,
        wanted=wanted,
        statuses=tuple(Status),
    )


def _with_status(found: Found, wanted: str) -> Found:
    if not wanted:
        return found
    return [pair for pair in found if any(one.status == wanted for one in pair[1].terms)]


@pages.get("/people/<person_id>/quitclaims/new")
def new(person_id: str) -> ResponseReturnValue:
    """The form; nothing is ticked beforehand."""
    return _form(person_id)


def _form(person_id: str, problem: Mistake | None = None) -> str:
    """The form, with what was filled in when there is something to mend."""
    person = actions.person_to_record(box().safe, PersonId(person_id), **asking())
    return render_template(
        "quitclaims/new.html", person=person, bases=tuple(Basis), filled=request.form, problem=problem
    )


@pages.post("/people/<person_id>/quitclaims")
def record(person_id: str) -> ResponseReturnValue:
    """Keep a new quitclaim."""
    form = request.form
    try:
        made = actions.record(
            box().safe,
            PersonId(person_id),
            _terms(),
            basis=_basis(),
            balancing=form.get("balancing", ""),
            note=form.get("note", ""),
            **asking_today(),
        )
    except Mistake as problem:
        if problem.key.endswith(":unknown"):
            raise
        return _form(person_id, problem), HTTPStatus.BAD_REQUEST
    flash(gettext("The quitclaim is kept."), "done")
    return redirect(url_for("quitclaims.show", quitclaim_id=made.id), HTTPStatus.SEE_OTHER)


def _basis() -> Basis:
    try:
        return Basis(request.form.get("basis", ""))
    except ValueError as problem:
        raise Mistake("quitclaim:no_basis", "Choose the legal basis.") from problem


@pages.get("/quitclaims/<quitclaim_id>")
def show(quitclaim_id: str) -> ResponseReturnValue:
    """One quitclaim with every version."""
    person, view = actions.quitclaim_view(box().safe, QuitclaimId(quitclaim_id), **asking_today())
    return render_template(
        "quitclaims/show.html",
        person=person,
        view=view,
        answers=tuple(Answer),
        documents=evidence_of(box().safe, QuitclaimId(quitclaim_id), **asking()),
    )


@pages.post("/quitclaims/<quitclaim_id>/withdraw")
def withdraw(quitclaim_id: str) -> ResponseReturnValue:
    """Withdraw purposes, or all of them."""
    everything = request.form.get("all") == "1"
    try:
        purposes = [] if everything else [Purpose(one) for one in request.form.getlist("purpose")]
    except ValueError as problem:
        raise Mistake("quitclaim:purpose", "Choose which purposes to withdraw.") from problem
    if not purposes and not everything:
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
    """The purposes that were answered, each with its days, or else those of the whole form."""
    form = request.form
    terms = []
    try:
        for purpose in (*PUBLICATION, Purpose.RECOGNITION):
            answer = form.get(f"answer-{purpose}")
            if answer:
                first = form.get(f"from-{purpose}") or form.get("from", "")
                last = form.get(f"until-{purpose}") or form.get("until", "")
                terms.append(_term(purpose, Answer(answer), _day(first), _day(last)))
    except ValueError as problem:
        raise Mistake("quitclaim:bad_form", "Something in the form is not understood.") from problem
    return terms


def _term(purpose: Purpose, answer: Answer, first: date | None, last: date | None) -> Term:
    """Only what was granted has days on which it is valid."""
    return Term(purpose, answer, first, last) if answer is Answer.GRANTED else Term(purpose, answer)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
