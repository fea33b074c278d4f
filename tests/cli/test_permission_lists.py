"""An old list brought in at the command line."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run

LIST = "Wie;Web?;Krant;Tot\nAnna de Vries;prima;nee;3/4/2027\nBea;ja;;31-12-2027\n"


@pytest.fixture
def received(kluis: Run, home: Path, tmp_path: Path) -> str:
    file = tmp_path / "oud.csv"
    file.write_text(LIST, "utf-8")
    return str(kluis(home, "permission-list", "receive", file, "--json").json["id"])


def test_a_list_is_mapped_tried_brought_in_and_taken_back(kluis: Run, home: Path, received: str) -> None:
    shown = kluis(
        home,
        *(
            "permission-list",
            "map",
            received,
            "--column",
            "Web?=answer:web",
            "--column",
            "Krant=answer:press",
        ),
        *("--column", "Tot=end", "--dates", "day_first", "--word", "prima=granted", "--json"),
    )
    assert shown.status == 0, shown.err
    assert [row["holds"] for row in shown.json] == ["name", "answer:web", "answer:press", "end"]
    tried = kluis(home, "permission-list", "try", received, "--rows", "1", "--json").json
    assert (tried["rows"], tried["people_new"], tried["problems"]) == (1, 1, [])
    assert kluis(home, "people", "list", "--json").json == []
    done = kluis(home, "permission-list", "commit", received, "--json").json
    assert (done["people_new"], done["quitclaims"], done["rows_left_out"]) == (2, 2, 0)
    assert {one["name"]: one["press"] for one in kluis(home, "people", "list", "--json").json} == {
        "Anna de Vries": "declined",
        "Bea": None,
    }
    assert kluis(home, "permission-list", "undo", received, "--json").json["undone"] == 2
    assert {one["web"] for one in kluis(home, "people", "list", "--json").json} == {None}
    (kept,) = kluis(home, "permission-list", "list", "--json").json
    assert (kept["id"], kept["state"]) == (received, "undone")


def test_what_is_wrong_with_rows_is_said_by_line(kluis: Run, home: Path, received: str) -> None:
    kluis(home, "permission-list", "map", received, "--column", "Web?=answer:web", "--dates", "none")
    told = kluis(home, "permission-list", "try", received)
    assert "“prima” under Web? is not a clear yes or no." in told.out
    assert "“3/4/2027” under Tot may be two days." in told.out


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--column", "Adres=name"), "no column Adres"),
        (("--column", "Wie=shoe"), "nothing that a column can hold"),
        (("--word", "prima=perhaps"), "granted, declined or withdrawn"),
        (("--same", "two=new"), "not a line"),
    ],
)
def test_a_mapping_that_is_not_understood_is_refused(
    kluis: Run, home: Path, received: str, options: tuple[str, ...], says: str
) -> None:
    refused = kluis(home, "permission-list", "map", received, *options)
    assert refused.status == 1
    assert says in refused.err


def test_an_open_list_is_thrown_away(kluis: Run, home: Path, received: str) -> None:
    assert kluis(home, "permission-list", "discard", received).status == 0
    assert kluis(home, "permission-list", "list", "--json").json == []
    assert kluis(home, "permission-list", "commit", received).status == 1
