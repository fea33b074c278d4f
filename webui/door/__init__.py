"""The subject's door: signing a form and one's own page, by a personal link, and nothing else.

It is an application of its own, so that what is shown beyond the office has no way to anything else: it
knows no sign-in, no library and no search. Whoever holds a link holds the right, of that link alone.
"""

from pathlib import Path

from flask import Flask

from appliance.wiring import Box
from webui import health
from webui.display import set_up_display
from webui.door import forms, own, parcels, recalls, speaking
from webui.errors import set_up_errors
from webui.guards import set_up_guards, set_up_requests

__all__ = ["create_door"]

_SHARED = Path(__file__).parents[1]


def create_door(box: Box, *, https: bool) -> Flask:
    """The door of an open box. https: whether browsers reach it over TLS."""
    app = Flask(
        "webui.door",
        template_folder=str(_SHARED / "templates"),
        static_folder=str(_SHARED / "static"),
        static_url_path="/static",
    )
    app.extensions["box"] = box
    set_up_requests(app, box, https=https)
    app.config["SESSION_COOKIE_NAME"] = "__Host-door" if https else "door"
    app.config["KLUIS_ERROR_PAGE"] = "door/error.html"
    app.before_request(own.let_selfies_in)
    set_up_guards(app)
    speaking.set_up_speaking(app)
    set_up_display(app)
    set_up_errors(app)
    for page in (forms, own, recalls, parcels, health):
        app.register_blueprint(page.pages)
    return app
