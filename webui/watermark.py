"""The watermark of the house: how it looks, whose previews carry it, and what is marked unseen."""

from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import watermarks as actions
from appliance.domain.access import HELD_BY, Permission, Role
from appliance.domain.errors import Mistake
from webui.current import asking, box
from webui.language import gettext
from webui.releases import file

pages = Blueprint("watermark", __name__)
_RELEASERS = tuple(role for role in Role if Permission.RELEASE_MAKE in HELD_BY[role])


@pages.get("/watermark")
def show() -> ResponseReturnValue:
    """The form, with an example."""
    found = actions.watermark(box().safe, box().config.organisation, **asking())
    return render_template("watermark/show.html", found=found, roles=tuple(Role), releasers=_RELEASERS)


@pages.get("/watermark/example.jpg")
def example() -> ResponseReturnValue:
    """How it looks on light, dark and busy ground."""
    data = actions.example(box().safe, box().config.organisation, **asking())
    return file(data, "image/jpeg", "example.jpg")


@pages.post("/watermark")
def change() -> ResponseReturnValue:
    """Choose how previews are marked."""
    form = request.form
    before = actions.watermark(box().safe, box().config.organisation, **asking())
    try:
        opacity = int(form.get("opacity", "")) / 100
        roles = frozenset(Role(one) for one in form.getlist("role"))
        unseen = frozenset(Role(one) for one in form.getlist("unseen_role"))
    except ValueError as problem:
        raise Mistake(
            "watermark:opacity", "Choose how strong the watermark is.", "From 15 to 80 percent."
        ) from problem
    sent = request.files.get("logo")
    logo = sent.stream.read() if sent is not None and sent.filename else None
    kept = b"" if form.get("no_logo") == "1" else before.style.logo
    style = replace(before.style, text=form.get("text", ""), opacity=opacity, logo=kept)
    wanted = actions.Marking(style, roles, form.get("unseen_links") == "1", unseen)
    actions.change_watermark(box().safe, box().decoder, wanted, logo, **asking())
    flash(gettext("Saved."), "done")
    return redirect(url_for("watermark.show"), HTTPStatus.SEE_OTHER)
