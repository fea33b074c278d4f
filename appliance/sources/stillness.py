"""When a file on a share is whole: its size and its time have been still for a while.

Only what changes counts, never what the clock of the server says, and the time between two looks is taken
from a clock that cannot be set.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Seen:
    state: Hashable
    since: float


class Stillness:
    """What was seen of each file at the looks before. seconds: how long it must not have changed."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._seen: dict[str, _Seen] = {}
        self._refused: dict[str, Hashable] = {}

    def still(self, files: Mapping[str, Hashable], at: float) -> list[str]:
        """Which of these have not changed for long enough, and were not refused as they are.

        files: a state for each path, different whenever the file is. at: seconds of a monotonic clock.
        """
        self._seen = {path: self._since(path, state, at) for path, state in files.items()}
        self._refused = {path: state for path, state in self._refused.items() if files.get(path) == state}
        return [
            path
            for path, seen in self._seen.items()
            if at - seen.since >= self._seconds and path not in self._refused
        ]

    def _since(self, path: str, state: Hashable, at: float) -> _Seen:
        before = self._seen.get(path)
        return before if before is not None and before.state == state else _Seen(state, at)

    def refuse(self, path: str) -> None:
        """It is still, and no whole photo: not looked at again before it changes."""
        if path in self._seen:
            self._refused[path] = self._seen[path].state

    @property
    def refused(self) -> int:
        """How many files are refused as they are."""
        return len(self._refused)
