"""What systemd is told of a program: that it is ready, and that it is still well (sd_notify(3)).

Outside systemd, where `NOTIFY_SOCKET` is not set, nothing is told and nothing is missed.
"""

import os
import socket
import threading
from collections.abc import Callable

_OFTEN = 3  # times that a program says it is well, within the time in which it must


def tell(state: str) -> None:
    """Tell systemd something, such as `READY=1`; that nobody listens is no reason to stop."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
        try:
            out.connect(f"\0{address[1:]}" if address.startswith("@") else address)
            out.sendall(state.encode())
        except OSError:
            return


def listens_already() -> bool:
    """Whether systemd opened the socket and hands it to this process (sd_listen_fds(3))."""
    return os.environ.get("LISTEN_PID") == str(os.getpid()) and os.environ.get("LISTEN_FDS", "0") != "0"


def pulse() -> None:
    """Say that this program is still well."""
    tell("WATCHDOG=1")


def pulse_while(well: Callable[[], object]) -> None:
    """Say so for as long as this process lives, each time after `well` came back without an error.

    A process that hangs, or whose safe no longer answers, falls silent, and systemd starts it again.
    """
    wait = _every()
    if wait is not None:
        threading.Thread(target=_beat, args=(well, wait), name="pulse", daemon=True).start()


def _beat(well: Callable[[], object], wait: float) -> None:
    rest = threading.Event()
    while not rest.wait(wait):
        try:
            well()
        except Exception:  # noqa: BLE001, S112 - whatever it is, it is not well; silence tells systemd
            continue
        pulse()


def _every() -> float | None:
    """Seconds between two pulses; None where systemd does not wait for any."""
    try:
        return int(os.environ["WATCHDOG_USEC"]) / 1e6 / _OFTEN
    except (KeyError, ValueError):
        return None
