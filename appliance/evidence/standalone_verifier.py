#!/usr/bin/env python3
"""Checks an evidence bundle of a portrait safe, without the safe.

    python standalone_verifier.py bundle.zip --certificate box.pem

It needs Python 3.11 or newer and the package `cryptography`; nothing else, and no network. It reads the
sealed PDF (ISO 32000-1) and the seal in it (CMS, RFC 5652, as PAdES B-B asks) by itself, and refuses whatever
it does not understand. Exit status 0: everything fits. 1: something does not.

Get this file and the certificate from the organisation, not from the bundle that you doubt.
"""

import argparse
import hashlib
import io
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from typing import Any

try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding
except ImportError:
    sys.exit("This needs the Python package cryptography: pip install cryptography")

FORMAT = "portretkluis-evidence-1"
SIGNING_FORMAT = "portretkluis-signing-1"
DOCUMENT, SIGNING, TEMPLATE = "document.pdf", "signing.json", "template.json"
CERTIFICATE, MANIFEST, MANIFEST_SEAL = "certificate.pem", "manifest.json", "manifest.sig"
NEEDED = (DOCUMENT, SIGNING, TEMPLATE, CERTIFICATE)
MOST_BYTES = 256 << 20  # of all files of a bundle together
_DEEPEST = 40


class Refused(Exception):
    """Something does not fit, or is not understood. Its text says what, without names of people."""


class Check(StrEnum):
    """What is checked, in this order."""

    FILES = "files"
    MANIFEST = "manifest"
    CERTIFICATE = "certificate"
    WHOLE = "whole"
    UNCHANGED = "unchanged"
    SEAL = "seal"
    PERIOD = "period"
    SIGNING = "signing"
    TEXT = "text"


# What each check says when it holds, and when it does not; English, Dutch.
SENTENCES: Mapping[str, tuple[tuple[str, str], tuple[str, str]]] = {
    Check.FILES: (
        ("Every file is in the bundle and has the content that the manifest lists.",
         "Elk bestand zit in de bundel en heeft de inhoud die de lijst noemt."),
        ("A file of the bundle was changed, added or removed.",
         "Een bestand van de bundel is veranderd, toegevoegd of weggehaald."),
    ),
    Check.MANIFEST: (
        ("The manifest was sealed with this certificate.",
         "De lijst is verzegeld met dit certificaat."),
        ("The manifest was not sealed with this certificate.",
         "De lijst is niet verzegeld met dit certificaat."),
    ),
    Check.CERTIFICATE: (
        ("The certificate is the one that was expected.",
         "Het certificaat is het verwachte."),
        ("The certificate is another one than was expected.",
         "Het certificaat is een ander dan verwacht."),
    ),
    Check.WHOLE: (
        ("The seal covers the whole document, and nothing was added after it.",
         "Het zegel geldt voor het hele document, en er is niets aan toegevoegd."),
        ("The document is damaged or was added to: its seal does not cover it whole.",
         "Het document is beschadigd of er is iets aan toegevoegd: het zegel geldt niet voor het geheel."),
    ),
    Check.UNCHANGED: (
        ("The document was not changed after it was sealed.",
         "Het document is niet veranderd sinds het is verzegeld."),
        ("The document was changed after it was sealed.",
         "Het document is veranderd nadat het was verzegeld."),
    ),
    Check.SEAL: (
        ("The seal was made with the key of the certificate.",
         "Het zegel is gemaakt met de sleutel van het certificaat."),
        ("The seal was not made with the key of the certificate.",
         "Het zegel is niet gemaakt met de sleutel van het certificaat."),
    ),
    Check.PERIOD: (
        ("The certificate was valid at the time that the document names.",
         "Het certificaat was geldig op het moment dat het document noemt."),
        ("The certificate was not valid at the time that the document names.",
         "Het certificaat was niet geldig op het moment dat het document noemt."),
    ),
    Check.SIGNING: (
        ("The answers and the signature are those in the sealed document.",
         "De antwoorden en de handtekening zijn die in het verzegelde document."),
        ("The answers or the signature are not those in the sealed document.",
         "De antwoorden of de handtekening zijn niet die in het verzegelde document."),
    ),
    Check.TEXT: (
        ("The text is the one that was read before signing.",
         "De tekst is de tekst die voor het tekenen is gelezen."),
        ("The text is not the one that was read before signing.",
         "De tekst is niet de tekst die voor het tekenen is gelezen."),
    ),
}  # fmt: skip
_SOUND = ("Everything fits.", "Alles klopt.")
_UNSOUND = ("This bundle is no proof: see above.", "Deze bundel is geen bewijs: zie hierboven.")
_LANGUAGES = ("en", "nl")


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one check. note: what exactly did not fit, in English."""

    check: str
    holds: bool
    note: str = ""

    def sentence(self, language: str) -> str:
        """In plain words; language: en | nl."""
        return SENTENCES[self.check][0 if self.holds else 1][_LANGUAGES.index(language)]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed PDF, taken apart. digest: of the bytes that the seal covers."""

    digest: bytes
    seal: bytes
    said_at: datetime
    attachments: Mapping[str, bytes]


