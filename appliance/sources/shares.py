"""Files on a share: listed, read whole, and put aside once they are in the safe; by a path, or over SMB.

One contract, two ways: a folder of this machine, which may be a share that it mounted, and a file server that
is spoken to directly, with SMB 3 and encryption, so that nothing has to be mounted and no password leaves
this process.
"""

import ntpath
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Protocol

import smbclient
from smbprotocol.exceptions import SMBAuthenticationError, SMBException, SMBOSError, SMBResponseException
from spnego.exceptions import SpnegoError

from appliance.domain.errors import Fault, Mistake, Unreadable
from appliance.domain.shares import Share, SmbPlace
from appliance.sources.folders import Medium, is_photo, is_shown, mark_of, photos_in, sidecar_names

PUT_ASIDE = "In Portretkluis"  # beside the files; it is not looked into again
_CONNECTS_WITHIN = 20  # seconds
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file that by its name may be a photo. path: below the share, parts separated by "/".

    sidecars: paths of XMP files beside it, the nearest first. state: differs whenever it or one of them does.
    """

    path: str
    bytes: int
    modified_at: float
    sidecars: tuple[str, ...] = ()
    state: tuple[object, ...] = ()

    @property
    def name(self) -> str:
        """The file's name."""
        return PurePosixPath(self.path).name

    @property
    def mark(self) -> str:
        """By which it is known again."""
        return mark_of(self.path, self.bytes, self.modified_at)


class Source(Protocol):
    """What both ways can do."""

    def files(self) -> list[SharedFile]:
        """Everything that may be a photo.

        Raises:
            Fault: when the share is gone or cannot be read.
        """

    def read(self, path: str, most: int) -> bytes:
        """A file's bytes.

        Raises:
            Unreadable: when it went, cannot be read, or has more than `most`.
            Fault: when the share is gone.
        """

    def put_aside(self, file: SharedFile) -> None:
        """Move a file and its sidecars to the folder beside; under another name where its own is taken.

        Raises:
            Fault: when that is not allowed, or the share is gone.
        """


def gone() -> Fault:
    """What is told when a share does not answer. The server's own words stay out of it."""
    return Fault(
        "share:gone", "The share does not answer.", "Check that it is on; it is tried again by itself."
    )


def _not_moved() -> Fault:
    return Fault(
        "share:not_moved",
        "A file that is in the safe could not be moved on its share.",
        "Give the box the right to write there, or let the files stay.",
    )


def _unreadable() -> Unreadable:
    return Unreadable("photo:unreadable", "The file cannot be read from the share.", "Check its rights.")


def _free_name(name: str, taken: Collection[str]) -> str:
    """A name that nobody has yet, whatever the case of its letters, so that nothing is overwritten."""
    folded = {one.casefold() for one in taken}
    stem, ending = os.path.splitext(name)  # noqa: PTH122 - of a name on another system, which is no path here
    names = (name, *(f"{stem} ({number}){ending}" for number in range(2, 10_000)))
    return next(one for one in names if one.casefold() not in folded)


# A folder of this machine.


