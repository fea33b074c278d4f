"""Letters in the name of the organisation: a page to send, sealed so that a forged one is told apart."""

import json
from collections.abc import Sequence
from datetime import datetime, tzinfo

from reportlab.platypus import Spacer

from appliance.domain.wording import Language, day_in_words
from appliance.evidence.archive import Attachment, archive
from appliance.evidence.layout import GAP, SMALL, TITLE, Story, drawn, text
from appliance.evidence.seals import Seal
from appliance.evidence.words import WORDS

FILE = "letter.json"
_ATTACHED = {Language.DUTCH: "Dezelfde tekst, om te verwerken", Language.ENGLISH: "The same, for programs"}


def letter_pdf(
    title: str,
    paragraphs: Sequence[str],
    *,
    language: Language,
    made_at: datetime,
    organisation: str,
    seal: Seal,
    zone: tzinfo,
) -> bytes:
    """A letter as a sealed PDF/A-3u, dated in the office's time; the same letter gives the same bytes."""
    made_at = made_at.astimezone(zone)
    story: Story = [
        text(organisation, SMALL),
        text(day_in_words(made_at.date(), language), SMALL),
        Spacer(0, GAP * 3),
        text(title, TITLE),
        Spacer(0, GAP),
    ]
    for paragraph in paragraphs:
        story += [Spacer(0, GAP), text(paragraph)]
    drawing = drawn(story, title=title, language=language, foot=(organisation, WORDS[language].page))
    told = json.dumps({"title": title, "paragraphs": [*paragraphs]}, ensure_ascii=False, indent=2).encode()
    return archive(
        drawing,
        [Attachment(FILE, told, _ATTACHED[language])],
        title=title,
        language=language,
        made_at=made_at,
        seal=seal,
    )
