"""Receipts at the command line: checked with the public key alone, and without a safe."""

import zipfile
from io import BytesIO
from pathlib import Path

import click

from appliance.cli.printing import json_option, show
from appliance.domain.errors import Mistake, Tampered
from appliance.evidence.receipts import SUFFIX, Checked, verify_copy, verify_receipt

_existing = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def receipt() -> None:
    """Proof that a copy was allowed to leave."""


@receipt.command("verify")
@click.argument("receipt", type=_existing)
@click.option(
    "--file", "copy", type=_existing, help="The copy that it is about; else only the receipt is checked."
)
@click.option(
    "--certificate",
    type=_existing,
    required=True,
    help="The certificate of the box, or its public key (PEM).",
)
@json_option
def verify_command(receipt: Path, copy: Path | None, certificate: Path, as_json: bool) -> None:
    """Check a RECEIPT, or a ZIP with copies and their receipts. It ends with 2 when anything was changed.

    No safe and no network is needed.
    """
    public = certificate.read_bytes()
    if zipfile.is_zipfile(receipt):
        checked = _packed(receipt.read_bytes(), public)
    elif copy is not None:
        checked = [verify_copy(copy.read_bytes(), receipt.read_bytes(), public)]
    else:
        checked = [verify_receipt(receipt.read_bytes(), public)]
    rows = [
        {
            "release": one.release_id,
            "holds": "yes" if copy is not None or zipfile.is_zipfile(receipt) else "receipt only",
            "purpose": one.purpose,
            "day": one.day,
            "recipient": one.recipient,
            "controller": one.controller,
            "sha256": one.sha256,
        }
        for one in checked
    ]
    show(rows, as_json=as_json)


def _packed(data: bytes, public: bytes) -> list[Checked]:
    """Every copy of a ZIP with its receipt; a copy without one is refused."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError) as problem:
        raise Tampered(
            "receipt:changed",
            "This receipt is not what the box sealed.",
            "It was changed, or another box made it: compare the certificate.",
        ) from problem
    copies = [name for name in files if not name.endswith((SUFFIX, ".pem", ".txt"))]
    if not copies:
        raise Mistake("receipt:nothing_in_it", "This ZIP holds no copies.", "Give the ZIP as it came.")
    return [verify_copy(files[name], files.get(name + SUFFIX, b""), public) for name in copies]


COMMANDS = (receipt,)
