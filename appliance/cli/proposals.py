"""What takes two people. It is approved in the browser; here is seen what waits, and one's own withdrawn."""

import click

from appliance.actions import proposals as actions
from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show
from appliance.domain.access import OPERATOR
from appliance.domain.proposals import ProposalId, SecondNeeded


@click.group()
def proposals() -> None:
    """What takes two people: proposed by one, approved in the browser by another."""


@proposals.command("list")
@json_option
@pass_context
def list_command(context: Context, as_json: bool) -> None:
    """What is open first, then the latest."""
    rows: list[dict[str, object]] = [
        {
            "id": card.proposal.id,
            "act": card.proposal.wanted.act.value,
            "thing": card.proposal.wanted.thing or None,
            "standing": card.standing.value,
            "proposed by": card.proposed_by or card.proposal.proposed_by,
            "proposed at": card.proposal.proposed_at,
            "answered by": card.answered_by or None,
            "until": card.proposal.ends_at,
        }
        for card in actions.proposals(context.box.safe, by=OPERATOR, now=context.now)
    ]
    show(rows, as_json=as_json, empty="Nothing was proposed.")


@proposals.command("withdraw")
@click.argument("proposal_id")
@pass_context
def withdraw_command(context: Context, proposal_id: str) -> None:
    """Take back what was proposed at the command line."""
    actions.withdraw_proposal(context.box.safe, ProposalId(proposal_id), by=OPERATOR, now=context.now)
    click.echo("Withdrawn.")


def propose_instead(context: Context, needed: SecondNeeded) -> str:
    """What a command asked for takes a second person: propose it, and say what comes next."""
    made = actions.propose(context.box.safe, needed.wanted, by=OPERATOR, now=context.now)
    if made.alone_from is None:
        return (
            f"Proposed as {made.id}. An administrator or privacy officer approves it in the browser;"
            " give the same command again then."
        )
    return (
        f"Proposed as {made.id}. There is no administrator or privacy officer who could approve it:"
        f" give the same command again after {made.alone_from.isoformat(timespec='minutes')}."
    )


COMMANDS = (proposals,)
