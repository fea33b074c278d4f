"""Quitclaims: each change is a version, and each works at once on every light and release."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest

from appliance.actions import consent
from appliance.actions.faces import add_face
from appliance.actions.lights import refresh_stale
from appliance.actions.photos import Filter, library, lights_in_all
from appliance.actions.release import release
from appliance.domain.access import OPERATOR
from appliance.domain.consent import Answer, Basis, Light, Purpose, Quitclaim, QuitclaimId, Status, Term, Why
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.people import PersonId
from appliance.domain.photos import PhotoId
from appliance.domain.release import usual_order
from appliance.wiring import Box
from tests.actions.scene import EDITOR, granted, person, rows, signed, told, verdict_of
from tests.conftest import Clock


@pytest.fixture
def anna(photo_box: Box, photo: PhotoId) -> PersonId:
    """Somebody who stands in the photo and was never asked anything."""
    box, anna = photo_box, person(photo_box, "Anna")
    now, day = box.now(), box.today()
    add_face(box.safe, photo, None, by=OPERATOR, now=now, day=day, bell=box.bell, person_id=anna)
    return anna


def record(box: Box, who: PersonId, terms: Sequence[Term], **more: object) -> Quitclaim:
    return consent.record(box.safe, who, terms, by=EDITOR, now=box.now(), day=box.today(), **more)  # type: ignore[arg-type]


def amend(box: Box, quitclaim_id: QuitclaimId, terms: Sequence[Term]) -> Quitclaim:
    return consent.amend(box.safe, quitclaim_id, terms, by=EDITOR, now=box.now(), day=box.today())


def withdraw(box: Box, quitclaim_id: QuitclaimId, *purposes: Purpose) -> Quitclaim:
    return consent.withdraw(box.safe, quitclaim_id, purposes, by=EDITOR, now=box.now(), day=box.today())


def light(box: Box, photo: PhotoId, purpose: Purpose = Purpose.WEB) -> Light:
    """The light, which the index that the library is searched by must show too."""
    decided = verdict_of(box, photo, purpose).light
    wanted = Filter(light=decided, purpose=purpose)
    found = library(box.safe, by=OPERATOR, now=box.now(), day=box.today(), wanted=wanted)
    assert [card.photo.id for card in found.cards] == [photo]
    counted = lights_in_all(box.safe, by=OPERATOR, now=box.now(), day=box.today())
    assert counted[purpose] == {one: int(one is decided) for one in Light}
    return decided


def test_what_is_granted_turns_green_and_nothing_else(photo_box: Box, photo: PhotoId, anna: PersonId) -> None:
    assert light(photo_box, photo) is Light.RED
    quitclaim = record(photo_box, anna, granted(Purpose.WEB, Purpose.PRESS), note=" signed at the desk ")
    assert light(photo_box, photo) is Light.GREEN
    assert light(photo_box, photo, Purpose.PRINT) is Light.RED
    whose, view = consent.quitclaim_view(
        photo_box.safe, quitclaim.id, by=OPERATOR, now=photo_box.now(), day=photo_box.today()
    )
    assert whose.name == "Anna"
    assert view.current == quitclaim
    assert quitclaim.note == "signed at the desk"
    assert [(one.term.purpose, one.status) for one in view.terms] == [
        (Purpose.WEB, Status.ACTIVE),
        (Purpose.PRESS, Status.ACTIVE),
    ]


def test_each_change_is_a_version_and_is_told(photo_box: Box, photo: PhotoId, anna: PersonId) -> None:
    begin = len(told(photo_box))
    first = record(photo_box, anna, granted(Purpose.WEB))
    second = amend(
        photo_box, first.id, [Term(Purpose.WEB, Answer.GRANTED), Term(Purpose.PRINT, Answer.DECLINED)]
    )
    third = withdraw(photo_box, first.id)
    assert [second.version, third.version] == [2, 3]
    assert told(photo_box, begin) == [
        f"the-editor quitclaim:record {first.id} done person={anna} version=1 web=granted",
        f"the-editor quitclaim:amend {first.id} done person={anna} version=2 web=granted print=declined",
        f"the-editor quitclaim:withdraw {first.id} done person={anna} version=3 web=withdrawn print=declined",
    ]
    _, view = consent.quitclaim_view(
        photo_box.safe, first.id, by=OPERATOR, now=photo_box.now(), day=photo_box.today()
    )
    assert view.versions == (first, second, third)


def test_a_withdrawal_reaches_light_index_and_release_at_once(
    photo_box: Box, photo: PhotoId, anna: PersonId
) -> None:
    """S18, P12: within the same second, and for the withdrawn purpose alone."""
    box = photo_box
    quitclaim = record(box, anna, granted(Purpose.WEB, Purpose.PRESS))
    make(box, photo)
    withdraw(box, quitclaim.id, Purpose.WEB)

    assert light(box, photo) is Light.RED
    assert light(box, photo, Purpose.PRESS) is Light.GREEN
    assert [reason.why for reason in verdict_of(box, photo).reasons] == [Why.REVOKED]
    with pytest.raises(NotAllowed) as refused:
        make(box, photo)
    assert refused.value.reasons == ("Anna withdrew the permission on 24 November 2026.",)
    assert len(rows(box, "SELECT id FROM releases")) == 1


def make(box: Box, photo: PhotoId) -> None:
    order = usual_order(Purpose.WEB)
    release(box.safe, box.decoder, box.sealing, photo, order, by=EDITOR, now=box.now(), day=box.today())


def test_a_withdrawal_without_purposes_withdraws_all(photo_box: Box, photo: PhotoId, anna: PersonId) -> None:
    terms = [*granted(Purpose.WEB), Term(Purpose.PRINT, Answer.ASKED), Term(Purpose.PRESS, Answer.DECLINED)]
    withdrawn = withdraw(photo_box, record(photo_box, anna, terms).id)
    assert [(term.purpose, term.answer) for term in withdrawn.terms] == [
        (Purpose.WEB, Answer.WITHDRAWN),
        (Purpose.PRINT, Answer.WITHDRAWN),
        (Purpose.PRESS, Answer.DECLINED),
    ]


def test_what_is_merely_asked_or_begins_later_stays_amber(
    photo_box: Box, photo: PhotoId, anna: PersonId, clock: Clock
) -> None:
    quitclaim = record(photo_box, anna, [Term(Purpose.WEB, Answer.ASKED)])
    assert light(photo_box, photo) is Light.AMBER
    amend(photo_box, quitclaim.id, granted(Purpose.WEB, begin=photo_box.today() + timedelta(days=2)))
    assert light(photo_box, photo) is Light.AMBER
    clock.advance(days=2)
    assert light(photo_box, photo) is Light.GREEN


def test_a_consent_ends_with_its_last_day(
    photo_box: Box, photo: PhotoId, anna: PersonId, clock: Clock
) -> None:
    record(photo_box, anna, granted(Purpose.WEB, until=date(2026, 11, 26)))
    clock.advance(days=2)
    assert light(photo_box, photo) is Light.GREEN
    clock.advance(days=1)
    assert light(photo_box, photo) is Light.RED
    assert [reason.why for reason in verdict_of(photo_box, photo).reasons] == [Why.EXPIRED]
    with pytest.raises(NotAllowed):
        make(photo_box, photo)


def test_the_day_is_the_one_in_the_office(
    photo_box: Box, photo: PhotoId, anna: PersonId, clock: Clock
) -> None:
    """At half past eleven at night in UTC it is tomorrow in Amsterdam."""
    record(photo_box, anna, granted(Purpose.WEB, until=date(2026, 11, 24)))
    clock.advance(hours=10, minutes=30)
    assert light(photo_box, photo) is Light.GREEN
    clock.advance(hours=1)
    assert light(photo_box, photo) is Light.RED


def test_the_index_is_brought_up_to_date_once_when_the_calendar_moves(
    photo_box: Box, photo: PhotoId, anna: PersonId, clock: Clock
) -> None:
    record(photo_box, anna, granted(Purpose.WEB, until=date(2026, 11, 26)))
    assert refresh_stale(photo_box.safe, now=clock(), day=photo_box.today()) == 0
    clock.advance(days=3)
    assert refresh_stale(photo_box.safe, now=clock(), day=photo_box.today()) == 1
    assert refresh_stale(photo_box.safe, now=clock(), day=photo_box.today()) == 0
    assert told(photo_box)[-1] == "worker lights:refresh  done photos=1"


def test_what_held_on_a_past_day_is_still_answered(
    photo_box: Box, photo: PhotoId, anna: PersonId, clock: Clock
) -> None:
    """P13: the answer for a day is the same today and later, whatever came after."""
    days = [photo_box.today() + timedelta(days=days) for days in (0, 10, 20)]
    quitclaim = record(photo_box, anna, granted(Purpose.WEB))
    clock.advance(days=10)
    withdraw(photo_box, quitclaim.id)
    clock.advance(days=10)
    amend(photo_box, quitclaim.id, granted(Purpose.WEB))
    expected = [Light.GREEN, Light.RED, Light.GREEN]
    for _ in range(2):
        assert [verdict_of(photo_box, photo, day=day).light for day in days] == expected
        assert verdict_of(photo_box, photo, day=days[0] - timedelta(days=1)).light is Light.RED
        clock.advance(days=5 * 365)


def test_a_new_quitclaim_replaces_the_old_one(photo_box: Box, photo: PhotoId, anna: PersonId) -> None:
    old = record(photo_box, anna, granted(Purpose.WEB, Purpose.PRESS))
    new = record(photo_box, anna, granted(Purpose.PRINT), supersedes=old.id)
    assert light(photo_box, photo, Purpose.PRINT) is Light.GREEN
    assert light(photo_box, photo, Purpose.WEB) is Light.RED
    found = consent.quitclaims(photo_box.safe, by=OPERATOR, now=photo_box.now(), day=photo_box.today())
    assert {view.current.id: {one.status for one in view.terms} for _, view in found} == {
        new.id: {Status.ACTIVE},
        old.id: {Status.SUPERSEDED},
    }


LEGITIMATE = {"basis": Basis.LEGITIMATE_INTEREST}
REFUSED: dict[str, tuple[str, Callable[[Box, PersonId], object]]] = {
    "no purpose": ("quitclaim:no_terms", lambda box, anna: record(box, anna, [])),
    "a purpose twice": (
        "quitclaim:purpose_twice",
        lambda box, anna: record(box, anna, granted(Purpose.WEB, Purpose.WEB)),
    ),
    "an end before the beginning": (
        "quitclaim:ends_first",
        lambda box, anna: record(
            box, anna, granted(Purpose.WEB, begin=date(2026, 12, 2), until=date(2026, 12, 1))
        ),
    ),
    "legitimate interest without its balancing": (
        "quitclaim:no_balancing",
        lambda box, anna: record(box, anna, granted(Purpose.WEB), **LEGITIMATE, balancing="  "),
    ),
    "recognition by agreement": (
        "quitclaim:recognition_needs_consent",
        lambda box, anna: record(box, anna, granted(Purpose.RECOGNITION), basis=Basis.AGREEMENT),
    ),
    "of nobody": (
        "person:unknown",
        lambda box, _anna: record(box, PersonId("nobody"), granted(Purpose.WEB)),
    ),
    "replacing what is not there": (
        "quitclaim:unknown",
        lambda box, anna: record(box, anna, granted(Purpose.WEB), supersedes=QuitclaimId("nothing")),
    ),
    "replacing somebody else's": (
        "quitclaim:not_theirs",
        lambda box, anna: record(
            box, anna, granted(Purpose.WEB), supersedes=signed(box, person(box, "Bob"), Purpose.WEB).id
        ),
    ),
    "amending to nothing": (
        "quitclaim:no_terms",
        lambda box, anna: amend(box, signed(box, anna, Purpose.WEB).id, []),
    ),
    "amending what is not there": (
        "quitclaim:unknown",
        lambda box, _anna: amend(box, QuitclaimId("nothing"), granted(Purpose.WEB)),
    ),
    "withdrawing an agreement": (
        "quitclaim:not_withdrawable",
        lambda box, anna: withdraw(box, record(box, anna, granted(Purpose.WEB), basis=Basis.AGREEMENT).id),
    ),
    "withdrawing what was not asked": (
        "quitclaim:nothing_to_withdraw",
        lambda box, anna: withdraw(box, signed(box, anna, Purpose.WEB).id, Purpose.PRINT),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_makes_no_sense_is_refused_and_not_kept(photo_box: Box, anna: PersonId, case: str) -> None:
    key, attempt = REFUSED[case]
    with pytest.raises(Mistake) as problem:
        attempt(photo_box, anna)
    assert problem.value.key == key
    kept = rows(photo_box, "SELECT version, supersedes, terms FROM quitclaims")
    assert all((row["version"], row["supersedes"]) == (1, None) for row in kept)
    assert len(kept) <= 1


def test_withdrawing_twice_is_told(photo_box: Box, anna: PersonId) -> None:
    quitclaim = record(photo_box, anna, granted(Purpose.WEB))
    withdraw(photo_box, quitclaim.id)
    with pytest.raises(Mistake) as problem:
        withdraw(photo_box, quitclaim.id)
    assert problem.value.key == "quitclaim:nothing_to_withdraw"


def test_two_changes_at_once_make_two_versions(photo_box: Box, anna: PersonId) -> None:
    quitclaim = record(photo_box, anna, granted(Purpose.WEB))
    together = Barrier(2)

    def change() -> None:
        together.wait()
        amend(photo_box, quitclaim.id, granted(Purpose.PRESS))

    threads = [Thread(target=change) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = rows(photo_box, "SELECT version FROM quitclaims ORDER BY version")
    assert [row["version"] for row in kept] == [1, 2, 3]


def test_an_agreement_that_still_runs_against_a_no_makes_somebody_look(
    photo_box: Box, photo: PhotoId, anna: PersonId, clock: Clock
) -> None:
    """P9: a contract and a consent are different things."""
    record(photo_box, anna, granted(Purpose.WEB), basis=Basis.AGREEMENT)
    clock.advance(minutes=1)
    record(photo_box, anna, [Term(Purpose.WEB, Answer.DECLINED)])
    assert light(photo_box, photo) is Light.AMBER
    assert [reason.why for reason in verdict_of(photo_box, photo).reasons] == [Why.CONTRADICTION]
