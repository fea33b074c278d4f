"""Cards that are in the box: shown as they are, copied when somebody says so, and the rules for them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions import cards as actions
from appliance.actions.collections import latest_collections
from appliance.actions.intake_rules import change_intake_rules, intake_rules
from appliance.actions.shoots import ShootCard, shoots
from appliance.domain.cards import CardState, RefusedDevice, Seen
from appliance.domain.collections import Collection, CollectionId
from appliance.domain.errors import KluisError, Mistake
from appliance.domain.intake import Begin, IntakeRules
from appliance.domain.photos import ShootId
from webui.current import asking, box
from webui.display import may
from webui.language import gettext, language

pages = Blueprint("cards", __name__)
_MOST_CAMERAS = 50
_REFUSED_SHOWN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Panel:
    """What the import page shows of cards. answers: whether the card service does. state: changes with it."""

    answers: bool
    cards: tuple[actions.CardView, ...]
    refused: tuple[tuple[RefusedDevice, datetime], ...]
    shoots: tuple[ShootCard, ...]
    collections: tuple[Collection, ...]
    state: str


def panel() -> Panel:
    """The cards as they are now; empty for whoever may not import."""
    if not may("photo:import"):
        return Panel(False, (), (), (), (), "")
    try:
        seen, answers = box().card_service.seen(), True
    except KluisError:
        seen, answers = Seen(), False
    views = actions.cards_in(box().safe, seen, **asking())
    dated = ((one, datetime.fromtimestamp(one.seen_at, UTC)) for one in reversed(seen.refused))
    refused = tuple((one, at) for one, at in dated if box().now() - at < _REFUSED_SHOWN)
    told = repr((language(), answers, views, refused)).encode()
    state = hashlib.sha256(told).hexdigest()[:16]
    collections = latest_collections(box().safe, limit=-1, **asking())
    return Panel(answers, views, refused, shoots(box().safe, **asking()), collections, state)


def cards_waiting() -> int:
    """How many cards wait until somebody says what is to be done with them."""
    return sum(view.card.state is CardState.WAITING for view in panel().cards)


@pages.get("/cards")
def show() -> ResponseReturnValue:
    """The part of the import page that tells of cards, to be filled in anew."""
    return render_template("imports/cards.html", panel=panel())


@pages.post("/cards/<insertion>/import")
def import_card(insertion: str) -> ResponseReturnValue:
    """Have a card copied."""
    chosen, collection = request.form.get("shoot"), request.form.get("collection")
    report = actions.import_card(
        box().safe,
        box().card_service,
        insertion,
        ShootId(chosen) if chosen else None,
        collection_id=CollectionId(collection) if collection else None,
        remember="remember" in request.form,
        bell=box().bell,
        **asking(),
    )
    return redirect(url_for("imports.show", import_id=report.id), HTTPStatus.SEE_OTHER)


@pages.get("/cards/rules")
def rules() -> ResponseReturnValue:
    """What is done with a card that is put in."""
    return render_template(
        "imports/rules.html",
        rules=intake_rules(box().safe, **asking()),
        begins=tuple(Begin),
        shoots=shoots(box().safe, **asking()),
    )


@pages.post("/cards/rules")
def change_rules() -> ResponseReturnValue:
    """Change it."""
    form = request.form
    chosen = form.get("begin", "")
    if chosen not in set(Begin):
        raise Mistake("intake:bad_rule", "Choose what is done with a card that is put in.")
    changed = IntakeRules(Begin(chosen), "by_date" in form, _cameras(form.to_dict(flat=False)))
    change_intake_rules(box().safe, changed, **asking())
    flash(gettext("Saved."), "done")
    return redirect(url_for("cards.rules"), HTTPStatus.SEE_OTHER)


def _cameras(form: Mapping[str, list[str]]) -> tuple[tuple[str, ShootId], ...]:
    """Each camera that has a name and a shoot."""
    pairs = zip(form.get("camera", ()), form.get("camera_shoot", ()), strict=False)
    named = {camera.strip()[:100]: ShootId(shoot) for camera, shoot in pairs if camera.strip() and shoot}
    return tuple(named.items())[:_MOST_CAMERAS]
