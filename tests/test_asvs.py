"""docs/asvs.md: every requirement of OWASP ASVS 5.0.0, levels 1 and 2, has an answer to look up."""

import functools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAPER = ROOT / "docs" / "asvs.md"
# How many requirements of levels 1 and 2 each section of the standard has.
SECTIONS = {
    "1.1": 2,
    "1.2": 9,
    "1.3": 11,
    "1.4": 3,
    "1.5": 2,
    "2.1": 3,
    "2.2": 3,
    "2.3": 4,
    "2.4": 1,
    "3.2": 2,
    "3.3": 4,
    "3.4": 6,
    "3.5": 5,
    "3.7": 2,
    "4.1": 3,
    "4.2": 1,
    "4.3": 2,
    "4.4": 4,
    "5.1": 1,
    "5.2": 3,
    "5.3": 2,
    "5.4": 3,
    "6.1": 3,
    "6.2": 12,
    "6.3": 4,
    "6.4": 4,
    "6.5": 5,
    "6.6": 3,
    "6.8": 4,
    "7.1": 3,
    "7.2": 4,
    "7.3": 2,
    "7.4": 5,
    "7.5": 2,
    "7.6": 2,
    "8.1": 2,
    "8.2": 3,
    "8.3": 1,
    "8.4": 1,
    "9.1": 3,
    "9.2": 4,
    "10.1": 2,
    "10.2": 2,
    "10.3": 4,
    "10.4": 11,
    "10.5": 5,
    "10.6": 2,
    "10.7": 3,
    "11.1": 2,
    "11.2": 3,
    "11.3": 3,
    "11.4": 4,
    "11.5": 1,
    "11.6": 1,
    "12.1": 3,
    "12.2": 2,
    "12.3": 4,
    "13.1": 1,
    "13.2": 5,
    "13.3": 2,
    "13.4": 5,
    "14.1": 2,
    "14.2": 4,
    "14.3": 3,
    "15.1": 3,
    "15.2": 3,
    "15.3": 7,
    "16.1": 1,
    "16.2": 5,
    "16.3": 4,
    "16.4": 3,
    "16.5": 3,
    "17.1": 1,
    "17.2": 4,
    "17.3": 2,
}
LEVELS = {"1": 70, "2": 183}


def rows(part: str) -> Iterator[list[str]]:
    for line in part.splitlines():
        if re.match(r"\| V\d", line):
            yield [cell.strip() for cell in line.strip().strip("|").split("|")]


@functools.cache
def parts() -> tuple[str, str]:
    """What stands before the list, and the list."""
    before, _, listed = PAPER.read_text("utf-8").partition("## The list")
    return before, listed


LISTED = list(rows(parts()[1]))


def test_every_requirement_of_both_levels_is_there_once() -> None:
    ids = [name for name, *_ in LISTED]
    assert len(set(ids)) == len(ids)
    assert Counter(name[1:].rpartition(".")[0] for name in ids) == SECTIONS
    assert Counter(level for _, level, *_ in LISTED) == LEVELS


@pytest.mark.parametrize("row", LISTED, ids=[name for name, *_ in LISTED])
def test_no_line_is_without_an_answer_and_named_tests_exist(row: list[str]) -> None:
    _, _, what, answer, why = row
    assert what
    assert answer in ("met", "not met", "n/a")
    assert why
    for path, function in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", why):
        text = (ROOT / path).read_text("utf-8")
        assert not function or re.search(rf"^def {function}\(", text, re.MULTILINE), f"{path}: {function}"
    for name in re.findall(r"`((?:appliance|webui)/[\w/]+\.py)`", why):
        assert (ROOT / name).is_file(), name


def test_what_is_not_met_stands_on_top_and_is_counted() -> None:
    before, _ = parts()
    assert [name for name, *_ in rows(before)] == [row[0] for row in LISTED if row[3] == "not met"]
    answers = Counter(row[3] for row in LISTED)
    assert f"| {answers['met']} | {answers['not met']} | {answers['n/a']} |" in before
