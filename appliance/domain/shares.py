"""Shares and folders from which photos are taken by themselves: where they are, and the rule for each."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from urllib.parse import quote, unquote, urlsplit

from appliance.domain.collections import CollectionId
from appliance.domain.errors import Mistake
from appliance.domain.photos import ShootId

ShareId = NewType("ShareId", str)

LONGEST_NAME = 100
SMB_PORT = 445
_HOST = re.compile(r"[A-Za-z0-9.:_-]{1,253}")
_FORBIDDEN = set('\\:*?"<>|') | {chr(code) for code in range(32)}


class After(StrEnum):
    """What becomes of a file once it is in the safe."""

    KEEP = "keep"  # it stays as it is
    MOVE = "move"  # it goes to a folder beside, so that people see what is done; nothing is deleted


@dataclass(frozen=True, slots=True)
class SmbPlace:
    """A folder on a file server."""

    host: str
    port: int
    share: str
    folder: str  # below the share, parts separated by "/"; "" is the share itself


@dataclass(frozen=True, slots=True)
class Share:
    """A place with its rule. place: a path, or smb://host/share/folder. user, password: for SMB alone."""

    id: ShareId
    name: str
    place: str
    user: str = ""
    password: str = ""
    shoot_id: ShootId | None = None
    collection_id: CollectionId | None = None
    after: After = After.KEEP
    active: bool = True

    @property
    def smb(self) -> SmbPlace | None:
        """The file server's folder; None for a folder of this machine, which may be a mounted share."""
        return smb_place(self.place) if self.place.lower().startswith("smb:") else None


def smb_place(address: str) -> SmbPlace:
    """Read smb://host[:port]/share[/folder].

    Raises:
        Mistake: when it is something else, or holds a user or a password.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or SMB_PORT
    except ValueError as problem:
        raise _bad_place() from problem
    share, *folders = [unquote(one) for one in parts.path.strip("/").split("/")]
    plain = all(one not in ("", ".", "..") and not _FORBIDDEN & set(one) for one in (share, *folders))
    clean = not parts.query and not parts.fragment and parts.username is None
    if parts.scheme != "smb" or not _HOST.fullmatch(host) or not plain or not clean:
        raise _bad_place()
    return SmbPlace(host, port, share, "/".join(folders))


def smb_address(place: SmbPlace) -> str:
    """The address of a folder on a file server."""
    host = f"[{place.host}]" if ":" in place.host else place.host
    port = "" if place.port == SMB_PORT else f":{place.port}"
    return f"smb://{host}{port}/" + "/".join(
        quote(one) for one in f"{place.share}/{place.folder}".split("/") if one
    )


def _bad_place() -> Mistake:
    return Mistake(
        "share:bad_place",
        "That is no place to take photos from.",
        "Fill in a folder such as /mnt/photos, or smb://server/share/folder without a name or password.",
    )


def require_sensible(share: Share) -> None:
    """Require a share that can work.

    Raises:
        Mistake: naming what to mend.
    """
    if not share.name.strip() or len(share.name) > LONGEST_NAME or not share.name.isprintable():
        raise Mistake(
            "share:bad_name",
            "A share needs a name.",
            "Use 1 to {most} letters.",
            values={"most": LONGEST_NAME},
        )
    if share.smb is not None:
        if not share.user or not share.password:
            raise Mistake(
                "share:no_password",
                "A file server needs a user name and a password.",
                "Ask your IT for an account that may read this folder alone.",
            )
    elif not share.place.startswith("/") or "\0" in share.place or ".." in share.place.split("/"):
        raise _bad_place()
