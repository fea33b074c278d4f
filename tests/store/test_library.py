"""Finding photos: every filter, page and neighbour, against a search that simply looks at each photo."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.access import UserId
from appliance.domain.collections import Collection, CollectionId
from appliance.domain.consent import PUBLICATION, Light, Purpose
from appliance.domain.duplicates import Suspect
from appliance.domain.people import Link, LinkState, PersonId
from appliance.domain.photos import (
    Capture,
    ImportId,
    ImportReport,
    Photo,
    PhotoId,
    Resolution,
    ShootId,
    Stage,
)
from appliance.domain.searches import CameraId, DepartmentId
from appliance.domain.shoots import Shoot
from appliance.domain.tags import TagId
from appliance.store import photos as rows_of_photos
from appliance.store import search
from appliance.store.database import Store, Transaction
from appliance.store.rows import folded
from appliance.store.search import Filter
from tests.store.conftest import RING
from tests.store.shelf import NOW, changing, face, looking, person, photo

PEOPLE = {PersonId("anna"): "Anna Blom", PersonId("bea"): "Béa 50%", PersonId("carl"): "Carl_Blom"}
IMPORTS = (ImportId("first"), ImportId("second"))
DEPARTMENTS = {PersonId("anna"): "Press", PersonId("bea"): "Press", PersonId("carl"): ""}
CAMERAS = ("Canon EOS R5", "NIKON Z 6", "")
TAGS = {TagId("open"): "Open dag", TagId("cafe"): "Café"}
SHOOT = Shoot(ShootId("gala"), "Gála Waterdam", NOW.date())
GALA = Collection(CollectionId("gala"), "Gala", "", UserId("somebody"), NOW)
ALIKE = frozenset(range(3, 60, 4))  # numbers of photos that look like one
PURPOSES = (Purpose.WEB, Purpose.PRESS)
NAMES = ("IMG_%04d.JPG", "img%04d_anna.jpg", "50%%_%04d.png", "portret\\%04d.tif")


@dataclass
class Shown:
    """A photo with what is known of it, as plain values."""

    photo: Photo
    lights: dict[Purpose, Light] = field(default_factory=dict)
    confirmed: set[PersonId] = field(default_factory=set)
    unnamed: bool = False
    tags: set[TagId] = field(default_factory=set)
    collected: bool = False
    number: int = 0

    @property
    def left_out(self) -> bool:
        return self.photo.quarantined or self.photo.variant_of is not None


def some_photos(count: int) -> list[Shown]:
    chance = random.Random("library")
    found = []
    for number in range(count):
        taken = datetime(2026, 1, chance.randint(1, 9), 23, 59) if chance.random() < 0.7 else None  # noqa: DTZ001
        made = photo(
            f"photo{number}",
            import_id=chance.choice(IMPORTS),
            name=chance.choice(NAMES) % number,
            stage=chance.choice([Stage.ANALYSED, *Stage]),
            arrived_at=datetime(2026, 1, chance.randint(5, 12), 0, 30, tzinfo=UTC),
            capture=Capture(taken, chance.choice(CAMERAS)),
            shoot_id=chance.choice([None, None, SHOOT.id]),
        )
        lights = {purpose: chance.choice(list(Light)) for purpose in PURPOSES if chance.random() < 0.9}
        if number and number % 10 == 0:
            made = replace(made, variant_of=PhotoId("photo0"))
        elif number and number % 5 == 0:
            made = replace(made, quarantined=True)
        tags = {tag_id for tag_id in TAGS if chance.random() < 0.4}
        found.append(Shown(made, lights, tags=tags, collected=number % 3 == 0, number=number + 1))
    return found


def come_and_go(tx: Transaction, photo_id: PhotoId, chance: random.Random) -> None:
    """What held of a photo before, and holds no more: no search may find it by this."""
    tx.lights.put(photo_id, {purpose: chance.choice(list(Light)) for purpose in PURPOSES}, None)
    for number, who in enumerate(PEOPLE):
        passing = face(f"{photo_id}-passing-{number}", photo_id)
        tx.faces.add(passing)
        tx.faces.link(Link(passing.id, who, LinkState.CONFIRMED))
        if chance.random() < 0.5:
            tx.faces.unlink(passing.id, who)
        tx.faces.remove(passing.id)


def tag(tx: Transaction, one: Shown) -> None:
    """Each tag is given twice, once in another spelling, and taken off again where it does not belong."""
    for name in (*TAGS.values(), *TAGS.values()):
        tx.tags.put([one.photo.id], name)
    for tag_id in TAGS.keys() - one.tags:
        tx.tags.take([one.photo.id], TAGS[tag_id].upper())
    told = tx.descriptions.of(one.photo.id)
    if told.keywords:
        tx.descriptions.put(one.photo.id, replace(told, keywords=(*told.keywords, folded(told.keywords[0]))))


def put(store: Store, shown: list[Shown]) -> None:
    """Keep the photos, each with some faces and links, and note what they come to."""
    chance = random.Random("faces")
    with changing(store) as tx:
        for import_id in IMPORTS:
            tx.imports.begin(ImportReport(import_id, "/card", NOW, None))
        for person_id, name in PEOPLE.items():
            tx.people.add(person(person_id, name=name, department=DEPARTMENTS[person_id]))
        tx.shoots.put(SHOOT)
        for one in shown:
            tx.photos.add(one.photo, b"key", [])
            come_and_go(tx, one.photo.id, chance)
            tag(tx, one)
            if one.photo.quarantined:
                tx.duplicates.suspect(Suspect(one.photo.id, shown[1].photo.id, 0.9, NOW))
            free = list(PEOPLE)
            for number in range(chance.randint(0, 2)):
                resolution = chance.choice([Resolution.OPEN, Resolution.OPEN, *Resolution])
                made = face(f"{one.photo.id}-{number}", one.photo.id, resolution=resolution)
                tx.faces.add(made)
                state = chance.choice([None, *LinkState])
                who = free.pop(chance.randrange(len(free)))
                if state is not None:
                    tx.faces.link(
                        Link(made.id, who, chance.choice([LinkState.REJECTED, LinkState.SUGGESTED]))
                    )
                    tx.faces.link(
                        Link(made.id, who, chance.choice([LinkState.REJECTED, LinkState.CONFIRMED]))
                    )
                    tx.faces.unlink(made.id, who)
                    tx.faces.link(Link(made.id, who, state))
                if state is LinkState.CONFIRMED:
                    one.confirmed.add(who)
                elif resolution is Resolution.OPEN:
                    one.unnamed = True
            tx.lights.put(one.photo.id, one.lights, None)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, list[Shown]]]:
    path: Path = tmp_path_factory.mktemp("library") / "kluis.db"
    store = Store.open(path, RING.database_key)
    shown = some_photos(60)
    put(store, shown)
    with changing(store) as tx:
        tx.collections.put(GALA)
        tx.collections.put_photos(GALA.id, [one.photo.id for one in shown if one.collected])
        db = tx._db
        for tag_id, name in TAGS.items():
            db.execute("UPDATE tags SET id = ? WHERE sort_name = ?", [tag_id, folded(name)])
        db.execute("UPDATE departments SET id = 'press' WHERE name = 'Press'")
        for camera_id, name in NAMED_CAMERAS.items():
            db.execute("UPDATE cameras SET id = ? WHERE name = ?", [camera_id, name])
    yield store, shown[::-1]  # newest arrival first
    store.close()


def wanted(one: Shown, by: Filter) -> bool:
    """The filter as its description tells it."""
    lights = [one.lights.get(by.purpose)] if by.purpose else list(one.lights.values())
    day = (one.photo.capture.taken_at or one.photo.arrived_at).date()
    names = [PEOPLE[p].lower().replace("é", "e") for p in one.confirmed]
    names += [TAGS[tag_id].lower().replace("é", "e") for tag_id in one.tags]
    names += ["gala waterdam"] if one.photo.shoot_id else []
    departments = {DEPARTMENTS[p] for p in one.confirmed}
    text = by.text.strip().lower()
    return all(
        (
            one.photo.quarantined if by.quarantined else not one.left_out,
            # what is left out has no lights and no faces to name in the index
            not one.left_out or (by.light is None and not by.untagged and not by.nobody_named),
            by.department_id is None or (by.department_id == PRESS and "Press" in departments),
            by.camera_id is None or one.photo.capture.camera == NAMED_CAMERAS.get(by.camera_id),
            set(by.tags) <= one.tags,
            not by.nobody_named or (one.unnamed and not one.confirmed),
            by.shoot_id is None or one.photo.shoot_id == by.shoot_id,
            by.collection_id is None or (by.collection_id == GALA.id and one.collected),
            by.alike is None or one.number in by.alike,
            by.light is None or by.light in lights,
            by.person_id is None or by.person_id in one.confirmed,
            by.taken_from is None or day >= by.taken_from,
            by.taken_until is None or day <= by.taken_until,
            not by.untagged or one.unnamed,
            by.import_id is None or one.photo.import_id == by.import_id,
            by.stage is None or one.photo.stage is by.stage,
            text in one.photo.name.lower() or any(folded(text) in name for name in names),
        )
    )


# Ids are made by the database; the library below gives these.
PRESS = DepartmentId("press")
NAMED_CAMERAS = {CameraId("canon"): CAMERAS[0], CameraId("nikon"): CAMERAS[1]}

dates = st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 13))
sometimes = st.sampled_from([False, False, True])
filters = st.builds(
    Filter,
    light=st.none() | st.sampled_from(Light),
    purpose=st.none() | st.sampled_from(PURPOSES),
    person_id=st.sampled_from([None, None, *PEOPLE, PersonId("nobody")]),
    taken_from=dates,
    taken_until=dates,
    untagged=sometimes,
    quarantined=sometimes,
    import_id=st.sampled_from([None, None, *IMPORTS]),
    stage=st.sampled_from([None, None, *Stage]),
    shoot_id=st.sampled_from([None, None, SHOOT.id]),
    text=st.sampled_from(
        [
            "",
            " ",
            "anna",
            "BLOM",
            "béa",
            "bea",
            "50%",
            "%",
            "_",
            "\\",
            "1",
            "'",
            "no",
            "cafe",
            "gala",
            "Gála",
            "img",
            "img",
        ]
    ),
    department_id=st.sampled_from([None, None, None, PRESS, DepartmentId("none")]),
    camera_id=st.sampled_from([None, None, None, *NAMED_CAMERAS, CameraId("none")]),
    tags=st.sampled_from([(), (), *((one,) for one in TAGS), tuple(TAGS)]),
    nobody_named=sometimes,
    collection_id=st.sampled_from([None, None, None, GALA.id, CollectionId("none")]),
)


@settings(max_examples=300)
@given(
    by=filters,
    alike=sometimes,
    size=st.integers(1, 25),
    many=st.sampled_from([(5000, 20_000), (5000, 20_000), (2, 3)]),
)
def test_pages_count_and_neighbours_are_those_of_a_plain_search(
    library: tuple[Store, list[Shown]], by: Filter, alike: bool, size: int, many: tuple[int, int]
) -> None:
    """many: from how many photos on a search is asked in the ways that are for very many."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(search, "_ENOUGH", many[0])
        patched.setattr(rows_of_photos, "GATHERED", many[1])
        _compare(library, by, alike, size)


