"""The journal of erasures: beside the database, and in every backup, so that an older database is told.

One JSON line each, of opaque ids alone; added at the end and synced before the erasure counts as done.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from appliance.domain.erasure import Erasure
from appliance.store.erasures import from_row, to_row


def write_journal(path: Path, erasures: Iterable[Erasure]) -> None:
    """Add to the journal what it does not have yet."""
    known = {one.id for one in read_journal(path)}
    lines = [json.dumps(to_row(one)) for one in erasures if one.id not in known]
    if not lines:
        return
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a") as stream:
        stream.write("".join(f"{line}\n" for line in lines))
        stream.flush()
        os.fsync(stream.fileno())


def read_journal(path: Path) -> tuple[Erasure, ...]:
    """What the journal has. A last line that a power cut left half is left out: its erasure had not begun."""
    found = []
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        try:
            found.append(from_row(json.loads(line)))
        except ValueError:
            continue
    return tuple(found)
