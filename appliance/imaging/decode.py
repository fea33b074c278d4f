"""The decoder: hands each photo to a process of its own and takes back pixels, or a reason why not."""

import contextlib
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Self, cast

import numpy as np
from numpy.typing import NDArray

from appliance.domain.errors import Unreadable
from appliance.domain.photos import Capture
from appliance.imaging.frames import receive, send

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
    """pixels [height,width,3] RGB, sRGB, upright. width, height: of the whole photo, upright."""

    pixels: NDArray[np.uint8]
    width: int
    height: int
    media_type: str
    capture: Capture


class Decoder:
    """Decodes photos in a child process, which is replaced when it dies, hangs or has done its share.

    May be shared by threads; they take turns.
    """

    def __init__(self, limits: Limits = Limits(), photos_each: int = 500) -> None:
        self._limits = limits
        self._photos_each = photos_each
        self._done = 0
        self._child: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child process."""
        with self._turn:
            self._stop()

    def decode(self, data: bytes, *, at_least: int | None = None) -> Decoded:
        """The pixels of a photo.

        at_least: the long side in pixels that is enough; JPEGs are then decoded to the smallest size that
        has it, which is far quicker. None for the full size.

        Raises:
            Unreadable: when it is no photo, is damaged, or takes more than the limits allow.
        """
        if len(data) > self._limits.bytes:
            raise Unreadable(
                "photo:too_large", "The file is larger than is allowed.", "Make it smaller first."
            )
        with self._turn:
            answer = self._ask(data, at_least)
        if "problem" in answer[0]:
            raise Unreadable(*answer[0]["problem"])
        return _decoded(*answer)

    def _ask(self, data: bytes, at_least: int | None) -> tuple[dict[str, Any], bytearray]:
        if self._done >= self._photos_each:
            self._stop()
        child = self._child if self._child and self._child.poll() is None else self._start()
        self._done += 1
        # The parent watches the wall clock; a child that only waits uses no CPU time.
        alarm = threading.Timer(self._limits.seconds * 3, child.kill)
        alarm.start()
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionError):
                question = {"at_least": at_least, "most_pixels": self._limits.pixels}
                send(cast("BinaryIO", child.stdin), question, data)
            answer = receive(cast("BinaryIO", child.stdout), self._limits.pixels * 3)
        finally:
            alarm.cancel()
        if answer is None:
            self._stop()
            raise Unreadable(
                "photo:too_demanding",
                "The photo took more time or memory than is allowed, or broke the decoder.",
                "Open it in a photo program, save it anew and import that.",
            )
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        self._stop()
        limits = self._limits
        arguments = [str(limits.memory), str(limits.bytes), str(limits.seconds)]
        self._child = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "appliance.imaging.decoder_process", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # libraries complain there, with the contents of files
            cwd="/",
            env={"PYTHONPATH": str(_ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
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


def _decoded(head: dict[str, Any], body: bytearray) -> Decoded:
    camera = head["camera"]
    taken_at = camera["taken_at"]
    return Decoded(
        pixels=np.frombuffer(body, np.uint8).reshape(head["shape"]),
        width=head["size"][0],
        height=head["size"][1],
        media_type=head["media_type"],
        capture=Capture(
            taken_at=datetime.fromisoformat(taken_at) if taken_at else None,
            camera=camera["camera"],
            lens=camera["lens"],
            latitude=camera["latitude"],
            longitude=camera["longitude"],
        ),
    )
