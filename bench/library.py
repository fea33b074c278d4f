"""How quick the pages are in a library of many photos: what the server takes, without the network."""

import random
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from flask.testing import FlaskClient

from appliance.actions.access import create_user
from appliance.actions.lights import decide_all, refresh_stale
from appliance.actions.people import change_person
from appliance.actions.second_steps import new_codes, pass_with_code
from appliance.actions.sign_in import sign_in
from appliance.domain.access import OPERATOR, Permission, Role
from appliance.store.recovery_kit import RecoveryKit
from appliance.wiring import Box, make_safe, open_box
from bench.report import Json, Report, table
from bench.safes import Place, Progress, config_of, scratch
from bench.synthetic import Filled, fill
from webui import create_app

LIMIT_MS = 50.0
_PASSWORD = secrets.token_urlsafe(20)
_REFRESHED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """One kind of page: milliseconds of its requests, by the wall and of processor time."""

    p50: float
    p95: float
    most: float
    cpu_p50: float
    cpu_p95: float


def measure(
    place: Place, photos: int, people: int, requests: int, report: Report, progress: Progress
) -> None:
    """Fill a safe and ask its pages."""
    with scratch(place) as folder:
        config = config_of(place, folder / "home")
        make_safe(config, RecoveryKit.new())
        box = open_box(config)
        try:
            filled = fill(box.safe, photos, people, box.today(), progress)
            report.add("database", {"mb": _size(config.database)})
            report.add("verdicts", _decide_all(box, filled, progress))
            report.add("refresh", _refresh_all(box, photos, progress))
            report.add("pages", _pages(box, filled, requests, progress))
            report.add("changes", _changes(box, filled))
        finally:
            box.close()


def _size(database: Path) -> float:
    size = sum(path.stat().st_size for path in database.parent.glob(f"{database.name}*")) / 1e6
    click.echo(f"\nDatabase: {size:.0f} MB")
    return size


def _decide_all(box: Box, filled: Filled, progress: Progress) -> Json:
    """Every verdict of every photo, from what lies in the database; nothing is written."""
    progress("Deciding every verdict")
    before = time.perf_counter(), time.process_time()
    with box.safe.store.look(by=OPERATOR, to=Permission.PHOTO_VIEW, now=box.now()) as view:
        verdicts = sum(len(decided) for _, decided in decide_all(view, filled.photos, box.today()))
    wall, cpu = time.perf_counter() - before[0], time.process_time() - before[1]
    click.echo(f"{verdicts} verdicts: {wall:.1f} s ({cpu:.1f} s of processor time)")
    return {"verdicts": verdicts, "wall_s": wall, "cpu_s": cpu}


def _refresh_all(box: Box, photos: int, progress: Progress) -> Json:
    """Every verdict of every photo anew, as on the night on which the calendar moves them all."""
    progress("Deciding every light anew")
    before = time.perf_counter(), time.process_time()
    done = 0
    while batch := refresh_stale(box.safe, now=box.now(), day=box.today(), limit=_REFRESHED_AT_ONCE):
        done += batch
    wall, cpu = time.perf_counter() - before[0], time.process_time() - before[1]
    click.echo(f"All lights of {done} photos decided anew: {wall:.1f} s ({cpu:.1f} s of processor time)")
    return {"photos": done, "wall_s": wall, "cpu_s": cpu, "complete": done == photos}


def _pages(box: Box, filled: Filled, requests: int, progress: Progress) -> Json:
    client = _signed_in(box)
    pages = {}
    for name, address in _addresses(box, filled).items():
        progress(f"Asking: {name}")
        pages[name] = asdict(_asked(client, address, requests))
    click.echo("\nPages: milliseconds of the server")
    head = ("page", "p50", "p95", "most", "cpu p50", "cpu p95")
    table(head, [(name, *(f"{value:.1f}" for value in page.values())) for name, page in pages.items()])
    slow = [name for name, page in pages.items() if page["p95"] > LIMIT_MS]
    click.echo(f"Over {LIMIT_MS:.0f} ms at p95: {', '.join(slow) or 'none'}")
    return pages


