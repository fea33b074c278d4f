"""Saved searches: the list with what each finds now, saving, sharing and removing."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import searches as actions
from appliance.domain.searches import SavedSearchId
from webui import users
from webui.current import asking, asking_today, box
from webui.language import gettext
from webui.searching import arguments_of, wanted_photos

pages = Blueprint("searches", __name__)


@pages.get("/searches")
def index() -> ResponseReturnValue:
    """One's own saved searches, and those that others share."""
    found = actions.saved_searches(box().safe, known=box().known, **asking_today())
    return render_template("searches/index.html", found=found, names=users.names())


@pages.get("/searches/<search_id>")
def show(search_id: str) -> ResponseReturnValue:
    """What a saved search finds now, in the library."""
    search = actions.saved_search(box().safe, SavedSearchId(search_id), **asking())
    return redirect(url_for("library.show", **arguments_of(search.wanted)), HTTPStatus.SEE_OTHER)


@pages.post("/searches")
def save() -> ResponseReturnValue:
    """Save the search that the address asks for."""
    actions.save_search(
        box().safe,
        request.form.get("name", ""),
        wanted_photos(),
        shared=request.form.get("shared") == "1",
        **asking(),
    )
    flash(gettext("Saved."), "done")
    return redirect(url_for("searches.index"), HTTPStatus.SEE_OTHER)


@pages.post("/searches/<search_id>")
def change(search_id: str) -> ResponseReturnValue:
    """Another name, or shared or no longer."""
    actions.change_search(
        box().safe,
        SavedSearchId(search_id),
        request.form.get("name", ""),
        shared=request.form.get("shared") == "1",
        **asking(),
    )
    flash(gettext("Saved."), "done")
    return redirect(url_for("searches.index"), HTTPStatus.SEE_OTHER)


@pages.post("/searches/<search_id>/remove")
def remove(search_id: str) -> ResponseReturnValue:
    """Delete a saved search."""
    actions.remove_search(box().safe, SavedSearchId(search_id), **asking())
    flash(gettext("Removed. The photos stay."), "done")
    return redirect(url_for("searches.index"), HTTPStatus.SEE_OTHER)
