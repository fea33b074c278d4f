"""Lights and releases."""

from datetime import datetime
from pathlib import Path

import click

from appliance.actions.photos import Filter, library, verdicts
from appliance.actions.release import Names, release, releases
from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show, show_one
from appliance.domain.access import OPERATOR
from appliance.domain.consent import PUBLICATION, Purpose
from appliance.domain.errors import Fault, Mistake
from appliance.domain.photos import PhotoId
from appliance.domain.wording import Language, sentences

_purpose = click.Choice([p.value for p in PUBLICATION])


@click.command("verdict")
@click.argument("photos", nargs=-1)
@click.option(
    "--purpose", type=_purpose, multiple=True, help="Only this purpose; may be given more than once."
)
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="As it was known on this day.")
@click.option("--all", "everything", is_flag=True, help="Every photo.")
@json_option
@pass_context
def verdict_command(
    context: Context,
    photos: tuple[str, ...],
    purpose: tuple[str, ...],
    day: datetime | None,
    everything: bool,
    as_json: bool,
) -> None:
    """The light of PHOTOS for each purpose, with all the reasons."""
    box = context.box
    wanted = _every_photo(context) if everything else tuple(PhotoId(p) for p in photos)
    if not wanted and not everything:
        raise Mistake("verdict:no_photo", "Say which photo.", "Give its id, or --all.")
    on = day.date() if day else box.today()
    purposes = tuple(Purpose(p) for p in purpose) or PUBLICATION
    found = verdicts(box.safe, wanted, purposes, by=OPERATOR, now=box.now(), day=on, today=box.today())
    rows = [
        {
            "photo": photo.id,
            "file": photo.name,
            "purpose": one.purpose.value,
            "light": one.light.value,
            "why": list(sentences(one, Language.ENGLISH, Names(people))),
        }
        for photo, several, people in found
        for one in several
    ]
    show(rows, as_json=as_json)


def _every_photo(context: Context) -> tuple[PhotoId, ...]:
    box = context.box
    found: list[PhotoId] = []
    after: PhotoId | None = None
    while True:
        page = library(
            box.safe, by=OPERATOR, now=box.now(), day=box.today(), wanted=Filter(), after=after, limit=500
        )
        found += [card.photo.id for card in page.cards]
        after = page.after
        if after is None:
            return tuple(found)


@click.command("release")
@click.argument("photo")
@click.argument("purpose", type=_purpose)
@click.option("--output", "-o", type=click.Path(path_type=Path), required=True, help="File or folder.")
@json_option
@pass_context
def release_command(context: Context, photo: str, purpose: str, output: Path, as_json: bool) -> None:
    """Write a copy of PHOTO for a PURPOSE. Only a green light lets it pass; else the exit status is 3."""
    box = context.box
    _require_folder(output)
    copy = release(
        box.safe,
        box.decoder,
        PhotoId(photo),
        Purpose(purpose),
        by=OPERATOR,
        now=box.now(),
        day=box.today(),
        credit=box.config.credit,
    )
    target = output / copy.file_name if output.is_dir() else output
    _write(target, copy.data)
    row = {"release": copy.release.id, "file": str(target), "sha256": copy.release.sha256}
    show_one(row, as_json=as_json)


def _require_folder(output: Path) -> None:
    """Before a copy is made, for each copy is on the record."""
    if not output.is_dir() and not output.absolute().parent.is_dir():
        raise Mistake(
            "release:no_folder", "There is no such folder to write to.", "Make it, or choose another."
        )


def _write(target: Path, data: bytes) -> None:
    try:
        target.write_bytes(data)
    except OSError as problem:
        raise Fault(
            "release:not_written",
            "The copy cannot be written there.",
            "Check its folder; then release it again.",
        ) from problem


@click.command("releases")
@json_option
@pass_context
def releases_command(context: Context, as_json: bool) -> None:
    """The copies that left the safe."""
    box = context.box
    rows = [
        {
            "release": one.id,
            "photo": one.photo_id,
            "purpose": one.purpose.value,
            "made": one.made_at,
            "by": one.made_by,
            "sha256": one.sha256,
        }
        for one in releases(box.safe, by=OPERATOR, now=box.now())
    ]
    show(rows, as_json=as_json)


COMMANDS = (verdict_command, release_command, releases_command)
