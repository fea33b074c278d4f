"""The figures as tables for people, and as JSON for whoever compares runs."""

import json
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bench import machine
from bench.clocks import Cost, Spread
from bench.copying import Copying
from bench.detectors import Detection
from bench.matching import Matching
from bench.memory import Peak
from bench.peer import Peer
from bench.rescans import Search
from bench.stages import STAGES, PhotoCost
from bench.workers import EndToEnd

Json = dict[str, Any]
LIMIT_SEARCH, LIMIT_MATCH = 100, 5
LIMIT_APART = 1.6  # of the median photo, without what the networks take
LIMIT_RATIO, LIMIT_PEER, LIMIT_MEMORY, LIMIT_COPY = 2.0, 2.0, 700e6, 0.7


class Report:
    """Takes measurements as they come, tells each at once, and keeps all for the file."""

    def __init__(self, name: str, options: Json) -> None:
        self._began_busy = machine.busy()
        self.figures: Json = {
            "bench": name,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine.facts(),
            "options": options,
        }

    def start(self) -> None:
        """Tell what is measured on."""
        facts = self.figures["machine"]
        click.echo(
            f"{facts['processor']}, {facts['cores']} cores ({' '.join(facts['features'])}), "
            f"{facts['memory_gb']} GB; {facts['system']}; Python {facts['python']}"
        )
        click.echo(", ".join(f"{name} {version}" for name, version in facts["libraries"].items()))
        if self._began_busy > 0.5:
            click.echo(
                f"Other work is running (load {self._began_busy:.1f}): trust ratios and processor time."
            )

    def add(self, key: str, figures: Json) -> None:
        """Keep figures under a key."""
        self.figures[key] = figures

    def write(self, folder: Path) -> Path:
        """Write the file. Returns its path."""
        self.figures["load"] = {"before": self._began_busy, "after": machine.busy()}
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.figures['bench']}.json"
        path.write_text(json.dumps(self.figures, indent=1) + "\n")
        return path


def stages(runs: Sequence[Sequence[PhotoCost]]) -> Json:
    """What a photo costs by stage; the median photo, and the whole against the bare decode."""
    photos = [photo for run in runs for photo in run]
    whole = [_all(p.total for p in run) for run in runs]
    bare = [_all(p.bare for p in run) for run in runs]
    total_cpu = sum(photo.total.cpu for photo in photos)
    rows = {name: _row([photo.stages.get(name, Cost()) for photo in photos], total_cpu) for name in STAGES}
    figures: Json = {
        "stages": rows,
        "total_cpu_ms": _median(photos, lambda p: p.total.cpu * 1e3),
        "total_wall_ms": _median(photos, lambda p: p.total.wall * 1e3),
        "bare_decode_cpu_ms": _median(photos, lambda p: p.bare.cpu * 1e3),
        "ratio_of_the_median_photo": _median(photos, lambda p: p.total.cpu / p.bare.cpu),
        "ratio_apart_from_networks": _median(photos, lambda p: p.apart_from_networks / p.bare.cpu),
        "ratio_cpu": _spread(w.cpu / b.cpu for w, b in zip(whole, bare, strict=True)),
        "ratio_wall": _spread(w.wall / b.wall for w, b in zip(whole, bare, strict=True)),
    }
    click.echo("\nOne photo on one core, by stage (median; share of all photos' processor time)")
    table(
        ("stage", "cpu ms", "wall ms", "share"),
        [(n, _ms(r["cpu_ms"]), _ms(r["wall_ms"]), f"{r['share']:.0%}") for n, r in rows.items()],
    )
    click.echo(
        f"all stages {_ms(figures['total_cpu_ms'])} ms of processor time; bare scaled decode "
        f"{_ms(figures['bare_decode_cpu_ms'])} ms"
    )
    _tell("end to end, times the bare decode (all photos)", figures["ratio_cpu"], f"at most {LIMIT_RATIO}")
    _tell("the same by the wall", figures["ratio_wall"])
    _tell("the median photo, times its bare decode", _flat(figures["ratio_of_the_median_photo"]))
    apart = _flat(figures["ratio_apart_from_networks"])
    _tell("the same apart from the networks", apart, f"at most {LIMIT_APART}")
    return figures


def _row(costs: Sequence[Cost], total_cpu: float) -> Json:
    return {
        "wall_ms": statistics.median(cost.wall for cost in costs) * 1e3,
        "cpu_ms": statistics.median(cost.cpu for cost in costs) * 1e3,
        "share": sum(cost.cpu for cost in costs) / total_cpu,
    }