# --- the bundle -------------------------------------------------------------------------------------------


def examine(bundle: bytes, expected: str | None) -> tuple[Finding, ...]:
    """Every check of a bundle, as far as it can be read.

    expected: fingerprint of the certificate (SHA-256, hexadecimal); None leaves that check out.
    """
    try:
        files = unpacked(bundle)
    except Refused as problem:
        return (Finding(Check.FILES, False, str(problem)),)
    findings = [
        _finding(Check.FILES, lambda: require_listed(files)),
        _finding(Check.MANIFEST, lambda: _require_sealed_manifest(files)),
    ]
    return (*findings, *examine_document(files, expected))


def examine_document(files: Mapping[str, bytes], expected: str | None) -> Iterator[Finding]:
    """The checks of the document and of what belongs to it, by the names in a bundle."""
    if expected is not None:
        yield _finding(Check.CERTIFICATE, lambda: _require_certificate(files, expected))
    try:
        sealed = opened(_file(files, DOCUMENT))
    except Refused as problem:
        yield Finding(Check.WHOLE, False, str(problem))
        return
    yield Finding(Check.WHOLE, True)
    yield _finding(Check.UNCHANGED, lambda: _require_unchanged(sealed))
    yield _finding(Check.SEAL, lambda: _require_seal(sealed, _certificate(files)))
    yield _finding(Check.PERIOD, lambda: _require_period(sealed, _certificate(files)))
    yield _finding(Check.SIGNING, lambda: _require_signing(sealed, files))
    yield _finding(Check.TEXT, lambda: _require_text(sealed, files))


def _finding(check: Check, require: Callable[[], None]) -> Finding:
    try:
        require()
    except Refused as problem:
        return Finding(check, False, str(problem))
    return Finding(check, True)


