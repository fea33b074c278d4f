"""The e-mails the box writes. Pure: from values to a message.

No picture and no attachment is in any of them: a mail lies in the clear wherever it passes, so it says
that there is something to see, and a link shows it. What people typed themselves, such as a name at a
poster, is never more than a name here, or a stranger could send somebody a letter of their own in ours.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from appliance.domain.consent import Answer, Basis, Purpose, Term, Why
from appliance.domain.digests import About
from appliance.domain.duties import Duty
from appliance.domain.health import Concern
from appliance.domain.wording import Language, day_in_words, word
from appliance.mail.texts import BODIES, CONCERNS, GREETING, NAMELESS_GREETING, PARTS, SIGNATURE, SUBJECTS

LONGEST_NAME = 100

# Control characters, line separators, what turns the writing direction, and half characters. Joiners stay:
# names in Persian and Hindi are spelt with them.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]+")
_NAME = re.compile(r"[^\W\d_][\w .,'\u2019\u00b7()-]*")
_HOST = re.compile(r"\w{2,}\.\w{2,}")


class MessageKind(StrEnum):
    """What a message is for."""

    REQUEST = "request"
    SIXTEEN = "sixteen"
    CODE = "code"
    SIGNED = "signed"
    ALERT = "alert"
    RENEWAL = "renewal"
    WITHDRAWN = "withdrawn"
    AFFECTED = "affected"
    ALARM = "alarm"
    MACHINE = "machine"
    FINDINGS = "findings"
    DIGEST = "digest"
    RECALL = "recall"
    AUDIT_HEAD = "audit_head"
    PARCEL_CODE = "parcel_code"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Message:
    """One e-mail to one address. text: paragraphs with an empty line between; the HTML is made from it."""

    kind: MessageKind
    address: str
    language: Language
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a message is for, and in whose name. name: may be empty, or unfit for a greeting."""

    address: str
    language: Language
    organisation: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One line of a digest: what ends of one person on one day.

    why: how it ends, EXPIRED or CAME_OF_AGE. photos: how many are concerned. link: to them, or to the person.
    who: the name, where the reader's mailbox may hold it; else empty.
    """

    last_day: date
    days_left: int
    purposes: Sequence[Purpose]
    photos: int
    link: str
    why: Why = Why.EXPIRED
    who: str = ""


def one_line(text: str) -> str:
    """Text that is safe in a header: one line, nothing invisible, nothing that reads as an encoded word.

    An encoded word (RFC 2047) in a name may stand for a line break, which would begin a header of its own.
    """
    plain = " ".join(_UNSEEN.sub(" ", text).split())
    return plain.replace("=?", "= ?")


def request_to_sign(
    to: Reader, link: str, last_day: date, *, basis: Basis = Basis.CONSENT, guardian: bool = False
) -> Message:
    """Ask somebody to read and sign.

    last_day: of the link. guardian: whether it goes to the parent or guardian of a child.
    """
    text = "request_agreement" if basis is Basis.AGREEMENT else "request"
    key = "request_guardian" if guardian else text
    return _message(MessageKind.REQUEST, to, key, link=link, day=_day(to, last_day))


def at_sixteen(to: Reader, link: str, last_day: date) -> Message:
    """Ask a young person who turned sixteen: what a guardian signed counts no more (P15)."""
    return _message(MessageKind.SIXTEEN, to, "sixteen", link=link, day=_day(to, last_day))


def confirmation_code(to: Reader, code: str, minutes: int) -> Message:
    """The code that shows that the address is theirs. There is no link in it."""
    return _message(MessageKind.CODE, to, "code", code=code, minutes=minutes)


def signed_copy(to: Reader, terms: Sequence[Term], own_page: str, *, basis: Basis = Basis.CONSENT) -> Message:
    """What somebody signed, in words, and the link to their own page, where the document is."""
    key = "signed_agreement" if basis is Basis.AGREEMENT else "signed"
    answers = "\n".join(_answer(to.language, term) for term in terms)
    return _message(MessageKind.SIGNED, to, key, answers=answers, link=own_page)


def alert_digest(to: Reader, lines: Sequence[AlertLine], dashboard: str) -> Message:
    """What ends soon, soonest first, for staff. At least one line."""
    if not lines:
        raise ValueError("a digest without a line is not sent")
    told = "\n".join(_alert(to.language, line) for line in sorted(lines, key=lambda line: line.last_day))
    key = "alert" if len(lines) > 1 else "alert_one"
    return _message(MessageKind.ALERT, to, key, count=len(lines), lines=told, link=dashboard)


def renewal_request(
    to: Reader, terms: Sequence[Term], link: str, last_day: date, *, guardian: bool = False
) -> Message:
    """Ask again before, or after, a permission ends. terms: what ends. last_day: of the link."""
    key = "renewal_guardian" if guardian else "renewal"
    ends = "\n".join(_end(to.language, term) for term in terms)
    return _message(MessageKind.RENEWAL, to, key, ends=ends, link=link, day=_day(to, last_day))


def withdrawal_confirmation(to: Reader, purposes: Sequence[Purpose], on: date, own_page: str) -> Message:
    """Confirm to the subject what they withdrew."""
    listed = "\n".join(f"- {word(purpose, to.language)}" for purpose in purposes)
    return _message(MessageKind.WITHDRAWN, to, "withdrawn", purposes=listed, day=_day(to, on), link=own_page)


def photo_affected(to: Reader, photos: int, purposes: Sequence[Purpose], link: str) -> Message:
    """Tell staff that photos they used may no longer be used. link: to their notices."""
    listed = "\n".join(f"- {word(purpose, to.language)}" for purpose in purposes)
    key = "affected" if photos > 1 else "affected_one"
    return _message(MessageKind.AFFECTED, to, key, count=photos, purposes=listed, link=link)


def alarm(to: Reader, duties: Sequence[Duty], link: str) -> Message:
    """Tell that the box failed at something it has to do. link: to the page that shows what."""
    listed = "\n".join(f"- {word(duty, to.language)}" for duty in duties)
    return _message(MessageKind.ALARM, to, "alarm", duties=listed, link=link)


def audit_head(to: Reader, line: str) -> Message:
    """Bring the signed head of the audit log out of the box. line: the head, on one line."""
    return _message(MessageKind.AUDIT_HEAD, to, "audit_head", line=line)


def needs_somebody(to: Reader, concerns: Sequence[Concern], link: str) -> Message:
    """Tell whoever looks after the box what is wrong with it. At least one concern. link: to its page."""
    told = "\n".join(f"- {CONCERNS[concern][to.language]}" for concern in concerns)
    return _message(MessageKind.MACHINE, to, "machine", concerns=told, link=link)


def findings_overdue(to: Reader, topics: Sequence[str], link: str) -> Message:
    """Tell what the self-audit found and nobody fixed in time. topics: in words. link: to its page."""
    told = "\n".join(f"- {topic}" for topic in topics)
    return _message(MessageKind.FINDINGS, to, "findings", topics=told, link=link)


def digest(to: Reader, happened: Mapping[About, int], link: str) -> Message:
    """Tell a user what happened in the safe, in numbers. link: to the page of notices."""
    told = "\n".join(f"- {_counted(to.language, f'digest_{one}', count)}" for one, count in happened.items())
    return _message(MessageKind.DIGEST, to, "digest", happened=told, link=link)


def _counted(language: Language, key: str, count: int) -> str:
    return _part(f"{key}_one" if count == 1 else key, language, count=count)


def recall_notice(to: Reader, purpose: Purpose, released_on: date, release: str, link: str) -> Message:
    """Ask a recipient to remove a copy whose consent ended. release: its id, as the file is called. Nobody in
    the photo is named."""
    return _recall("recall", to, purpose, released_on, release, link)


def recall_reminder(to: Reader, purpose: Purpose, released_on: date, release: str, link: str) -> Message:
    """Ask a recipient who did not answer once more."""
    return _recall("recall_again", to, purpose, released_on, release, link)


def _recall(key: str, to: Reader, purpose: Purpose, released_on: date, release: str, link: str) -> Message:
    return _message(
        MessageKind.RECALL,
        to,
        key,
        purpose=word(purpose, to.language),
        day=_day(to, released_on),
        release=release,
        link=link,
    )


def parcel_code(to: Reader, code: str, minutes: int) -> Message:
    """The code that shows that somebody with a share link is its named recipient. There is no link in it."""
    return _message(MessageKind.PARCEL_CODE, to, "parcel_code", code=code, minutes=minutes)


def trial(to: Reader) -> Message:
    """What the test button of the mail settings sends."""
    return _message(MessageKind.TEST, to, "test")


def _message(kind: MessageKind, to: Reader, key: str, **values: object) -> Message:
    language = to.language
    slots = {"organisation": one_line(to.organisation), **values}
    name = _fit(to.name)
    greeting = GREETING[language].format(name=name) if name else NAMELESS_GREETING[language]
    body = BODIES[key][language].format_map(slots)
    return Message(
        kind=kind,
        address=to.address,
        language=language,
        subject=one_line(SUBJECTS[key][language].format_map(slots)),
        text="\n\n".join((greeting, body, SIGNATURE[language].format_map(slots))) + "\n",
    )


def _fit(name: str) -> str:
    """The name, where it is nothing but a name; empty for what could be an address or a letter."""
    plain = one_line(name)
    fits = len(plain) <= LONGEST_NAME and _NAME.fullmatch(plain) and not _HOST.search(plain)
    return plain if fits else ""


def _day(to: Reader, day: date) -> str:
    return day_in_words(day, to.language)


def _answer(language: Language, term: Term) -> str:
    granted = term.answer is Answer.GRANTED
    until = _part("until", language, day=day_in_words(term.valid_until, language)) if term.valid_until else ""
    return f"- {word(term.purpose, language)}: {word(term.answer, language)}{until if granted else ''}"


def _end(language: Language, term: Term) -> str:
    until = _part("until", language, day=day_in_words(term.valid_until, language)) if term.valid_until else ""
    return f"- {word(term.purpose, language)}{until}"


def _alert(language: Language, line: AlertLine) -> str:
    who = _fit(line.who) or _part("somebody", language)
    key = "sixteen" if line.why is Why.CAME_OF_AGE else "ends"
    when = _part(
        key, language, day=day_in_words(line.last_day, language), left=_left(language, line.days_left)
    )
    purposes = ", ".join(word(purpose, language) for purpose in line.purposes)
    photos = _part("photo" if line.photos == 1 else "photos", language, count=line.photos)
    return f"- {who}: {purposes}. {when} {photos}\n  {line.link}"


def _left(language: Language, days: int) -> str:
    key = {0: "today", 1: "tomorrow"}.get(days, "days")
    return _part(key, language, count=days)


def _part(key: str, language: Language, **values: object) -> str:
    words: Mapping[Language, str] = PARTS[key]
    return words[language].format_map(values)
