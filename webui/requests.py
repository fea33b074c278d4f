"""Asking for quitclaims: one person or several, by link, e-mail, tablet, poster or on paper."""

from http import HTTPStatus
from io import BytesIO

import segno
from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import asking as actions
from appliance.actions.asking_lists import MOST as MOST_NAMES
from appliance.actions.asking_lists import people_of_list
from appliance.actions.people import person_names
from appliance.actions.prints import print_form, print_poster
from appliance.actions.shoots import shoots
from appliance.actions.templates import templates
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.photos import ShootId
from appliance.domain.signing import SHARED, Channel, RequestId
from appliance.domain.templates import TemplateId
from appliance.domain.wording import Language
from webui import names
from webui.access import signed_out
from webui.current import asking, box, door_address, office
from webui.language import gettext, ngettext

pages = Blueprint("requests", __name__)


@pages.get("/requests")
def index() -> ResponseReturnValue:
    """What was asked lately, and how it stands."""
    found = actions.requests(box().safe, **asking())
    return render_template("requests/index.html", found=found, today=box().today())


@pages.get("/requests/new")
def new() -> ResponseReturnValue:
    """The form: which template, how, and whom."""
    usable = [one for one in templates(box().safe, **asking()) if one.in_use]
    return render_template(
        "requests/new.html",
        templates=usable,
        channels=tuple(Channel),
        shared=SHARED,
        people=person_names(box().safe, limit=names.MOST_LISTED, **asking()),
        chosen=set(request.args.getlist("person")),
        shoots=shoots(box().safe, **asking()),
        shoot=request.args.get("shoot", ""),
    )


@pages.post("/requests")
def ask() -> ResponseReturnValue:
    """Ask, and show the links: now, and never again."""
    form, channel = request.form, _channel()
    template_id, shoot_id = TemplateId(form.get("template", "")), ShootId(form.get("shoot", "")) or None
    if channel in SHARED:
        one = actions.ask_whoever_comes(
            box().safe, template_id, channel, language=_language(), shoot_id=shoot_id, **asking()
        )
        return show_links((one,))
    people = _people()
    if channel is Channel.EMAIL:
        asked = actions.ask_by_mail(
            box().safe,
            template_id,
            people,
            office(),
            bell=box().bell,
            language=_language(),
            shoot_id=shoot_id,
            **asking(),
        )
        flash(
            ngettext("%(num)s e-mail waits to be sent.", "%(num)s e-mails wait to be sent.", len(asked))
            % {"num": len(asked)},
            "done",
        )
        return redirect(url_for("requests.index"), HTTPStatus.SEE_OTHER)
    asked = actions.ask(
        box().safe, template_id, people, channel, language=_language(), shoot_id=shoot_id, **asking()
    )
    return show_links(asked)


def _channel() -> Channel:
    try:
        return Channel(request.form.get("channel", ""))
    except ValueError as problem:
        raise Mistake("request:channel", "Choose how to ask.") from problem


def _language() -> Language:
    try:
        return Language(request.form.get("language", ""))
    except ValueError as problem:
        raise Mistake("user:language", "That language is not spoken here.", "Choose Dutch or English.") from (
            problem
        )


def _people() -> list[PersonId]:
    """Those who were ticked, and those whose names were pasted or stand in a list."""
    ticked = [PersonId(one) for one in request.form.getlist("person")]
    typed = [line.strip() for line in request.form.get("names", "").splitlines() if line.strip()]
    if len(typed) > MOST_NAMES:
        raise Mistake(
            "request:too_many",
            "That is too many at once.",
            "Ask at most {most} people.",
            values={"most": MOST_NAMES},
        )
    return list(dict.fromkeys([*ticked, *(names.named(one, create=False) for one in typed), *_listed()]))


def _listed() -> tuple[PersonId, ...]:
    sent = request.files.get("list")
    if sent is None or not sent.filename:
        return ()
    add = request.form.get("add") == "1"
    return people_of_list(box().safe, sent.stream.read(), add=add, **asking())


def show_links(asked: tuple[actions.Asked, ...]) -> ResponseReturnValue:
    """The page with fresh links. It is not to be found again: of a token only the hash is kept."""
    known = {view.request.id: view for view in actions.requests(box().safe, **asking())}
    shown = [(known[one.request.id], one.token, _link(one.token), _code(_link(one.token))) for one in asked]
    return render_template("requests/links.html", shown=shown), HTTPStatus.CREATED


def _link(token: str) -> str:
    return f"{door_address()}/f/{token}"


def _code(link: str) -> str:
    """The QR code as SVG, to stand in a page."""
    drawn = BytesIO()
    segno.make(link, error="m").save(
        drawn, kind="svg", scale=4, xmldecl=False, svgns=True, svgclass="qr", lineclass=None, omitsize=False
    )
    return drawn.getvalue().decode("ascii")


@pages.post("/requests/<request_id>/link")
def link(request_id: str) -> ResponseReturnValue:
    """A new link; the one before it opens nothing from now on."""
    return show_links((actions.new_link(box().safe, RequestId(request_id), **asking()),))


@pages.post("/requests/<request_id>/cancel")
def cancel(request_id: str) -> ResponseReturnValue:
    """Take a request back."""
    actions.cancel_request(box().safe, RequestId(request_id), **asking())
    flash(gettext("Taken back. Its link opens nothing any more."), "done")
    return redirect(url_for("requests.index"), HTTPStatus.SEE_OTHER)


@pages.post("/requests/hand-over")
def hand_over() -> ResponseReturnValue:
    """Sign out on this tablet before it is handed around: behind the form nothing is left open."""
    link = _link(request.form.get("token", ""))
    return signed_out(render_template("requests/hand_over.html", link=link))


@pages.post("/requests/<request_id>/poster.pdf")
def poster(request_id: str) -> ResponseReturnValue:
    """A poster with the link as QR code."""
    form = request.form
    token = form.get("token", "")
    data = print_poster(
        box().safe,
        RequestId(request_id),
        token,
        _link(token),
        form.get("event", ""),
        large=form.get("large") == "1",
        **asking(),
    )
    return _pdf(data, f"poster-{request_id[:8]}.pdf")


@pages.post("/requests/<request_id>/form.pdf")
def paper(request_id: str) -> ResponseReturnValue:
    """The form to sign with a pen."""
    token = request.form.get("token", "")
    data = print_form(box().safe, RequestId(request_id), token, _link(token), **asking())
    return _pdf(data, f"form-{request_id[:8]}.pdf")


def _pdf(data: bytes, name: str) -> Response:
    answer = make_response(data)
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
