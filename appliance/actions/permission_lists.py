"""Old lists of permissions: received, read by a mapping, tried, brought in as a whole, and taken back.

What a list brought in is never deleted: taking it back is a new version of each quitclaim that says nothing,
so that the days in between are still answered as they were.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from appliance.actions.lights import refresh
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.consent import Answer, Purpose, Quitclaim, QuitclaimId, versions_on
from appliance.domain.errors import Mistake
from appliance.domain.people import Person, PersonId
from appliance.domain.permission_columns import ColumnMapping, guess
from appliance.domain.permission_list import SAMPLE, ListId, ListState, Plan, plan
from appliance.domain.permission_people import Known, PlannedPerson
from appliance.domain.permission_table import Table, read_table
from appliance.domain.photos import PhotoId
from appliance.store.database import Transaction, View
from appliance.store.ids import new_id
from appliance.store.permission_lists import Brought, KeptList
from appliance.store.safe import Safe

__all__ = ["SAMPLE", "KeptList"]

LONGEST_FILE_NAME = 200
EVERYBODY = 1_000_000


@dataclass(frozen=True, slots=True)
class ListView:
    """A list with how it is read, and what it would bring in.

    plan: of the rows that were asked for; None once it was brought in, and while the mapping is not usable:
    then `problem` says why.
    """

    kept: KeptList
    state: ListState
    table: Table
    plan: Plan | None
    problem: Mistake | None
    brought: tuple[Brought, ...]


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking a list back did. left: quitclaims that were changed since, and stand as they are."""

    undone: int
    left: int


def receive_list(safe: Safe, data: bytes, name: str, *, by: Actor, now: datetime) -> KeptList:
    """Keep a list (CSV), with a first guess of what its columns are. Nothing is brought in.

    Raises:
        Mistake: when it is no text in rows and columns, or too large.
    """
    table = read_table(data)
    shown = " ".join(name.split())[:LONGEST_FILE_NAME]
    kept = KeptList(
        id=ListId(new_id()),
        name=shown if shown.isprintable() and shown else "list.csv",
        received_at=now,
        received_by=by.id,
        mapping=guess(table),
    )
    with safe.store.begin(by=by, to=Permission.LIST_IMPORT, now=now, on=kept.id) as tx:
        tx.permission_lists.add(kept, data)
        tx.record(Event("list:receive", kept.id, detail=f"rows={len(table.rows)}"))
    return kept


def permission_lists(safe: Safe, *, by: Actor, now: datetime) -> tuple[tuple[KeptList, ListState], ...]:
    """Every list, the latest first."""
    with safe.store.look(by=by, to=Permission.LIST_IMPORT, now=now) as view:
        return tuple((kept, state_of(kept)) for kept in view.permission_lists.recent())


def state_of(kept: KeptList) -> ListState:
    """How a list stands."""
    if kept.undone_at is not None:
        return ListState.UNDONE
    return ListState.OPEN if kept.committed_at is None else ListState.COMMITTED


def list_view(
    safe: Safe, list_id: ListId, *, by: Actor, now: datetime, day: date, rows: int | None = SAMPLE
) -> ListView:
    """A list and what it would bring in. rows: how many of its rows are tried; None for all."""
    with safe.store.begin(by=by, to=Permission.LIST_IMPORT, now=now, on=list_id, durable=False) as view:
        kept = view.permission_lists.get(list_id)
        view.record(Event("list:view", list_id))
        table = read_table(view.permission_lists.data(list_id))
        known = _known(view, day)
        brought = tuple(view.permission_lists.brought(list_id))
    state, tried, problem = state_of(kept), None, None
    if state is ListState.OPEN:
        try:
            tried = plan(table if rows is None else table.first(rows), kept.mapping, day, known)
        except Mistake as mistake:
            problem = mistake
    return ListView(kept, state, table, tried, problem, brought)


def _known(view: View, day: date) -> Known:
    people = view.people.all("", after=None, limit=EVERYBODY)
    return Known(people, {who: _answered(found, day) for who, found in view.consent.by_person().items()})


def _answered(versions: Sequence[Quitclaim], day: date) -> frozenset[Purpose]:
    """The purposes about which somebody spoke; being asked is not speaking."""
    return frozenset(
        term.purpose
        for version in versions_on(versions, day)
        for term in version.terms
        if term.answer is not Answer.ASKED
    )


def map_list(safe: Safe, list_id: ListId, mapping: ColumnMapping, *, by: Actor, now: datetime) -> None:
    """Say how a list is read; it may still be unusable, which trying it tells."""
    with safe.store.begin(by=by, to=Permission.LIST_IMPORT, now=now, on=list_id) as tx:
        kept = _open_list(tx, list_id)
        tx.permission_lists.replace(replace(kept, mapping=mapping))
        tx.record(Event("list:map", list_id))


def discard_list(safe: Safe, list_id: ListId, *, by: Actor, now: datetime) -> None:
    """Throw away a list that was not brought in."""
    with safe.store.begin(by=by, to=Permission.LIST_IMPORT, now=now, on=list_id) as tx:
        _open_list(tx, list_id)
        tx.permission_lists.delete(list_id)
        tx.record(Event("list:discard", list_id))


def _open_list(tx: Transaction, list_id: ListId) -> KeptList:
    kept = tx.permission_lists.get(list_id)
    if state_of(kept) is not ListState.OPEN:
        raise Mistake("list:closed", "This list was brought in already.", "Take it back, or send it anew.")
    return kept


