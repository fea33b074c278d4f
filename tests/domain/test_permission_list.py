"""From an old list to a plan: what is clear comes in whole; one doubt keeps all of that person out."""

import csv
import io
import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from appliance.domain.consent import Answer, Basis, Purpose, Term
from appliance.domain.errors import Mistake
from appliance.domain.people import Person, PersonId
from appliance.domain.permission_columns import ColumnMapping, Field, Use, guess
from appliance.domain.permission_list import Plan, photo_names, plan
from appliance.domain.permission_people import Known, PlannedPerson
from appliance.domain.permission_problems import Problem, ProblemKind, explain
from appliance.domain.permission_table import Table, read_table
from appliance.domain.wording import Language

TODAY = date(2026, 11, 24)
WEB, SOCIAL, PRESS = Purpose.WEB, Purpose.SOCIAL_MEDIA, Purpose.PRESS
YES, NO, TAKEN_BACK = Answer.GRANTED, Answer.DECLINED, Answer.WITHDRAWN
HEAD = "Naam;E-mail;Website;Pers;Getekend op;Geldig tot"
UNTIL = date(2027, 12, 31)


def table(*rows: str, head: str = HEAD) -> Table:
    return read_table("\n".join([head, *rows]).encode())


def planned(*rows: str, head: str = HEAD, known: Known | None = None, **more: Any) -> Plan:
    read = table(*rows, head=head)
    return plan(read, replace(guess(read), **more), TODAY, *([known] if known else []))


def kinds(found: Plan) -> list[tuple[int, ProblemKind]]:
    return [(problem.line, problem.kind) for problem in found.problems]


def test_a_clear_row_comes_in_whole() -> None:
    found = planned("Anna  de Vries;anna@example.nl;Ja;nee;1-3-2025;31-12-2027")
    assert found == Plan(
        Basis.CONSENT,
        "",
        (
            PlannedPerson(
                lines=(2,),
                name="Anna de Vries",
                email="anna@example.nl",
                terms=(Term(WEB, YES, date(2025, 3, 1), UNTIL), Term(PRESS, NO)),
            ),
        ),
        (),
        rows=1,
    )
    assert (found.quitclaims, found.rows_left_out) == (1, 0)


def test_every_field() -> None:
    found = planned(
        "Anna;van der;Berg;Zorg;24-11-2010;x;a.jpg, b.jpg;Let op;2030-01-01",
        head="Voornaam;Tussenvoegsel;Achternaam;Afdeling;Geboortedatum;Website;Foto;Opmerking;Einddatum",
    )
    person = found.people[0]
    assert (person.name, person.department, person.note) == ("Anna van der Berg", "Zorg", "Let op")
    assert (person.birth_date, person.photos) == (date(2010, 11, 24), ("a.jpg", "b.jpg"))
    assert not person.minor


def test_nothing_said_is_no_term() -> None:
    found = planned("Anna;;;nee;;", "Bea;;-;;;")
    assert [person.terms for person in found.people] == [(Term(PRESS, NO),), ()]
    assert (found.quitclaims, found.problems) == (1, ())


def test_what_was_taken_back_stays_so() -> None:
    assert planned("Anna;;ingetrokken;;;").people[0].terms == (Term(WEB, TAKEN_BACK),)


ROWS: dict[str, tuple[str, ProblemKind, str, str]] = {
    "an unclear answer": ("Anna;;ja?;nee;;31-12-2027", ProblemKind.UNCLEAR_ANSWER, "Website", "ja?"),
    "a condition": (
        "Anna;;ja, zonder naam;;;31-12-2027",
        ProblemKind.UNCLEAR_ANSWER,
        "Website",
        "ja, zonder naam",
    ),
    "no name": (";anna@example.nl;ja;;;31-12-2027", ProblemKind.NO_NAME, "Naam", ""),
    "a name that is none": ("123;;ja;;;31-12-2027", ProblemKind.BAD_NAME, "Naam", "123"),
    "a name that is too long": (f"{'a' * 201};;ja;;;31-12-2027", ProblemKind.BAD_NAME, "Naam", "a" * 80),
    "a bad address": ("Anna;anna@;ja;;;31-12-2027", ProblemKind.BAD_EMAIL, "E-mail", "anna@"),
    "an end that is no day": ("Anna;;ja;;;onbepaald", ProblemKind.UNKNOWN_DATE, "Geldig tot", "onbepaald"),
    "a day that does not exist": (
        "Anna;;ja;;;31-2-2027",
        ProblemKind.UNKNOWN_DATE,
        "Geldig tot",
        "31-2-2027",
    ),
    "ends before it begins": ("Anna;;ja;;1-3-2025;28-2-2025", ProblemKind.ENDS_FIRST, "Geldig tot", ""),
    "without an end": ("Anna;;ja;;1-3-2025;", ProblemKind.NO_END, "Website", ""),
    "too many cells": ("Anna;;ja;;;31-12-2027;ja", ProblemKind.WRONG_WIDTH, "", ""),
    "too few cells": ("Anna;;ja", ProblemKind.WRONG_WIDTH, "", ""),
}


