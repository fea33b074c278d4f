"""How quick searches are among many photos, for each kind of question, beside a plain scan of every photo."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import click

from appliance.actions.duplicates import Known
from appliance.actions.lights import refresh_stale
from appliance.actions.photos import Filter, library, with_alike
from appliance.domain.access import OPERATOR, Permission
from appliance.domain.audit import Event
from appliance.domain.consent import Light, Purpose
from appliance.store.database import View
from appliance.store.recovery_kit import RecoveryKit
from appliance.store.search import _conditions
from appliance.wiring import Box, make_safe, open_box
from bench.report import Json, Report, table
from bench.safes import Place, Progress, config_of, scratch
from bench.synthetic import KEYWORDS, WORDS, Filled, fill

LIMIT_MS = 50.0
_PAGE = 60
_SCANS = 3  # how often the peer is asked each question: it is slow

Question = Callable[[], Filter]


@dataclass(frozen=True, slots=True)
class Asked:
    """Milliseconds: of the search with its count, of the whole answer with verdicts, and of a plain scan.

    cpu: of processor time, the search alone; the rest is by the wall.
    """

    found: float  # photos, in the middle
    search_p50: float
    search_p95: float
    cpu_p50: float
    cpu_p95: float
    page_p50: float
    page_p95: float
    scan_p50: float

    @property
    def ratio(self) -> float:
        """How many times quicker than the scan."""
        return self.scan_p50 / self.search_p50


def measure(
    place: Place, photos: int, people: int, requests: int, report: Report, progress: Progress
) -> None:
    """Fill a safe and search it."""
    with scratch(place) as folder:
        config = config_of(place, folder / "home")
        make_safe(config, RecoveryKit.new())
        box = open_box(config)
        try:
            filled = fill(box.safe, photos, people, box.today(), progress)
            _finish(box, progress)
            report.add("search", _search(box, filled, requests, progress))
        finally:
            box.close()


def _finish(box: Box, progress: Progress) -> None:
    """Lights and fingerprints, which come with examining a photo."""
    while refresh_stale(box.safe, now=box.now(), day=box.today()):
        progress("Deciding lights")
    with box.safe.store.begin(by=OPERATOR, to=Permission.PHOTO_EDIT, now=box.now()) as tx:
        tx.duplicates._run(
            "INSERT INTO fingerprints (photo, value) SELECT number, lower(hex(randomblob(16))) FROM photos"
        )
        tx.record(Event("photo:compare"))


def questions(box: Box, filled: Filled) -> dict[str, Question]:
    """For each kind of question a maker of filters: another person, day or word each time."""
    dice = random.Random(11)
    with box.safe.store.look(by=OPERATOR, to=Permission.PHOTO_VIEW, now=box.now()) as view:
        cameras, departments = view.searches.cameras(), view.searches.departments()
        tags = {tag.name: tag.id for tag in view.tags.all()}

    def month() -> Filter:
        start = box.today() - timedelta(days=dice.randrange(60, 1500))
        return Filter(taken_from=start, taken_until=start + timedelta(days=30))

    def tag(most: int) -> tuple[str, ...]:
        return tuple(tags[KEYWORDS[dice.randrange(20)]] for _ in range(most) if tags)

    return {
        "everything": Filter,
        "a person": lambda: Filter(person_id=dice.choice(filled.people).id),
        "the busiest person": lambda: Filter(person_id=filled.people[0].id),
        "a department": lambda: Filter(department_id=dice.choice(departments).id),
        "a month": month,
        "a camera": lambda: Filter(camera_id=dice.choice(cameras).id),
        "a keyword": lambda: Filter(tags=tag(1)),  # type: ignore[arg-type]
        "two keywords": lambda: Filter(tags=tag(2)),  # type: ignore[arg-type]
        "a word of captions": lambda: Filter(text=dice.choice(WORDS)),
        "a file's name": lambda: Filter(text=f"DSC_{dice.randrange(len(filled.photos)):06d}"),
        "part of every file's name": lambda: Filter(text="dsc"),
        "a text that is nowhere": lambda: Filter(text="zzzz"),
        "green for the website": lambda: Filter(light=Light.GREEN, purpose=Purpose.WEB),
        "red for anything": lambda: Filter(light=Light.RED),
        "faces without a name": lambda: Filter(untagged=True),
        "nobody named yet": lambda: Filter(nobody_named=True),
        "like a photo": lambda: Filter(similar_to=dice.choice(filled.photos)),
        "a department, green for the press, a year": lambda: Filter(
            department_id=dice.choice(departments).id,
            light=Light.GREEN,
            purpose=Purpose.PRESS,
            taken_from=box.today() - timedelta(days=365),
        ),
        "a keyword, a camera, amber for print": lambda: Filter(
            tags=tag(1),  # type: ignore[arg-type]
            camera_id=dice.choice(cameras).id,
            light=Light.AMBER,
            purpose=Purpose.PRINT,
        ),
        "a word, red for the website": lambda: Filter(
            text=dice.choice(WORDS), light=Light.RED, purpose=Purpose.WEB
        ),
        "a camera, faces without a name": lambda: Filter(camera_id=dice.choice(cameras).id, untagged=True),
    }


def _search(box: Box, filled: Filled, requests: int, progress: Progress) -> Json:
    known, found = Known(), {}
    for name, question in questions(box, filled).items():
        progress(f"Searching: {name}")
        found[name] = _asked(box, question, requests, known)
    click.echo("\nSearches: milliseconds")
    times = ("search p50", "p95", "cpu p50", "p95", "page p50", "p95")
    head = ("question", "photos", *times, "scan", "times quicker")
    table(
        head,
        [
            (
                name,
                f"{one.found:.0f}",
                *(f"{ms:.1f}" for ms in (one.search_p50, one.search_p95, one.cpu_p50, one.cpu_p95)),
                *(f"{ms:.1f}" for ms in (one.page_p50, one.page_p95)),
                f"{one.scan_p50:.0f}",
                f"{one.ratio:.1f}",
            )
            for name, one in found.items()
        ],
    )
    for what, times_of in (("by the wall", "search_p95"), ("of processor time", "cpu_p95")):
        slow = [name for name, one in found.items() if getattr(one, times_of) > LIMIT_MS]
        click.echo(f"Searches over {LIMIT_MS:.0f} ms at p95, {what}: {', '.join(slow) or 'none'}")
    return {
        name: {field: getattr(one, field) for field in (*Asked.__slots__, "ratio")}
        for name, one in found.items()
    }


def _asked(box: Box, question: Question, requests: int, known: Known) -> Asked:
    counts, searches, busy, pages, scans = [], [], [], [], []
    for number in range(requests + 1):  # the first fills caches and is left out
        wanted = question()
        with box.safe.store.look(by=OPERATOR, to=Permission.PHOTO_VIEW, now=box.now()) as view:
            before, worked = time.perf_counter(), time.process_time()
            full = with_alike(view, wanted, known)
            first = [photo.id for photo in view.photos.page(full, after=None, limit=_PAGE + 1)]
            count = view.photos.count(full)
            searches.append((time.perf_counter() - before) * 1e3)
            busy.append((time.process_time() - worked) * 1e3)
            counts.append(float(count))
            if number < _SCANS:
                before = time.perf_counter()
                if _scanned(view, full) != (first, count):
                    raise RuntimeError("the scan found other photos")
                scans.append((time.perf_counter() - before) * 1e3)
        before = time.perf_counter()
        library(
            box.safe, by=OPERATOR, now=box.now(), day=box.today(), wanted=wanted, limit=_PAGE, known=known
        )
        pages.append((time.perf_counter() - before) * 1e3)
    return Asked(
        _part(counts, 50),
        *(_part(times[1:], percent) for times in (searches, busy, pages) for percent in (50, 95)),
        _part(scans, 50),
    )


def _part(values: list[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def _scanned(view: View, wanted: Filter) -> tuple[list[str], int]:
    """The same answer for somebody who looks at each photo in turn: no condition lists its own."""
    conditions = _conditions(wanted)
    where = " AND ".join(one.check.format(number="photos.number") for one in conditions) or "1"
    values = [value for one in conditions for value in one.values]
    sql = f"SELECT id FROM photos NOT INDEXED WHERE {where} ORDER BY number DESC"  # noqa: S608 - of constants
    found = [row["id"] for row in view.photos._all(sql, *values)]
    return found[: _PAGE + 1], len(found)
