"""The pieces that documents are laid out with: headings, paragraphs, facts, tick boxes, codes and pages."""

import io
from collections.abc import Sequence
from html import escape
from typing import Any

import segno
from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from appliance.domain.signing import PAD_RATIO, Stroke
from appliance.domain.wording import Language
from appliance.evidence.fonts import BOLD, REGULAR, visible

rl_config.useA85 = 0  # streams stay binary: ASCII would make them a quarter larger

INK = HexColor(0x141A2E)
SOFT = HexColor(0x4D566E)
LINE = HexColor(0xC6CCDA)
BAND = HexColor(0xF0F2F7)
ACCENT = HexColor(0x2340B8)
WHITE = HexColor(0xFFFFFF)

MARGIN = 20 * mm
GAP = 3 * mm
_FOOT = 11 * mm
_TOGETHER = 22 * mm  # a heading and at least so much under it
_PEN = 1.1  # width of a signature's line, in points
_QUIET = 4  # modules of white that a QR code needs around it

BODY = ParagraphStyle(
    "body",
    fontName=REGULAR,
    fontSize=10,
    leading=14,
    textColor=INK,
    splitLongWords=1,
    allowWidows=0,
    allowOrphans=0,
)
STRONG = ParagraphStyle("strong", BODY, fontName=BOLD)
LIGHT = ParagraphStyle("light", STRONG, textColor=WHITE)
SMALL = ParagraphStyle("small", BODY, fontSize=8.4, leading=11.6, textColor=SOFT)
LABEL = ParagraphStyle("label", BODY, textColor=SOFT)
TITLE = ParagraphStyle("title", BODY, fontName=BOLD, fontSize=20, leading=25)
HEADING = ParagraphStyle("heading", BODY, fontName=BOLD, fontSize=11.5, leading=15, textColor=ACCENT)
CENTRED = ParagraphStyle("centred", BODY, alignment=TA_CENTER)

Story = list[Flowable]
# Even an empty cell asks for its font; the one that tables begin with is not embedded.
_CELLS = ("FONTNAME", (0, 0), (-1, -1), REGULAR)


def text(words: str, style: ParagraphStyle = BODY) -> Flowable:
    """A paragraph of words that somebody wrote: no markup, and no letter is left out."""
    plain = visible(words.strip().replace("\r\n", "\n"))
    return Paragraph(escape(plain).replace("\n", "<br/>"), style)


def named(name: str, more: str) -> Flowable:
    """A name, and in smaller letters after it what must be known of it."""
    small = f'<font name="{REGULAR}" size="{SMALL.fontSize}" color="#{SOFT.hexval()[2:]}">'
    return Paragraph(f"{escape(visible(name))}&nbsp;&nbsp; {small}{escape(visible(more))}</font>", STRONG)


def banner(words: str, width: float, *, dark: bool) -> Flowable:
    """A heading that cannot be overlooked; dark: more so."""
    table = Table([[text(words, LIGHT if dark else STRONG)]], colWidths=[width])
    table.setStyle(
        TableStyle(
            [("BACKGROUND", (0, 0), (-1, -1), INK if dark else LINE), ("LEFTPADDING", (0, 0), (0, 0), 8)]
        )
    )
    return table


def section(heading: str, *parts: Flowable) -> Story:
    """A heading and what belongs under it; the heading never stands alone at the foot of a page."""
    return [Spacer(0, GAP), CondPageBreak(_TOGETHER), text(heading, HEADING), Spacer(0, 1), *parts]


def facts(rows: Sequence[tuple[str, str | Flowable]], width: float) -> Flowable:
    """Labels and what belongs to them, in two columns."""
    cells = [[text(label, LABEL), text(value) if isinstance(value, str) else value] for label, value in rows]
    table = Table(cells, colWidths=[width * 0.3, width * 0.7])
    table.setStyle(
        TableStyle(
            [
                _CELLS,
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, -2), 0.5, LINE),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
                ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 3),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 4.5),
            ]
        )
    )
    return table


