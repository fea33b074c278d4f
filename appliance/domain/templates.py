"""Templates of quitclaims: the form that somebody reads and signs, in versions that are never changed.

What somebody signed must stay what they read (GDPR article 7, paragraph 1), so a template in use is only
superseded: an edit is a new version, and each signing names the version and the hash of the text it saw.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from appliance.domain.consent import Basis, Purpose
from appliance.domain.errors import Mistake
from appliance.domain.wording import Language

TemplateId = NewType("TemplateId", str)

ALERT_DAYS = (60, 30)
LONGEST_TEXT = 5000


class Audience(StrEnum):
    """For whom a template is written."""

    EMPLOYEE = "employee"
    EVENT_VISITOR = "event_visitor"
    PATIENT = "patient"
    MINOR = "minor"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class FormText:
    """The form in one language. Everything here stands before the signature (P10)."""

    title: str
    controller: str  # who is responsible, with an address
    introduction: str
    purposes: Mapping[Purpose, str]  # what each purpose means, in plain words
    recipients: str  # who will get to see the photos
    duration: str  # how long, in general
    rights: str  # among them withdrawing, and how
    declaration: str  # the sentence that is signed


@dataclass(frozen=True, slots=True)
class Template:
    """One version of a template."""

    id: TemplateId
    version: int  # 1, 2, 3, ... without gaps
    audience: Audience
    basis: Basis
    name: str  # for staff
    texts: Mapping[Language, FormText]
    months: Mapping[Purpose, int]  # which purposes are asked, and for how many months
    recorded_at: datetime
    guardians: int = 0  # how many guardians must sign: 1 or 2 for minors
    alert_days: tuple[int, ...] = ALERT_DAYS
    in_use: bool = True  # may new forms be made from it

    @property
    def purposes(self) -> tuple[Purpose, ...]:
        """What is asked, in the usual order; recognition comes last and apart."""
        return tuple(purpose for purpose in Purpose if purpose in self.months)


def canonical_text(template: Template, language: Language) -> bytes:
    """What somebody read, as canonical JSON in ASCII: one language of one version, keys sorted, no spaces."""
    text = asdict(template.texts[language])
    text["purposes"] = {purpose.value: words for purpose, words in template.texts[language].purposes.items()}
    whole = {
        "basis": template.basis.value,
        "guardians": template.guardians,
        "language": language.value,
        "months": {purpose.value: months for purpose, months in template.months.items()},
        "template": template.id,
        "text": text,
        "version": template.version,
    }
    return json.dumps(whole, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode("ascii")


def text_hash(template: Template, language: Language) -> str:
    """SHA-256 of what somebody read, hexadecimal; evidence keeps the very bytes."""
    return hashlib.sha256(canonical_text(template, language)).hexdigest()


def until(signed_on: date, months: int) -> date:
    """The last day of a permission that was signed on a day for some months.

    It ends on the day before the same day of the month; where that month is shorter, on its last day.
    """
    whole = signed_on.year * 12 + signed_on.month - 1 + months
    year, month = divmod(whole, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = date.fromordinal(following.toordinal() - 1).day
    if signed_on.day > last:
        return date(year, month + 1, last)
    return date.fromordinal(date(year, month + 1, signed_on.day).toordinal() - 1)


def require_sensible(template: Template) -> None:
    """Refuse a template that would not make a lawful form.

    Raises:
        Mistake: naming what is missing: a text, an explanation, a purpose, guardians for minors.
    """
    if not template.months or any(not 1 <= months <= 240 for months in template.months.values()):
        raise Mistake("template:no_purpose", "A template asks at least one purpose, for 1 to 240 months.")
    if Purpose.RECOGNITION in template.months and template.basis is not Basis.CONSENT:
        raise Mistake(
            "quitclaim:recognition_needs_consent",
            "Face recognition rests on explicit consent only.",
            "Ask it in a quitclaim of its own (GDPR article 9).",
        )
    if template.audience is Audience.MINOR and not 1 <= template.guardians <= 2:
        raise Mistake("template:no_guardian", "A form for minors is signed by one or two guardians.")
    if not template.texts:
        raise Mistake("template:no_text", "A template needs its text in at least one language.")
    for text in template.texts.values():
        _require_whole(template, text)


def _require_whole(template: Template, text: FormText) -> None:
    parts = {key: value for key, value in asdict(text).items() if key != "purposes"}
    missing = [key for key, value in parts.items() if not value.strip()]
    missing += [purpose.value for purpose in template.purposes if not text.purposes.get(purpose, "").strip()]
    if missing:
        raise Mistake(
            "template:incomplete",
            "The text is not complete: {missing}.",
            "Fill in every part; each stands before the signature.",
            values={"missing": ", ".join(missing)},
        )
    if any(len(value) > LONGEST_TEXT for value in (*parts.values(), *text.purposes.values())):
        raise Mistake("template:too_long", "A part of the text is too long.", "People must want to read it.")
