"""Evidence: the sealed documents behind quitclaims, kept encrypted and opened for whoever may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from appliance.domain.access import WORKER, Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.consent import QuitclaimId
from appliance.domain.errors import Fault
from appliance.domain.release import Receipt
from appliance.domain.signing import Evidence, EvidenceId, RequestId, Signing
from appliance.domain.templates import Template, TemplateId
from appliance.domain.wording import Language
from appliance.evidence.bundle import VERIFIER, make_bundle, standalone_verifier
from appliance.evidence.seals import Seal, in_groups, new_seal
from appliance.store.database import Transaction
from appliance.store.ids import new_id
from appliance.store.safe import Safe

__all__ = ["VERIFIER", "in_groups", "standalone_verifier"]

_SEAL = "seal"


class Sealing(Protocol):
    """What seals documents with the box's certificate."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, hexadecimal."""

    @property
    def organisation(self) -> str:
        """The organisation that the certificate names."""

    @property
    def certificate(self) -> bytes:
        """The certificate (PEM)."""

    def receipt(self, receipt: Receipt) -> bytes:
        """The proof of a release, sealed JSON."""

    def certify(
        self,
        title: str,
        introduction: str,
        rows: Sequence[tuple[str, str]],
        notes: Sequence[str],
        *,
        language: Language,
        made_at: datetime,
    ) -> bytes:
        """A certificate of what the box did, as a sealed PDF. rows: label and value."""

    def letter(
        self, title: str, paragraphs: Sequence[str], *, language: Language, made_at: datetime
    ) -> bytes:
        """A letter in the name of the organisation, as a sealed PDF."""

    def document(
        self,
        template: Template,
        signing: Signing,
        scans: Sequence[bytes] = (),
        paper_day: date | None = None,
    ) -> bytes:
        """The signed form as a sealed PDF; of paper with its scans, and the date that stands on it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A document that was encrypted and lies on the disk; its row is yet to be written."""

    evidence: Evidence
    wrapped_key: bytes


def keep_document(
    safe: Safe, data: bytes, kind: str, quitclaim_id: QuitclaimId, version: int, seal: str, *, now: datetime
) -> Kept:
    """Encrypt a document with a key of its own. kind: signed | scan. The caller adds the row."""
    evidence_id = EvidenceId(new_id())
    key = safe.ring.new_data_key(evidence_id)
    blob = safe.blobs.write([data], key=key.plain, about=_about(evidence_id))
    evidence = Evidence(
        evidence_id, quitclaim_id, version, kind, now, blob.place, blob.bytes, blob.sha256, seal
    )
    return Kept(evidence, key.wrapped)


def add_document(
    tx: Transaction,
    kept: Kept,
    *,
    request_id: RequestId | None = None,
    template: tuple[TemplateId, int] | None = None,
) -> None:
    """Write the row of a document, in the transaction of the version that it proves."""
    tx.evidence.add(kept.evidence, kept.wrapped_key, request_id=request_id, template=template)


def evidence_of(safe: Safe, quitclaim_id: QuitclaimId, *, by: Actor, now: datetime) -> tuple[Evidence, ...]:
    """The documents behind a quitclaim, oldest version first."""
    with safe.store.look(by=by, to=Permission.QUITCLAIM_VIEW, now=now, on=quitclaim_id) as view:
        return tuple(view.evidence.of_quitclaim(quitclaim_id))


def document(
    safe: Safe,
    evidence_id: EvidenceId,
    *,
    by: Actor,
    now: datetime,
    to: Permission = Permission.EVIDENCE_VIEW,
) -> tuple[Evidence, bytes]:
    """A document's bytes. Withdrawing a consent does not take the proof of it away (P14).

    Raises:
        Tampered: when they are not what was kept.
    """
    with safe.store.begin(by=by, to=to, now=now, on=evidence_id, durable=False) as tx:
        evidence, wrapped = tx.evidence.get(evidence_id)
        key = safe.ring.unwrap(wrapped, evidence_id)
        data = safe.blobs.read(evidence.place, key=key, about=_about(evidence_id))
        tx.record(Event("evidence:view", evidence_id))
    return evidence, data


def bundle(safe: Safe, evidence_id: EvidenceId, organisation: str, *, by: Actor, now: datetime) -> bytes:
    """All that somebody needs to check a document without the box, as a ZIP with its verifier (P14).

    Raises:
        Tampered: when the document is not what was kept.
        Fault: when it was sealed with a seal that the box no longer has.
    """
    kept, data = document(safe, evidence_id, by=by, now=now)
    seal = seal_of(safe, organisation, now=now)
    if kept.seal != seal.fingerprint:
        raise Fault(
            "evidence:other_seal",
            "This document was sealed with an earlier seal of the box.",
            "The PDF itself is sound; check it with the certificate of that seal.",
        )
    with safe.store.look(by=by, to=Permission.EVIDENCE_VIEW, now=now, on=evidence_id) as view:
        versions = view.consent.versions(kept.quitclaim_id)
    return make_bundle(data, versions, seal, made_at=now)


def _about(evidence_id: EvidenceId) -> str:
    return f"{evidence_id}/document"


def seal_of(safe: Safe, organisation: str, *, now: datetime) -> Seal:
    """The box's seal, made when it is first needed, and kept in the encrypted database alone."""
    with safe.store.look(by=WORKER, to=Permission.HEALTH_VIEW, now=now) as view:
        kept = view.settings.get(_SEAL)
    if kept is not None:
        return Seal.from_bytes(kept.encode("ascii"))
    fresh = new_seal(organisation, now=now)
    with safe.store.begin(by=WORKER, to=Permission.HEALTH_VIEW, now=now) as tx:
        # Another process may have been quicker: the first one counts.
        kept = tx.settings.get(_SEAL)
        if kept is None:
            tx.settings.put(_SEAL, fresh.to_bytes().decode("ascii"))
        tx.record(Event("seal:make", detail="already" if kept else fresh.fingerprint))
    return Seal.from_bytes(kept.encode("ascii")) if kept else fresh


def seal_certificate(safe: Safe, organisation: str, *, by: Actor, now: datetime) -> bytes:
    """The certificate of the seal (PEM), to hand to whoever checks documents without the box."""
    with safe.store.look(by=by, to=Permission.QUITCLAIM_VIEW, now=now):
        pass
    return seal_of(safe, organisation, now=now).pem
