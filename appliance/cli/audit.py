"""The audit log."""

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
@click.option("--head", metavar="NUMBER:SEAL", help="A head that was noted elsewhere earlier.")
@json_option
@pass_context
def verify_command(context: Context, head: str | None, as_json: bool) -> None:
    """Walk the whole chain. Note the head it prints elsewhere: it will show if entries vanish."""
    box = context.box
    checked = actions.check(box.safe, by=OPERATOR, now=box.now(), known=_head(head))
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


def _head(text: str | None) -> Head | None:
    if text is None:
        return None
    number, _, seal = text.partition(":")
    if not number.isdecimal() or len(seal) != 64:
        raise Mistake("audit:bad_head", "That is not a head.", "Give it as it was printed: NUMBER:SEAL.")
    return Head(int(number), seal)


COMMANDS = (audit,)
