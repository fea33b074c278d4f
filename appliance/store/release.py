"""Rows of releases: the ledger of every copy that left."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from appliance.domain.consent import Purpose, QuitclaimId, Reliance
from appliance.domain.errors import Mistake
from appliance.domain.photos import PhotoId
from appliance.domain.release import (
    ColourSpace,
    Crop,
    FileFormat,
    ParcelId,
    Recipient,
    Release,
    ReleaseId,
    Shape,
    Size,
)
from appliance.store.rows import Row, Rows, instant, moment


class ReleaseRows(Rows):
    """Copies that left the safe."""

    def add(self, release: Release) -> None:
        """Note a release."""
        relied_on = [[r.quitclaim_id, r.version] for r in release.relied_on]
        self._add(
            "releases",
            {
                "id": release.id,
                "photo_id": release.photo_id,
                "purpose": release.purpose.value,
                "made_at": instant(release.made_at),
                "made_by": release.made_by,
                "sha256": release.sha256,
                "bytes": release.bytes,
                "relied_on": json.dumps(relied_on),
                "shape": json.dumps(asdict(release.shape)),
                "recipient": release.recipient.name,
                "email": release.recipient.email,
                "medium": release.medium,
                "fingerprint": release.fingerprint,
                "receipt": release.receipt,
                "share_id": release.parcel_id,
                "marked": release.marked,
            },
        )

    def get(self, release_id: ReleaseId) -> Release:
        """One release.

        Raises:
            Mistake: when there is none of that id.
        """
        self._choose(release_id)
        row = self._first("SELECT * FROM releases WHERE id = ?", release_id)
        if row is None:
            raise Mistake("release:unknown", "There is no such release.", "Check its number.")
        return _release(row)

    def of_photo(self, photo_id: PhotoId) -> list[Release]:
        """A photo's releases, newest first."""
        return _releases(
            self._all("SELECT * FROM releases WHERE photo_id = ? ORDER BY number DESC", photo_id)
        )

    def recent(self, limit: int, after: ReleaseId | None = None) -> list[Release]:
        """The latest releases, newest first, those behind `after`."""
        return _releases(
            self._all(
                "SELECT * FROM releases WHERE ?1 IS NULL"
                " OR number < (SELECT number FROM releases WHERE id = ?1) ORDER BY number DESC LIMIT ?2",
                after,
                limit,
            )
        )

    def by_sha256(self, sha256: str) -> list[Release]:
        """The releases of exactly these bytes."""
        return _releases(self._all("SELECT * FROM releases WHERE sha256 = ? ORDER BY number", sha256))

    def fingerprints(self) -> list[tuple[ReleaseId, str]]:
        """The fingerprint of every copy that has one."""
        rows = self._all("SELECT id, fingerprint FROM releases WHERE fingerprint <> '' ORDER BY number")
        return [(ReleaseId(row["id"]), row["fingerprint"]) for row in rows]

    def marked(self) -> list[ReleaseId]:
        """The copies that carry an invisible mark."""
        rows = self._all("SELECT id FROM releases WHERE marked = 1 ORDER BY number")
        return [ReleaseId(row["id"]) for row in rows]

    def count(self) -> int:
        """How many there are."""
        return self._number("SELECT count(*) FROM releases")

    def count_of_parcel(self, parcel_id: ParcelId) -> int:
        """How many copies left by a link."""
        return self._number("SELECT count(*) FROM releases WHERE share_id = ?", parcel_id)


def _releases(rows: Sequence[Row]) -> list[Release]:
    return [_release(row) for row in rows]


def _release(row: Row) -> Release:
    shape = json.loads(row["shape"])
    return Release(
        id=ReleaseId(row["id"]),
        photo_id=PhotoId(row["photo_id"]),
        purpose=Purpose(row["purpose"]),
        made_at=moment(row["made_at"]),
        made_by=row["made_by"],
        sha256=row["sha256"],
        bytes=row["bytes"],
        relied_on=tuple(
            Reliance(QuitclaimId(quitclaim_id), version)
            for quitclaim_id, version in json.loads(row["relied_on"])
        ),
        shape=Shape(
            Size(shape["size"]),
            Crop(shape["crop"]),
            FileFormat(shape["format"]),
            ColourSpace(shape["colours"]),
        ),
        recipient=Recipient(row["recipient"], row["email"]),
        medium=row["medium"],
        fingerprint=row["fingerprint"],
        receipt=row["receipt"],
        parcel_id=ParcelId(row["share_id"]) if row["share_id"] else None,
        marked=bool(row["marked"]),
    )
