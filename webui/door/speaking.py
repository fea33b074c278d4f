"""How the door speaks: in the language that somebody chose, else the form's own; and in whose name."""

from http import HTTPStatus

from flask import Blueprint, Flask, g, redirect, request, session
from flask.typing import ResponseReturnValue

from appliance.actions.mailing import Office
from appliance.domain.errors import Mistake
from appliance.domain.wording import Language
from webui.current import box, is_own
from webui.language import gettext, language, ngettext

pages = Blueprint("speaking", __name__)


def set_up_speaking(app: Flask) -> None:
    """Let templates say `_("text")` and `ngettext`."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    install = app.jinja_env.install_gettext_callables  # type: ignore[attr-defined]
    install(gettext, ngettext, newstyle=True)
    app.context_processor(lambda: {"language": language(), "languages": tuple(Language)})
    app.register_blueprint(pages)


def speak(form_language: Language) -> None:
    """Use a form's own language, unless somebody chose another."""
    if "language" not in session:
        g.language = form_language


def office() -> Office:
    """In whose name mail goes out; its links lead to the address at which this page was opened."""
    return Office(box().config.organisation, request.host_url)


@pages.post("/language")
def choose() -> ResponseReturnValue:
    """Choose the language of this browser."""
    chosen, to = request.form.get("language", ""), request.form.get("to", "")
    if chosen not in set(Language) or not is_own(to):
        raise Mistake("user:language", "That language is not spoken here.", "Choose Dutch or English.")
    session["language"] = chosen
    return redirect(to, HTTPStatus.SEE_OTHER)