def _compare(library: tuple[Store, list[Shown]], by: Filter, alike: bool, size: int) -> None:
    store, shown = library
    if alike:
        by = replace(by, similar_to=PhotoId("photo3"), alike=tuple(ALIKE))
    expected = [one.photo for one in shown if wanted(one, by)]
    with looking(store) as view:
        found: list[Photo] = []
        while page := view.photos.page(by, after=found[-1].id if found else None, limit=size):
            assert len(page) <= size
            found += page
        assert found == expected
        assert view.photos.count(by) == len(expected)
        for purpose in PURPOSES:
            held = [one.lights.get(purpose) for one in shown if not one.left_out]
            assert view.lights.counts(purpose) == {light: held.count(light) for light in Light}
        lights = [one.lights for one in shown if wanted(one, by) and not one.left_out]
        assert view.photos.lights(by) == {
            purpose: {light: sum(held.get(purpose) is light for held in lights) for light in Light}
            for purpose in PUBLICATION
        }
        for newer, one, older in zip([None, *found], found, [*found[1:], None], strict=False):
            sides = (newer.id if newer else None, older.id if older else None)
            assert view.photos.neighbours(one.id, by) == sides


def test_the_plain_search_finds_something_by_every_filter(library: tuple[Store, list[Shown]]) -> None:
    """Else the comparison above would be of nothing with nothing."""
    _, shown = library
    single = [
        *(Filter(light=light, purpose=purpose) for light in Light for purpose in (None, *PURPOSES)),
        *(Filter(person_id=who) for who in PEOPLE),
        *(Filter(stage=stage) for stage in Stage),
        *(Filter(text=text) for text in ("anna", "béa", "50%", "_", "\\")),
        Filter(untagged=True),
        Filter(nobody_named=True),
        Filter(collection_id=GALA.id),
        Filter(department_id=PRESS),
        *(Filter(camera_id=camera_id) for camera_id in NAMED_CAMERAS),
        *(Filter(tags=(tag_id,)) for tag_id in TAGS),
        Filter(shoot_id=SHOOT.id),
        Filter(similar_to=PhotoId("photo3"), alike=tuple(ALIKE)),
        *(Filter(text=text) for text in ("cafe", "gala")),
        Filter(quarantined=True),
        Filter(taken_from=date(2026, 1, 9)),
        Filter(taken_until=date(2026, 1, 2)),
        Filter(import_id=IMPORTS[1]),
    ]
    for by in single:
        assert 0 < sum(wanted(one, by) for one in shown) < len(shown), by