@pytest.mark.parametrize("case", ROWS.values(), ids=ROWS)
def test_one_doubt_keeps_a_row_out(case: tuple[str, ProblemKind, str, str]) -> None:
    row, kind, column, value = case
    # Enough clear rows beside it that the guess stands.
    found = planned("Bea;bea@example.nl;nee;nee;13-3-2025;31-12-2027", "Carl;;nee;nee;;1-1-2027", row)
    assert Problem(4, kind, column, value) in found.problems
    assert {problem.line for problem in found.problems} == {4}
    assert [person.name for person in found.people] == ["Bea", "Carl"]
    assert (found.rows, found.rows_left_out) == (3, 1)


def test_days_that_may_be_two() -> None:
    rows = ("Anna;;ja;;3/4/2025;2027-12-31", "Bea;;ja;;1/5/2025;2027-12-31")
    read = table(*rows)
    assert kinds(plan(read, guess(read), TODAY)) == [
        (2, ProblemKind.AMBIGUOUS_DATE),
        (3, ProblemKind.AMBIGUOUS_DATE),
    ]
    decided = planned(*rows, "Carl;;ja;;30/4/2025;2027-12-31")
    assert [person.terms[0].valid_from for person in decided.people] == [
        date(2025, 4, 3),
        date(2025, 5, 1),
        date(2025, 4, 30),
    ]


def test_a_user_says_how_long_a_yes_counts() -> None:
    found = planned("Anna;;ja;;1-3-2025;", "Bea;;ja;;;", "Carl;;ja;;;1-1-2027", months=24)
    assert [person.terms[0].valid_until for person in found.people] == [
        date(2027, 2, 28),
        date(2028, 11, 23),
        date(2027, 1, 1),
    ]


def test_an_agreement_may_have_no_end() -> None:
    found = planned("Anna;;ja;;;", basis=Basis.AGREEMENT)
    assert (found.basis, found.people[0].terms) == (Basis.AGREEMENT, (Term(WEB, YES),))


def test_what_has_ended_already_is_said() -> None:
    found = planned("Anna;;ja;;;1-1-2026", "Bea;;ja;;;24-11-2026", "Carl;;nee;;;")
    assert [person.expired for person in found.people] == [True, False, False]


def test_days_of_one_purpose() -> None:
    found = planned(
        "Anna;ja;2027-01-01;ja;2028-01-01",
        head="Naam;Website;Website tot;Pers;Geldig tot",
    )
    assert found.people[0].terms == (
        Term(WEB, YES, None, date(2027, 1, 1)),
        Term(PRESS, YES, None, date(2028, 1, 1)),
    )


@pytest.mark.parametrize(
    ("facebook", "instagram", "answer"),
    [("ja", "ja", YES), ("nee", "nee", NO), ("ja", "nee", None), ("ja", "", None), ("nee", "", None)],
)
def test_two_columns_about_one_purpose_must_agree(
    facebook: str, instagram: str, answer: Answer | None
) -> None:
    found = planned(f"Anna;{facebook};{instagram};2027-12-31", head="Naam;Facebook;Instagram;Geldig tot")
    if answer is None:
        assert found.problems == (Problem(2, ProblemKind.TWO_ANSWERS, "Facebook, Instagram"),)
        assert found.people == ()
    else:
        assert [(term.purpose, term.answer) for term in found.people[0].terms] == [(SOCIAL, answer)]


def test_one_column_about_two_purposes() -> None:
    found = planned("Anna;ja;2027-12-31", head="Naam;Web en social media;Geldig tot")
    assert [term.purpose for term in found.people[0].terms] == [WEB, SOCIAL]


