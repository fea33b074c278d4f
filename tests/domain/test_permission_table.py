"""Lists as spreadsheets write them: every encoding, delimiter and quote comes out the same."""

import codecs
import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.errors import Mistake
from appliance.domain.permission_table import LARGEST, MOST_COLUMNS, MOST_ROWS, Table, read_table

LINES = "Naam;E-mail;Web\r\nRenée de Vries;renee@example.nl;ja\r\n\r\nJan;;nee\r\n"
COLUMNS = ("Naam", "E-mail", "Web")
ROWS = [(2, ("Renée de Vries", "renee@example.nl", "ja")), (4, ("Jan", "", "nee"))]


def rows(table: Table) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.line, row.cells) for row in table.rows]


FILES: dict[str, tuple[bytes, str, str]] = {
    "UTF-8": (LINES.encode(), ";", "utf-8-sig"),
    "UTF-8 with its mark": (codecs.BOM_UTF8 + LINES.encode(), ";", "utf-8-sig"),
    "Windows-1252": (LINES.encode("cp1252"), ";", "cp1252"),
    "UTF-16, as Unicode text": (LINES.replace(";", "\t").encode("utf-16"), "\t", "utf-16"),
    "commas": (LINES.replace(";", ",").encode(), ",", "utf-8-sig"),
    "tabs": (LINES.replace(";", "\t").encode(), "\t", "utf-8-sig"),
    "lines of Unix": (LINES.replace("\r\n", "\n").encode(), ";", "utf-8-sig"),
    "lines of an old Mac": (LINES.replace("\r\n", "\r").encode(), ";", "utf-8-sig"),
    "no line break at the end": (LINES.rstrip().encode(), ";", "utf-8-sig"),
    "letters taken apart": (LINES.replace("é", "e\u0301").encode(), ";", "utf-8-sig"),
    "spaces around": (LINES.replace(";", "\u00a0; ").encode(), ";", "utf-8-sig"),
    "quotes around everything": (
        b'"Naam";"E-mail";"Web"\n"Ren\xc3\xa9e de Vries";"renee@example.nl";"ja"\n\n"Jan";"";"nee"\n',
        ";",
        "utf-8-sig",
    ),
}


@pytest.mark.parametrize("case", FILES.values(), ids=FILES)
def test_every_spreadsheet_says_the_same(case: tuple[bytes, str, str]) -> None:
    data, delimiter, encoding = case
    table = read_table(data)
    assert (table.columns, table.delimiter, table.encoding) == (COLUMNS, delimiter, encoding)
    assert rows(table) == ROWS


def test_a_first_line_that_names_the_delimiter() -> None:
    table = read_table(b"sep=,\r\nNaam,Web; social\r\nJan,ja\r\n")
    assert table.columns == ("Naam", "Web; social")
    assert rows(table) == [(3, ("Jan", "ja"))]


def test_delimiters_and_line_breaks_within_quotes() -> None:
    table = read_table(b'Naam;Foto\n"Jansen; Jan ""de Beer""";"a.jpg\nb.jpg"\nBea;c.jpg\n')
    assert rows(table) == [(2, ('Jansen; Jan "de Beer"', "a.jpg\nb.jpg")), (4, ("Bea", "c.jpg"))]


def test_commas_in_headings_do_not_part_columns() -> None:
    assert read_table(b"Naam, voluit;Web\nJan;ja\nBea;nee\n").columns == ("Naam, voluit", "Web")


def test_rows_keep_the_cells_they_have() -> None:
    assert rows(read_table(b"a;b;c\n1;2\n1;2;3;4\n")) == [(2, ("1", "2")), (3, ("1", "2", "3", "4"))]


def test_the_first_rows_to_try_on() -> None:
    assert rows(read_table(LINES.encode()).first(1)) == ROWS[:1]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "list:no_columns"),
        (b"\r\n\r\n", "list:no_columns"),
        (b"Naam\r\nJan\r\n", "list:no_columns"),
        (b"PK\x03\x04\x00\x00", "list:not_text"),
        (b"Naam;Web\x00", "list:not_text"),
        (codecs.BOM_UTF16_LE + b"a", "list:not_text"),
        (b"Naam;Web\nJ\x81n;ja\n", "list:not_text"),
        (b'Naam;Web\n"Jan;ja\nBea;nee\n', "list:bad_quotes"),
        (b'Naam;Web\n"Jan" Jansen;ja\n', "list:bad_quotes"),
        (b"a;b\n" + b"x;y\n" * (MOST_ROWS + 1), "list:too_large"),
        (b";" * MOST_COLUMNS + b"x\n", "list:too_large"),
        (b"a;b\n" + b"x" * LARGEST, "list:too_large"),
    ],
)
def test_what_cannot_be_read(data: bytes, key: str) -> None:
    with pytest.raises(Mistake) as caught:
        read_table(data)
    assert caught.value.key == key
    assert caught.value.hint


def test_the_line_of_bad_quotes_is_named() -> None:
    with pytest.raises(Mistake, match="line 3"):
        read_table(b'Naam;Web\nJan;ja\n"Bea" B;nee\n')


cells = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z", "M")) | st.sampled_from(' ;,\t"\n')
)


@given(
    st.lists(st.lists(cells, min_size=3, max_size=3), max_size=8),
    st.sampled_from(";,\t"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_is_written_is_read(lists: list[list[str]], delimiter: str, encoding: str) -> None:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([["a", "b", "c"], *lists])
    table = read_table(file.getvalue().encode(encoding))
    squeezed = [[cell.split() for cell in row] for row in lists]
    expected = [[unicodedata.normalize("NFC", " ".join(cell)) for cell in row] for row in squeezed]
    found = [[" ".join(cell.split()) for cell in row.cells] for row in table.rows]
    assert found == [row for row in expected if any(row)]


@given(st.binary(max_size=200))
def test_any_bytes_are_a_list_or_a_mistake(data: bytes) -> None:
    try:
        table = read_table(data)
    except Mistake:
        return
    assert len(table.columns) >= 2
    assert all(any(row.cells) for row in table.rows)
    lines = [row.line for row in table.rows]
    assert lines == sorted(set(lines))
