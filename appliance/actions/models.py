"""The model card: which networks the box uses, where they came from, and what they were trained on (P8)."""

from datetime import datetime
from pathlib import Path

from appliance.domain.access import Actor, Permission
from appliance.store.safe import Safe
from appliance.vision.packs import Pack, installed


def model_card(safe: Safe, models: Path, *, by: Actor, now: datetime) -> tuple[Pack, ...]:
    """The packs that are installed, by name, as their manifests tell.

    Raises:
        Fault: when a manifest cannot be read.
    """
    with safe.store.look(by=by, to=Permission.HEALTH_VIEW, now=now):
        return tuple(installed(models))