def unpacked(bundle: bytes) -> dict[str, bytes]:
    """The files of a bundle by their names.

    Raises:
        Refused: when it is no sound ZIP, is too large, or has a file twice.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise Refused("the bundle is too large")
            if len({entry.filename for entry in entries}) != len(entries):
                raise Refused("a file is in the bundle twice")
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as problem:
        raise Refused("the bundle is damaged, or is no ZIP file") from problem


def require_listed(files: Mapping[str, bytes]) -> None:
    """Require that the files are those of the manifest, with the content that it lists.

    Raises:
        Refused: naming the file that is not.
    """
    listed = _json(_file(files, MANIFEST), MANIFEST)
    if listed.get("format") != FORMAT or not isinstance(listed.get("files"), dict):
        raise Refused(f"{MANIFEST} has a form that is not known")
    hashes = listed["files"]
    for name in sorted({*hashes, *NEEDED, *(files.keys() - {MANIFEST, MANIFEST_SEAL})}):
        if name not in hashes:
            raise Refused(f"{name} is not in the manifest")
        if name not in files:
            raise Refused(f"{name} is missing")
        if hashlib.sha256(files[name]).hexdigest() != hashes[name]:
            raise Refused(f"{name} has another content")


def _require_sealed_manifest(files: Mapping[str, bytes]) -> None:
    _verify(_certificate(files), _file(files, MANIFEST_SEAL), _file(files, MANIFEST))


def _require_certificate(files: Mapping[str, bytes], expected: str) -> None:
    found = fingerprint(_certificate(files))
    if found != normalised(expected):
        raise Refused(f"its fingerprint is {found}")


def _require_signing(sealed: Sealed, files: Mapping[str, bytes]) -> None:
    if sealed.attachments.get(SIGNING) != _file(files, SIGNING):
        raise Refused(f"{SIGNING} differs from the one inside the document")
    if _json(_file(files, SIGNING), SIGNING).get("format") != SIGNING_FORMAT:
        raise Refused(f"{SIGNING} has a form that is not known")


def _require_text(sealed: Sealed, files: Mapping[str, bytes]) -> None:
    """The text, the signing that names its hash, and the document must agree on it."""
    data = _file(files, TEMPLATE)
    if sealed.attachments.get(TEMPLATE) != data:
        raise Refused(f"{TEMPLATE} differs from the one inside the document")
    signing, text = _json(sealed.attachments.get(SIGNING, b""), SIGNING), _json(data, TEMPLATE)
    if hashlib.sha256(data).hexdigest() != signing.get("text_hash"):
        raise Refused(f"the SHA-256 of {TEMPLATE} is not the one that was signed")
    same = (("template_id", "template"), ("template_version", "version"), ("language", "language"))
    if any(signing.get(one) != text.get(other) for one, other in same):
        raise Refused(f"{TEMPLATE} is of another form, version or language")
    asked, answers = text.get("months"), signing.get("answers")
    if not isinstance(asked, dict) or not isinstance(answers, dict) or asked.keys() != answers.keys():
        raise Refused("the answers are not to the questions of the text")


def _file(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise Refused(f"{name} is missing")
    return files[name]


def _json(data: bytes, name: str) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as problem:
        raise Refused(f"{name} is damaged") from problem
    if not isinstance(found, dict):
        raise Refused(f"{name} has a form that is not known")
    return found


# --- the certificate --------------------------------------------------------------------------------------


def _certificate(files: Mapping[str, bytes]) -> x509.Certificate:
    return certificate_of(_file(files, CERTIFICATE))


def certificate_of(pem: bytes) -> x509.Certificate:
    """A certificate of a portrait safe: an ECDSA key on P-256, signed by itself.

    Raises:
        Refused: when it is another kind, or damaged.
    """
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        certificate.verify_directly_issued_by(certificate)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.InvalidVersion) as problem:
        raise Refused("the certificate is damaged, or was not signed by itself") from problem
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise Refused("the certificate has another kind of key than ECDSA on P-256")
    return certificate


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate (DER), hexadecimal, lower case."""
    return certificate.fingerprint(SHA256()).hex()


def normalised(typed: str) -> str:
    """A fingerprint as it is typed: spaces, colons and capitals do not matter."""
    return re.sub(r"[\s:]", "", typed).lower()


def _verify(certificate: x509.Certificate, signature: bytes, data: bytes) -> None:
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)  # noqa: S101 - certificate_of saw to it
    try:
        key.verify(signature, data, ec.ECDSA(SHA256()))
    except InvalidSignature as problem:
        raise Refused("the signature does not fit") from problem


def _require_period(sealed: Sealed, certificate: x509.Certificate) -> None:
    if not certificate.not_valid_before_utc <= sealed.said_at <= certificate.not_valid_after_utc:
        raise Refused(f"the document says {sealed.said_at.isoformat()}")


# --- the seal: CMS SignedData (RFC 5652) in DER (X.690) ---------------------------------------------------

_SEQUENCE, _SET, _INTEGER, _OCTETS, _OID = 0x30, 0x31, 0x02, 0x04, 0x06
_NULL = b"\x05\x00"
_CONTEXT_0 = 0xA0
_DATA = bytes.fromhex("2a864886f70d010701")
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_CONTENT_TYPE = bytes.fromhex("2a864886f70d010903")
_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
_SIGNING_CERTIFICATE_V2 = bytes.fromhex("2a864886f70d010910022f")  # RFC 5035
_ALGORITHM_PROTECTION = bytes.fromhex("2a864886f70d010934")  # RFC 6211
_SHA256 = bytes.fromhex("608648016503040201")
_ECDSA_WITH_SHA256 = bytes.fromhex("2a8648ce3d040302")


@dataclass(frozen=True, slots=True)
class _Node:
    """One element. whole: with its tag and length."""

    tag: int
    content: bytes
    whole: bytes

    def children(self) -> list["_Node"]:
        found, rest = [], self.content
        while rest:
            node, rest = _element(rest)
            found.append(node)
        return found


