"""From a card in the port to photos in the safe: what staff do is plug it in, and what is told is true."""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appliance import watcher
from appliance.actions import cards, intake
from appliance.actions.bell import Silent
from appliance.actions.collections import create_collection
from appliance.actions.intake_rules import change_intake_rules
from appliance.actions.shoots import create_shoot
from appliance.config import Config
from appliance.domain.access import OPERATOR
from appliance.domain.cards import CardState, RefusedDevice
from appliance.domain.errors import Fault, KluisError, Mistake
from appliance.domain.intake import Begin, IntakeRules
from appliance.domain.photos import ImportReport, PhotoId
from appliance.tasks import Bell as RingingBell
from appliance.tasks import Jobs
from appliance.watcher import CardWatch
from appliance.wiring import Box
from tests.actions.scene import EDITOR, original, picture, rows, told
from tests.cards.bench import Bench, digest, run
from tests.cards.conftest import FILES
from tests.cards.test_service import damage

Images = Callable[..., Path]
ALL = len(FILES)


@pytest.fixture
def watched(bench: Bench, box: Box) -> Box:
    """A box whose cards are those on the bench."""
    bench.serve()
    box.card_service = bench.service  # type: ignore[misc]
    return box


@pytest.fixture
def jobs(watched: Box, config: Config) -> Iterator[Jobs]:
    """The worker of that box, in this process; each bell is heard when the test says so."""
    made = Jobs(config)
    made._box = watched
    watched.bell = RingingBell(made)
    yield made
    made.huey.storage.close()


def work(jobs: Jobs) -> None:
    """Do what the bells rang for, but for examining photos."""
    while task := jobs.huey.dequeue():
        if task.name == "take_in":
            with contextlib.suppress(KluisError):  # as the worker does; the report says it
                jobs.take_in(*task.args)


def greet(box: Box, bench: Bench, watch: CardWatch | None = None) -> None:
    (watch or CardWatch(box)).heed(bench.seen(lambda seen: bool(seen.cards)))


def reports(box: Box) -> tuple[ImportReport, ...]:
    return intake.imports(box.safe, by=OPERATOR, now=box.now())


def counts(report: ImportReport) -> tuple[int, int, int, int, str]:
    return report.found, report.stored, report.known, report.failed, report.problem


@pytest.mark.parametrize("kind", ["vfat", "exfat", "ext4", "ntfs"])
def test_plugging_in_is_all(watched: Box, jobs: Jobs, bench: Bench, card_image: Images, kind: str) -> None:
    made = card_image(kind)
    before = digest(made)
    bench.plug(made)
    greet(watched, bench)
    work(jobs)
    (report,) = reports(watched)
    assert counts(report) == (ALL, ALL, 0, 0, "")
    assert report.source == f"KAART_{kind}".upper()[:11]
    kept = {row["name"]: PhotoId(row["id"]) for row in rows(watched, "SELECT id, name FROM photos")}
    assert {Path(name).name: original(watched, kept[Path(name).name]) for name in FILES} == {
        Path(name).name: data for name, data in FILES.items()
    }
    assert bench.card().state is CardState.SAFE
    assert digest(made) == before


def test_a_card_is_greeted_once_for_each_time_that_it_is_put_in(
    watched: Box, jobs: Jobs, bench: Bench, card_image: Images
) -> None:
    made = card_image("vfat")
    device, watch = bench.plug(made), CardWatch(watched)
    for _ in range(3):
        greet(watched, bench, watch)
        work(jobs)
    assert len(reports(watched)) == 1
    bench.pull(device)
    bench.seen(lambda seen: not seen.cards)
    bench.plug_disk(made, f"{bench.hub}/1-1", "sdy")
    greet(watched, bench, watch)
    work(jobs)
    assert [counts(report) for report in reports(watched)] == [(ALL, 0, ALL, 0, ""), (ALL, ALL, 0, 0, "")]


def test_a_card_that_asks_is_looked_through_and_copied_when_told(
    watched: Box, jobs: Jobs, bench: Bench, card_image: Images, tmp_path: Path
) -> None:
    change_intake_rules(watched.safe, IntakeRules(Begin.ASK), by=OPERATOR, now=watched.now())
    shoot = create_shoot(watched.safe, by=OPERATOR, now=watched.now(), name="Open dag", day=watched.today())
    report = create_collection(watched.safe, "Jaarverslag", by=EDITOR, now=watched.now())
    made = card_image("vfat")
    device = bench.plug(made)
    greet(watched, bench)
    (view,) = views(watched)
    assert view.known is not None
    assert (view.asks, view.last, view.known.files, view.known.fresh) == (True, None, ALL, ALL)
    assert bench.card().state is CardState.WAITING

    service = watched.card_service
    cards.import_card(
        watched.safe, service, view.card.insertion, shoot.id, collection_id=report.id,
        by=EDITOR, now=watched.now(), bell=watched.bell, remember=True,
    )  # fmt: skip
    with pytest.raises(Mistake, match="read already"):
        cards.import_card(
            watched.safe,
            service,
            view.card.insertion,
            None,
            by=EDITOR,
            now=watched.now(),
            bell=watched.bell,
        )
    work(jobs)
    assert {row["shoot_id"] for row in rows(watched, "SELECT shoot_id FROM photos")} == {shoot.id}

    # The next time it has two photos more, and it is remembered where they belong.
    bench.pull(device)
    bench.seen(lambda seen: not seen.cards)
    for number in (8, 9):
        (tmp_path / f"NEW_{number}.JPG").write_bytes(picture(100 + number))
        run("mcopy", "-i", made, tmp_path / f"NEW_{number}.JPG", "::/DCIM/100KLUIS/")
    bench.plug_disk(made, f"{bench.hub}/1-1", "sdy")
    greet(watched, bench)
    work(jobs)
    assert counts(reports(watched)[0]) == (ALL + 2, 2, ALL, 0, "")
    assert len(rows(watched, "SELECT id FROM photos WHERE shoot_id = ?", shoot.id)) == ALL + 2
    assert {one.collection_id for one in reports(watched)} == {report.id}


