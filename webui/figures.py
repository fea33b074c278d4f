"""Figures to look at, month by month."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from appliance.actions.figures import figures
from webui.current import asking_today, box

pages = Blueprint("figures", __name__)


@pages.get("/figures")
def show() -> ResponseReturnValue:
    """The plots, each with its numbers."""
    return render_template("figures/show.html", found=figures(box().safe, **asking_today()))
