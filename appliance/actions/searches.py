"""What searches are made of: what there is to choose from, words under an id, and saved searches."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from appliance.actions.duplicates import Known
from appliance.actions.lights import refresh_stale
from appliance.actions.photos import with_alike
from appliance.domain.access import WORKER, Actor, Kind, Permission
from appliance.domain.audit import Event
from appliance.domain.consent import Light, Purpose
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.searches import (
    LONGEST_WORDS,
    Camera,
    Department,
    SavedSearchId,
    WordsId,
)
from appliance.domain.tags import Tag
from appliance.store.database import View
from appliance.store.ids import new_id
from appliance.store.safe import Safe
from appliance.store.search import Filter
from appliance.store.searches import SavedSearch

__all__ = ["SavedSearch"]

WORDS_KEPT = timedelta(days=30)
LONGEST_NAME = 100
MOST_SUMMED = 20_000  # photos of which the lights are counted one by one


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from in a search."""

    cameras: tuple[Camera, ...]
    departments: tuple[Department, ...]
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """A saved search with what it finds now. lights: none when there are too many photos to count."""

    search: SavedSearch
    own: bool
    photos: int
    lights: Mapping[Purpose, Mapping[Light, int]] | None


def choices(safe: Safe, *, by: Actor, now: datetime) -> Choices:
    """Cameras, departments and tags, each with how much there is of it."""
    with safe.store.look(by=by, to=Permission.PHOTO_VIEW, now=now) as view:
        return Choices(
            tuple(view.searches.cameras()), tuple(view.searches.departments()), tuple(view.tags.all())
        )


def keep_words(safe: Safe, words: str, *, by: Actor, now: datetime) -> WordsId | None:
    """Put what somebody types under an id, so that no address holds a name; None for nothing."""
    plain = " ".join(words.split())[:LONGEST_WORDS]
    if not plain:
        return None
    with safe.store.begin(by=by, to=Permission.PHOTO_VIEW, now=now, durable=False) as tx:
        words_id = tx.searches.keep_words(plain, WordsId(new_id()), now)
        tx.record(Event("search:words", words_id))
    return words_id


def words_of(safe: Safe, words_id: WordsId, *, by: Actor, now: datetime) -> str:
    """What was typed.

    Raises:
        Mistake: when nobody asked for it lately, so that it is forgotten.
    """
    with safe.store.look(by=by, to=Permission.PHOTO_VIEW, now=now, on=words_id) as view:
        return view.searches.words(words_id)


def lights_found(
    safe: Safe, wanted: Filter, *, by: Actor, now: datetime, day: date, known: Known | None = None
) -> Mapping[Purpose, Mapping[Light, int]] | None:
    """How many of the photos found have which light, for each purpose; None when there are too many."""
    refresh_stale(safe, now=now, day=day)
    with safe.store.look(by=by, to=Permission.PHOTO_VIEW, now=now) as view:
        return _lights(view, with_alike(view, wanted, known))


def _lights(view: View, wanted: Filter) -> Mapping[Purpose, Mapping[Light, int]] | None:
    return view.photos.lights(wanted) if view.photos.count(wanted) <= MOST_SUMMED else None


def save_search(
    safe: Safe, name: str, wanted: Filter, *, shared: bool, by: Actor, now: datetime
) -> SavedSearch:
    """Keep a search under a name. It finds anew each time; what is found is never kept.

    Raises:
        Mistake: without a name, or when nothing is searched for.
    """
    if wanted == Filter():
        raise Mistake("search:everything", "That search finds everything.", "Choose a filter first.")
    search = SavedSearch(
        SavedSearchId(new_id()), _sensible(name), by.id, shared, replace(wanted, alike=None), now
    )
    with safe.store.begin(by=by, to=Permission.PHOTO_VIEW, now=now, on=search.id) as tx:
        tx.searches.save(search)
        tx.record(Event("search:save", search.id, detail=f"shared={int(shared)}"))
    return search


def change_search(
    safe: Safe, search_id: SavedSearchId, name: str, *, shared: bool, by: Actor, now: datetime
) -> None:
    """Give one's own saved search another name, or share it or no longer.

    Raises:
        Mistake: when there is none of that id for whoever asks, or without a name.
        NotAllowed: when it is somebody else's.
    """
    with safe.store.begin(by=by, to=Permission.PHOTO_VIEW, now=now, on=search_id) as tx:
        search = _owned(tx, search_id, by)
        tx.searches.save(replace(search, name=_sensible(name), shared=shared))
        tx.record(Event("search:save", search_id, detail=f"shared={int(shared)}"))


def remove_search(safe: Safe, search_id: SavedSearchId, *, by: Actor, now: datetime) -> None:
    """Delete one's own saved search.

    Raises:
        Mistake: when there is none of that id for whoever asks.
        NotAllowed: when it is somebody else's.
    """
    with safe.store.begin(by=by, to=Permission.PHOTO_VIEW, now=now, on=search_id) as tx:
        tx.searches.remove(_owned(tx, search_id, by).id)
        tx.record(Event("search:remove", search_id))


def saved_search(safe: Safe, search_id: SavedSearchId, *, by: Actor, now: datetime) -> SavedSearch:
    """One saved search, own or shared.

    Raises:
        Mistake: when there is none of that id for whoever asks.
    """
    with safe.store.look(by=by, to=Permission.PHOTO_VIEW, now=now, on=search_id) as view:
        return _seen(view, search_id, by)


def saved_searches(
    safe: Safe, *, by: Actor, now: datetime, day: date, known: Known | None = None
) -> tuple[Summary, ...]:
    """One's own saved searches and those that are shared, by name, with what each finds now."""
    refresh_stale(safe, now=now, day=day)
    with safe.store.look(by=by, to=Permission.PHOTO_VIEW, now=now) as view:
        return tuple(_summary(view, one, by, known) for one in view.searches.saved() if _may_see(one, by))


def _summary(view: View, search: SavedSearch, by: Actor, known: Known | None) -> Summary:
    own = search.owner == by.id
    try:
        wanted = with_alike(view, search.wanted, known)
    except Mistake:  # the photo that it was like is gone
        return Summary(search, own, 0, None)
    return Summary(search, own, view.photos.count(wanted), _lights(view, wanted))


def _may_see(search: SavedSearch, by: Actor) -> bool:
    return search.shared or search.owner == by.id or by.kind is Kind.OPERATOR


def _seen(view: View, search_id: SavedSearchId, by: Actor) -> SavedSearch:
    search = view.searches.get(search_id)
    if not _may_see(search, by):
        raise Mistake("search:unknown", "There is no such saved search.", "It may have been removed.")
    return search


def _owned(view: View, search_id: SavedSearchId, by: Actor) -> SavedSearch:
    search = _seen(view, search_id, by)
    if search.owner != by.id and by.kind is not Kind.OPERATOR:
        raise NotAllowed("search:not_own", "You can change only your own saved searches.")
    return search


def _sensible(name: str) -> str:
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise Mistake(
            "search:no_name",
            "A saved search needs a name.",
            "Use one to {most} letters.",
            values={"most": LONGEST_NAME},
        )
    return plain


def forget_words(safe: Safe, *, now: datetime) -> int:
    """Delete what nobody searched for lately, and tags that no photo has any more. Returns how much."""
    with safe.store.begin(by=WORKER, to=Permission.PHOTO_ANALYSE, now=now) as tx:
        forgotten = tx.searches.forget_words(now - WORDS_KEPT) + tx.tags.forget_unused()
        tx.record(Event("search:forget", detail=f"words={forgotten}"))
    return forgotten
