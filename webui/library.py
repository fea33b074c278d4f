"""The library: every photo in the safe, by page, with the lights that decide about it."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions.collections import latest_collections
from appliance.actions.intake import imports, unexamined
from appliance.actions.photos import library, lights_in_all
from appliance.actions.searches import choices, lights_found
from appliance.actions.shoots import shoots
from appliance.actions.undo import latest_change
from appliance.domain.photos import PhotoId, Stage
from webui import names
from webui.current import asking, asking_today, box
from webui.display import may
from webui.searching import chips, is_typed, search_arguments, wanted_photos, without_names

pages = Blueprint("library", __name__)
PAGE = 60
_IMPORTS_LISTED = 20
_COLLECTIONS_LISTED = 100


@pages.get("/")
def show() -> ResponseReturnValue:
    """A page of the photos that are wanted."""
    if is_typed(request.args):
        return redirect(url_for("library.show", **without_names(request.args)), HTTPStatus.SEE_OTHER)
    wanted, search, after = wanted_photos(), search_arguments(), request.args.get("after")
    page = library(
        box().safe,
        wanted=wanted,
        after=PhotoId(after) if after else None,
        limit=PAGE,
        known=box().known,
        **asking_today(),
    )
    found = lights_found(box().safe, wanted, known=box().known, **asking_today()) if search else None
    return render_template(
        "library/show.html",
        page=page,
        wanted=wanted,
        first=after is None,
        search=search,
        chips=chips(),
        more_open=bool(search.keys() - {"words", "light", "purpose"}),
        choices=choices(box().safe, **asking()),
        counts=found or lights_in_all(box().safe, **asking_today()),
        counted=found is not None,
        people=names.listed(),
        imports=imports(box().safe, limit=_IMPORTS_LISTED, **asking()),
        stages=tuple(Stage),
        shoots=shoots(box().safe, **asking()),
        collections=latest_collections(box().safe, limit=_COLLECTIONS_LISTED, **asking()),
        change=latest_change(box().safe, **asking()) if may("photo:edit") else None,
    )


@pages.post("/search")
def find() -> ResponseReturnValue:
    """Search for what the form says: posted, so that what was typed stands in no address."""
    return redirect(url_for("library.show", **without_names(request.form)), HTTPStatus.SEE_OTHER)


@pages.get("/waiting.json")
def waiting() -> ResponseReturnValue:
    """How many photos are still to be examined."""
    count = unexamined(box().safe, **asking())
    return {"waiting": count, "finished": count == 0, "page": url_for("library.show")}
