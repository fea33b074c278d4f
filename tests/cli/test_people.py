"""People and what they permit, typed."""

from pathlib import Path

import pytest

from appliance.domain.consent import Purpose
from tests.cli.conftest import Run


def added(kluis: Run, home: Path, name: str = "Anna van Dijk") -> str:
    return str(kluis(home, "people", "add", name, "--department", "Bestuur", "--json").json["id"])


def test_people_are_added_listed_and_shown(kluis: Run, home: Path) -> None:
    anna = added(kluis, home)
    added(kluis, home, "Bob")
    listed = kluis(home, "people", "list", "--json").json
    assert [one["name"] for one in listed] == ["Anna van Dijk", "Bob"]
    assert set(listed[0]) == {"id", "name", "photos", *(purpose.value for purpose in Purpose)}
    assert [one["name"] for one in kluis(home, "people", "list", "dijk", "--json").json] == ["Anna van Dijk"]
    shown = kluis(home, "people", "show", anna, "--json").json
    assert (shown["department"], shown["templates"], shown["quitclaims"]) == ("Bestuur", 0, [])


@pytest.mark.parametrize(
    "arguments", [("add", ""), ("add", "Anna", "--email", "nowhere"), ("show", "nobody")]
)
def test_a_mistake_about_people_is_told(kluis: Run, home: Path, arguments: tuple[str, ...]) -> None:
    refused = kluis(home, "people", *arguments)
    assert (refused.status, refused.out) == (1, "")
    assert refused.err.startswith("Error: ")


def test_a_quitclaim_is_recorded_withdrawn_and_kept_whole(kluis: Run, home: Path) -> None:
    anna = added(kluis, home)
    made = kluis(
        home,
        *("quitclaim", "record", anna, "--purpose", "web", "--purpose", "press", "--from", "2026-01-01"),
        *("--until", "2027-12-31", "--note", "signed at the desk", "--json"),
    )
    assert made.status == 0
    one = made.json["id"]
    withdrawn = kluis(home, "quitclaim", "withdraw", one, "--purpose", "press", "--json")
    assert withdrawn.json == {"id": one, "version": 2}

    shown = kluis(home, "quitclaim", "show", one, "--json").json
    assert [(row["version"], row["purpose"], row["answer"], row["until"]) for row in shown] == [
        (1, "web", "granted", "2027-12-31"),
        (1, "press", "granted", "2027-12-31"),
        (2, "web", "granted", "2027-12-31"),
        (2, "press", "withdrawn", "2027-12-31"),
    ]
    (listed,) = kluis(home, "quitclaim", "list", "--json").json
    assert listed["purposes"] == ["web: active", "press: revoked"]
    (person,) = kluis(home, "people", "list", "--json").json
    assert (person["web"], person["press"], person["print"]) == ("active", "revoked", None)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ((), "A quitclaim needs at least one purpose."),
        (("--purpose", "web", "--purpose", "web"), "A purpose stands in this quitclaim twice."),
        (
            ("--purpose", "web", "--from", "2027-01-02", "--until", "2027-01-01"),
            "cannot end before it begins",
        ),
        (
            ("--purpose", "web", "--basis", "legitimate_interest"),
            "Legitimate interest needs a balancing text.",
        ),
        (("--purpose", "recognition", "--basis", "agreement"), "rests on explicit consent only"),
        (("--purpose", "anything"), "'anything' is not one of"),
        (("--purpose", "web", "--until", "never"), "does not match the format"),
    ],
)
def test_a_quitclaim_that_makes_no_sense_is_refused(
    kluis: Run, home: Path, options: tuple[str, ...], sentence: str
) -> None:
    refused = kluis(home, "quitclaim", "record", added(kluis, home), *options)
    assert (refused.status, sentence in refused.err) == (1, True)
    assert kluis(home, "quitclaim", "list", "--json").json == []


def test_what_was_withdrawn_is_not_withdrawn_again(kluis: Run, home: Path) -> None:
    made = kluis(home, "quitclaim", "record", added(kluis, home), "--purpose", "web", "--json").json["id"]
    assert kluis(home, "quitclaim", "withdraw", made).status == 0
    refused = kluis(home, "quitclaim", "withdraw", made)
    assert (refused.status, "There is nothing left to withdraw here." in refused.err) == (1, True)
    for command in ("withdraw", "show"):
        assert kluis(home, "quitclaim", command, "nothing").status == 1
