"""Somebody's own page: what they agreed to, their photos, who received them; and taking it back."""

from http import HTTPStatus
from io import BytesIO

import segno
from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import subject as actions
from appliance.actions.own_rights import ASKED_HERE, ask_own
from appliance.domain.consent import Purpose
from appliance.domain.errors import Mistake
from appliance.domain.photos import PhotoId
from appliance.domain.rights import Right
from appliance.domain.signing import EvidenceId
from webui.current import box
from webui.display import day
from webui.door.speaking import office
from webui.guards import limiter
from webui.language import gettext

pages = Blueprint("own", __name__)
LARGEST_SELFIE = 20_000_000


def let_selfies_in() -> None:
    """Only there may more than a form be sent."""
    if request.endpoint == "own.selfie":
        request.max_content_length = LARGEST_SELFIE


@pages.get("/me/<token>")
def show(token: str) -> ResponseReturnValue:
    """The page."""
    page = actions.own_page(box().safe, token, now=box().now(), day=box().today())
    return render_template("door/own.html", token=token, page=page, rights=ASKED_HERE)


@pages.post("/me/<token>/withdraw")
@limiter.limit("30/minute")
def withdraw(token: str) -> ResponseReturnValue:
    """Take back one purpose, or all of them: one button, no question asked."""
    try:
        purposes = [Purpose(one) for one in request.form.getlist("purpose")]
    except ValueError as problem:
        raise Mistake("quitclaim:purpose", "Choose which purposes to withdraw.") from problem
    actions.withdraw_own(
        box().safe,
        token,
        purposes,
        now=box().now(),
        day=box().today(),
        bell=box().bell,
        office=office(),
        guardian=request.form.get("guardian") == "1",
    )
    flash(gettext("Taken back. It works from now on."), "done")
    return redirect(url_for("own.show", token=token), HTTPStatus.SEE_OTHER)


@pages.post("/me/<token>/again")
@limiter.limit("10/minute")
def again(token: str) -> ResponseReturnValue:
    """A fresh form, to change what was said."""
    form = actions.ask_again(box().safe, token, now=box().now())
    return redirect(url_for("forms.show", token=form), HTTPStatus.SEE_OTHER)


@pages.post("/me/<token>/requests")
@limiter.limit("10/minute")
def ask(token: str) -> ResponseReturnValue:
    """Ask to be corrected, left alone or forgotten."""
    try:
        right = Right(request.form.get("right", ""))
    except ValueError as problem:
        raise Mistake("own:right", "Choose what you ask.") from problem
    asked = ask_own(
        box().safe, token, right, request.form.get("asked", ""), now=box().now(), day=box().today()
    )
    told = gettext("You asked this. You get an answer by %(day)s at the latest.")
    flash(told % {"day": day(asked.due_on)}, "done")
    return redirect(url_for("own.show", token=token), HTTPStatus.SEE_OTHER)


@pages.get("/me/<token>/photos/<photo_id>.jpg")
def picture(token: str, photo_id: str) -> ResponseReturnValue:
    """One of their photos, everybody else blurred."""
    data = actions.own_picture(box().safe, box().decoder, token, PhotoId(photo_id), now=box().now())
    return _file(data, "image/jpeg")


@pages.get("/me/<token>/documents/<evidence_id>.pdf")
def document(token: str, evidence_id: str) -> ResponseReturnValue:
    """A form they signed."""
    data = actions.own_document(
        box().safe, token, EvidenceId(evidence_id), now=box().now(), day=box().today()
    )
    return _file(data, "application/pdf", f"quitclaim-{evidence_id[:8]}.pdf")


@pages.get("/me/<token>/copy.zip")
@limiter.limit("6/minute")
def export(token: str) -> ResponseReturnValue:
    """Everything that is known of them, to take along."""
    data = actions.own_copy(box().safe, box().decoder, token, now=box().now(), day=box().today())
    return _file(data, "application/zip", "portretkluis.zip")


@pages.get("/me/<token>/link.svg")
def link(token: str) -> ResponseReturnValue:
    """The QR code of this page, to keep it on another device."""
    actions.whose_page(box().safe, token, now=box().now())
    drawn = BytesIO()
    segno.make(url_for("own.show", token=token, _external=True), error="m").save(drawn, kind="svg", scale=4)
    return _file(drawn.getvalue(), "image/svg+xml")


@pages.post("/me/<token>/selfie")
@limiter.limit("6/minute")
def selfie(token: str) -> ResponseReturnValue:
    """Be recognised by a selfie, which is measured and not kept."""
    sent = request.files.get("selfie")
    if sent is None:
        raise Mistake("own:selfie", "The photo must show your face, and nobody else's.", "Take another one.")
    actions.add_selfie(
        box().safe,
        box().decoder,
        box().analyser,
        token,
        sent.stream.read(),
        now=box().now(),
        day=box().today(),
    )
    flash(gettext("Your selfie was measured. The photo itself was not kept."), "done")
    return redirect(url_for("own.show", token=token), HTTPStatus.SEE_OTHER)


def _file(data: bytes, media_type: str, name: str = "") -> Response:
    answer = make_response(data)
    answer.mimetype = media_type
    if name:
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