def test_what_there_is_to_choose_from_is_counted(library: tuple[Store, list[Shown]]) -> None:
    store, shown = library
    with looking(store) as view:
        assert {one.id: one.photos for one in view.searches.cameras()} == {
            camera_id: sum(one.photo.capture.camera == name for one in shown)
            for camera_id, name in NAMED_CAMERAS.items()
        }
        assert {tag.id: tag.photos for tag in view.tags.all()} == {
            tag_id: sum(tag_id in one.tags for one in shown) for tag_id in TAGS
        }
        assert [(one.id, one.name, one.people) for one in view.searches.departments()] == [
            (PRESS, "Press", 2)
        ]


def test_photos_like_another_are_not_left_unsearched(library: tuple[Store, list[Shown]]) -> None:
    with looking(library[0]) as view, pytest.raises(ValueError, match="found before"):
        view.photos.count(Filter(similar_to=PhotoId("photo3")))


def test_a_photo_from_outside_the_search_has_neighbours_in_it(library: tuple[Store, list[Shown]]) -> None:
    store, shown = library
    by = Filter(stage=Stage.STORED)
    inside = [place for place, one in enumerate(shown) if wanted(one, by)]
    outside = next(place for place in range(inside[0], inside[-1]) if place not in inside)
    newer = max(place for place in inside if place < outside)
    older = min(place for place in inside if place > outside)
    with looking(store) as view:
        sides = view.photos.neighbours(shown[outside].photo.id, by)
    assert sides == (shown[newer].photo.id, shown[older].photo.id)


def test_lights_are_indexed_until_a_day(store: Store) -> None:
    names = [PhotoId("never"), PhotoId("tomorrow"), PhotoId("anew")]
    today = NOW.date()
    with changing(store) as tx:
        tx.imports.begin(ImportReport(ImportId("import"), "", NOW, None))
        for name in names:
            tx.photos.add(photo(name), b"key", [])
        assert tx.lights.stale(today, 9) == names
        tx.lights.put(names[0], {Purpose.WEB: Light.GREEN}, None)
        tx.lights.put(names[1], {Purpose.WEB: Light.RED}, today + timedelta(days=1))
        assert tx.lights.stale(today, 9) == [names[2]]
        tx.lights.put(names[2], {Purpose.WEB: Light.RED}, None)
        tx.lights.put(names[2], {Purpose.WEB: Light.AMBER}, None)
        tx.lights.put(PhotoId("gone"), {Purpose.WEB: Light.AMBER}, None)
        assert tx.lights.stale(today + timedelta(days=1), 9) == [names[1]]
        assert tx.lights.counts(Purpose.WEB) == {Light.GREEN: 1, Light.AMBER: 1, Light.RED: 1}
        assert sum(tx.lights.counts(Purpose.PRESS).values()) == 0