def commit_list(safe: Safe, list_id: ListId, *, by: Actor, now: datetime, day: date) -> Plan:
    """Bring a list in, all of it in one step: people, and a quitclaim of each who said something.

    It is read anew against what the safe knows now. Rows with a problem bring nothing in. Returns what came
    of it.

    Raises:
        Mistake: when the mapping is not usable, or nothing would be brought in.
    """
    with safe.store.begin(by=by, to=Permission.LIST_IMPORT, now=now, on=list_id) as tx:
        kept = _open_list(tx, list_id)
        done = plan(read_table(tx.permission_lists.data(list_id)), kept.mapping, day, _known(tx, day))
        if not done.people:
            raise Mistake("list:nothing", "Nothing of this list can be brought in.", "Mend its rows first.")
        photos: dict[PhotoId, None] = {}
        for planned in done.people:
            brought = _bring_in(tx, kept, done, planned, day)
            tx.permission_lists.note(list_id, brought)
            if not brought.added:
                photos.update(dict.fromkeys(tx.people.photos_of(brought.person_id)))
        refresh(tx, list(photos), day)
        tx.permission_lists.replace(replace(kept, committed_at=now))
        detail = f"people={len(done.people)} quitclaims={done.quitclaims} left_out={done.rows_left_out}"
        tx.record(Event("list:commit", list_id, detail=detail))
    return done


def _bring_in(tx: Transaction, kept: KeptList, done: Plan, planned: PlannedPerson, day: date) -> Brought:
    person_id, filled_in = _person(tx, planned)
    quitclaim_id = None
    if planned.terms:
        quitclaim_id = QuitclaimId(new_id())
        tx.consent.append(
            Quitclaim(
                id=quitclaim_id,
                version=1,
                person_id=person_id,
                recorded_at=tx.now,
                recorded_on=day,
                basis=done.basis,
                terms=planned.terms,
                balancing=done.balancing,
                note=_note(kept, planned),
            )
        )
        detail = f"list={kept.id} person={person_id}"
        tx.record(Event("quitclaim:record", quitclaim_id, detail=detail))
    return Brought(person_id, planned.existing is None, filled_in, quitclaim_id)


def _person(tx: Transaction, planned: PlannedPerson) -> tuple[PersonId, dict[str, str]]:
    """Who it is, added when new; and what the safe did not know of them."""
    if planned.existing is None:
        added = Person(
            PersonId(new_id()), planned.name, planned.department, planned.email, planned.birth_date
        )
        tx.people.add(added)
        tx.record(Event("person:add", added.id))
        return added.id, {}
    person = tx.people.get(planned.existing)
    told = {
        "department": "" if person.department else planned.department,
        "email": "" if person.email else planned.email,
        "birth_date": "" if person.birth_date or not planned.birth_date else planned.birth_date.isoformat(),
    }
    filled_in = {key: value for key, value in told.items() if value}
    if filled_in:
        tx.people.replace(replace(person, **_typed(filled_in)))  # type: ignore[arg-type]
        tx.record(Event("person:edit", person.id, detail=f"filled={','.join(sorted(filled_in))}"))
    return person.id, filled_in


def _typed(filled_in: Mapping[str, str]) -> dict[str, str | date]:
    return {
        key: date.fromisoformat(value) if key == "birth_date" else value for key, value in filled_in.items()
    }


def _note(kept: KeptList, planned: PlannedPerson) -> str:
    """Where it stands in the list, what was remarked there, and the photos that it names."""
    place = f"{kept.name}: {', '.join(map(str, planned.lines))}"
    return "\n".join(part for part in (place, planned.note, ", ".join(planned.photos)) if part)


def undo_list(safe: Safe, list_id: ListId, *, by: Actor, now: datetime, day: date) -> Undone:
    """Take a list back: its quitclaims say nothing from now on, unless somebody changed them since.

    The people it added stay, for a version of a quitclaim is never deleted; nothing is permitted of them.

    Raises:
        Mistake: when it was not brought in, or was taken back already.
    """
    with safe.store.begin(by=by, to=Permission.LIST_IMPORT, now=now, on=list_id) as tx:
        kept = tx.permission_lists.get(list_id)
        if state_of(kept) is not ListState.COMMITTED:
            raise Mistake("list:not_committed", "This list is not brought in.", "There is nothing to undo.")
        photos: dict[PhotoId, None] = {}
        undone = left = 0
        for one in tx.permission_lists.brought(list_id):
            _empty_again(tx, one)
            silenced = one.quitclaim_id is not None and _silence(tx, one.quitclaim_id, list_id, day)
            undone += silenced
            left += one.quitclaim_id is not None and not silenced
            photos.update(dict.fromkeys(tx.people.photos_of(tx.people.get(one.person_id).id)))
        refresh(tx, list(photos), day)
        tx.permission_lists.replace(replace(kept, undone_at=now))
        tx.record(Event("list:undo", list_id, detail=f"quitclaims={undone} left={left}"))
    return Undone(undone, left)


def _silence(tx: Transaction, quitclaim_id: QuitclaimId, list_id: ListId, day: date) -> bool:
    """Let a quitclaim say nothing any more; False when it was changed since."""
    last = tx.consent.versions(quitclaim_id)[-1]
    if last.version > 1:
        return False
    empty = replace(last, version=2, recorded_at=tx.now, recorded_on=day, terms=(), note="")
    tx.consent.append(empty)
    tx.record(Event("quitclaim:undo", quitclaim_id, detail=f"list={list_id}"))
    return True


def _empty_again(tx: Transaction, one: Brought) -> None:
    """Take away what the list told of somebody, where that still stands."""
    person = tx.people.get(one.person_id)
    empty: dict[str, str | date | None] = {
        key: None if key == "birth_date" else ""
        for key, value in _typed(one.filled_in).items()
        if getattr(person, key) == value
    }
    if empty:
        tx.people.replace(replace(person, **empty))  # type: ignore[arg-type]
        tx.record(Event("person:edit", person.id, detail=f"emptied={','.join(sorted(empty))}"))
