"""The library: photos with their lights, to search by light, person, date and text."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.actions.collections import latest_collections, photos_in
from appliance.actions.intake import imports, unexamined
from appliance.actions.photos import Filter, library, lights_in_all, wanted_ids
from appliance.actions.shoots import shoots
from appliance.domain.collections import CollectionId
from appliance.domain.consent import PUBLICATION, Light, Purpose
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.photos import ImportId, PhotoId, ShootId, Stage
from webui import names
from webui.current import asking, asking_today, box

pages = Blueprint("library", __name__)
PAGE = 60
_IMPORTS_LISTED = 20


@pages.get("/")
def show() -> ResponseReturnValue:
    """A page of the photos that are wanted."""
    wanted = wanted_photos()
    after = request.args.get("after")
    page = library(
        box().safe, wanted=wanted, after=PhotoId(after) if after else None, limit=PAGE, **asking_today()
    )
    return render_template(
        "library/show.html",
        page=page,
        wanted=wanted,
        first=after is None,
        search=search_arguments(),
        counts=lights_in_all(box().safe, **asking_today()),
        people=names.listed(),
        imports=imports(box().safe, limit=_IMPORTS_LISTED, **asking()),
        stages=tuple(Stage),
        shoots=shoots(box().safe, **asking()),
        collections=latest_collections(box().safe, **asking()),
    )


@pages.get("/waiting.json")
def waiting() -> ResponseReturnValue:
    """How many photos are still to be examined."""
    count = unexamined(box().safe, **asking())
    return {"waiting": count, "finished": count == 0, "page": url_for("library.show")}


def wanted_photos() -> Filter:
    """The search that the address asks for.

    Raises:
        Mistake: when a part of it makes no sense.
    """
    args = request.args
    person_id, text = _who(args.get("person", ""), args.get("name", "").strip(), args.get("text", "")[:100])
    try:
        return Filter(
            light=Light(args["light"]) if args.get("light") else None,
            purpose=_purpose(args.get("purpose", "")),
            person_id=person_id,
            taken_from=date.fromisoformat(args["from"]) if args.get("from") else None,
            taken_until=date.fromisoformat(args["until"]) if args.get("until") else None,
            untagged=args.get("untagged") == "1",
            import_id=ImportId(args["import"]) if args.get("import") else None,
            shoot_id=ShootId(args["shoot"]) if args.get("shoot") else None,
            text=text,
            stage=Stage(args["stage"]) if args.get("stage") else None,
        )
    except ValueError as problem:
        raise Mistake("search:bad", "This search is not understood.", "Choose from the form.") from problem


def _who(person: str, name: str, text: str) -> tuple[PersonId | None, str]:
    """A person by id, or by name when exactly one fits; else the name is searched as text."""
    if person:
        return PersonId(person), text
    meant = names.found(name) if name else []
    if len(meant) == 1:
        return meant[0].id, text
    return None, text or name[:100]


def _purpose(text: str) -> Purpose | None:
    if not text:
        return None
    if Purpose(text) not in PUBLICATION:
        raise ValueError(text)
    return Purpose(text)


def chosen_photos(most: int) -> list[PhotoId]:
    """The photos that the address names: one by one, as a collection, or as a search of at most so many."""
    args = request.args
    if args.get("collection"):
        return list(photos_in(box().safe, CollectionId(args["collection"]), **asking()))
    chosen = [PhotoId(one) for one in dict.fromkeys(args.getlist("photo"))]
    if not chosen and search_arguments():
        return list(wanted_ids(box().safe, wanted=wanted_photos(), limit=most, **asking()))
    return chosen


def search_arguments() -> dict[str, Any]:
    """The parts of the address that are the search, to keep it from page to page."""
    known = (
        "light",
        "purpose",
        "person",
        "name",
        "from",
        "until",
        "untagged",
        "import",
        "shoot",
        "text",
        "stage",
    )
    return {key: request.args[key] for key in known if request.args.get(key)}
