"""Dutch and English: the catalogue is read at start from its text file, so there is no build step."""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from flask import Flask, g, has_request_context, request

from appliance.domain.wording import Language
from webui.current import box, user

_FOLDER = Path(__file__).parent / "languages"


def set_up_language(app: Flask) -> None:
    """Let templates say `_("text")` and `ngettext`."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    install = app.jinja_env.install_gettext_callables  # type: ignore[attr-defined]
    install(gettext, ngettext, newstyle=True)
    app.context_processor(lambda: {"language": language()})


def language() -> Language:
    """The user's own; before signing in, the browser's; else the box's."""
    if not has_request_context():
        return Language.DUTCH
    if "language" not in g:
        g.language = _chosen()
    return Language(g.language)


def _chosen() -> Language:
    someone = user()
    if someone is not None:
        return Language(someone.language)
    best = request.accept_languages.best_match([one.value for one in Language])
    return Language(best) if best else box().config.language


def gettext(text: str) -> str:
    """The text in the language of the page."""
    return _catalogue().get(text, text) if language() is Language.DUTCH else text


def ngettext(one: str, several: str, count: int) -> str:
    """The text for a number of things."""
    return gettext(one if count == 1 else several)


@cache
def _catalogue() -> dict[str, str]:
    with (_FOLDER / "nl.po").open("rb") as stream:
        return {str(m.id): str(m.string) for m in read_po(stream) if m.id and m.string}
