"""Keeping backups locked: what a new backup still needs stays locked as long as the new backup."""

from datetime import datetime, timedelta

from appliance.backup.s3 import LOCK_UNTIL, Bucket
from appliance.domain.backup import Target, lock_until
from appliance.domain.errors import Fault


def extend_locks(target: Target, now: datetime) -> int:
    """Lock every object of a bucket that is locked for less than the days that backups are kept.

    A pack that was written a month ago and that tonight's backup needs would lose its lock tonight: the
    trap of deduplication. Returns how many were locked anew.

    Raises:
        Fault: when the target refuses it.
    """
    bucket = Bucket(target)
    longer, enough = lock_until(now, target.days), now + timedelta(days=target.days)
    extended = 0
    for key in bucket.keys("", now):
        if "/locks/" in key:
            continue  # restic's own, which come and go with each run
        locked = bucket.ask("HEAD", key, now).headers.get(LOCK_UNTIL, "")
        if not locked or datetime.fromisoformat(locked) < enough:
            if not bucket.lock(key, longer, now):
                raise Fault(
                    "backup:no_lock",
                    "The bucket does not lock what the box writes.",
                    "Make it with Object Lock, and let the box set the time (s3:PutObjectRetention).",
                )
            extended += 1
    return extended
