"""The audit log, for the administrator."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from appliance.actions import audit as actions
from webui import users
from webui.current import asking, box

pages = Blueprint("audit", __name__)

# The nouns of the grammar of actions.
_NOUNS = (
    *("audit", "face", "health", "import", "person", "photo", "quitclaim", "recognition", "release"),
    *("session", "user"),
)


@pages.get("/audit")
def index() -> ResponseReturnValue:
    """The latest entries that fit."""
    search = {key: request.args.get(key, "").strip()[:100] for key in ("thing", "actor", "action")}
    entries = actions.recent(
        box().safe, thing=search["thing"], actor=search["actor"], action=search["action"], **asking()
    )
    return render_template(
        "audit/index.html", entries=entries, search=search, checked=None, nouns=_NOUNS, names=users.names()
    )


@pages.post("/audit/check")
def check() -> ResponseReturnValue:
    """Walk the whole chain."""
    checked = actions.check(box().safe, **asking())
    return render_template(
        "audit/index.html",
        entries=actions.recent(box().safe, **asking()),
        search={"thing": "", "actor": "", "action": ""},
        checked=checked,
        nouns=_NOUNS,
        names=users.names(),
    )
