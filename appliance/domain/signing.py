"""Asking for a quitclaim, and its signing: what was asked, of whom, how, and the proof of the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from appliance.domain.consent import Answer, Purpose, QuitclaimId, Signer
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.people import PersonId
from appliance.domain.photos import ShootId
from appliance.domain.templates import TemplateId
from appliance.domain.wording import Language

RequestId = NewType("RequestId", str)
EvidenceId = NewType("EvidenceId", str)
ScanId = NewType("ScanId", str)

LINK_LASTS = timedelta(days=30)
POSTER_LASTS = timedelta(days=2)
TABLET_LASTS = timedelta(hours=12)
MINE_LASTS = timedelta(days=5 * 366)  # the subject's own page: withdrawing must stay possible
CODE_LASTS = timedelta(minutes=15)
MOST_CODES = 5  # tries at a confirmation code


class Channel(StrEnum):
    """How somebody is asked."""

    LINK = "link"  # a personal link, handed over or shown as a QR code
    EMAIL = "email"  # the same, sent
    POSTER = "poster"  # one QR code for many visitors, who fill in their own name
    TABLET = "tablet"  # a tablet that is handed around, locked to the form
    PAPER = "paper"  # printed, signed with a pen, scanned back in


class RequestState(StrEnum):
    """How an asking stands."""

    OPEN = "open"
    ANSWERED = "answered"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


# Channels on which many people answer the same request.
SHARED = frozenset({Channel.POSTER, Channel.TABLET})


@dataclass(frozen=True, slots=True)
class Request:
    """One asking. person_id: whom; None where people fill in their own name. Its token is kept hashed."""

    id: RequestId
    template_id: TemplateId
    template_version: int
    channel: Channel
    language: Language
    created_at: datetime
    created_by: str
    expires_at: datetime
    person_id: PersonId | None = None
    shoot_id: ShootId | None = None
    renews: QuitclaimId | None = None
    answered_at: datetime | None = None
    cancelled_at: datetime | None = None

    def state(self, now: datetime) -> RequestState:
        """How it stands at a moment."""
        if self.cancelled_at is not None:
            return RequestState.CANCELLED
        if self.answered_at is not None:
            return RequestState.ANSWERED
        return RequestState.EXPIRED if now >= self.expires_at else RequestState.OPEN


def lasts(channel: Channel) -> timedelta:
    """How long somebody may answer."""
    return {Channel.POSTER: POSTER_LASTS, Channel.TABLET: TABLET_LASTS}.get(channel, LINK_LASTS)


class IdentityCheck(StrEnum):
    """How it was made sure who signs."""

    LINK = "link"  # held the personal link
    EMAIL_CODE = "email_code"  # and typed the code sent to the address that is known
    IN_PERSON = "in_person"  # staff stood beside the tablet, or took the paper
    NONE = "none"  # typed a name at a poster


class Mark(StrEnum):
    """What the signature is."""

    DRAWN = "drawn"
    TYPED = "typed"
    PEN = "pen"  # on paper


PAD_RATIO = 3  # width of the pad that a signature is drawn on, over its height

# x from the left in fractions of the pad's width, y from the top in fractions of its height, milliseconds
# since the first point
Stroke = tuple[tuple[float, float, int], ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """The mark itself. strokes: of a drawn one. typed: the name, as it was typed."""

    mark: Mark
    typed: str = ""
    strokes: tuple[Stroke, ...] = ()


@dataclass(frozen=True, slots=True)
class Signing:
    """Everything about one signing that must be provable later (P14)."""

    request_id: RequestId
    template_id: TemplateId
    template_version: int
    text_hash: str
    language: Language
    subject: str  # the name of whoever is in the photos
    signed_by: str  # the name of whoever signs
    signer: Signer
    answers: Mapping[Purpose, Answer]
    signature: Signature
    identity: IdentityCheck
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is kept of a signing: the sealed document, by its hash, and which version it proves.

    place: of the encrypted file. seal: fingerprint of the certificate that sealed it (SHA-256).
    """

    id: EvidenceId
    quitclaim_id: QuitclaimId
    version: int
    kind: str  # signed | scan
    made_at: datetime
    place: str
    bytes: int
    sha256: str
    seal: str


def require_open(request: Request, now: datetime) -> None:
    """Let only an open request be answered.

    Raises:
        Mistake: when it was answered already.
        NotAllowed: when its time is over, or it was cancelled.
    """
    match request.state(now):
        case RequestState.OPEN:
            return
        case RequestState.ANSWERED:
            raise Mistake(
                "request:answered", "This form was signed already.", "Use your own page to change it."
            )
        case _:
            raise NotAllowed("request:over", "This link no longer works.", "Ask for a new one.")


def require_complete(signing: Signing, asked: tuple[Purpose, ...]) -> None:
    """Refuse a signing that does not answer what was asked, or is not signed.

    Raises:
        Mistake: naming what is missing.
    """
    if set(signing.answers) != set(asked):
        raise Mistake("signing:answers", "Not every question was answered.", "Tick yes or no for each.")
    if any(answer not in (Answer.GRANTED, Answer.DECLINED) for answer in signing.answers.values()):
        raise Mistake("signing:answers", "Not every question was answered.", "Tick yes or no for each.")
    signature = signing.signature
    drawn = sum(len(stroke) for stroke in signature.strokes)
    if signature.mark is Mark.DRAWN and drawn < 8:
        raise Mistake("signing:no_signature", "The signature is missing.", "Draw it, or type your name.")
    if signature.mark is Mark.TYPED and len(signature.typed.strip()) < 2:
        raise Mistake("signing:no_signature", "The signature is missing.", "Draw it, or type your name.")
    if not signing.signed_by.strip() or not signing.subject.strip():
        raise Mistake("signing:no_name", "The name is missing.", "Fill in your name.")
