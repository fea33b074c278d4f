"""The decoder's own process: it sees one photo at a time and nothing else, and may die of it.

It gives up what it does not need before the first photo comes: the network, new privileges, core dumps,
files to write. Memory and time are limited by the kernel, and its parent watches the clock.
"""

import ctypes
import os
import resource
import sys
from functools import partial
from typing import Any

from appliance.imaging.frames import receive, send

_CLONE_NEWNET, _CLONE_NEWUSER = 0x40000000, 0x10000000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_SIGKILL = 9
_OPEN_FILES = 64


def main() -> None:
    """Answer questions from standard input until it closes; photos and pixels are in shared memory."""
    memory, seconds, photos, pixels = (int(argument) for argument in sys.argv[1:5])
    _give_up_privileges()
    # Imported only now: the decoders' own code starts with nothing left to abuse.
    from appliance.domain.errors import Unreadable  # noqa: PLC0415
    from appliance.imaging import formats, written  # noqa: F401, PLC0415

    _limit(memory)
    answers = {"photo": _picture, "copy": _copy, "sidecar": _sidecar}
    while (question := receive(sys.stdin.buffer)) is not None:
        _allow_seconds(seconds)
        try:
            answer = answers[question["of"]](question, photos, pixels)
        except Unreadable as problem:
            answer = {"problem": [problem.key, problem.message, problem.hint]}
        send(sys.stdout.buffer, answer)


def _picture(question: dict[str, Any], photos: int, pixels: int) -> dict[str, Any]:
    """Decode what the parent put into one memory, and put the pixels into the other."""
    from appliance.imaging.formats import decoded  # noqa: PLC0415 - imported before the first question
    from appliance.imaging.shared_memory import mapped  # noqa: PLC0415 - numpy comes with it

    picture = decoded(_given(question, photos), question["at_least"], question["most_pixels"])
    mapped(pixels, picture.pixels.size, writable=True)[:] = picture.pixels.data.cast("B")
    return {
        "shape": picture.pixels.shape,
        "size": [picture.width, picture.height],
        "media_type": picture.media_type,
        "camera": _camera(picture.camera),
        "description": _description(picture.camera.description),
        "codes": _codes(picture.pixels) if question["codes"] else [],
    }


def _copy(question: dict[str, Any], photos: int, pixels: int) -> dict[str, Any]:
    """The pixels alone, of a proxy or thumbnail."""
    from appliance.imaging.formats import reopened  # noqa: PLC0415 - imported before the first question
    from appliance.imaging.shared_memory import mapped  # noqa: PLC0415 - numpy comes with it

    room = partial(mapped, pixels, writable=True)
    return {"shape": reopened(_given(question, photos), question["at_least"], question["most_pixels"], room)}


def _sidecar(question: dict[str, Any], photos: int, _pixels: int) -> dict[str, Any]:
    """Read a sidecar, which has no pixels."""
    from appliance.imaging.written import description_of_sidecar  # noqa: PLC0415 - imported before, too

    return {"description": _description(description_of_sidecar(_given(question, photos)))}


def _given(question: dict[str, Any], photos: int) -> memoryview:
    """The bytes that the parent put there."""
    from appliance.imaging.shared_memory import mapped  # noqa: PLC0415 - numpy comes with it

    return memoryview(mapped(photos, question["length"], writable=False) if question["length"] else b"")


def _codes(pixels: Any) -> list[str]:
    from appliance.imaging.codes import read_codes  # noqa: PLC0415 - for scans of forms alone

    return read_codes(pixels)


def _description(description: Any) -> dict[str, Any]:
    return {name: getattr(description, name) for name in description.__slots__}


def _camera(camera: Any) -> dict[str, Any]:
    return {
        "taken_at": camera.taken_at.isoformat() if camera.taken_at else None,
        "camera": camera.camera,
        "lens": camera.lens,
        "latitude": camera.latitude,
        "longitude": camera.longitude,
    }


def _give_up_privileges() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    # No network. Where the kernel does not let it, the service's own sandbox must do it.
    libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    os.umask(0o077)


def _limit(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _allow_seconds(seconds: int) -> None:
    """CPU time for the next photo, on top of what was used so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
