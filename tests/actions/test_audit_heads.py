"""Heads of the log that leave the box, the log that leaves it whole, and who looked."""

import csv
import io
import json
from dataclasses import replace
from datetime import datetime

import pytest

from appliance.actions import audit
from appliance.actions.mailing import MailSettings, Office, Security, change_mail_settings
from appliance.actions.photos import BlobKind, look_at, picture
from appliance.domain.access import Actor, Kind
from appliance.domain.audit import GENESIS, Event, Head, Outcome, seal
from appliance.domain.audit_head import SignedHead, read_head
from appliance.domain.errors import Mistake, NotAllowed, Tampered
from appliance.domain.wording import Language
from appliance.store.keys import Keyring
from appliance.store.signatures import public_key, signature
from appliance.wiring import Box
from tests.actions.scene import ADMINISTRATOR, OFFICER, VIEWER, named, person, raw, rows, told
from tests.conftest import Clock

OFFICE = Office("Waterdam", "https://kluis.example/")


def check(box: Box, known: Head | None = None) -> str:
    checked = audit.check(box.safe, by=ADMINISTRATOR, now=box.now(), known=known)
    return "whole" if checked.whole else f"{checked.broken_at}: {checked.problem}"


def tamper(box: Box, *sql: str) -> None:
    """As somebody with the key of the database, and without the triggers, could."""
    with raw(box) as db:
        db.execute("DROP TRIGGER IF EXISTS audit_is_not_changed")
        db.execute("DROP TRIGGER IF EXISTS audit_is_not_deleted")
        for statement in sql:
            db.execute(statement)


def written_anew(box: Box) -> None:
    """The whole chain computed again, with an entry that says something else."""
    tamper(box, "UPDATE audit SET detail = 'forged' WHERE number = 1")
    sql = "SELECT number, at, actor_kind, actor, action, thing, outcome, detail, source FROM audit"
    with raw(box) as db:
        previous = GENESIS
        for number, at, kind, actor, action, thing, outcome, detail, source in db.execute(sql).fetchall():
            event = Event(action, thing, Outcome(outcome), detail)
            mark = seal(number, datetime.fromisoformat(at), kind, actor, event, previous, source)
            db.execute("UPDATE audit SET previous = ?, seal = ? WHERE number = ?", (previous, mark, number))
            previous = mark


def signed(box: Box) -> SignedHead:
    return audit.sign_head(box.safe, by=OFFICER, now=box.now())


def test_a_head_is_found_again_in_whatever_it_was_kept_in(box: Box) -> None:
    made = signed(box)
    assert made.algorithm == "ed25519"
    wrapped = "\n  ".join(made.line.split())
    quoted = "=\r\n".join(made.line[i : i + 70] for i in range(0, len(made.line), 70))
    for text in (made.line, f"> {made.line}\nbest wishes", wrapped, quoted):
        assert read_head(text) == made
        assert audit.head_in(box.safe, text) == made.head
    for text in ("", "portretkluis-head 1 ed25519 7", made.line[:-1], made.line.replace("ed25519", "none")):
        assert read_head(text) is None
        with pytest.raises(Mistake):
            audit.head_in(box.safe, text)


def test_a_head_that_somebody_else_signed_is_refused(box: Box) -> None:
    made = signed(box)
    forged = [
        replace(made, head=Head(made.head.number, "0" * 64)),
        replace(made, head=Head(made.head.number - 1, made.head.seal)),
        replace(made, at="2026-01-01T00:00:00+00:00"),
        replace(made, public_key="1" * 64),
        replace(made, signature="1" * 128),
    ]
    for one in forged:
        with pytest.raises(Tampered) as problem:
            audit.head_in(box.safe, one.line)
        assert problem.value.key == "audit:forged_head"


def test_the_key_of_heads_outlives_a_change_of_the_root_key() -> None:
    before, after = Keyring(b"a" * 32, b"p" * 32, 1), Keyring(b"b" * 32, b"p" * 32, 2)
    assert public_key(before) == public_key(after)
    assert before.secret("session") != after.secret("session")
    assert signature(before, b"a") != signature(before, b"b")
    assert public_key(Keyring(b"a" * 32, b"q" * 32, 1)) != public_key(before)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit SET detail = 'x' WHERE number = 1",
        "DELETE FROM audit WHERE number = 1",
        "DELETE FROM audit WHERE number >= 2",
    ],
)
def test_what_is_changed_deleted_or_cut_off_is_caught(box: Box, sql: str) -> None:
    person(box, "Anna")
    kept = signed(box)
    assert check(box, kept.head) == "whole"
    tamper(box, sql)
    assert check(box, kept.head) != "whole"
    assert check(box) != "whole"  # the heads that were signed are beside the log


