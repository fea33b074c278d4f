"""Releasing: a copy leaves the safe for one purpose, when every person in it permits that today."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from appliance.actions.evidence import Sealing
from appliance.actions.watermarks import mark_key, marking
from appliance.domain.access import Actor, Permission
from appliance.domain.audit import Event
from appliance.domain.consent import Light, PhotoFacts, Purpose, Verdict, Why, verdict
from appliance.domain.descriptions import Description
from appliance.domain.errors import Mistake
from appliance.domain.people import LinkState, Person, PersonId
from appliance.domain.photos import Box, PhotoId
from appliance.domain.recalls import Recall
from appliance.domain.release import (
    LONG_SIDE,
    SUFFIX,
    Crop,
    Order,
    ParcelId,
    Receipt,
    Release,
    ReleaseId,
    part_of,
    require_green,
    require_sensible,
)
from appliance.domain.wording import Language, sentences
from appliance.imaging.copies import blurred
from appliance.imaging.decode import Decoder
from appliance.imaging.fingerprints import fingerprint
from appliance.imaging.invisible import has_room, marked
from appliance.imaging.releasing import Notice, released, shaped
from appliance.store.database import Transaction, View
from appliance.store.ids import new_id
from appliance.store.photos import BlobKind
from appliance.store.safe import Safe

Guard = Callable[[Transaction], None]


@dataclass(frozen=True, slots=True)
class Copy:
    """What is handed out: a file under a name that says nothing of anybody, and its receipt."""

    release: Release
    data: bytes
    file_name: str
    media_type: str

    @property
    def receipt(self) -> bytes:
        """The sealed receipt, JSON."""
        return self.release.receipt.encode("ascii")

    @property
    def receipt_name(self) -> str:
        """The name of the receipt beside the copy."""
        return f"{self.file_name}.receipt.json"


@dataclass(frozen=True, slots=True)
class By:
    """By whom and how a copy leaves. Through a link: the link's id and owner, the permission to use it, and
    what must still hold of the link in the transaction that records the release."""

    actor: Actor
    permission: Permission = Permission.RELEASE_MAKE
    parcel_id: ParcelId | None = None
    owner: str = ""
    guard: Guard | None = None

    @property
    def made_by(self) -> str:
        """Who answers for it."""
        return self.owner or self.actor.id


def release(
    safe: Safe,
    decoder: Decoder,
    sealing: Sealing,
    photo_id: PhotoId,
    order: Order,
    *,
    by: Actor | By,
    now: datetime,
    day: date,
    credit: str = "",
    language: Language = Language.ENGLISH,
) -> Copy:
    """Make a copy of a photo for a purpose, with its receipt.

    The verdict is asked twice: before the work, and again in the transaction that records the release,
    so that a withdrawal in between still stops it.

    Raises:
        NotAllowed: with every reason, unless the light is green; the refusal is in the audit log.
        Mistake: when the order makes no sense, or the photo was changed meanwhile.
    """
    require_sensible(order)
    asked = by if isinstance(by, By) else By(by)
    ready = _prepare(safe, photo_id, order.purpose, asked, now=now, day=day)
    facts = ready.facts
    blur = _boxes_to_blur(facts, verdict(facts, order.purpose, day))
    release_id = ReleaseId(new_id())
    made = None
    if ready.original is not None:
        notice = _notice(release_id, facts, ready.described, credit)
        made = _copy(decoder, ready.original, facts, order, blur, notice, ready.mark_key)
    with safe.store.begin(by=asked.actor, to=asked.permission, now=now, on=photo_id) as tx:
        if asked.guard is not None:
            asked.guard(tx)
        latest = _facts(tx, photo_id)
        decided = verdict(latest, order.purpose, day)
        require_green(decided, sentences(decided, language, Names(latest.people)))
        if made is None or blur != _boxes_to_blur(latest, decided) or _shown(latest) != _shown(facts):
            raise Mistake("release:changed_meanwhile", "The photo was changed just now.", "Try once more.")
        noted = _noted(safe, sealing, made, release_id, photo_id, order, decided, latest, asked, now=now)
        tx.releases.add(noted)
        through = f" parcel={asked.parcel_id}" if asked.parcel_id else ""
        tx.record(
            Event("release:make", photo_id, detail=f"purpose={order.purpose} release={release_id}{through}")
        )
    name = f"{release_id}.{SUFFIX[order.shape.format]}"
    return Copy(noted, made.data, name, order.shape.media_type)


@dataclass(frozen=True, slots=True)
class _Ready:
    """What a copy is made from. described: to whom the photo is due. original: when a release seems allowed.

    mark_key: when the copy is to carry an invisible mark.
    """

    facts: PhotoFacts
    described: Description
    original: bytes | None
    mark_key: bytes | None


def _prepare(safe: Safe, photo_id: PhotoId, purpose: Purpose, by: By, *, now: datetime, day: date) -> _Ready:
    with safe.store.look(by=by.actor, to=by.permission, now=now, on=photo_id) as view:
        facts = _facts(view, photo_id)
        described = view.descriptions.of(photo_id)
        if verdict(facts, purpose, day).light is not Light.GREEN:
            return _Ready(facts, described, None, None)
        wanted = marking(view, "")
        named = wanted.unseen_links if by.parcel_id else by.actor.role in wanted.unseen_roles
        original = safe.read(view, photo_id, BlobKind.ORIGINAL)
        return _Ready(facts, described, original, mark_key(safe) if named else None)


def _notice(release_id: ReleaseId, facts: PhotoFacts, described: Description, credit: str) -> Notice:
    """What the maker asked to be told, or the organisation's own credit. What is told of people stays."""
    return Notice(
        release_id,
        bool(_shown(facts)),
        creator=described.creator,
        credit=described.credit or credit,
        copyright_notice=described.copyright_notice or credit,
    )


