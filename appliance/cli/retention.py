"""How long photos are kept: rules, the review, and the nightly purge."""

from functools import partial

import click

from appliance.actions import retention as actions
from appliance.cli.context import Context, pass_context
from appliance.cli.duties import carry_out
from appliance.cli.printing import json_option, show
from appliance.domain.access import OPERATOR
from appliance.domain.consent import PUBLICATION, Purpose
from appliance.domain.photos import ShootId
from appliance.domain.retention import LONGEST_MONTHS, RuleId, Then


@click.group()
def retention() -> None:
    """How long photos are kept, and what follows."""


@retention.command("list")
@json_option
@pass_context
def list_command(context: Context, as_json: bool) -> None:
    """The rules; without any, five years for all."""
    rows: list[dict[str, object]] = [
        {
            "id": rule.id,
            "shoot": rule.shoot_id,
            "purpose": rule.purpose.value if rule.purpose else None,
            "months": rule.months,
            "then": rule.then.value,
        }
        for rule in actions.rules(context.box.safe, by=OPERATOR, now=context.now)
    ]
    show(rows, as_json=as_json)


@retention.command("set")
@click.argument("months", type=click.IntRange(1, LONGEST_MONTHS))
@click.option("--shoot", help="Of this shoot alone; without it, of all that have no rule of their own.")
@click.option(
    "--purpose", type=click.Choice([one.value for one in PUBLICATION]), help="For this purpose alone."
)
@click.option(
    "--then", type=click.Choice([one.value for one in Then]), default="purge", help="What happens after it."
)
@pass_context
def set_command(context: Context, months: int, shoot: str | None, purpose: str | None, then: str) -> None:
    """Keep photos so many MONTHS: from the day taken, or with --purpose, from the end of its permission."""
    rule = actions.put_rule(
        context.box.safe,
        shoot_id=ShootId(shoot) if shoot else None,
        purpose=Purpose(purpose) if purpose else None,
        months=months,
        then=Then(then),
        by=OPERATOR,
        now=context.now,
    )
    click.echo(rule.id)


@retention.command("remove")
@click.argument("rule_id")
@pass_context
def remove_command(context: Context, rule_id: str) -> None:
    """Take a rule away."""
    actions.remove_rule(context.box.safe, RuleId(rule_id), by=OPERATOR, now=context.now)
    click.echo("The rule is gone.")


@retention.command("review")
@json_option
@pass_context
def review_command(context: Context, as_json: bool) -> None:
    """What would go within a year, and what keeps it. Changes nothing."""
    found = actions.review(context.box.safe, by=OPERATOR, now=context.now, day=context.today)
    rows: list[dict[str, object]] = [
        {
            "photo": one.due.photo_id,
            "shoot": one.shoot_id,
            "over": one.due.on,
            "then": one.due.rule.then.value,
            "held": one.held,
            "warned_for": one.warned_for,
        }
        for one in found
    ]
    show(rows, as_json=as_json, empty="Nothing is over within a year.")


@retention.command("run")
@json_option
@pass_context
def run_command(context: Context, as_json: bool) -> None:
    """Warn of what goes in thirty days; purge what was warned of. For a timer each night."""
    box = context.box
    job = partial(
        actions.apply_retention,
        box.safe,
        box.config.journal,
        by=OPERATOR,
        day=box.today(),
        clock=box.clock,
    )
    carry_out(context, "retention", [job], as_json=as_json)


COMMANDS = (retention,)
