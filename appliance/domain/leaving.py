"""Leaving with everything: which tables go into an export of the whole safe, and what stays behind.

Every table of the database stands here once, so that a new one cannot be forgotten, nor let out by accident.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

FORMAT = 1


class Travel(StrEnum):
    """What becomes of a table."""

    WHOLE = "whole"  # it leaves, and a new safe takes it in
    TOLD = "told"  # it leaves to be read; a new safe begins its own
    AGAIN = "again"  # it follows from the others, and is made again
    STAYS = "stays"  # secrets, and what was on its way


# In the order in which a new safe takes them in: what is counted by triggers comes before what they count.
TABLES: Mapping[str, Travel] = {
    **dict.fromkeys(
        (
            *("cameras", "departments", "tags"),
            *("shoots", "shares", "cards", "imports", "photos", "people", "invitations"),
            *("faces", "links", "doubts", "fingerprints", "suspects", "blocked"),
            *("descriptions", "keywords", "photo_history", "photo_versions", "changes", "taken_files"),
            *("quitclaim_templates", "quitclaims", "requests", "own_links", "evidence", "scans", "alerts"),
            *("permission_lists", "permission_list_people", "releases", "recalls"),
            *("collections", "collection_photos", "collection_changes", "collection_comments"),
            *("parcels", "parcel_photos", "parcel_wishes", "notices", "moves"),
            *("search_words", "saved_searches", "retention_rules", "retention_warnings"),
            *("rights_requests", "erasures", "holds", "self_audits", "self_audit_findings"),
            *("self_audit_sample", "users", "groups", "group_members", "grants", "digests"),
            *("settings", "audit", "audit_heads"),
        ),
        Travel.WHOLE,
    ),
    **dict.fromkeys(
        ("backup_targets", "duty_runs", "messages", "proposals", "tokens", "webhooks", "webhook_deliveries"),
        Travel.TOLD,
    ),
    **dict.fromkeys(("files", "lights", "lights_of_any", "light_counts", "shown"), Travel.AGAIN),
    **dict.fromkeys(
        (
            *("sessions", "sign_in_failures", "authenticators", "passkeys", "recovery_codes", "challenges"),
            *("codes", "parcel_visits", "uploads", "upload_parts", "templates", "reference_templates"),
        ),
        Travel.STAYS,
    ),
}
# Of the search for words, and SQLite's own.
_AGAIN = re.compile(r"(name|told)_words(_[a-z]+)?|sqlite_.+")

# What a column holds in an export instead of a secret. None: the column is left out.
HIDDEN: Mapping[str, Mapping[str, str | None]] = {
    "backup_targets": {"secret": ""},
    "evidence": {"place": None, "wrapped_key": None},
    "messages": {"text": ""},  # personal links stand in it
    "parcels": {"password_hash": ""},
    "photos": {"wrapped_key": None},
    "scans": {"place": None, "wrapped_key": None},
    "shares": {"password": ""},
    "tokens": {"secret_hash": ""},
    "users": {"password_hash": "", "openid": None},
    "webhooks": {"secret": ""},
}
# The settings that hold no secret, and that nobody has to agree to anew.
SETTINGS = frozenset({"intake", "sign_in", "watermark"})
# What a new safe has of its own before anything is taken in.
OWN_TABLES = frozenset({"users", "groups", "group_members", "grants", "settings", "audit", "audit_heads"})


def travel(table: str) -> Travel | None:
    """What becomes of a table; None when nobody said so yet."""
    return Travel.AGAIN if _AGAIN.fullmatch(table) else TABLES.get(table)


class FileKind(StrEnum):
    """What a file of an export is."""

    ORIGINAL = "original"
    SIDECAR = "sidecar"  # as it came with the original
    PROXY = "proxy"
    THUMBNAIL = "thumbnail"
    DOCUMENT = "document"
    SCAN = "scan"


FOLDER_OF: Mapping[FileKind, tuple[str, str]] = {
    FileKind.PROXY: ("previews", ".jpg"),
    FileKind.THUMBNAIL: ("thumbnails", ".jpg"),
    FileKind.DOCUMENT: ("documents", ".pdf"),
    FileKind.SCAN: ("scans", ".jpg"),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """An encrypted file of the safe. thing: id of the photo, document or scan; day, name: of the photo."""

    kind: FileKind
    thing: str
    place: str
    size: int
    sha256: str
    wrapped_key: bytes
    day: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A file with its path in the folder."""

    path: str
    kept: Kept


_LONGEST_STEM = 100
_LONGEST_SUFFIX = 8
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def safe_name(name: str) -> str:
    """A file's name that every file system takes, and that leads nowhere: Latin letters, digits, . - _.

    Windows reserves names, and takes no capitals apart; older systems cut long ones.
    """
    last = re.split(r"[/\\]", name)[-1]
    plain = unicodedata.normalize("NFKD", last).encode("ascii", "ignore").decode("ascii")
    cleaned = re.sub(r"[^A-Za-z0-9._-]+", "_", plain)
    stem, dot, suffix = cleaned.rpartition(".")
    if not dot:
        stem, suffix = cleaned, ""
    stem = stem.replace(".", "_").strip("_")[:_LONGEST_STEM]
    if not stem or _RESERVED.fullmatch(stem):
        stem = f"photo_{stem}".rstrip("_")
    return f"{stem}.{suffix[:_LONGEST_SUFFIX]}" if suffix else stem


def outgoing(kept: Iterable[Kept]) -> Iterator[Outgoing]:
    """Where each file lies in the folder. kept: the original of a photo comes before its other files.

    A photo lies under the day on which it was taken; of two with one name, the later one gets its id.
    """
    taken: set[str] = set()
    photo = ""
    for file in kept:
        if file.kind in FOLDER_OF:
            folder, suffix = FOLDER_OF[file.kind]
            yield Outgoing(f"{folder}/{file.thing}{suffix}", file)
        elif file.kind is FileKind.SIDECAR:
            yield Outgoing(f"{photo}.camera.xmp", file)
        else:
            photo = _photo_path(file, taken)
            taken.add(photo.lower())
            yield Outgoing(photo, file)


def _photo_path(file: Kept, taken: Collection[str]) -> str:
    folder, name = f"photos/{file.day[:4]}/{file.day}", safe_name(file.name)
    if f"{folder}/{name}".lower() in taken:
        stem, dot, suffix = name.rpartition(".")
        name = f"{stem}-{file.thing}.{suffix}" if dot else f"{name}-{file.thing}"
    return f"{folder}/{name}"
