"""Encrypted streams: the format that Tink calls AES256_GCM_HKDF_1MB, so that others can read it too.

A stream is a header and segments. The header is its own length (one byte, 40), a salt of 32 bytes and
a nonce prefix of 7. HKDF-SHA256 (RFC 5869) over the key, with that salt and the associated data as info,
gives the AES-256-GCM key of this stream. Each segment is 1 MiB of ciphertext with its tag of 16 bytes;
the first is shorter by the header. A segment's nonce is the prefix, its number (big-endian, 4 bytes), and
1 for the last segment, 0 for others: so cutting, reordering and joining are all found out.
docs/format.md has test vectors.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from appliance.domain.errors import Tampered

SALT = 32
PREFIX = 7
TAG = 16
HEADER = 1 + SALT + PREFIX
SEGMENT = 1 << 20  # of ciphertext, with its tag
FIRST_PLAIN = SEGMENT - HEADER - TAG
PLAIN = SEGMENT - TAG


def encrypt(parts: Iterable[bytes], write: Callable[[memoryview], object], key: bytes, about: str) -> None:
    """Write the stream of ciphertext for plain bytes that come in parts of any size.

    write: takes the next bytes; they change after it returns. key: 32 bytes. about: what the stream is,
    bound to it as associated data.
    """
    salt, prefix = secrets.token_bytes(SALT), secrets.token_bytes(PREFIX)
    write(memoryview(bytes([HEADER]) + salt + prefix))
    cipher = _cipher(key, salt, about)
    sealed = memoryview(bytearray(SEGMENT))  # one for all segments: fresh memory costs more than the cipher

    def seal(segment: bytes, *, last: bool) -> None:
        nonce, ciphertext = _nonce(prefix, number, last=last), sealed[: len(segment) + TAG]
        cipher.encrypt_into(nonce, segment, None, ciphertext)
        write(ciphertext)

    number, held = 0, b""
    for segment in _segments(parts):
        if held:  # a segment is sealed only when more follows, for the last one is marked as such
            seal(held, last=False)
            number += 1
        held = segment
    seal(held, last=True)


def _segments(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The plain bytes cut to segments. A part that is one already, as a file is read, is not copied."""
    pending = bytearray()
    number = 0
    for part in parts:
        if not pending and len(part) == plain_size(number):
            yield part
            number += 1
            continue
        pending += part
        while len(pending) >= (size := plain_size(number)):
            yield bytes(memoryview(pending)[:size])
            del pending[:size]
            number += 1
    if pending:
        yield bytes(pending)


def decrypted(stream: BinaryIO, key: bytes, about: str) -> Iterator[bytes]:
    """The plain bytes of a stream, segment by segment, each only after it was checked.

    Raises:
        Tampered: as soon as something is not what was written.
    """
    cipher, prefix = _opened(stream.read(HEADER), key, about)
    number = 0
    segment = stream.read(SEGMENT - HEADER)
    while True:
        following = stream.read(SEGMENT)
        yield _checked(cipher, _nonce(prefix, number, last=not following), segment)
        if not following:
            return
        segment, number = following, number + 1


def _opened(header: bytes, key: bytes, about: str) -> tuple[AESGCM, bytes]:
    if len(header) != HEADER or header[0] != HEADER:
        raise damaged()
    return _cipher(key, header[1 : 1 + SALT], about), header[1 + SALT :]


def _checked(cipher: AESGCM, nonce: bytes, segment: bytes) -> bytes:
    try:
        return cipher.decrypt(nonce, segment, None)
    except (InvalidTag, ValueError) as problem:
        raise damaged() from problem


def damaged() -> Tampered:
    """The error for bytes that fail their check."""
    return Tampered(
        "blob:damaged",
        "A stored file is not what was written: it was cut short, swapped or changed.",
        "Restore it from a backup, and check the disk.",
    )


def _cipher(key: bytes, salt: bytes, about: str) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=salt, info=about.encode()).derive(key)
    return AESGCM(derived)


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


def plain_size(number: int) -> int:
    """How many plain bytes the segment of this number holds, unless it is the last."""
    return FIRST_PLAIN if number == 0 else PLAIN