@pytest.mark.parametrize(
    ("born", "minor", "problem"),
    [
        ("24-11-2010", False, None),
        ("25-11-2010", True, None),
        ("24-11-2026", True, None),
        ("25-11-2026", None, ProblemKind.UNLIKELY_BIRTH_DATE),
        ("1-1-1901", None, ProblemKind.UNLIKELY_BIRTH_DATE),
        ("1-1-10", None, ProblemKind.AMBIGUOUS_DATE),
    ],
)
def test_birth_dates(born: str, minor: bool | None, problem: ProblemKind | None) -> None:
    found = planned(f"Anna;{born};nee", "Bea;13-1-1980;nee", head="Naam;Geboortedatum;Website")
    assert kinds(found) == ([(2, problem)] if problem else [])
    assert minor is None or found.people[0].minor is minor


PHOTO_HEAD = "Naam;E-mail;Website;Geldig tot;Foto"
ANNA = "Anna;anna@example.nl;ja;2027-12-31"

# Rows of a list with a photo in each, the kind of problem all have, or None where they are one person.
TOGETHER: dict[str, tuple[tuple[str, ...], dict[int, ProblemKind]]] = {
    "a row for each photo": ((f"{ANNA};a.jpg", f"{ANNA};b.jpg"), {}),
    "without an address": (("Anna;;ja;2027-12-31;a.jpg", "Anna;;ja;2027-12-31;b.jpg"), {}),
    "small and capital letters": ((f"{ANNA};a.jpg", f"{ANNA.replace('Anna;anna', 'ANNA;Anna')};b.jpg"), {}),
    "a yes and a no": (
        (f"{ANNA};a.jpg", "Anna;anna@example.nl;nee;;b.jpg"),
        {2: ProblemKind.CONTRADICTS, 3: ProblemKind.CONTRADICTS},
    ),
    "a yes and nothing": (
        (f"{ANNA};a.jpg", "Anna;anna@example.nl;;;b.jpg"),
        {2: ProblemKind.CONTRADICTS, 3: ProblemKind.CONTRADICTS},
    ),
    "another end": (
        (f"{ANNA};a.jpg", f"{ANNA.replace('2027', '2028')};b.jpg"),
        {2: ProblemKind.CONTRADICTS, 3: ProblemKind.CONTRADICTS},
    ),
    "a row that is not clear": (
        (f"{ANNA};a.jpg", "Anna;anna@example.nl;volgt;;b.jpg"),
        {2: ProblemKind.OTHER_ROW, 3: ProblemKind.UNCLEAR_ANSWER},
    ),
    "an address of two names": (
        (f"{ANNA};a.jpg", "Bea;anna@example.nl;ja;2027-12-31;b.jpg"),
        {2: ProblemKind.SAME_PERSON, 3: ProblemKind.SAME_PERSON},
    ),
    "a name with an address and without": (
        (f"{ANNA};a.jpg", "Anna;;nee;;b.jpg"),
        {2: ProblemKind.SAME_PERSON, 3: ProblemKind.SAME_PERSON},
    ),
    "a name with a broken address": (
        (f"{ANNA};a.jpg", "Anna;anna@;nee;;b.jpg"),
        {2: ProblemKind.OTHER_ROW, 3: ProblemKind.BAD_EMAIL},
    ),
}


@pytest.mark.parametrize("case", TOGETHER.values(), ids=TOGETHER)
def test_rows_about_the_same_person(case: tuple[tuple[str, ...], dict[int, ProblemKind]]) -> None:
    rows, expected = case
    found = planned(*rows, "Zoë;zoe@example.nl;nee;;z.jpg", "Yan;;nee;;y.jpg", head=PHOTO_HEAD)
    assert dict(kinds(found)) == expected
    if expected:
        assert [person.name for person in found.people] == ["Zoë", "Yan"]
    else:
        assert (found.people[0].lines, found.people[0].photos) == ((2, 3), ("a.jpg", "b.jpg"))


def test_two_people_of_one_name_with_addresses_of_their_own() -> None:
    found = planned(f"{ANNA};a.jpg", "Anna;other@example.nl;nee;;b.jpg", head=PHOTO_HEAD)
    assert (len(found.people), found.problems) == (2, ())


