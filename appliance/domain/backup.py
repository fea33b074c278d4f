"""Where backups go, and where they may not: a copy outside the European Union is refused without a reason.

A target holds three repositories side by side: the safe's backups, the key for the recovery kit, and the
marker that the canary tries to destroy.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from appliance.domain.errors import Mistake

KEPT_DAYS = 30
LONGEST_DAYS = 366  # a lock cannot be taken back: nobody locks ten years by a typing error

# Member states of the European Union (ISO 3166-1 alpha-2), in which the GDPR holds without a transfer.
EUROPEAN_UNION = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905 - to be read, and compared, at a glance
)


class TargetKind(StrEnum):
    """What keeps the backups, and so how they are protected from the box itself."""

    REST = "rest"  # a rest-server that only appends
    S3 = "s3"  # a bucket with Object Lock in compliance mode
    DISK = "disk"  # a local disk: protects from a dead box, not from one in hostile hands


@dataclass(frozen=True, slots=True)
class Target:
    """A place for backups.

    address: https://host:port/path, https://host/bucket/prefix, or an absolute path. country: where it
    stands, two letters. region: as the provider calls it. reason: why outside the EU all the same.
    user, secret: of the box at the target; it needs no right to delete. upload: KiB a second; 0: no limit.
    """

    name: str
    kind: TargetKind
    address: str
    country: str
    region: str = ""
    reason: str = ""
    user: str = ""
    secret: str = field(default="", repr=False)
    days: int = KEPT_DAYS
    upload: int = 0

    @property
    def guarded(self) -> bool:
        """Whether the target itself keeps the box from deleting."""
        return self.kind is not TargetKind.DISK


def require_sensible(target: Target) -> None:
    """Refuse a target that cannot work, or that lies outside the European Union without a reason.

    Raises:
        Mistake: naming what to mend.
    """
    if not target.name or len(target.name) > 40 or not target.name.replace("-", "").isalnum():
        raise Mistake("backup:bad_name", "A target needs a short name.", "Use letters, digits and hyphens.")
    if not 1 <= target.days <= LONGEST_DAYS or target.upload < 0:
        raise Mistake("backup:bad_days", "That number cannot be.", "Keep backups for 1 to 366 days.")
    if not _address_fits(target):
        raise Mistake(
            "backup:bad_address",
            "That is no address for this kind of target.",
            "Use https://host/path, http:// on this machine alone, or an absolute path for a disk.",
        )
    if target.country not in EUROPEAN_UNION and not target.reason.strip():
        raise Mistake(
            "backup:outside_eu",
            "This target is outside the European Union, or its country is not known.",
            "Choose one inside it, or record a reason, agreed with the privacy officer.",
        )


def _address_fits(target: Target) -> bool:
    if target.kind is TargetKind.DISK:
        return target.address.startswith("/")
    parts = urlsplit(target.address)
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    whole = bool(parts.hostname) and not parts.username and not parts.query and not parts.fragment
    bucket = target.kind is TargetKind.REST or bool(parts.path.strip("/"))
    return whole and bucket and (parts.scheme == "https" or (parts.scheme == "http" and local))


class Attempt(StrEnum):
    """What the canary tries with the credentials of the box. Being refused is the pass."""

    DELETE = "delete"
    OVERWRITE = "overwrite"
    SHORTEN = "shorten"  # the time for which it is locked
    LOCKED = "locked"  # whether what was written is locked at all


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt on the marker. refused: whether the target withstood it."""

    attempt: Attempt
    refused: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One backup at a target."""

    id: str
    made_at: datetime


def lock_until(now: datetime, days: int) -> datetime:
    """Until when an object is locked that is still needed: a week more, so that it need not be said daily."""
    return now + timedelta(days=days + 7)