@dataclass(frozen=True, slots=True)
class _Cms:
    """What a seal says. signed: the attributes as they were signed."""

    certificate: bytes
    issuer_and_serial: bytes
    digest: bytes
    certificate_hash: bytes
    signed: bytes
    signature: bytes


def _element(data: bytes) -> tuple[_Node, bytes]:
    """The first element of DER, and what follows it."""
    if len(data) < 2 or data[0] & 0x1F == 0x1F:
        raise Refused("the seal is damaged")
    length, head = data[1], 2
    if length & 0x80:
        head += length & 0x7F
        length = int.from_bytes(data[2:head])
        shortest = 1 if length < 0x80 else 2 + (length.bit_length() + 7) // 8 - 1
        if head - 1 != shortest:
            raise Refused("the seal is not in DER")
    if len(data) < head + length:
        raise Refused("the seal is damaged")
    return _Node(data[0], data[head : head + length], data[: head + length]), data[head + length :]


def _parts(node: _Node, *tags: int) -> list[_Node]:
    """The children of a node, which must have just these tags."""
    found = node.children()
    if [one.tag for one in found] != list(tags):
        raise Refused("the seal has a part that is not known")
    return found


def _only(node: _Node, tag: int) -> _Node:
    return _parts(node, tag)[0]


def _require(node: _Node, tag: int, content: bytes, what: str) -> None:
    if (node.tag, node.content) != (tag, content):
        raise Refused(f"the seal has another {what} than is known")


def _require_algorithm(node: _Node, algorithm: bytes) -> None:
    """An AlgorithmIdentifier without parameters; NULL counts as none."""
    parts = node.children()
    if [one.whole for one in parts[1:]] not in ([], [_NULL]):
        raise Refused("the seal has an algorithm with parameters")
    _require(parts[0] if parts else node, _OID, algorithm, "algorithm")


def _cms(data: bytes) -> _Cms:
    """A seal as the portrait safe makes it: one signer, one certificate, SHA-256, ECDSA."""
    outer, padding = _element(data)
    if outer.tag != _SEQUENCE or padding.strip(b"\0"):
        raise Refused("the seal is damaged, or something follows it")
    kind, content = _parts(outer, _OID, _CONTEXT_0)
    _require(kind, _OID, _SIGNED_DATA, "kind")
    version, digests, encapsulated, certificates, signers = _parts(
        _only(content, _SEQUENCE), _INTEGER, _SET, _SEQUENCE, _CONTEXT_0, _SET
    )
    _require(version, _INTEGER, b"\1", "version")
    _require_algorithm(_only(digests, _SEQUENCE), _SHA256)
    _require(_only(encapsulated, _OID), _OID, _DATA, "content")
    signer = _only(signers, _SEQUENCE)
    version, who, digest, attributes, algorithm, signature = _parts(
        signer, _INTEGER, _SEQUENCE, _SEQUENCE, _CONTEXT_0, _SEQUENCE, _OCTETS
    )
    _require(version, _INTEGER, b"\1", "version")
    _require_algorithm(digest, _SHA256)
    _require_algorithm(algorithm, _ECDSA_WITH_SHA256)
    said = _attributes(attributes)
    return _Cms(
        certificate=_only(certificates, _SEQUENCE).whole,
        issuer_and_serial=who.content,
        digest=said[_MESSAGE_DIGEST],
        certificate_hash=said[_SIGNING_CERTIFICATE_V2],
        signed=bytes([_SET]) + attributes.whole[1:],  # RFC 5652, 5.4: signed as a SET OF
        signature=signature.content,
    )


def _attributes(node: _Node) -> dict[bytes, bytes]:
    """What the signed attributes say, each once."""
    found: dict[bytes, bytes] = {}
    for one in node.children():
        kind, values = _parts(one, _OID, _SET)
        said = values.children()
        if len(said) != 1 or kind.content in found:
            raise Refused("the seal has an attribute twice")
        found[kind.content] = _attribute(kind.content, said[0])
    if missing := {_CONTENT_TYPE, _MESSAGE_DIGEST, _SIGNING_CERTIFICATE_V2} - found.keys():
        raise Refused(f"the seal lacks {len(missing)} attributes")
    return found


