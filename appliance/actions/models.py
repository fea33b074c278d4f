"""The model card: which networks the box uses, where they came from, and how well they do (P8)."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from appliance.actions.recognition import agrees
from appliance.domain.access import Actor, Permission
from appliance.store.safe import Safe
from appliance.vision.evaluation.card import Figures, Threshold, figures, threshold, thresholds
from appliance.vision.manifest import Pack
from appliance.vision.packs import installed, name_in_use


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A pack, the figures of its last evaluation, and what its thresholds mean.

    now: among the people who are enrolled now; None where nobody is, or the pack is not in use.
    """

    pack: Pack
    in_use: bool
    figures: Figures
    now: Threshold | None
    thresholds: tuple[Threshold, ...]


def model_cards(safe: Safe, models: Path, *, by: Actor, now: datetime, day: date) -> tuple[ModelCard, ...]:
    """The cards of the packs that are installed, the one in use first.

    Raises:
        Fault: when a manifest, or the figures of an evaluation, cannot be read.
    """
    with safe.store.look(by=by, to=Permission.HEALTH_VIEW, now=now) as view:
        enrolled = sum(agrees(view, person_id, day) for person_id in view.people.with_templates())
    chosen = name_in_use(models)
    packs = sorted(installed(models), key=lambda pack: (pack.name != chosen, pack.name))
    return tuple(_card(pack, chosen, enrolled) for pack in packs)


def _card(pack: Pack, chosen: str, enrolled: int) -> ModelCard:
    in_use = pack.name == chosen
    now = threshold(pack, enrolled) if in_use and enrolled else None
    return ModelCard(pack, in_use, figures(pack), now, thresholds(pack))
