"""What is done with a card that is put in, and at which shoot its photos were taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from appliance.domain.photos import Capture, ShootId
from appliance.domain.shoots import Shoot


class Begin(StrEnum):
    """When a card is copied."""

    AT_ONCE = "at_once"
    ASK = "ask"  # when somebody has said at which shoot its photos were taken


@dataclass(frozen=True, slots=True)
class IntakeRules:
    """by_date: a photo belongs to the only shoot of its day. cameras: a camera's photos belong to a shoot.

    They hold for photos of which nobody said at which shoot they were taken, wherever they come from.
    """

    begin: Begin = Begin.AT_ONCE
    by_date: bool = False
    cameras: tuple[tuple[str, ShootId], ...] = ()


def shoot_by_rule(rules: IntakeRules, capture: Capture, shoots: Sequence[Shoot]) -> ShootId | None:
    """At which shoot a photo was taken; None where the rules do not say, or say two things.

    The camera goes before the date: a camera's clock may be wrong, its name is not.
    """
    known = {shoot.id for shoot in shoots}
    by_camera = {
        shoot_id for camera, shoot_id in rules.cameras if camera == capture.camera and shoot_id in known
    }
    if by_camera:
        return by_camera.pop() if len(by_camera) == 1 else None
    if rules.by_date and capture.taken_at is not None:
        same_day = [shoot.id for shoot in shoots if shoot.day == capture.taken_at.date()]
        return same_day[0] if len(same_day) == 1 else None
    return None
