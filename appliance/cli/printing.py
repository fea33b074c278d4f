"""Listings: a table for people, JSON for programs."""

import dataclasses
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")

_COLOURS = {"green": "green", "amber": "yellow", "red": "red"}


def show(
    rows: Sequence[Mapping[str, object]],
    *,
    as_json: bool,
    empty: str = "Nothing yet.",
    plain: Callable[[str], str] = str,
) -> None:
    """Print rows that share their keys; the keys are the headings. empty: what to say without rows."""
    if as_json:
        click.echo(json.dumps([_plain(row) for row in rows], ensure_ascii=False, indent=2))
    elif not rows:
        click.echo(empty)
    else:
        _table([{key: plain(_text(value)) for key, value in row.items()} for row in rows])


def show_one(row: Mapping[str, object], *, as_json: bool) -> None:
    """Print one thing, a line for each key."""
    if as_json:
        click.echo(json.dumps(_plain(row), ensure_ascii=False, indent=2))
        return
    width = max(len(key) for key in row)
    for key, value in row.items():
        click.echo(f"{key.replace('_', ' '):<{width}}  {_text(value)}")


def _table(rows: Sequence[Mapping[str, str]]) -> None:
    keys = list(rows[0])
    widths = {key: max(len(key), *(len(row[key]) for row in rows)) for key in keys}
    widths[keys[-1]] = min(widths[keys[-1]], max(30, shutil.get_terminal_size((140, 20)).columns))
    click.secho("  ".join(f"{key.replace('_', ' '):<{widths[key]}}" for key in keys).rstrip(), bold=True)
    for row in rows:
        cells = (_coloured(f"{row[key]:<{widths[key]}}", row[key]) for key in keys)
        click.echo("  ".join(cells).rstrip())


def _coloured(cell: str, value: str) -> str:
    return click.style(cell, fg=_COLOURS[value]) if value in _COLOURS else cell


def _text(value: object) -> str:
    """As a cell: names of files may hold line ends, and orders to the terminal."""
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list | tuple):
        return ", ".join(_text(item) for item in value) or "-"
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in str(value))


def _plain(value: object) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Path) else value
