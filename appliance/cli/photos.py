"""Finding photos, tagging them, and saved searches."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import update_wrapper
from typing import Any

import click

from appliance.actions import searches
from appliance.actions.photos import Filter, library
from appliance.actions.tags import tag_named, tag_photos, tags, untag_photos
from appliance.cli.context import Context, pass_context
from appliance.cli.printing import json_option, show, show_one
from appliance.domain.access import OPERATOR
from appliance.domain.collections import CollectionId
from appliance.domain.consent import PUBLICATION, Light, Purpose
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.photos import ImportId, PhotoId, ShootId, Stage
from appliance.domain.searches import SavedSearchId

_DAY = click.DateTime(["%Y-%m-%d"])

_OPTIONS: Sequence[Callable[[Callable[..., None]], Callable[..., None]]] = (
    click.option("--text", default="", help="Part of a name, caption, keyword, shoot or file."),
    click.option("--person", help="Confirmed in it."),
    click.option("--department", help="Somebody of it is confirmed in the photo."),
    click.option("--from", "begin", type=_DAY, help="Taken on that day or later."),
    click.option("--until", "end", type=_DAY, help="Taken on that day or earlier."),
    click.option("--camera", help="Make and model, as `kluis photos cameras` lists them."),
    click.option("--tag", "tagged", multiple=True, help="May be given more than once: all of them."),
    click.option("--shoot", help="Taken at it."),
    click.option("--collection", help="In it."),
    click.option("--import", "import_id", help="Taken in with it."),
    click.option("--purpose", type=click.Choice([p.value for p in PUBLICATION]), help="With --light."),
    click.option("--light", type=click.Choice([one.value for one in Light]), help="For the purpose, or any."),
    click.option("--stage", type=click.Choice([one.value for one in Stage]), help="How far it has come."),
    click.option("--untagged", is_flag=True, help="With a face that has no name and is not resolved."),
    click.option("--nobody-named", is_flag=True, help="With such faces, and nobody has a name."),
    click.option("--like", help="Photos that look like this one."),
)


def _filtered(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a search; it gets them as one filter, behind the context."""

    def with_filter(context: Context, /, **given: Any) -> None:
        asked = {name: given.pop(name) for name in _NAMES}
        command(context, wanted=_wanted(context, **asked), **given)

    made: Callable[..., None] = pass_context(update_wrapper(with_filter, command))
    for option in reversed(_OPTIONS):
        made = option(made)
    return made


_NAMES = (
    *("text", "person", "department", "begin", "end", "camera", "tagged", "shoot", "collection", "import_id"),
    *("purpose", "light", "stage", "untagged", "nobody_named", "like"),
)


def _wanted(context: Context, **asked: Any) -> Filter:
    box = context.box
    there = searches.choices(box.safe, by=OPERATOR, now=box.now())
    if asked["purpose"] and not asked["light"]:
        raise Mistake("search:no_light", "Say which light.", "A purpose is searched with --light.")
    return Filter(
        text=asked["text"],
        person_id=PersonId(asked["person"]) if asked["person"] else None,
        department_id=_chosen(there.departments, asked["department"]),
        taken_from=_day(asked["begin"]),
        taken_until=_day(asked["end"]),
        camera_id=_chosen(there.cameras, asked["camera"]),
        tags=tuple(
            tag_named(box.safe, name, by=OPERATOR, now=box.now()).id
            for name in dict.fromkeys(asked["tagged"])
        ),
        collection_id=CollectionId(asked["collection"]) if asked["collection"] else None,
        shoot_id=ShootId(asked["shoot"]) if asked["shoot"] else None,
        import_id=ImportId(asked["import_id"]) if asked["import_id"] else None,
        purpose=Purpose(asked["purpose"]) if asked["purpose"] else None,
        light=Light(asked["light"]) if asked["light"] else None,
        stage=Stage(asked["stage"]) if asked["stage"] else None,
        untagged=asked["untagged"],
        nobody_named=asked["nobody_named"],
        similar_to=PhotoId(asked["like"]) if asked["like"] else None,
    )


def _chosen(known: Sequence[Any], name: str | None) -> Any:
    if not name:
        return None
    found = next((one.id for one in known if one.name.casefold() == name.casefold()), None)
    if found is None:
        raise Mistake("search:unknown_choice", "That is not in the safe.", "Choose one that is listed.")
    return found


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None


@click.group()
def photos() -> None:
    """The photos in the safe: finding and tagging them."""


@photos.command("list")
@_filtered
@click.option("--limit", type=click.IntRange(1, 1000), default=60, show_default=True)
@click.option("--after", help="The last photo of the page before.")
@json_option
def list_command(context: Context, wanted: Filter, limit: int, after: str | None, as_json: bool) -> None:
    """Photos, newest first; the options together say which."""
    _print(context, wanted, limit, PhotoId(after) if after else None, as_json=as_json)


