"""Dutch and English: the catalogue is read at start from its text file, so there is no build step."""

from functools import cache
from http import HTTPStatus
from pathlib import Path

from babel.messages.pofile import read_po
from flask import Blueprint, Flask, g, has_request_context, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from appliance.actions.access import choose_language
from appliance.domain.errors import Mistake
from appliance.domain.wording import Language
from webui.current import asking, box, is_own, user

pages = Blueprint("language", __name__)
_FOLDER = Path(__file__).parent / "languages"


def set_up_language(app: Flask) -> None:
    """Let templates say `_("text")` and `ngettext`."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    install = app.jinja_env.install_gettext_callables  # type: ignore[attr-defined]
    install(gettext, ngettext, newstyle=True)
    app.context_processor(lambda: {"language": language(), "languages": tuple(Language)})
    app.register_blueprint(pages)


@pages.post("/language")
def choose() -> ResponseReturnValue:
    """Choose the language: of one's own account, or of this browser before signing in."""
    chosen, someone = request.form.get("language", ""), user()
    if someone is not None:
        choose_language(box().safe, someone.id, chosen, **asking())
    elif chosen in set(Language):
        session["language"] = chosen
    else:
        raise Mistake("user:language", "That language is not spoken here.", "Choose Dutch or English.")
    to = request.form.get("to", "")
    return redirect(to if is_own(to) else url_for("library.show"), HTTPStatus.SEE_OTHER)


def language() -> Language:
    """The user's own; before signing in, the browser's; else the box's."""
    if not has_request_context():
        return Language.DUTCH
    if "language" not in g:
        g.language = _chosen()
    return Language(g.language)


def _chosen() -> Language:
    known = [one.value for one in Language]
    someone = user()
    if someone is not None:
        return Language(someone.language)
    if session.get("language") in known:
        return Language(session["language"])
    best = request.accept_languages.best_match(known)
    return Language(best) if best else box().config.language


def language_asked() -> None:
    """Speak the language that a program asks for; without one, that of the user for whom it acts."""
    best = request.accept_languages.best_match([one.value for one in Language])
    if best:
        g.language = Language(best)


def gettext(text: str) -> str:
    """The text in the language of the page."""
    return _catalogue().get(text, text) if language() is Language.DUTCH else text


def ngettext(one: str, several: str, count: int) -> str:
    """The text for a number of things."""
    return gettext(one if count == 1 else several)


def marked(text: str) -> str:
    """Text that is translated later, where it is shown; marked for the catalogue."""
    return text


@cache
def _catalogue() -> dict[str, str]:
    with (_FOLDER / "nl.po").open("rb") as stream:
        messages = [message for message in read_po(stream) if message.id and message.string]
    found: dict[str, str] = {}
    for message in messages:
        if isinstance(message.id, str):
            found[message.id] = str(message.string)
        else:
            found.update(zip(message.id, message.string or (), strict=True))
    return found
