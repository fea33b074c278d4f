"""Processes that are killed: a copy of this one does some work and does not come back."""

import os
import signal
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn


@dataclass(frozen=True)
class Child:
    """A copy of this process at work. `said`: the end of a pipe on which it tells how far it is."""

    pid: int
    said: int

    def kill(self) -> None:
        """End it at once; nothing of it runs any more."""
        os.kill(self.pid, signal.SIGKILL)

    def ended(self) -> bool:
        """Wait for it: whether it did all its work. False when it was killed."""
        status = os.waitpid(self.pid, 0)[1]
        if os.WIFSIGNALED(status):
            assert os.WTERMSIG(status) == signal.SIGKILL
            return False
        assert os.WEXITSTATUS(status) == 0, "the child failed; its error is on standard error"
        return True

    def heard(self) -> bytes:
        """All that it said."""
        with os.fdopen(self.said, "rb") as stream:
            return stream.read()


def in_a_child(work: Callable[[Callable[[bytes], object]], None]) -> Child:
    """Begin some work in a copy of this process; it is given a way to tell how far it is."""
    hear, say = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking beside threads: none holds a lock
        pid = os.fork()
    if pid == 0:
        os.close(hear)
        _work_and_leave(lambda: work(lambda text: os.write(say, text)))
    os.close(say)
    return Child(pid, hear)


def _work_and_leave(work: Callable[[], None]) -> NoReturn:
    status = 1
    try:
        work()
        status = 0
    except BaseException:  # noqa: BLE001 - the copy must not go on as the test run
        traceback.print_exc()
    finally:
        os._exit(status)


def die() -> NoReturn:
    """End this process as a power cut would: nothing is tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError
