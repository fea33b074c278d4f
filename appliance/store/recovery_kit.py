"""The recovery kit: a code on paper that opens the safe when the machine is gone."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from html import escape

from appliance.domain.errors import Mistake

# Crockford's base 32: no I, L, O or U, so that paper and ear make fewer mistakes.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")
_HYPHENS = "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}"
GROUPS = 8
_RANDOM = 4  # characters of each group that are random: 8 x 4 x 5 = 160 bits
_CHECKED = _RANDOM + 1  # and one that checks the group


@dataclass(frozen=True, slots=True)
class RecoveryKit:
    """The code, to be printed and put in a safe place. It is kept nowhere on the box.

    emergency: password of the emergency account, good for one sign-in; empty on a kit without one.
    """

    code: str
    emergency: str = ""

    @classmethod
    def new(cls) -> "RecoveryKit":
        """A kit with a fresh code."""
        groups = ["".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM)) for _ in range(GROUPS)]
        code = "-".join(group + _mark(i, group) for i, group in enumerate(groups))
        return cls(code, new_emergency_password())

    def proof_matches(self, typed: str) -> bool:
        """Whether somebody typed the whole code back: the proof that it was noted."""
        try:
            return hmac.compare_digest(normalised(typed), self.code)
        except Mistake:
            return False

    def text(self) -> str:
        """The kit as plain text, Dutch and English."""
        lines = [
            "PORTRETKLUIS - HERSTELKIT / RECOVERY KIT",
            "",
            "Met deze code gaat de kluis open als het kastje kapot of gestolen is.",
            "This code opens the safe when the box is broken or stolen.",
            "",
            *("    " + "   ".join(self.code.split("-")[i : i + 4]) for i in (0, 4)),
            *self._emergency(),
            "",
            "Bewaar dit blad in een brandkast, niet bij het kastje. Maak er geen foto van.",
            "Keep this sheet in a fireproof safe, away from the box. Do not photograph it.",
            "",
            "Openen / open: kluis unlock",
        ]
        return "\n".join(lines) + "\n"

    def _emergency(self) -> list[str]:
        return emergency_lines(self.emergency) if self.emergency else []

    def html(self) -> str:
        """The kit as a page to print."""
        body = escape(self.text())
        return (
            '<!doctype html>\n<html lang="nl"><meta charset="utf-8"><title>Herstelkit</title>\n'
            "<style>@page{size:A5;margin:2cm}pre{font:12pt/1.6 monospace;white-space:pre-wrap}</style>\n"
            f"<pre>{body}</pre></html>\n"
        )


def new_emergency_password() -> str:
    """A password for the emergency account: 24 characters, 120 random bits."""
    return ".".join("".join(secrets.choice(_ALPHABET).lower() for _ in range(6)) for _ in range(4))


def emergency_lines(password: str) -> list[str]:
    """What the kit says of the emergency account."""
    return [
        "",
        "Als geen beheerder meer kan inloggen: deze naam en dit wachtwoord werken een keer.",
        "When no administrator can sign in any more: this name and password work once.",
        "",
        f"    emergency   {password}",
    ]


def normalised(typed: str) -> str:
    """The code as it was printed, from however it was typed.

    Raises:
        Mistake: naming the group in which the typing error is.
    """
    letters = "".join(c for c in typed.upper().translate(_LOOKALIKES) if not (c.isspace() or c in _HYPHENS))
    if len(letters) != GROUPS * _CHECKED or not set(letters) <= set(_ALPHABET):
        raise Mistake(
            "keys:bad_code",
            f"A recovery code has {GROUPS} groups of {_CHECKED} characters.",
            "Type it as it is printed.",
        )
    groups = [letters[i : i + _CHECKED] for i in range(0, len(letters), _CHECKED)]
    for i, group in enumerate(groups):
        if group[_RANDOM:] != _mark(i, group[:_RANDOM]):
            raise Mistake(
                "keys:typing_error",
                f"There is a typing error in group {i + 1}.",
                "Compare with the paper.",
            )
    return "-".join(groups)


def _mark(number: int, group: str) -> str:
    """The character that checks a group, and that it stands in its place."""
    return _ALPHABET[hashlib.sha256(f"{number}{group}".encode()).digest()[0] % 32]
