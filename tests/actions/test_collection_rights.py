"""S27: a collection is shared with somebody without other access; its links and news reach no further."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from appliance.actions import collections, digests, parcels
from appliance.actions.access import create_user
from appliance.actions.descriptions import describe
from appliance.actions.grants import change_group, groups, put_grant
from appliance.actions.photos import BlobKind, Filter, library, picture
from appliance.domain.access import OPERATOR, WORKER, Actor, Role, User, acting
from appliance.domain.collections import CollectionId
from appliance.domain.consent import Purpose
from appliance.domain.descriptions import Description
from appliance.domain.digests import Every
from appliance.domain.errors import NotAllowed
from appliance.domain.grants import Effect, Holder, HolderKind, Right, Scope, ScopeKind
from appliance.domain.parcels import Terms
from appliance.domain.photos import PhotoId
from appliance.domain.release import Recipient
from appliance.wiring import Box
from tests.actions.paperwork import mail_through
from tests.actions.scene import fill, named, rows, take
from tests.actions.scene import picture as drawn
from tests.actions.test_digests import OFFICE
from tests.conftest import Clock

TERMS = Terms("For the paper", Purpose.PRESS, Recipient("De Krant", "foto@krant.example"))


@dataclass(frozen=True, slots=True)
class Shared:
    """Two collections of one photo each; the guest was let into the first."""

    box: Box
    guest: User
    ours: CollectionId
    theirs: CollectionId
    inside: PhotoId
    outside: PhotoId

    @property
    def by(self) -> Actor:
        return acting(self.guest, confirmed=True)

    def let(self, *rights: Right, effect: Effect = Effect.ALLOW) -> None:
        holder, scope = Holder(HolderKind.USER, self.guest.id), Scope(ScopeKind.COLLECTION, self.ours)
        put_grant(self.box.safe, holder, scope, effect, set(rights), by=OPERATOR, now=self.box.now())

    def seen(self) -> set[PhotoId]:
        found = library(
            self.box.safe, by=self.by, now=self.box.now(), day=self.box.today(), wanted=Filter(), limit=9
        )
        assert found.total == len(found.cards)
        return {card.photo.id for card in found.cards}

    def listed(self) -> list[CollectionId]:
        found = collections.collections(self.box.safe, by=self.by, now=self.box.now(), day=self.box.today())
        return [card.collection.id for card in found]


@pytest.fixture
def shared(photo_box: Box, photo: PhotoId, tmp_path: Path) -> Shared:
    take(photo_box, fill(tmp_path / "card", {"OTHER.JPG": drawn(8)}))
    other = named(photo_box, "OTHER.JPG")
    guest = create_user(
        photo_box.safe,
        by=OPERATOR,
        now=photo_box.now(),
        name="agency",
        password="a sentence is easy to recall",
        role=Role.EDITOR,
        language="en",
    )
    for card in groups(photo_box.safe, by=OPERATOR, now=photo_box.now()):
        change_group(
            photo_box.safe,
            card.group.id,
            by=OPERATOR,
            now=photo_box.now(),
            name=card.group.name,
            members=[],
            joined=False,
        )
    ours, theirs = (
        collections.create_collection(photo_box.safe, title, "", [one], by=OPERATOR, now=photo_box.now()).id
        for title, one in (("Open day", photo), ("Board", other))
    )
    return Shared(photo_box, guest, ours, theirs, photo, other)


def test_who_is_let_into_a_collection_sees_it_and_nothing_else(shared: Shared) -> None:
    box = shared.box
    assert (shared.seen(), shared.listed()) == (set(), [])
    shared.let(Right.SEE)
    assert (shared.seen(), shared.listed()) == ({shared.inside}, [shared.ours])
    view = collections.collection_view(box.safe, shared.ours, by=shared.by, now=box.now(), day=box.today())
    assert [card.photo.id for card in view.cards] == [shared.inside]
    with pytest.raises(NotAllowed):
        collections.collection_view(box.safe, shared.theirs, by=shared.by, now=box.now(), day=box.today())
    with pytest.raises(NotAllowed):
        picture(box.safe, shared.outside, BlobKind.PROXY, by=shared.by, now=box.now())
    with pytest.raises(NotAllowed):
        collections.change_collection(box.safe, shared.ours, "Mine", "", by=shared.by, now=box.now())
    collections.take_out(box.safe, shared.ours, [shared.inside], by=OPERATOR, now=box.now())
    assert shared.seen() == set(), "what left the collection is still seen"


def test_who_may_edit_there_edits_there_alone(shared: Shared) -> None:
    box, now, by = shared.box, shared.box.now(), shared.by
    shared.let(Right.SEE, Right.EDIT)
    collections.change_collection(box.safe, shared.ours, "Open day 2026", "", by=shared.by, now=now)
    describe(box.safe, shared.inside, Description(caption="The mayor"), by=shared.by, now=now)
    assert rows(box, "SELECT caption FROM descriptions") == [{"caption": "The mayor"}]
    for act in (
        lambda: describe(box.safe, shared.outside, Description(caption="Mine"), by=by, now=now),
        lambda: collections.change_collection(box.safe, shared.theirs, "Mine", "", by=by, now=now),
        lambda: collections.add_to_collection(box.safe, shared.ours, [shared.outside], by=by, now=now),
        lambda: collections.add_to_collection(box.safe, shared.theirs, [shared.inside], by=by, now=now),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert shared.seen() == {shared.inside}


def test_a_link_is_made_where_sharing_was_granted_and_seen_by_who_sees_all_of_it(shared: Shared) -> None:
    box, now = shared.box, shared.box.now()

    def share(collection: CollectionId, by: Actor) -> parcels.Made:
        return parcels.create_parcel(
            box.safe, [], TERMS, "a long enough password", 30, by=by, now=now, collection_id=collection
        )

    shared.let(Right.SEE, Right.EDIT)
    with pytest.raises(NotAllowed):
        share(shared.ours, shared.by)
    shared.let(Right.SHARE)
    made = share(shared.ours, shared.by)
    with pytest.raises(NotAllowed):
        share(shared.theirs, shared.by)
    other = share(shared.theirs, OPERATOR)
    listed = parcels.parcels(box.safe, by=shared.by, now=now, day=box.today())
    assert [one.parcel.id for one in listed] == [made.parcel.id]
    with pytest.raises(NotAllowed):
        parcels.revoke_parcel(box.safe, other.parcel.id, by=shared.by, now=now)
    shared.let(Right.SEE, effect=Effect.DENY)
    assert parcels.parcels(box.safe, by=shared.by, now=now, day=box.today()) == ()


def test_a_digest_counts_only_what_its_reader_may_see(shared: Shared, clock: Clock, tmp_path: Path) -> None:
    box = shared.box
    shared.let(Right.SEE)
    mail_through(box, 9)
    digests.choose_digest(box.safe, Every.DAILY, "agency@waterdam.example", by=shared.by, now=box.now())
    clock.advance(hours=1)
    take(box, fill(tmp_path / "later", {"IN.JPG": drawn(11), "OUT.JPG": drawn(12)}))
    collections.add_to_collection(box.safe, shared.ours, [named(box, "IN.JPG")], by=OPERATOR, now=box.now())
    collections.add_to_collection(
        box.safe, shared.theirs, [named(box, "OUT.JPG")], by=OPERATOR, now=box.now()
    )
    clock.advance(days=1)
    assert digests.send_digests(box.safe, OFFICE, by=WORKER, now=box.now(), bell=box.bell) == 1
    (row,) = rows(box, "SELECT text FROM messages WHERE kind = 'digest'")
    assert "- 1 new photo\n" in str(row["text"])
