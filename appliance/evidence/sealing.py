"""The box's maker of sealed documents, ready to be handed around before it is needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from appliance.domain.release import Receipt
from appliance.domain.signing import Signing
from appliance.domain.templates import Template
from appliance.domain.wording import Language
from appliance.evidence.receipts import receipt_json
from appliance.evidence.seals import Seal


@dataclass(frozen=True, slots=True)
class Sealer:
    """Makes signed forms with the seal of the box. zone: of the office, in which days and hours are told."""

    seal: Seal
    zone: tzinfo

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, hexadecimal."""
        return self.seal.fingerprint

    @property
    def organisation(self) -> str:
        """Whose seal it is."""
        return self.seal.organisation

    @property
    def certificate(self) -> bytes:
        """The certificate (PEM), to hand out."""
        return self.seal.pem

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
        """A sealed certificate; see `certificate_pdf`."""
        from appliance.evidence.certificates import Certificate, certificate_pdf  # noqa: PLC0415 - as below

        made = Certificate(title, introduction, rows, notes, language, made_at)
        return certificate_pdf(made, organisation=self.organisation, seal=self.seal, zone=self.zone)

    def letter(
        self, title: str, paragraphs: Sequence[str], *, language: Language, made_at: datetime
    ) -> bytes:
        """A sealed letter; see `letter_pdf`."""
        from appliance.evidence.letters import letter_pdf  # noqa: PLC0415 - as below

        return letter_pdf(
            title,
            paragraphs,
            language=language,
            made_at=made_at,
            organisation=self.organisation,
            seal=self.seal,
            zone=self.zone,
        )

    def receipt(self, receipt: Receipt) -> bytes:
        """The sealed receipt of a release; see `receipt_json`."""
        return receipt_json(receipt, self.seal)

    def document(
        self,
        template: Template,
        signing: Signing,
        scans: Sequence[bytes] = (),
        paper_day: date | None = None,
    ) -> bytes:
        """The signed form as a sealed PDF; see `signed_form`."""
        # Here and not above: pyHanko and reportlab take a second, which not every command should wait.
        from appliance.evidence.documents import signed_form  # noqa: PLC0415

        return signed_form(
            template, signing, seal=self.seal, zone=self.zone, scans=scans, paper_day=paper_day
        )
