"""How the box is: counts that are true, and damage that is found and named."""

from datetime import datetime
from pathlib import Path

import pytest

from appliance.actions import duties, health
from appliance.actions.backup import add_target
from appliance.actions.mailing import Office
from appliance.actions.models import model_cards
from appliance.domain.access import OPERATOR
from appliance.domain.audit import Head
from appliance.domain.backup import Target, TargetKind
from appliance.domain.consent import PUBLICATION, Light, Purpose
from appliance.domain.duties import Duty, Run, Standing
from appliance.domain.health import Readings
from appliance.domain.photos import PhotoId, Stage
from appliance.domain.wording import Language
from appliance.store.ids import new_id
from appliance.store.photos import BlobKind
from appliance.vision.manifest import Pack
from appliance.wiring import Box
from tests.actions.scene import fill, log, named, picture, rows, take, told
from tests.conftest import Clock


def status(box: Box) -> health.Status:
    return health.status(box.safe, box.config.home, by=OPERATOR, now=box.now(), day=box.today())


def test_the_counts_are_true(demo_box: Box, tmp_path: Path) -> None:
    take(demo_box, fill(tmp_path / "card", {"IMG_0001.JPG": picture(1)}))
    found = status(demo_box)
    assert found.photos == {Stage.STORED: 1, Stage.ANALYSED: 8, Stage.SET_ASIDE: 0}
    assert (found.people, found.quitclaims, found.releases) == (2, 4, 0)
    assert set(found.lights) == set(PUBLICATION)
    assert found.lights[Purpose.WEB] == {Light.GREEN: 1, Light.AMBER: 7, Light.RED: 1}
    assert found.lights[Purpose.PRINT] == {Light.GREEN: 0, Light.AMBER: 7, Light.RED: 2}
    assert found.recognition.on
    assert 0 < found.disk_free < found.disk_total
    last = log(demo_box)[-1]
    assert found.audit == Head(last.number, last.seal)


def test_an_empty_safe_counts_nothing(box: Box) -> None:
    found = status(box)
    assert sum(found.photos.values()) == found.people == found.quitclaims == found.releases == 0
    assert found.audit.number == 0


def test_a_whole_safe_has_no_damage(demo_box: Box) -> None:
    seen: list[int] = []
    found = health.damage(demo_box.safe, by=OPERATOR, now=demo_box.now(), on_progress=seen.append)
    assert found == ()
    assert seen == list(range(1, 9))
    assert told(demo_box)[-1] == "operator health:scrub  done photos=8 damaged=0"


@pytest.mark.parametrize("duty", [Duty.SCRUB, Duty.RETENTION])
def test_upkeep_that_is_late_or_failed_is_an_alarm_and_on_a_new_box_it_is_none(
    box: Box, clock: Clock, duty: Duty
) -> None:
    nobody = duties.Alarm(Office("https://kluis.example", "Ziekenhuis"), (), Language.DUTCH, box.bell)

    def alarms() -> list[tuple[Duty, Standing]]:
        found = duties.alarming(box.safe, by=OPERATOR, now=box.now())
        return [(one.duty, one.standing) for one in found]

    def went(passed: bool) -> None:
        run = Run(f"{duty}-{passed}", duty, box.now(), box.now(), passed)
        duties.note(box.safe, run, nobody, by=OPERATOR, now=box.now())

    assert alarms() == []
    went(passed=False)
    assert alarms() == [(duty, Standing.FAILED)]
    clock.advance(seconds=1)
    went(passed=True)
    assert alarms() == []
    clock.advance(days=36)
    assert alarms() == [(duty, Standing.OVERDUE)]


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def gone(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("harm", [flipped, cut_short, gone])
@pytest.mark.parametrize("kind", [BlobKind.ORIGINAL, BlobKind.THUMBNAIL])
def test_damage_is_found_and_names_the_photo(demo_box: Box, harm: object, kind: BlobKind) -> None:
    photo = named(demo_box, "KLUI0005.JPG")
    (row,) = rows(demo_box, "SELECT place FROM files WHERE photo_id = ? AND kind = ?", photo, kind.value)
    harm(demo_box.config.files / str(row["place"]))  # type: ignore[operator]
    found = health.damage(demo_box.safe, by=OPERATOR, now=demo_box.now())
    assert [(one.photo_id, one.kind, one.problem.key) for one in found] == [(photo, kind, "blob:damaged")]
    assert told(demo_box)[-1] == "operator health:scrub  done photos=8 damaged=1"


def test_two_files_that_were_swapped_are_both_found(demo_box: Box) -> None:
    photos = [named(demo_box, f"KLUI000{n}.JPG") for n in (1, 2)]
    one, other = (
        demo_box.config.files / str(row["place"])
        for photo in photos
        for row in rows(demo_box, "SELECT place FROM files WHERE photo_id = ? AND kind = 'proxy'", photo)
    )
    one.rename(one.with_suffix(".aside"))
    other.rename(one)
    one.with_suffix(".aside").rename(other)
    found = health.damage(demo_box.safe, by=OPERATOR, now=demo_box.now())
    assert {(d.photo_id, d.kind) for d in found} == {(PhotoId(p), BlobKind.PROXY) for p in photos}


def test_the_model_card_tells_where_each_network_came_from(box: Box, pack: Pack) -> None:
    """P8."""
    cards = model_cards(box.safe, box.config.models, by=OPERATOR, now=box.now(), day=box.today())
    assert (cards[0].pack, cards[0].in_use, cards[0].now) == (pack, True, None)
    assert cards[0].figures.missed < cards[0].figures.faces
    assert [one.unknown_faces for one in cards[0].thresholds[:3]] == [1000, 1000, 1000]
    for model in pack.models:
        assert all((model.sha256, model.package_sha256, model.licence, model.training_data))


def test_the_last_backup_is_that_of_the_target_that_is_furthest_behind(box: Box, clock: Clock) -> None:
    near, far = (Target(name, TargetKind.DISK, f"/{name}", "NL") for name in ("near", "far"))
    for target in (near, far):
        add_target(box.safe, target, by=OPERATOR, now=box.now())
    assert _last_backup(box) is None
    began = box.now()
    _backed_up(box, "far", passed=True)
    assert _last_backup(box) is None
    clock.advance(hours=2)
    _backed_up(box, "near", passed=True)
    assert _last_backup(box) == began
    _backed_up(box, "near", passed=False)
    assert _last_backup(box) is None


def _backed_up(box: Box, target: str, *, passed: bool) -> None:
    nobody = duties.Alarm(Office("https://kluis.example", "Ziekenhuis"), (), Language.DUTCH, box.bell)
    run = Run(new_id(), Duty.BACKUP, box.now(), box.now(), passed, target=target)
    duties.note(box.safe, run, nobody, by=OPERATOR, now=box.now())


def _last_backup(box: Box) -> datetime | None:
    return health.condition(box.safe, Readings(1, 1), by=OPERATOR, now=box.now()).last(Duty.BACKUP)
