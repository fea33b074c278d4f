"""Numbers and names as dlib serialises them (dlib/serialize.h, dlib/float_details.h)."""

import math


class Stream:
    """A cursor over the bytes; anything unexpected is a ValueError."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def integer(self) -> int:
        """A control byte (how many bytes; 0x80 for a negative number), then the bytes, lowest first."""
        control = self.take(1)[0]
        value = int.from_bytes(self.take(control & 0x0F), "little")
        return -value if control & 0x80 else value

    def number(self) -> float:
        """A mantissa and an exponent of two, both as integers."""
        mantissa, exponent = self.integer(), self.integer()
        return math.ldexp(mantissa, exponent)

    def name(self, wanted: str) -> None:
        """Require a name here."""
        length = self.integer()
        self.expect(0 <= length <= 64, "length of a name")
        self.expect(self.take(length).decode("ascii") == wanted, wanted)

    def take(self, count: int) -> bytes:
        """The next bytes."""
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:  # a million times for one file: cheaper than `expect`
            raise ValueError("expected more bytes")
        self._at += count
        return taken

    def end(self) -> None:
        """Require that everything was read."""
        self.expect(self._at == len(self._data), "the end")

    @staticmethod
    def expect(holds: bool, what: str) -> None:
        """Require something of the file."""
        if not holds:
            raise ValueError(f"expected {what}")