class FolderSource:
    """A folder, by its path. No link is followed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._medium = Medium(root, 0)

    def files(self) -> list[SharedFile]:
        """See Source."""
        try:
            self._medium = Medium.of(self._root)
            found = [one for one in photos_in(self._root) if PUT_ASIDE not in one.path.parts]
        except (OSError, Fault) as problem:
            raise gone() from problem
        return [
            SharedFile(
                path=one.path.relative_to(self._root).as_posix(),
                bytes=one.bytes,
                modified_at=one.modified_at,
                sidecars=tuple(path.relative_to(self._root).as_posix() for path in one.sidecars),
                state=(one.bytes, one.modified_at, *(_state(path) for path in one.sidecars)),
            )
            for one in found
        ]

    def read(self, path: str, most: int) -> bytes:
        """See Source."""
        try:
            handle = os.open(self._root / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            with os.fdopen(handle, "rb") as stream:
                return _whole(stream, most)
        except OSError as problem:
            if not self._medium.is_there():
                raise gone() from problem
            raise _unreadable() from problem

    def put_aside(self, file: SharedFile) -> None:
        """See Source."""
        try:
            for path in (file.path, *file.sidecars):
                target = (self._root / PUT_ASIDE / path).parent
                target.mkdir(parents=True, exist_ok=True)
                (self._root / path).rename(
                    target / _free_name(path.rpartition("/")[2], {one.name for one in target.iterdir()})
                )
        except OSError as problem:
            raise _not_moved() from problem


def _state(path: Path) -> tuple[object, ...]:
    try:
        found = path.lstat()
    except OSError:
        return ("gone",)
    return found.st_size, found.st_mtime


def _whole(stream: BinaryIO, most: int) -> bytes:
    data = stream.read(most + 1)
    if len(data) > most:
        raise Unreadable(
            "photo:too_large", "The file is larger than is allowed.", "Check that it is a photo."
        )
    return data


# A file server.

_NOT_LET_IN = frozenset(
    {
        0xC0000022,  # STATUS_ACCESS_DENIED
        0xC000006D,  # STATUS_LOGON_FAILURE
        0xC000006E,  # STATUS_ACCOUNT_RESTRICTION
        0xC0000071,  # STATUS_PASSWORD_EXPIRED
        0xC0000072,  # STATUS_ACCOUNT_DISABLED
        0xC0000193,  # STATUS_ACCOUNT_EXPIRED
        0xC0000234,  # STATUS_ACCOUNT_LOCKED_OUT
        0xC00000CC,  # STATUS_BAD_NETWORK_NAME
    }
)


class SmbSource:
    """A folder on a file server. Use `smb_source`, which connects."""

    def __init__(self, place: SmbPlace, options: Mapping[str, Any]) -> None:
        self._root = ntpath.join(rf"\\{place.host}\{place.share}", *place.folder.split("/"))
        self._options = options

    def files(self) -> list[SharedFile]:
        """See Source."""
        try:
            with _server_errors():
                return list(self._below("", 0))
        except SMBOSError as problem:
            if problem.ntstatus in _NOT_LET_IN:
                raise _refused() from problem
            raise Mistake(
                "share:no_folder",
                "There is no such folder on the share, or it cannot be read.",
                "Check its name, and what this user may read.",
            ) from problem

    def _below(self, folder: str, depth: int) -> Iterator[SharedFile]:
        entries = sorted(
            smbclient.scandir(self._path(folder), **self._options), key=lambda one: str(one.name)
        )
        plain = {one.name: one.smb_info for one in entries if one.is_file(follow_symlinks=False)}
        for name, info in plain.items():
            if is_photo(name):
                beside = tuple(sidecar_names(name, plain))
                yield SharedFile(
                    path=_joined(folder, name),
                    bytes=info.end_of_file,
                    modified_at=info.last_write_time.timestamp(),
                    sidecars=tuple(_joined(folder, one) for one in beside),
                    state=tuple(
                        (plain[one].end_of_file, plain[one].last_write_time) for one in (name, *beside)
                    ),
                )
        for entry in entries:
            if depth < _DEEPEST and _is_looked_into(entry):
                yield from self._below(_joined(folder, entry.name), depth + 1)

    def read(self, path: str, most: int) -> bytes:
        """See Source."""
        try:
            with (
                _server_errors(),
                smbclient.open_file(self._path(path), mode="rb", share_access="r", **self._options) as stream,
            ):
                return _whole(stream, most)
        except SMBOSError as problem:  # also while somebody else has it open to write
            raise _unreadable() from problem

    def put_aside(self, file: SharedFile) -> None:
        """See Source."""
        try:
            with _server_errors():
                for path in (file.path, *file.sidecars):
                    self._move(path)
        except SMBOSError as problem:
            raise _not_moved() from problem

    def _move(self, path: str) -> None:
        folder = _joined(PUT_ASIDE, path).rpartition("/")[0]
        smbclient.makedirs(self._path(folder), exist_ok=True, **self._options)
        name = _free_name(path.rpartition("/")[2], smbclient.listdir(self._path(folder), **self._options))
        smbclient.rename(self._path(path), self._path(_joined(folder, name)), **self._options)

    def _path(self, path: str) -> str:
        return ntpath.join(self._root, *path.split("/")) if path else self._root


def _is_looked_into(entry: Any) -> bool:
    name = str(entry.name)
    return entry.is_dir(follow_symlinks=False) and is_shown(name) and name != PUT_ASIDE


@contextmanager
def smb_source(place: SmbPlace, user: str, password: str) -> Iterator[SmbSource]:
    """A connection to a file server, signed and encrypted, or none.

    Raises:
        Fault: when it does not answer, or does not encrypt.
        Mistake: when it does not let this user in.
    """
    cache: dict[str, Any] = {}
    options = {
        "username": user,
        "password": password,
        "port": place.port,
        "encrypt": True,
        "connection_cache": cache,
    }
    try:
        with _server_errors():
            smbclient.register_session(place.host, connection_timeout=_CONNECTS_WITHIN, **options)
        yield SmbSource(place, options)
    finally:
        smbclient.reset_connection_cache(fail_on_error=False, connection_cache=cache)


@contextmanager
def _server_errors() -> Iterator[None]:
    """What the library says of the server, as an error of ours; of one file (SMBOSError) it is left."""
    try:
        yield
    except SMBOSError:
        raise
    except (SpnegoError, SMBAuthenticationError) as problem:
        raise _refused() from problem
    except SMBResponseException as problem:
        raise (_refused() if problem.status in _NOT_LET_IN else gone()) from problem
    except (SMBException, ValueError, OSError) as problem:
        raise gone() from problem


def _refused() -> Mistake:
    return Mistake(
        "share:refused",
        "The file server does not let the box in.",
        "Check the user name, the password and the name of the share.",
    )


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


@contextmanager
def connected(share: Share) -> Iterator[Source]:
    """A share, to be read.

    Raises:
        Fault, Mistake: as `smb_source` does.
    """
    place = share.smb
    if place is None:
        yield FolderSource(Path(share.place))
        return
    with smb_source(place, share.user, share.password) as source:
        yield source
