"""Duplicates: two photos side by side, and what becomes of them; and the variants of one item."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions.duplicates import lead, stand_alone
from appliance.actions.quarantine import discard, keep_both, merge, pair_at, waiting_pairs
from appliance.domain.errors import Mistake
from appliance.domain.photos import PhotoId
from webui.current import asking, asking_today, box
from webui.display import may
from webui.language import gettext

pages = Blueprint("duplicates", __name__)


@pages.get("/duplicates")
def index() -> ResponseReturnValue:
    """The pair at a place in the row, or what was to be decided is decided."""
    place = max(0, request.args.get("place", 1, type=int) - 1)
    return render_template("duplicates/index.html", pair=pair_at(box().safe, place, **asking_today()))


@pages.post("/duplicates/<photo_id>/<other_id>")
def decide(photo_id: str, other_id: str) -> ResponseReturnValue:
    """Merge into one of the two, keep both, or delete one."""
    later, earlier = PhotoId(photo_id), PhotoId(other_id)
    what, _, which = request.form.get("decision", "").partition("-")
    keep = later if which == "later" else earlier
    match what:
        case "merge":
            merge(box().safe, later, earlier, keep, bell=box().bell, **asking_today())
            flash(gettext("Merged: one photo is left, with the names of both."), "done")
        case "both":
            keep_both(box().safe, later, earlier, **asking_today())
            flash(gettext("Both are kept."), "done")
        case "only":
            discard(box().safe, later, earlier, keep, **asking_today())
            flash(gettext("Deleted. The same file does not come in again."), "done")
        case _:
            raise Mistake("duplicate:no_decision", "Choose what should become of the two photos.")
    place = request.form.get("place", 1, type=int)
    return redirect(url_for("duplicates.index", place=place, _anchor="pair"), HTTPStatus.SEE_OTHER)


@pages.post("/photos/<photo_id>/variant")
def variant(photo_id: str) -> ResponseReturnValue:
    """Let a variant stand for its item, or be a photo of its own."""
    change = lead if request.form.get("as") == "first" else stand_alone
    change(box().safe, PhotoId(photo_id), **asking_today())
    return redirect(url_for("photos.show", photo_id=photo_id), HTTPStatus.SEE_OTHER)


def waiting() -> int:
    """How many pairs wait, for whoever may decide about them."""
    return waiting_pairs(box().safe, **asking()) if may("photo:edit") else 0
