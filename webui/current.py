"""What a view needs of the moment: the box, and who is asking."""

from datetime import date, datetime
from typing import Any, TypedDict, cast

from flask import current_app, g

from appliance.domain.access import VISITOR, Actor, User, acting
from appliance.wiring import Box


class When(TypedDict):
    """Who asks, and when: what most actions want."""

    by: Actor
    now: datetime


class WhenAndDay(When):
    """The same with the day in the office, for whatever depends on consents."""

    day: date


def box() -> Box:
    """The box that the pages are of."""
    return cast("Box", current_app.extensions["box"])


def user() -> User | None:
    """Who is signed in."""
    found: Any = g.get("user")
    return cast("User | None", found)


def asking() -> When:
    """Keyword arguments for an action."""
    someone = user()
    return {"by": acting(someone) if someone else VISITOR, "now": box().now()}


def asking_today() -> WhenAndDay:
    """Keyword arguments for an action that depends on the day."""
    return {**asking(), "day": box().today()}
