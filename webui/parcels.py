"""Share links: making them, who used them, and ending them. They are served by the door alone."""

from http import HTTPStatus
from io import BytesIO

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import parcels as actions
from appliance.actions.mailing import mail_is_set
from appliance.actions.packing import require_few
from appliance.actions.photos import cards_of
from appliance.domain.access import Permission
from appliance.domain.collections import CollectionId
from appliance.domain.consent import PUBLICATION, Light, Purpose
from appliance.domain.errors import Mistake
from appliance.domain.parcels import USUAL_DAYS, Terms
from appliance.domain.photos import PhotoId
from appliance.domain.release import ParcelId, Recipient
from appliance.domain.wording import Language
from webui import users
from webui.current import asking, asking_today, box, door_address
from webui.language import gettext
from webui.searching import chosen_photos

pages = Blueprint("parcels", __name__)
MOST = 200


@pages.get("/parcels")
def index() -> ResponseReturnValue:
    """The latest links, newest first."""
    found = actions.parcels(box().safe, **asking_today())
    return render_template("parcels/index.html", found=found, names=users.names())


@pages.get("/parcels/new")
def new() -> ResponseReturnValue:
    """The form."""
    given = request.args.get("purpose", "")
    purpose = Purpose(given) if given in {one.value for one in PUBLICATION} else Purpose.WEB
    chosen = chosen_photos(MOST)
    cards = cards_of(box().safe, require_few(chosen), to=Permission.PARCEL_MAKE, **asking_today())
    return render_template(
        "parcels/new.html",
        cards=cards,
        green=[card for card in cards if card.lights[purpose] is Light.GREEN],
        purpose=purpose,
        days=min(USUAL_DAYS, box().config.link_days),
        longest=box().config.link_days,
        collection=request.args.get("collection", ""),
        mail=mail_is_set(box().safe, now=box().now()),
        arguments=request.args.to_dict(flat=False),
    )


@pages.post("/parcels")
def make() -> ResponseReturnValue:
    """Make a link, and show it with its password: now, and never again."""
    form = request.form
    chosen = require_few([PhotoId(one) for one in form.getlist("photo")])
    followed = form.get("collection", "")
    made = actions.create_parcel(
        box().safe,
        chosen,
        _terms(),
        form.get("password", ""),
        box().config.link_days,
        collection_id=CollectionId(followed) if followed else None,
        **asking(),
    )
    link = f"{door_address()}/s/{made.token}"
    return render_template("parcels/made.html", made=made, link=link, code=_code(link)), HTTPStatus.CREATED


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
        raise Mistake("parcel:bad_form", "Something in the form is not understood.") from problem


def _code(link: str) -> str:
    """The QR code as SVG, to stand in a page."""
    drawn = BytesIO()
    segno.make(link, error="m").save(
        drawn, kind="svg", scale=4, xmldecl=False, svgns=True, svgclass="qr", lineclass=None, omitsize=False
    )
    return drawn.getvalue().decode("ascii")


@pages.get("/parcels/<parcel_id>")
def show(parcel_id: str) -> ResponseReturnValue:
    """One link with its access log."""
    found = actions.parcel_history(box().safe, ParcelId(parcel_id), **asking_today())
    return render_template("parcels/show.html", found=found, names=users.names())


@pages.post("/parcels/<parcel_id>/revoke")
def revoke(parcel_id: str) -> ResponseReturnValue:
    """End a link."""
    actions.revoke_parcel(box().safe, ParcelId(parcel_id), **asking())
    flash(gettext("Revoked. The link opens nothing any more."), "done")
    return redirect(url_for("parcels.show", parcel_id=parcel_id), HTTPStatus.SEE_OTHER)
