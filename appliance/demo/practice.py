"""Practice safes: one for each newcomer, copied from one that is made ready once. No real photo is in them.

They lie below the data directory in folders of their own, each with a keyring and a database of its own, so
that nothing of them can get among the real ones. They open with the same machine's key, for what a newcomer
brings in may be a photo of somebody.
"""

import re
import secrets
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from appliance.actions.access import create_user, users
from appliance.actions.analysis import analyse, waiting
from appliance.actions.bell import Bell
from appliance.actions.intake import import_folder
from appliance.config import Config
from appliance.demo.card import FOLDER, SHOTS, make_card
from appliance.demo.story import agree, name_and_enrol
from appliance.domain.access import OPERATOR, Role, User, UserId
from appliance.domain.errors import Mistake
from appliance.store.recovery_kit import RecoveryKit
from appliance.wiring import Box, make_safe, open_box

NEWCOMER = "newcomer"
_READY, _PORTRAIT = "ready", "portrait.jpg"
_TO_BRING = SHOTS[6].file  # the one that the newcomer brings in


def practice_folder(config: Config) -> Path:
    """Where practice safes lie."""
    return config.home / "practice"


def is_ready(config: Config) -> bool:
    """Whether there is a safe to copy."""
    return (practice_folder(config) / _READY).is_dir()


def make_practice(config: Config, packages: Path | None, progress: Callable[[str], None]) -> None:
    """Make the safe that newcomers get a copy of; all copies begin anew.

    packages: a folder with the pinned packages, for a box without internet.

    Raises:
        Mistake: when the portraits or the model pack cannot be had.
    """
    remove_practice(config)
    folder = practice_folder(config)
    making = folder / "making"
    making.mkdir(mode=0o700, parents=True)
    card = make_card(making / "card", config.cache, packages, progress)
    shutil.move(card / FOLDER / _TO_BRING, folder / _PORTRAIT)
    ready = _config(config, making / "safe")
    make_safe(ready, RecoveryKit.new())
    _fill(ready, card)
    (making / "safe").rename(folder / _READY)
    shutil.rmtree(making)


def _fill(config: Config, card: Path) -> None:
    box = open_box(config)
    try:
        administrator, officer, _ = (_user(box, name, role) for name, role in _USERS.items())
        shoot_id = agree(box, administrator, officer)
        import_folder(box.safe, card, by=OPERATOR, clock=box.clock, bell=box.bell, shoot_id=shoot_id)
        examine(box, box)
        name_and_enrol(box)
    finally:
        box.close()


_USERS = {
    "administrator": Role.ADMINISTRATOR,
    "privacy officer": Role.PRIVACY_OFFICER,
    NEWCOMER: Role.EDITOR,
}


def _user(box: Box, name: str, role: Role) -> User:
    password = secrets.token_urlsafe(24)  # nobody signs in here
    return create_user(box.safe, by=OPERATOR, now=box.now(), name=name, password=password, role=role)


def examine(box: Box, equipment: Box) -> None:
    """Examine whatever waits in a practice safe. equipment: whose decoder and networks are used."""
    for photo_id in waiting(box.safe, now=box.now()):
        analyse(box.safe, equipment.decoder, equipment.analyser, photo_id, now=box.now(), day=box.today())


def open_practice(config: Config, owner: UserId, bell: Bell | None = None) -> Box:
    """Somebody's own practice safe; a new one when they have none.

    Raises:
        Mistake: when there is none to copy.
    """
    place = _place(config, owner)
    if not place.exists():
        _copy(config, place)
    return open_box(_config(config, place), bell)


def newcomer(box: Box) -> User:
    """Whom everybody is in a practice safe."""
    found = {user.name: user for user in users(box.safe, by=OPERATOR, now=box.now())}
    return found[NEWCOMER]


def portrait(config: Config) -> Path:
    """The portrait that a newcomer brings in."""
    return practice_folder(config) / _PORTRAIT


def begin_anew(config: Config, owner: UserId) -> None:
    """Throw somebody's practice safe away."""
    shutil.rmtree(_place(config, owner), ignore_errors=True)


def remove_practice(config: Config) -> None:
    """Throw every practice safe away."""
    shutil.rmtree(practice_folder(config), ignore_errors=True)


def _copy(config: Config, place: Path) -> None:
    if not is_ready(config):
        raise Mistake(
            "practice:none", "There is no practice safe on this box.", "IT makes one: `kluis practice make`."
        )
    partial = place.with_name(f"{place.name}.{secrets.token_hex(4)}")
    shutil.copytree(practice_folder(config) / _READY, partial)
    try:
        partial.rename(place)
    except OSError:  # another request was first
        shutil.rmtree(partial)


def _place(config: Config, owner: UserId) -> Path:
    if not re.fullmatch(r"[0-9a-z-]{1,64}", owner):
        raise ValueError(owner)  # no id of ours, and not to become a path
    return practice_folder(config) / f"of-{owner}"


def _config(config: Config, home: Path) -> Config:
    """The settings of a practice safe: the box's, without anybody to mail and any card."""
    return replace(
        config,
        home=home,
        organisation=config.organisation,
        alert_addresses=(),
        audit_addresses=(),
        machine_addresses=(),
        card_service=home / "no-card-service",
    )
