"""The decoder: hands each photo to a process of its own and takes back pixels, or a reason why not."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Self, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from appliance.domain.descriptions import NOTHING, Description, sensible
from appliance.domain.errors import Unreadable
from appliance.domain.photos import Capture
from appliance.imaging.frames import receive, send
from appliance.imaging.shared_memory import SharedMemory

LONGEST_CODE = 1000
T = TypeVar("T")
Pixels = NDArray[np.uint8]
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one photo may take. bytes: of its file. seconds: of CPU time. memory: bytes of address space."""

    bytes: int = 600_000_000
    pixels: int = 120_000_000
    seconds: int = 20
    memory: int = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Decoded:
    """pixels [height,width,3] RGB, sRGB, upright. width, height: of the whole photo, upright.

    codes: the texts of QR codes, when they were asked for.
    """

    pixels: Pixels
    width: int
    height: int
    media_type: str
    capture: Capture
    description: Description = NOTHING
    codes: tuple[str, ...] = ()


class Decoder:
    """Decodes photos in a child process, which is replaced when it dies, hangs or has done its share.

    May be shared by threads; they take turns.
    """

    def __init__(self, limits: Limits = Limits(), photos_each: int = 500) -> None:
        self._limits = limits
        self._photos_each = photos_each
        self._done = 0
        self._child: subprocess.Popen[bytes] | None = None
        self._memory: _Memory | None = None
        self._turn = threading.Lock()
        # The child ends with the thread that started it (prctl(2)): so one that lasts, not that of a request.
        self._starter = ThreadPoolExecutor(1, "decoder")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child process and give its memory back."""
        with self._turn:
            self._stop()
            self._starter.shutdown()
            self._starter = ThreadPoolExecutor(1, "decoder")
            if self._memory is not None:
                self._memory.close()
                self._memory = None

    def decode(
        self, data: bytes | Iterable[bytes], *, at_least: int | None = None, codes: bool = False
    ) -> Decoded:
        """The pixels of a photo.

        data: the file's bytes, whole or in parts. at_least: the long side in pixels that is enough; JPEGs
        are then decoded to the smallest size that has it, which is far quicker. None for the full size.
        codes: whether to read QR codes.

        Raises:
            Unreadable: when it is no photo, is damaged, or takes more than the limits allow.
        """
        question = {"of": "photo", "at_least": at_least, "codes": codes, "most_pixels": self._limits.pixels}
        return self._asked(
            data, question, lambda answer, memory: _decoded(answer, memory.pixels, self._limits.pixels)
        )

    def reopen(self, copy: bytes, *, at_least: int | None = None) -> Pixels:
        """The pixels [height,width,3] of a proxy or thumbnail: quicker than a photo, for we made it.

        at_least: the long side in pixels that is enough; None for the full size.

        Raises:
            Unreadable: when it is damaged.
        """
        question = {"of": "copy", "at_least": at_least, "most_pixels": self._limits.pixels}
        return self._asked(
            copy, question, lambda answer, memory: _pixels(answer, memory.pixels, self._limits.pixels)
        )

    def describe(self, sidecar: bytes) -> Description:
        """What stands in a sidecar (XMP).

        Raises:
            Unreadable: when it is no XMP, is damaged, or takes more than the limits allow.
        """
        return self._asked(sidecar, {"of": "sidecar"}, lambda answer, _: _description(answer))

    def _asked(
        self,
        data: bytes | Iterable[bytes],
        question: dict[str, Any],
        understood: Callable[[dict[str, Any], "_Memory"], T],
    ) -> T:
        with self._turn:
            memory = self._memory = self._memory or _Memory(self._limits)
            length = memory.photo.fill((data,) if isinstance(data, bytes) else data)
            if length is None:
                raise Unreadable(
                    "photo:too_large", "The file is larger than is allowed.", "Make it smaller first."
                )
            answer = self._ask(memory, question | {"length": length})
            try:
                problem = _problem(answer)
                if problem is None:
                    return understood(answer, memory)
            except (LookupError, TypeError, ValueError, AttributeError) as lie:
                self._stop()  # a child that was taken over says anything
                raise _too_demanding() from lie
            finally:
                memory.trim()
            raise problem

    def _ask(self, memory: "_Memory", question: dict[str, Any]) -> dict[str, Any]:
        if self._done >= self._photos_each:
            self._stop()
        child = self._child if self._child and self._child.poll() is None else self._start(memory)
        self._done += 1
        # The parent watches the wall clock; a child that only waits uses no CPU time.
        alarm = threading.Timer(self._limits.seconds * 3, child.kill)
        alarm.start()
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionError):
                send(cast("BinaryIO", child.stdin), question)
            answer = receive(cast("BinaryIO", child.stdout))
        finally:
            alarm.cancel()
        if answer is None:
            self._stop()
            raise _too_demanding()
        return answer

    def _start(self, memory: "_Memory") -> subprocess.Popen[bytes]:
        self._stop()
        handles = (memory.photo.handle, memory.pixels.handle)
        arguments = [str(number) for number in (self._limits.memory, self._limits.seconds, *handles)]
        self._child = self._starter.submit(
            subprocess.Popen,
            [sys.executable, "-m", "appliance.imaging.decoder_process", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=handles,
            stderr=subprocess.DEVNULL,  # libraries complain there, with the contents of files
            cwd="/",
            env={"PYTHONPATH": str(_ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        ).result()
        return self._child

    def _stop(self) -> None:
        child, self._child, self._done = self._child, None, 0
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()


class _Memory:
    """What is shared with the child: the photo's file, and the pixels that come of it."""

    def __init__(self, limits: Limits) -> None:
        self.photo = SharedMemory(limits.bytes)
        self.pixels = SharedMemory(limits.pixels * 3)

    def trim(self) -> None:
        self.photo.trim()
        self.pixels.trim()

    def close(self) -> None:
        self.photo.close()
        self.pixels.close()


