"""Whether the box answers, for whatever watches it: one word, and nothing of what it holds."""

from http import HTTPStatus

from flask import Blueprint
from flask.typing import ResponseReturnValue

from appliance.actions.health import require_answer
from appliance.domain.errors import Fault
from webui.current import box

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def show() -> ResponseReturnValue:
    """200 when the safe answers, else 503."""
    try:
        require_answer(box().safe, now=box().now())
    except Fault:
        return "broken\n", HTTPStatus.SERVICE_UNAVAILABLE, {"Content-Type": "text/plain"}
    return "fine\n", {"Content-Type": "text/plain"}
