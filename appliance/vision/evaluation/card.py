"""The model card: what the networks of a pack are, where they come from, and how well they do (P8).

The figures are those of the last `kluis eval` on this box; until there is one, those that the product was
measured with, which come along with it.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib import resources
from typing import Any

from appliance.domain.errors import Fault
from appliance.vision.evaluation.figures import Share
from appliance.vision.evaluation.report import interval, number
from appliance.vision.evaluation.summary import AS_THEY_ARE, Line
from appliance.vision.manifest import Pack

_FILE = "evaluation.json"
GALLERIES = (1, 10, 100, 1000)  # numbers of people for which the thresholds are explained
_ROLES = {
    "detector": "Finds faces of any size.",
    "near_detector": "Finds faces that fill the picture.",
    "landmarks": "Finds the points of a face, and says whether it is one.",
    "points": "Corrects the five points by which a face is aligned.",
    "embedding": "Turns an aligned face into 128 numbers that can be compared.",
    "bodies": "Finds people of whom no face is to be seen, so that somebody looks.",
}
_OPENING = """\
# Model card: {name}

{written} Version {version} of how the networks are used.

**What it is for.** Finding faces in an organisation's own photos, so that nobody is published unseen; and,
where it is switched on, suggesting a name for a face out of the people who agreed to be recognised. A
suggestion is never an answer: a named user confirms or rejects it.

**What it is not for.** Watching people, identifying strangers, access control, or any decision without a
person. The networks say nothing of anybody's age, sex, emotion or ethnicity, and nothing of the kind is
derived from their output.

**What it cannot do.** Small, blurred, covered and turned faces are found and recognised less often; the
figures say how often. Relatives look alike to it. The photos it was made from, and those it was measured
on, are mostly of adults in press photos and do not stand for everybody: expect other figures for children,
for the old, and for groups that those photos hold few of. It was not measured by such groups, since that
would need to know of each person what this product never asks.
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """An evaluation. day: on which it was made; None when there was none. here: whether on this box."""

    day: date | None
    lines: tuple[Line, ...]
    here: bool

    @property
    def faces(self) -> int:
        """Of how many faces of photos as they are it is known whether they are found."""
        return sum(line.of for line in self._recalls)

    @property
    def missed(self) -> int:
        """How many of those were not found."""
        return sum(round(line.of * (1 - (line.value or 0))) for line in self._recalls)

    @property
    def most_missed(self) -> float:
        """The part of faces that may be missed, at the upper end of the 95 % interval."""
        return Share(self.missed, self.faces).interval[1]

    @property
    def _recalls(self) -> list[Line]:
        return [line for line in self.lines if line.key == "recall" and line.note == AS_THEY_ARE]


@dataclass(frozen=True, slots=True)
class Threshold:
    """Up to which distance a name is suggested among so many people, and how many unknown faces there are
    to one that gets a false suggestion; None when it was not measured."""

    people: int
    distance: float
    unknown_faces: int | None


def thresholds(pack: Pack) -> tuple[Threshold, ...]:
    """What the pack's thresholds mean, for galleries of some sizes; nothing where it was not measured."""
    return tuple(threshold(pack, people) for people in GALLERIES) if pack.thresholds.rates else ()


def threshold(pack: Pack, people: int) -> Threshold:
    """What the pack's threshold means, among so many people."""
    distance = pack.thresholds.match_among(people)
    false = pack.thresholds.false_in_thousand(distance, people)
    return Threshold(people, distance, round(1000 / false) if false else None)


def keep_figures(pack: Pack, found: Sequence[Line], day: date) -> None:
    """Keep the figures of an evaluation beside the pack, with those of other data that were measured before.

    They name nobody, and may be read by whoever may read the networks.
    """
    before = figures(pack)
    measured = {line.data for line in found}
    others = [line for line in before.lines if before.here and line.data not in measured]
    told = {"pack": pack.key, "day": day.isoformat(), "lines": [asdict(line) for line in [*others, *found]]}
    path = pack.folder / _FILE
    path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    path.chmod(0o644)


def figures(pack: Pack) -> Figures:
    """The figures of the last evaluation of a pack.

    Raises:
        Fault: when their file cannot be read.
    """
    try:
        told = json.loads((pack.folder / _FILE).read_text(encoding="utf-8"))
        return _read(told, here=True)
    except FileNotFoundError:
        told = json.loads(resources.files(__package__).joinpath("measured.json").read_text("utf-8"))
        return _read(told, here=False) if told["pack"] == pack.key else Figures(None, (), here=False)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise Fault(
            "models:bad_figures",
            "The figures of the last evaluation cannot be read.",
            "Run `kluis eval` again.",
        ) from problem


def _read(told: dict[str, Any], *, here: bool) -> Figures:
    return Figures(date.fromisoformat(told["day"]), tuple(Line(**line) for line in told["lines"]), here)


def card(pack: Pack) -> str:
    """The card in Markdown."""
    found = figures(pack)
    written = "Written by `kluis models card` from the pack's manifest"
    written += f" and the evaluation of {found.day}." if found.day else ". It was not evaluated on this box."
    parts = [_OPENING.format(name=pack.name, version=pack.version, written=written)]
    if found.faces:
        parts.append(
            f"**What we measured.** Of {found.faces:,} faces of 24 pixels or more in photos as they are,"
            f" {found.missed:,} were missed. By so few photos the true share may be up to"
            f" {found.most_missed:.1%} (95 % interval). Every figure is below.\n"
        )
    parts += ["## Thresholds\n", *_thresholds(pack), "## Networks\n", *_networks(pack)]
    if found.lines:
        parts += ["## Figures\n", *_figures(found.lines)]
    return "\n".join(parts).rstrip() + "\n"


def _thresholds(pack: Pack) -> Iterator[str]:
    yield "How near a face must be for a name to be suggested, and what that means:\n"
    if not pack.thresholds.rates:
        yield "What that means was not measured for this pack.\n"
        return
    yield "| people enrolled | largest distance | about one false suggestion in so many unknown faces |"
    yield "|---|---|---|"
    for one in thresholds(pack):
        told = "-" if one.unknown_faces is None else f"{one.unknown_faces:,}"
        yield f"| {one.people:,} | {one.distance:.3f} | {told} |"
    yield f"\nMeasured on {pack.thresholds.measured_on}.\n"


def _networks(pack: Pack) -> Iterator[str]:
    for model in pack.models:
        yield f"### {model.role}\n"
        yield f"{_ROLES.get(model.role, '')}\n"
        yield f"- File: `{model.file}`, {model.bytes:,} bytes, SHA-256 `{model.sha256}`"
        if model.package:
            yield f"- From: {model.package} {model.package_version}, `{model.member}`"
        yield f"- Licence: {model.licence}"
        yield f"- Training data: {model.training_data}.\n"


def _figures(found: Sequence[Line]) -> Iterator[str]:
    yield "How each figure is made: [evaluation](evaluation.md). Intervals are of 95 %.\n"
    yield "| data | what | value | interval | of | note |"
    yield "|---|---|---|---|---|---|"
    for line in found:
        cells = (line.data, line.what, number(line, line.value), interval(line), f"{line.of:,}", line.note)
        yield f"| {' | '.join(cells)} |"
