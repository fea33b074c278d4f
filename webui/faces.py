"""What somebody says of the faces in a photo."""

from http import HTTPStatus

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import faces as actions
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.photos import Box, FaceId, PhotoId, Resolution
from webui import names
from webui.current import asking_today, box
from webui.searching import search_arguments

pages = Blueprint("faces", __name__)


@pages.post("/photos/<photo_id>/faces/<face_id>/confirm")
def confirm(photo_id: str, face_id: str) -> ResponseReturnValue:
    """This is the person suggested."""
    person_id = PersonId(request.form.get("person", ""))
    actions.confirm(box().safe, FaceId(face_id), person_id, bell=box().bell, **asking_today())
    return _back(photo_id, face_id)


@pages.post("/photos/<photo_id>/faces/<face_id>/reject")
def reject(photo_id: str, face_id: str) -> ResponseReturnValue:
    """This is not the person suggested."""
    actions.reject(box().safe, FaceId(face_id), PersonId(request.form.get("person", "")), **asking_today())
    return _back(photo_id, face_id)


@pages.post("/photos/<photo_id>/faces/<face_id>/name")
def name(photo_id: str, face_id: str) -> ResponseReturnValue:
    """This is somebody by name: known already, or new when that is asked for."""
    person_id = names.named(
        request.form.get("name", ""), create=request.form.get("new") == "1", seen_in=face_id
    )
    actions.confirm(box().safe, FaceId(face_id), person_id, bell=box().bell, **asking_today())
    return _back(photo_id, face_id)


@pages.post("/photos/<photo_id>/faces/<face_id>/unname")
def unname(photo_id: str, face_id: str) -> ResponseReturnValue:
    """Take the name back."""
    actions.unname(box().safe, FaceId(face_id), **asking_today())
    return _back(photo_id, face_id)


@pages.post("/photos/<photo_id>/faces/<face_id>/resolve")
def resolve(photo_id: str, face_id: str) -> ResponseReturnValue:
    """Not recognisable, to be blurred, or open again."""
    try:
        resolution = Resolution(request.form.get("resolution", ""))
    except ValueError as problem:
        raise Mistake("face:resolution", "Choose what holds for this face.") from problem
    actions.resolve(box().safe, FaceId(face_id), resolution, **asking_today())
    return _back(photo_id, face_id)


@pages.post("/photos/<photo_id>/faces/<face_id>/remove")
def remove(photo_id: str, face_id: str) -> ResponseReturnValue:
    """This is no face."""
    actions.remove_face(box().safe, FaceId(face_id), **asking_today())
    return _back(photo_id)


@pages.post("/photos/<photo_id>/faces")
def add(photo_id: str) -> ResponseReturnValue:
    """A face drawn by hand, or a person who is recognisable without one."""
    typed = request.form.get("name", "").strip()
    drawn = _drawn()
    if drawn is None and not typed:
        raise Mistake("face:nobody", "Say who it is, or draw a box around the face.")
    person_id = names.named(typed, create=request.form.get("new") == "1", seen_in=photo_id) if typed else None
    face_id = actions.add_face(
        box().safe, PhotoId(photo_id), drawn, bell=box().bell, person_id=person_id, **asking_today()
    )
    return _back(photo_id, face_id)


def _drawn() -> Box | None:
    """The box in the form, which has percentages of the picture; None when it has none."""
    values = [request.form.get(key, "").strip() for key in ("left", "top", "width", "height")]
    if not any(values):
        return None
    try:
        left, top, width, height = (float(value.replace(",", ".")) / 100 for value in values)
    except ValueError as problem:
        raise Mistake("face:no_box", "That is no box.", "Draw a box around the whole face.") from problem
    if not all(-1 <= value <= 2 for value in (left, top, width, height)):
        raise Mistake("face:no_box", "That is no box.", "Draw a box around the whole face.")
    return Box(left, top, width, height)


def _back(photo_id: str, face_id: str = "") -> ResponseReturnValue:
    place = f"face-{face_id}" if face_id else "faces"
    page = url_for(
        "photos.show", photo_id=photo_id, face=face_id or None, _anchor=place, **search_arguments()
    )
    return redirect(page, HTTPStatus.SEE_OTHER)
