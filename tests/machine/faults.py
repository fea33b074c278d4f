"""Faults made on purpose, as often as is asked, and what must hold after each.

What was reported as safe is safe, nothing is in the safe that was not on the card, the report says what was
not done, and the next import brings the rest.
"""

import contextlib
import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from appliance.actions import intake
from appliance.actions.intake import import_folder, import_report, start_import
from appliance.domain.access import OPERATOR
from appliance.domain.errors import Fault, KluisError, Tampered
from appliance.domain.photos import ImportReport, PhotoId
from appliance.sources import folders
from appliance.store.blobs import Blobs
from appliance.wiring import Box, open_box
from tests.actions.scene import files_known, files_on_disk, fill, original, picture, rows
from tests.cards.bench import looped, run
from tests.conftest import config_of
from tests.machine.spawning import Running
from tests.machine.test_killed import opened, progress, require_no_orphans, require_whole

FILES = {f"DCIM/100KLUIS/IMG_{number:04}.JPG": picture(number) for number in range(8)}
ALL = len(FILES)
TOTAL = sum(map(len, FILES.values()))
PULLED_SAYS = (errno.EIO, errno.ENOENT, errno.ENODEV, errno.ENOTCONN, errno.ESTALE)


def take_in(box: Box, folder: Path) -> tuple[ImportReport, int, str]:
    """Import a folder. Returns the report as it is kept, what was told on the way, and what broke it off."""
    asked = start_import(box.safe, str(folder), by=OPERATOR, now=box.now())
    told, problem = [0], ""
    try:
        intake.carry_out(
            box.safe,
            asked.id,
            by=OPERATOR,
            clock=box.clock,
            bell=box.bell,
            on_progress=lambda report: told.append(report.stored + report.known),
        )
    except KluisError as broken:
        problem = broken.key
    return import_report(box.safe, asked.id, by=OPERATOR, now=box.now()), told[-1], problem


def require_honest(box: Box, report: ImportReport, told: int) -> None:
    """The report counts what is in the safe, and what was told on the way is there."""
    kept = require_whole(box, FILES)
    assert told <= kept
    assert report.stored + report.known <= kept
    assert report.left == 0 or report.problem, "the report hides that something was left"
    assert files_known(box) <= files_on_disk(box)


# A card that fails, in user space.


@contextmanager
def faulty_card(folder: Path) -> Iterator[tuple[Path, Callable[..., None]]]:
    """A card with the files, mounted, and a way to order what goes wrong from now on."""
    card, mounted, orders = fill(folder / "card", FILES), folder / "mounted", folder / "orders"
    mounted.mkdir()
    numbers = iter(range(1_000_000))

    def order(
        *,
        after: int = sys.maxsize,
        gone: int = errno.EIO,
        bad: str = "",
        says: int = errno.EIO,
        begin: int = 0,
    ) -> None:
        told = {"run": next(numbers), "after": after, "gone": gone, "bad": bad, "says": says, "from": begin}
        fresh = orders.with_suffix(".new")
        fresh.write_text(json.dumps(told))
        fresh.rename(orders)

    order()
    program = Path(__file__).with_name("faulty_card.py")
    process = subprocess.Popen([sys.executable, str(program), str(card), str(mounted), str(orders)])
    try:
        while not os.path.ismount(mounted):
            assert process.poll() is None
            time.sleep(0.02)
        yield mounted, order
    finally:
        subprocess.run(["umount", "--lazy", str(mounted)], check=False)
        process.terminate()
        process.wait(30)


def pull_cards(empty_home: Path, folder: Path, *, times: int, seed: int) -> None:
    """Pulled after any number of bytes, saying whatever file systems say; then put back."""
    chance = random.Random(seed)
    with faulty_card(folder) as (card, order), quick_to_settle():
        for number in range(times):
            with fresh_box(empty_home, folder / "home") as box:
                after, says = chance.randrange(1, TOTAL), PULLED_SAYS[number % len(PULLED_SAYS)]
                order(after=after, gone=says)
                report, told, problem = take_in(box, card)
                assert problem == "card:gone", (number, after, says)
                assert report.problem == "card:gone"
                assert report.failed == 0
                require_honest(box, report, told)
                order()
                again, _, problem = take_in(box, card)
                assert (again.stored + again.known, again.known, problem) == (ALL, report.stored, "")
                assert require_whole(box, FILES) == ALL
                require_no_orphans(box)


