"""Quitclaims."""

from datetime import date, datetime

import click

from appliance.actions import consent as actions
from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show, show_one
from appliance.domain.access import OPERATOR
from appliance.domain.consent import Answer, Basis, Purpose, QuitclaimId, Term
from appliance.domain.people import PersonId

_purposes = click.option(
    "--purpose",
    "purposes",
    multiple=True,
    type=click.Choice([p.value for p in Purpose]),
    help="May be given more than once.",
)


@click.group()
def quitclaim() -> None:
    """What people permit: each change is a new version, nothing is overwritten."""


@quitclaim.command("list")
@json_option
@pass_context
def list_command(context: Context, as_json: bool) -> None:
    """Every quitclaim as it stands today."""
    box = context.box
    found = actions.quitclaims(box.safe, by=OPERATOR, now=box.now(), day=box.today())
    rows = [
        {
            "id": view.current.id,
            "person": person.name,
            "version": view.current.version,
            "basis": view.current.basis.value,
            "purposes": [f"{one.term.purpose.value}: {one.status.value}" for one in view.terms],
        }
        for person, view in found
    ]
    show(rows, as_json=as_json)


@quitclaim.command("record")
@click.argument("person")
@_purposes
@click.option("--from", "valid_from", type=click.DateTime(["%Y-%m-%d"]), help="First day.")
@click.option("--until", "valid_until", type=click.DateTime(["%Y-%m-%d"]), help="Last day.")
@click.option("--basis", type=click.Choice([b.value for b in Basis]), default=Basis.CONSENT.value)
@click.option("--balancing", default="", help="Why our interest outweighs theirs; for legitimate interest.")
@click.option("--note", default="", help="Where the signed paper is, for example.")
@json_option
@pass_context
def record_command(
    context: Context,
    person: str,
    purposes: tuple[str, ...],
    valid_from: datetime | None,
    valid_until: datetime | None,
    basis: str,
    balancing: str,
    note: str,
    as_json: bool,
) -> None:
    """Record what PERSON permits."""
    box = context.box
    terms = [Term(Purpose(p), Answer.GRANTED, _day(valid_from), _day(valid_until)) for p in purposes]
    made = actions.record(
        box.safe,
        PersonId(person),
        terms,
        by=OPERATOR,
        now=box.now(),
        day=box.today(),
        basis=Basis(basis),
        balancing=balancing,
        note=note,
    )
    show_one({"id": made.id, "version": made.version}, as_json=as_json)


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


@quitclaim.command("withdraw")
@click.argument("quitclaim_id", metavar="QUITCLAIM")
@_purposes
@json_option
@pass_context
def withdraw_command(context: Context, quitclaim_id: str, purposes: tuple[str, ...], as_json: bool) -> None:
    """Withdraw purposes of a QUITCLAIM, or all when none is named. It works at once."""
    box = context.box
    made = actions.withdraw(
        box.safe,
        QuitclaimId(quitclaim_id),
        [Purpose(p) for p in purposes],
        by=OPERATOR,
        now=box.now(),
        day=box.today(),
    )
    show_one({"id": made.id, "version": made.version}, as_json=as_json)


@quitclaim.command("show")
@click.argument("quitclaim_id", metavar="QUITCLAIM")
@json_option
@pass_context
def show_command(context: Context, quitclaim_id: str, as_json: bool) -> None:
    """Every version of a QUITCLAIM."""
    box = context.box
    _, view = actions.quitclaim_view(
        box.safe, QuitclaimId(quitclaim_id), by=OPERATOR, now=box.now(), day=box.today()
    )
    rows = [
        {
            "version": version.version,
            "recorded": version.recorded_at,
            "purpose": term.purpose.value,
            "answer": term.answer.value,
            "from": term.valid_from,
            "until": term.valid_until,
        }
        for version in view.versions
        for term in version.terms
    ]
    show(rows, as_json=as_json)


COMMANDS = (quitclaim,)
