"""Releases: a copy that left the safe for a purpose, and the proof that it was allowed to."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from appliance.domain.consent import Light, Purpose, Reliance, Verdict
from appliance.domain.errors import NotAllowed
from appliance.domain.photos import PhotoId

ReleaseId = NewType("ReleaseId", str)

# The long side of a released copy in pixels; None keeps the photo's own size.
LONG_SIDE: dict[Purpose, int | None] = {
    Purpose.WEB: 2048,
    Purpose.SOCIAL_MEDIA: 1600,
    Purpose.INTRANET: 2048,
    Purpose.PRINT: None,
    Purpose.PRESS: None,
}


@dataclass(frozen=True, slots=True)
class Release:
    """One copy handed out. `sha256` is of the copy's bytes, so that it can be recognised later."""

    id: ReleaseId
    photo_id: PhotoId
    purpose: Purpose
    made_at: datetime
    made_by: str
    sha256: str
    bytes: int
    relied_on: tuple[Reliance, ...]


def require_green(verdict: Verdict, reasons: tuple[str, ...]) -> None:
    """Let a release pass only on green.

    Raises:
        NotAllowed: with every reason, when the light is amber or red.
    """
    if verdict.light is not Light.GREEN:
        raise NotAllowed(
            "release:not_green",
            "This photo may not be released for {purpose}: its light is {light}.",
            "Resolve the reasons below first.",
            reasons,
            values={"purpose": verdict.purpose, "light": verdict.light},
        )
