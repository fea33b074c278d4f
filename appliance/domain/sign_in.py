"""Signing in: what it takes, step by step, from where, and how long it lasts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from appliance.domain.access import Role, UserId

SESSION_IDLE = timedelta(minutes=30)
SESSION_LONGEST = timedelta(hours=12)
EMERGENCY_LONGEST = timedelta(hours=1)
CONFIRMED_FOR = timedelta(minutes=10)
PASSWORD_SHORTEST = 12
PASSWORD_LONGEST = 256
NAME_TRIES_WITHIN = timedelta(minutes=15)
SECOND_TRIES_WITHIN = timedelta(hours=24)

# These roles can open everything or watch everybody: no choice of the office takes their second step away.
ALWAYS_SECOND = frozenset({Role.ADMINISTRATOR, Role.PRIVACY_OFFICER})


class Step(StrEnum):
    """What a session waits for before it opens anything."""

    SECOND = "second"  # a code or a passkey
    RENEW = "renew"  # a password of one's own
    ENROL = "enrol"  # setting up a second step
    OPEN = "open"  # nothing: it is open


@dataclass(frozen=True, slots=True)
class Where:
    """Where a request comes from. device: the browser and its system, in words."""

    address: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. Only the token's hash is kept.

    confirmed_at: when its user last proved to be who they are.
    """

    user_id: UserId
    begun_at: datetime
    seen_at: datetime
    step: Step = Step.OPEN
    confirmed_at: datetime | None = None
    where: Where = field(default_factory=Where)

    def alive(self, now: datetime, longest: timedelta = SESSION_LONGEST) -> bool:
        """Whether it is within both the idle and the absolute limit."""
        return now - self.seen_at <= SESSION_IDLE and now - self.begun_at <= longest

    def confirmed(self, now: datetime) -> bool:
        """Whether its user proved to be who they are shortly before."""
        return self.confirmed_at is not None and timedelta() <= now - self.confirmed_at <= CONFIRMED_FOR


@dataclass(frozen=True, slots=True)
class Rules:
    """What the office decided. second: roles that need a second step, beside those that always do.

    networks: from where a role may sign in, as CIDR; a role that is not in it may from anywhere.
    """

    second: frozenset[Role] = frozenset()
    networks: Mapping[Role, Sequence[str]] = field(default_factory=dict)

    def needs_second(self, role: Role) -> bool:
        """Whether somebody of a role signs in with two steps."""
        return role in ALWAYS_SECOND or role in self.second

    def allows(self, role: Role, address: str) -> bool:
        """Whether somebody of a role may come from an address. An address that is none comes from nowhere."""
        networks = self.networks.get(role, ())
        return not networks or is_within(address, networks)


def next_step(*, passed_second: bool, has_second: bool, needs_second: bool, must_change: bool) -> Step:
    """What is still to be done after the password was right."""
    if has_second and not passed_second:
        return Step.SECOND
    if must_change:
        return Step.RENEW
    return Step.ENROL if needs_second and not has_second else Step.OPEN


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Whether an address lies in one of some networks; IPv4 written as IPv6 is still IPv4."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return any(found in network(one) for one in networks)


def network(text: str) -> IPv4Network | IPv6Network:
    """A network from CIDR; a plain address is a network of one.

    Raises:
        ValueError: when it is none, or has bits beside its mask.
    """
    return ip_network(text.strip(), strict=True)


def wait_after(failures: int, longest: timedelta = timedelta(minutes=1)) -> timedelta:
    """How long the next try must wait after some failures in a row: doubling, up to a limit."""
    spare = 4
    doubled = timedelta(seconds=2 ** min(failures - spare, 20)) if failures > spare else timedelta()
    return min(longest, doubled)
