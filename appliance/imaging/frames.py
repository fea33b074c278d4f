"""Messages between the decoder and its process: JSON with its length in front."""

import json
import struct
from typing import Any, BinaryIO

_LENGTH = struct.Struct(">I")
_LONGEST = 1 << 18  # bytes: a description at its longest, every character of it escaped, is half of it


def send(stream: BinaryIO, message: dict[str, Any]) -> None:
    """Write one message."""
    text = json.dumps(message).encode()
    stream.write(_LENGTH.pack(len(text)) + text)
    stream.flush()


def receive(stream: BinaryIO) -> dict[str, Any] | None:
    """Read one message; None when the other side is gone or does not keep to the form."""
    start = stream.read(_LENGTH.size)
    if len(start) < _LENGTH.size or (length := _LENGTH.unpack(start)[0]) > _LONGEST:
        return None
    try:
        message = json.loads(stream.read(length))
    except ValueError:
        return None
    return message if isinstance(message, dict) else None
