"""The audit log, for the administrator."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from appliance.actions import audit as actions
from webui.current import asking, box

pages = Blueprint("audit", __name__)


@pages.get("/audit")
def index() -> ResponseReturnValue:
    """The latest entries that fit."""
    search = {key: request.args.get(key, "")[:100] for key in ("thing", "actor", "action")}
    entries = actions.recent(box().safe, **search, **asking())
    return render_template("audit/index.html", entries=entries, search=search, checked=None)


@pages.post("/audit/check")
def check() -> ResponseReturnValue:
    """Walk the whole chain."""
    checked = actions.check(box().safe, **asking())
    entries = actions.recent(box().safe, **asking())
    search = {"thing": "", "actor": "", "action": ""}
    return render_template("audit/index.html", entries=entries, search=search, checked=checked)
