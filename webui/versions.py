"""Versions of what is known of a photo: who changed what, two side by side, and back."""

from http import HTTPStatus
from itertools import pairwise

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import versions as actions
from appliance.domain.photos import PhotoId
from appliance.domain.versions import OF_FACES, Known, differences
from webui import users
from webui.current import asking, asking_today, box
from webui.language import gettext

pages = Blueprint("versions", __name__)


@pages.get("/photos/<photo_id>/versions")
def index(photo_id: str) -> ResponseReturnValue:
    """Every version, the newest first; two of them side by side."""
    found = actions.photo_history(box().safe, PhotoId(photo_id), **asking())
    steps = [
        (after, tuple(differences(before.known, after.known))) for after, before in pairwise(found.versions)
    ]
    numbered = {one.number: one for one in found.versions}
    newest = max(numbered, default=0)
    compared = [
        numbered.get(request.args.get(key, otherwise, type=int))
        for key, otherwise in (("one", newest - 1), ("other", newest))
    ]
    return render_template(
        "versions/index.html",
        found=found,
        steps=steps,
        compared=[one for one in compared if one is not None],
        parts=tuple(Known),
        of_faces=OF_FACES,
        names=users.names(),
    )


@pages.post("/photos/<photo_id>/versions/<int:number>/undo")
def undo(photo_id: str, number: int) -> ResponseReturnValue:
    """Take back what one version changed."""
    actions.undo_version(box().safe, PhotoId(photo_id), number, **asking_today())
    flash(gettext("Taken back."), "done")
    return redirect(url_for("versions.index", photo_id=photo_id), HTTPStatus.SEE_OTHER)


@pages.post("/photos/<photo_id>/versions/<int:number>/put-back")
def put_back(photo_id: str, number: int) -> ResponseReturnValue:
    """Put a version back."""
    actions.put_back_version(box().safe, PhotoId(photo_id), number, **asking_today())
    flash(gettext("That version is back."), "done")
    return redirect(url_for("versions.index", photo_id=photo_id), HTTPStatus.SEE_OTHER)