def columns(
    cells: Sequence[object], widths: Sequence[float], *, band: bool = False, padding: float = 0
) -> Flowable:
    """Things beside each other, their tops level. band: on a grey ground. padding: above and below."""
    table = Table([list(cells)], colWidths=list(widths), splitInRow=1)
    side, padding = (9, 8) if band else (0, padding)
    style: list[tuple[Any, ...]] = [
        _CELLS,
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), side),
        ("RIGHTPADDING", (0, 0), (-1, -1), side),
        ("TOPPADDING", (0, 0), (-1, -1), padding),
        ("BOTTOMPADDING", (0, 0), (-1, -1), padding + 1),
    ]
    if band:
        style.append(("BACKGROUND", (0, 0), (-1, -1), BAND))
    table.setStyle(TableStyle(style))
    return table


def grid(cells: Sequence[Flowable], width: float, across: int) -> Flowable:
    """Entries in rows of so many, with lines between the rows."""
    padded = [*cells, *[""] * (-len(cells) % across)]
    rows = [padded[i : i + across] for i in range(0, len(padded), across)]
    table = Table(rows, colWidths=[width / across] * across, splitInRow=1)
    table.setStyle(
        TableStyle(
            [
                _CELLS,
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEABOVE", (0, 0), (-1, -1), 0.5, LINE),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 4),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
            ]
        )
    )
    return table


class Rule(Flowable):  # type: ignore[misc]
    """A line over a width, in points."""

    def __init__(self, width: float, colour: Color = LINE, thickness: float = 0.5) -> None:
        super().__init__()
        self.width, self.height = width, thickness
        self._colour = colour

    def draw(self) -> None:
        """On the canvas, at the place that was found for it."""
        self.canv.setStrokeColor(self._colour)
        self.canv.setLineWidth(self.height)
        self.canv.line(0, 0, self.width, 0)


class TickBox(Flowable):  # type: ignore[misc]
    """A box to tick, drawn, so that no font must have it."""

    def __init__(self, ticked: bool, size: float = 10) -> None:
        super().__init__()
        self.width, self.height = size, size + 2
        self._ticked, self._size = ticked, size

    def draw(self) -> None:
        """On the canvas, at the place that was found for it."""
        canvas, size = self.canv, self._size
        canvas.setLineWidth(1)
        canvas.setStrokeColor(INK)
        canvas.setFillColor(ACCENT if self._ticked else WHITE)
        canvas.roundRect(0, 0, size, size, 2, stroke=1, fill=1)
        if self._ticked:
            canvas.setStrokeColor(WHITE)
            canvas.setLineWidth(1.6)
            canvas.setLineCap(1)
            canvas.lines(
                [
                    (size * 0.22, size * 0.52, size * 0.42, size * 0.3),
                    (size * 0.42, size * 0.3, size * 0.79, size * 0.72),
                ]
            )


class Pad(Flowable):  # type: ignore[misc]
    """The box of a signature, with its strokes as lines; empty for a pen. width: in points."""

    def __init__(self, width: float, strokes: Sequence[Stroke] = (), words: str = "") -> None:
        super().__init__()
        self.width, self.height = width, width / PAD_RATIO
        self._strokes, self._words = strokes, words

    def draw(self) -> None:
        """On the canvas, at the place that was found for it."""
        canvas = self.canv
        canvas.setStrokeColor(LINE)
        canvas.setFillColor(WHITE)
        canvas.setLineWidth(0.8)
        canvas.roundRect(0, 0, self.width, self.height, 4, stroke=1, fill=1)
        if self._words:
            self._write(visible(self._words))
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(_PEN)
        canvas.setLineCap(1)
        canvas.setLineJoin(1)
        for stroke in self._strokes:
            self._trace(stroke)

    def _write(self, words: str) -> None:
        canvas, size = self.canv, 20.0
        while size > 6 and canvas.stringWidth(words, REGULAR, size) > self.width * 0.9:
            size -= 1
        canvas.setFillColor(INK)
        canvas.setFont(REGULAR, size)
        canvas.drawCentredString(self.width / 2, self.height / 2 - size / 3, words)

    def _trace(self, stroke: Stroke) -> None:
        points = [(self._within(x) * self.width, (1 - self._within(y)) * self.height) for x, y, _ in stroke]
        if not points:
            return
        path = self.canv.beginPath()
        path.moveTo(*points[0])
        for point in points[1:] or points:
            path.lineTo(*point)
        self.canv.drawPath(path, stroke=1, fill=0)

    @staticmethod
    def _within(fraction: float) -> float:
        return min(max(fraction, 0.0), 1.0)


