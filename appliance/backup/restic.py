"""The restic program: encrypted, incremental repositories, at a target or on a disk.

Nothing secret stands in an argument or in the environment but what restic takes nowhere else: the
password goes through a pipe, the credentials of a server through the environment of that one process.
"""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from appliance.domain.backup import Snapshot, Target, TargetKind
from appliance.domain.errors import Fault, Mistake

PROGRAM = "restic"
_NO_REPOSITORY = ("unable to open config file", "Is there a repository at the following location")
_WRONG_PASSWORD = ("wrong password", "no key found")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a backup has come. Sizes in bytes; share: 0 to 1."""

    share: float
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Made:
    """What a backup came to. added: bytes that were new at the target."""

    snapshot: str
    files: int
    new_files: int
    bytes: int
    added: int


def require_program() -> None:
    """Refuse to begin without restic.

    Raises:
        Mistake: when it is not installed.
    """
    if shutil.which(PROGRAM) is None:
        raise Mistake("backup:no_restic", "restic is not installed.", "Install it: apt install restic.")


class Repository:
    """One restic repository. part: which of those side by side at the target."""

    def __init__(self, target: Target, part: str, password: str, cache: Path) -> None:
        self._target = target
        self._part = part
        self._password = password
        self._cache = cache

    def exists(self) -> bool:
        """Whether there is a repository, and the password opens it.

        Raises:
            Fault: when the target cannot be reached, or the password is another's.
        """
        done = self._run(["cat", "config"])
        if done.returncode == 0:
            return True
        if any(said in done.stderr for said in _NO_REPOSITORY):
            return False
        raise _failed(done.stderr)

    def make(self) -> None:
        """Make the repository, if there is none."""
        if not self.exists():
            self._must(["init"])

    def unlock(self) -> None:
        """Remove locks of runs that were killed; those of runs that live stay."""
        self._must(["unlock"])

    def back_up(
        self,
        folder: Path,
        names: Sequence[str],
        *,
        tag: str,
        on_progress: Callable[[Progress], None] = lambda _progress: None,
    ) -> Made:
        """Add a snapshot of some names in a folder.

        What an interrupted one sent is found again, but for at most the last ten minutes of it: restic
        writes its index that often.

        Raises:
            Fault: when not all of it arrived.
        """
        wanted = ["backup", "--json", "--host", "portretkluis", "--tag", tag, *names]
        summary: dict[str, object] = {}
        with self._started(wanted, cwd=folder) as running:
            assert running.stdout is not None  # noqa: S101 - a pipe was asked for
            for line in running.stdout:
                told = _json(line)
                if told.get("message_type") == "status":
                    on_progress(_progress(told))
                elif told.get("message_type") == "summary":
                    summary = told
            _, complaint = running.communicate()
        if running.returncode != 0 or not summary:
            raise _failed(complaint)
        return _made(summary)

    def snapshots(self, tag: str) -> tuple[Snapshot, ...]:
        """The snapshots with a tag, oldest first."""
        told = self._must(["snapshots", "--json", "--tag", tag])
        found = [Snapshot(row["id"], datetime.fromisoformat(_short(row["time"]))) for row in json.loads(told)]
        return tuple(sorted(found, key=lambda one: one.made_at))

    def restore(self, snapshot: str, into: Path, names: Sequence[str] = ()) -> bool:
        """Write a snapshot, or some names in it, into a folder. Returns whether restic had no complaint.

        What it complains of is found again by whoever checks the files: each by its own hash.
        """
        only = [part for name in names for part in ("--include", f"/{name}")]
        done = self._run(["restore", snapshot, "--target", str(into), *only])
        if any(said in done.stderr for said in (*_NO_REPOSITORY, *_WRONG_PASSWORD)):
            raise _failed(done.stderr)
        return done.returncode == 0

    def forget(self, days: int) -> None:
        """Drop snapshots older than some days, and what only they needed; never the newest.

        Raises:
            Fault: when the target does not let it.
        """
        self._must(
            ["forget", "--keep-within", f"{days}d", "--keep-last", "1", "--group-by", "tags", "--prune"]
        )

    def _must(self, arguments: Sequence[str]) -> str:
        done = self._run(arguments)
        if done.returncode != 0:
            raise _failed(done.stderr)
        return done.stdout

    def _run(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        with self._started(arguments) as running:
            out, complaint = running.communicate()
        return subprocess.CompletedProcess(list(arguments), running.returncode, out, complaint)

    @contextmanager
    def _started(self, arguments: Sequence[str], cwd: Path | None = None) -> Iterator[subprocess.Popen[str]]:
        require_program()
        limit = ["--limit-upload", str(self._target.upload)] if self._target.upload else []
        with (
            _piped(self._password) as password,
            subprocess.Popen(  # noqa: S603 - no shell, and nothing that a person typed comes first
                [PROGRAM, "--cache-dir", str(self._cache), *limit, *arguments],
                env=_environment(self._target, self._part, password),
                cwd=cwd,
                pass_fds=[password],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            ) as running,
        ):
            try:
                yield running
            finally:
                if running.poll() is None:
                    running.send_signal(signal.SIGINT)  # at which restic takes its lock away


@contextmanager
def _piped(password: str) -> Iterator[int]:
    """A descriptor from which the password can be read once."""
    reading, writing = os.pipe()
    try:
        os.write(writing, password.encode())
        os.close(writing)
        yield reading
    finally:
        os.close(reading)


def _environment(target: Target, part: str, password: int) -> Mapping[str, str]:
    found = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": "/nonexistent",
        "RESTIC_REPOSITORY": repository_address(target, part),
        "RESTIC_PASSWORD_FILE": f"/proc/self/fd/{password}",
        "RESTIC_PROGRESS_FPS": "1",
    }
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        if name in os.environ:
            found[name] = os.environ[name]
    if target.kind is TargetKind.S3:
        found |= {
            "AWS_ACCESS_KEY_ID": target.user,
            "AWS_SECRET_ACCESS_KEY": target.secret,
            "AWS_DEFAULT_REGION": target.region or "us-east-1",
        }
    return found


def repository_address(target: Target, part: str) -> str:
    """Where one of the repositories at a target is, as restic writes it."""
    place = f"{target.address.rstrip('/')}/{part}"
    if target.kind is TargetKind.DISK:
        return place
    if target.kind is TargetKind.S3:
        return f"s3:{place}"
    parts = urlsplit(place)
    account = f"{quote(target.user, safe='')}:{quote(target.secret, safe='')}@" if target.user else ""
    return f"rest:{urlunsplit(parts._replace(netloc=account + parts.netloc))}/"


def _progress(told: Mapping[str, object]) -> Progress:
    return Progress(
        float(str(told.get("percent_done", 0))),
        int(str(told.get("files_done", 0))),
        int(str(told.get("bytes_done", 0))),
    )


def _made(summary: Mapping[str, object]) -> Made:
    return Made(
        snapshot=str(summary["snapshot_id"]),
        files=int(str(summary["total_files_processed"])),
        new_files=int(str(summary["files_new"])),
        bytes=int(str(summary["total_bytes_processed"])),
        added=int(str(summary["data_added"])),
    )


def _json(line: str) -> dict[str, object]:
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _short(time: str) -> str:
    """restic writes nanoseconds, of which Python reads six digits."""
    head, _, rest = time.partition(".")
    digits = len(rest) - len(rest.lstrip("0123456789"))
    return f"{head}.{rest[:digits][:6].ljust(6, '0')}{rest[digits:]}" if digits else time


def _failed(complaint: str) -> Fault:
    """What restic complained of, by kind alone: its words may hold addresses and credentials."""
    if any(said in complaint for said in _WRONG_PASSWORD):
        return Fault(
            "backup:wrong_key",
            "The backups at this target do not open with this key.",
            "They may be another safe's; give the target an address of its own.",
        )
    if any(said in complaint for said in ("403", "401", "Access Denied", "AccessDenied")):
        return Fault("backup:refused", "The target refuses the box.", "Check user, secret and rights there.")
    if any(said in complaint for said in _NO_REPOSITORY):
        return Fault("backup:none", "There are no backups at this target.", "Check its address.")
    return Fault(
        "backup:failed",
        "restic could not do it.",
        "Check that the target can be reached and has room; then run it again.",
    )
