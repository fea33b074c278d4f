"""The letters: whole in both languages, in plain words; what a stranger typed is never more than a name."""

import re
import string
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.consent import Answer, Basis, Purpose, Term, Why
from appliance.domain.digests import About
from appliance.domain.duties import Duty
from appliance.domain.health import Concern
from appliance.domain.wording import Language
from appliance.mail import texts
from appliance.mail.messages import (
    AlertLine,
    Message,
    MessageKind,
    Reader,
    alarm,
    alert_digest,
    at_sixteen,
    audit_head,
    confirmation_code,
    digest,
    findings_overdue,
    needs_somebody,
    parcel_code,
    photo_affected,
    recall_notice,
    renewal_request,
    request_to_sign,
    signed_copy,
    trial,
    withdrawal_confirmation,
)
from tests.domain.readability import reading_ease, sentences

LINK = "https://kluis.example/f/abc"
DAY = date(2027, 3, 1)
TERMS = (
    Term(Purpose.WEB, Answer.GRANTED, None, DAY),
    Term(Purpose.SOCIAL_MEDIA, Answer.GRANTED),
    Term(Purpose.PRESS, Answer.DECLINED, None, DAY),
)
SOON = AlertLine(date(2026, 12, 24), 30, (Purpose.WEB, Purpose.PRINT), 12, f"{LINK}/1", who="Anna de Vries")
LATER = AlertLine(date(2027, 1, 23), 60, (Purpose.WEB,), 1, f"{LINK}/2", Why.CAME_OF_AGE)
Letter = Callable[[Reader], Message]

LETTERS: dict[str, Letter] = {
    "request": lambda to: request_to_sign(to, LINK, DAY),
    "request to a guardian": lambda to: request_to_sign(to, LINK, DAY, guardian=True),
    "request for an agreement": lambda to: request_to_sign(to, LINK, DAY, basis=Basis.AGREEMENT),
    "at sixteen": lambda to: at_sixteen(to, LINK, DAY),
    "code": lambda to: confirmation_code(to, "123456", 15),
    "signed": lambda to: signed_copy(to, TERMS, LINK),
    "signed agreement": lambda to: signed_copy(to, TERMS, LINK, basis=Basis.AGREEMENT),
    "digest": lambda to: alert_digest(to, (LATER, SOON), LINK),
    "digest of one": lambda to: alert_digest(to, (SOON,), LINK),
    "renewal": lambda to: renewal_request(to, TERMS[:2], LINK, DAY),
    "renewal by a guardian": lambda to: renewal_request(to, TERMS[:1], LINK, DAY, guardian=True),
    "withdrawn": lambda to: withdrawal_confirmation(to, (Purpose.WEB,), DAY, LINK),
    "affected": lambda to: photo_affected(to, 3, (Purpose.WEB,), LINK),
    "the machine": lambda to: needs_somebody(to, tuple(Concern), LINK),
    "one affected": lambda to: photo_affected(to, 1, (Purpose.WEB,), LINK),
    "alarm": lambda to: alarm(to, (Duty.BACKUP, Duty.CANARY), LINK),
    "what happened": lambda to: digest(to, dict.fromkeys(About, 3) | {About.PHOTOS: 1}, LINK),
    "findings": lambda to: findings_overdue(to, ["Rights", "Files on the disk"], LINK),
    "recall": lambda to: recall_notice(to, Purpose.WEB, DAY, "abcdefgh", LINK),
    "audit head": lambda to: audit_head(to, "portretkluis-head 1 ed25519 7"),
    "share code": lambda to: parcel_code(to, "123456", 15),
    "trial": trial,
}
every_letter = pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
every_language = pytest.mark.parametrize("language", Language)


def reader(language: Language = Language.DUTCH, name: str = "Anna de Vries") -> Reader:
    return Reader("anna@example.nl", language, "Gemeente Voorbeeld", name)


@every_letter
@every_language
def test_every_letter_is_whole(letter: Letter, language: Language) -> None:
    message = letter(reader(language))
    assert (message.address, message.language) == ("anna@example.nl", language)
    assert message.subject
    assert "\n" not in message.subject
    assert message.text.startswith(("Beste Anna de Vries,\n\n", "Dear Anna de Vries,\n\n"))
    assert "Gemeente Voorbeeld" in message.text
    assert not re.search(r"[{}]", message.subject + message.text)
    assert "\u2014" not in message.text
    assert "\u2013" not in message.text