def copying(rounds: Sequence[Copying]) -> Json:
    """Megabytes a second of taking in, against cp and sha256sum."""
    figures = {
        "bare_mb_s": _spread(r.bytes / r.bare.wall / 1e6 for r in rounds),
        "ours_mb_s": _spread(r.bytes / r.ours.wall / 1e6 for r in rounds),
        "cp_sha256sum_mb_s": _spread(r.bytes / r.cp_sha256sum.wall / 1e6 for r in rounds),
        "cp_sync_sha256sum_mb_s": _spread(r.bytes / r.cp_sync_sha256sum.wall / 1e6 for r in rounds),
        "bare_share_of_cp_sha256sum": _spread(r.cp_sha256sum.wall / r.bare.wall for r in rounds),
        "share_of_cp_sha256sum": _spread(r.cp_sha256sum.wall / r.ours.wall for r in rounds),
        "share_of_cp_sync_sha256sum": _spread(r.cp_sync_sha256sum.wall / r.ours.wall for r in rounds),
        "share_by_cpu": _spread(r.cp_sha256sum.cpu / r.ours.cpu for r in rounds),
    }
    click.echo("\nTaking a card in: copy, hash, encrypt, sync and note, in MB/s")
    _tell("copy, hash, encrypt and sync alone", figures["bare_mb_s"])
    _tell("ours, with rows and audit entries", figures["ours_mb_s"])
    _tell("cp, then sha256sum", figures["cp_sha256sum_mb_s"])
    _tell("cp, sync, then sha256sum", figures["cp_sync_sha256sum_mb_s"])
    wanted = f"at least {LIMIT_COPY}"
    _tell("the first as a share of cp and sha256sum", figures["bare_share_of_cp_sha256sum"], wanted)
    _tell("ours as a share of cp and sha256sum", figures["share_of_cp_sha256sum"], wanted)
    _tell("ours as a share of cp, sync and sha256sum", figures["share_of_cp_sync_sha256sum"])
    _tell("the same of cp and sha256sum, by processor time", figures["share_by_cpu"])
    return figures


def end_to_end(runs: Sequence[EndToEnd]) -> Json:
    """Photos a second of the whole box, by number of workers."""
    figures: Json = {}
    click.echo("\nThe whole way, import and workers together")
    for workers in sorted({run.workers for run in runs}):
        these = [run for run in runs if run.workers == workers]
        one = {
            "photos_s": _spread(r.photos / r.cost.wall for r in these),
            "mb_s": _spread(r.bytes / r.cost.wall / 1e6 for r in these),
            "cpu_ms_per_photo": _spread(r.cost.cpu / r.photos * 1e3 for r in these),
            "ratio_cpu": _spread(r.cost.cpu / r.bare.cpu for r in these),
        }
        figures[str(workers)] = one
        noun = "worker" if workers == 1 else "workers"
        _tell(f"{workers} {noun}: photos a second", one["photos_s"])
        _tell(f"{workers} {noun}: MB/s, faces and all", one["mb_s"])
        _tell(f"{workers} {noun}: processor ms a photo", one["cpu_ms_per_photo"])
        _tell(f"{workers} {noun}: times the bare decode", one["ratio_cpu"], f"at most {LIMIT_RATIO}")
    return figures


def rescan(rounds: Sequence[Search]) -> Json:
    """Faces a second at which somebody newly enrolled is looked for."""
    figures = {
        "faces": rounds[0].faces,
        "photos": rounds[0].photos,
        "suggestions": rounds[0].suggestions,
        "faces_s_cpu": _spread(r.faces / r.cost.cpu for r in rounds),
        "faces_s_wall": _spread(r.faces / r.cost.wall for r in rounds),
        "cpu_ms_per_face": _spread(r.cost.cpu / r.faces * 1e3 for r in rounds),
    }
    click.echo("\nSearching earlier photos for somebody enrolled just now, on one core")
    _tell("faces a second of processor time", figures["faces_s_cpu"], f"at least {LIMIT_SEARCH}")
    _tell("faces a second by the wall", figures["faces_s_wall"])
    _tell("processor ms a face", figures["cpu_ms_per_face"])
    return figures


def matching(found: Sequence[Matching]) -> Json:
    """Milliseconds to tell who a face may be, by the number of people."""
    figures = {
        str(one.people): {"face_ms": _spread(one.face), "faces_ms": _spread(one.faces)} for one in found
    }
    click.echo("\nWho a face may be: processor milliseconds, by the number of people enrolled")
    for people, row in figures.items():
        wanted = f"under {LIMIT_MATCH}" if people == "100000" else ""
        _tell(f"{people} people, one face", row["face_ms"], wanted)
        _tell(f"{people} people, each of eight faces", row["faces_ms"])
    return figures


