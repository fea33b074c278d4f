"""Messages between the decoder and its process: a JSON head and a body, each with its length in front."""

import json
import struct
from typing import Any, BinaryIO

_LENGTHS = struct.Struct(">IQ")
_LONGEST_HEAD = 1 << 16


def send(stream: BinaryIO, head: dict[str, Any], body: bytes | memoryview = b"") -> None:
    """Write one message."""
    text = json.dumps(head).encode()
    stream.write(_LENGTHS.pack(len(text), len(body)) + text)
    stream.write(body)
    stream.flush()


def receive(stream: BinaryIO, longest_body: int) -> tuple[dict[str, Any], bytearray] | None:
    """Read one message; None when the other side is gone or does not keep to the form."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head_length, body_length = _LENGTHS.unpack(lengths)
    if head_length > _LONGEST_HEAD or body_length > longest_body:
        return None
    text, body = stream.read(head_length), bytearray(body_length)
    filled = 0
    while filled < body_length:
        count = stream.readinto(memoryview(body)[filled:])  # type: ignore[attr-defined]
        if not count:
            return None
        filled += count
    try:
        head = json.loads(text)
    except ValueError:
        return None
    return (head, body) if isinstance(head, dict) else None
