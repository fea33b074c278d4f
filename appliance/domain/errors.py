"""The errors a person can meet. Each has a stable key, a sentence, and a hint that says what to do."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType


class KluisError(Exception):
    """Anything the product reports to a person.

    key: stable, lower case, for logs, tests and the documentation; never holds personal data.
    message: one plain sentence that says what happened.
    hint: one plain sentence that says what to do; may be empty.
    values: what is filled into the {fields} of both; `forms` keeps them unfilled, for other languages.
    """

    exit_status = 2

    def __init__(
        self, key: str, message: str, hint: str = "", *, values: Mapping[str, object] = MappingProxyType({})
    ) -> None:
        self.key = key
        self.forms = (message, hint)
        self.values = values
        self.message, self.hint = (_filled(form, values) for form in self.forms)
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


def _filled(form: str, values: Mapping[str, object]) -> str:
    """The sentence with its values in English; members of closed sets read as words."""
    plain = {
        key: value.replace("_", " ") if isinstance(value, str) else value for key, value in values.items()
    }
    return form.format_map(plain) if values else form


class Mistake(KluisError):
    """The request cannot be done as it was made; the person can mend it."""

    exit_status = 1


class Fault(KluisError):
    """Something on the box is broken: a damaged file, a wrong key, a full disk."""

    exit_status = 2


class NotAllowed(KluisError):
    """A rule refuses it. Carries every reason, as sentences, most important first."""

    exit_status = 3

    def __init__(
        self,
        key: str,
        message: str,
        hint: str = "",
        reasons: Sequence[str] = (),
        *,
        values: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        super().__init__(key, message, hint, values=values)
        self.reasons = tuple(reasons)


class Unreadable(Mistake):
    """A photo that cannot be decoded within the limits; it is set aside with its reason."""


class Tampered(Fault):
    """Stored bytes fail their cryptographic check: cut short, swapped, reordered or changed."""
