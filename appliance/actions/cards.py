"""Cards that are in the box: known again, copied by rule or when somebody says so."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from appliance.actions.bell import Bell
from appliance.actions.intake import Clock, carry_out, close_import, start_import
from appliance.actions.intake_rules import rules_in
from appliance.domain.access import WORKER, Actor, Permission
from appliance.domain.audit import Event, Outcome
from appliance.domain.cards import Card, CardState, RefusedDevice, Seen, removable
from appliance.domain.collections import CollectionId
from appliance.domain.errors import KluisError
from appliance.domain.intake import Begin
from appliance.domain.photos import ImportId, ImportReport, ShootId
from appliance.sources.card_service import CardService, problem_of
from appliance.sources.folders import photos_in
from appliance.store.cards import KnownCard
from appliance.store.database import Transaction
from appliance.store.safe import Safe

__all__ = ["Card", "CardService", "CardState", "KnownCard", "Seen", "problem_of"]

_REFUSED = "usb_refused"
_NAMELESS = "card"


@dataclass(frozen=True, slots=True)
class CardView:
    """A card in the box as the pages show it.

    known: None on its first seconds in the box. last: its latest import. removable: whether its whole
    medium may be pulled now.
    """

    card: Card
    known: KnownCard | None
    last: ImportReport | None
    removable: bool

    @property
    def asks(self) -> bool:
        """Whether it waits for somebody to say that it is to be copied."""
        return self.card.state is CardState.WAITING and self.known is not None and not self.busy

    @property
    def busy(self) -> bool:
        """Whether it is being copied, or is about to be."""
        return self.last is not None and self.last.finished_at is None

    @property
    def looked_through(self) -> bool:
        """Whether the counts of files on it are of this insertion."""
        return self.known is not None and self.known.insertion == self.card.insertion


def cards_in(safe: Safe, seen: Seen, *, by: Actor, now: datetime) -> tuple[CardView, ...]:
    """The cards that the service sees, with what the box remembers of each."""
    with safe.store.look(by=by, to=Permission.PHOTO_IMPORT, now=now) as view:
        views = []
        for card in seen.cards:
            last = view.cards.last_import(card.id)
            views.append(
                CardView(
                    card=card,
                    known=view.cards.get(card.id),
                    last=view.imports.get(last) if last else None,
                    removable=removable(seen.cards, card.disk),
                )
            )
    return tuple(views)


def greet(safe: Safe, service: CardService, card: Card, *, clock: Clock, bell: Bell) -> None:
    """A card was put in: take its import up again, begin one by rule, or look through it and wait to be told.

    Raises:
        Fault: when it cannot be mounted; the card service shows why.
    """
    with safe.store.begin(by=WORKER, to=Permission.PHOTO_IMPORT, now=clock(), on=card.id) as tx:
        known = tx.cards.get(card.id) or KnownCard(card.id, card.label, clock())
        tx.cards.put(replace(known, label=card.label))
        unfinished = tx.cards.open_import(card.id)
        at_once = rules_in(tx).begin is Begin.AT_ONCE or bool(known.shoot_id or known.collection_id)
        tx.record(Event("card:see", card.id))
    if unfinished is not None:
        bell.take_in(unfinished)
    elif at_once:
        bell.take_in(_begin(safe, card, known, by=WORKER, now=clock()).id)
    else:
        _look_through(safe, service, card, now=clock())


def _begin(safe: Safe, card: Card, rule: KnownCard, *, by: Actor, now: datetime) -> ImportReport:
    return start_import(
        safe,
        card.label or _NAMELESS,
        by=by,
        now=now,
        shoot_id=rule.shoot_id,
        card_id=card.id,
        collection_id=rule.collection_id,
    )


def _look_through(safe: Safe, service: CardService, card: Card, *, now: datetime) -> None:
    """Count the photos on a card, and those that were not taken from it before."""
    with service.mounted(card) as mounted:
        marks = [candidate.mark for candidate in photos_in(mounted.folder, sign=mounted.sign)]
    with safe.store.begin(by=WORKER, to=Permission.PHOTO_IMPORT, now=now, on=card.id) as tx:
        fresh = tx.taken_files.new(card.id, marks)
        known = tx.cards.get(card.id) or KnownCard(card.id, card.label, now)
        tx.cards.put(replace(known, insertion=card.insertion, files=len(marks), fresh=len(fresh)))
        tx.record(Event("card:look", card.id, detail=f"files={len(marks)} fresh={len(fresh)}"))


def import_card(
    safe: Safe,
    service: CardService,
    insertion: str,
    shoot_id: ShootId | None,
    *,
    by: Actor,
    now: datetime,
    bell: Bell,
    collection_id: CollectionId | None = None,
    remember: bool = False,
) -> ImportReport:
    """Have a card copied by the worker. collection_id: where its new photos are put once they are examined.
    remember: whether they belong to that shoot and collection from now on.

    Raises:
        Mistake: when it is not in the box any more, is being copied already, or nothing has such an id.
        NotAllowed: for a collection that one may not change.
        Fault: when the card service does not answer.
    """
    if collection_id is not None:
        with safe.store.look(by=by, to=Permission.COLLECTION_EDIT, now=now, on=collection_id) as view:
            view.collections.get(collection_id)
    with safe.store.begin(by=by, to=Permission.PHOTO_IMPORT, now=now) as tx:
        card = next((one for one in service.seen().cards if one.insertion == insertion), None)
        if card is None:
            raise problem_of("card:absent")
        if card.state is CardState.READING or tx.cards.open_import(card.id):
            raise problem_of("card:busy")
        if shoot_id is not None:
            tx.shoots.get(shoot_id)
        known = tx.cards.get(card.id) or KnownCard(card.id, card.label, now)
        rule = replace(known, label=card.label, shoot_id=shoot_id, collection_id=collection_id)
        tx.cards.put(rule if remember else replace(rule, shoot_id=None, collection_id=None))
        tx.record(Event("card:ask", card.id, detail=f"remember={remember}"))
    report = _begin(safe, card, rule, by=by, now=now)
    bell.take_in(report.id)
    return report


def carry_out_card(
    safe: Safe, service: CardService, import_id: ImportId, *, by: Actor, clock: Clock, bell: Bell
) -> ImportReport:
    """Do, or take up again, the import of a card: mounted, copied, unmounted, and then safe to remove.

    Raises:
        Mistake, Fault: when it is not in the box, is damaged or was pulled; the import is closed and says so.
    """
    with safe.store.look(by=by, to=Permission.PHOTO_IMPORT, now=clock(), on=import_id) as view:
        opened = view.imports.get(import_id)
    assert opened.card_id is not None  # noqa: S101 - it is an import of a card
    try:
        card = service.seen().card(opened.card_id)
        if card is None:
            raise problem_of("card:absent")
        with service.mounted(card) as mounted:
            report = carry_out(safe, import_id, by=by, clock=clock, bell=bell, card=mounted)
            mounted.whole = True
    except KluisError as problem:
        _close_open(safe, import_id, problem.key, by=by, now=clock())
        raise
    return report


def _close_open(safe: Safe, import_id: ImportId, why: str, *, by: Actor, now: datetime) -> None:
    """Close an import that never came to copying; one that did has closed itself."""
    with safe.store.look(by=by, to=Permission.PHOTO_IMPORT, now=now, on=import_id) as view:
        still_open = view.imports.get(import_id).finished_at is None
    if still_open:
        close_import(safe, import_id, by=by, now=now, problem=why)


def note_refused(safe: Safe, refused: Iterable[RefusedDevice], *, now: datetime) -> int:
    """Put USB devices that were kept out in the audit log, once each. Returns how many were new."""
    keys = {f"{one.port} {one.ids} {one.seen_at}": one for one in refused}
    with safe.store.look(by=WORKER, to=Permission.PHOTO_IMPORT, now=now) as view:
        noted = set(json.loads(view.settings.get(_REFUSED) or "[]"))
    fresh = {key: one for key, one in keys.items() if key not in noted}
    if fresh:
        with safe.store.begin(by=WORKER, to=Permission.PHOTO_IMPORT, now=now) as tx:
            _note(tx, fresh)
            tx.settings.put(_REFUSED, json.dumps(sorted(keys)))
    return len(fresh)


def _note(tx: Transaction, refused: Mapping[str, RefusedDevice]) -> None:
    for one in refused.values():
        kinds = ",".join(one.kinds).replace(" ", "-")
        tx.record(Event("usb:refuse", "", Outcome.REFUSED, f"device={one.ids} port={one.port} kinds={kinds}"))
