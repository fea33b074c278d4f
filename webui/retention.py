"""How long photos are kept: the rules, what they would do, what goes soon, and the yearly review."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import retention as actions
from appliance.actions.shoots import shoots
from appliance.domain.consent import PUBLICATION, Purpose
from appliance.domain.errors import Mistake
from appliance.domain.photos import ShootId
from appliance.domain.retention import DEFAULT, LONGEST_MONTHS, Rule, RuleId, Then
from webui import users
from webui.current import asking, asking_today, box
from webui.language import gettext

pages = Blueprint("retention", __name__)
_SHOWN = 24


@pages.get("/retention")
def show() -> ResponseReturnValue:
    """The rules, and what goes within a year by them."""
    outlook = actions.outlook(box().safe, **asking_today())
    return render_template(
        "retention/show.html",
        rules=actions.rules(box().safe, **asking()),
        built_in=DEFAULT,
        outlook=outlook,
        announced=actions.announced(box().safe, **asking())[:_SHOWN],
        reviewed=actions.last_review(box().safe, **asking()),
        shoots=_shoots(),
        names=users.names(),
        **_choices(),
    )


@pages.get("/retention/trial")
def trial() -> ResponseReturnValue:
    """What a rule would do, beside what holds now. Nothing is changed."""
    rule = _rule(request.args.get("shoot", ""))
    return render_template(
        "retention/trial.html",
        rule=rule,
        now_is=actions.outlook(box().safe, **asking_today()),
        would_be=actions.outlook(box().safe, trial=rule, **asking_today()),
        shoots=_shoots(),
        **_choices(),
    )


@pages.post("/retention/rules")
def put() -> ResponseReturnValue:
    """Set a rule."""
    rule = _rule(request.form.get("shoot", ""))
    actions.put_rule(
        box().safe,
        shoot_id=rule.shoot_id,
        purpose=rule.purpose,
        months=rule.months,
        then=rule.then,
        **asking(),
    )
    return _done(gettext("The rule holds from now on."))


@pages.post("/retention/rules/<rule_id>/remove")
def remove(rule_id: str) -> ResponseReturnValue:
    """Take a rule away."""
    actions.remove_rule(box().safe, RuleId(rule_id), **asking())
    return _done(gettext("The rule is gone."))


@pages.get("/retention/review")
def review() -> ResponseReturnValue:
    """The work list of the yearly review: by shoot, what goes within a year."""
    return render_template(
        "retention/review.html",
        outlook=actions.outlook(box().safe, **asking_today()),
        reviewed=actions.last_review(box().safe, **asking()),
        shoots=_shoots(),
        names=users.names(),
    )


@pages.post("/retention/review")
def reviewed() -> ResponseReturnValue:
    """A shoot was looked at, or with none named the whole list."""
    shoot_id = ShootId(request.form.get("shoot", "")) or None
    actions.note_review(box().safe, shoot_id, **asking())
    flash(gettext("Saved."), "done")
    return redirect(url_for("retention.review"), HTTPStatus.SEE_OTHER)


def _rule(shoot: str) -> Rule:
    """The rule that the form describes; it has no number yet."""
    given = request.values
    try:
        months, then = int(given.get("months", "")), Then(given.get("then", ""))
        purpose = Purpose(given["purpose"]) if given.get("purpose") else None
    except ValueError as problem:
        raise Mistake("retention:months", "That is no number of months.", "Use 1 to 1200.") from problem
    return Rule(RuleId(""), ShootId(shoot) or None, purpose, months, then)


def _shoots() -> dict[str, str]:
    return {one.shoot.id: one.shoot.name for one in shoots(box().safe, **asking())}


def _choices() -> dict[str, object]:
    return {"publication": PUBLICATION, "thens": tuple(Then), "most": LONGEST_MONTHS}


def _done(told: str) -> ResponseReturnValue:
    flash(told, "done")
    return redirect(url_for("retention.show"), HTTPStatus.SEE_OTHER)
