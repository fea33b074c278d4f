"""The signing page: read, tick, sign."""

import json
from datetime import date
from http import HTTPStatus

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions.signing import Filled, FormView, Signed, open_form, send_code, sign
from appliance.domain.consent import Purpose
from appliance.domain.errors import KluisError, Mistake
from appliance.domain.signing import Channel, Mark, Signature, Stroke
from appliance.domain.templates import until
from webui.current import box
from webui.door.speaking import office, speak
from webui.guards import limiter
from webui.language import gettext, language

pages = Blueprint("forms", __name__)
MOST_POINTS = 20_000


@pages.get("/f/<token>")
def show(token: str) -> ResponseReturnValue:
    """What is asked, before anything is ticked."""
    form = open_form(box().safe, token, now=box().now())
    speak(form.language)
    return _page(token, form)


def _page(token: str, form: FormView, problem: KluisError | None = None) -> str:
    template = form.template
    spoken = language() if language() in template.texts else form.language
    return render_template(
        "door/form.html",
        token=token,
        form=form,
        template=template,
        text=template.texts[spoken],
        ends={purpose: until(box().today(), months) for purpose, months in template.months.items()},
        locked=form.request.channel is Channel.TABLET,
        filled=request.form,
        ticked=set(request.form.getlist("granted")),
        problem=problem,
    )


@pages.post("/f/<token>/code")
@limiter.limit("5/minute")
def code(token: str) -> ResponseReturnValue:
    """Send a confirmation code to the address that is known."""
    send_code(box().safe, token, office(), now=box().now(), bell=box().bell)
    flash(gettext("A code is on its way to your e-mail."), "done")
    return redirect(url_for("forms.show", token=token) + "#sign", HTTPStatus.SEE_OTHER)


@pages.post("/f/<token>")
@limiter.limit("20/minute")
def sign_now(token: str) -> ResponseReturnValue:
    """Take the signature; when something is missing, the page comes back as it was filled in."""
    try:
        signed = sign(
            box().safe,
            box().sealing,
            token,
            _filled(),
            office(),
            now=box().now(),
            day=box().today(),
            bell=box().bell,
        )
    except Mistake as problem:
        form = open_form(box().safe, token, now=box().now())
        speak(form.language)
        return _page(token, form, problem), HTTPStatus.UNPROCESSABLE_ENTITY
    return _done(token, signed)


def _done(token: str, signed: Signed) -> Response:
    speak(signed.signing.language)
    page = render_template(
        "door/done.html",
        token=token,
        signed=signed,
        own=url_for("own.show", token=signed.own_token, _external=True),
        locked=signed.channel is Channel.TABLET,
    )
    return make_response(page, HTTPStatus.CREATED)


def _filled() -> Filled:
    form = request.form
    born = form.get("birth_date", "")
    try:
        granted = frozenset(Purpose(one) for one in form.getlist("granted"))
        birth_date = date.fromisoformat(born) if born else None
    except ValueError as problem:
        raise Mistake("signing:bad_form", "Something in the form is not understood.") from problem
    return Filled(
        granted=granted,
        signature=_signature(),
        language=language(),
        signed_by=form.get("signed_by", "")[:200],
        subject_name=form.get("subject_name", "")[:200],
        email=form.get("email", "")[:254],
        birth_date=birth_date,
        guardian=form.get("guardian") == "1",
        code=form.get("code", "")[:20],
    )


def _signature() -> Signature:
    """Drawn, where the pad was used; else the name that was typed."""
    drawn = request.form.get("strokes", "")
    if drawn:
        return Signature(Mark.DRAWN, strokes=_strokes(drawn))
    return Signature(Mark.TYPED, typed=" ".join(request.form.get("typed", "")[:200].split()))


def _strokes(text: str) -> tuple[Stroke, ...]:
    """The pad's strokes: points of x, y (fractions of the pad) and milliseconds."""
    try:
        strokes = tuple(
            tuple((float(x), float(y), int(at)) for x, y, at in stroke) for stroke in json.loads(text)
        )
    except (ValueError, TypeError) as problem:
        raise Mistake("signing:bad_form", "Something in the form is not understood.") from problem
    points = [point for stroke in strokes for point in stroke]
    if len(points) > MOST_POINTS or any(not (0 <= x <= 1 and 0 <= y <= 1 and at >= 0) for x, y, at in points):
        raise Mistake("signing:bad_form", "Something in the form is not understood.")
    return strokes