def _attribute(kind: bytes, value: _Node) -> bytes:
    if kind == _CONTENT_TYPE:
        _require(value, _OID, _DATA, "content")
        return value.content
    if kind == _MESSAGE_DIGEST and value.tag == _OCTETS:
        return value.content
    if kind == _SIGNING_CERTIFICATE_V2 and value.tag == _SEQUENCE:
        return _certificate_hash(value)
    if kind == _ALGORITHM_PROTECTION and value.tag == _SEQUENCE:
        digest, algorithm = _parts(value, _SEQUENCE, _CONTEXT_0 + 1)
        _require_algorithm(digest, _SHA256)
        _require_algorithm(algorithm, _ECDSA_WITH_SHA256)
        return value.content
    raise Refused("the seal has an attribute that is not known")


def _certificate_hash(value: _Node) -> bytes:
    """SigningCertificateV2: one certificate, by its SHA-256, and perhaps its issuer and number."""
    named = _only(_only(value, _SEQUENCE), _SEQUENCE).children()
    if named and named[0].tag == _SEQUENCE:
        _require_algorithm(named.pop(0), _SHA256)
    if [one.tag for one in named] not in ([_OCTETS], [_OCTETS, _SEQUENCE]):
        raise Refused("the seal names its certificate in an unknown way")
    return named[0].content


def _require_unchanged(sealed: Sealed) -> None:
    if _cms(sealed.seal).digest != sealed.digest:
        raise Refused("its SHA-256 is not the sealed one")


def _require_seal(sealed: Sealed, certificate: x509.Certificate) -> None:
    cms = _cms(sealed.seal)
    der = certificate.public_bytes(Encoding.DER)
    if cms.certificate != der:
        raise Refused(f"the seal holds another certificate than {CERTIFICATE}")
    if cms.certificate_hash != hashlib.sha256(der).digest():
        raise Refused("the seal was made for another certificate")
    issuer = certificate.issuer.public_bytes()
    serial, rest = _element(cms.issuer_and_serial.removeprefix(issuer))
    if rest or serial.tag != _INTEGER or int.from_bytes(serial.content) != certificate.serial_number:
        raise Refused("the seal names another certificate")
    _verify(certificate, cms.signature, cms.signed)


# --- the document: PDF (ISO 32000-1), as far as the seal and the attachments need -------------------------

_SPACE = re.compile(rb"[\x00\t\n\f\r ]*")
_NAME = re.compile(rb"/([^\x00\t\n\f\r ()<>\[\]{}/%]*)")
_REFERENCE = re.compile(rb"(\d{1,10}) 0 R(?![^\x00\t\n\f\r ()<>\[\]{}/%])")
_NUMBER = re.compile(rb"[+-]?(?:\d{1,20}\.?\d{0,20}|\.\d{1,20})")
_HEXADECIMAL = re.compile(rb"<([0-9A-Fa-f\x00\t\n\f\r ]*)>")
_WORD = re.compile(rb"true|false|null")
_WORDS = {b"true": True, b"false": False, b"null": None}
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|[\x00-\xff])")
_ESCAPED = {
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"b": b"\b",
    b"f": b"\f",
    b"\n": b"",
    b"\r": b"",
    b"\r\n": b"",
}
_DATE = re.compile(r"D:(\d{14})(?:Z|([+-])(\d\d)'(\d\d)'?)")


@dataclass(frozen=True, slots=True)
class _Reference:
    number: int


@dataclass(frozen=True, slots=True)
class _Hexadecimal:
    """A string in hexadecimal digits, and where it stands with its brackets."""

    digits: bytes
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Stream:
    about: dict[str, Any]
    start: int


_SIMPLE: tuple[tuple[re.Pattern[bytes], Callable[[re.Match[bytes]], Any]], ...] = (
    (_NAME, lambda found: found[1].decode("latin-1")),
    (_HEXADECIMAL, lambda found: _Hexadecimal(found[1], found.start(), found.end())),
    (_REFERENCE, lambda found: _Reference(int(found[1]))),
    (_NUMBER, lambda found: float(found[0]) if b"." in found[0] else int(found[0])),
    (_WORD, lambda found: _WORDS[found[0]]),
)


