"""Two clocks: the wall's, and the processor time of this process and its helpers.

Where other work shares the machine the wall says little; processor time still says what a photo costs.
"""

import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any

import psutil


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds, by the wall and of processor time."""

    wall: float = 0.0
    cpu: float = 0.0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.wall + other.wall, self.cpu + other.cpu)

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.wall - other.wall, self.cpu - other.cpu)


def processor_time(pid: int) -> float:
    """Seconds of processor time that a process and its threads used; 0 when it is gone.

    The clock's number is made as Linux's clock_getcpuclockid does it.
    """
    try:
        return time.clock_gettime(~pid << 3 | 2)
    except OSError:
        return 0.0


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    try:
        process = psutil.Process(pid)
        return [pid, *(child.pid for child in process.children(recursive=True))]
    except psutil.NoSuchProcess:
        return []


class Stopwatch:
    """Costs by stage, each moment in one stage only: what is measured within another is taken off it."""

    def __init__(self) -> None:
        self._helpers: list[int] = []
        self._costs: dict[str, Cost] = {}
        self._open: list[str] = [REST]
        self._last = self._now()

    def watch_helpers(self, pids: Iterable[int]) -> None:
        """From now on count these processes' time too."""
        self._switch(self._open[-1])
        self._helpers = list(pids)
        self._last = self._now()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what happens within as this stage's."""
        self._switch(self._open[-1])
        self._open.append(name)
        try:
            yield
        finally:
            self._switch(self._open[-1])
            self._open.pop()

    def cut(self) -> dict[str, Cost]:
        """The costs since the last cut; what no stage claims is under REST."""
        self._switch(self._open[-1])
        costs, self._costs = self._costs, {}
        return costs

    def _switch(self, name: str) -> None:
        now = self._now()
        self._costs[name] = self._costs.get(name, Cost()) + (now - self._last)
        self._last = now

    def _now(self) -> Cost:
        cpu = time.process_time() + sum(processor_time(pid) for pid in self._helpers)
        return Cost(time.perf_counter(), cpu)

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, counted as a stage: a context manager while it is open, an iterator by its steps."""

        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            with self.stage(name):
                result = function(*args, **kwargs)
            if isinstance(result, AbstractContextManager):
                return self._open_counted(name, result)
            return self._steps_counted(name, result) if isinstance(result, Iterator) else result

        return run

    def _steps_counted(self, name: str, steps: Iterator[Any]) -> Iterator[Any]:
        while True:
            with self.stage(name):
                step = next(steps, self)
            if step is self:
                return
            yield step

    @contextmanager
    def _open_counted(self, name: str, opened: AbstractContextManager[Any]) -> Iterator[Any]:
        with self.stage(name), opened as inner:
            yield inner


REST = "the rest"


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of several values, with the least and the greatest."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Of at least one value."""
        return cls(statistics.median(values), min(values), max(values))