def detectors(found: Sequence[Detection]) -> Json:
    """What finding faces costs, and how many are found, by detector."""
    figures = {
        one.name: {"cpu_ms": _spread(cpu * 1e3 for cpu in one.cpu), "faces": sum(one.faces)} for one in found
    }
    click.echo("\nFinding faces: processor ms a photo, and faces found in all photos")
    table(
        ("detector", "cpu ms", "faces"),
        [(name, _ms(row["cpu_ms"]["median"]), str(row["faces"])) for name, row in figures.items()],
    )
    return figures


def memory(peaks: Sequence[Peak]) -> Json:
    """The most memory that all processes took together."""
    largest = max(peaks, key=lambda peak: peak.proportional)
    click.echo("\nMemory of all processes at once: pages, workers, decoders")
    _tell(
        "proportional (PSS), MB",
        _spread(p.proportional / 1e6 for p in peaks),
        f"under {LIMIT_MEMORY / 1e6:.0f}",
    )
    _tell("resident as ps adds up (shared pages several times), MB", _spread(p.resident / 1e6 for p in peaks))
    parts = ", ".join(f"{kind} {size / 1e6:.0f}" for kind, size in sorted(largest.by_kind.items()))
    click.echo(f"  at the peak, {largest.processes} processes: {parts} MB")
    return {"peaks": [asdict(peak) for peak in peaks]}


def peer(ours: Json, rounds: dict[str, Sequence[Peer]]) -> Json:
    """The peer beside us. ours: the figures of end_to_end, or empty when they were not taken."""
    figures: Json = {}
    click.echo("\nThe peer: face_recognition, HOG detector and encoder, same photos, same run")
    for name, runs in rounds.items():
        photos = [photo for run in runs for photo in run.photos]
        one: Json = {
            "processes": runs[0].processes,
            "photos": len(runs[0].photos),
            "photos_s": _spread(len(r.photos) / r.wall for r in runs),
            "cpu_ms_per_photo": _median(photos, lambda p: p.total.cpu * 1e3),
            "load_cpu_ms": _median(photos, lambda p: p.load.cpu * 1e3),
            "locate_cpu_ms": _median(photos, lambda p: p.locate.cpu * 1e3),
            "encode_cpu_ms": _median(photos, lambda p: p.encode.cpu * 1e3),
            "faces": sum(photo.faces for photo in runs[0].photos),
            "memory_mb": max(run.memory for run in runs) / 1e6,
        }
        figures[name] = one
        _tell(f"{name}: photos a second", one["photos_s"])
        click.echo(
            f"  processor ms a photo {_ms(one['cpu_ms_per_photo'])} (load {_ms(one['load_cpu_ms'])}, find "
            f"{_ms(one['locate_cpu_ms'])}, encode {_ms(one['encode_cpu_ms'])}); {one['faces']} faces; "
            f"{one['memory_mb']:.0f} MB a process"
        )
        us = ours.get(str(one["processes"]))
        if us:
            one["we_are_times_as_fast"] = us["photos_s"]["median"] / one["photos_s"]["median"]
            click.echo(f"  we do {one['we_are_times_as_fast']:.1f} times as many (wanted: {LIMIT_PEER:.0f})")
    return figures


def _all(costs: Iterable[Cost]) -> Cost:
    return sum(costs, Cost())


def _median(photos: Sequence[Any], value: Callable[[Any], float]) -> float:
    return statistics.median(value(photo) for photo in photos)


def _spread(values: Iterable[float]) -> Json:
    return asdict(Spread.of(list(values)))


def _flat(value: float) -> Json:
    return {"median": value, "least": value, "most": value}


def _tell(what: str, spread: Json, wanted: str = "") -> None:
    span = (
        ""
        if spread["least"] == spread["most"]
        else f" ({_short(spread['least'])} to {_short(spread['most'])})"
    )
    aim = f"   wanted: {wanted}" if wanted else ""
    click.echo(f"  {what:58}{_short(spread['median']):>8}{span}{aim}")


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.2f}"


def _ms(value: float) -> str:
    return f"{value:.1f}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table, its first column to the left."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    for row in [head, *rows]:
        first = row[0].ljust(widths[0])
        click.echo(
            "  " + "  ".join([first, *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
        )
