"""Periodic duties: doing one for each target, noting how it went, and telling who must know."""

from collections.abc import Callable, Iterable

import click

from appliance.actions import duties as actions
from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show
from appliance.domain.access import OPERATOR
from appliance.domain.duties import Run
from appliance.domain.errors import Fault, Mistake
from appliance.domain.wording import Language, word
from appliance.tasks import office_of


def alarm_of(context: Context) -> actions.Alarm:
    """Whom to tell, by the settings."""
    config = context.config
    return actions.Alarm(office_of(config), config.alert_addresses, config.language, context.box.bell)


def carry_out(context: Context, name: str, jobs: Iterable[Callable[[], Run]], *, as_json: bool) -> None:
    """Do one duty, once for each target, and show how it went.

    Raises:
        Mistake: when the same duty is being done by another process.
        Fault: when one of them failed; it is noted, and told by e-mail.
    """
    box = context.box
    with box.alone(name) as mine:
        if not mine:
            raise Mistake("duty:busy", "This is being done already.", "Wait until it is finished.")
        runs = [job() for job in jobs]
        for run in runs:
            actions.note(box.safe, run, alarm_of(context), by=OPERATOR, now=box.now())
    show(list(map(_row, runs)), as_json=as_json)
    if not all(run.passed for run in runs):
        raise Fault("duty:failed", "Not everything went well.", "The findings above say what.")


def _row(run: Run) -> dict[str, object]:
    found = [f"{key}: {value}" for key, value in run.findings.items()]
    return {
        "id": run.id,
        "duty": run.duty.value,
        "target": run.target or None,
        "result": "passed" if run.passed else "failed",
        "seconds": round((run.finished_at - run.started_at).total_seconds(), 1),
        "findings": found,
    }


@click.group()
def duties() -> None:
    """What the box has to do again and again, and how that went."""


@duties.command("list")
@json_option
@pass_context
def list_command(context: Context, as_json: bool) -> None:
    """How every duty stands, and when it was done last."""
    box = context.box
    rows: list[dict[str, object]] = [
        {
            "duty": one.duty.value,
            "target": one.target or None,
            "standing": one.standing.value,
            "last": one.last.started_at if one.last else None,
        }
        for one in actions.due(box.safe, by=OPERATOR, now=box.now())
    ]
    show(rows, as_json=as_json)


@duties.command("check")
@pass_context
def check_command(context: Context) -> None:
    """Mail what failed or is overdue; ends with status 2 then. For a timer in the morning."""
    box = context.box
    found = actions.tell_overdue(box.safe, alarm_of(context), by=OPERATOR, now=box.now())
    for one in found:
        where = f" ({one.target})" if one.target else ""
        click.echo(f"{word(one.duty, Language.ENGLISH)}{where}: {word(one.standing, Language.ENGLISH)}")
    if found:
        raise Fault("duty:alarming", "A duty failed or is overdue.", "See `kluis duties list`.")
    click.echo("Every duty is fine.")


COMMANDS = (duties,)
