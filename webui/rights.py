"""What the law lets people ask: until when each request is to be answered, what to do, and the answer."""

from datetime import date
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from appliance.actions import rights as actions
from appliance.actions.erasure import preview_person
from appliance.actions.own_data import export_person
from appliance.actions.proposals import ProposalCard, proposals
from appliance.domain.access import Permission
from appliance.domain.erasure import Together
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.rights import ARTICLE, Right, RightsRequestId
from appliance.domain.wording import Language
from webui import erasures, names, users
from webui.current import asking, asking_today, box
from webui.display import may
from webui.language import gettext, language
from webui.releases import file

pages = Blueprint("rights", __name__)
_CLOSED_SHOWN = 100


@pages.get("/rights")
def index() -> ResponseReturnValue:
    """Every request: those to be answered first, the most urgent on top."""
    found = actions.rights_requests(box().safe, **asking_today())
    closed = [one for one in found if not one.request.open]
    return render_template(
        "rights/index.html",
        open=[one for one in found if one.request.open],
        closed=sorted(closed, key=lambda one: one.request.due_on, reverse=True)[:_CLOSED_SHOWN],
        rights=tuple(Right),
        articles=ARTICLE,
        people=names.listed() if may("rights:edit") else {},
        chosen=names.label_of(PersonId(request.args.get("person", ""))),
        today=box().today(),
    )


@pages.post("/rights")
def record() -> ResponseReturnValue:
    """Write down that somebody asked for something."""
    form = request.form
    try:
        right, received = Right(form.get("right", "")), date.fromisoformat(form.get("received", ""))
    except ValueError as problem:
        raise Mistake(
            "rights:bad_form", "Choose what was asked, and the day it came.", "Fill in both."
        ) from problem
    person_id = names.named(form.get("name", ""), create=False)
    made = actions.record_request(box().safe, person_id, right, received, **asking_today())
    return redirect(url_for("rights.show", asked_id=made.id), HTTPStatus.SEE_OTHER)


@pages.get("/rights/<asked_id>")
def show(asked_id: str) -> ResponseReturnValue:
    """One request: what to do next, and the button that does it."""
    view = actions.rights_request(box().safe, RightsRequestId(asked_id), **asking_today())
    erasing = view.request.right is Right.ERASURE and view.request.open
    return render_template(
        "rights/show.html",
        view=view,
        article=ARTICLE[view.request.right],
        today=box().today(),
        letters=[(spoken, _letter(asked_id, spoken)) for spoken in _languages()],
        preview=preview_person(box().safe, view.person.id, **asking()) if erasing else None,
        together=tuple(Together),
        proposed=_proposed(view.person.id) if erasing else None,
        names=users.names(),
    )


def _proposed(person_id: PersonId) -> ProposalCard | None:
    """The erasure that waits for a second person, or that one approved."""
    if not may(Permission.PROPOSAL_VIEW):
        return None
    mine = (one for one in proposals(box().safe, **asking()) if one.proposal.open(box().now()))
    return next((one for one in mine if one.proposal.wanted.thing == person_id), None)


def _languages() -> tuple[Language, ...]:
    """Both, that of the page first."""
    return tuple(sorted(Language, key=lambda one: one is not language()))


def _letter(asked_id: str, spoken: Language) -> str:
    organisation = box().config.organisation
    return actions.answer_letter(
        box().safe, RightsRequestId(asked_id), organisation, language=spoken, **asking()
    ).text


@pages.post("/rights/<asked_id>/letter.pdf")
def letter(asked_id: str) -> ResponseReturnValue:
    """The letter that goes with how it stands, sealed."""
    data = actions.sealed_letter(
        box().safe, box().sealing, RightsRequestId(asked_id), language=_spoken(), **asking()
    )
    return file(data, "application/pdf", f"letter-{asked_id[:8]}.pdf")


def _spoken() -> Language:
    try:
        return Language(request.form.get("language", language().value))
    except ValueError as problem:
        raise Mistake("user:language", "That language is not spoken here.", "Choose Dutch or English.") from (
            problem
        )


@pages.post("/rights/<asked_id>/export.zip")
def export(asked_id: str) -> ResponseReturnValue:
    """Everything about whoever asked, as a ZIP that is made while it is sent."""
    view = actions.rights_request(box().safe, RightsRequestId(asked_id), **asking_today())
    parts = export_person(
        box().safe,
        box().decoder,
        view.person.id,
        organisation=box().config.organisation,
        language=_spoken(),
        zone=box().config.zone,
        **asking_today(),
    )
    answer = Response(parts, mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="person-{view.person.id[:8]}.zip"'
    return answer


@pages.post("/rights/<asked_id>/extend")
def extend(asked_id: str) -> ResponseReturnValue:
    """Two months more."""
    note = request.form.get("note", "")
    actions.extend_request(box().safe, RightsRequestId(asked_id), note, **asking_today())
    return _back(asked_id, gettext("Extended by two months. Send the letter now: it must be told in time."))


@pages.post("/rights/<asked_id>/close")
def close(asked_id: str) -> ResponseReturnValue:
    """Done, or refused."""
    done, note = request.form.get("outcome") == "done", request.form.get("note", "")
    actions.close_request(box().safe, RightsRequestId(asked_id), note, done=done, **asking_today())
    return _back(asked_id, gettext("Closed. Send the letter with the answer."))


@pages.post("/rights/<asked_id>/lift")
def lift(asked_id: str) -> ResponseReturnValue:
    """End a restriction or an objection."""
    note = request.form.get("note", "")
    actions.lift_limit(box().safe, RightsRequestId(asked_id), note, **asking_today())
    return _back(asked_id, gettext("Lifted. Lights were decided anew."))


@pages.post("/rights/<asked_id>/erase")
def erase(asked_id: str) -> ResponseReturnValue:
    """Erase whoever asked for it."""
    erasures.require_sure()
    try:
        together = Together(request.form.get("together", ""))
    except ValueError as problem:
        raise Mistake(
            "rights:together", "Choose what becomes of photos with others.", "Choose one of the two."
        ) from problem
    made = actions.erase_on_request(
        box().safe,
        box().config.journal,
        RightsRequestId(asked_id),
        together=together,
        with_proof=request.form.get("proof") == "erase",
        **asking_today(),
    )
    flash(gettext("Erased. Send the certificate to whoever asked."), "done")
    return redirect(url_for("erasures.show", erasure_id=made.id), HTTPStatus.SEE_OTHER)


def _back(asked_id: str, told: str) -> ResponseReturnValue:
    flash(told, "done")
    return redirect(url_for("rights.show", asked_id=asked_id), HTTPStatus.SEE_OTHER)
