"""What is printed: a form for a pen, a poster for an event, and the photographer's sheet of a shoot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reportlab.lib.pagesizes import A3, A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, KeepInFrame, KeepTogether, Spacer

from appliance.domain.consent import Purpose
from appliance.domain.people import Standing
from appliance.domain.signing import RequestId
from appliance.domain.templates import FormText, Template
from appliance.domain.wording import Language, day_in_words, word
from appliance.evidence.layout import (
    CENTRED,
    GAP,
    INK,
    LABEL,
    SMALL,
    STRONG,
    TITLE,
    Code,
    Pad,
    Picture,
    Rule,
    Story,
    TickBox,
    banner,
    columns,
    drawn,
    grid,
    named,
    section,
    text,
    width_of,
)
from appliance.evidence.words import WORDS, Words

_WIDTH = width_of()
_CODE = 31 * mm  # side of the code on a paper form
_TICK = 13.0
_CHOICE = 92.0  # width of the column with yes and no
_PAD = 170.0
_LINE = 24.0  # height of a line to write on
_PICTURE = 18 * mm
_TOGETHER = 45 * mm  # the heading of a group and its first row
_POSTER_MARGIN = 24 * mm


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody on the photographer's sheet. picture: a small JPEG, of those alone who agreed to that."""

    name: str
    standing: Standing
    department: str = ""
    picture: bytes | None = None


def paper_form(
    template: Template, language: Language, *, request_id: RequestId, code: str, subject: str = ""
) -> bytes:
    """A form to sign with a pen (PDF): the same text, boxes to tick, none of them ticked.

    code: what its QR code holds, so that the scan finds its record. subject: the name, where it is known.
    """
    words, form = WORDS[language], template.texts[language]
    head = [
        text(form.title, TITLE),
        text(words.paper_how, SMALL),
        Spacer(0, GAP),
        text(form.introduction),
        *section(words.responsible, text(form.controller)),
    ]
    story = [
        columns([head, "", _tag(words, request_id, code)], [_WIDTH - _CODE - 12, 12, _CODE]),
        *_questions(template, form, language, words),
        *section(words.recipients, text(form.recipients)),
        *section(words.duration, text(form.duration)),
        *section(words.rights, text(form.rights)),
        Spacer(0, GAP * 1.5),
        _to_sign(template, form, words, subject),
    ]
    foot = words.version.format(template=template.name, version=template.version)
    return drawn(story, title=form.title, language=language, foot=(foot, words.page))


def _tag(words: Words, request_id: RequestId, code: str) -> list[Flowable]:
    return [Code(code, _CODE), text(words.scan_this.format(request=f"{request_id[:6]}…"), SMALL)]


def _questions(template: Template, form: FormText, language: Language, words: Words) -> Story:
    rows: Story = [text(words.answers_how, SMALL), Spacer(0, 3)]
    for purpose in template.purposes:
        lasts = words.yes_for.format(months=template.months[purpose])
        meaning = [named(word(purpose, language).capitalize(), lasts), text(form.purposes[purpose])]
        boxes = columns(
            [TickBox(False), text(words.yes), TickBox(False), text(words.no)],
            [_TICK + 2, _CHOICE / 2 - _TICK - 2] * 2,
        )
        row = [Rule(_WIDTH), columns([meaning, boxes], [_WIDTH - _CHOICE, _CHOICE], padding=4)]
        if purpose is Purpose.RECOGNITION:
            row = [Spacer(0, 2 * GAP), text(words.apart, SMALL), Spacer(0, 2), *row]
        rows.append(KeepTogether(row))
    return section(words.answers_asked, *rows, Rule(_WIDTH))