def test_a_list_without_photos_does_not_repeat_a_name() -> None:
    row = "Anna;;ja;;;2027-12-31"
    assert kinds(planned(row, row)) == [(2, ProblemKind.SAME_PERSON), (3, ProblemKind.SAME_PERSON)]


@pytest.mark.parametrize(
    ("address", "kind"), [("", ProblemKind.SAME_PERSON), ("anna@example.nl", ProblemKind.CONTRADICTS)]
)
def test_one_name_in_two_departments(address: str, kind: ProblemKind) -> None:
    """Without an address it may be two people; with one it is one, about whom the list is not sure."""
    rows = [f"Anna;{address};{team};nee;a.jpg" for team in ("Zorg", "Beheer")]
    found = planned(*rows, head="Naam;E-mail;Afdeling;Website;Foto")
    assert kinds(found) == [(2, kind), (3, kind)]


def test_a_permission_of_one_day() -> None:
    found = planned("Anna;;ja;;2027-12-31;2027-12-31")
    assert found.people[0].terms == (Term(WEB, YES, UNTIL, UNTIL),)


def test_notes_of_all_rows_are_kept() -> None:
    head = "Naam;E-mail;Website;Opmerking"
    rows = [f"Anna;anna@example.nl;nee;{note}" for note in ("een", "", "een", "twee")]
    assert planned(*rows, head=head).people[0].note == "een; twee"


P1, P2 = (PersonId(one) for one in ("p1", "p2"))
KNOWN = Known(
    [Person(P1, "Anna", email="Anna@Example.nl", birth_date=date(2015, 1, 1)), Person(P2, "Bea")],
    {P1: {PRESS}},
)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("Anna;anna@example.nl;ja;;;2027-12-31", P1),
        ("Carl;carl@example.nl;ja;;;2027-12-31", None),
        ("Anna de Vries;anna@example.nl;ja;;;2027-12-31", ProblemKind.OTHER_NAME),
        ("Anna;;ja;;;2027-12-31", ProblemKind.MAY_BE_KNOWN),
        ("Anna;other@example.nl;ja;;;2027-12-31", ProblemKind.MAY_BE_KNOWN),
        ("bea;;ja;;;2027-12-31", ProblemKind.MAY_BE_KNOWN),
        ("Anna;anna@example.nl;;ja;;2027-12-31", ProblemKind.ALREADY_ANSWERED),
        ("Anna;anna@example.nl;nee;nee;;", ProblemKind.ALREADY_ANSWERED),
    ],
)
def test_who_is_known_already(row: str, expected: PersonId | ProblemKind | None) -> None:
    found = planned(row, known=KNOWN)
    if isinstance(expected, ProblemKind):
        assert kinds(found) == [(2, expected)]
        assert found.people == ()
    else:
        assert [person.existing for person in found.people] == [expected]
        assert found.people[0].minor == (expected == P1)


def test_a_user_decides_who_is_meant() -> None:
    rows = ("Anna;;ja;;;2027-12-31", "Bea;;ja;;;2027-12-31")
    found = planned(*rows, known=KNOWN, decisions={2: P1, 3: None})
    assert [person.existing for person in found.people] == [P1, None]
    assert kinds(planned(rows[0], known=KNOWN, decisions={2: PersonId("gone")})) == [
        (2, ProblemKind.MAY_BE_KNOWN)
    ]
    photos = (f"{ANNA};a.jpg", f"{ANNA};b.jpg")
    torn = planned(*photos, head=PHOTO_HEAD, known=KNOWN, decisions={2: P1, 3: P2})
    assert kinds(torn) == [(2, ProblemKind.MAY_BE_KNOWN), (3, ProblemKind.MAY_BE_KNOWN)]
    both = planned(*rows, known=KNOWN, decisions={2: P2, 3: P2})
    assert kinds(both) == [(2, ProblemKind.SAME_PERSON), (3, ProblemKind.SAME_PERSON)]


def test_a_mapping_that_does_not_fit_is_refused() -> None:
    with pytest.raises(Mistake):
        plan(table("Anna;;ja;;;"), ColumnMapping((Use(Field.NAME),)), TODAY)


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (["a.jpg; b.jpg|c.jpg\nd.jpg"], ("a.jpg", "b.jpg", "c.jpg", "d.jpg")),
        (["a.jpg, b.jpg"], ("a.jpg", "b.jpg")),
        (["Jansen, Piet.jpg"], ("Jansen, Piet.jpg",)),
        (["2024\\zomer\\a.jpg", "a.jpg", "a.jpg"], ("2024/zomer/a.jpg", "a.jpg")),
        (["", ";;"], ()),
    ],
)
def test_names_of_photos(cells: list[str], names: tuple[str, ...]) -> None:
    assert photo_names(cells) == names


