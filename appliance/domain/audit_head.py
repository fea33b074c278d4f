"""Signed heads of the audit log: kept outside the box, they show what was cut off or computed anew.

A head is one line of words without anything that mail or paper changes, so that it is found again in a mail,
a file or what a QR code says. The algorithm is named, so that a post-quantum one can follow.
"""

import re
from dataclasses import dataclass

from appliance.domain.audit import Head

ALGORITHM = "ed25519"
_MARK = "portretkluis-head 1"
_LINE = re.compile(
    r"portretkluis-head\s+1\s+(ed25519)\s+(\d{1,18})\s+([0-9a-f]{64})\s+(\S{10,40})\s+([0-9a-f]{64})\s+([0-9a-f]{128})"
)
_SOFT_BREAK = re.compile(r"=\r?\n")  # of quoted-printable, in a mail that was saved as it came


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A head with its signature. at: when it was signed, ISO 8601. public_key, signature: hexadecimal."""

    head: Head
    at: str
    public_key: str
    signature: str = ""
    algorithm: str = ALGORITHM

    @property
    def signed(self) -> bytes:
        """What the signature is over."""
        words = (_MARK, self.algorithm, self.head.number, self.head.seal, self.at, self.public_key)
        return " ".join(map(str, words)).encode("ascii")

    @property
    def line(self) -> str:
        """The whole of it."""
        return f"{self.signed.decode('ascii')} {self.signature}"


def read_head(text: str) -> SignedHead | None:
    """The first signed head in a text; None when there is none."""
    found = _LINE.search(_SOFT_BREAK.sub("", text))
    if found is None:
        return None
    algorithm, number, seal, at, public_key, signature = found.groups()
    return SignedHead(Head(int(number), seal), at, public_key, signature, algorithm)
