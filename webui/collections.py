"""Collections: making them, adding photos, ordering them, and taking changes back."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import collections as actions
from appliance.actions.photos import cards_of
from appliance.domain.access import Permission
from appliance.domain.collections import MOST_PHOTOS, CollectionId, CommentId
from appliance.domain.errors import Mistake
from appliance.domain.photos import PhotoId
from webui import users
from webui.current import asking, asking_today, box
from webui.language import gettext, ngettext

pages = Blueprint("collections", __name__)


@pages.get("/collections")
def index() -> ResponseReturnValue:
    """Every collection, the latest first."""
    found = actions.collections(box().safe, **asking_today())
    return render_template("collections/index.html", found=found, names=users.names())


@pages.post("/collections")
def make() -> ResponseReturnValue:
    """Make a collection, with the photos that were chosen for it."""
    form = request.form
    made = actions.create_collection(
        box().safe, form.get("title", ""), form.get("note", ""), _chosen(), **asking()
    )
    return redirect(url_for("collections.show", collection_id=made.id), HTTPStatus.SEE_OTHER)


@pages.get("/collections/choose")
def choose() -> ResponseReturnValue:
    """To which collection chosen photos go."""
    chosen = [PhotoId(one) for one in dict.fromkeys(request.args.getlist("photo"))][:MOST_PHOTOS]
    if not chosen:
        raise Mistake("collection:no_photos", "No photo was chosen.", "Choose photos in the library first.")
    return render_template(
        "collections/choose.html",
        cards=cards_of(box().safe, chosen, to=Permission.COLLECTION_EDIT, **asking_today()),
        found=actions.collections(box().safe, **asking_today()),
    )


@pages.post("/collections/photos")
def add() -> ResponseReturnValue:
    """Add photos to the collection that was chosen."""
    collection_id = CollectionId(request.form.get("collection", ""))
    added = actions.add_to_collection(box().safe, collection_id, _chosen(), **asking())
    flash(ngettext("%(num)s photo added.", "%(num)s photos added.", added) % {"num": added}, "done")
    return _back(collection_id)


def _chosen() -> list[PhotoId]:
    return [PhotoId(one) for one in request.form.getlist("photo")]


def _back(collection_id: str, anchor: str | None = None) -> ResponseReturnValue:
    page = url_for("collections.show", collection_id=collection_id, _anchor=anchor)
    return redirect(page, HTTPStatus.SEE_OTHER)


@pages.get("/collections/<collection_id>")
def show(collection_id: str) -> ResponseReturnValue:
    """One collection with its photos in order."""
    view = actions.collection_view(box().safe, CollectionId(collection_id), **asking_today())
    return render_template("collections/show.html", view=view, names=users.names())


@pages.post("/collections/<collection_id>")
def change(collection_id: str) -> ResponseReturnValue:
    """Give it another title or note."""
    title, note = request.form.get("title", ""), request.form.get("note", "")
    actions.change_collection(box().safe, CollectionId(collection_id), title, note, **asking())
    flash(gettext("Saved."), "done")
    return _back(collection_id)


@pages.post("/collections/<collection_id>/remove")
def remove(collection_id: str) -> ResponseReturnValue:
    """Take photos out."""
    gone = actions.take_out(box().safe, CollectionId(collection_id), _chosen(), **asking())
    flash(ngettext("%(num)s photo taken out.", "%(num)s photos taken out.", gone) % {"num": gone}, "done")
    return _back(collection_id)


@pages.post("/collections/<collection_id>/order")
def order(collection_id: str) -> ResponseReturnValue:
    """Give a photo another place."""
    photo_id, place = PhotoId(request.form.get("photo", "")), request.form.get("to", type=int)
    if place is None:
        raise Mistake("collection:bad_place", "That is no place.", "Fill in a number from 1 on.")
    actions.move_in_collection(box().safe, CollectionId(collection_id), photo_id, place - 1, **asking())
    return _back(collection_id, f"photo-{photo_id}")


@pages.post("/collections/<collection_id>/cover")
def cover(collection_id: str) -> ResponseReturnValue:
    """Choose which photo stands for it."""
    photo_id = PhotoId(request.form["photo"]) if request.form.get("photo") else None
    actions.choose_cover(box().safe, CollectionId(collection_id), photo_id, **asking())
    return _back(collection_id, f"photo-{photo_id}" if photo_id else None)


@pages.post("/collections/<collection_id>/comments")
def comment(collection_id: str) -> ResponseReturnValue:
    """Say something of it, or of a photo in it."""
    form, known = request.form, CollectionId(collection_id)
    photo_id = PhotoId(form["photo"]) if form.get("photo") else None
    actions.comment_on(box().safe, known, form.get("text", ""), photo_id, **asking())
    return _back(collection_id, f"photo-{photo_id}" if photo_id else "comments")


@pages.post("/comments/<comment_id>/delete")
def delete_comment(comment_id: str) -> ResponseReturnValue:
    """Delete what one said oneself."""
    collection_id = actions.delete_comment(box().safe, CommentId(comment_id), **asking())
    flash(gettext("Your comment was deleted."), "done")
    return _back(collection_id, "comments")


@pages.post("/collections/<collection_id>/delete")
def delete(collection_id: str) -> ResponseReturnValue:
    """Delete it; the photos stay."""
    actions.delete_collection(box().safe, CollectionId(collection_id), **asking())
    flash(gettext("The collection was deleted. Its photos are still in the library."), "done")
    return redirect(url_for("collections.index"), HTTPStatus.SEE_OTHER)


@pages.get("/collections/<collection_id>/history")
def history(collection_id: str) -> ResponseReturnValue:
    """What was done to it, the newest first."""
    found = actions.collection_history(box().safe, CollectionId(collection_id), **asking())
    return render_template("collections/history.html", found=found, names=users.names())


@pages.post("/collections/<collection_id>/changes/<int:number>/undo")
def undo(collection_id: str, number: int) -> ResponseReturnValue:
    """Take one change back."""
    actions.undo_change(box().safe, CollectionId(collection_id), number, **asking())
    flash(gettext("Taken back."), "done")
    return _to_history(collection_id)


@pages.post("/collections/<collection_id>/changes/<int:number>/put-back")
def put_back(collection_id: str, number: int) -> ResponseReturnValue:
    """Make it what it was right after a change."""
    actions.put_back(box().safe, CollectionId(collection_id), number, **asking())
    flash(gettext("The collection is again what it was then."), "done")
    return _to_history(collection_id)


def _to_history(collection_id: str) -> ResponseReturnValue:
    return redirect(url_for("collections.history", collection_id=collection_id), HTTPStatus.SEE_OTHER)
