"""All parts of the bench of one photo's way, on the same photos and copies of the same safe."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from appliance.wiring import open_box
from bench import copying, detectors, memory, peer, report, rescans, stages, workers
from bench.safes import Place, Progress, config_of, enrolled_home, fresh_copy

WORKERS = (1, 2)


class Pipeline:
    """The photos as a card, and a safe in which people are enrolled.

    folder: scratch, on the disk that is measured.
    """

    def __init__(
        self, place: Place, folder: Path, photos: Sequence[Path], runs: int, progress: Progress
    ) -> None:
        self._place, self._folder, self._photos, self._runs = place, folder, photos, runs
        self._progress = progress
        self._card = folder / "shots"
        self._card.mkdir()
        for photo in photos:
            (self._card / photo.name).hardlink_to(photo)
        self._enrolled = enrolled_home(place, folder, progress)

    @property
    def parts(self) -> dict[str, Callable[[], report.Json]]:
        """What can be measured, by name, in the order in which it is."""
        return {
            "stages": self._stages,
            "copying": self._copying,
            "workers": self._workers,
            "memory": self._memory,
            "rescan": self._rescan,
            "detectors": self._detectors,
        }

    def _stages(self) -> report.Json:
        return report.stages([self._stages_once() for _ in range(self._runs)])

    def _stages_once(self) -> list[stages.PhotoCost]:
        self._progress("Measuring by stage")
        home = fresh_copy(self._enrolled, self._folder / "stages")
        box = open_box(config_of(self._place, home))
        try:
            return stages.measure(box, self._card, self._photos)
        finally:
            box.close()

    def _copying(self) -> report.Json:
        return report.copying([self._copying_once() for _ in range(self._runs)])

    def _copying_once(self) -> copying.Copying:
        self._progress("Measuring the copying")
        return copying.measure(self._place, self._enrolled, self._card, self._photos, self._folder)

    def _workers(self) -> report.Json:
        return report.end_to_end([self._with_workers(n) for _ in range(self._runs) for n in WORKERS])

    def _with_workers(self, count: int) -> workers.EndToEnd:
        self._progress(f"Measuring the whole way, workers: {count}")
        return workers.measure(
            self._place, self._enrolled, self._card, self._photos, self._folder, count, self._progress
        )

    def _rescan(self) -> report.Json:
        self._progress("Measuring the search for somebody among earlier photos")
        home = fresh_copy(self._enrolled, self._folder / "rescan")
        box = open_box(config_of(self._place, home))
        try:
            person = rescans.prepare(box, self._card)
            return report.rescan([rescans.measure(box, person, self._photos) for _ in range(self._runs)])
        finally:
            box.close()

    def _detectors(self) -> report.Json:
        self._progress("Measuring other detectors")
        box = open_box(config_of(self._place, self._enrolled))
        try:
            return report.detectors(detectors.measure(box, self._photos))
        finally:
            box.close()

    def _memory(self) -> report.Json:
        self._progress("Measuring memory")
        peak = memory.measure(self._place, self._enrolled, self._card, self._folder, max(WORKERS))
        return report.memory([peak])


def beside_the_peer(
    place: Place, photos: Sequence[Path], ours: report.Json, progress: Progress, *, build: bool
) -> report.Json:
    """The peer on these photos. ours: the figures of the workers. Without the peer it says so, loudly."""
    try:
        peer.require(place, progress, build=build)
    except peer.NoPeer as problem:
        click.secho(f"\nWITHOUT THE PEER: {problem}.", fg="red", bold=True, err=True)
        return {"skipped": str(problem)}
    rounds: dict[str, Sequence[peer.Peer]] = {}
    for reduced, what in ((False, "as its examples do"), (True, "photos reduced to a quarter first")):
        for count in WORKERS:
            progress(f"Measuring the peer, {what}, processes: {count}")
            runs = [peer.measure(place, photos, processes=count, reduced=reduced)]
            rounds[f"{what}, processes: {count}"] = runs
    progress("Measuring the peer's thorough detector, photos reduced to a quarter first")
    thorough = peer.measure(place, photos, processes=1, reduced=True, model="cnn")
    rounds["its network (CNN), photos reduced to a quarter first, processes: 1"] = [thorough]
    return report.peer(ours, rounds)
