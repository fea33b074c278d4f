"""Light or dark: as the system is set, or as somebody chose in this browser. It works without scripts."""

from http import HTTPStatus

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webui.current import https, is_own

pages = Blueprint("appearance", __name__)

CHOICES = ("system", "light", "dark")
_YEAR = 365 * 24 * 3600


@pages.post("/appearance")
def choose() -> ResponseReturnValue:
    """Keep the choice in a cookie of this browser."""
    to, chosen = request.form.get("to", ""), request.form.get("appearance", "")
    answer = redirect(to if is_own(to) else url_for("library.show"), HTTPStatus.SEE_OTHER)
    if chosen in CHOICES:
        answer.set_cookie(
            _cookie(), chosen, _YEAR, path="/", secure=https(), httponly=True, samesite="Strict"
        )
    return answer


def _cookie() -> str:
    return "__Host-appearance" if https() else "appearance"


def appearance() -> str:
    """The choice of this browser."""
    kept = request.cookies.get(_cookie(), "")
    return kept if kept in CHOICES else "system"