def _facts(view: View, photo_id: PhotoId) -> PhotoFacts:
    facts = view.photos.facts([photo_id]).get(photo_id)
    if facts is None:
        raise Mistake("photo:unknown", "There is no such photo.", "It may have been removed.")
    if facts.photo.quarantined:
        raise Mistake(
            "release:quarantined",
            "This photo may be a duplicate, and is in quarantine.",
            "Decide that first, under duplicates.",
        )
    return facts


def _boxes_to_blur(facts: PhotoFacts, decided: Verdict) -> list[Box]:
    return [face.box for face in facts.faces if face.id in decided.blur and face.box is not None]


def _shown(facts: PhotoFacts) -> frozenset[PersonId]:
    """Who is confirmed in the photo: the receipt and the model release field are about them."""
    return frozenset(link.person_id for link in facts.links if link.state is LinkState.CONFIRMED)


@dataclass(frozen=True, slots=True)
class _Made:
    data: bytes
    fingerprint: str
    marked: bool


def _copy(
    decoder: Decoder,
    original: bytes,
    facts: PhotoFacts,
    order: Order,
    blur: list[Box],
    notice: Notice,
    mark_key: bytes | None,
) -> _Made:
    shape = order.shape
    at_least = LONG_SIDE[shape.size] if shape.crop is Crop.WHOLE else None
    pixels = decoder.decode(original, at_least=at_least).pixels
    if blur:
        pixels = blurred(pixels, blur)
    kept = [face.box for face in facts.faces if face.box is not None and face.box not in blur]
    pixels = shaped(pixels, shape, part_of(shape.crop, pixels.shape[1], pixels.shape[0], kept))
    named = mark_key is not None and has_room(pixels)
    shown = marked(pixels, mark_key, notice.release) if mark_key is not None and named else pixels
    return _Made(released(shown, shape, notice), fingerprint(pixels), named)


