"""The practice pages: the same pages under /practice, each newcomer in a safe of their own."""

import atexit
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, current_app, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import practice as actions
from appliance.actions import sign_in
from appliance.demo.practice import begin_anew, is_ready, newcomer, open_practice, portrait
from appliance.domain.access import UserId
from appliance.domain.errors import Mistake
from appliance.domain.sign_in import Step
from appliance.tasks import Jobs, PracticeBell
from appliance.wiring import Box
from webui import create_app
from webui.access import token
from webui.current import asking, box, where
from webui.guide import PRACTICE as PREFIX

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]

pages = Blueprint("practice", __name__)
_OPEN = 4  # practice safes that one process holds open
# What can be practised. Signing in, users, the log and the machine are the office's alone.
_ROOMS = frozenset(
    {
        *("practice", "library", "photos", "faces", "naming", "people", "quitclaims", "renewals"),
        *("releases", "recalls", "shoots", "imports", "uploads", "duplicates", "inbox", "collections"),
    }
)


class Practice:
    """Whose practice safes are open in this process, and which office they belong to."""

    def __init__(self, office: Box) -> None:
        self.office = office
        self._jobs = Jobs(office.config)
        self._open: OrderedDict[UserId, Box] = OrderedDict()
        self._lock = threading.Lock()
        atexit.register(self.close)

    def close(self) -> None:
        """Close those that are open."""
        with self._lock:
            while self._open:
                self._open.popitem()[1].close()

    def of(self, owner: UserId) -> Box:
        """Somebody's own, opened when need be; the one that was used longest ago is closed for it."""
        with self._lock:
            found = self._open.pop(owner, None)
            if found is not None and not found.config.database.exists():
                found.close()
                found = None
            found = found or open_practice(self.office.config, owner, PracticeBell(self._jobs, owner))
            self._open[owner] = found
            while len(self._open) > _OPEN:
                self._open.popitem(last=False)[1].close()
            return found

    def begin_anew(self, owner: UserId) -> None:
        """Throw somebody's away."""
        with self._lock:
            kept = self._open.pop(owner, None)
            if kept is not None:
                kept.close()
            begin_anew(self.office.config, owner)

    def enter(self) -> ResponseReturnValue | None:
        """Whoever is signed in at the office is a newcomer in a safe of their own; nobody else gets in."""
        office = self.office
        found = sign_in.signed_in(office.safe, token(), now=office.now(), address=where().address)
        if found is None or found.session.step is not Step.OPEN:
            g.user = g.signed_in = None
            return redirect(f"/sign-in?to={PREFIX}/", HTTPStatus.SEE_OTHER)
        g.owner = found.user.id
        g.box = self.of(found.user.id)
        g.user = replace(newcomer(g.box), language=found.user.language)
        g.signed_in = sign_in.SignedIn(g.user, found.session)
        if request.endpoint not in ("static", "appearance.choose") and request.blueprint not in _ROOMS:
            raise Mistake("practice:not_here", "This cannot be practised.", "Go back to the exercises.")
        return None


class Mount:
    """The office's pages, and below /practice the practice pages, made when they are first asked for."""

    def __init__(self, office: Wsgi, box: Box, *, https: bool) -> None:
        self._office = office
        self._box = box
        self._https = https
        self._practice: Flask | None = None
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        path = environ.get("PATH_INFO", "")
        below = path == PREFIX or path.startswith(f"{PREFIX}/")
        if not below or not is_ready(self._box.config):
            return self._office(environ, start_response)
        with self._lock:
            self._practice = self._practice or create_practice(self._box, https=self._https)
        root = environ.get("SCRIPT_NAME", "") + PREFIX
        inner = environ | {"SCRIPT_NAME": root, "PATH_INFO": path.removeprefix(PREFIX) or "/"}
        return self._practice(inner, start_response)

    def close(self) -> None:
        """Close what was opened for the practice pages."""
        if self._practice is not None:
            self._practice.extensions["practice"].close()


def create_practice(office: Box, *, https: bool) -> Flask:
    """The practice pages of an office."""
    practice = Practice(office)
    app = create_app(office, https=https, enter=practice.enter)
    app.config["SESSION_COOKIE_NAME"] = "__Host-practice" if https else "practice"
    app.extensions["box"] = None  # each request has the newcomer's own, or none
    app.extensions["practice"] = practice
    app.context_processor(lambda: {"practising": True})
    app.register_blueprint(pages)
    return app


@pages.get("/exercises")
def exercises() -> ResponseReturnValue:
    """What there is to do, and what is done."""
    return render_template("practice/exercises.html", done=actions.exercises(box().safe, **asking()))


@pages.get("/portrait.jpg")
def portrait_to_bring() -> ResponseReturnValue:
    """The portrait that the first exercise brings in."""
    return send_file(
        portrait(_own().office.config), "image/jpeg", as_attachment=True, download_name="portrait.jpg"
    )


@pages.post("/anew")
def anew() -> ResponseReturnValue:
    """Begin anew, in a fresh practice safe."""
    _own().begin_anew(g.owner)
    return redirect(url_for("practice.exercises"), HTTPStatus.SEE_OTHER)


def _own() -> Practice:
    found: Practice = current_app.extensions["practice"]
    return found
