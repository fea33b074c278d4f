"""Tags: given to photos that were chosen or found, and taken off again."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions.tags import MOST_TAGGED, tag_named, tag_photos, untag_photos
from appliance.domain.photos import PhotoId
from webui.current import asking, box, is_own
from webui.language import ngettext
from webui.searching import chosen_photos

pages = Blueprint("tags", __name__)


@pages.post("/photos/tags")
def change() -> ResponseReturnValue:
    """Give a tag to photos, or take it off them."""
    chosen, name, safe = _chosen(), request.form.get("tag-name", ""), box().safe
    if request.form.get("do") == "remove":
        untag_photos(safe, chosen, tag_named(safe, name, **asking()).id, **asking())
        told = ngettext("Taken off %(num)s photo.", "Taken off %(num)s photos.", len(chosen))
    else:
        tag_photos(safe, chosen, name, **asking())
        told = ngettext("%(num)s photo tagged.", "%(num)s photos tagged.", len(chosen))
    flash(told % {"num": len(chosen)}, "done")
    to = request.form.get("to", "")
    return redirect(to if is_own(to) else url_for("library.show"), HTTPStatus.SEE_OTHER)


def _chosen() -> list[PhotoId]:
    """Those that were ticked, or all that the address finds."""
    if request.form.get("all") == "1":
        return chosen_photos(MOST_TAGGED + 1)
    return [PhotoId(one) for one in request.form.getlist("photo")]
