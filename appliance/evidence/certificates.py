"""Certificates of what the box did, such as a drill or an erasure: sealed, and made when asked for."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from reportlab.platypus import Flowable, Spacer

from appliance.domain.wording import Language
from appliance.evidence.archive import Attachment, archive
from appliance.evidence.layout import GAP, SMALL, TITLE, Story, drawn, facts, text, width_of
from appliance.evidence.seals import Seal, in_groups
from appliance.evidence.words import WORDS

FILE = "certificate.json"
_LONG = 60  # letters, from which on they are set smaller
_SEAL = {Language.DUTCH: "Vingerafdruk van het zegel", Language.ENGLISH: "Fingerprint of the seal"}
_ATTACHED = {Language.DUTCH: "Dezelfde gegevens, om te verwerken", Language.ENGLISH: "The same, for programs"}
_CLOCK = {
    Language.DUTCH: "De tijd is die van de klok van het kastje; er is geen tijdstempel van een ander.",
    Language.ENGLISH: "The time is that of the clock of the box; nobody else has stamped it.",
}


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says. rows: label and value. notes: what must be known beside them."""

    title: str
    introduction: str
    rows: Sequence[tuple[str, str]]
    notes: Sequence[str]
    language: Language
    made_at: datetime


def _value(value: str) -> str | Flowable:
    return text(value, SMALL) if len(value) > _LONG else value


def certificate_pdf(certificate: Certificate, *, organisation: str, seal: Seal, zone: tzinfo) -> bytes:
    """A certificate as a sealed PDF/A-3u; the same certificate gives the same bytes."""
    language, made_at = certificate.language, certificate.made_at.astimezone(zone)
    rows = [*certificate.rows, (_SEAL[language], in_groups(seal.fingerprint))]
    story: Story = [
        text(organisation, SMALL),
        text(certificate.title, TITLE),
        Spacer(0, GAP),
        text(certificate.introduction),
        Spacer(0, GAP * 1.5),
        facts(
            [(label, text(value, SMALL) if len(value) > 60 else value) for label, value in rows], width_of()
        ),
    ]
    for note in (*certificate.notes, _CLOCK[language]):
        story += [Spacer(0, GAP), text(note, SMALL)]
    drawing = drawn(
        story, title=certificate.title, language=language, foot=(organisation, WORDS[language].page)
    )
    told = json.dumps(dict(certificate.rows), ensure_ascii=False, indent=2).encode()
    return archive(
        drawing,
        [Attachment(FILE, told, _ATTACHED[language])],
        title=certificate.title,
        language=language,
        made_at=made_at,
        seal=seal,
    )
