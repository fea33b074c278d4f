"""The inbox: what waits for whoever asks. It counts, and names nobody."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from appliance.actions.duties import alarming_of
from appliance.actions.proposals import to_answer, to_carry_out
from appliance.actions.recognition import setting
from appliance.actions.renewals import not_asked_again
from appliance.domain.access import Actor, Permission, Role, UserId, decide
from appliance.domain.consent import PUBLICATION, Light
from appliance.domain.inbox import NEEDS, FirstStep, Matter, Waiting, in_order
from appliance.domain.photos import Stage
from appliance.domain.recognition import Switch
from appliance.domain.retention import REVIEW_EVERY
from appliance.store.database import View
from appliance.store.safe import Safe
from appliance.store.search import Filter

_Count = Callable[[View, Actor, datetime, date], Waiting]


def inbox(safe: Safe, *, by: Actor, now: datetime, day: date) -> tuple[Waiting, ...]:
    """What waits for this user, the most urgent first; nothing that they may not do something about."""
    with safe.store.look(by=by, to=Permission.SESSION_USE, now=now) as view:
        # What needs one's second step again needs it for the work, not for being told of it.
        asked = replace(by, confirmed=True)
        mine = (matter for matter in Matter if decide(asked, NEEDS[matter]).allowed)
        return in_order(_COUNTS[matter](view, by, now, day) for matter in mine)


def _box(view: View, _by: Actor, now: datetime, _day: date) -> Waiting:
    count = len(alarming_of(view, now))
    return Waiting(Matter.BOX, count, late=count)


def _rights(view: View, _by: Actor, _now: datetime, day: date) -> Waiting:
    asked = [one for one in view.rights.all() if one.open]
    return Waiting(Matter.RIGHTS, len(asked), late=sum(one.overdue(day) for one in asked))


def _holds(view: View, _by: Actor, _now: datetime, day: date) -> Waiting:
    due = [one for one in view.erasures.holds() if one.in_force and one.review_on <= day]
    return Waiting(Matter.HOLD, len(due), late=sum(one.review_on < day for one in due))


def _purges(view: View, _by: Actor, _now: datetime, _day: date) -> Waiting:
    return Waiting(Matter.PURGE, len(view.retention.warned()))


def _retention(view: View, _by: Actor, _now: datetime, day: date) -> Waiting:
    done = view.retention.last_reviews().get(None)
    since = done.at.date() if done else view.retention.first_arrival()
    return Waiting(Matter.RETENTION, int(since is not None and day - since > REVIEW_EVERY))


def _recalls(view: View, _by: Actor, _now: datetime, _day: date) -> Waiting:
    return Waiting(Matter.RECALL, view.recalls.unanswered())


def _recognition(view: View, _by: Actor, _now: datetime, _day: date) -> Waiting:
    return Waiting(Matter.RECOGNITION, int(setting(view).switch is Switch.PROPOSED))


def _proposals(view: View, by: Actor, now: datetime, _day: date) -> Waiting:
    return Waiting(Matter.PROPOSALS, to_answer(view, by.id, now))


def _approved(view: View, by: Actor, now: datetime, _day: date) -> Waiting:
    return Waiting(Matter.APPROVED, to_carry_out(view, by.id, now))


def _papers(view: View, _by: Actor, _now: datetime, _day: date) -> Waiting:
    return Waiting(Matter.PAPER, len({scan.request_id for scan in view.scans.all()}))


def _endings(view: View, _by: Actor, now: datetime, day: date) -> Waiting:
    return Waiting(Matter.ENDING, not_asked_again(view, now, day))


def _pairs(view: View, _by: Actor, _now: datetime, _day: date) -> Waiting:
    return Waiting(Matter.DUPLICATES, view.duplicates.count())


def _photos(matter: Matter, wanted: Filter) -> _Count:
    return lambda view, _by, _now, _day: Waiting(matter, view.photos.count(wanted))


_COUNTS: dict[Matter, _Count] = {
    Matter.BOX: _box,
    Matter.RIGHTS: _rights,
    Matter.HOLD: _holds,
    Matter.PURGE: _purges,
    Matter.RETENTION: _retention,
    Matter.RECALL: _recalls,
    Matter.RECOGNITION: _recognition,
    Matter.PROPOSALS: _proposals,
    Matter.APPROVED: _approved,
    Matter.PAPER: _papers,
    Matter.ENDING: _endings,
    Matter.FACES: _photos(Matter.FACES, Filter(untagged=True)),
    Matter.DUPLICATES: _pairs,
    Matter.SET_ASIDE: _photos(Matter.SET_ASIDE, Filter(stage=Stage.SET_ASIDE)),
    Matter.AMBER: _photos(Matter.AMBER, Filter(light=Light.AMBER)),
}


def first_steps(safe: Safe, *, by: Actor, now: datetime) -> dict[FirstStep, bool]:
    """Which of the first steps were taken, in their order."""
    with safe.store.look(by=by, to=Permission.SESSION_USE, now=now) as view:
        roles = {user.role for user in view.access.all() if user.active and not user.emergency}
        green = any(view.photos.count(Filter(light=Light.GREEN, purpose=one)) for one in PUBLICATION)
        taken = {
            FirstStep.SECOND_STEP: view.second_steps.of(UserId(by.id)).any,
            FirstStep.OFFICERS: {Role.ADMINISTRATOR, Role.PRIVACY_OFFICER} <= roles,
            FirstStep.SHOOT: bool(view.shoots.all()),
            FirstStep.PHOTOS: sum(view.photos.stages().values()) > 0,
            FirstStep.NAME: view.people.anybody_named(),
            FirstStep.QUITCLAIM: view.consent.count() > 0,
            FirstStep.GREEN: green,
            FirstStep.RELEASE: view.releases.count() > 0,
            FirstStep.BACKUP: bool(view.backups.all()),
        }
        return {step: taken[step] for step in FirstStep}
