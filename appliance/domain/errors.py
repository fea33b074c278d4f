"""The errors a person can meet. Each has a stable key, a sentence, and a hint that says what to do."""

from collections.abc import Sequence


class KluisError(Exception):
    """Anything the product reports to a person.

    key: stable, lower case, for logs, tests and the documentation; never holds personal data.
    message: one plain sentence that says what happened.
    hint: one plain sentence that says what to do; may be empty.
    """

    exit_status = 2

    def __init__(self, key: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.key = key
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class Mistake(KluisError):
    """The request cannot be done as it was made; the person can mend it."""

    exit_status = 1


class Fault(KluisError):
    """Something on the box is broken: a damaged file, a wrong key, a full disk."""

    exit_status = 2


class NotAllowed(KluisError):
    """A rule refuses it. Carries every reason, as sentences, most important first."""

    exit_status = 3

    def __init__(self, key: str, message: str, hint: str = "", reasons: Sequence[str] = ()) -> None:
        super().__init__(key, message, hint)
        self.reasons = tuple(reasons)


class Unreadable(Mistake):
    """A photo that cannot be decoded within the limits; it is set aside with its reason."""


class Tampered(Fault):
    """Stored bytes fail their cryptographic check: cut short, swapped, reordered or changed."""