@pytest.mark.parametrize("kind", ProblemKind)
def test_every_problem_is_said_in_two_languages(kind: ProblemKind) -> None:
    dutch, english = (explain(Problem(2, kind, "Website", "ja?"), language) for language in Language)
    assert dutch != english
    assert not set(dutch + english) & set("{}")
    assert dutch.endswith((".", "?", "Website."))


# At random: lists written by somebody who knows the truth, and lists full of rubbish.


def is_not_utf8(data: bytes) -> bool:
    return "\ufffd" in data.decode("utf-8", "replace")


people = st.lists(
    st.tuples(
        st.text(st.characters(codec="cp1252", categories=["L"]), min_size=1, max_size=8),
        st.sampled_from([(YES, "ja"), (YES, "X"), (NO, "nee"), (TAKEN_BACK, "ingetrokken"), (None, "")]),
        st.sampled_from([(YES, "Akkoord"), (NO, "0"), (None, "-")]),
        st.integers(0, 4000).map(lambda n: date(2020, 1, 1) + timedelta(days=n)),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda person: person[0].casefold(),
)


@given(
    people,
    st.sampled_from([";", ",", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    st.sampled_from(["%Y-%m-%d", "%d-%m-%Y"]),
)
def test_a_list_written_well_comes_in_as_it_was(
    truth: list[Any], delimiter: str, encoding: str, form: str
) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(["Naam", "Website", "Pers", "Geldig t/m"])
    writer.writerows([name, web[1], press[1], end.strftime(form)] for name, web, press, end in truth)
    data = file.getvalue().encode(encoding)
    # A few pairs of letters in Windows-1252 are one letter in UTF-8: nobody can tell them apart.
    assume(encoding != "cp1252" or data.decode("utf-8", "replace") == file.getvalue() or is_not_utf8(data))
    read = read_table(data)
    found = plan(read, guess(read), TODAY)
    assert found.problems == ()
    expected = [
        (
            name,
            tuple(
                Term(purpose, answer, None, end if answer is YES else None)
                for purpose, (answer, _) in ((WEB, web), (PRESS, press))
                if answer is not None
            ),
        )
        for name, web, press, end in truth
    ]
    assert [(person.name, person.terms) for person in found.people] == [
        (unicodedata.normalize("NFC", name), terms) for name, terms in expected
    ]


rubbish = st.sampled_from(
    [
        "",
        "ja",
        "nee",
        "?",
        "x",
        "Anna",
        "anna",
        "Bea",
        "a@example.nl",
        "a@",
        "2027-01-01",
        "3/4/2025",
        "1-1-2020",
    ]
)


@given(st.lists(st.lists(rubbish, min_size=4, max_size=8), min_size=1, max_size=10), st.booleans())
def test_each_row_comes_in_once_or_is_told(rows: list[list[str]], photos: bool) -> None:
    lines = ["Naam;E-mail;Website;Pers;Tot;Foto;Rest", *(";".join(row) for row in rows)]
    read = read_table("\n".join(lines).encode())
    uses = (
        Use(Field.NAME),
        Use(Field.EMAIL),
        Use(Field.ANSWER, (WEB,)),
        Use(Field.ANSWER, (PRESS,)),
        Use(Field.END),
        Use(Field.PHOTO) if photos else None,
        None,
    )
    found = plan(read, ColumnMapping(uses), TODAY)
    came_in = [line for person in found.people for line in person.lines]
    told = {problem.line for problem in found.problems}
    assert len(came_in) == len(set(came_in))
    assert set(came_in) | told == {row.line for row in read.rows}
    assert not set(came_in) & told
    cells = {row.line: row.cells for row in read.rows}
    for person in found.people:
        for term in person.terms:
            if term.answer is YES:
                column = 2 if term.purpose is WEB else 3
                assert {cells[line][column] for line in person.lines} <= {"ja", "x"}
                assert term.valid_until is not None
    names = [(person.name.casefold(), person.email.casefold()) for person in found.people]
    assert len(names) == len(set(names))
