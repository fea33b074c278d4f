"""The rules for photos coming in: when a card is copied, and at which shoot its photos were taken."""

import json
from dataclasses import replace
from datetime import datetime

from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.intake import Begin, IntakeRules, shoot_by_rule
from appliance.domain.photos import Capture, Photo, ShootId
from appliance.store.database import View
from appliance.store.safe import Safe

_SETTING = "intake"


def intake_rules(safe: Safe, *, by: Actor, now: datetime) -> IntakeRules:
    """The rules as they are."""
    with safe.store.look(by=by, to=Permission.SHOOT_VIEW, now=now) as view:
        return rules_in(view)


def rules_in(view: View) -> IntakeRules:
    """The rules, within a transaction that is open already."""
    kept = view.settings.get(_SETTING)
    if kept is None:
        return IntakeRules()
    row = json.loads(kept)
    cameras = tuple((camera, ShootId(shoot_id)) for camera, shoot_id in row["cameras"])
    return IntakeRules(Begin(row["begin"]), row["by_date"], cameras)


def change_intake_rules(safe: Safe, rules: IntakeRules, *, by: Actor, now: datetime) -> None:
    """Set the rules. They hold for photos that are examined from now on.

    Raises:
        Mistake: when a camera's shoot is not known.
    """
    with safe.store.begin(by=by, to=Permission.SETTING_EDIT, now=now) as tx:
        for _camera, shoot_id in rules.cameras:
            tx.shoots.get(shoot_id)
        kept = {"begin": rules.begin, "by_date": rules.by_date, "cameras": rules.cameras}
        tx.settings.put(_SETTING, json.dumps(kept))
        detail = f"begin={rules.begin} by_date={rules.by_date} cameras={len(rules.cameras)}"
        tx.record(Event("intake:rules", detail=detail))


def in_its_shoot(view: View, photo: Photo, capture: Capture) -> Photo:
    """The photo in the shoot that the rules give it, unless somebody said already."""
    if photo.shoot_id is not None:
        return photo
    rules = rules_in(view)
    if not rules.by_date and not rules.cameras:
        return photo
    return replace(photo, shoot_id=shoot_by_rule(rules, capture, view.shoots.all()))
