"""Erasures: what was erased for good, with the certificate of each; and erasing one photo."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import erasure as actions
from appliance.actions.certificates import erasure_certificate
from appliance.domain.erasure import Cause, ErasureId
from appliance.domain.errors import Mistake
from appliance.domain.photos import PhotoId
from appliance.domain.wording import Language
from webui import users
from webui.current import asking, box
from webui.language import gettext, language
from webui.releases import file

pages = Blueprint("erasures", __name__)
_SHOWN = 200


@pages.get("/erasures")
def index() -> ResponseReturnValue:
    """The newest first."""
    found = actions.erasures(box().safe, **asking())[::-1][:_SHOWN]
    return render_template("erasures/index.html", found=found, names=users.names())


@pages.get("/erasures/<erasure_id>")
def show(erasure_id: str) -> ResponseReturnValue:
    """One erasure, and until when it may lie in backups."""
    view = actions.erasure_of(box().safe, ErasureId(erasure_id), **asking())
    return render_template(
        "erasures/show.html",
        view=view,
        names=users.names(),
        today=box().today(),
        languages_of_it=tuple(sorted(Language, key=lambda one: one is not language())),
    )


@pages.post("/erasures/<erasure_id>/certificate.pdf")
def certificate(erasure_id: str) -> ResponseReturnValue:
    """The sealed certificate."""
    spoken = Language.ENGLISH if request.form.get("language") == "en" else Language.DUTCH
    data = erasure_certificate(box().safe, box().sealing, ErasureId(erasure_id), language=spoken, **asking())
    return file(data, "application/pdf", f"erasure-{erasure_id[:8]}.pdf")


@pages.post("/photos/<photo_id>/erase")
def erase_photo(photo_id: str) -> ResponseReturnValue:
    """Erase one photo, for a reason that is written down."""
    require_sure()
    cause = Cause.REQUEST if request.form.get("cause") == Cause.REQUEST else Cause.DECISION
    made = actions.erase_photo(box().safe, box().config.journal, PhotoId(photo_id), cause, **asking())
    flash(gettext("The photo is erased."), "done")
    return redirect(url_for("erasures.show", erasure_id=made.id), HTTPStatus.SEE_OTHER)


def require_sure() -> None:
    """That the box at the foot of the form was ticked, for what cannot be taken back.

    Raises:
        Mistake: when it was not.
    """
    if request.form.get("sure") != "1":
        raise Mistake("erasure:unsure", "Erasing cannot be taken back.", "Tick that you are sure.")
