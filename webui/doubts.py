"""Places in a photo where somebody may be: nobody is there, or somebody is, and who."""

from http import HTTPStatus

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import doubts as actions
from appliance.domain.photos import DoubtId
from webui import names
from webui.current import asking_today, box
from webui.searching import search_arguments

pages = Blueprint("doubts", __name__)


@pages.post("/photos/<photo_id>/doubts/<doubt_id>/nobody")
def nobody(photo_id: str, doubt_id: str) -> ResponseReturnValue:
    """Nobody is there."""
    actions.nobody_there(box().safe, DoubtId(doubt_id), **asking_today())
    return _back(photo_id, f"doubt-{doubt_id}")


@pages.post("/photos/<photo_id>/doubts/<doubt_id>/somebody")
def somebody(photo_id: str, doubt_id: str) -> ResponseReturnValue:
    """Somebody is there: by name, or as a face without one."""
    typed = request.form.get("name", "").strip()
    person_id = names.named(typed, create=request.form.get("new") == "1", seen_in=doubt_id) if typed else None
    face_id = actions.somebody_there(
        box().safe, DoubtId(doubt_id), bell=box().bell, person_id=person_id, **asking_today()
    )
    return _back(photo_id, f"face-{face_id}", face_id)


@pages.post("/photos/<photo_id>/doubts/<doubt_id>/again")
def again(photo_id: str, doubt_id: str) -> ResponseReturnValue:
    """Somebody said that nobody is there, and takes it back."""
    actions.ask_again(box().safe, DoubtId(doubt_id), **asking_today())
    return _back(photo_id, f"doubt-{doubt_id}")


def _back(photo_id: str, place: str, face_id: str | None = None) -> ResponseReturnValue:
    page = url_for("photos.show", photo_id=photo_id, _anchor=place, face=face_id, **search_arguments())
    return redirect(page, HTTPStatus.SEE_OTHER)