def spoil_files(empty_home: Path, folder: Path, *, times: int, seed: int) -> None:
    """One file cannot be read from some place on; the card is there. Then it can."""
    chance = random.Random(seed)
    with faulty_card(folder) as (card, order), quick_to_settle():
        for number in range(times):
            with fresh_box(empty_home, folder / "home") as box:
                name = chance.choice(list(FILES))
                begin = chance.choice([0, chance.randrange(len(FILES[name]))])
                order(bad=f"/{name}", says=(errno.EIO, errno.EREMOTEIO)[number % 2], begin=begin)
                report, told, problem = take_in(box, card)
                assert (report.stored, report.failed, report.left, problem) == (ALL - 1, 1, 0, ""), name
                require_honest(box, report, told)
                order()
                again, _, _ = take_in(box, card)
                assert (again.stored, again.known, again.failed) == (1, ALL - 1, 0)
                assert require_whole(box, FILES) == ALL


@contextmanager
def quick_to_settle() -> Iterator[None]:
    """The faulty card answers at once; nothing has to be waited for."""
    before, folders._SETTLES = folders._SETTLES, 0.0
    try:
        yield
    finally:
        folders._SETTLES = before


@contextmanager
def fresh_box(empty_home: Path, home: Path) -> Iterator[Box]:
    shutil.copytree(empty_home, home)
    try:
        with opened(config_of(home)) as box:
            yield box
    finally:
        shutil.rmtree(home)


# A full disk.


