"""Keywords, given to photos that were chosen or found, and taken off again."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions.photos import cards_of
from appliance.actions.tags import MOST_TAGGED, sensible_choice, tag_named, tag_photos, tags, untag_photos
from appliance.domain.access import Permission
from appliance.domain.photos import PhotoId
from webui.current import asking, asking_today, box, is_own
from webui.language import ngettext
from webui.searching import chosen_photos, search_arguments

pages = Blueprint("tags", __name__)
_CARDS = 12


@pages.get("/photos/tags")
def choose() -> ResponseReturnValue:
    """Which keyword the chosen photos, or those that the address finds, are to get or to lose."""
    chosen = sensible_choice(chosen_photos(MOST_TAGGED + 1))
    return render_template(
        "tags/choose.html",
        chosen=chosen,
        cards=cards_of(box().safe, chosen[:_CARDS], to=Permission.PHOTO_EDIT, **asking_today()),
        tags=tags(box().safe, **asking()),
        back=url_for("library.show", **search_arguments()),
    )


@pages.post("/photos/tags")
def change() -> ResponseReturnValue:
    """Give a keyword to photos, or take it off them."""
    form, safe = request.form, box().safe
    chosen, name = [PhotoId(one) for one in form.getlist("photo")], form.get("tag-name", "")
    if form.get("do") == "remove":
        untag_photos(safe, chosen, tag_named(safe, name, **asking()).id, **asking())
        told = ngettext("Taken off %(num)s photo.", "Taken off %(num)s photos.", len(chosen))
    else:
        tag_photos(safe, chosen, name, **asking())
        told = ngettext("Given to %(num)s photo.", "Given to %(num)s photos.", len(chosen))
    flash(told % {"num": len(chosen)}, "done")
    to = form.get("to", "")
    return redirect(to if is_own(to) else url_for("library.show"), HTTPStatus.SEE_OTHER)
