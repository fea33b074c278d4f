"""Quitclaims, and withdrawing them."""

from http import HTTPStatus

from appliance.actions import consent
from appliance.domain.access import Permission
from appliance.domain.consent import QuitclaimId
from webui.api import schemas, telling
from webui.api.operations import Resource
from webui.current import asking_today, box

quitclaims = Resource("quitclaims")


@quitclaims.get("/quitclaims", Permission.QUITCLAIM_VIEW)
def list_quitclaims(asked: schemas.QuitclaimSearch) -> schemas.QuitclaimPage:
    """List quitclaims as they stand today, the one recorded last first."""
    found = [
        telling.quitclaim(one, person.id)
        for person, one in consent.quitclaims(box().safe, **asking_today())
        if asked.person in (None, person.id)
        and (asked.status is None or asked.status in {term.status for term in one.terms})
    ]
    start = next((i + 1 for i, one in enumerate(found) if one.id == asked.after), 0)
    shown = found[start : start + asked.limit]
    more = len(found) > start + asked.limit
    return schemas.QuitclaimPage(quitclaims=shown, after=shown[-1].id if more else None)


@quitclaims.get("/quitclaims/{quitclaim}", Permission.QUITCLAIM_VIEW)
def show_quitclaim(quitclaim: str) -> schemas.QuitclaimTold:
    """Show one quitclaim as it stands."""
    person, found = consent.quitclaim_view(box().safe, QuitclaimId(quitclaim), **asking_today())
    return telling.quitclaim(found, person.id)


@quitclaims.post("/quitclaims/{quitclaim}/withdraw", Permission.QUITCLAIM_EDIT, HTTPStatus.OK)
def withdraw_quitclaim(quitclaim: str, body: schemas.Withdrawn) -> schemas.QuitclaimVersion:
    """Withdraw some purposes of a quitclaim that rests on consent, or all of it.

    It works at once, and copies that left for them are called back. Giving a permission takes somebody who
    signs.
    """
    done = consent.withdraw(box().safe, QuitclaimId(quitclaim), body.purposes, **asking_today())
    answers = [schemas.AnswerTold(purpose=term.purpose, answer=term.answer) for term in done.terms]
    return schemas.QuitclaimVersion(id=done.id, version=done.version, answers=answers)
