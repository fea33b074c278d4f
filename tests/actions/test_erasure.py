"""Erasing: nothing is left of a photo or a person, a hold blocks it, and an older database is told."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from appliance.actions.backup import add_target
from appliance.actions.certificates import erasure_certificate
from appliance.actions.erasure import end_proofs, erase_person, erase_photo, erasures
from appliance.actions.holds import end_hold, holds, place_hold
from appliance.actions.people import people
from appliance.actions.photos import Filter, library, look_at
from appliance.domain.access import OPERATOR
from appliance.domain.backup import Target, TargetKind
from appliance.domain.erasure import Cause, ErasureId, Held, Together
from appliance.domain.errors import KluisError, Mistake, NotAllowed
from appliance.domain.people import PersonId
from appliance.domain.photos import PhotoId
from appliance.domain.wording import Language, day_in_words
from appliance.store.journal import read_journal
from appliance.wiring import Box, open_box
from tests.actions.scene import everything, files_on_disk, raw, rows, told, two_people
from tests.conftest import Clock
from tests.evidence.conftest import Read, read

__all__ = ["read"]

# What of a person or photo may stay: the audit log and the erasures themselves speak of opaque ids.
REMEMBERS = ("audit.", "erasures.", "proposals.")


def somebody(box: Box) -> tuple[PersonId, str]:
    """Whoever is confirmed in most photos."""
    (row,) = rows(
        box,
        "SELECT person_id, people.name, count(*) AS n FROM links JOIN people ON people.id = person_id"
        " WHERE state = 'confirmed' GROUP BY person_id ORDER BY n DESC LIMIT 1",
    )
    return PersonId(row["person_id"]), str(row["name"])


def photos_of(box: Box, person_id: PersonId) -> list[PhotoId]:
    found = rows(box, "SELECT photo_id FROM links WHERE person_id = ? AND state = 'confirmed'", person_id)
    return [PhotoId(row["photo_id"]) for row in found]


def left_of(box: Box, text: str) -> list[str]:
    return [
        place for place, value in everything(box) if text in str(value) and not place.startswith(REMEMBERS)
    ]


def erase(box: Box, person_id: PersonId, **more: object) -> str:
    made = two_people(
        box,
        lambda: erase_person(
            box.safe,
            box.config.journal,
            person_id,
            Cause.REQUEST,
            by=OPERATOR,
            now=box.now(),
            day=box.today(),
            **more,  # type: ignore[arg-type]
        ),
    )
    return made.id


def test_a_photo_goes_with_its_keys_its_files_and_all_that_hangs_on_it(demo_box: Box) -> None:
    person_id, _ = somebody(demo_box)
    photo_id = photos_of(demo_box, person_id)[0]
    places = {str(r["place"]) for r in rows(demo_box, "SELECT place FROM files WHERE photo_id = ?", photo_id)}
    assert places <= files_on_disk(demo_box)
    made = erase_photo(
        demo_box.safe, demo_box.config.journal, photo_id, Cause.DECISION, by=OPERATOR, now=demo_box.now()
    )
    assert left_of(demo_box, photo_id) == []
    assert not places & files_on_disk(demo_box)
    assert told(demo_box)[-1].startswith(f"operator erasure:make {photo_id} done photo decision photos=1")
    assert read_journal(demo_box.config.journal) == (made,)
    with pytest.raises(Mistake, match="no such photo"):
        erase_photo(
            demo_box.safe, demo_box.config.journal, photo_id, Cause.DECISION, by=OPERATOR, now=demo_box.now()
        )


def test_of_a_released_photo_a_number_stays_so_that_the_copy_can_be_called_back(demo_box: Box) -> None:
    wanted = Filter()
    page = library(
        demo_box.safe, by=OPERATOR, now=demo_box.now(), day=demo_box.today(), wanted=wanted, limit=100
    )
    green = page.cards[0].photo
    with raw(demo_box) as db:
        db.execute(
            "INSERT INTO releases (id, photo_id, purpose, made_at, made_by, sha256, bytes, relied_on)"
            " VALUES ('r', ?, 'web', '2026-11-24T12:00:00+00:00', 'u', ?, 9, '[]')",
            (green.id, "a" * 64),
        )
    erase_photo(
        demo_box.safe, demo_box.config.journal, green.id, Cause.REQUEST, by=OPERATOR, now=demo_box.now()
    )
    (shell,) = rows(demo_box, "SELECT * FROM photos WHERE id = ?", green.id)
    assert (shell["name"], bytes(shell["wrapped_key"]), shell["sha256"] == green.sha256) == ("", b"", False)
    assert len(rows(demo_box, "SELECT 1 FROM releases WHERE photo_id = ?", green.id)) == 1
    (recall,) = rows(demo_box, "SELECT * FROM recalls")
    assert (recall["release_id"], recall["state"]) == ("r", "open")
    for table in ("files", "faces", "links", "photo_history"):
        column = "photo" if table == "photo_history" else "photo_id"
        key = shell["number"] if table == "photo_history" else green.id
        assert rows(demo_box, f"SELECT 1 FROM {table} WHERE {column} = ?", key) == []  # noqa: S608
    again = library(
        demo_box.safe, by=OPERATOR, now=demo_box.now(), day=demo_box.today(), wanted=wanted, limit=100
    )
    assert again.total == page.total - 1
    seen = look_at(demo_box.safe, green.id, by=OPERATOR, now=demo_box.now(), day=demo_box.today())
    assert {v.light.value for v in seen.verdicts} == {"red"}


def test_a_person_goes_with_their_photos_templates_and_name(demo_box: Box) -> None:
    person_id, name = somebody(demo_box)
    photos = photos_of(demo_box, person_id)
    assert photos
    erase(demo_box, person_id, with_proof=True)
    assert left_of(demo_box, name) == []
    for photo_id in photos:
        assert left_of(demo_box, photo_id) == []
    for table in ("templates", "reference_templates", "links", "quitclaims", "requests", "invitations"):
        assert rows(demo_box, f"SELECT 1 FROM {table} WHERE person_id = ?", person_id) == []  # noqa: S608
    listed = people(demo_box.safe, by=OPERATOR, now=demo_box.now(), day=demo_box.today())
    assert person_id not in {card.person.id for card in listed}


def test_what_proves_the_permission_stays_without_a_name_and_goes_after_five_years(
    demo_box: Box, clock: Clock
) -> None:
    person_id, name = somebody(demo_box)
    before = len(rows(demo_box, "SELECT 1 FROM quitclaims WHERE person_id = ?", person_id))
    assert before
    erase(demo_box, person_id)
    assert left_of(demo_box, name) == []
    assert len(rows(demo_box, "SELECT 1 FROM quitclaims WHERE person_id = ?", person_id)) == before
    clock.advance(days=5 * 365)
    assert end_proofs(demo_box.safe, by=OPERATOR, now=demo_box.now(), day=demo_box.today()) == 0
    clock.advance(days=3)
    assert end_proofs(demo_box.safe, by=OPERATOR, now=demo_box.now(), day=demo_box.today()) == 1
    assert rows(demo_box, "SELECT 1 FROM quitclaims WHERE person_id = ?", person_id) == []


def test_in_photos_with_others_the_face_can_be_blurred_instead(demo_box: Box) -> None:
    (row,) = rows(
        demo_box, "SELECT person_id, photo_id, face_id FROM links WHERE state = 'confirmed' LIMIT 1"
    )
    with raw(demo_box) as db:
        db.execute(
            "INSERT INTO faces (id, photo_id, origin, score, resolution) VALUES ('f', ?, 'hand', 0, 'open')",
            (row["photo_id"],),
        )
    erase(demo_box, PersonId(row["person_id"]), together=Together.BLUR)
    (face,) = rows(demo_box, "SELECT resolution, points FROM faces WHERE id = ?", row["face_id"])
    assert (face["resolution"], face["points"]) == ("blur", None)
    assert rows(demo_box, "SELECT 1 FROM links WHERE person_id = ?", row["person_id"]) == []


@pytest.mark.parametrize("kind", [Held.PHOTO, Held.PERSON])
def test_a_hold_blocks_erasure_with_its_reason_until_it_ends(demo_box: Box, kind: Held) -> None:
    person_id, _ = somebody(demo_box)
    thing = person_id if kind is Held.PERSON else photos_of(demo_box, person_id)[0]
    hold = place_hold(
        demo_box.safe,
        kind,
        thing,
        reason="claim 2026-17",
        owner="legal",
        review_on=demo_box.today() + timedelta(days=90),
        by=OPERATOR,
        now=demo_box.now(),
        day=demo_box.today(),
    )
    with pytest.raises(NotAllowed) as refused:
        erase(demo_box, person_id)
    assert refused.value.key == "erasure:held"
    assert "claim 2026-17" in refused.value.reasons[0]
    assert erasures(demo_box.safe, by=OPERATOR, now=demo_box.now()) == ()
    end_hold(demo_box.safe, hold.id, by=OPERATOR, now=demo_box.now())
    assert [one.in_force for one in holds(demo_box.safe, by=OPERATOR, now=demo_box.now())] == [False]
    erase(demo_box, person_id)
    assert [line.split()[1] for line in told(demo_box) if " hold:" in line] == ["hold:place", "hold:end"]


@pytest.mark.parametrize(
    ("reason", "owner", "days", "key"),
    [
        ("", "legal", 9, "hold:no_reason"),
        ("claim", " ", 9, "hold:no_reason"),
        ("c", "l", 0, "hold:no_review"),
    ],
)
def test_a_hold_needs_a_reason_an_owner_and_a_day(
    demo_box: Box, reason: str, owner: str, days: int, key: str
) -> None:
    person_id, _ = somebody(demo_box)
    with pytest.raises(KluisError) as refused:
        place_hold(
            demo_box.safe,
            Held.PERSON,
            person_id,
            reason=reason,
            owner=owner,
            review_on=demo_box.today() + timedelta(days=days),
            by=OPERATOR,
            now=demo_box.now(),
            day=demo_box.today(),
        )
    assert refused.value.key == key


def test_an_older_database_put_back_beside_the_journal_is_told_before_anything_is_served(
    demo_box: Box, tmp_path: Path
) -> None:
    person_id, name = somebody(demo_box)
    old = shutil.copytree(demo_box.config.home, tmp_path / "old")
    erase(demo_box, person_id, with_proof=True)
    config = demo_box.config
    demo_box.close()
    for file in ("kluis.db", "kluis.db-wal", "kluis.db-shm"):
        (config.home / file).unlink(missing_ok=True)
        if (old / file).exists():
            shutil.copyfile(old / file, config.home / file)
    shutil.rmtree(config.files)
    shutil.copytree(old / "files", config.files)
    again = open_box(config, clock=demo_box.clock)
    try:
        assert left_of(again, name) == []
        assert rows(again, "SELECT 1 FROM links WHERE person_id = ?", person_id) == []
        assert "erasure:again" in told(again)[-1]
        assert files_on_disk(again) == {str(r["place"]) for r in rows(again, "SELECT place FROM files")} | {
            str(r["place"]) for r in rows(again, "SELECT place FROM evidence")
        }
    finally:
        again.close()


@pytest.mark.parametrize("language", list(Language))
def test_the_certificate_is_sealed_and_says_how_long_backups_may_still_hold_it(
    demo_box: Box, language: Language, read: Read
) -> None:
    add_target(
        demo_box.safe, Target("d", TargetKind.DISK, "/mnt/b", "NL", days=30), by=OPERATOR, now=demo_box.now()
    )
    person_id, _ = somebody(demo_box)
    made = erase(demo_box, person_id)
    data = erasure_certificate(
        demo_box.safe,
        demo_box.sealing,
        ErasureId(made),
        language=language,
        by=OPERATOR,
        now=demo_box.now(),
    )
    words = read(data)
    assert person_id in words
    assert day_in_words(demo_box.today() + timedelta(days=30), language) in words
    assert "2031" in words
    assert b"ETSI.CAdES.detached" in data


def test_every_reference_to_photos_and_people_goes_with_them_or_is_known_here(demo_box: Box) -> None:
    """A new table that points to photos or people must say what becomes of its rows."""
    handled = {
        *("links", "templates", "reference_templates", "requests", "own_links", "messages", "notices"),
        *(
            "invitations",
            "permission_list_people",
            "rights_requests",
            "quitclaims",
            "releases",
            "people",
            "photos",
        ),
    }
    loose = set()
    for row in rows(demo_box, "SELECT name FROM sqlite_schema WHERE type = 'table'"):
        for key in rows(demo_box, f"PRAGMA foreign_key_list('{row['name']}')"):
            if key["table"] in ("photos", "people") and key["on_delete"] == "NO ACTION":
                loose.add(str(row["name"]))
    assert loose <= handled