class _Pdf:
    """The objects of a file with one cross-reference table: one that was never added to."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        found = re.search(rb"startxref\n(\d{1,10})\n%%EOF\n\Z", data[-64:])
        if not data.startswith(b"%PDF-1.") or found is None:
            raise Refused("the document is no PDF, or something follows its end")
        self._places, after = self._table(int(found[1]))
        self.trailer = self.dictionary(self._value(after)[0])
        if "Prev" in self.trailer or "XRefStm" in self.trailer or "Encrypt" in self.trailer:
            raise Refused("the document was added to, or is encrypted")

    def _table(self, place: int) -> tuple[dict[int, int], int]:
        head = re.compile(rb"xref\n0 (\d{1,7})\n").match(self._data, place)
        if head is None or int(head[1]) * 20 > len(self._data):
            raise Refused("the document has an unknown kind of table")
        first, number = head.end(), int(head[1])
        after = first + 20 * number
        entries = [self._data[first + 20 * i : first + 20 * i + 20] for i in range(number)]
        if not all(re.fullmatch(rb"\d{10} \d{5} [nf](?: \n| \r|\r\n)", entry) for entry in entries):
            raise Refused("the table of the document is damaged")
        trailer = re.compile(rb"trailer\s").match(self._data, after)
        if trailer is None:
            raise Refused("the document has more than one table")
        return {i: int(e[:10]) for i, e in enumerate(entries) if e[17:18] == b"n"}, trailer.end()

    def get(self, value: Any) -> Any:
        """What a value stands for: the object, if it is a reference."""
        if not isinstance(value, _Reference):
            return value
        place = self._places.get(value.number)
        head = re.compile(rb"%d 0 obj\s" % value.number).match(self._data, place or 0)
        if place is None or head is None:
            raise Refused("the document refers to something that is not there")
        found, after = self._value(head.end())
        stream = re.compile(rb"\s*stream\r?\n").match(self._data, after)
        return _Stream(found, stream.end()) if stream and isinstance(found, dict) else found

    def dictionary(self, value: Any) -> dict[str, Any]:
        """A value that must be a dictionary."""
        found = self.get(value)
        if not isinstance(found, dict):
            raise Refused("the document is not built as expected")
        return found

    def sequence(self, value: Any) -> list[Any]:
        """A value that must be an array."""
        found = self.get(value)
        if not isinstance(found, list):
            raise Refused("the document is not built as expected")
        return found

    def content(self, value: Any) -> bytes:
        """The bytes of a stream, unpacked."""
        stream = self.get(value)
        if not isinstance(stream, _Stream) or self.get(stream.about.get("Filter")) != "FlateDecode":
            raise Refused("an attachment is not packed as expected")
        length = self.get(stream.about.get("Length"))
        if not isinstance(length, int) or length < 0:
            raise Refused("an attachment is damaged")
        packed = zlib.decompressobj()
        try:
            data = packed.decompress(self._data[stream.start : stream.start + length], MOST_BYTES)
        except zlib.error as problem:
            raise Refused("an attachment is damaged") from problem
        if not packed.eof:
            raise Refused("an attachment is damaged, or too large")
        return data

    def _value(self, place: int, depth: int = 0) -> tuple[Any, int]:
        """The value at a place, and where it ends."""
        place = self._skip(place)
        if depth > _DEEPEST:
            raise Refused("the document is nested too deep")
        match self._data[place : place + 2]:
            case b"<<":
                return self._pairs(place + 2, depth)
            case bytes(begin) if begin[:1] == b"[":
                return self._items(place + 1, depth)
            case bytes(begin) if begin[:1] == b"(":
                return self._literal(place + 1)
        for kind, made in _SIMPLE:
            if found := kind.match(self._data, place):
                return made(found), found.end()
        raise Refused("the document has a part that is not understood")

    def _skip(self, place: int) -> int:
        found = _SPACE.match(self._data, place)
        return found.end() if found else place

    def _pairs(self, place: int, depth: int) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        while self._data[(place := self._skip(place)) : place + 2] != b">>":
            key = _NAME.match(self._data, place)
            if key is None or key[1].decode("latin-1") in found:
                raise Refused("the document has a damaged dictionary")
            found[key[1].decode("latin-1")], place = self._value(key.end(), depth + 1)
        return found, place + 2

    def _items(self, place: int, depth: int) -> tuple[list[Any], int]:
        found = []
        while self._data[(place := self._skip(place)) : place + 1] != b"]":
            value, place = self._value(place, depth + 1)
            found.append(value)
        return found, place + 1

    def _literal(self, place: int) -> tuple[bytes, int]:
        """A string in parentheses."""
        open_ones, start = 1, place
        while place < len(self._data):
            match self._data[place]:
                case 0x5C:
                    place += 1
                case 0x28:
                    open_ones += 1
                case 0x29:
                    open_ones -= 1
            place += 1
            if not open_ones:
                return _ESCAPE.sub(_unescaped, self._data[start : place - 1]), place
        raise Refused("the document has a string without an end")


def _unescaped(found: re.Match[bytes]) -> bytes:
    if found[1][:1].isdigit() and found[1] < b"8":
        return bytes([int(found[1], 8) & 0xFF])
    return _ESCAPED.get(found[1], found[1])


def opened(data: bytes) -> Sealed:
    """A sealed PDF, taken apart.

    Raises:
        Refused: when its seal does not cover it whole, or it is not built as the portrait safe builds them.
    """
    pdf = _Pdf(data)
    root = pdf.dictionary(pdf.trailer.get("Root"))
    fields = pdf.sequence(pdf.dictionary(root.get("AcroForm")).get("Fields"))
    if len(fields) != 1:
        raise Refused("the document does not have just one seal")
    field = pdf.dictionary(fields[0])
    seal = pdf.dictionary(field.get("V"))
    kinds = field.get("FT"), seal.get("Type"), seal.get("SubFilter")
    if kinds != ("Sig", "Sig", "ETSI.CAdES.detached"):
        raise Refused("the document has another kind of seal")
    room = seal.get("Contents")
    if not isinstance(room, _Hexadecimal) or re.fullmatch(rb"(?:[0-9A-F]{2})+", room.digits) is None:
        raise Refused("the seal is damaged")
    if pdf.get(seal.get("ByteRange")) != [0, room.start, room.end, len(data) - room.end]:
        raise Refused("the seal leaves out a part of the document")
    covered = hashlib.sha256(data[: room.start])
    covered.update(data[room.end :])
    said_at = _instant(seal.get("M"))
    return Sealed(covered.digest(), bytes.fromhex(room.digits.decode()), said_at, _attachments(pdf, root))


def _instant(value: Any) -> datetime:
    found = _DATE.fullmatch(value.decode("latin-1")) if isinstance(value, bytes) else None
    if found is None:
        raise Refused("the document does not say when it was sealed")
    digits, sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=timezone(offset)).astimezone(UTC)
    except (ValueError, OverflowError) as problem:
        raise Refused("the document does not say when it was sealed") from problem


def _attachments(pdf: _Pdf, root: Mapping[str, Any]) -> dict[str, bytes]:
    """The files inside, by their names."""
    tree = pdf.dictionary(pdf.dictionary(root.get("Names")).get("EmbeddedFiles"))
    pairs = pdf.sequence(tree.get("Names"))
    found: dict[str, bytes] = {}
    for key, value in zip(pairs[::2], pairs[1::2], strict=False):
        name = pdf.get(key)
        if not isinstance(name, bytes) or name.decode("latin-1") in found:
            raise Refused("the document has an attachment without a name of its own")
        file = pdf.dictionary(pdf.dictionary(value).get("EF"))
        found[name.decode("latin-1")] = pdf.content(file.get("F"))
    return found


# --- the command ------------------------------------------------------------------------------------------


def _arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Check an evidence bundle of a portrait safe.")
    parser.add_argument("bundle", type=Path, help="the ZIP file")
    known = parser.add_mutually_exclusive_group(required=True)
    known.add_argument("--certificate", type=Path, help="the certificate of the safe, from the organisation")
    known.add_argument("--fingerprint", help="or its SHA-256 fingerprint")
    parser.add_argument("--language", choices=_LANGUAGES, default=_LANGUAGES[0])
    return parser.parse_args(given)


def main(given: Sequence[str]) -> int:
    """Check a bundle and say what was found. The exit status."""
    asked = _arguments(given)
    try:
        expected = asked.fingerprint or fingerprint(certificate_of(asked.certificate.read_bytes()))
        findings = examine(asked.bundle.read_bytes(), expected)
    except (OSError, Refused) as problem:
        sys.stdout.write(f"{problem}\n")
        return 1
    for finding in findings:
        note = f" ({finding.note})" if finding.note else ""
        sys.stdout.write(f"{'ok ' if finding.holds else 'NO '} {finding.sentence(asked.language)}{note}\n")
    sound = all(finding.holds for finding in findings)
    sys.stdout.write((_SOUND if sound else _UNSOUND)[_LANGUAGES.index(asked.language)] + "\n")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
