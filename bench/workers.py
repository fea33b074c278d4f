"""The whole way, from a folder to examined photos, with the worker processes that a box runs."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from appliance.actions.analysis import waiting
from appliance.actions.intake import import_folder
from appliance.domain.access import OPERATOR
from appliance.tasks import open_ringing_box
from appliance.wiring import Box
from bench.clocks import Cost, family, processor_time
from bench.photos import make_photos
from bench.safes import Place, Progress, config_of, fresh_copy, shoot_of
from bench.stages import bare_decode

_LOOK_EVERY = 0.05  # seconds
_LONGEST = 900.0
_WARM_UPS = 24
_SMALL = (1500, 1000)


@dataclass(frozen=True, slots=True)
class EndToEnd:
    """One run. cost: of all processes. bare: the scaled decode of the same photos, one after another."""

    workers: int
    photos: int
    bytes: int
    cost: Cost
    bare: Cost


def measure(
    place: Place,
    enrolled: Path,
    folder: Path,
    photos: Sequence[Path],
    scratch: Path,
    workers: int,
    progress: Progress,
) -> EndToEnd:
    """Import a folder beside running workers, until the last photo is examined."""
    home = fresh_copy(enrolled, scratch / "workers")
    small = make_photos(place.bench / "photos", place.packages, _WARM_UPS, _SMALL, progress)
    with _workers(place, home, workers) as process:
        box = open_ringing_box(config_of(place, home))
        try:
            _warm_up(box, small, scratch / "warm-up", process.pid, workers)
            before = _now(process.pid)
            import_folder(
                box.safe, folder, by=OPERATOR, clock=box.clock, bell=box.bell, shoot_id=shoot_of(box)
            )
            wait_until_examined(box)
            cost = _now(process.pid) - before
        finally:
            box.close()
    shutil.rmtree(home)
    return EndToEnd(workers, len(photos), sum(photo.stat().st_size for photo in photos), cost, _bare(photos))


@contextmanager
def _workers(place: Place, home: Path, workers: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "appliance.cli", "--home", str(home)]
    command += ["worker", "--workers", str(workers)]
    process = subprocess.Popen(
        command, env=place.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def _warm_up(box: Box, small: Sequence[Path], folder: Path, pid: int, workers: int) -> None:
    """Small photos until every worker has loaded its networks and started its decoder.

    Raises:
        RuntimeError: when they do not start.
    """
    for start in range(0, len(small), 2 * workers):
        batch = folder / str(start)
        batch.mkdir(parents=True)
        for photo in small[start : start + 2 * workers]:
            shutil.copy(photo, batch)
        import_folder(box.safe, batch, by=OPERATOR, clock=box.clock, bell=box.bell, shoot_id=shoot_of(box))
        wait_until_examined(box)
        if _decoders(pid) == workers:
            shutil.rmtree(folder)
            return
    raise RuntimeError("the workers do not start")


def _decoders(pid: int) -> int:
    found = 0
    for one in family(pid):
        try:
            found += "appliance.imaging.decoder_process" in psutil.Process(one).cmdline()
        except psutil.NoSuchProcess:
            continue
    return found


def wait_until_examined(box: Box) -> None:
    """Wait until no photo is left to examine.

    Raises:
        RuntimeError: when that takes too long.
    """
    end = time.monotonic() + _LONGEST
    while waiting(box.safe, now=box.now(), limit=1):
        if time.monotonic() > end:
            raise RuntimeError("the workers do not get on")
        time.sleep(_LOOK_EVERY)


def _now(pid: int) -> Cost:
    return Cost(time.perf_counter(), time.process_time() + sum(processor_time(one) for one in family(pid)))


def _bare(photos: Sequence[Path]) -> Cost:
    total = Cost()
    for photo in photos:
        data = photo.read_bytes()
        before = Cost(time.perf_counter(), time.process_time())
        bare_decode(data)
        total += Cost(time.perf_counter(), time.process_time()) - before
    return total
