"""Looking through the bytes of a disk for what may not be there, in whatever dress."""

import base64
import re
import zlib
from collections.abc import Iterator, Sequence


def disguised(text: str) -> Iterator[bytes]:
    """A text in every dress in which it may lie on a disk."""
    plain_bytes = text.encode()
    yield plain_bytes
    for how in ("utf-16-le", "utf-16-be"):
        yield text.encode(how)
    for written in (plain_bytes.hex(), plain_bytes.hex().upper()):
        yield written.encode()
    yield from in_base64(plain_bytes)


def in_base64(data: bytes) -> Iterator[bytes]:
    """As it looks within a longer text, which may begin one or two bytes before: without its two ends."""
    for shift in range(3):
        written = base64.b64encode(b"\0" * shift + data).rstrip(b"=")
        yield written[(0, 2, 3)[shift] : len(written) - 1]


def inflated(data: bytes) -> Iterator[bytes]:
    """Whatever unpacks, wherever it begins: zlib, gzip, and members of ZIP files."""
    for found in re.finditer(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08|PK\x03\x04", data):
        start, kind = found.start(), zlib.MAX_WBITS | 32
        if found[0].startswith(b"PK"):
            sizes = int.from_bytes(data[start + 26 : start + 28], "little"), data[start + 28 : start + 30]
            start, kind = start + 30 + sizes[0] + int.from_bytes(sizes[1], "little"), -zlib.MAX_WBITS
        try:
            told = zlib.decompressobj(kind).decompress(data[start : start + 1_000_000], 4_000_000)
        except zlib.error:
            continue
        if len(told) > 16:
            yield told


def found(data: bytes, texts: Sequence[str], pieces: Sequence[bytes]) -> list[bytes]:
    """What of some texts and pieces of files is in the bytes, as it is or in another dress."""
    needles = [one for text in texts for one in disguised(text)]
    needles += [one for piece in pieces for one in (piece, piece.hex().encode(), *in_base64(piece))]
    return [one for part in (data, *inflated(data)) for one in needles if one in part]
