"""Lights and releases."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path

import click

from appliance.actions.found_files import recognise
from appliance.actions.photos import Filter, library, verdicts
from appliance.actions.recalls import recalls, remind_recipients
from appliance.actions.release import Names, release, releases
from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show, show_one
from appliance.domain.access import OPERATOR
from appliance.domain.consent import PUBLICATION, Purpose
from appliance.domain.errors import Fault, Mistake
from appliance.domain.photos import PhotoId
from appliance.domain.recalls import RecallState
from appliance.domain.release import (
    ColourSpace,
    Crop,
    FileFormat,
    Order,
    Recipient,
    Shape,
    Size,
    usual_order,
)
from appliance.domain.wording import Language, sentences
from appliance.tasks import office_of

_purpose = click.Choice([p.value for p in PUBLICATION])


def _members(kind: type[StrEnum]) -> click.Choice[str]:
    return click.Choice([one.value for one in kind])


@click.command("verdict")
@click.argument("photos", nargs=-1)
@click.option(
    "--purpose", type=_purpose, multiple=True, help="Only this purpose; may be given more than once."
)
@click.option(
    "--on", "--day", "day", type=click.DateTime(["%Y-%m-%d"]), help="As it was known at the end of this day."
)
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
@click.option("--recipient", default="", help="Who gets the copy.")
@click.option("--email", default="", help="Their address, to ask for it back when a permission ends.")
@click.option("--medium", default="", help="Where it will appear.")
@click.option("--size", type=_members(Size), help="How large at most; else the usual size for the purpose.")
@click.option(
    "--crop",
    type=_members(Crop),
    default=Crop.WHOLE.value,
    show_default=True,
    help="The shape; faces stay in it.",
)
@click.option(
    "--format",
    "form",
    type=_members(FileFormat),
    default=FileFormat.JPEG.value,
    show_default=True,
    help="Of the copy.",
)
@click.option(
    "--colours",
    type=_members(ColourSpace),
    default=ColourSpace.SRGB.value,
    show_default=True,
    help="The colour space.",
)
@json_option
@pass_context
def release_command(
    context: Context,
    photo: str,
    purpose: str,
    output: Path,
    recipient: str,
    email: str,
    medium: str,
    size: str | None,
    crop: str,
    form: str,
    colours: str,
    as_json: bool,
) -> None:
    """Write a copy of PHOTO for a PURPOSE, and its receipt beside it.

    Only a green light lets it pass; else the exit status is 3.
    """
    box = context.box
    _require_folder(output)
    usual = usual_order(Purpose(purpose)).shape
    shape = Shape(Size(size) if size else usual.size, Crop(crop), FileFormat(form), ColourSpace(colours))
    copy = release(
        box.safe,
        box.decoder,
        box.sealing,
        PhotoId(photo),
        Order(Purpose(purpose), shape, Recipient(recipient, email), medium),
        by=OPERATOR,
        now=box.now(),
        day=box.today(),
        credit=box.config.credit,
    )
    target = output / copy.file_name if output.is_dir() else output
    _write(target, copy.data)
    _write(target.with_name(f"{target.name}.receipt.json"), copy.receipt)
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
            "release": left.release.id,
            "photo": left.release.photo_id,
            "purpose": left.release.purpose.value,
            "made": left.release.made_at,
            "by": left.release.made_by,
            "recipient": left.release.recipient.name,
            "recall": left.recall.state.value if left.recall else "",
            "sha256": left.release.sha256,
        }
        for left in releases(box.safe, by=OPERATOR, now=box.now())
    ]
    show(rows, as_json=as_json)


@click.command("recalls")
@click.option(
    "--state",
    type=_members(RecallState),
    default=RecallState.OPEN.value,
    show_default=True,
    help="Only these.",
)
@click.option("--remind", is_flag=True, help="Write now to whoever did not answer for `reminder_days`.")
@json_option
@pass_context
def recalls_command(context: Context, state: str, remind: bool, as_json: bool) -> None:
    """Copies that were called back; who has not answered, unless another STATE is asked for."""
    box = context.box
    if remind:
        config = box.config
        written = remind_recipients(
            box.safe,
            office_of(config),
            config.language,
            config.reminder_days,
            by=OPERATOR,
            now=box.now(),
            bell=box.bell,
        )
        click.echo(f"Reminders written: {written}", err=True)
    rows = [
        {
            "recall": one.recall.id,
            "release": one.release.id,
            "purpose": one.release.purpose.value,
            "recipient": one.release.recipient.name,
            "why": one.recall.why.value,
            "opened": one.recall.opened_at,
            "told": one.recall.told_at,
            "reminded": one.recall.reminders,
            "state": one.recall.state.value,
        }
        for one in recalls(box.safe, by=OPERATOR, now=box.now(), state=RecallState(state))
    ]
    show(rows, as_json=as_json)


@click.command("recognise")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@json_option
@pass_context
def recognise_command(context: Context, file: Path, as_json: bool) -> None:
    """Say whether a FILE is a copy that left this safe: exactly, by its invisible mark, or by its picture.

    The mark of a preview names the share link behind which it was seen.
    """
    box = context.box
    found = recognise(box.safe, box.decoder, file.read_bytes(), by=OPERATOR, now=box.now())
    if found.link is not None:
        row = {"link": found.link.id, "made": found.link.created_at, "recipient": found.link.recipient.name}
        show([row], as_json=as_json)
        return
    rows = [
        {
            "release": one.release.id,
            "exact": "yes" if one.exact else "",
            "marked": "yes" if one.marked else "",
            "bits": one.bits,
            "released": one.release.made_at,
            "purpose": one.release.purpose.value,
            "recipient": one.release.recipient.name,
            "recall": one.recall.state.value if one.recall else "",
        }
        for one in found.copies
    ]
    show(rows, as_json=as_json)


COMMANDS = (verdict_command, release_command, releases_command, recalls_command, recognise_command)
