"""Secrets come from a file, a file descriptor or a prompt; never from an argument, which others can see."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from appliance.domain.errors import Mistake

_LONGEST = 4096


def secret_options(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Options `--NAME-file` and `--NAME-fd` for a command."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        from_file = click.option(
            f"--{name}-file", type=click.Path(path_type=Path, dir_okay=False), help=f"File with the {name}."
        )
        from_descriptor = click.option(f"--{name}-fd", type=int, help=f"File descriptor with the {name}.")
        return from_file(from_descriptor(command))

    return decorate


def read_secret(what: str, file: Path | None, descriptor: int | None, *, confirm: bool = False) -> str:
    """The secret, without the end of its line.

    Raises:
        Mistake: when it cannot be read, or nobody can be asked.
    """
    if file is not None and descriptor is not None:
        raise Mistake("secret:two", f"Give the {what} by file or by descriptor, not both.")
    try:
        if file is not None:
            return _first_line(file.read_text("utf-8"))
        if descriptor is not None:
            return _first_line(os.read(descriptor, _LONGEST).decode("utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise Mistake("secret:unreadable", f"The {what} cannot be read.", "Check the file.") from problem
    if not sys.stdin.isatty():
        raise Mistake(
            "secret:missing",
            f"The {what} is needed.",
            "Give it with the -file or -fd option, or at a terminal.",
        )
    return str(click.prompt(what.capitalize(), hide_input=True, confirmation_prompt=confirm))


def _first_line(text: str) -> str:
    return text.split("\n", 1)[0].rstrip("\r")


def write_alone(file: Path, text: str) -> None:
    """Write a secret for its owner alone, in a new file: another kit may be in one that is there.

    Raises:
        Mistake: when the file is there, or cannot be made.
    """
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as problem:
        raise Mistake(
            "keys:kit_file",
            "The recovery kit cannot be written there.",
            "Name a file that does not exist yet, in a folder that does.",
        ) from problem
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
