"""What every command is given: the settings, and the open safe when it asks for it."""

from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import click

from appliance.config import Config, read_config
from appliance.tasks import open_ringing_box
from appliance.wiring import Box


class Context:
    """Settings and safe, opened on first use and closed at the end."""

    def __init__(self, home: Path | None) -> None:
        self._home = home

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if "box" in self.__dict__:
            self.box.close()

    @cached_property
    def config(self) -> Config:
        """The settings."""
        return read_config(self._home)

    @cached_property
    def box(self) -> Box:
        """The open safe."""
        return open_ringing_box(self.config)

    @property
    def now(self) -> datetime:
        """The instant."""
        return self.box.now()

    @property
    def today(self) -> date:
        """The day in the office."""
        return self.box.today()


pass_context = click.make_pass_decorator(Context)
