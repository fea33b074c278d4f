"""Every text that can reach a page has its Dutch, and every Dutch text is of one that can."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2 import Environment

from appliance.domain.access import Role
from appliance.domain.audit import Outcome
from appliance.domain.consent import PUBLICATION, Answer, Basis, Light, Purpose, Status
from appliance.domain.errors import KluisError, Mistake
from appliance.domain.people import Standing
from appliance.domain.photos import Origin, Resolution, Stage
from appliance.domain.wording import Language
from appliance.mail.smtp import _SENTENCES
from appliance.wiring import Box
from webui import create_app, words
from webui.language import gettext, ngettext

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "webui"
CATALOGUE = PAGES / "languages" / "nl.po"
FIELDS = re.compile(r"%\(\w+\)s|\{\w+\}")

# Rooms whose errors are shown at the command line or at start alone.
NOT_ON_PAGES = (
    *("cli", "demo", "config.py", "wiring.py"),
    *(
        "store/keyring_file.py",
        "store/keys.py",
        "store/recovery_kit.py",
        "store/rekey.py",
        "store/migrations",
    ),
    *("vision/archives.py", "vision/dlib_weights.py", "vision/runtime.py"),
)
ERRORS = {"KluisError", "Mistake", "Fault", "NotAllowed", "Unreadable", "Tampered"}
SET_ASIDE = re.compile(r"photo:\w+")


def texts_of_templates() -> Iterator[tuple[str, str]]:
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2)}
    options = {"extensions": "jinja2.ext.i18n"}
    for path in sorted((PAGES / "templates").rglob("*.html")):
        with path.open("rb") as stream:
            for _, text, _, _ in extract("jinja2.ext:babel_extract", stream, keywords, options=options):
                for one in (text,) if isinstance(text, str) else text:
                    yield one, str(path.relative_to(ROOT))


def texts_of_views() -> Iterator[tuple[str, str]]:
    keywords = {"gettext": None, "marked": None, "ngettext": (1, 2)}
    for path in sorted(PAGES.rglob("*.py")):
        with path.open("rb") as stream:
            for _, text, _, _ in extract("python", stream, keywords):
                for one in (text,) if isinstance(text, str) else text:
                    yield one, str(path.relative_to(ROOT))


def calls_of_errors(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
            yield node


def files_with_errors() -> Iterator[Path]:
    for path in sorted((ROOT / "appliance").rglob("*.py")):
        place = str(path.relative_to(ROOT / "appliance"))
        if not place.startswith(NOT_ON_PAGES) and place != "domain/errors.py":
            yield path
    yield from (path for path in sorted(PAGES.rglob("*.py")) if path.name != "server.py")


def texts_of_errors() -> Iterator[tuple[str, str]]:
    for path in files_with_errors():
        place = str(path.relative_to(ROOT))
        for call in calls_of_errors(path):
            for argument in call.args[1:3]:
                for part in ast.walk(argument):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value:
                        yield part.value, place


def texts_of_deliveries() -> Iterator[tuple[str, str]]:
    for sentence in _SENTENCES.values():
        yield from ((text, "appliance/mail/smtp.py") for text in sentence if text)


def everything() -> dict[str, str]:
    found: dict[str, str] = {}
    for text, place in (
        *texts_of_templates(),
        *texts_of_views(),
        *texts_of_errors(),
        *texts_of_deliveries(),
    ):
        found.setdefault(text, place)
    return found


def catalogue() -> dict[str, str]:
    found: dict[str, str] = {}
    with CATALOGUE.open("rb") as stream:
        for message in read_po(stream):
            if isinstance(message.id, str):
                found[message.id] = str(message.string)
            else:
                found.update(zip(message.id, message.string or (), strict=True))
    found.pop("", None)
    return found


def test_every_text_has_its_dutch() -> None:
    known = {text for text, dutch in catalogue().items() if dutch}
    missing = {text: place for text, place in everything().items() if text not in known}
    assert not missing


def test_no_dutch_is_left_over() -> None:
    assert not sorted(set(catalogue()) - set(everything()))


def test_the_dutch_has_the_same_fields() -> None:
    wrong = {
        text: dutch
        for text, dutch in catalogue().items()
        if sorted(FIELDS.findall(text)) != sorted(FIELDS.findall(dutch))
    }
    assert not wrong


def test_errors_on_pages_are_whole_sentences_and_never_put_together() -> None:
    put_together = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in files_with_errors()
        for call in calls_of_errors(path)
        if any(isinstance(argument, ast.JoinedStr) for argument in call.args[:3])
    ]
    assert not put_together, "use values={...}, so that the sentence can be translated"


def test_every_reason_to_set_a_photo_aside_has_its_words() -> None:
    rooms = (*(ROOT / "appliance" / "imaging").glob("*.py"), ROOT / "appliance" / "store" / "blobs.py")
    keys = {
        call.args[0].value
        for path in rooms
        for call in calls_of_errors(path)
        if call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
        and SET_ASIDE.fullmatch(call.args[0].value)
    }
    assert keys
    told = {key for key in keys if words.SET_ASIDE.get(key)}
    assert told == keys


def test_whatever_can_be_wrong_with_the_log_has_its_words() -> None:
    source = ast.parse((ROOT / "appliance" / "domain" / "audit.py").read_text("utf-8"))
    said = {
        part.value
        for function in source.body
        if isinstance(function, ast.FunctionDef) and function.name in ("verify", "_wrong_with")
        for part in ast.walk(function)
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and " " in part.value
    }
    said -= {ast.get_docstring(f) for f in source.body if isinstance(f, ast.FunctionDef)}
    assert said == set(words.BROKEN_LOG)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_member_of_a_closed_set_has_a_word(box: Box, language: str) -> None:
    app = create_app(box, https=False)
    sets = (Role, Outcome, Answer, Basis, Light, Purpose, Status, Standing, Origin, Resolution, Stage)
    with app.test_request_context(headers={"Accept-Language": language}):
        for members in sets:
            for one in members:
                assert words.words(one)
        for explained in (*Role, *Basis, *PUBLICATION):
            assert words.explained(explained)
        assert len({words.short(purpose) for purpose in PUBLICATION}) == len(PUBLICATION)


def test_an_error_is_told_in_the_language_of_the_page(box: Box) -> None:
    problem = Mistake("x:y", "That name cannot be kept.", "Use at most {most} letters.", values={"most": 200})
    basis = Mistake(
        "x:y",
        "This quitclaim rests on {basis}, which is not withdrawn like a consent.",
        values={"basis": Basis.LEGITIMATE_INTEREST},
    )
    assert problem.hint == "Use at most 200 letters."
    assert "legitimate interest" in basis.message
    app = create_app(box, https=False)
    with app.test_request_context(headers={"Accept-Language": "nl"}):
        assert words.hint(problem) == "Gebruik hooguit 200 letters."
        assert "gerechtvaardigd belang" in words.message(basis)
        assert ngettext("%(num)s photo", "%(num)s photos", 2) != ""
        assert gettext("Library") == "Bibliotheek"
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert words.hint(problem) == "Use at most 200 letters."
        assert gettext("Library") == "Library"


def test_a_sentence_with_braces_and_no_values_stays_as_it_is() -> None:
    assert KluisError("x:y", "Kept {as} it is.").message == "Kept {as} it is."


def test_the_languages_are_those_of_the_domain() -> None:
    assert {one.value for one in Language} == {"nl", "en"}


def test_templates_compile_and_hold_no_style_or_script() -> None:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for path in sorted((PAGES / "templates").rglob("*.html")):
        text = path.read_text("utf-8")
        environment.parse(text)
        assert not re.search(r"\sstyle=|<style|\son\w+=\"", text), path
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), path
