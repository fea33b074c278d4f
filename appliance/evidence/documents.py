"""The signed form: what somebody read, what they answered, how they signed, and the record of it; sealed."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo

from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, PageBreak, Spacer

from appliance.domain.consent import Answer, Purpose
from appliance.domain.signing import Mark, Signing
from appliance.domain.templates import FormText, Template, canonical_text, until
from appliance.domain.wording import day_in_words, word
from appliance.evidence.archive import Attachment, archive
from appliance.evidence.fonts import has_letters
from appliance.evidence.layout import (
    GAP,
    SMALL,
    STRONG,
    TITLE,
    Pad,
    Picture,
    Rule,
    Story,
    TickBox,
    columns,
    drawn,
    facts,
    section,
    text,
    width_of,
)
from appliance.evidence.records import signing_json
from appliance.evidence.seals import Seal, in_groups
from appliance.evidence.words import WORDS, Words

SIGNING_FILE = "signing.json"
TEMPLATE_FILE = "template.json"
_WIDTH = width_of()
_PAD_WIDTH = 165.0
_TICK = 17.0
_SAID = _WIDTH * 0.42  # of the column with the answers
_RECORD = 145 * mm  # height of the record, which stays together
_SHEET = _WIDTH * 1.35  # height of a scanned page


def signed_form(
    template: Template,
    signing: Signing,
    *,
    seal: Seal,
    zone: tzinfo,
    scans: Sequence[bytes] = (),
    paper_day: date | None = None,
) -> bytes:
    """A signing as a sealed PDF/A-3u with two attachments; the same signing gives the same bytes.

    template: the version that was signed. scans: of a form signed with a pen, JPEG, upright, a page each.
    paper_day: the date that stands on that form; the days of a yes are counted from it.
    """
    words = WORDS[signing.language]
    form = template.texts[signing.language]
    signed_at = signing.signed_at.astimezone(zone)
    story = [
        *_form(template, form, signing, signed_at, paper_day, words),
        *_record(signing, signed_at, seal, words),
        *_scans(scans, words),
    ]
    version = words.version.format(template=template.name, version=template.version)
    drawing = drawn(story, title=form.title, language=signing.language, foot=(version, words.page))
    attachments = [
        Attachment(SIGNING_FILE, signing_json(signing), words.signing_attached),
        Attachment(TEMPLATE_FILE, canonical_text(template, signing.language), words.template_attached),
    ]
    return archive(
        drawing, attachments, title=form.title, language=signing.language, made_at=signed_at, seal=seal
    )


def _form(
    template: Template,
    form: FormText,
    signing: Signing,
    signed_at: datetime,
    paper_day: date | None,
    words: Words,
) -> Story:
    """What was read, in the order in which it stood before the signature."""
    return [
        text(form.title, TITLE),
        Spacer(0, GAP),
        columns([[text(words.for_whom, SMALL), text(signing.subject, STRONG)]], [_WIDTH], band=True),
        Spacer(0, GAP),
        text(form.introduction),
        *section(words.responsible, text(form.controller)),
        *_answers(template, form, signing, paper_day or signed_at.date(), words),
        *section(words.recipients, text(form.recipients)),
        *section(words.duration, text(form.duration)),
        *section(words.rights, text(form.rights)),
        Spacer(0, GAP * 1.5),
        KeepTogether(_signature(form, signing, signed_at, paper_day, words)),
    ]


def _answers(template: Template, form: FormText, signing: Signing, since: date, words: Words) -> Story:
    """Each purpose with what it means, and what was answered; recognition apart."""
    rows: Story = []
    for purpose in template.purposes:
        row = [Rule(_WIDTH), _answer(template, form, signing, since, purpose, words)]
        if purpose is Purpose.RECOGNITION:
            row = [Spacer(0, 2 * GAP), text(words.apart, SMALL), Spacer(0, 2), *row]
        rows.append(KeepTogether(row))
    return section(words.answers, *rows, Rule(_WIDTH))


def _answer(
    template: Template,
    form: FormText,
    signing: Signing,
    since: date,
    purpose: Purpose,
    words: Words,
) -> Flowable:
    granted = signing.answers[purpose] is Answer.GRANTED
    last = until(since, template.months[purpose])
    said = words.yes_until.format(day=day_in_words(last, signing.language)) if granted else words.no
    name = text(word(purpose, signing.language).capitalize(), STRONG)
    head = columns([name, TickBox(granted), text(said, STRONG)], [_WIDTH - _SAID - _TICK, _TICK, _SAID])
    return columns([[head, text(form.purposes[purpose])]], [_WIDTH], padding=4)


def _signature(
    form: FormText, signing: Signing, signed_at: datetime, paper_day: date | None, words: Words
) -> Story:
    mark = signing.signature
    who = words.signed[signing.signer].format(who=signing.signed_by, subject=signing.subject)
    day = day_in_words(signed_at.date(), signing.language)
    told = [text(who, STRONG), text(words.on.format(day=day, time=f"{signed_at:%H:%M}"))]
    if mark.mark is Mark.PEN:
        dated = day_in_words(paper_day, signing.language) if paper_day else ""
        noted = [text(words.paper_day.format(day=dated), SMALL)] if dated else []
        signed: Story = [*told, text(words.with_pen, SMALL), *noted]
    else:
        pad = Pad(_PAD_WIDTH, mark.strokes, mark.typed if mark.mark is Mark.TYPED else "")
        signed = [columns([pad, "", told], [_PAD_WIDTH, 14, _WIDTH - _PAD_WIDTH - 32])]
    inside = [text(words.declaration, SMALL), text(form.declaration, STRONG), Spacer(0, 7), *signed]
    return [columns([inside], [_WIDTH], band=True)]


def _record(signing: Signing, signed_at: datetime, seal: Seal, words: Words) -> Story:
    """The page that says how it was signed, with what cannot be proved."""
    notes = [words.clock, words.sealed, words.attached]
    if not all(map(has_letters, (signing.subject, signing.signed_by, signing.signature.typed))):
        notes.append(words.code_points)
    story: Story = [
        CondPageBreak(_RECORD),
        Spacer(0, 2 * GAP),
        text(words.record, TITLE),
        Spacer(0, GAP),
        text(words.record_about),
        Spacer(0, GAP * 1.5),
        facts(_record_rows(signing, signed_at, seal, words), _WIDTH),
    ]
    for note in notes:
        story += [Spacer(0, GAP), text(note, SMALL)]
    return story


def _record_rows(
    signing: Signing, signed_at: datetime, seal: Seal, words: Words
) -> list[tuple[str, str | Flowable]]:
    day = day_in_words(signed_at.date(), signing.language)
    offset = f"{signed_at:%z}"
    clock = f"{signed_at:%H:%M:%S} (UTC{offset[:3]}:{offset[3:5]})"
    form = words.version.format(template=signing.template_id, version=signing.template_version)
    return [
        (words.name, signing.subject),
        (words.signed_by, signing.signed_by),
        (words.role, words.roles[signing.signer]),
        (words.identity, words.identities[signing.identity]),
        (words.mark, _mark(signing, words)),
        (words.when, f"{day}, {clock}"),
        (words.instant, signing.signed_at.astimezone(UTC).isoformat()),
        (words.language, words.this_language),
        (words.form, form),
        (words.text_hash, text(signing.text_hash, SMALL)),
        (words.request, signing.request_id),
        (words.seal, text(in_groups(seal.fingerprint), SMALL)),
    ]


def _mark(signing: Signing, words: Words) -> str:
    strokes = signing.signature.strokes
    points = [point for stroke in strokes for point in stroke]
    seconds = max((milliseconds for *_, milliseconds in points), default=0) / 1000
    return words.marks[signing.signature.mark].format(
        lines=len(strokes), points=len(points), seconds=f"{seconds:.1f}".replace(".", words.comma)
    )


def _scans(scans: Sequence[bytes], words: Words) -> Story:
    story: Story = []
    for number, jpeg in enumerate(scans, 1):
        story += [
            PageBreak(),
            text(words.scan.format(number=number, all=len(scans)), SMALL),
            Spacer(0, GAP),
            Picture(jpeg, _WIDTH, _SHEET),
        ]
    return story
