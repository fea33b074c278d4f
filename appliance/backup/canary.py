"""The canary: the box tries to destroy a marker with its own credentials. Being refused is the pass.

The marker lies in a repository of its own beside the backups, so that a target without protection loses
the marker and nothing else.
"""

import hashlib
import secrets
from base64 import b64encode
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from appliance.backup.s3 import LOCK_MODE, Bucket
from appliance.backup.wire import Answer, ask
from appliance.domain.backup import Attempt, Target, TargetKind, Try, lock_until
from appliance.domain.errors import Fault

PART = "canary"


def tries(target: Target, now: datetime) -> tuple[Try, ...]:
    """Write a marker and try to destroy it; one answer for each attempt.

    Raises:
        Fault: when no marker can be written, so that nothing is known.
    """
    if target.kind is TargetKind.S3:
        return _on_bucket(Bucket(target), target, now)
    return _on_rest(_Rest(target))


def _on_bucket(bucket: Bucket, target: Target, now: datetime) -> tuple[Try, ...]:
    key, first = f"{bucket.prefix}{PART}/marker", secrets.token_bytes(32)
    written = bucket.ask("PUT", key, now, body=first)
    version = written.headers.get("x-amz-version-id", "")
    if not written.done or not version:
        raise _no_marker()
    bucket.lock(key, lock_until(now, target.days), now, version=version)
    of_this = {"versionId": version}
    locked = bucket.ask("HEAD", key, now, query=of_this).headers.get(LOCK_MODE) == "COMPLIANCE"
    soon = now + timedelta(days=1)
    shortened = bucket.lock(key, soon, now, version=version)
    weakened = bucket.lock(key, soon, now, version=version, mode="GOVERNANCE")
    bucket.ask("PUT", key, now, body=secrets.token_bytes(32))
    overwritten = bucket.ask("GET", key, now, query=of_this).body != first
    bypassing = {"x-amz-bypass-governance-retention": "true"}
    deleted = bucket.ask("DELETE", key, now, query=of_this, headers=bypassing).done
    gone = bucket.ask("GET", key, now, query=of_this).body != first
    return (
        Try(Attempt.LOCKED, locked),
        Try(Attempt.SHORTEN, not (shortened or weakened)),
        Try(Attempt.OVERWRITE, not overwritten),
        Try(Attempt.DELETE, not (deleted or gone)),
    )


class _Rest:
    """The REST protocol of restic, as far as the canary needs it
    (https://restic.readthedocs.io/en/stable/100_references.html#rest-backend)."""

    def __init__(self, target: Target) -> None:
        parts = urlsplit(target.address)
        self._server = parts
        self._path = f"{parts.path.rstrip('/')}/{PART}/"
        account = f"{target.user}:{target.secret}".encode()
        self._headers = {"Authorization": f"Basic {b64encode(account).decode()}"} if target.user else {}

    def ask(self, method: str, what: str, body: bytes = b"") -> Answer:
        """One answer about something in the marker's repository."""
        return ask(self._server, method, self._path + what, self._headers, body)


def _on_rest(server: _Rest) -> tuple[Try, ...]:
    server.ask("POST", "?create=true")
    marker = secrets.token_bytes(32)
    place = f"data/{hashlib.sha256(marker).hexdigest()}"
    if not server.ask("POST", place, marker).done or server.ask("GET", place).body != marker:
        raise _no_marker()
    server.ask("POST", place, secrets.token_bytes(32))
    overwritten = server.ask("GET", place).body != marker
    if overwritten:
        server.ask("POST", place, marker)
    deleted = server.ask("DELETE", place).done or server.ask("GET", place).body != marker
    return Try(Attempt.OVERWRITE, not overwritten), Try(Attempt.DELETE, not deleted)


def _no_marker() -> Fault:
    return Fault(
        "backup:no_marker",
        "The target does not take the marker of the canary.",
        "Check that the box may write there; for a bucket, that it has versions.",
    )
