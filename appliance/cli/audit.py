"""The audit log."""

from pathlib import Path

import click

from appliance.actions import audit as actions
from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show, show_one
from appliance.domain.access import OPERATOR
from appliance.domain.audit import Head
from appliance.domain.errors import Mistake, Tampered


@click.group()
def audit() -> None:
    """Who did what: a chain of entries that shows any change to it."""


@audit.command("list")
@click.option("--thing", default="", help="Only entries about this id.")
@click.option("--actor", default="", help="Only entries of this actor.")
@click.option("--action", default="", help="Only this action, or all of a noun: photo, photo:view.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50)
@json_option
@pass_context
def list_command(context: Context, thing: str, actor: str, action: str, limit: int, as_json: bool) -> None:
    """The latest entries, newest first."""
    box = context.box
    entries = actions.recent(
        box.safe, by=OPERATOR, now=box.now(), thing=thing, actor=actor, action=action, limit=limit
    )
    rows = [
        {
            "number": e.number,
            "at": e.at,
            "actor": f"{e.actor_kind}:{e.actor}",
            "action": e.event.action,
            "thing": e.event.thing,
            "outcome": e.event.outcome.value,
            "detail": e.event.detail,
        }
        for e in entries
    ]
    show(rows, as_json=as_json)


@audit.command("verify")
@click.option("--head", metavar="FILE", help="A head kept elsewhere: a mail or file with it, or NUMBER:SEAL.")
@json_option
@pass_context
def verify_command(context: Context, head: str | None, as_json: bool) -> None:
    """Walk the whole chain. Note the head it prints elsewhere: it will show if entries vanish."""
    box = context.box
    checked = actions.check(box.safe, by=OPERATOR, now=box.now(), known=_head(context, head))
    row = {
        "entries": checked.entries,
        "head": f"{checked.head.number}:{checked.head.seal}",
        "whole": checked.whole,
        "problem": checked.problem or None,
    }
    show_one(row, as_json=as_json)
    if not checked.whole:
        raise Tampered(
            "audit:broken",
            f"The audit log is broken at entry {checked.broken_at}: {checked.problem}.",
            "Tell the privacy officer; compare with a backup.",
        )


@audit.command("head")
@json_option
@pass_context
def head_command(context: Context, as_json: bool) -> None:
    """Sign the head of the log and print it, to be kept outside the box."""
    box = context.box
    signed = actions.sign_head(box.safe, by=OPERATOR, now=box.now())
    if as_json:
        show_one({"head": signed.line, "number": signed.head.number}, as_json=True)
    else:
        click.echo(signed.line)


@audit.command("looks")
@click.argument("thing")
@json_option
@pass_context
def looks_command(context: Context, thing: str, as_json: bool) -> None:
    """Who looked at a person, with every photo they are in, or at a photo; by their id."""
    box = context.box
    found = actions.looks_at(box.safe, thing, by=OPERATOR, now=box.now())
    rows = [
        {"who": f"{one.actor_kind}:{one.actor}", "times": one.times, "last": one.last} for one in found.looks
    ]
    show(rows, as_json=as_json, empty="Nobody looked.")


@audit.command("export")
@click.option(
    "--format",
    "wanted",
    type=click.Choice([f.value for f in actions.Format]),
    default=actions.Format.CSV.value,
    show_default=True,
    help="A table, or a line of JSON for each entry.",
)
@pass_context
def export_command(context: Context, wanted: str) -> None:
    """Print the whole log as CSV or JSON Lines."""
    box = context.box
    for piece in actions.export(box.safe, actions.Format(wanted), by=OPERATOR, now=box.now()):
        click.echo(piece, nl=False)


def _head(context: Context, text: str | None) -> Head | None:
    if text is None:
        return None
    number, _, seal = text.partition(":")
    if number.isdecimal() and len(seal) == 64:
        return Head(int(number), seal)
    try:
        kept = Path(text).read_text("utf-8", errors="replace")
    except OSError as problem:
        raise Mistake(
            "audit:bad_head", "That is not a head.", "Give a file with one, or NUMBER:SEAL as it was printed."
        ) from problem
    return actions.head_in(context.box.safe, kept)


COMMANDS = (audit,)
