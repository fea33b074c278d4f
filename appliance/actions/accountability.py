"""The accountability pack: the papers, from what is set and kept now."""

from collections import Counter
from datetime import date, datetime

from appliance.actions.recognition import setting
from appliance.domain.access import Actor, Permission
from appliance.domain.accountability import Both, Facts, Paper, TargetFacts, paper
from appliance.domain.audit import Event
from appliance.domain.consent import PUBLICATION, Basis, Purpose
from appliance.domain.retention import DEFAULT, Rule, Then
from appliance.domain.rights import RightsState
from appliance.domain.wording import Language, word
from appliance.store.database import View
from appliance.store.safe import Safe
from appliance.store.search import Filter

_ALL: Both = ("alle foto's", "all photos")


def accountability_pack(
    safe: Safe,
    *,
    organisation: str,
    version: str,
    models: tuple[str, ...],
    by: Actor,
    now: datetime,
    day: date,
) -> dict[str, str]:
    """Every paper in Dutch and English, as Markdown, by file name."""
    with safe.store.begin(by=by, to=Permission.RIGHTS_VIEW, now=now) as tx:
        facts = _facts(tx, organisation, version, models, day)
        found = {
            f"{which.value}-{language.value}.md": paper(which, facts, language)
            for which in Paper
            for language in Language
        }
        tx.record(Event("accountability:make", detail=f"papers={len(found)}"))
    return found


def _facts(view: View, organisation: str, version: str, models: tuple[str, ...], day: date) -> Facts:
    recognition = setting(view)
    current = view.consent.all_current()
    purposes = [*PUBLICATION, *([Purpose.RECOGNITION] if recognition.on else [])]
    roles = Counter(user.role.value.replace("_", " ") for user in view.access.all() if user.active)
    return Facts(
        organisation=organisation,
        version=version,
        day=day,
        photos=view.photos.count(Filter()),
        people=view.people.count(),
        quitclaims=view.consent.count(),
        users=sorted(roles.items()),
        purposes=[_both(purpose) for purpose in purposes],
        bases=sorted({_both(quitclaim.basis) for quitclaim in current}),
        rules=[_rule(rule) for rule in view.retention.rules() or [DEFAULT]],
        targets=[
            TargetFacts(t.name, t.kind.value, t.country, t.region, t.days, t.guarded, t.reason)
            for t in view.backups.all()
        ],
        recognition=recognition.dpia if recognition.on else "",
        models=models,
        holds=sum(hold.in_force for hold in view.erasures.holds()),
        erasures=len(view.erasures.all()),
        requests_open=sum(r.state in (RightsState.OPEN, RightsState.EXTENDED) for r in view.rights.all()),
    )


def _both(value: Purpose | Basis) -> Both:
    return word(value, Language.DUTCH), word(value, Language.ENGLISH)


def _rule(rule: Rule) -> Both:
    dutch, english = ("na de opname", "after they were taken")
    if rule.purpose is not None:
        one, other = _both(rule.purpose)
        dutch, english = (
            f"na het einde van de toestemming voor {one}",
            f"after the permission for {other} ended",
        )
    purge = rule.then is Then.PURGE
    return (
        f"{rule.shoot_id or _ALL[0]}: {rule.months} maanden {dutch}, dan {'wissen' if purge else 'archief'}",
        f"{rule.shoot_id or _ALL[1]}: {rule.months} months {english}, then {'erase' if purge else 'archive'}",
    )
