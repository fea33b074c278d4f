"""Checking evidence on the box: by the stand-alone verifier, and by pyHanko as a second opinion.

The one reads the PDF and the seal by itself, the other is the library that the field uses; they share no more
than the arithmetic of ECDSA.
Neither asks the network for anything.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError

from appliance.domain.wording import Language
from appliance.evidence import standalone_verifier as verifier
from appliance.evidence.standalone_verifier import Finding

SECOND_OPINION = "second_opinion"
_NOT_UNDERSTOOD = (
    PdfError,
    SigningError,
    SignatureValidationError,
    PathError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
)
_SECOND: Mapping[bool, Mapping[Language, str]] = {
    True: {
        Language.DUTCH: "Een tweede, onafhankelijke controle van het zegel zegt hetzelfde.",
        Language.ENGLISH: "A second, independent check of the seal agrees.",
    },
    False: {
        Language.DUTCH: "Een tweede, onafhankelijke controle keurt het zegel af.",
        Language.ENGLISH: "A second, independent check refuses the seal.",
    },
}


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. compared: whether the certificate was compared with an expected one."""

    findings: tuple[Finding, ...]
    compared: bool

    @property
    def holds(self) -> bool:
        """Whether every check holds. Without a comparison, anybody could have sealed it."""
        return all(finding.holds for finding in self.findings)

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The checks that do not hold."""
        return tuple(finding for finding in self.findings if not finding.holds)


def verify_bundle(bundle: bytes, expected: str | None = None) -> Report:
    """Check a bundle. expected: fingerprint of the certificate (SHA-256, hexadecimal), where it is known."""
    findings = verifier.examine(bundle, expected)
    return _report(findings, lambda: verifier.unpacked(bundle), expected)


def verify_document(document: bytes, certificate: bytes, expected: str | None = None) -> Report:
    """Check a sealed document alone, with its own attachments. certificate: as PEM."""
    try:
        attached = verifier.opened(document).attachments
    except verifier.Refused:
        attached = {}
    files = {**attached, verifier.DOCUMENT: document, verifier.CERTIFICATE: certificate}
    return _report(tuple(verifier.examine_document(files, expected)), lambda: files, expected)


def _report(
    findings: tuple[Finding, ...], files: Callable[[], Mapping[str, bytes]], expected: str | None
) -> Report:
    """A second opinion is asked on what the first found sound; a first no is enough."""
    if all(finding.holds for finding in findings):
        findings = (*findings, _second_opinion(files()))
    return Report(findings, expected is not None)


def sentence(finding: Finding, language: Language) -> str:
    """A finding in plain words."""
    if finding.check == SECOND_OPINION:
        return _SECOND[finding.holds][language]
    return finding.sentence(language.value)


def _second_opinion(files: Mapping[str, bytes]) -> Finding:
    try:
        refused = list(_refusals(files[verifier.DOCUMENT], files[verifier.CERTIFICATE]))
    except _NOT_UNDERSTOOD as problem:
        refused = [type(problem).__name__]
    return Finding(SECOND_OPINION, not refused, ", ".join(refused))


def _refusals(document: bytes, certificate: bytes) -> Iterator[str]:
    """What pyHanko holds against a document; nothing, if it is sound."""
    signatures = PdfFileReader(io.BytesIO(document)).embedded_signatures
    if len(signatures) != 1:
        yield f"it has {len(signatures)} seals"
        return
    (signature,) = signatures
    root = asn1_x509.Certificate.load(pem.unarmor(certificate)[2])
    moment = signature.self_reported_timestamp
    if not isinstance(moment, datetime):
        yield "it does not say when it was sealed"
        return
    context = ValidationContext(trust_roots=[root], allow_fetching=False, moment=moment)
    status = validate_pdf_signature(signature, context)
    checks = {
        "changed": status.intact,
        "not sealed by the certificate": status.valid,
        "certificate not as expected": status.trusted,
        "not sealed whole": status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
        "changed against its rules": bool(status.docmdp_ok),
    }
    yield from (what for what, sound in checks.items() if not sound)
