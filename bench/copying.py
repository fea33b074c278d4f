"""How fast a card is taken in, beside `cp` and `sha256sum` of the same files.

Ours reads, hashes, encrypts, syncs and notes each photo; bare, it does not note them. `cp` leaves the files
in memory and `sha256sum` reads them from there; a second round of it syncs them too, which is what a copy
is worth.
"""

import resource
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from appliance.actions.intake import import_folder
from appliance.domain.access import OPERATOR
from appliance.store.blobs import Blobs
from appliance.wiring import open_box
from bench.clocks import Cost
from bench.safes import Place, config_of, fresh_copy, shoot_of


@dataclass(frozen=True, slots=True)
class Copying:
    """One round: each way over the same files. bytes: of all of them."""

    bytes: int
    bare: Cost
    ours: Cost
    cp_sha256sum: Cost
    cp_sync_sha256sum: Cost


def measure(place: Place, enrolled: Path, folder: Path, photos: Sequence[Path], scratch: Path) -> Copying:
    """One round of each."""
    return Copying(
        bytes=sum(photo.stat().st_size for photo in photos),
        bare=_bare(photos, scratch / "bare"),
        ours=_ours(place, fresh_copy(enrolled, scratch / "copying"), folder),
        cp_sha256sum=_theirs(photos, scratch / "plain", sync=False),
        cp_sync_sha256sum=_theirs(photos, scratch / "plain", sync=True),
    )


def _bare(photos: Sequence[Path], target: Path) -> Cost:
    """Copied, hashed, encrypted and synced, as the product does it, without a database."""
    target.mkdir()
    blobs, key = Blobs(target), secrets.token_bytes(32)

    def copy() -> None:
        for photo in photos:
            with photo.open("rb") as stream:
                blobs.write(stream, key=key, about="bench")

    try:
        return _cost(copy, time.process_time)
    finally:
        shutil.rmtree(target)


def _ours(place: Place, home: Path, folder: Path) -> Cost:
    box = open_box(config_of(place, home))
    try:
        return _cost(
            lambda: import_folder(
                box.safe, folder, by=OPERATOR, clock=box.clock, bell=box.bell, shoot_id=shoot_of(box)
            ),
            time.process_time,
        )
    finally:
        box.close()
        shutil.rmtree(home)


def _theirs(photos: Sequence[Path], target: Path, *, sync: bool) -> Cost:
    target.mkdir()
    copies = [target / photo.name for photo in photos]

    def copy() -> None:
        subprocess.run(["cp", *photos, target], check=True)
        if sync:
            subprocess.run(["sync", *copies], check=True)
        subprocess.run(["sha256sum", *copies], check=True, stdout=subprocess.DEVNULL)

    try:
        return _cost(copy, _time_of_children)
    finally:
        shutil.rmtree(target)


def _cost(work: Callable[[], object], processor: Callable[[], float]) -> Cost:
    before = Cost(time.perf_counter(), processor())
    work()
    return Cost(time.perf_counter(), processor()) - before


def _time_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
