"""A ZIP that is made while it is sent, so that it needs no more memory than its largest file."""

import io
import zipfile
from datetime import UTC, datetime
from types import TracebackType


class _Taken(io.RawIOBase):
    """Takes what is written until somebody fetches it; it cannot go back."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(data)  # type: ignore[call-overload]
        self._parts.append(part)
        return len(part)

    def fetch(self) -> bytes:
        found, self._parts = b"".join(self._parts), []
        return found


class Zipping:
    """Files go in by `put`, and what can be sent so far is fetched. The end is written when the block ends.

    A block that an error ends must send no more: without its end, no ZIP opens that is less than it seems.
    """

    def __init__(self, now: datetime) -> None:
        self._taken = _Taken()
        self._archive = zipfile.ZipFile(self._taken, "w", zipfile.ZIP_STORED)
        self._date = now.astimezone(UTC).timetuple()[:6]

    def __enter__(self) -> "Zipping":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()

    def put(self, name: str, data: bytes, *, deflate: bool = False) -> None:
        """Add a file. deflate: compress it, which does nothing for photos."""
        info = zipfile.ZipInfo(name, self._date)
        info.external_attr = 0o600 << 16
        info.compress_type = zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED
        self._archive.writestr(info, data)

    def fetch(self) -> bytes:
        """What was written since it was fetched last."""
        return self._taken.fetch()