def _noted(
    safe: Safe,
    sealing: Sealing,
    made: _Made,
    release_id: ReleaseId,
    photo_id: PhotoId,
    order: Order,
    decided: Verdict,
    facts: PhotoFacts,
    by: By,
    *,
    now: datetime,
) -> Release:
    """The release with its sealed receipt."""
    noted = Release(
        id=release_id,
        photo_id=photo_id,
        purpose=order.purpose,
        made_at=now,
        made_by=by.made_by,
        sha256=hashlib.sha256(made.data).hexdigest(),
        bytes=len(made.data),
        relied_on=decided.relied_on,
        shape=order.shape,
        recipient=order.recipient,
        medium=order.medium,
        fingerprint=made.fingerprint,
        parcel_id=by.parcel_id,
        marked=made.marked,
    )

    def pseudonym(of: str) -> str:
        return safe.ring.pseudonym(f"receipt:{release_id}:{of}")

    receipt = Receipt(
        release_id=release_id,
        controller=sealing.organisation,
        sha256=noted.sha256,
        bytes=noted.bytes,
        media_type=order.shape.media_type,
        order=order,
        day=decided.day,
        made_at=now,
        light=decided.light,
        reasons=decided.reasons,
        people=tuple(sorted(pseudonym(person_id) for person_id in _permitting(decided, facts))),
        relied_on=tuple((pseudonym(one.quitclaim_id), one.version) for one in decided.relied_on),
    )
    return replace(noted, receipt=sealing.receipt(receipt).decode("ascii"))


def _permitting(decided: Verdict, facts: PhotoFacts) -> frozenset[PersonId]:
    named = {r.person_id for r in decided.reasons if r.why is Why.PERMITTED}
    return frozenset(person_id for person_id in _shown(facts) if person_id in named)


@dataclass(frozen=True, slots=True)
class Names:
    """Gives a person's name to whoever may read it; a person who is gone gives the id."""

    people: Mapping[PersonId, Person]

    def __call__(self, person_id: PersonId) -> str:
        """The name, or the id."""
        person = self.people.get(person_id)
        return person.name if person else str(person_id)


def require_may_release(safe: Safe, *, by: Actor, now: datetime) -> None:
    """Before many copies are promised: require that they may be asked for at all.

    Raises:
        NotAllowed: when not; the refusal is in the audit log.
    """
    with safe.store.look(by=by, to=Permission.RELEASE_MAKE, now=now):
        pass


@dataclass(frozen=True, slots=True)
class Left:
    """A copy that left, and its recall, where it was called back."""

    release: Release
    recall: Recall | None


def releases(
    safe: Safe, *, by: Actor, now: datetime, limit: int = 100, after: ReleaseId | None = None
) -> tuple[Left, ...]:
    """The latest releases, newest first, those behind `after`."""
    with safe.store.look(by=by, to=Permission.RELEASE_VIEW, now=now) as view:
        found = view.releases.recent(limit, after)
        recalls = view.recalls.of_releases([one.id for one in found])
    return tuple(Left(one, recalls.get(one.id)) for one in found)


def release_of(safe: Safe, release_id: ReleaseId, *, by: Actor, now: datetime) -> Left:
    """One copy that left."""
    with safe.store.look(by=by, to=Permission.RELEASE_VIEW, now=now, on=release_id) as view:
        found = view.releases.get(release_id)
        recalls = view.recalls.of_releases([found.id])
    return Left(found, recalls.get(found.id))


def receipt_of(safe: Safe, release_id: ReleaseId, *, by: Actor, now: datetime) -> bytes:
    """The receipt of a release, to hand out again.

    Raises:
        Mistake: when it has none: it left before there were receipts.
    """
    with safe.store.look(by=by, to=Permission.RELEASE_VIEW, now=now, on=release_id) as view:
        receipt = view.releases.get(release_id).receipt
    if not receipt:
        raise Mistake("receipt:none", "This copy left before there were receipts.")
    return receipt.encode("ascii")
