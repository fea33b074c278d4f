"""The settings of a box: read once from the environment and one file, with every mistake told."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from appliance.domain.addresses import is_address
from appliance.domain.errors import Mistake
from appliance.domain.sign_in import network
from appliance.domain.wording import Language

FILE = "kluis.toml"
DEFAULT_HOME = Path("/var/lib/portretkluis")
CARD_SERVICE = Path("/run/portretkluis-cards/socket")


@dataclass(frozen=True, slots=True)
class Config:
    """home: where the safe is. import_roots: folders below which the browser may import.

    door_port, door_address: where the subject's door is served, and the address that its links get when
    it is published beyond the office. hosts: names under which browsers may reach the box. credit: written
    into released copies. alert_addresses: who is told by e-mail what ends soon.
    audit_addresses: who keeps the head of the audit log, mailed each day. machine_addresses: who is
    told when the box itself needs somebody. card_service: its socket.
    into released copies. alert_addresses: who is told by e-mail what ends soon. machine_addresses: who is
    told when the box itself needs somebody. card_service: its socket. link_days: how many days a share link
    may work at most. reminder_days: after how many days recipients who did not answer a recall are reminded.
    token_days: how many days a token of the API may work at most.
    webhook_networks: private networks in which other programs may be told.
    """

    home: Path
    machine_key: Path
    models: Path
    cache: Path
    zone: ZoneInfo
    organisation: str = "Portretkluis"
    credit: str = ""
    language: Language = Language.DUTCH
    workers: int = 1
    port: int = 8787
    door_port: int = 8788
    door_address: str = ""
    import_roots: tuple[Path, ...] = (Path("/media"), Path("/mnt"))
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "portretkluis.local")
    alert_addresses: tuple[str, ...] = ()
    audit_addresses: tuple[str, ...] = ()
    machine_addresses: tuple[str, ...] = ()
    card_service: Path = CARD_SERVICE
    link_days: int = 30
    reminder_days: int = 7
    token_days: int = 365
    webhook_networks: tuple[str, ...] = ()

    @property
    def database(self) -> Path:
        """The encrypted database."""
        return self.home / "kluis.db"

    @property
    def keyring(self) -> Path:
        """The keyring with its slots."""
        return self.home / "keyring.json"

    @property
    def files(self) -> Path:
        """The encrypted files."""
        return self.home / "files"

    @property
    def journal(self) -> Path:
        """The journal of erasures, of opaque ids."""
        return self.home / "erasures.jsonl"

    @property
    def backup_key(self) -> Path:
        """The key of the backups, in its slots."""
        return self.home / "backup.json"

    @property
    def certificate(self) -> Path:
        """What browsers are shown."""
        return self.home / "tls" / "certificate.pem"

    @property
    def queue(self) -> Path:
        """The job queue; it holds opaque ids only."""
        return self.home / "queue.db"


def read_config(home: Path | None, environment: Mapping[str, str] | None = None) -> Config:
    """The settings for a data directory: built-in ones, then the file in it, then the environment.

    Raises:
        Mistake: naming everything in the file that is not understood.
    """
    env = os.environ if environment is None else environment
    place = (home or Path(env.get("KLUIS_HOME") or DEFAULT_HOME)).expanduser().absolute()
    settings = _file(place / FILE)
    problems: list[str] = []
    config = Config(
        home=place,
        machine_key=_path(env, settings, "machine_key", place / "machine.key", problems),
        models=_path(env, settings, "models", place / "models", problems),
        cache=_path(env, settings, "cache", place / "packages", problems),
        zone=_zone(settings.pop("zone", "Europe/Amsterdam"), problems),
        organisation=_text(settings, "organisation", "Portretkluis", problems),
        credit=_text(settings, "credit", "", problems),
        language=_language(settings.pop("language", "nl"), problems),
        workers=_number(settings, "workers", max(1, (os.cpu_count() or 2) - 1), 16, problems),
        port=_number(settings, "port", 8787, 65535, problems),
        door_port=_number(settings, "door_port", 8788, 65535, problems),
        door_address=_text(settings, "door_address", "", problems),
        import_roots=tuple(Path(p) for p in _list(settings, "import_roots", ("/media", "/mnt"), problems)),
        hosts=_list(settings, "hosts", ("localhost", "127.0.0.1", "portretkluis.local"), problems),
        alert_addresses=_addresses(settings, "alert_addresses", problems),
        audit_addresses=_addresses(settings, "audit_addresses", problems),
        machine_addresses=_addresses(settings, "machine_addresses", problems),
        card_service=_path(env, settings, "card_service", CARD_SERVICE, problems),
        link_days=_number(settings, "link_days", 30, 365, problems),
        reminder_days=_number(settings, "reminder_days", 7, 90, problems),
        token_days=_number(settings, "token_days", 365, 730, problems),
        webhook_networks=_networks(settings, "webhook_networks", problems),
    )
    problems += [f"{key} is not a setting" for key in settings]
    if problems:
        raise Mistake("config:bad", f"In {FILE}: {'; '.join(problems)}.", "docs/settings.md lists them all.")
    return config


def _file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as problem:
        raise Mistake("config:unreadable", f"{FILE} cannot be read: {problem}.", "Mend it.") from problem


def _path(
    env: Mapping[str, str], settings: dict[str, Any], key: str, otherwise: Path, problems: list[str]
) -> Path:
    """From the environment, else from the file, where a path may begin at the data directory."""
    value = settings.pop(key, str(otherwise))
    if given := env.get(f"KLUIS_{key.upper()}"):
        return Path(given).expanduser().absolute()
    if not isinstance(value, str) or not value:
        problems.append(f"{key} must be a path")
        return otherwise
    return otherwise.parent / Path(value).expanduser()


def _text(settings: dict[str, Any], key: str, otherwise: str, problems: list[str]) -> str:
    value = settings.pop(key, otherwise)
    if not isinstance(value, str) or not value.isprintable():
        problems.append(f"{key} must be text")
        return otherwise
    return value


def _number(settings: dict[str, Any], key: str, otherwise: int, most: int, problems: list[str]) -> int:
    value = settings.pop(key, otherwise)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        problems.append(f"{key} must be a number from 1 to {most}")
        return otherwise
    return value


def _list(
    settings: dict[str, Any], key: str, otherwise: tuple[str, ...], problems: list[str]
) -> tuple[str, ...]:
    value = settings.pop(key, list(otherwise))
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        problems.append(f"{key} must be a list of texts")
        return otherwise
    return tuple(value)


def _zone(name: object, problems: list[str]) -> ZoneInfo:
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        problems.append("zone is not a time zone")
        return ZoneInfo("UTC")


def _addresses(settings: dict[str, Any], key: str, problems: list[str]) -> tuple[str, ...]:
    found = _list(settings, key, (), problems)
    problems += [f"{key}: {one!r} is not an e-mail address" for one in found if not is_address(one)]
    return found


def _networks(settings: dict[str, Any], key: str, problems: list[str]) -> tuple[str, ...]:
    found = _list(settings, key, (), problems)
    for one in found:
        try:
            network(one)
        except ValueError:
            problems.append(f"{key}: {one!r} is not a network")
    return found


def _language(name: object, problems: list[str]) -> Language:
    try:
        return Language(str(name))
    except ValueError:
        problems.append("language must be nl or en")
        return Language.DUTCH