def _print(context: Context, wanted: Filter, limit: int, after: PhotoId | None, *, as_json: bool) -> None:
    box = context.box
    page = library(
        box.safe,
        by=OPERATOR,
        now=box.now(),
        day=box.today(),
        wanted=wanted,
        limit=limit,
        after=after,
    )
    rows = [
        {"id": card.photo.id, "file": card.photo.name, "people": list(card.names)}
        | {purpose.value: light.value for purpose, light in card.lights.items()}
        for card in page.cards
    ]
    show(rows, as_json=as_json, empty="No photo fits.")
    click.echo(
        f"{page.total} in all" + (f"; go on with --after {page.after}" if page.after else ""), err=True
    )


@photos.command("tags")
@json_option
@pass_context
def tags_command(context: Context, as_json: bool) -> None:
    """Every tag (a keyword of photos), and how many photos have it."""
    found = tags(context.box.safe, by=OPERATOR, now=context.now)
    show([{"tag": one.name, "photos": one.photos} for one in found], as_json=as_json)


@photos.command("cameras")
@json_option
@pass_context
def cameras_command(context: Context, as_json: bool) -> None:
    """Every camera, and how many photos were taken with it."""
    found = searches.choices(context.box.safe, by=OPERATOR, now=context.now).cameras
    show([{"camera": one.name, "photos": one.photos} for one in found], as_json=as_json)


@photos.command("departments")
@json_option
@pass_context
def departments_command(context: Context, as_json: bool) -> None:
    """Every department, and how many people are known in it."""
    found = searches.choices(context.box.safe, by=OPERATOR, now=context.now).departments
    show([{"department": one.name, "people": one.people} for one in found], as_json=as_json)


@photos.command("tag")
@click.argument("tag")
@click.argument("photos", nargs=-1, required=True, metavar="PHOTO...")
@pass_context
def tag_command(context: Context, tag: str, photos: tuple[str, ...]) -> None:
    """Give photos a TAG."""
    given = tag_photos(context.box.safe, [PhotoId(one) for one in photos], tag, by=OPERATOR, now=context.now)
    click.echo(f"Tagged: {given.name}.")


@photos.command("untag")
@click.argument("tag")
@click.argument("photos", nargs=-1, required=True, metavar="PHOTO...")
@pass_context
def untag_command(context: Context, tag: str, photos: tuple[str, ...]) -> None:
    """Take a TAG off photos."""
    safe, now = context.box.safe, context.now
    found = tag_named(safe, tag, by=OPERATOR, now=now)
    untag_photos(safe, [PhotoId(one) for one in photos], found.id, by=OPERATOR, now=now)
    click.echo(f"Taken off: {found.name}.")


@click.group()
def search() -> None:
    """Saved searches: they find anew each time."""


@search.command("list")
@json_option
@pass_context
def saved_command(context: Context, as_json: bool) -> None:
    """Every saved search, how many photos it finds now, and how many are green for each purpose."""
    found = searches.saved_searches(context.box.safe, by=OPERATOR, now=context.now, day=context.today)
    rows = [
        {"id": one.search.id, "name": one.search.name, "shared": one.search.shared, "photos": one.photos}
        | {purpose.value: one.lights[purpose][Light.GREEN] if one.lights else None for purpose in PUBLICATION}
        for one in found
    ]
    show(rows, as_json=as_json)


@search.command("save")
@click.argument("name")
@_filtered
@click.option("--shared", is_flag=True, help="Everybody in the office sees it.")
@json_option
def save_command(context: Context, name: str, wanted: Filter, shared: bool, as_json: bool) -> None:
    """Save a search under a NAME."""
    made = searches.save_search(context.box.safe, name, wanted, shared=shared, by=OPERATOR, now=context.now)
    show_one({"id": made.id, "name": made.name}, as_json=as_json)


@search.command("run")
@click.argument("saved", metavar="SEARCH")
@click.option("--limit", type=click.IntRange(1, 1000), default=60, show_default=True)
@json_option
@pass_context
def run_command(context: Context, saved: str, limit: int, as_json: bool) -> None:
    """What a saved SEARCH finds now."""
    found = searches.saved_search(context.box.safe, SavedSearchId(saved), by=OPERATOR, now=context.now)
    _print(context, found.wanted, limit, None, as_json=as_json)


@search.command("remove")
@click.argument("saved", metavar="SEARCH")
@pass_context
def remove_command(context: Context, saved: str) -> None:
    """Delete a saved SEARCH; the photos stay."""
    searches.remove_search(context.box.safe, SavedSearchId(saved), by=OPERATOR, now=context.now)
    click.echo("Removed.")


COMMANDS = (photos, search)
