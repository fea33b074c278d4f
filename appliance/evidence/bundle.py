"""The evidence bundle: all that somebody needs to check a signing without the box, as one ZIP file."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files

from appliance.domain.consent import Quitclaim
from appliance.domain.errors import Tampered
from appliance.evidence import standalone_verifier as verifier
from appliance.evidence.records import quitclaim_json
from appliance.evidence.seals import Seal, in_groups

VERIFIER = "standalone_verifier.py"
README = "README.txt"
ALGORITHMS = {
    "hash": "SHA-256",
    "seal": "ECDSA P-256 with SHA-256 (PAdES B-B, CMS)",
    "manifest": "ECDSA P-256 with SHA-256",
}
_README = """BEWIJS VAN EEN ONDERTEKENING / EVIDENCE OF A SIGNING
=====================================================

Nederlands
----------
document.pdf          het getekende formulier, verzegeld, met een verslag van de ondertekening
signing.json          dezelfde gegevens voor een programma, ook de lijnen van de handtekening
template.json         de tekst die is gelezen, met de doelen en de duur
quitclaim/            elke versie van de afspraak, ook van na het tekenen, bijvoorbeeld als die is ingetrokken
certificate.pem       het certificaat van de portretkluis die dit heeft verzegeld
manifest.json         de SHA-256 van elk bestand; manifest.sig is het zegel daarop
standalone_verifier.py    het programma dat dit alles controleert

Controleren zonder de portretkluis, met Python 3.11 of nieuwer en het pakket cryptography:

    python standalone_verifier.py bundle.zip --certificate box.pem

Haal box.pem en het programma bij de organisatie, niet uit deze bundel: wie een bundel vervalst, kan ook die
vervalsen. Of vergelijk de vingerafdruk van het certificaat met die van de organisatie:

    {fingerprint}

Dit bewijst dat de portretkluis met dit certificaat deze tekst, deze antwoorden en deze handtekening heeft
verzegeld, en dat er daarna niets is veranderd. Dit bewijst niet hoe laat dat was: de tijd komt van de klok
van de portretkluis, zonder tijdstempel van een ander. Wie er tekende, is zo zeker als het verslag zegt.

English
-------
document.pdf          the signed form, sealed, with a record of the signing
signing.json          the same data for a program, the lines of the signature included
template.json         the text that was read, with the purposes and how long each lasts
quitclaim/            every version of the agreement, also of after the signing, such as when it was withdrawn
certificate.pem       the certificate of the portrait safe that sealed this
manifest.json         the SHA-256 of each file; manifest.sig is the seal on it
standalone_verifier.py    the program that checks all this

To check without the portrait safe, with Python 3.11 or newer and the package cryptography:

    python standalone_verifier.py bundle.zip --certificate box.pem

Get box.pem and the program from the organisation, not from this bundle: whoever forges a bundle can forge
those too. Or compare the fingerprint of the certificate with the one that the organisation gives:

    {fingerprint}

This proves that the portrait safe with this certificate sealed this text, these answers and this signature,
and that nothing was changed after that. It does not prove at what time that was: the time is that of the
portrait safe's clock, without a time stamp of anybody else. Who signed is as sure as the record says.
"""


def make_bundle(document: bytes, versions: Sequence[Quitclaim], seal: Seal, *, made_at: datetime) -> bytes:
    """The bundle of one sealed document, as a ZIP; the same input gives the same bytes.

    versions: every version of the quitclaim, oldest first. seal: the one that sealed the document.

    Raises:
        Tampered: when the document does not come apart as it should.
    """
    try:
        attached = verifier.opened(document).attachments
        inside = {name: attached[name] for name in (verifier.SIGNING, verifier.TEMPLATE)}
    except (verifier.Refused, KeyError) as problem:
        raise Tampered(
            "evidence:damaged", "The sealed document is damaged.", "Restore it from a backup."
        ) from problem
    contents = {
        verifier.DOCUMENT: document,
        **inside,
        **{f"quitclaim/{version.version:04}.json": quitclaim_json(version) for version in versions},
        verifier.CERTIFICATE: seal.pem,
        VERIFIER: standalone_verifier(),
        README: _README.format(fingerprint=in_groups(seal.fingerprint)).encode("utf-8"),
    }
    manifest = _manifest(contents, made_at)
    return _zipped(
        {**contents, verifier.MANIFEST: manifest, verifier.MANIFEST_SEAL: seal.sign(manifest)}, made_at
    )


def standalone_verifier() -> bytes:
    """The program that checks bundles without the box, to be handed out beside the certificate."""
    return (files("appliance.evidence") / VERIFIER).read_bytes()


def _manifest(contents: Mapping[str, bytes], made_at: datetime) -> bytes:
    listed = {
        "format": verifier.FORMAT,
        "made_at": made_at.astimezone(UTC).isoformat(timespec="seconds"),
        "algorithms": ALGORITHMS,
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()},
    }
    return json.dumps(listed, indent=2, sort_keys=True).encode("ascii") + b"\n"


def _zipped(contents: Mapping[str, bytes], made_at: datetime) -> bytes:
    output = io.BytesIO()
    moment = made_at.astimezone(UTC).timetuple()[:6]
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return output.getvalue()