def fill_disks(empty_home: Path, folder: Path, *, times: int, seed: int) -> None:
    """The disk of the safe is full at any point of an import; then there is room."""
    chance, full = random.Random(seed), 0
    card, disk = fill(folder / "card", FILES), folder / "disk"
    disk.mkdir()
    for _ in range(times):
        size = 24 << 20
        run("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk)
        try:
            home = Path(shutil.copytree(empty_home, disk / "home"))
            with opened(config_of(home)) as box:
                room = chance.randrange(0, int(TOTAL * 1.6) + (1 << 20))
                filler = disk / "filler"
                filler.write_bytes(
                    bytes(max(0, os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize - room))
                )
                with contextlib.suppress(KluisError):  # even to open the import there may be no room
                    _, _, problem = take_in(box, card)
                    assert problem in ("", "store:disk")
                    full += problem != ""
                filler.unlink()
                kept = require_whole(box, FILES)
                for one in intake.imports(box.safe, by=OPERATOR, now=box.now()):
                    assert one.stored <= kept
                    assert one.left == 0 or one.problem or one.finished_at is None
                again, _, problem = take_in(box, card)
                assert (again.stored + again.known, problem) == (ALL, "")
                assert require_whole(box, FILES) == ALL
                require_no_orphans(box)
        finally:
            run("umount", "--lazy", disk)
    assert full >= times // 4, "the disk was hardly ever full"


# Clocks that jump, and a sweep that takes whatever it does not know for old.


def jump_clocks(empty_home: Path, folder: Path, *, times: int, seed: int) -> None:
    """The clock jumps by years, both ways, at every look; sweeps run all the while."""
    chance = random.Random(seed)
    card = fill(folder / "card", FILES)
    for _ in range(times):
        with fresh_box(empty_home, folder / "home") as box:
            really = box.clock
            box.clock = lambda now=really: now() + timedelta(days=chance.randrange(-9000, 9000))  # type: ignore[misc]
            reports = [swept_import(box, card) for _ in range(2)]
            assert require_whole(box, FILES) == len(rows(box, "SELECT id FROM photos"))
            for report, told in reports:
                require_honest(box, report, told)
            box.clock = really
            again, _, problem = take_in(box, card)
            assert (again.stored + again.known, problem) == (ALL, "")
            assert require_whole(box, FILES) == ALL


def swept_import(box: Box, card: Path) -> tuple[ImportReport, int]:
    """An import during which another process sweeps again and again, whatever the age of a file."""
    stop, other = threading.Event(), open_box(box.config)
    really = Blobs.orphans

    def sweep() -> None:
        while not stop.is_set():
            with contextlib.suppress(Fault):
                intake.sweep_files(other.safe, now=other.now())

    Blobs.orphans = lambda blobs, known, older_than=0.0: really(blobs, known, -1e9)  # type: ignore[method-assign]
    thread = threading.Thread(target=sweep)
    thread.start()
    try:
        report, told, problem = take_in(box, card)
        assert problem in ("", "store:swept", "store:disk")
    finally:
        stop.set()
        thread.join()
        Blobs.orphans = really  # type: ignore[method-assign]
        other.close()
    return report, told


# Two at once.


def import_twice_at_once(empty_home: Path, folder: Path, *, times: int, seed: int) -> None:
    """Two imports of one card, begun at about the same time."""
    chance = random.Random(seed)
    card = fill(folder / "card", FILES)
    for _ in range(times):
        with fresh_box(empty_home, folder / "home") as box:
            other, done = open_box(box.config), list[ImportReport]()

            def take(mine: Box, wait: float, done: list[ImportReport] = done) -> None:
                time.sleep(wait)
                done.append(import_folder(mine.safe, card, by=OPERATOR, clock=mine.clock, bell=mine.bell))

            threads = [
                threading.Thread(target=take, args=(one, chance.uniform(0, 0.05))) for one in (box, other)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            other.close()
            assert sum(report.stored for report in done) == ALL
            assert all(report.stored + report.known == ALL for report in done)
            assert require_whole(box, FILES) == ALL
            require_no_orphans(box)


# A power cut: what is on the disk at that moment is all there is. And a disk that lies about what is on it.


def cut_power(empty_home: Path, folder: Path, *, times: int, seed: int, lies: bool) -> None:
    """The disk is copied while an import runs, and the copy is what the next start finds.

    lies: some of the blocks that were written last go back to what they were, though the disk said they were
    there. Nobody can make up for that; what is promised then is that no wrong byte is given out and that the
    loss is told.
    """
    chance, card = random.Random(seed), fill(folder / "card", FILES)
    disk, cut, mounted, after = (folder / name for name in ("disk.img", "cut.img", "mounted", "after"))
    mounted.mkdir()
    after.mkdir()
    whole = told_of = 0
    for _ in range(times):
        with disk.open("wb") as stream:
            stream.truncate(64 << 20)
        run("mkfs.ext4", "-q", "-F", disk)
        with looped(disk) as node:
            run("mount", "-t", "ext4", node, mounted)
            try:
                home = Path(shutil.copytree(empty_home, mounted / "home"))
                run("sync", "--file-system", mounted)
                told = import_until_cut(home, card, folder / "told", disk, cut, chance, lies=lies)
            finally:
                run("umount", "--lazy", mounted)
        with looped(cut) as node:
            if subprocess.run(
                ["mount", "-t", "ext4", node, str(after)], check=False, capture_output=True
            ).returncode:
                assert lies, "the file system did not outlive a power cut"
                told_of += 1
                continue
            try:
                found_whole = require_nothing_wrong(after / "home", told, lies=lies)
            finally:
                run("umount", after)
        whole += found_whole
        told_of += not found_whole
    assert whole if not lies else whole + told_of == times


def import_until_cut(
    home: Path, card: Path, told: Path, disk: Path, cut: Path, chance: random.Random, *, lies: bool
) -> int:
    """Import, and copy the disk at any moment of it. Returns how many photos were reported by then."""
    with Running(home, "import", card, folder=told) as running:
        running.until(lambda: "Copied" in running.err)
        time.sleep(chance.uniform(0, 0.15))
        before = disk.read_bytes() if lies else b""
        if lies:
            time.sleep(chance.uniform(0, 0.1))
        reported = progress(running)
        with contextlib.suppress(ProcessLookupError):  # it may be through
            os.killpg(running.pid, signal.SIGSTOP)  # so that the copy is of one moment
        image = bytearray(disk.read_bytes())
    if lies:
        for start in range(0, len(image), 4096):
            block = slice(start, start + 4096)
            if image[block] != before[block] and chance.random() < 0.3:
                image[block] = before[block]
    cut.write_bytes(image)
    return reported


def require_nothing_wrong(home: Path, told: int, *, lies: bool) -> bool:
    """What was reported is there and whole; behind a disk that lies, at least no wrong byte is given out."""
    try:
        with opened(config_of(home)) as box:
            if not lies:
                assert require_whole(box, FILES) >= told
                return True
            return gives_no_wrong_byte(box, told)
    except (KluisError, OSError):
        assert lies, "a power cut made the safe unusable"
        return False


def gives_no_wrong_byte(box: Box, told: int) -> bool:
    """Each photo is as it was on the card, or its damage is told. Returns whether all is there."""
    contents = {sha256(data).hexdigest() for data in FILES.values()}
    whole = 0
    for row in rows(box, "SELECT id, sha256 FROM photos"):
        try:
            data = original(box, PhotoId(row["id"]))
        except (Tampered, Fault):
            continue
        assert sha256(data).hexdigest() == row["sha256"]
        assert row["sha256"] in contents
        whole += 1
    return whole >= told
