"""The audit log, for the administrator."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from appliance.actions import audit as actions
from appliance.actions.second_steps import qr_picture
from appliance.domain.errors import Mistake
from webui import users
from webui.current import asking, box

pages = Blueprint("audit", __name__)

# The nouns of the grammar of actions.
_NOUNS = (
    *("account", "audit", "face", "health", "import", "person", "photo", "quitclaim"),
    *("recognition", "release", "session", "user"),
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


@pages.get("/audit/looks")
def looks() -> ResponseReturnValue:
    """Who looked at a person or a photo."""
    thing = request.args.get("thing", "").strip()[:100]
    found = actions.looks_at(box().safe, thing, **asking())
    return render_template("audit/looks.html", thing=thing, found=found, names=users.names())


@pages.post("/audit/head")
def head() -> ResponseReturnValue:
    """The signed head, to print and keep outside the box."""
    signed = actions.sign_head(box().safe, **asking())
    return render_template("audit/head.html", signed=signed, picture=qr_picture(signed.line))


@pages.post("/audit/export")
def export() -> ResponseReturnValue:
    """The whole log as a file."""
    try:
        wanted = actions.Format(request.form.get("format", ""))
    except ValueError as problem:
        raise Mistake("audit:format", "Choose CSV or JSON Lines.") from problem
    answer = Response(actions.export(box().safe, wanted, **asking()))
    answer.mimetype = "text/csv" if wanted is actions.Format.CSV else "application/jsonl"
    answer.headers["Content-Disposition"] = f'attachment; filename="audit.{wanted}"'
    return answer


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
