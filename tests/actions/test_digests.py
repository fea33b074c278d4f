"""Digests: whoever wants one hears what happened, in numbers, as often as they chose."""

from dataclasses import replace
from datetime import timedelta

import pytest

from appliance.actions import digests
from appliance.actions.access import change_user, create_user
from appliance.actions.collections import add_to_collection, create_collection, take_out
from appliance.actions.mailing import Office
from appliance.config import Config
from appliance.domain.access import OPERATOR, WORKER, Actor, Permission, Role, User, acting
from appliance.domain.audit import Event
from appliance.domain.collections import CollectionId
from appliance.domain.digests import NOTICES_OF, About, Every
from appliance.domain.errors import Mistake
from appliance.domain.notices import Notice, NoticeId, NoticeKind
from appliance.domain.photos import PhotoId
from appliance.store.ids import new_id
from appliance.tasks import Jobs
from appliance.wiring import Box
from tests.actions.paperwork import mail_through
from tests.actions.scene import ADMINISTRATOR, rows, told
from tests.conftest import Clock

OFFICE = Office("Waterdam", "https://door.example", "https://kluis.example/")
ADDRESS = "anna@waterdam.example"


@pytest.fixture
def anna(photo_box: Box) -> User:
    mail_through(photo_box, 9)
    made = [
        create_user(
            photo_box.safe,
            by=OPERATOR,
            now=photo_box.now(),
            name=name,
            password="a sentence is easy to remember",
            role=role,
            language="en",
        )
        for name, role in (("boss", Role.ADMINISTRATOR), ("anna", Role.EDITOR))
    ]
    choose(photo_box, made[1], Every.DAILY)
    return made[1]


def as_anna(anna: User) -> Actor:
    return acting(anna, confirmed=True)


def choose(
    box: Box,
    anna: User,
    every: Every | None,
    address: str = ADDRESS,
    about: frozenset[About] = frozenset(About),
) -> None:
    digests.choose_digest(box.safe, every, address, about, by=as_anna(anna), now=box.now())


def send(box: Box) -> int:
    return digests.send_digests(box.safe, OFFICE, by=WORKER, now=box.now(), bell=box.bell)


def texts(box: Box) -> list[str]:
    return [str(row["text"]) for row in rows(box, "SELECT text FROM messages WHERE kind = 'digest'")]


def test_it_tells_in_numbers_what_others_did(
    photo_box: Box, photo: PhotoId, anna: User, clock: Clock
) -> None:
    clock.advance(hours=1)
    made = create_collection(photo_box.safe, "Secret", by=as_anna(anna), now=photo_box.now())
    add_to_collection(photo_box.safe, made.id, [photo], by=ADMINISTRATOR, now=photo_box.now())
    assert send(photo_box) == 0  # not yet a day
    clock.advance(hours=23)
    assert send(photo_box) == 1
    (text,) = texts(photo_box)
    assert text.count("\n- ") == 1
    assert "- 1 collection that you take part in changed\n" in text
    assert "https://kluis.example/notices" in text
    assert "Secret" not in text
    assert "new photo" not in text
    clock.advance(days=1)
    assert send(photo_box) == 0  # nothing happened since


@pytest.mark.parametrize(
    ("every", "sent"), [(Every.DAILY, [1, 1, 1]), (Every.WEEKLY, [0, 0, 1]), (None, [0, 0, 0])]
)
def test_it_comes_as_often_as_was_chosen(
    photo_box: Box, photo: PhotoId, anna: User, clock: Clock, every: Every | None, sent: list[int]
) -> None:
    choose(photo_box, anna, every)
    made = create_collection(photo_box.safe, "Report", by=as_anna(anna), now=photo_box.now())
    found = []
    for days, photos in ((1, [photo]), (1, []), (5, [photo])):
        clock.advance(seconds=timedelta(days=days).total_seconds())
        _touch(photo_box, made.id, photo, bool(photos))
        found.append(send(photo_box))
    assert found == sent


def _touch(box: Box, collection: CollectionId, photo: PhotoId, add: bool) -> None:
    """Another one adds the photo, or takes it out."""
    act = add_to_collection if add else take_out
    act(box.safe, collection, [photo], by=ADMINISTRATOR, now=box.now())


def happen(box: Box, anna: User) -> None:
    """One notice of each kind."""
    with box.safe.store.begin(by=OPERATOR, to=Permission.PHOTO_EDIT, now=box.now()) as tx:
        for kind in NoticeKind:
            tx.notices.add(Notice(NoticeId(new_id()), anna.id, kind, box.now()))
        tx.record(Event("photo:edit"))


@pytest.mark.parametrize(
    ("about", "lines"),
    [
        (About.ANSWERS, "- 2 forms answered"),
        (About.WITHDRAWALS, "- 1 permission withdrawn for a photo that you released"),
        (About.LINKS, "- 1 request for more from the recipient of a share link of yours"),
        (About.SAFETY, "- 2 notices about the safety of accounts"),
        (About.PHOTOS, None),
        (About.COLLECTIONS, None),
    ],
)
def test_it_tells_of_what_was_chosen_and_of_nothing_else(
    photo_box: Box, anna: User, clock: Clock, about: About, lines: str | None
) -> None:
    choose(photo_box, anna, Every.DAILY, about=frozenset({about}))
    clock.advance(hours=1)
    happen(photo_box, anna)
    clock.advance(days=1)
    assert send(photo_box) == (1 if lines else 0)
    assert [line for text in texts(photo_box) for line in text.split("\n") if line.startswith("- ")] == (
        [lines] if lines else []
    )


def test_each_kind_of_notice_is_about_one_thing() -> None:
    kinds = [kind for kinds in NOTICES_OF.values() for kind in kinds]
    assert sorted(kinds) == sorted(NoticeKind)


def test_an_e_mail_must_be_about_something(photo_box: Box, anna: User) -> None:
    with pytest.raises(Mistake) as refused:
        choose(photo_box, anna, Every.DAILY, about=frozenset())
    assert refused.value.key == "digest:nothing"
    choose(photo_box, anna, None, about=frozenset())
    assert digests.own_digest(photo_box.safe, by=as_anna(anna), now=photo_box.now()) is None


def test_who_may_not_sign_in_hears_nothing(photo_box: Box, photo: PhotoId, anna: User, clock: Clock) -> None:
    made = create_collection(photo_box.safe, "Report", by=as_anna(anna), now=photo_box.now())
    clock.advance(hours=1)
    add_to_collection(photo_box.safe, made.id, [photo], by=ADMINISTRATOR, now=photo_box.now())
    clock.advance(days=1)
    change_user(photo_box.safe, replace(anna, active=False), by=OPERATOR, now=photo_box.now())
    assert send(photo_box) == 0


def test_an_address_must_be_one(photo_box: Box, anna: User) -> None:
    with pytest.raises(Mistake) as refused:
        choose(photo_box, anna, Every.DAILY, "anna")
    assert refused.value.key == "digest:no_address"
    kept = digests.own_digest(photo_box.safe, by=as_anna(anna), now=photo_box.now())
    assert kept is not None
    assert (kept.address, kept.every) == (ADDRESS, Every.DAILY)


def test_the_worker_sends_them_each_morning(config: Config) -> None:
    jobs = Jobs(config)
    jobs.digest()
    assert "account:tell" in told(jobs.box)[-1]
    jobs.box.close()
    jobs.huey.storage.close()
