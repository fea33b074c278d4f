"""The end of a safe on the disk: keys first, then everything else; and it can be finished when broken off."""

import contextlib
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from appliance.domain.errors import Fault

_BEGUN = "destroyed"
_PART = 1 << 16


@dataclass(frozen=True, slots=True)
class Grave:
    """What is destroyed. keys: of the safe, its backups and its pages, in the order in which they go."""

    home: Path
    keys: tuple[Path, ...]

    @property
    def begun(self) -> bool:
        """Whether destroying it began and was not finished."""
        return (self.home / _BEGUN).exists()

    @property
    def begun_for(self) -> str:
        """Where the certificate of what was begun is to be."""
        return (self.home / _BEGUN).read_text("utf-8")


def destroy_keys(grave: Grave, certificate: str) -> tuple[Path, ...]:
    """Overwrite and remove every key, and note that it was begun. Returns those that could not be removed.

    Raises:
        Fault: when the first of them, without which nothing opens, could not be removed.
    """
    _write_synced(grave.home / _BEGUN, certificate.encode())
    left = []
    for number, path in enumerate(grave.keys):
        try:
            _shred(path)
        except FileNotFoundError:
            continue
        except OSError as problem:
            if not number:
                raise Fault(
                    "ending:keys", "The keys cannot be removed.", "Check the rights of the data directory."
                ) from problem
            left.append(path)
    _sync(grave.home)
    return tuple(left)


def remove_rest(grave: Grave) -> int:
    """Remove everything else in the data directory, the mark that it was begun last. Returns how many files.

    Raises:
        Fault: when something cannot be removed. Nothing opens it any more.
    """
    removed = 0
    try:
        for path in grave.home.iterdir():
            if path.name == _BEGUN:
                continue
            removed += sum(1 for one in _files(path))
            if path.is_dir() and not path.is_symlink():
                _remove_folder(path)
            else:
                path.unlink()
        _sync(grave.home)
        (grave.home / _BEGUN).unlink(missing_ok=True)
    except OSError as problem:
        raise Fault(
            "ending:rest",
            "The keys are gone, but not every file could be removed.",
            "Give the same command again, or remove the data directory.",
        ) from problem
    return removed


def _remove_folder(folder: Path) -> None:
    """Remove a folder with everything in it. A disk that is mounted in it is emptied, and stays mounted."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            _remove_folder(path)
        else:
            path.unlink()
    if not os.path.ismount(folder) and not any(folder.iterdir()):
        folder.rmdir()


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir() and not path.is_symlink():
        yield from (one for one in path.rglob("*") if one.is_file())
    else:
        yield path


def _shred(path: Path) -> None:
    """Overwrite and remove a file. Flash may keep old blocks; against those helps the disk's own key."""
    size = path.stat().st_size
    with contextlib.suppress(OSError), path.open("r+b") as stream:  # what is read-only is removed as it is
        for start in range(0, size, _PART):
            stream.write(secrets.token_bytes(min(_PART, size - start)))
        stream.flush()
        os.fsync(stream.fileno())
    path.unlink()


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    _sync(path.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def keys_of(home: Path, *others: Path) -> tuple[Path, ...]:
    """Every file below a data directory that may hold a key: keyrings first, then what opens them."""
    names: Sequence[str] = ("keyring.json", "backup.json", "backup-key.json", "machine.key", "key.pem")
    found = [home / "keyring.json"]
    for name in names:
        found += sorted(home.rglob(name))
    return tuple(dict.fromkeys([*found, *others]))