def _addresses(box: Box, filled: Filled) -> dict[str, Callable[[], str]]:
    """For each kind of page a maker of addresses: another person, photo or day each time."""
    dice = random.Random(7)
    day = box.today

    def photo() -> str:
        return dice.choice(filled.photos)

    def person() -> str:
        return dice.choice(filled.people).id

    def some_days() -> str:
        start = day() - timedelta(days=dice.randrange(60, 1500))
        return f"from={start}&until={start + timedelta(days=30)}"

    return {
        "library": lambda: "/",
        "library, green for web": lambda: "/?light=green&purpose=web",
        "library, red for any purpose": lambda: "/?light=red",
        "library, untagged": lambda: "/?untagged=1",
        "library, one person": lambda: f"/?person={person()}",
        "library, the busiest person, amber": lambda: f"/?light=amber&person={filled.people[0].id}",
        "library, a month": lambda: f"/?{some_days()}",
        "library, a month, red for press": lambda: f"/?light=red&purpose=press&{some_days()}",
        "library, one import": lambda: f"/?import={dice.choice(filled.imports)}",
        "library, set aside": lambda: "/?stage=set_aside",
        "library, a file's name": lambda: f"/?text=DSC_{dice.randrange(len(filled.photos)):06d}",
        "library, a name that is part of many": lambda: "/?text=jansen",
        "library, a text that is nowhere": lambda: "/?text=zzzz",
        "library, some page far behind": lambda: f"/?after={photo()}",
        "library, green for web, far behind": lambda: f"/?light=green&purpose=web&after={photo()}",
        "photo": lambda: f"/photos/{photo()}",
        "photo, within red for any purpose": lambda: f"/photos/{photo()}?light=red",
        "photo, within a text": lambda: f"/photos/{photo()}?text=DSC_0",
        "photo, within one person": lambda: f"/photos/{photo()}?person={filled.people[0].id}",
        "people": lambda: "/people",
        "people, a name": lambda: "/people?text=bakker",
        "person": lambda: f"/people/{person()}",
        "the busiest person": lambda: f"/people/{filled.people[0].id}",
        "quitclaims": lambda: "/quitclaims",
        "imports": lambda: "/imports",
        "audit log": lambda: "/audit",
        "audit log of a photo": lambda: f"/audit?thing={photo()}",
        "audit log, one kind of action": lambda: "/audit?action=quitclaim",
        "audit log of a user, one kind of action": lambda: "/audit?actor=worker&action=face",
        "waiting": lambda: "/waiting.json",
    }


def _asked(client: FlaskClient, address: Callable[[], str], requests: int) -> Page:
    walls, cpus = [], []
    for _ in range(requests + 1):  # the first fills caches and is left out
        asked = address()
        before = time.perf_counter(), time.process_time()
        answer = client.get(asked, follow_redirects=True)  # words that are typed get an id
        walls.append((time.perf_counter() - before[0]) * 1e3)
        cpus.append((time.process_time() - before[1]) * 1e3)
        if answer.status_code != 200:
            raise RuntimeError(f"{asked} answered {answer.status_code}")
    return Page(_part(walls, 50), _part(walls, 95), max(walls[1:]), _part(cpus, 50), _part(cpus, 95))


def _part(values: list[float], percent: int) -> float:
    ordered = sorted(values[1:])
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def _signed_in(box: Box) -> FlaskClient:
    """An administrator, who may see the audit log too, after both steps."""
    now = box.now()
    user = create_user(
        box.safe, by=OPERATOR, now=now, name="bench", password=_PASSWORD, role=Role.ADMINISTRATOR
    )
    code, *_ = new_codes(box.safe, user.id, by=OPERATOR, now=now)
    _, begun = sign_in(box.safe, "bench", _PASSWORD, now=now)
    client = create_app(box, https=False).test_client()
    client.set_cookie("kluis", pass_with_code(box.safe, begun, code, now=now))
    return client


def _changes(box: Box, filled: Filled) -> dict[str, Any]:
    """What a change takes that reaches many photos."""
    busiest = filled.people[0]
    before = time.perf_counter()
    change_person(box.safe, busiest, by=OPERATOR, now=box.now(), day=box.today())
    took = (time.perf_counter() - before) * 1e3
    click.echo(f"\nChanging the busiest person, with all lights of theirs: {took:.0f} ms")
    return {"busiest_person_ms": took}
