"""The parts that every page is made of, on one page: for whoever changes or adds one."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from appliance.domain.consent import Status
from webui import contrast

pages = Blueprint("design", __name__)


@pages.get("/design")
def show() -> ResponseReturnValue:
    """Drawn by the macros and style sheets that draw the other pages. It holds nothing of the safe."""
    return render_template("design/show.html", seen=contrast.seen(), statuses=tuple(Status))