def test_a_log_written_anew_by_somebody_with_every_key_is_caught_by_yesterdays_mail(
    box: Box, clock: Clock
) -> None:
    person(box, "Anna")
    yesterday = signed(box)
    clock.advance(days=1)
    person(box, "Bob")
    written_anew(box)
    assert check(box).endswith("differs from a head that was signed")
    tamper(box, "DELETE FROM audit_heads")
    assert check(box) == "whole"  # nothing on the box tells it any more
    assert check(box, audit.head_in(box.safe, yesterday.line)).endswith("kept elsewhere")


def test_a_head_leaves_by_mail_once_a_day(box: Box, clock: Clock) -> None:
    def send() -> bool:
        where = ["fg@waterdam.example", "archive@waterdam.example"]
        return audit.send_head(box.safe, OFFICE, where, Language.DUTCH, now=box.now(), day=box.today())

    assert not send()  # there is no mail server; the head is kept all the same
    assert told(box)[-1] == "worker audit:sign  done"
    settings = MailSettings("localhost", 25, Security.NONE, "kluis@waterdam.example")
    change_mail_settings(box.safe, settings, by=ADMINISTRATOR, now=box.now())
    assert not send()
    clock.advance(days=1)
    assert send()
    assert not send()
    mails = rows(box, "SELECT address, text FROM messages ORDER BY address")
    assert [row["address"] for row in mails] == ["archive@waterdam.example", "fg@waterdam.example"]
    (head,) = {audit.head_in(box.safe, str(row["text"])) for row in mails}
    assert check(box, head) == "whole"
    clock.advance(days=1)
    assert send()


def exported(box: Box, wanted: audit.Format) -> str:
    return "".join(audit.export(box.safe, wanted, by=OFFICER, now=box.now()))


def test_the_log_leaves_whole_and_can_be_checked_from_the_file(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "_BATCH", 3)
    for name in ("Anna", "Bob", "Carla", "Dirk", "Eva"):
        person(box, name)
    lines = [json.loads(line) for line in exported(box, audit.Format.JSON_LINES).splitlines()]
    assert [line["number"] for line in lines] == list(range(1, 7))
    assert lines[-1]["action"] == "audit:export"
    assert [line["previous"] for line in lines] == [GENESIS, *(line["seal"] for line in lines[:-1])]
    table = list(csv.DictReader(io.StringIO(exported(box, audit.Format.CSV))))
    assert [row["seal"] for row in table[:6]] == [line["seal"] for line in lines]
    with pytest.raises(NotAllowed):  # at once: not when somebody reads
        audit.export(box.safe, audit.Format.CSV, by=VIEWER, now=box.now())


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_no_cell_is_a_formula(start: str) -> None:
    assert audit._harmless(f"{start}cmd") == f"'{start}cmd"


def test_who_looked_is_told_with_previews_and_without_refusals(demo_box: Box, clock: Clock) -> None:
    photo = named(demo_box, "KLUI0001.JPG")
    look_at(demo_box.safe, photo, by=VIEWER, now=demo_box.now(), day=demo_box.today())
    clock.advance(hours=1)
    picture(demo_box.safe, photo, BlobKind.THUMBNAIL, by=VIEWER, now=demo_box.now())
    with pytest.raises(NotAllowed):
        picture(demo_box.safe, photo, BlobKind.PROXY, by=Actor(Kind.USER, "nobody"), now=demo_box.now())
    found = audit.looks_at(demo_box.safe, photo, by=OFFICER, now=demo_box.now())
    viewer = next(one for one in found.looks if one.actor == VIEWER.id)
    assert (viewer.times, viewer.last) == (2, demo_box.now())
    assert found.looks[0] == viewer
    assert "nobody" not in {one.actor for one in found.looks}
    (obama,) = rows(demo_box, "SELECT id FROM people WHERE name LIKE '%Obama%'")
    of_person = audit.looks_at(demo_box.safe, str(obama["id"]), by=OFFICER, now=demo_box.now())
    assert of_person.with_photos >= 1
    assert VIEWER.id in {one.actor for one in of_person.looks}
