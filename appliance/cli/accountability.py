"""The papers an organisation must be able to show."""

from pathlib import Path

import click

from appliance import __version__
from appliance.actions.accountability import accountability_pack
from appliance.actions.models import model_cards
from appliance.cli.context import Context, pass_context
from appliance.domain.access import OPERATOR


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@pass_context
def accountability(context: Context, folder: Path) -> None:
    """Write the register, the annexes and the measures to a FOLDER, in Dutch and English."""
    box = context.box
    packs = model_cards(box.safe, box.config.models, by=OPERATOR, now=box.now(), day=box.today())
    found = accountability_pack(
        box.safe,
        organisation=box.config.organisation,
        version=__version__,
        models=tuple(f"{card.pack.name} {card.pack.version}" for card in packs),
        by=OPERATOR,
        now=box.now(),
        day=box.today(),
    )
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in found.items():
        (folder / name).write_text(text, "utf-8")
    click.echo(f"{len(found)} papers are in {folder}.")


COMMANDS = (accountability,)