def _too_demanding() -> Unreadable:
    return Unreadable(
        "photo:too_demanding",
        "The photo took more time or memory than is allowed, or broke the decoder.",
        "Open it in a photo program, save it anew and import that.",
    )


def _problem(answer: dict[str, Any]) -> Unreadable | None:
    """Why it was not decoded, if the child says so."""
    if "problem" not in answer:
        return None
    key, message, hint = answer["problem"]
    return Unreadable(str(key), str(message), str(hint))


def _pixels(answer: dict[str, Any], pixels: SharedMemory, most_pixels: int) -> Pixels:
    height, width, colours = (int(number) for number in answer["shape"])
    if colours != 3 or min(height, width) < 1 or height * width > most_pixels:
        raise ValueError(answer["shape"])
    return pixels.copy(height * width * 3).reshape(height, width, 3)


def _decoded(answer: dict[str, Any], pixels: SharedMemory, most_pixels: int) -> Decoded:
    camera = answer["camera"]
    taken_at = camera["taken_at"]
    return Decoded(
        pixels=_pixels(answer, pixels, most_pixels),
        width=int(answer["size"][0]),
        height=int(answer["size"][1]),
        media_type=answer["media_type"],
        capture=Capture(
            taken_at=datetime.fromisoformat(taken_at) if taken_at else None,
            camera=camera["camera"],
            lens=camera["lens"],
            latitude=camera["latitude"],
            longitude=camera["longitude"],
        ),
        description=_description(answer),
        codes=tuple(str(code)[:LONGEST_CODE] for code in answer["codes"]),
    )


def _description(answer: dict[str, Any]) -> Description:
    """Cleaned and cut here too: the child says what it likes."""
    told = answer["description"]
    texts = {name: str(told[name]) for name in Description.__slots__ if name != "keywords"}
    return sensible(Description(**texts, keywords=tuple(str(word) for word in told["keywords"])))
