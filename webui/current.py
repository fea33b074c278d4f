"""What a view needs of the moment: the box, who is asking, and where from."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypedDict, cast
from urllib.parse import urlsplit

from flask import current_app, g, request

from appliance.actions.mailing import Office
from appliance.actions.second_steps import Site
from appliance.actions.sign_in import SignedIn
from appliance.domain.access import VISITOR, Actor, User, acting
from appliance.domain.sign_in import Step, Where
from appliance.wiring import Box
from webui.device import device_words


class When(TypedDict):
    """Who asks, and when: what most actions want."""

    by: Actor
    now: datetime


class WhenAndDay(When):
    """The same with the day in the office, for whatever depends on consents."""

    day: date


def box() -> Box:
    """The box that the pages are of."""
    return cast("Box", g.get("box") or current_app.extensions["box"])


def https() -> bool:
    """Whether browsers reach the pages over TLS."""
    return bool(current_app.config["KLUIS_HTTPS"])


def user() -> User | None:
    """Who is signed in."""
    found: Any = g.get("user")
    return cast("User | None", found)


def signed_in_so_far() -> SignedIn | None:
    """Whose session this is, whatever step it is at."""
    found: Any = g.get("signed_in")
    return cast("SignedIn | None", found)


def where() -> Where:
    """Where the request comes from."""
    return Where(request.remote_addr or "", device_words(request.user_agent.string))


def site() -> Site:
    """Where a passkey that is made or used on this page is good."""
    origin = request.host_url.rstrip("/")
    return Site(urlsplit(origin).hostname or "", origin, box().config.organisation)


def asking() -> When:
    """Keyword arguments for an action."""
    return {"by": _actor(), "now": box().now()}


def _actor() -> Actor:
    """Who asks; somebody who has to set up a second step may do that, and reaches no other page."""
    if "actor" in g:
        return cast("Actor", g.actor)  # a token's, whom the API found
    found, source = signed_in_so_far(), where().address
    if found is not None and found.session.step in (Step.OPEN, Step.ENROL):
        return acting(found.user, source=source, confirmed=found.session.confirmed(box().now()))
    return replace(VISITOR, source=source)


def asking_today() -> WhenAndDay:
    """Keyword arguments for an action that depends on the day."""
    return {**asking(), "day": box().today()}


def door_address() -> str:
    """Where the subject's door is reached: as published, else at the host of this page, on its own port."""
    config = box().config
    if config.door_address:
        return config.door_address.rstrip("/")
    host = urlsplit(request.host_url).hostname or config.hosts[0]
    named = f"[{host}]" if ":" in host else host
    return f"{'https' if https() else 'http'}://{named}:{config.door_port}"


def office() -> Office:
    """In whose name mail goes out: links for people lead to the door, those for staff to these pages."""
    return Office(box().config.organisation, door_address(), request.host_url)


def is_own(address: str) -> bool:
    """Whether an address leads to a page of ours, so that nobody is sent elsewhere.

    Browsers drop tabs and line ends and read a backslash as a slash, so these are refused too.
    """
    if not address.isprintable() or "\\" in address or not address.startswith("/"):
        return False
    parts = urlsplit(address)
    return not parts.scheme and not parts.netloc and not address.startswith("//")
