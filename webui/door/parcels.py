"""What is behind a share link: the password, previews, the code, and the copies."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from appliance.actions import unpacking as actions
from appliance.domain.consent import PUBLICATION, Purpose
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.release import SHARED_SIZES, Size
from webui.current import box
from webui.door.speaking import office, speak
from webui.guards import limiter
from webui.language import gettext

pages = Blueprint("parcels", __name__)
_VISITS = "visits"
_MOST_VISITS = 5  # links that one browser has open


@pages.get("/s/<token>")
@limiter.limit("120/minute")
def show(token: str) -> ResponseReturnValue:
    """The page: first the password, then what may be used today."""
    opened = actions.open_parcel(box().safe, _key(token), now=box().now(), day=box().today())
    if not opened.unlocked or opened.parcel is None:
        return render_template("door/parcel_locked.html", token=token)
    speak(opened.parcel.language)
    return render_template(
        "door/parcel.html",
        token=token,
        opened=opened,
        parcel=opened.parcel,
        sizes=SHARED_SIZES[opened.parcel.purpose],
        size=_size(request.args),
    )


def _size(given: Mapping[str, str]) -> Size | None:
    """The size that was chosen; None for the usual one."""
    try:
        return Size(given["size"]) if given.get("size") else None
    except ValueError as problem:
        raise Mistake("release:shape", "Choose how the copy is made.", "Choose from the lists.") from problem


def _key(token: str) -> actions.Key:
    visits: dict[str, str] = session.get(_VISITS, {})
    return actions.Key(token, visits.get(_short(token), ""))


def _short(token: str) -> str:
    """Which visit is whose: the cookie need not repeat the link."""
    return box().safe.ring.pseudonym(f"visit:{token}")[:12]


@pages.post("/s/<token>")
@limiter.limit("10/minute")
def unlock(token: str) -> ResponseReturnValue:
    """Take the password."""
    try:
        visit = actions.unlock(box().safe, token, request.form.get("password", "")[:200], now=box().now())
    except NotAllowed as problem:
        if problem.key != "parcel:wrong_password":
            raise
        page = render_template("door/parcel_locked.html", token=token, problem=problem)
        return page, HTTPStatus.FORBIDDEN
    visits: dict[str, str] = session.get(_VISITS, {})
    kept = [*((k, v) for k, v in visits.items() if k != _short(token)), (_short(token), visit)]
    session[_VISITS] = dict(kept[-_MOST_VISITS:])
    return _back(token)


def _back(token: str) -> Response:
    return make_response(redirect(url_for("parcels.show", token=token), HTTPStatus.SEE_OTHER))


@pages.post("/s/<token>/code")
@limiter.limit("5/minute")
def code(token: str) -> ResponseReturnValue:
    """Send the code to the recipient's address."""
    actions.send_parcel_code(box().safe, _key(token), office(), now=box().now(), bell=box().bell)
    flash(gettext("A code is on its way to your e-mail."), "done")
    return _back(token)


@pages.post("/s/<token>/verify")
@limiter.limit("10/minute")
def verify(token: str) -> ResponseReturnValue:
    """Take the code."""
    try:
        actions.verify_parcel_code(
            box().safe, _key(token), request.form.get("code", "")[:20], now=box().now()
        )
    except NotAllowed as problem:
        if problem.key != "signing:wrong_code":
            raise
        flash(gettext("That is not the code that was sent."), "problem")
    return _back(token)


@pages.get("/s/<token>/<ref>.jpg")
@limiter.limit("600/minute")
def preview(token: str, ref: str) -> ResponseReturnValue:
    """A picture to choose by."""
    data = actions.shared_preview(
        box().safe,
        box().decoder,
        box().config.organisation,
        _key(token),
        ref,
        now=box().now(),
        day=box().today(),
    )
    return _file(data, "image/jpeg")


@pages.post("/s/<token>/<ref>")
@limiter.limit("120/minute")
def take(token: str, ref: str) -> ResponseReturnValue:
    """A copy."""
    copy = actions.shared_copy(
        box().safe,
        box().decoder,
        box().sealing,
        _key(token),
        ref,
        box().config.credit,
        now=box().now(),
        day=box().today(),
        size=_size(request.form),
    )
    return _file(copy.data, copy.media_type, copy.file_name)


@pages.post("/s/<token>/all.zip")
@limiter.limit("10/minute")
def take_all(token: str) -> ResponseReturnValue:
    """Every copy with its receipt, made while it is sent."""
    opened = box()
    parts = actions.shared_zip(
        opened.safe,
        opened.decoder,
        opened.sealing,
        _key(token),
        opened.config.credit,
        clock=lambda: (opened.now(), opened.today()),
        size=_size(request.form),
    )
    answer = Response(parts, mimetype="application/zip")
    answer.headers["Content-Disposition"] = 'attachment; filename="photos.zip"'
    return answer


@pages.post("/s/<token>/wish")
@limiter.limit("6/minute")
def wish(token: str) -> ResponseReturnValue:
    """Ask the owner for more."""
    actions.require_unlocked(box().safe, _key(token), now=box().now())  # first: strangers learn nothing
    given = request.form.get("purpose", "")
    if given not in {one.value for one in PUBLICATION}:
        raise Mistake("release:purpose", "Choose what the copy is for.")
    actions.ask_for_more(
        box().safe, _key(token), Purpose(given), request.form.get("text", ""), now=box().now()
    )
    flash(gettext("Your question was passed on."), "done")
    return _back(token)


def _file(data: bytes, media_type: str, name: str = "") -> Response:
    """Whole, and for this request alone: no part of it, and no copy that a browser kept, counts."""
    answer = make_response(data)
    answer.mimetype = media_type
    answer.headers["Accept-Ranges"] = "none"
    if name:
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
