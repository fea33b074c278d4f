"""Naming faces in bulk, and taking a change back."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions.faces import confirm_all
from appliance.actions.naming import nameless
from appliance.actions.photos import Filter
from appliance.actions.undo import latest_change, undo
from appliance.domain.changes import ChangeId
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.photos import FaceId, ImportId, PhotoId, ShootId
from webui import names
from webui.current import asking, asking_today, box, is_own
from webui.display import may
from webui.language import gettext, ngettext

pages = Blueprint("naming", __name__)


@pages.get("/faces")
def index() -> ResponseReturnValue:
    """Faces without a name, those that look alike side by side."""
    args = request.args
    wanted = Filter(
        untagged=True,
        shoot_id=ShootId(args["shoot"]) if args.get("shoot") else None,
        import_id=ImportId(args["import"]) if args.get("import") else None,
    )
    after = args.get("after")
    page = nameless(box().safe, wanted=wanted, after=PhotoId(after) if after else None, **asking_today())
    search = {key: args[key] for key in ("shoot", "import") if args.get(key)}
    return render_template(
        "naming/index.html",
        page=page,
        search=search,
        people=names.listed(),
        change=latest_change(box().safe, **asking()) if may("photo:edit") else None,
    )


@pages.post("/faces/name")
def name() -> ResponseReturnValue:
    """These faces are one person: by name, or as suggested."""
    form = request.form
    faces = [FaceId(one) for one in form.getlist("face")]
    if not faces:
        raise Mistake("face:none_chosen", "Choose one or more faces first.")
    chosen = form.get("person", "")
    person_id = (
        PersonId(chosen)
        if chosen
        else names.named(form.get("name", ""), create=form.get("new") == "1", seen_in=faces[0])
    )
    confirm_all(box().safe, faces, person_id, bell=box().bell, **asking_today())
    flash(ngettext("%(num)s face named.", "%(num)s faces named.", len(faces)) % {"num": len(faces)}, "done")
    to = form.get("to", "")
    return redirect(to if is_own(to) else url_for("naming.index"), HTTPStatus.SEE_OTHER)


@pages.post("/changes/<change_id>/undo")
def take_back(change_id: str) -> ResponseReturnValue:
    """Take back what was done to faces."""
    photos = undo(box().safe, ChangeId(change_id), bell=box().bell, **asking_today())
    flash(gettext("Taken back."), "done")
    to = request.form.get("to", "")
    if is_own(to):
        return redirect(to, HTTPStatus.SEE_OTHER)
    return redirect(url_for("photos.show", photo_id=photos[0]), HTTPStatus.SEE_OTHER)
