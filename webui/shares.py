"""Share links: making them, who used them, and ending them. They are served by the door alone."""

from http import HTTPStatus
from io import BytesIO

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import sharing as actions
from appliance.actions.mailing import mail_is_set
from appliance.actions.packing import require_few
from appliance.actions.photos import cards_of, wanted_ids
from appliance.domain.access import Permission
from appliance.domain.consent import PUBLICATION, Light, Purpose
from appliance.domain.errors import Mistake
from appliance.domain.photos import PhotoId
from appliance.domain.release import Recipient, ShareId
from appliance.domain.sharing import USUAL_DAYS, Terms
from appliance.domain.wording import Language
from webui import users
from webui.current import asking, asking_today, box, door_address
from webui.language import gettext
from webui.library import search_arguments, wanted_photos

pages = Blueprint("shares", __name__)
MOST = 200


@pages.get("/shares")
def index() -> ResponseReturnValue:
    """The latest links, newest first."""
    found = actions.shares(box().safe, **asking_today())
    return render_template("shares/index.html", found=found, names=users.names())


@pages.get("/shares/new")
def new() -> ResponseReturnValue:
    """The form."""
    given = request.args.get("purpose", "")
    purpose = Purpose(given) if given in {one.value for one in PUBLICATION} else Purpose.WEB
    chosen = [PhotoId(one) for one in request.args.getlist("photo")]
    if not chosen and search_arguments():
        chosen = list(wanted_ids(box().safe, wanted=wanted_photos(), limit=MOST, **asking()))
    cards = cards_of(box().safe, require_few(chosen), to=Permission.SHARE_MAKE, **asking_today())
    return render_template(
        "shares/new.html",
        cards=cards,
        green=[card for card in cards if card.lights[purpose] is Light.GREEN],
        purpose=purpose,
        days=min(USUAL_DAYS, box().config.share_days),
        longest=box().config.share_days,
        mail=mail_is_set(box().safe, now=box().now()),
        arguments=request.args.to_dict(flat=False),
    )


@pages.post("/shares")
def make() -> ResponseReturnValue:
    """Make a link, and show it with its password: now, and never again."""
    form = request.form
    chosen = require_few([PhotoId(one) for one in form.getlist("photo")])
    made = actions.create_share(
        box().safe, chosen, _terms(), form.get("password", ""), box().config.share_days, **asking()
    )
    link = f"{door_address()}/s/{made.token}"
    return render_template("shares/made.html", made=made, link=link, code=_code(link)), HTTPStatus.CREATED


def _terms() -> Terms:
    form = request.form
    try:
        return Terms(
            title=form.get("title", "").strip(),
            purpose=Purpose(form.get("purpose", "")),
            recipient=Recipient(form.get("recipient", "").strip(), form.get("email", "").strip()),
            days=int(form.get("days", "")),
            downloads=int(form.get("downloads", "")),
            language=Language(form.get("language", "")),
        )
    except ValueError as problem:
        raise Mistake("share:bad_form", "Something in the form is not understood.") from problem


def _code(link: str) -> str:
    """The QR code as SVG, to stand in a page."""
    drawn = BytesIO()
    segno.make(link, error="m").save(
        drawn, kind="svg", scale=4, xmldecl=False, svgns=True, svgclass="qr", lineclass=None, omitsize=False
    )
    return drawn.getvalue().decode("ascii")


@pages.get("/shares/<share_id>")
def show(share_id: str) -> ResponseReturnValue:
    """One link with its access log."""
    found = actions.share_history(box().safe, ShareId(share_id), **asking_today())
    return render_template("shares/show.html", found=found, names=users.names())


@pages.post("/shares/<share_id>/revoke")
def revoke(share_id: str) -> ResponseReturnValue:
    """End a link."""
    actions.revoke_share(box().safe, ShareId(share_id), **asking())
    flash(gettext("Revoked. The link opens nothing any more."), "done")
    return redirect(url_for("shares.show", share_id=share_id), HTTPStatus.SEE_OTHER)
