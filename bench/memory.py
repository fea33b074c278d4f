"""How much memory a box takes: pages served and looked at, photos imported and examined, all at once."""

import re
import secrets
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path

import psutil

from appliance.actions.access import create_user
from appliance.actions.intake import import_folder
from appliance.domain.access import OPERATOR, Role
from appliance.tasks import open_ringing_box
from bench.clocks import family
from bench.safes import Place, config_of, fresh_copy, shoot_of
from bench.workers import wait_until_examined

_EVERY = 0.2  # seconds
_STARTS_WITHIN = 60.0
_KINDS = (("decoder_process", "decoders"), (" serve", "web"), (" worker", "workers"))


@dataclass
class Peak:
    """The most that all processes took at once, in bytes.

    proportional: shared pages counted once. resident: as `ps` adds up, shared pages counted in each.
    by_kind: the proportional parts at that moment.
    """

    proportional: int = 0
    resident: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)
    processes: int = 0


def measure(place: Place, enrolled: Path, folder: Path, scratch: Path, workers: int) -> Peak:
    """Serve, look, import and examine at the same time, and watch."""
    home = fresh_copy(enrolled, scratch / "memory")
    port = 18000 + secrets.randbelow(2000)
    (home / "kluis.toml").write_text(f"port = {port}\nworkers = {workers}\n")
    box = open_ringing_box(config_of(place, home))
    password = secrets.token_urlsafe(16)
    create_user(box.safe, by=OPERATOR, now=box.now(), name="bench", password=password, role=Role.EDITOR)
    peak = Peak()
    with _served(place, home) as process, _watched(process.pid, peak):
        visitor = _Visitor(f"http://127.0.0.1:{port}", password)
        done = threading.Event()
        looking = threading.Thread(target=visitor.look_until, args=(done,))
        looking.start()
        try:
            import_folder(
                box.safe, folder, by=OPERATOR, clock=box.clock, bell=box.bell, shoot_id=shoot_of(box)
            )
            wait_until_examined(box)
        finally:
            done.set()
            looking.join()
            box.close()
    if visitor.problem is not None:
        raise visitor.problem
    return peak


@contextmanager
def _served(place: Place, home: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "appliance.cli", "--home", str(home), "serve", "--worker"]
    process = subprocess.Popen(
        command, env=place.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def _watched(pid: int, peak: Peak) -> Iterator[None]:
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_EVERY):
            _sample(pid, peak)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _sample(pid: int, peak: Peak) -> None:
    by_kind: dict[str, int] = {}
    resident = processes = 0
    for one in family(pid):
        try:
            memory = psutil.Process(one).memory_full_info()
            command = " ".join(psutil.Process(one).cmdline())
        except psutil.NoSuchProcess:
            continue
        kind = next((name for mark, name in _KINDS if mark in command), "other")
        by_kind[kind] = by_kind.get(kind, 0) + memory.pss
        resident += memory.rss
        processes += 1
    peak.resident = max(peak.resident, resident)
    if sum(by_kind.values()) > peak.proportional:
        peak.proportional, peak.by_kind, peak.processes = sum(by_kind.values()), by_kind, processes


class _Visitor:
    """Somebody who looks at the library, its photos and faces, over and over."""

    def __init__(self, address: str, password: str) -> None:
        self._address = address
        self._password = password
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.problem: BaseException | None = None

    def look_until(self, done: threading.Event) -> None:
        try:
            self._sign_in()
            while not done.is_set():
                self._look_around(done)
        except (OSError, ValueError) as problem:
            self.problem = problem

    def _sign_in(self) -> None:
        end = time.monotonic() + _STARTS_WITHIN
        while True:
            try:
                page = self._get("/sign-in").decode()
                break
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(_EVERY)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        form = {"name": "bench", "password": self._password, "csrf_token": token.group(1) if token else ""}
        self._get("/sign-in", urllib.parse.urlencode(form).encode())

    def _look_around(self, done: threading.Event) -> None:
        library = self._get("/").decode()
        pictures = sorted(set(re.findall(r"(/photos/[a-z2-7]{26}/thumbnail\.jpg)", library)))
        if not pictures:
            raise ValueError("the library shows no photos")
        for picture in pictures:
            if done.is_set():
                return
            page = picture.rpartition("/")[0]
            seen = self._get(page).decode()
            faces = sorted(set(re.findall(r"(/faces/[a-z2-7]{26}\.jpg)", seen)))
            for address in (picture, f"{page}/proxy.jpg", *faces):
                self._get(address)

    def _get(self, path: str, form: bytes | None = None) -> bytes:
        request = urllib.request.Request(self._address + path, form, {"Accept": "text/html"})  # noqa: S310 - loopback
        with self._opener.open(request, timeout=60) as answer:
            data: bytes = answer.read()
        return data
