"""Numbered steps from an empty file to the schema of today, each tried with data of its time in it.

For every step there is a snapshot, NNNN.sql: rows in each table of that version. A new step brings its own.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
from sqlite_utils import Database

from appliance.actions.recognition import setting
from appliance.domain.access import UserId
from appliance.domain.cards import CardId
from appliance.domain.changes import Changed, ChangeId
from appliance.domain.collections import CollectionId
from appliance.domain.consent import Light, Purpose
from appliance.domain.digests import About
from appliance.domain.errors import Fault
from appliance.domain.grants import Effect, GroupId
from appliance.domain.leaving import TABLES, travel
from appliance.domain.notices import NoticeKind
from appliance.domain.people import Limit, PersonId
from appliance.domain.permission_list import ListId
from appliance.domain.photos import FaceId, ImportId, PhotoId, ShootId
from appliance.domain.recalls import RecallId
from appliance.domain.recognition import Recognition, Switch
from appliance.domain.release import ParcelId, ReleaseId, Size
from appliance.domain.rights import RightsRequestId
from appliance.domain.searches import SavedSearchId, WordsId
from appliance.domain.shares import ShareId
from appliance.domain.sign_in import Step
from appliance.domain.signing import EvidenceId, RequestId
from appliance.domain.tags import TagId
from appliance.domain.templates import TemplateId
from appliance.domain.tokens import TokenId
from appliance.store.connections import OperationalError, connect
from appliance.store.database import Store, View
from appliance.store.migrations import Migration, all_migrations, migrate, version
from appliance.store.reach import KNOWN
from appliance.store.search import Filter
from tests.store.conftest import RING
from tests.store.crash import in_a_child
from tests.store.shelf import NOW, TODAY, looking

MIGRATIONS = all_migrations()
SNAPSHOTS = Path(__file__).parent / "snapshots"


# What a step deletes on purpose: a table whole, or the setting of a key.
EMPTIED: Mapping[str, frozenset[tuple[str, str | None]]] = {
    # recognition takes two people from then on, and the roles were made anew
    "0003_shoots": frozenset({("sessions", None), ("templates", None), ("settings", "recognition")}),
    # administrators and privacy officers need a second step from then on
    "0011_sign_in": frozenset({("sessions", None)}),
}


@pytest.fixture
def db(database: Path) -> Iterator[Database]:
    opened = connect(database, RING.database_key)
    yield opened
    opened.close()


def rows(db: Database) -> dict[str, list[dict[str, object]]]:
    return {name: list(db.query(f'SELECT * FROM "{name}"')) for name in db.table_names()}  # noqa: S608


def schema(db: Database) -> dict[str, str]:
    return {
        row["name"]: row["sql"] for row in db.query("SELECT name, sql FROM sqlite_schema WHERE sql NOT NULL")
    }


def at_version(db: Database, number: int) -> None:
    """The database as that version made and filled it."""
    migrate(db, MIGRATIONS[:number])
    db.conn.executescript((SNAPSHOTS / f"{number:04}.sql").read_text("utf-8"))


def test_every_table_says_whether_it_leaves_with_an_export(db: Database) -> None:
    migrate(db, MIGRATIONS)
    names = set(db.table_names())
    assert [name for name in names if travel(name) is None] == [], "say so in appliance/domain/leaving.py"
    assert TABLES.keys() <= names


@pytest.mark.parametrize("step", MIGRATIONS, ids=lambda step: step.name)
def test_data_of_each_version_comes_through_every_later_step(db: Database, step: Migration) -> None:
    at_version(db, step.number)
    before = rows(db)
    assert [name for name, found in before.items() if not found] == [], "the snapshot leaves tables empty"
    assert migrate(db, MIGRATIONS) == len(MIGRATIONS) - step.number
    assert version(db) == len(MIGRATIONS)
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    after = rows(db)
    gone = {place for later in MIGRATIONS[step.number :] for place in EMPTIED.get(later.name, ())}
    for name, found in before.items():
        kept = [row for row in found if (name, None) not in gone and (name, row.get("key")) not in gone]
        assert [_as_before(row, kept) for row in after[name]] == [_as_before(row, kept) for row in kept], name


def _as_before(row: dict[str, object], known: list[dict[str, object]]) -> dict[str, object]:
    """A row as far as the version before knew it; a step may have the index of lights made anew."""
    return {column: row[column] for column in known[0] if column != "lights_until"} if known else row


@pytest.mark.parametrize("step", MIGRATIONS, ids=lambda step: step.name)
def test_data_of_each_version_is_read_by_todays_program(
    db: Database, database: Path, step: Migration
) -> None:
    at_version(db, step.number)
    db.close()
    store = Store.open(database, RING.database_key)
    with looking(store) as view:
        for read in (read for number in range(1, step.number + 1) for read in READ[number]):
            assert read(view), read
        if step.number < 11:
            assert view.access.session("7777") is None  # everybody signs in once more
        if step.number < 3:
            assert not setting(view).on
    store.close()


# What can be read of each version's data; 0003 deletes what two people had not agreed to.
READ: Mapping[int, list[Callable[[View], object]]] = {
    1: [
        lambda view: view.photos.facts(["photo-1", "photo-2"]),  # type: ignore[list-item]
        lambda view: view.people.all("Zoe", after=None, limit=9),
        lambda view: view.consent.all_current(),
        lambda view: view.lights.stale(TODAY, 9),
        lambda view: view.releases.recent(9),
        lambda view: view.imports.recent(9),
        lambda view: view.access.all(),
        lambda view: list(view.audit.entries()),
    ],
    2: [lambda view: view.photos.page(Filter(text="IMG_0001"), after=None, limit=9)],
    3: [
        lambda view: setting(view).on,
        lambda view: view.people.templates("pack-1"),
        lambda view: view.shoots.get(ShootId("shoot-1")).invited == {"person-1"},
        lambda view: view.shoots.get(ShootId("shoot-1")).recognition,
        lambda view: view.people.merged(PersonId("person-1")),
        lambda view: view.faces.get(FaceId("face-1")).points,
        lambda view: view.changes.get(ChangeId("change-1")).undone,
    ],
    4: [
        lambda view: view.templates.versions(TemplateId("template-1")),
        lambda view: view.requests.of_person(PersonId("person-1")),
        lambda view: view.requests.own_link("cccc", NOW) == "person-1",
        lambda view: view.requests.code("aaaa"),
        lambda view: view.evidence.get(EvidenceId("evidence-1")),
        lambda view: view.evidence.templates() == {"quitclaim-3": ("template-1", 1)},
        lambda view: len(view.people.templates("pack-1")) == 2,
        lambda view: view.messages.due(NOW, 9),
        lambda view: view.messages.alerted(),
        lambda view: view.notices.of(UserId("user-1")),
        lambda view: view.history.on(view.photos.page(Filter(), after=None, limit=9), TODAY),
    ],
    5: [
        lambda view: view.photos.get(PhotoId("photo-2")).variant_of == "photo-1",
        lambda view: view.photos.get(PhotoId("photo-2")).quarantined,
        lambda view: view.duplicates.open(9),
        lambda view: view.duplicates.fingerprints(6),
        lambda view: view.duplicates.blocked("9" * 64) == "photo-1",
        lambda view: view.imports.get(ImportId("import-1")).at_most == 50,
    ],
    6: [
        lambda view: view.permission_lists.recent()[0].mapping.decisions == {2: "person-1", 3: None},
        lambda view: view.permission_lists.data(ListId("list-1")),
        lambda view: view.permission_lists.brought(ListId("list-1"))[0].filled_in,
        lambda view: view.scans.of_request(RequestId("request-1"))[0].place in view.photos.known_places(),
    ],
    7: [
        lambda view: view.recalls.by_token("dddd"),
        lambda view: view.releases.get(ReleaseId("release-9")).shape.size is Size.A4,
        lambda view: view.releases.fingerprints(),
    ],
    8: [
        lambda view: view.cards.get(CardId("card-1")),
        lambda view: view.cards.last_import(CardId("card-1")),
        lambda view: view.taken_files.new("card-1", ["00112233445566778899aabbccddeeff", "new"]) == {"new"},
        lambda view: [report.id for report in view.imports.open()] == ["import-2"],
    ],
    9: [
        lambda view: view.backups.get("office"),
        lambda view: view.duties.get("run1"),
    ],
    10: [
        lambda view: view.shares.get(ShareId("share-9")).password == "secret",
        lambda view: view.shares.all()[0][1].problem == "share:gone",
        lambda view: view.imports.get(ImportId("import-1")).share_id == "share-9",
    ],
    11: [
        lambda view: view.access.session("7777").step is Step.OPEN,  # type: ignore[union-attr]
        lambda view: view.access.by_openid("https://login.example.org subject-1"),
        lambda view: view.second_steps.of(UserId("user-2")).authenticator,
        lambda view: view.second_steps.passkey("cGFzc2tleS0x"),
    ],
    12: [
        lambda view: view.parcels.by_token("ffff"),
        lambda view: view.parcels.chosen(ParcelId("share-1"))[0].photo_id == "photo-1",
        lambda view: view.parcels.visit("cdcd"),
        lambda view: view.parcels.wishes(ParcelId("share-1")),
        lambda view: [n for n in view.notices.of(UserId("user-1")) if n.parcel_id == "share-1"],
    ],
    13: [
        lambda view: view.erasures.all(),
        lambda view: view.erasures.holds()[0].in_force,
    ],
    14: [
        lambda view: view.retention.rules(),
        lambda view: view.retention.warned(),
        lambda view: view.rights.all(),
    ],
    15: [lambda view: view.audit.looks(["photo-1"]) == []],
    16: [
        lambda view: view.descriptions.of(PhotoId("photo-1")).keywords == ("Open dag", "Zorg"),
        lambda view: view.photos.page(Filter(text="wachtkamer"), after=None, limit=9),
    ],
    17: [
        lambda view: view.self_audits.recent(9)[0].signed,
        lambda view: view.self_audits.open()[0].finding.problem == "no_backups",
        lambda view: view.self_audits.sample().wrong == ["photo-1"],
    ],
    18: [lambda view: view.doubts.of(PhotoId("photo-1"))[0].nobody],
    19: [
        lambda view: view.collections.get(CollectionId("collection-1")).cover == "photo-1",
        lambda view: view.collections.photos(CollectionId("collection-1")) == ["photo-2", "photo-1"],
        lambda view: (
            [one.undone for one in view.collections.changes(CollectionId("collection-1"))]
            == [False, True, False]
        ),
    ],
    20: [lambda view: view.tokens.get(TokenId("token-1")).used_at],
    21: [
        lambda view: (
            [one.photo_id for one in view.collections.comments(CollectionId("collection-1"))]
            == [None, "photo-1"]
        ),
        lambda view: [one.id for one in view.parcels.following(CollectionId("collection-1"))] == ["share-2"],
        lambda view: view.notices.waits(UserId("user-1"), NoticeKind.COMMENTED, CollectionId("collection-1")),
    ],
    28: [
        lambda view: view.photos.page(Filter(text="mg_0001"), after=None, limit=9),
        lambda view: view.photos.page(Filter(text="wachtkamer"), after=None, limit=9),
    ],
    26: [lambda view: view.digests.of(UserId("user-1"))],
    24: [lambda view: view.recalls.get(RecallId("recall-1")).reminders == 1],
    22: [
        lambda view: [(tag.name, tag.photos) for tag in view.tags.all()] == [("Open dag", 1), ("Zorg", 1)],
        lambda view: view.searches.words(WordsId("words-1")) == "zoë",
        lambda view: (
            view.searches.get(SavedSearchId("search-1")).wanted
            == Filter(
                light=Light.GREEN, purpose=Purpose.PRESS, taken_from=date(2026, 1, 1), tags=(TagId("tag-1"),)
            )
        ),
    ],
    23: [
        lambda view: [one.known.people for one in view.versions.of(PhotoId("photo-1"))] == [("person-1",), ()]
    ],
    25: [lambda view: view.webhooks.due(NOW, 9)],
    27: [
        lambda view: view.grants.group(GroupId("group-1")).name == "Zorg",
        lambda view: [one.effect for one in view.grants.of_user("user-1")] == [Effect.DENY, Effect.ALLOW],
    ],
    35: [
        lambda view: (
            (one := view.digests.of(UserId("user-1"))) is not None
            and one.about == {About.PHOTOS, About.SAFETY}
        )
    ],
    29: [lambda view: view.people.get(PersonId("person-1")).limited is Limit.RESTRICTED],
    31: [
        lambda view: view.cards.get(CardId("card-1")).collection_id == "collection-1",
        lambda view: view.shares.get(ShareId("share-9")).collection_id == "collection-1",
        lambda view: view.imports.get(ImportId("import-1")).collected == 1,
    ],
    30: [lambda view: view.changes.get(ChangeId("change-shoot")).about is Changed.SHOOTS],
    32: [lambda view: view.proposals.of("user-1", view.proposals.recent(9)[0].wanted)],
    33: [lambda view: view.rights.get(RightsRequestId("asked-1")).extension == "a large archive"],
    34: [lambda view: view.releases.marked() == [ReleaseId("release-1")]],
}


def test_recognition_that_was_proposed_still_is(db: Database, database: Path) -> None:
    at_version(db, 31)
    kept = {"switch": "proposed", "dpia": "DPIA-1", "proposed_by": "user-2", "proposed_at": NOW.isoformat()}
    db.execute("UPDATE settings SET value = ? WHERE key = 'recognition'", [json.dumps(kept)])
    db.close()
    store = Store.open(database, RING.database_key)
    with looking(store) as view:
        assert setting(view) == Recognition(Switch.PROPOSED, "DPIA-1", "user-2", NOW)
    store.close()


def test_steps_are_numbered_without_gaps_and_each_has_its_snapshot() -> None:
    assert [step.name[:5] for step in MIGRATIONS] == [
        f"{number:04}_" for number in range(1, len(MIGRATIONS) + 1)
    ]
    assert sorted(p.name for p in SNAPSHOTS.iterdir()) == [f"{step.number:04}.sql" for step in MIGRATIONS]


def test_step_by_step_and_all_at_once_lead_to_the_same_schema(db: Database, tmp_path: Path) -> None:
    for step in MIGRATIONS:
        assert migrate(db, MIGRATIONS[: step.number]) == 1
    other = connect(tmp_path / "other.db", RING.database_key)
    assert migrate(other, MIGRATIONS) == len(MIGRATIONS)
    assert schema(other) == schema(db)
    assert migrate(other, MIGRATIONS) == 0
    other.close()


def test_a_newer_schema_is_refused_and_left_alone(db: Database, database: Path) -> None:
    migrate(db, MIGRATIONS)
    db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    before = schema(db)
    with pytest.raises(Fault) as told:
        Store.open(database, RING.database_key)
    assert told.value.key == "store:newer"
    assert (version(db), schema(db)) == (len(MIGRATIONS) + 1, before)


BROKEN = Migration(
    len(MIGRATIONS) + 1,
    "9999_broken",
    "CREATE TABLE half (a);\nINSERT INTO half VALUES (1);\nUPDATE people SET name = 'x';\nSELECT nonsense",
)


def test_a_step_that_fails_leaves_everything_as_it_was(db: Database) -> None:
    at_version(db, len(MIGRATIONS))
    before = (schema(db), rows(db))
    with pytest.raises(OperationalError):
        migrate(db, [*MIGRATIONS, BROKEN])
    assert (version(db), (schema(db), rows(db))) == (len(MIGRATIONS), before)


def test_a_trigger_in_a_step_stays_whole(db: Database) -> None:
    trigger = Migration(
        1,
        "0001_trigger",
        "CREATE TABLE log (a);\n"
        "CREATE TRIGGER twice AFTER INSERT ON log WHEN new.a < 2\nBEGIN\n"
        "  INSERT INTO log VALUES (2);\n  INSERT INTO log VALUES (3);\nEND;\n"
        "INSERT INTO log VALUES (1);\n",
    )
    migrate(db, [trigger])
    assert [row["a"] for row in db.query("SELECT a FROM log ORDER BY a")] == [1, 2, 3]


def test_processes_that_start_at_once_migrate_once(database: Path) -> None:
    def start(_: object) -> None:
        store = Store.open(database, RING.database_key)
        with looking(store) as view:
            assert view.photos.waiting_count() == 0
        store.close()

    children = [in_a_child(start) for _ in range(5)]
    assert [child.ended() for child in children] == [True] * 5
    with_all = connect(database, RING.database_key)
    assert version(with_all) == len(MIGRATIONS)
    with_all.close()


# Of no photo or person in particular, or read by none but the box itself and its overseers.
HELD_BACK_FROM_NOBODY = frozenset(
    {
        *(
            "cards",
            "moves",
            "changes",
            "erasures",
            "fingerprints",
            "holds",
            "people",
            "photos",
            "own_links",
            "codes",
            "alerts",
        ),
        *("permission_list_people", "reference_templates", "retention_rules", "retention_warnings", "shares"),
    }
)


def test_every_table_that_hangs_on_a_photo_or_person_is_kept_within_what_its_reader_may_see(
    db: Database,
) -> None:
    migrate(db, MIGRATIONS)
    places = {"photos", "people", "shoots", "faces", "releases", "collections", "imports", "quitclaims"}
    hanging = {
        name
        for name in db.table_names()
        if places & {key.other_table for key in db[name].foreign_keys}  # type: ignore[union-attr]
        or {"photo_id", "person_id", "photo"} & {column.name for column in db[name].columns}
    }
    assert hanging - KNOWN - HELD_BACK_FROM_NOBODY == set()
