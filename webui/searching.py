"""The search that an address asks for. An address holds opaque ids, never a name or what somebody typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for
from werkzeug.datastructures import MultiDict

from appliance.actions.collections import photos_in
from appliance.actions.photos import Filter, wanted_ids
from appliance.actions.searches import keep_words, saved_search, words_of
from appliance.domain.collections import CollectionId
from appliance.domain.consent import PUBLICATION, Light, Purpose
from appliance.domain.errors import Mistake
from appliance.domain.people import PersonId
from appliance.domain.photos import ImportId, PhotoId, ShootId, Stage
from appliance.domain.searches import CameraId, DepartmentId, SavedSearchId, WordsId
from appliance.domain.tags import TagId
from webui import names
from webui.current import asking, box

Arguments = dict[str, Any]  # text, or a list of it for tags

_KNOWN = (
    *("words", "light", "purpose", "person", "department", "from", "until", "camera", "tag", "collection"),
    *("untagged", "nobody", "import", "shoot", "stage", "like", "saved"),
)
_TYPED = ("text", "name")  # what a form may hold, and no address


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in use. without: the address of the search without it."""

    key: str
    value: str
    without: str


def wanted_photos() -> Filter:
    """The search that the address asks for.

    Raises:
        Mistake: when a part of it makes no sense.
    """
    args = request.args
    if args.get("saved"):
        return saved_search(box().safe, SavedSearchId(args["saved"]), **asking()).wanted
    try:
        return Filter(
            text=words_of(box().safe, WordsId(args["words"]), **asking()) if args.get("words") else "",
            light=Light(args["light"]) if args.get("light") else None,
            purpose=_purpose(args.get("purpose", "")),
            person_id=_id(PersonId, "person"),
            department_id=_id(DepartmentId, "department"),
            taken_from=date.fromisoformat(args["from"]) if args.get("from") else None,
            taken_until=date.fromisoformat(args["until"]) if args.get("until") else None,
            camera_id=_id(CameraId, "camera"),
            tags=tuple(TagId(one) for one in dict.fromkeys(args.getlist("tag")) if one),
            collection_id=_id(CollectionId, "collection"),
            untagged=args.get("untagged") == "1",
            nobody_named=args.get("nobody") == "1",
            import_id=_id(ImportId, "import"),
            shoot_id=_id(ShootId, "shoot"),
            stage=Stage(args["stage"]) if args.get("stage") else None,
            similar_to=_id(PhotoId, "like"),
        )
    except ValueError as problem:
        raise Mistake("search:bad", "This search is not understood.", "Choose from the form.") from problem


def _id(kind: Any, key: str) -> Any:
    given = request.args.get(key)
    return kind(given) if given else None


def _purpose(text: str) -> Purpose | None:
    if not text:
        return None
    if Purpose(text) not in PUBLICATION:
        raise ValueError(text)
    return Purpose(text)


def search_arguments() -> Arguments:
    """The parts of the address that are the search, to keep it from page to page."""
    return arguments_in(request.args)


def arguments_in(given: MultiDict[str, str]) -> Arguments:
    """The parts of an address or form that are a search."""
    found: Arguments = {key: given[key] for key in _KNOWN if key != "tag" and given.get(key)}
    tags = [one for one in dict.fromkeys(given.getlist("tag")) if one]
    return {**found, "tag": tags} if tags else found


def chosen_photos(most: int) -> list[PhotoId]:
    """The photos that the address names: one by one, as a collection, or as a search of at most so many."""
    named = [PhotoId(one) for one in dict.fromkeys(request.args.getlist("photo"))]
    searched = search_arguments()
    if named or not searched:
        return named
    if "collection" in searched and not searched.keys() - {"collection", "purpose"}:
        return list(photos_in(box().safe, CollectionId(searched["collection"]), **asking()))
    return list(wanted_ids(box().safe, wanted=wanted_photos(), limit=most, known=box().known, **asking()))


def is_typed(given: MultiDict[str, str]) -> bool:
    """Whether something is in it that belongs in no address."""
    return any(given.get(key, "").strip() for key in _TYPED)


def without_names(given: MultiDict[str, str]) -> Arguments:
    """A search as its address has it: a name that fits one person is that person, other words get an id."""
    found = arguments_in(given)
    typed, name = given.get("text", "").strip(), given.get("name", "").strip()
    meant = names.found(name) if name else []
    if len(meant) == 1:
        found["person"] = meant[0].id
    elif name and not typed:
        typed = name
    words_id = keep_words(box().safe, typed, **asking())
    return {**found, "words": words_id} if words_id else found


def chips() -> list[Chip]:
    """The filters in use, each with the search without it."""
    searched = search_arguments()
    return [
        Chip(key, one, url_for("library.show", **_without(searched, key, one)))
        for key, value in searched.items()
        for one in (value if isinstance(value, list) else [value])
    ]


def _without(searched: Mapping[str, str | Sequence[str]], key: str, value: str) -> dict[str, Any]:
    left = [one for one in searched[key] if one != value] if key == "tag" else []
    return {**{k: v for k, v in searched.items() if k != key}, **({key: left} if left else {})}


def arguments_of(wanted: Filter) -> Arguments:
    """The address of a search that was saved."""
    plain: dict[str, object] = {
        "light": wanted.light,
        "purpose": wanted.purpose,
        "person": wanted.person_id,
        "department": wanted.department_id,
        "from": wanted.taken_from,
        "until": wanted.taken_until,
        "camera": wanted.camera_id,
        "collection": wanted.collection_id,
        "untagged": "1" if wanted.untagged else None,
        "nobody": "1" if wanted.nobody_named else None,
        "import": wanted.import_id,
        "shoot": wanted.shoot_id,
        "stage": wanted.stage,
        "like": wanted.similar_to,
        "words": keep_words(box().safe, wanted.text, **asking()),
    }
    found: Arguments = {key: str(value) for key, value in plain.items() if value}
    return {**found, "tag": list(wanted.tags)} if wanted.tags else found
