"""Shares and folders from which photos are taken: what was found, and for administrators the rules."""

from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import shares as actions
from appliance.actions.collections import latest_collections
from appliance.actions.shoots import shoots
from appliance.domain.collections import CollectionId
from appliance.domain.errors import Mistake
from appliance.domain.photos import ShootId
from appliance.domain.shares import After, Share, ShareId
from webui.current import asking, box
from webui.language import gettext, ngettext

pages = Blueprint("shares", __name__)


@pages.get("/shares")
def index() -> ResponseReturnValue:
    """Every share with its rule, and how it was found."""
    return render_template(
        "imports/shares.html",
        shares=actions.shares(box().safe, **asking()),
        shoots=shoots(box().safe, **asking()),
        collections=latest_collections(box().safe, limit=-1, **asking()),
        afters=tuple(After),
        roots=box().config.import_roots,
    )


@pages.post("/shares")
def put() -> ResponseReturnValue:
    """Add a share, or change one."""
    form = request.form
    after = form.get("after", "")
    if after not in set(After):
        raise Mistake("share:bad_rule", "Choose what becomes of the files.")
    share = Share(
        id=ShareId(form.get("id", "")) if form.get("id") else actions.new_share_id(),
        name=" ".join(form.get("name", "").split()),
        place=form.get("place", "").strip(),
        user=form.get("user", "").strip(),
        password=form.get("password", ""),
        shoot_id=ShootId(form["shoot"]) if form.get("shoot") else None,
        collection_id=CollectionId(form["collection"]) if form.get("collection") else None,
        after=After(after),
        active="active" in form,
    )
    if share.smb is None:
        _require_below_roots(share.place)
    actions.put_share(box().safe, share, **asking())
    flash(gettext("Saved. Try it to be sure."), "done")
    return redirect(url_for("shares.index"), HTTPStatus.SEE_OTHER)


def _require_below_roots(place: str) -> None:
    """The browser sets folders only where it may import from; the command line may set any.

    Raises:
        Mistake: when it is elsewhere.
    """
    roots = [root.resolve() for root in box().config.import_roots]
    if not any(Path(place or "/").resolve().is_relative_to(root) for root in roots):
        raise Mistake(
            "import:outside", "Photos are not imported from there.", "Choose a card or folder from the list."
        )


@pages.post("/shares/<share_id>/try")
def try_now(share_id: str) -> ResponseReturnValue:
    """Connect now."""
    found = actions.try_share(box().safe, ShareId(share_id), **asking())
    flash(ngettext("It works: %(num)s photo is there.", "It works: %(num)s photos are there.", found), "done")
    return redirect(url_for("shares.index"), HTTPStatus.SEE_OTHER)


@pages.post("/shares/<share_id>/remove")
def remove(share_id: str) -> ResponseReturnValue:
    """Forget one."""
    actions.remove_share(box().safe, ShareId(share_id), **asking())
    flash(gettext("The share is forgotten, with its password. Its photos stay in the safe."), "done")
    return redirect(url_for("shares.index"), HTTPStatus.SEE_OTHER)
