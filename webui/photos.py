"""One photo: its picture, lights and release. Faces have pages of their own."""

from http import HTTPStatus

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions.people import person_names
from appliance.actions.photos import BlobKind, count_heads, face_picture, look_at, picture
from appliance.actions.release import release, releases
from appliance.domain.consent import Purpose
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.photos import FaceId, PhotoId
from webui.current import asking, asking_today, box
from webui.language import gettext, language
from webui.library import search_arguments, wanted_photos

pages = Blueprint("photos", __name__)


@pages.get("/photos/<photo_id>")
def show(photo_id: str) -> ResponseReturnValue:
    """The photo with its faces and lights."""
    view = look_at(box().safe, PhotoId(photo_id), within=wanted_photos(), **asking_today())
    return render_template(
        "photos/show.html",
        view=view,
        people=person_names(box().safe, **asking()),
        search=search_arguments(),
    )


@pages.get("/photos/<photo_id>/<any(proxy, thumbnail):kind>.jpg")
def preview(photo_id: str, kind: str) -> ResponseReturnValue:
    """A picture to look at."""
    return _jpeg(picture(box().safe, PhotoId(photo_id), BlobKind(kind), **asking()))


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
    made: Response = answer.make_conditional(request)
    return made


@pages.post("/photos/<photo_id>/heads")
def heads(photo_id: str) -> ResponseReturnValue:
    """Attest how many people can be recognised."""
    text = request.form.get("heads", "")
    if not text.isdecimal():
        raise Mistake("photo:head_count", "That is not a number of people.", "Fill in 0 or more.")
    count_heads(box().safe, PhotoId(photo_id), int(text), **asking_today())
    return redirect(url_for("photos.show", photo_id=photo_id) + "#lights", HTTPStatus.SEE_OTHER)


@pages.post("/photos/<photo_id>/release")
def release_now(photo_id: str) -> ResponseReturnValue:
    """Hand out a copy for a purpose; unless the light is green, say why not."""
    try:
        purpose = Purpose(request.form.get("purpose", ""))
    except ValueError as problem:
        raise Mistake("release:purpose", "Choose what the copy is for.") from problem
    try:
        copy = release(
            box().safe,
            box().decoder,
            PhotoId(photo_id),
            purpose,
            credit=box().config.credit,
            language=language(),
            **asking_today(),
        )
    except NotAllowed as problem:
        if not problem.reasons:
            raise
        page = render_template("photos/refused.html", photo_id=photo_id, purpose=purpose, problem=problem)
        return page, HTTPStatus.FORBIDDEN
    answer = make_response(copy.data)
    answer.mimetype = "image/jpeg"
    answer.headers["Content-Disposition"] = f'attachment; filename="{copy.file_name}"'
    return answer


@pages.get("/releases")
def released() -> ResponseReturnValue:
    """The copies that left."""
    found = releases(box().safe, **asking())
    return render_template("photos/releases.html", releases=found, title=gettext("Releases"))
