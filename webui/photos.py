"""One photo: its picture, lights and release. Faces have pages of their own."""

from datetime import date
from http import HTTPStatus

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from appliance.actions import watermarks
from appliance.actions.collections import collections_with
from appliance.actions.descriptions import describe
from appliance.actions.duplicates import variants
from appliance.actions.holds import holds_on
from appliance.actions.life import photo_life
from appliance.actions.photos import (
    BlobKind,
    PhotoView,
    count_heads,
    face_picture,
    look_at,
    verdicts,
)
from appliance.actions.retention import kept_until
from appliance.actions.undo import latest_change
from appliance.domain.access import Permission
from appliance.domain.consent import Purpose
from appliance.domain.descriptions import Description, keywords_in
from appliance.domain.errors import Mistake
from appliance.domain.photos import FaceId, PhotoId
from appliance.domain.recognition import is_minor
from appliance.domain.release import usual_order
from webui import names, releases, users
from webui.current import asking, asking_today, box
from webui.display import may
from webui.searching import search_arguments, wanted_photos

pages = Blueprint("photos", __name__)
FACES = 40  # on one page; of a photo with more, the list goes on on the next


@pages.get("/photos/<photo_id>")
def show(photo_id: str) -> ResponseReturnValue:
    """The photo with its faces and lights."""
    view = look_at(box().safe, PhotoId(photo_id), within=wanted_photos(), known=box().known, **asking_today())
    return render_template(
        "photos/show.html",
        view=view,
        people=names.listed(),
        minors={p.id for p in view.people.values() if is_minor(p, box().today())},
        change=latest_change(box().safe, **asking()) if may("photo:edit") else None,
        search=search_arguments(),
        names=users.names(),
        part=_part(view),
        collections=collections_with(box().safe, view.photo.id, **asking()),
        holds=holds_on(box().safe, view.photo.id, **asking()),
        kept=kept_until(box().safe, view.photo.id, **asking()) if may(Permission.RETENTION_VIEW) else None,
        forever=date.max,
        today=box().today(),
        variants=variants(box().safe, view.photo.id, **asking()),
        parts=range(-(-len(view.faces) // FACES)),
        faces_each=FACES,
    )


def _part(view: PhotoView) -> int:
    """Which part of the list of faces is wanted, from 0 on: the one that holds a face, or by its number."""
    wanted = request.args.get("face", "")
    held = next((i // FACES for i, one in enumerate(view.faces) if one.face.id == wanted), None)
    last = max(0, len(view.faces) - 1) // FACES
    return held if held is not None else min(max(0, request.args.get("part", 1, type=int) - 1), last)


@pages.get("/photos/<photo_id>/on")
def on_day(photo_id: str) -> ResponseReturnValue:
    """What held on another day; a past one is answered from what was known then."""
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError as problem:
        raise Mistake("photo:bad_day", "That is not a day.", "Choose one from the calendar.") from problem
    today = box().today()
    ((photo, decided, people),) = verdicts(box().safe, [PhotoId(photo_id)], day=day, today=today, **asking())
    return render_template(
        "photos/on_day.html", photo=photo, verdicts=decided, people=people, day=day, today=today
    )


@pages.get("/photos/<photo_id>/<any(proxy, thumbnail):kind>.jpg")
def preview(photo_id: str, kind: str) -> ResponseReturnValue:
    """A picture to look at."""
    data = watermarks.preview(
        box().safe,
        box().decoder,
        PhotoId(photo_id),
        BlobKind(kind),
        box().config.organisation,
        **asking(),
    )
    return _jpeg(data)


@pages.get("/photos/<photo_id>/life")
def life(photo_id: str) -> ResponseReturnValue:
    """What happened to it, from the day it came."""
    return render_template("photos/life.html", life=photo_life(box().safe, PhotoId(photo_id), **asking()))


@pages.get("/faces/<face_id>.jpg")
def face(face_id: str) -> ResponseReturnValue:
    """One face, cut out."""
    return _jpeg(face_picture(box().safe, box().decoder, FaceId(face_id), **asking()))


def _jpeg(data: bytes) -> Response:
    """The browser may keep it, but asks each time, so that each look is allowed and in the audit log."""
    answer = make_response(data)
    answer.mimetype = "image/jpeg"
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)


@pages.post("/photos/<photo_id>/heads")
def heads(photo_id: str) -> ResponseReturnValue:
    """Attest how many people can be recognised."""
    text = request.form.get("heads", "")
    if not text.isdecimal() or len(text) > len("10000"):
        raise Mistake("photo:head_count", "That is not a number of people.", "Fill in 0 or more.")
    count_heads(box().safe, PhotoId(photo_id), int(text), **asking_today())
    page = url_for("photos.show", photo_id=photo_id, _anchor="lights", **search_arguments())
    return redirect(page, HTTPStatus.SEE_OTHER)


@pages.post("/photos/<photo_id>/description")
def described(photo_id: str) -> ResponseReturnValue:
    """Write what is told of it: title, caption, keywords, and to whom it is due."""
    told = Description(
        title=request.form.get("title", ""),
        caption=request.form.get("caption", ""),
        keywords=keywords_in(request.form.get("keywords", "")),
        creator=request.form.get("creator", ""),
        credit=request.form.get("credit", ""),
        copyright_notice=request.form.get("copyright_notice", ""),
    )
    describe(box().safe, PhotoId(photo_id), told, **asking())
    page = url_for("photos.show", photo_id=photo_id, _anchor="description", **search_arguments())
    return redirect(page, HTTPStatus.SEE_OTHER)


@pages.post("/photos/<photo_id>/release")
def release_now(photo_id: str) -> ResponseReturnValue:
    """Hand out a copy for a purpose; unless the light is green, say why not."""
    try:
        purpose = Purpose(request.form.get("purpose", ""))
    except ValueError as problem:
        raise Mistake("release:purpose", "Choose what the copy is for.") from problem
    return releases.handed_out(PhotoId(photo_id), usual_order(purpose))
