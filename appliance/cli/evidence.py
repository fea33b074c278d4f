"""Checking evidence at the command line, with the box or without it."""

import sys
from pathlib import Path

import click
from cryptography import x509

from appliance.cli.printing import json_option, show
from appliance.domain.errors import Mistake
from appliance.domain.wording import Language
from appliance.evidence.bundle import VERIFIER, standalone_verifier
from appliance.evidence.seals import fingerprint
from appliance.evidence.verify import sentence, verify_bundle

_DIGITS = 64  # of SHA-256, hexadecimal


@click.group()
def evidence() -> None:
    """Proof of what was signed: checking it, and the program to check it without the box."""


@evidence.command("verify")
@click.argument("bundle", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--certificate",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The certificate of the box (box.pem), from the organisation.",
)
@click.option("--fingerprint", "expected", help="Or its fingerprint (SHA-256, hexadecimal).")
@click.option("--language", type=click.Choice([one.value for one in Language]), default="en")
@json_option
def verify_command(
    bundle: Path, certificate: Path | None, expected: str | None, language: str, as_json: bool
) -> None:
    """Check a BUNDLE (ZIP). It ends with 0 when every check holds, and with 2 when one does not.

    Without a certificate or fingerprint it checks that nothing was changed, not who sealed it.
    """
    report = verify_bundle(bundle.read_bytes(), _expected(certificate, expected))
    spoken = Language(language)
    rows = [
        {"holds": "yes" if one.holds else "NO", "check": one.check, "what": sentence(one, spoken)}
        for one in report.findings
    ]
    show(rows, as_json=as_json)
    if not report.compared and not as_json:
        click.echo("The certificate was not compared: anybody could have sealed this. Give --certificate.")
    if not report.holds:
        sys.exit(2)


def _expected(certificate: Path | None, expected: str | None) -> str | None:
    """The fingerprint to compare with.

    Raises:
        Mistake: when it is none, or the file is no certificate.
    """
    if certificate is not None:
        try:
            return fingerprint(x509.load_pem_x509_certificate(certificate.read_bytes()))
        except ValueError as problem:
            raise Mistake(
                "evidence:no_certificate", "That file is no certificate.", "Give box.pem of the organisation."
            ) from problem
    if expected is None:
        return None
    plain = "".join(one for one in expected.lower() if one not in " :")
    if len(plain) != _DIGITS or any(one not in "0123456789abcdef" for one in plain):
        raise Mistake(
            "evidence:bad_fingerprint",
            "That is no fingerprint.",
            "It has 64 digits and letters from a to f; spaces and colons may stand between.",
        )
    return plain


@evidence.command("verifier")
@click.option("--to", "place", type=click.Path(path_type=Path), default=Path(VERIFIER), show_default=True)
def verifier_command(place: Path) -> None:
    """Write the program that checks bundles without the box, as one Python file."""
    if place.exists():
        raise Mistake("evidence:exists", "There is a file of that name already.", "Choose another with --to.")
    place.write_bytes(standalone_verifier())
    click.echo(f"Written: {place}")


COMMANDS = (evidence,)
