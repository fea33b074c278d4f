"""What takes two people: what is proposed, and one's answer to what somebody else proposed."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import proposals as actions
from appliance.domain.proposals import (
    ALONE_AFTER,
    TIME_TO_APPROVE,
    Act,
    Answer,
    Proposal,
    ProposalId,
    SecondNeeded,
    Standing,
)
from webui.current import asking, box
from webui.display import moment
from webui.language import gettext

pages = Blueprint("proposals", __name__)


@pages.get("/proposals")
def index() -> ResponseReturnValue:
    """What is open, and what became of the others."""
    now = box().now()
    found = actions.proposals(box().safe, **asking())
    return render_template(
        "proposals/index.html",
        open=[one for one in found if one.proposal.open(now)],
        past=[one for one in found if not one.proposal.open(now)],
        standings=Standing,
        acts=Act,
        approved=Answer.APPROVED,
        days=TIME_TO_APPROVE.days,
        hours=ALONE_AFTER.days * 24,
    )


@pages.post("/proposals/<proposal_id>/approve")
def approve(proposal_id: str) -> ResponseReturnValue:
    """Approve what somebody else proposed."""
    actions.answer_proposal(box().safe, ProposalId(proposal_id), approve=True, **asking())
    return _done(gettext("Approved. Whoever proposed it can carry it out now."))


@pages.post("/proposals/<proposal_id>/refuse")
def refuse(proposal_id: str) -> ResponseReturnValue:
    """Refuse it."""
    actions.answer_proposal(box().safe, ProposalId(proposal_id), approve=False, **asking())
    return _done(gettext("Refused. It will not be carried out."))


@pages.post("/proposals/<proposal_id>/withdraw")
def withdraw(proposal_id: str) -> ResponseReturnValue:
    """Take one's own proposal back."""
    actions.withdraw_proposal(box().safe, ProposalId(proposal_id), **asking())
    return _done(gettext("Withdrawn. It will not be carried out."))


def propose_instead(needed: SecondNeeded) -> ResponseReturnValue:
    """What a form asked for takes a second person: propose it, and show where it waits."""
    return _done(_told(actions.propose(box().safe, needed.wanted, **asking())))


def _told(made: Proposal) -> str:
    if made.alone_from is None:
        return gettext(
            "This takes two people. It is proposed; another administrator or privacy officer approves it."
        )
    return gettext(
        "This takes two people, and there is nobody else who could approve it."
        " You can carry it out from %(when)s on."
    ) % {"when": moment(made.alone_from)}


def _done(told: str) -> ResponseReturnValue:
    flash(told, "done")
    return redirect(url_for("proposals.index"), HTTPStatus.SEE_OTHER)
