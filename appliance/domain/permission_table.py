"""An old list of permissions as a spreadsheet writes it: bytes to columns and rows, nothing understood yet.

CSV has no standard that is kept (RFC 4180 came late): Dutch spreadsheets write semicolons and Windows-1252,
others commas and UTF-8, and "Unicode text" is UTF-16 with tabs.
"""

import codecs
import csv
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from appliance.domain.errors import Mistake

LARGEST = 10_000_000  # bytes
MOST_ROWS = 20_000
MOST_COLUMNS = 200
DELIMITERS = (";", "\t", ",")

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_SAID = re.compile(r"sep=(.)[\r\n]+", re.IGNORECASE)  # a first line that some spreadsheets write
_LOOKED_AT = 200  # lines, to find the delimiter


@dataclass(frozen=True, slots=True)
class Row:
    """One row. line: where it begins in the file, from 1, as an editor counts."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A list with its headings. encoding: how its bytes were read. Rows without any text are left out."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    delimiter: str
    encoding: str

    def first(self, count: int) -> "Table":
        """The same list with its first rows only, to try a mapping on."""
        return replace(self, rows=self.rows[:count])


def read_table(data: bytes) -> Table:
    """Read a list; the delimiter, the encoding and a byte order mark are found out.

    Raises:
        Mistake: when it is no text in rows and columns, or too large.
    """
    if len(data) > LARGEST:
        raise _too_large()
    encoding = _encoding(data)
    text = data.decode(encoding)
    said = _SAID.match(text)
    lines = _LINE.findall(text)
    skipped = 1 if said else 0
    delimiter = said[1] if said else _delimiter(lines)
    found = _rows(lines[skipped:], delimiter, skipped)
    if not found or len(found[0].cells) < 2:
        raise Mistake(
            "list:no_columns",
            "No columns are found in this file.",
            "Save the list as CSV, with the headings in the first row.",
        )
    if len(found) > MOST_ROWS + 1 or len(found[0].cells) > MOST_COLUMNS:
        raise _too_large()
    return Table(tuple(" ".join(c.split()) for c in found[0].cells), tuple(found[1:]), delimiter, encoding)


def _too_large() -> Mistake:
    return Mistake(
        "list:too_large",
        "This list is too large.",
        "Split it: at most {rows} rows and {columns} columns at a time.",
        values={"rows": MOST_ROWS, "columns": MOST_COLUMNS},
    )


def _encoding(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates: tuple[str, ...] = ("utf-16",)
    else:
        candidates = ("utf-8-sig", "cp1252") if b"\0" not in data else ()
    for encoding in candidates:
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Mistake(
        "list:not_text",
        "This file is not a list in plain text.",
        'Open it in the spreadsheet program and save it as "CSV UTF-8".',
    )


def _delimiter(lines: Sequence[str]) -> str:
    """The one by which most rows have as many cells as the headings, and more than one."""
    return max(DELIMITERS, key=lambda delimiter: _fit(lines[:_LOOKED_AT], delimiter))


def _fit(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    widths = [len(row.cells) for row in _rows(lines, delimiter, 0, strict=False)]
    if not widths or widths[0] < 2:
        return (0.0, 0)
    return (widths.count(widths[0]) / len(widths), widths[0])


def _rows(lines: Sequence[str], delimiter: str, skipped: int, *, strict: bool = True) -> list[Row]:
    reader = csv.reader(lines, delimiter=delimiter, strict=strict)
    rows: list[Row] = []
    line = skipped + 1
    try:
        for cells in reader:
            cleaned = tuple(_clean(cell) for cell in cells)
            if any(cleaned):
                rows.append(Row(line, cleaned))
            line = skipped + reader.line_num + 1
    except csv.Error as problem:
        if not strict:
            return rows
        raise Mistake(
            "list:bad_quotes",
            "The quotes do not close in the row that begins at line {line}.",
            "Mend that row, or save the list as CSV anew.",
            values={"line": line},
        ) from problem
    return rows


def _clean(cell: str) -> str:
    """Composed letters, single spaces, no space around; line breaks within a cell stay."""
    lines = (" ".join(line.split()) for line in unicodedata.normalize("NFC", cell).splitlines())
    return "\n".join(line for line in lines if line)
