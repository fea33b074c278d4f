"""The peer: the `face_recognition` library on the same photos, in an environment of its own.

Its dlib has no wheel. The environment is built once, on one core at low priority, and then kept.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.clocks import Cost
from bench.safes import Place, Progress

_REQUIREMENTS = Path(__file__).with_name("peer.txt")
_PROGRAM = Path(__file__).with_name("peer_program.py")
_BUILD_TOOLS = ("setuptools", "wheel")
_LOG = "peer-build.log"


class NoPeer(RuntimeError):
    """The peer cannot be had; the message says why."""


@dataclass(frozen=True, slots=True)
class PeerPhoto:
    """What the peer took for one photo, and how many faces it found."""

    load: Cost
    locate: Cost
    encode: Cost
    faces: int

    @property
    def total(self) -> Cost:
        """All of it."""
        return self.load + self.locate + self.encode


@dataclass(frozen=True, slots=True)
class Peer:
    """One run. wall: seconds for all photos; processes: how many shared them. memory: the largest, bytes."""

    photos: tuple[PeerPhoto, ...]
    wall: float
    processes: int
    memory: int


def python_of(place: Place) -> Path:
    """The interpreter of the peer's environment, whether it is there or not."""
    return place.bench / "peer-venv" / "bin" / "python"


def require(place: Place, progress: Progress, *, build: bool) -> None:
    """Make sure that the peer works.

    Raises:
        NoPeer: when it is not built, or does not build.
    """
    if _works(place):
        return
    if not build:
        raise NoPeer("it is not built yet; --peer builds it, in about a quarter of an hour")
    progress("Building the peer: dlib is compiled, which takes a quarter of an hour")
    try:
        _build(place)
    except (OSError, subprocess.CalledProcessError) as problem:
        raise NoPeer(f"it does not build; see {place.bench / _LOG}") from problem
    if not _works(place):
        raise NoPeer("it was built and does not work")


def _works(place: Place) -> bool:
    if not python_of(place).exists():
        return False
    return _run(place, ["-c", "import face_recognition"], check=False).returncode == 0


def _build(place: Place) -> None:
    folder = python_of(place).parents[1]
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    locked = _REQUIREMENTS.read_text("utf-8").splitlines()
    tools = place.bench / "peer-tools.txt"
    tools.write_text("\n".join(_only(locked, _BUILD_TOOLS)) + "\n")
    install = ["-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", "--no-deps"]
    with (place.bench / _LOG).open("wb") as log:
        for options in (["-r", str(tools)], ["--no-build-isolation", "-r", str(_REQUIREMENTS)]):
            subprocess.run(
                ["nice", "-n", "19", str(python_of(place)), *install, *options],
                check=True,
                stdout=log,
                stderr=log,
                env={**os.environ, "CMAKE_BUILD_PARALLEL_LEVEL": "1"},
            )


def _only(locked: Sequence[str], names: Sequence[str]) -> list[str]:
    """The entries of a lock file for some packages, with their hashes."""
    kept, wanted = [], False
    for line in locked:
        if not line.startswith((" ", "#")):
            wanted = line.partition("==")[0] in names
        if wanted:
            kept.append(line)
    return kept


def _run(place: Place, arguments: Sequence[str], *, check: bool = True) -> subprocess.CompletedProcess[bytes]:
    command = [str(python_of(place)), "-W", "ignore", *arguments]
    return subprocess.run(command, check=check, capture_output=True)


def measure(
    place: Place, photos: Sequence[Path], *, processes: int, reduced: bool, model: str = "hog"
) -> Peer:
    """Run the peer over photos. reduced: let it decode them at a quarter, which its own examples do not.

    model: of its two detectors the quick one (hog) or the thorough one (cnn).
    """
    shares = [photos[number::processes] for number in range(processes)]
    running = [_started(place, share, reduced=reduced, model=model) for share in shares if share]
    answers = [json.loads(process.communicate()[0]) for process in running]
    seen = tuple(_photo(one) for answer in answers for one in answer["photos"])
    wall = max(answer["ended"] for answer in answers) - min(answer["begun"] for answer in answers)
    return Peer(seen, wall, processes, max(answer["memory"] for answer in answers))


def _photo(one: dict[str, Any]) -> PeerPhoto:
    return PeerPhoto(Cost(*one["load"]), Cost(*one["locate"]), Cost(*one["encode"]), one["faces"])


def _started(place: Place, photos: Sequence[Path], *, reduced: bool, model: str) -> "subprocess.Popen[bytes]":
    options = ["--model", model, *(["--reduced"] if reduced else [])]
    command = [str(python_of(place)), "-W", "ignore", str(_PROGRAM), *options, *map(str, photos)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)
