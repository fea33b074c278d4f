"""A photo was found somewhere: is it a copy of ours, by its bytes, its invisible mark or its picture?"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from appliance.actions.watermarks import mark_key
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.parcels import Parcel
from appliance.domain.recalls import Recall
from appliance.domain.release import ParcelId, Release, ReleaseId
from appliance.imaging.decode import Decoder
from appliance.imaging.fingerprints import distance, fingerprint
from appliance.imaging.invisible import READ_AT, read
from appliance.store.safe import Safe

# Bits of 128 that may differ: copies of one picture, shrunk and compressed again, differ in fewer, and
# pictures that have nothing to do with each other in about half of them.
ALIKE = 16
MOST_ALIKE = 20


@dataclass(frozen=True, slots=True)
class Recognised:
    """A copy of ours that a file is, or looks like. bits: in how many of 128 the fingerprints differ.

    marked: whether the file carries the invisible mark of this very copy; then bits are not counted.
    """

    release: Release
    recall: Recall | None
    exact: bool
    bits: int
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a file is: copies of ours, surest first; or what was seen behind a share link, by its mark."""

    copies: tuple[Recognised, ...] = ()
    link: Parcel | None = None


def recognise(safe: Safe, decoder: Decoder, data: bytes, *, by: Actor, now: datetime) -> Recognition:
    """What a file is: a copy of ours to the byte; else what its mark names; else the copies it looks like.

    Raises:
        Unreadable: when it is no photo, and not a copy of ours either.
    """
    digest = hashlib.sha256(data).hexdigest()
    with safe.store.look(by=by, to=Permission.RELEASE_VIEW, now=now) as view:
        same = view.releases.by_sha256(digest)
        known = _Known(view.releases.fingerprints(), view.releases.marked(), view.parcels.ids())
    found = _Found([(one.id, 0) for one in same]) if same else _seen(safe, decoder, data, known)
    with safe.store.begin(by=by, to=Permission.RELEASE_VIEW, now=now, durable=False) as tx:
        recalled = tx.recalls.of_releases([one for one, _ in found.copies])
        copies = tuple(
            Recognised(tx.releases.get(one), recalled.get(one), bool(same), bits, one == found.mark)
            for one, bits in found.copies
        )
        link = None if copies or not found.mark else tx.parcels.get(ParcelId(found.mark))
        how = f"copies={len(copies)} exact={bool(same)} marked={bool(found.mark)}"
        tx.record(Event("release:recognise", detail=how))
    return Recognition(copies, link)


@dataclass(frozen=True, slots=True)
class _Known:
    """What a file can be: copies by fingerprint, copies by mark, and links."""

    prints: list[tuple[ReleaseId, str]]
    marked: list[ReleaseId]
    links: list[ParcelId]


@dataclass(frozen=True, slots=True)
class _Found:
    """Copies, with how many bits they differ in; and the id that a mark names, of a copy or a link."""

    copies: list[tuple[ReleaseId, int]]
    mark: str = ""


def _seen(safe: Safe, decoder: Decoder, data: bytes, known: _Known) -> _Found:
    pixels = decoder.decode(data, at_least=READ_AT).pixels
    fit = read(pixels, mark_key(safe), [*known.marked, *known.links])
    if fit is None:
        return _Found(_alike(fingerprint(pixels), known.prints))
    if fit.id not in known.marked:
        return _Found([], fit.id)
    return _Found([(ReleaseId(fit.id), 0)], fit.id)


def _alike(seen: str, known: list[tuple[ReleaseId, str]]) -> list[tuple[ReleaseId, int]]:
    near = [(one, distance(seen, other)) for one, other in known]
    return sorted((pair for pair in near if pair[1] <= ALIKE), key=lambda pair: pair[1])[:MOST_ALIKE]