def _to_sign(template: Template, form: FormText, words: Words, subject: str) -> Flowable:
    """The declaration, names, and a box to sign in; as many as must sign. All on one page."""
    guardians = template.guardians
    names = [words.name_line, words.born_line] if guardians else [words.name_line]
    about = [text(words.declaration, SMALL), text(form.declaration, STRONG), Spacer(0, GAP)]
    blocks = [columns([[*about, *_to_write(names, subject)]], [_WIDTH], band=True)]
    for _ in range(max(guardians, 1)):
        labels = [words.guardian_line, words.place_line] if guardians else [words.place_line]
        left = _to_write(labels, width=_WIDTH - _PAD - 40)
        right = [text(words.sign_here, SMALL), Spacer(0, 2), Pad(_PAD)]
        signing = columns([left, "", right], [_WIDTH - _PAD - 32, 14, _PAD])
        blocks.append(columns([signing], [_WIDTH], band=True))
    return KeepTogether(blocks)


def _to_write(labels: Sequence[str], known: str = "", width: float = _WIDTH - 18) -> list[Flowable]:
    """Lines to write on; what is known already stands on the first."""
    parts: Story = []
    for number, label in enumerate(labels):
        written = known if number == 0 else ""
        parts += [text(label, SMALL), text(written, STRONG) if written else Spacer(0, _LINE * 0.6)]
        parts += [Rule(width, INK), Spacer(0, GAP)]
    return parts


def poster(event: str, lines: Sequence[str], code: str, language: Language, *, large: bool = False) -> bytes:
    """A poster (PDF, A4, or A3 when large): the event, a few lines, and a code to scan and sign at."""
    size = A3 if large else A4
    scale = size[0] / A4[0]
    width = width_of(size, _POSTER_MARGIN * scale)
    name = ParagraphStyle("event", CENTRED, fontName=TITLE.fontName, fontSize=36 * scale, leading=43 * scale)
    line = ParagraphStyle("line", CENTRED, fontSize=18 * scale, leading=27 * scale)
    point = ParagraphStyle("point", line, fontName=TITLE.fontName)
    side = width * 0.93
    story: Story = [
        text(event, name),
        Spacer(0, 7 * mm * scale),
        *(text(one, line) for one in lines),
        Spacer(0, 6 * mm * scale),
        columns(["", Code(code, side), ""], [(width - side) / 2, side, (width - side) / 2]),
        text(WORDS[language].point, point),
    ]
    margin = _POSTER_MARGIN * scale
    fitted = KeepInFrame(width, size[1] - 2 * margin, story, mode="shrink")
    return drawn([fitted], title=event, language=language, size=size, margin=margin)


def shoot_sheet(
    shoot: str, day: date, people: Sequence[Listed], language: Language, *, made_on: date
) -> bytes:
    """The photographer's sheet (PDF): who is never photographed, who is not published, and the rest."""
    words = WORDS[language]
    story: Story = [
        text(words.sheet, TITLE),
        Spacer(0, 2),
        text(f"{shoot}, {day_in_words(day, language)}", STRONG),
        text(words.sheet_about, LABEL),
    ]
    for standing in (Standing.NEVER_PHOTOGRAPH, Standing.PHOTOGRAPH_NOT_PUBLISH, Standing.NONE):
        listed = [person for person in people if person.standing is standing]
        if listed or standing is not Standing.NONE:
            story += _group(standing, listed, words)
    foot = words.made_on.format(day=day_in_words(made_on, language))
    return drawn(story, title=words.sheet, language=language, foot=(foot, words.page))


def _group(standing: Standing, listed: Sequence[Listed], words: Words) -> Story:
    heading = f"{words.standings[standing]} ({len(listed)})"
    cells = [_entry(person) for person in sorted(listed, key=lambda one: one.name.casefold())]
    return [
        Spacer(0, 2 * GAP),
        CondPageBreak(_TOGETHER),
        banner(heading, _WIDTH, dark=standing is Standing.NEVER_PHOTOGRAPH),
        Spacer(0, 3),
        text(words.standing_rules[standing]),
        Spacer(0, 4),
        grid(cells, _WIDTH, 2) if cells else text(words.nobody, LABEL),
    ]


def _entry(person: Listed) -> Flowable:
    told = [text(person.name, STRONG), text(person.department, SMALL)]
    shown = Picture(person.picture, _PICTURE, _PICTURE) if person.picture else ""
    width = _WIDTH / 2 - 10
    if not person.picture:
        return columns([told], [width])
    return columns([shown, "", told], [_PICTURE, 8, width - _PICTURE - 8])
