"""Figures in the text format of Prometheus (version 0.0.4). Counts and states only: labels name no person,
no photo and no folder."""

from collections.abc import Iterator

from appliance import __version__
from appliance.actions.health import Condition, Status
from appliance.domain.duties import Duty
from appliance.domain.health import Concern


def exposition(status: Status, machine: Condition) -> str:
    """All figures, one family after the other."""
    return "".join(f"{line}\n" for line in _lines(status, machine))


def _lines(status: Status, machine: Condition) -> Iterator[str]:
    readings = machine.readings
    yield from _family("info", "Which version runs.", {f'version="{__version__}"': 1})
    yield from _family(
        "photos", "Photos by stage.", {f'stage="{stage}"': count for stage, count in status.photos.items()}
    )
    yield from _family(
        "lights",
        "Photos by purpose and light.",
        {
            f'purpose="{purpose}",light="{light}"': count
            for purpose, lights in status.lights.items()
            for light, count in lights.items()
        },
    )
    yield from _family("people", "People who are known.", {"": status.people})
    yield from _family("quitclaims", "Quitclaims.", {"": status.quitclaims})
    yield from _family("releases", "Copies that left.", {"": status.releases})
    yield from _family("audit_entries", "Entries of the audit log.", {"": status.audit.number})
    yield from _family("disk_free_bytes", "Room for the safe.", {"": readings.disk_free})
    yield from _family("disk_bytes", "Size of its disk.", {"": readings.disk_total})
    yield from _told("disk_wear_percent", "How much of the disk's life is used.", readings.drive.wear)
    yield from _told("disk_errors", "Blocks that the disk could not read.", readings.drive.errors)
    yield from _told("temperature_celsius", "The hottest sensor.", readings.temperature)
    ends, updated = readings.certificate_ends, readings.updated_at
    yield from _told("certificate_end_seconds", "When it ends.", ends.timestamp() if ends else None)
    yield from _told("updates_seconds", "When updates were asked.", updated.timestamp() if updated else None)
    yield from _told("clock_set", "Whether a time server set it.", readings.clock_set)
    yield from _duties(machine)
    yield from _family(
        "concern",
        "1 where somebody is needed.",
        {f'of="{concern}"': int(concern in machine.concerns) for concern in Concern},
    )


def _duties(machine: Condition) -> Iterator[str]:
    """Targets have names that somebody gave them, so each duty is told once for all of them."""
    done = {duty: machine.last(duty) for duty in Duty}
    yield from _family(
        "duty_done_seconds",
        "When a duty was last done at every target.",
        {f'duty="{duty}"': at.timestamp() for duty, at in done.items() if at is not None},
    )
    alarming = {one.duty for one in machine.duties if one.alarming}
    yield from _family(
        "duty_alarm",
        "1 where a duty failed, is overdue or was never done.",
        {f'duty="{duty}"': int(duty in alarming) for duty in Duty},
    )


def _told(name: str, about: str, value: float | None) -> Iterator[str]:
    """A figure that not every machine tells."""
    if value is not None:
        yield from _family(name, about, {"": float(value)})


def _family(name: str, about: str, values: dict[str, float] | dict[str, int]) -> Iterator[str]:
    yield f"# HELP kluis_{name} {about}"
    yield f"# TYPE kluis_{name} gauge"
    for labels, value in values.items():
        yield f"kluis_{name}{{{labels}}} {value}" if labels else f"kluis_{name} {value}"
