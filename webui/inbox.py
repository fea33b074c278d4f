"""To do: what waits for whoever is signed in, and the first steps on a new box."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from appliance.actions import inbox as actions
from appliance.actions.intake import unexamined
from webui.cards import cards_waiting
from webui.current import asking, asking_today, box

pages = Blueprint("inbox", __name__)


@pages.get("/to-do")
def show() -> ResponseReturnValue:
    """What waits, the most urgent first."""
    steps = actions.first_steps(box().safe, **asking())
    return render_template(
        "inbox/show.html",
        found=actions.inbox(box().safe, **asking_today()),
        cards=cards_waiting(),
        examining=unexamined(box().safe, **asking()),
        taken=sum(steps.values()),
        steps=len(steps),
    )


@pages.get("/first-steps")
def first_steps() -> ResponseReturnValue:
    """From a new box to the first photo that may be used."""
    return render_template("inbox/first_steps.html", steps=actions.first_steps(box().safe, **asking()))