def test_it_is_told_how_many_photos_are_new_since_the_last_time(
    watched: Box, jobs: Jobs, bench: Bench, card_image: Images, tmp_path: Path
) -> None:
    made = card_image("vfat")
    device = bench.plug(made)
    greet(watched, bench)
    work(jobs)
    bench.pull(device)
    bench.seen(lambda seen: not seen.cards)
    (tmp_path / "NEW.JPG").write_bytes(picture(100))
    run("mcopy", "-i", made, tmp_path / "NEW.JPG", "::/DCIM/100KLUIS/")
    change_intake_rules(watched.safe, IntakeRules(Begin.ASK), by=OPERATOR, now=watched.now())
    bench.plug_disk(made, f"{bench.hub}/1-1", "sdy")
    greet(watched, bench)
    (view,) = views(watched)
    assert view.known is not None
    assert view.last is not None
    assert (view.known.files, view.known.fresh, view.last.stored) == (ALL + 1, 1, ALL)


def views(box: Box) -> tuple[cards.CardView, ...]:
    return cards.cards_in(box.safe, box.card_service.seen(), by=OPERATOR, now=box.now())


class After(Silent):
    """A bell that does something when so many photos were taken in."""

    def __init__(self, photos: int, act: Callable[[], None]) -> None:
        self._left = photos
        self._act = act

    def analyse(self, photo_id: PhotoId) -> None:
        self._left -= 1
        if self._left == 0:
            self._act()


def carry_out(box: Box, bell: Silent) -> None:
    (opened,) = intake.unfinished(box.safe, by=OPERATOR, now=box.now())
    cards.carry_out_card(box.safe, box.card_service, opened.id, by=OPERATOR, clock=box.clock, bell=bell)


def test_a_card_that_is_pulled_is_told_and_the_rest_comes_when_it_is_put_back(
    watched: Box, jobs: Jobs, bench: Bench, card_image: Images
) -> None:
    made = card_image("ext4")
    device = bench.plug(made)
    whole = made.read_bytes()
    greet(watched, bench)

    def pull() -> None:
        bench.pull(device)
        os.truncate(made, 0)  # else the loop device would read on
        bench.until(lambda: str(bench.socket.parent) not in Path("/proc/self/mountinfo").read_text())

    with pytest.raises(Fault) as problem:
        carry_out(watched, After(2, pull))
    assert problem.value.key == "card:gone"
    (report,) = reports(watched)
    assert (counts(report), report.left) == ((ALL, 2, 0, 0, "card:gone"), ALL - 2)

    made.write_bytes(whole)
    bench.plug_disk(made, f"{bench.hub}/1-1", "sdy")
    greet(watched, bench)
    work(jobs)
    assert counts(reports(watched)[0]) == (ALL, ALL - 2, 2, 0, "")
    assert bench.card().state is CardState.SAFE


def test_an_import_that_a_power_cut_broke_off_is_taken_up_and_not_begun_anew(
    watched: Box, jobs: Jobs, bench: Bench, card_image: Images
) -> None:
    bench.plug(card_image())
    greet(watched, bench)

    def cut() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        carry_out(watched, After(3, cut))
    bench.seen(lambda seen: seen.cards[0].state is CardState.WAITING)
    while jobs.huey.dequeue():
        pass  # the bells are lost as well
    greet(watched, bench)
    work(jobs)
    assert [counts(report) for report in reports(watched)] == [(ALL, ALL, 0, 0, "")]


def test_a_damaged_card_and_one_that_went_are_told_in_the_report(
    watched: Box, jobs: Jobs, bench: Bench, card_image: Images
) -> None:
    made = card_image("ext4")
    damage(made, "ext4")
    device = bench.plug(made)
    greet(watched, bench)
    work(jobs)
    assert counts(reports(watched)[0]) == (0, 0, 0, 0, "card:damaged")
    bench.pull(device)
    bench.seen(lambda seen: not seen.cards)
    bench.plug_disk(card_image("vfat"), f"{bench.hub}/1-1", "sdz")
    greet(watched, bench)
    bench.pull(f"{bench.hub}/1-1/sdz")
    bench.seen(lambda seen: not seen.cards)
    work(jobs)
    assert counts(reports(watched)[0]) == (0, 0, 0, 0, "card:absent")


def test_a_device_that_was_kept_out_is_in_the_audit_log_once(box: Box) -> None:
    refused = RefusedDevice("1-2", "046d:c31c", ("keyboard or mouse",), 1_700_000_000.0)
    for _ in range(3):
        cards.note_refused(box.safe, [refused], now=box.now())
    assert told(box) == ["worker usb:refuse  refused device=046d:c31c port=1-2 kinds=keyboard-or-mouse"]
    cards.note_refused(box.safe, [refused, RefusedDevice("1-3", "1:2", (), 1.0)], now=box.now())
    assert len(told(box)) == 2


def test_the_watch_waits_for_a_service_that_starts_later(
    box: Box, bench: Bench, card_image: Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "_RESTS", 0.05)
    box.card_service = bench.service  # type: ignore[misc]
    stop = threading.Event()
    thread = threading.Thread(target=CardWatch(box).run, args=(stop,))
    thread.start()
    try:
        bench.serve()
        bench.plug(card_image())
        bench.until(lambda: len(reports(box)) == 1)
    finally:
        stop.set()
        thread.join()