class Code(Flowable):  # type: ignore[misc]
    """A QR code, its quiet zone included. width: in points."""

    def __init__(self, content: str, width: float) -> None:
        super().__init__()
        self.width = self.height = width
        self._modules = segno.make_qr(content, error="m").matrix

    def draw(self) -> None:
        """On the canvas, at the place that was found for it; modules in a row are one rectangle."""
        canvas = self.canv
        unit = self.width / (len(self._modules) + 2 * _QUIET)
        canvas.setFillColor(WHITE)
        canvas.rect(0, 0, self.width, self.height, stroke=0, fill=1)
        canvas.setFillColor(HexColor(0))
        for row, modules in enumerate(self._modules):
            bottom = self.height - (row + 1 + _QUIET) * unit
            for start, length in _runs(modules):
                canvas.rect((start + _QUIET) * unit, bottom, length * unit, unit, stroke=0, fill=1)


def _runs(modules: Sequence[int]) -> list[tuple[int, int]]:
    """Where dark modules begin, and how many follow each other."""
    found: list[tuple[int, int]] = []
    for place, dark in enumerate(modules):
        if dark and found and sum(found[-1]) == place:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((place, 1))
    return found


class Picture(Flowable):  # type: ignore[misc]
    """A JPEG, its bytes as they are, fitted into a box of points and centred in it."""

    def __init__(self, jpeg: bytes, width: float, height: float) -> None:
        super().__init__()
        self.width, self.height = width, height
        self._image = ImageReader(io.BytesIO(jpeg))

    def draw(self) -> None:
        """On the canvas, at the place that was found for it."""
        wide, high = self._image.getSize()
        scale = min(self.width / wide, self.height / high)
        wide, high = wide * scale, high * scale
        left, bottom = (self.width - wide) / 2, (self.height - high) / 2
        self.canv.drawImage(self._image, left, bottom, wide, high)


class _Pages(Canvas):  # type: ignore[misc]
    """A canvas that knows how many pages there are before it writes the first."""

    def __init__(self, *args: Any, foot: tuple[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self._foot = foot
        self._waiting: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802
        """Keep the page until all are there."""
        self._waiting.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Write every page with its foot."""
        for number, page in enumerate(self._waiting, 1):
            self.__dict__.update(page)
            self._write_foot(number, len(self._waiting))
            super().showPage()
        super().save()

    def _write_foot(self, number: int, all_of_them: int) -> None:
        words, page = self._foot
        if not words:
            return
        self.setFont(REGULAR, 8)
        self.setFillColor(SOFT)
        self.drawString(MARGIN, _FOOT, visible(words))
        self.drawRightString(self._pagesize[0] - MARGIN, _FOOT, page.format(page=number, pages=all_of_them))


def drawn(
    story: Story,
    *,
    title: str,
    language: Language,
    foot: tuple[str, str] = ("", ""),
    size: tuple[float, float] = A4,
    margin: float = MARGIN,
) -> bytes:
    """A PDF of a story; the same story gives the same bytes.

    foot: words at the left of each page's foot, and "{page} of {pages}" in the language, for its right.
    """
    output = io.BytesIO()
    wide, high = size
    document = BaseDocTemplate(
        output,
        pagesize=size,
        title=title,
        lang=language.value,
        invariant=1,
        pageCompression=1,
        initialFontName=REGULAR,
    )
    frame = Frame(margin, margin, wide - 2 * margin, high - 2 * margin, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate("page", [frame]))
    visible("")  # the fonts must be known before the first page
    document.build(story, canvasmaker=lambda *args, **more: _Pages(*args, foot=foot, **more))
    return output.getvalue()


def width_of(size: tuple[float, float] = A4, margin: float = MARGIN) -> float:
    """How wide a line can be, in points."""
    return size[0] - 2 * margin
