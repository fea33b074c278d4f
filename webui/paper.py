"""Paper forms that come back: send the scan, read it beside the form, confirm."""

from datetime import date
from http import HTTPStatus

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import asking as requests
from appliance.actions import paper as actions
from appliance.actions.signing import Filled
from appliance.domain.consent import Purpose
from appliance.domain.errors import Mistake
from appliance.domain.signing import Mark, RequestId, RequestState, ScanId, Signature
from webui.current import asking, asking_today, box, office
from webui.language import gettext, language

pages = Blueprint("paper", __name__)


@pages.get("/paper")
def index() -> ResponseReturnValue:
    """What waits to be read, and the form to send a scan."""
    waiting = actions.waiting_papers(box().safe, **asking())
    still_open = [
        one
        for one in requests.requests(box().safe, **asking())
        if one.state in (RequestState.OPEN, RequestState.EXPIRED) and one.person is not None
    ]
    return render_template("paper/index.html", waiting=waiting, still_open=still_open)


@pages.post("/paper")
def send() -> ResponseReturnValue:
    """Take the pages of one form in."""
    files = [one.stream.read() for one in request.files.getlist("pages") if one.filename]
    chosen = request.form.get("request", "")
    found = actions.take_scans(
        box().safe, box().decoder, files, request_id=RequestId(chosen) if chosen else None, **asking()
    )
    return redirect(url_for("paper.show", request_id=found), HTTPStatus.SEE_OTHER)


@pages.get("/paper/<request_id>")
def show(request_id: str) -> ResponseReturnValue:
    """The scan, and beside it what is asked; nothing is ticked beforehand."""
    return _page(request_id)


def _page(request_id: str, problem: Mistake | None = None) -> str:
    view = actions.paper_view(box().safe, RequestId(request_id), **asking())
    return render_template(
        "paper/show.html",
        view=view,
        form=view.form,
        template=view.form.template,
        filled=request.form,
        problem=problem,
        today=box().today(),
    )


@pages.get("/paper/scans/<scan_id>.jpg")
def picture(scan_id: str) -> ResponseReturnValue:
    """One page."""
    answer = make_response(actions.scan_picture(box().safe, ScanId(scan_id), **asking()))
    answer.mimetype = "image/jpeg"
    return answer


@pages.post("/paper/<request_id>")
def confirm(request_id: str) -> ResponseReturnValue:
    """Keep what was read, with the scan as evidence."""
    try:
        filled, paper_day = _filled()
        signed = actions.confirm_paper(
            box().safe,
            box().sealing,
            RequestId(request_id),
            filled,
            office(),
            paper_day=paper_day,
            bell=box().bell,
            **asking_today(),
        )
    except Mistake as problem:
        if problem.key.endswith(":unknown"):
            raise
        return _page(request_id, problem), HTTPStatus.BAD_REQUEST
    flash(gettext("The form is kept, with its scan as evidence."), "done")
    return redirect(
        url_for("quitclaims.show", quitclaim_id=signed.quitclaim.id, _anchor="evidence"), HTTPStatus.SEE_OTHER
    )


def _filled() -> tuple[Filled, date]:
    """What somebody read on the paper. Every purpose is answered: no answer is taken for granted."""
    form = request.form
    if form.get("signed") != "1":
        raise Mistake("scan:not_signed", "Nobody may be recorded whose signature is not on the paper.")
    try:
        answers = {purpose: form[f"answer-{purpose}"] for purpose in Purpose if f"answer-{purpose}" in form}
        born = form.get("birth_date", "")
        birth_date = date.fromisoformat(born) if born else None
        paper_day = date.fromisoformat(form.get("paper_day", ""))
    except ValueError as problem:
        raise Mistake(
            "scan:bad_form", "A date is missing, or is none.", "Copy it from the paper."
        ) from problem
    if len(answers) < form.get("asked", 0, type=int):
        raise Mistake("signing:answers", "Not every question was answered.", "Tick yes or no for each.")
    filled = Filled(
        granted=frozenset(purpose for purpose, answer in answers.items() if answer == "yes"),
        signature=Signature(Mark.PEN),
        language=language(),
        signed_by=form.get("signed_by", "")[:200],
        subject_name=form.get("subject_name", "")[:200],
        email=form.get("email", "")[:254],
        birth_date=birth_date,
        guardian=form.get("guardian") == "1",
        others=tuple(one[:200] for one in form.getlist("other") if one.strip()),
    )
    return filled, paper_day


@pages.post("/paper/<request_id>/discard")
def discard(request_id: str) -> ResponseReturnValue:
    """Throw the pages away."""
    actions.discard_scans(box().safe, RequestId(request_id), **asking())
    flash(gettext("The scan is thrown away."), "done")
    return redirect(url_for("paper.index"), HTTPStatus.SEE_OTHER)