@every_letter
def test_both_languages_differ(letter: Letter) -> None:
    dutch, english = (letter(reader(language)) for language in Language)
    assert dutch.kind is english.kind
    assert dutch.subject != english.subject
    assert dutch.text != english.text
    assert dutch.text.count(LINK) == english.text.count(LINK)


@every_letter
@every_language
def test_plain_words(letter: Letter, language: Language) -> None:
    text = letter(reader(language)).text.replace(LINK, "")
    assert reading_ease(text, language) >= 65
    assert max(map(len, sentences(text))) <= 20


def test_every_kind_is_written() -> None:
    assert {letter(reader()).kind for letter in LETTERS.values()} == set(MessageKind)


@pytest.mark.parametrize("key", sorted(texts.BODIES))
def test_both_languages_say_the_same_things(key: str) -> None:
    for table in (texts.SUBJECTS, texts.BODIES):
        slots = [
            sorted({name for _, name, _, _ in string.Formatter().parse(table[key][language]) if name})
            for language in Language
        ]
        assert slots[0] == slots[1]
        assert table[key][Language.DUTCH].count("\n\n") == table[key][Language.ENGLISH].count("\n\n")


def test_a_code_comes_without_a_link() -> None:
    message = confirmation_code(reader(), "123456", 15)
    assert "123456" in message.text
    assert "123456" not in message.subject
    assert "15 minuten" in message.text
    assert "http" not in message.text


def test_what_was_signed_is_told() -> None:
    text = signed_copy(reader(), TERMS, LINK).text
    assert "- website: ja, tot en met 1 maart 2027\n- sociale media: ja\n- pers: nee\n" in text
    assert LINK in text


def test_an_agreement_is_not_said_to_be_withdrawable() -> None:
    told = signed_copy(reader(), TERMS, LINK, basis=Basis.AGREEMENT).text
    asked = request_to_sign(reader(), LINK, DAY, basis=Basis.AGREEMENT).text
    assert "nee maken" not in told + asked
    assert "geen toestemming" in asked
    assert "nee maken" in signed_copy(reader(), TERMS, LINK).text


def test_a_digest_tells_the_soonest_first() -> None:
    message = alert_digest(reader(), (LATER, SOON), LINK)
    assert message.subject == "Van 2 mensen loopt de toestemming af"
    first, second = message.text.index("Anna de Vries: website, drukwerk"), message.text.index("- Iemand:")
    assert first < second
    assert (
        "tot en met 24 december 2026 (over 30 dagen). 12 foto's:\n  https://kluis.example/f/abc/1"
        in message.text
    )
    assert "Wordt 16" in message.text
    assert "Eén foto:" in message.text


@pytest.mark.parametrize(("left", "words"), [(0, "vandaag"), (1, "morgen"), (2, "over 2 dagen")])
def test_days_in_words(left: int, words: str) -> None:
    assert f"({words})" in alert_digest(reader(), (replace(SOON, days_left=left),), LINK).text


def test_a_digest_of_nothing_is_not_written() -> None:
    with pytest.raises(ValueError, match="without a line"):
        alert_digest(reader(), (), LINK)


@pytest.mark.parametrize("name", ["Anna", "J.P. de Vries-Jansen", "Renée O'Brien", "Łukasz Ōno", "مریم"])
def test_somebody_is_greeted_by_name(name: str) -> None:
    assert trial(reader(name=name)).text.startswith(f"Beste {name},\n")


@pytest.mark.parametrize(
    "name",
    ["", "  ", "win.example.nl", "Kijk op https://evil.example", "Bel 0900!", "a@b.nl", "<b>", "x" * 101],
)
def test_what_is_no_name_is_left_out(name: str) -> None:
    text = trial(reader(name=name)).text
    assert text.startswith("Goedendag,\n")
    assert not name.strip() or name.strip() not in text


@given(st.text(max_size=150))
def test_a_stranger_cannot_write_in_our_name(name: str) -> None:
    greeting, _, rest = trial(reader(name=name)).text.partition("\n\n")
    assert rest == trial(reader(name="")).text.partition("\n\n")[2]
    assert len(greeting) <= 110
    assert not set(greeting) & set("/@<>:\n")
