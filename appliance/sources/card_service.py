"""Speaking with the card service, which alone may mount: over its socket, a line of JSON each way.

A card is mounted where the service alone sees it, and its open folder is handed to whoever may read it.
"""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from appliance.domain.cards import Card, Seen, from_json
from appliance.domain.errors import Fault, KluisError, Mistake

_ANSWERS_WITHIN = 10.0  # seconds
_MOUNTS_WITHIN = 200.0  # a worn card answers slowly, and two drivers may be tried
_LONGEST_ANSWER = 1_000_000
_LONGEST_FOLDER = 4096


@dataclass(slots=True)
class Mounted:
    """A card that is mounted for us.

    sign: is there as long as the card is. whole: set it once all that is wanted of it is copied.
    """

    folder: Path
    sign: Path
    whole: bool = False


class CardService:
    """The service, as the importer sees it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def seen(self) -> Seen:
        """The cards that are in now.

        Raises:
            Fault: when the service does not answer.
        """
        with self._connected(_ANSWERS_WITHIN) as line:
            return _seen(line.ask({"do": "list"}))

    def wait(self, after: int, seconds: float) -> Seen:
        """The same as soon as it differs from a version, or after some seconds.

        Raises:
            Fault: when the service does not answer.
        """
        with self._connected(_ANSWERS_WITHIN + seconds) as line:
            return _seen(line.ask({"do": "watch", "after": after, "seconds": seconds}))

    @contextmanager
    def mounted(self, card: Card) -> Iterator[Mounted]:
        """A card mounted read-only, to copy from; unmounted at the end, or when this process dies.

        Raises:
            Mistake: when it is not there any more, or somebody else has it.
            Fault: when it cannot be read, or the service does not answer.
        """
        with self._connected(_MOUNTS_WITHIN) as line:
            with line.ask_for_folder({"do": "mount", "insertion": card.insertion}) as mounted:
                yield mounted
            line.ask({"do": "release", "whole": mounted.whole})

    @contextmanager
    def _connected(self, seconds: float) -> Iterator["_Line"]:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.settimeout(seconds)
            try:
                link.connect(str(self._path))
            except OSError as problem:
                raise _silent() from problem
            with link.makefile("rb") as lines:
                yield _Line(link, lines)


class _Line:
    def __init__(self, link: socket.socket, lines: BinaryIO) -> None:
        self._link = link
        self._lines = lines

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        try:
            self._link.sendall(json.dumps(question).encode() + b"\n")
            told = self._lines.readline(_LONGEST_ANSWER)
        except OSError as problem:
            raise _silent() from problem
        return self._understood(told)

    @contextmanager
    def ask_for_folder(self, question: dict[str, Any]) -> Iterator[Mounted]:
        """An answer with an open folder, shut again at the end: one that is open keeps the card mounted."""
        told, handed = self._receive(question)
        try:
            answer = self._understood(told)
            if len(handed) != 1 or "folder" not in answer:
                raise _silent()
            yield Mounted(Path(f"/proc/self/fd/{handed[0]}"), Path(str(answer["folder"])))
        finally:
            for descriptor in handed:
                os.close(descriptor)

    def _receive(self, question: dict[str, Any]) -> tuple[bytes, list[int]]:
        """A line, and the descriptors that came with it."""
        told, handed = b"", list[int]()
        try:
            self._link.sendall(json.dumps(question).encode() + b"\n")
            while not told.endswith(b"\n") and len(told) < _LONGEST_FOLDER:
                more, some, _, _ = socket.recv_fds(self._link, _LONGEST_FOLDER, 1, socket.MSG_CMSG_CLOEXEC)
                handed += some
                told += more
                if not more:
                    break
        except OSError as problem:
            raise _silent() from problem
        return told, handed

    def _understood(self, told: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(told)
        except ValueError as problem:
            raise _silent() from problem
        if not isinstance(answer, dict):
            raise _silent()
        if "error" in answer:
            raise problem_of(str(answer["error"]))
        return answer


def _seen(answer: dict[str, Any]) -> Seen:
    try:
        return from_json(answer)
    except (KeyError, TypeError, ValueError) as problem:
        raise _silent() from problem


def _silent() -> Fault:
    return Fault(
        "card:no_service",
        "The card service does not answer.",
        "Check that `kluis cards serve` runs, and that `card_service` in kluis.toml names its socket.",
    )


def problem_of(key: str) -> KluisError:
    """What the service says of a card, as an error with its sentence."""
    problems: dict[str, KluisError] = {
        one.key: one
        for one in (
            Mistake("card:absent", "This card is not in the box.", "Put it in, and try again."),
            Mistake("card:busy", "This card is being read already.", "Wait until that is done."),
            Fault(
                "card:damaged",
                "The file system on this card is damaged.",
                "The box changed nothing on it and repairs nothing. Have it saved before it is used again.",
            ),
            Fault(
                "card:no_file_system",
                "No file system that the box reads is on this card.",
                "It may be damaged. The box reads FAT32, exFAT, ext4 and NTFS.",
            ),
            Fault("card:no_driver", "The box has no driver for this card's file system.", "Ask your IT."),
            Fault(
                "card:not_harmless",
                "The card could not be mounted in a way that leaves it unchanged.",
                "It was let go of at once. Ask your IT.",
            ),
        )
    }
    return problems.get(key) or Fault(
        "card:gone", "The card was pulled out.", "What was copied is safe. Put the card back."
    )
