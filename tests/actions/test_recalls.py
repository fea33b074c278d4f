"""Recalls: when consent ends, every copy that left is called back, and answered for (P21)."""

import io
import json
from datetime import timedelta

import pytest
from PIL import Image

from appliance.actions import consent, found_files, recalls
from appliance.actions.life import photo_life
from appliance.actions.lights import refresh_stale
from appliance.actions.mailing import Office, change_mail_settings, messages
from appliance.actions.photos import count_heads
from appliance.actions.release import Copy, receipt_of, release
from appliance.actions.subject import own_page
from appliance.domain.access import OPERATOR, WORKER, Permission
from appliance.domain.audit import Event
from appliance.domain.consent import Purpose, Quitclaim
from appliance.domain.errors import Mistake, NotAllowed
from appliance.domain.life import Turn
from appliance.domain.photos import PhotoId
from appliance.domain.recalls import RecallState
from appliance.domain.release import Crop, Order, Recipient, Shape, Size, usual_order
from appliance.domain.wording import Language
from appliance.evidence.receipts import verify_copy
from appliance.mail.smtp import MailSettings, Security
from appliance.store.passwords import token_hash
from appliance.wiring import Box
from tests.actions.scene import EDITOR, VIEWER, person, picture, rows, signed, told
from tests.actions.test_release import add
from tests.conftest import Clock

PAPER = Recipient("De Krant", "foto@krant.example")
OFFICE = Office("Waterdam", "https://door.example")


@pytest.fixture
def anna(photo_box: Box, photo: PhotoId) -> Quitclaim:
    """Anna's quitclaim, for the photo she stands in."""
    anna = person(photo_box, "Anna")
    found = signed(photo_box, anna, Purpose.WEB, Purpose.PRESS, days=30)
    add(photo_box, photo, anna)
    return found


def copy(box: Box, photo: PhotoId, order: Order | None = None) -> Copy:
    order = order or Order(Purpose.PRESS, Shape(), PAPER, "page 1")
    return release(
        box.safe, box.decoder, box.sealing, photo, order, by=EDITOR, now=box.now(), day=box.today()
    )


def withdraw(box: Box, quitclaim: Quitclaim, *purposes: Purpose) -> None:
    consent.withdraw(box.safe, quitclaim.id, purposes, by=EDITOR, now=box.now(), day=box.today())


def called_back(box: Box, state: RecallState | None = RecallState.OPEN) -> list[tuple[str, str, str]]:
    found = recalls.recalls(box.safe, by=VIEWER, now=box.now(), state=state)
    return [(one.release.id, one.recall.state.value, one.recall.why.value) for one in found]


def test_a_copy_comes_with_a_receipt_that_holds(photo_box: Box, photo: PhotoId, anna: Quitclaim) -> None:
    left = copy(photo_box, photo)
    checked = verify_copy(left.data, left.receipt, photo_box.sealing.certificate)
    assert (checked.release_id, checked.purpose, checked.recipient) == (left.release.id, "press", "De Krant")
    again = receipt_of(photo_box.safe, left.release.id, by=VIEWER, now=photo_box.now())
    assert again == left.receipt
    assert anna.id.encode() not in left.receipt
    assert anna.person_id.encode() not in left.receipt
    other = copy(photo_box, photo)
    assert not _pseudonyms(left) & _pseudonyms(other), "two receipts show that they are about one person"


def _pseudonyms(left: Copy) -> set[str]:
    record = json.loads(left.receipt)["receipt"]
    return {*record["pii_principals"], *(one["record"] for one in record["event"]["relied_on"])}


def test_a_withdrawal_calls_back_what_left_for_that_purpose(
    photo_box: Box, photo: PhotoId, anna: Quitclaim
) -> None:
    press, web = copy(photo_box, photo), copy(photo_box, photo, usual_order(Purpose.WEB))
    assert called_back(photo_box) == []
    withdraw(photo_box, anna, Purpose.PRESS)
    assert called_back(photo_box) == [(press.release.id, "open", "revoked")]
    withdraw(photo_box, anna, Purpose.WEB)
    assert {one for one, _, _ in called_back(photo_box)} == {press.release.id, web.release.id}
    assert recalls.unanswered(photo_box.safe, by=VIEWER, now=photo_box.now()) == 2


def test_the_calendar_calls_back_too(photo_box: Box, photo: PhotoId, anna: Quitclaim, clock: Clock) -> None:
    left = copy(photo_box, photo)
    clock.advance(days=31)
    refresh_stale(photo_box.safe, now=photo_box.now(), day=photo_box.today())
    assert called_back(photo_box) == [(left.release.id, "open", "expired")]


def test_what_somebody_must_look_at_first_calls_nothing_back(
    photo_box: Box, photo: PhotoId, anna: Quitclaim
) -> None:
    copy(photo_box, photo)
    count_heads(photo_box.safe, photo, 3, by=EDITOR, now=photo_box.now(), day=photo_box.today())
    assert called_back(photo_box, None) == []


def test_a_recall_opens_once_and_is_lifted_when_it_is_permitted_again(
    photo_box: Box, photo: PhotoId, anna: Quitclaim, clock: Clock
) -> None:
    left = copy(photo_box, photo)
    withdraw(photo_box, anna, Purpose.PRESS)
    withdraw(photo_box, anna, Purpose.WEB)
    clock.advance(minutes=1)
    again = signed(photo_box, anna.person_id, Purpose.PRESS)
    assert called_back(photo_box, None) == [(left.release.id, "lifted", "revoked")]
    (lifted,) = recalls.recalls(photo_box.safe, by=VIEWER, now=photo_box.now())
    with pytest.raises(Mistake) as told_so:
        recalls.answer(
            photo_box.safe, lifted.recall.id, RecallState.REMOVED, "", by=EDITOR, now=photo_box.now()
        )
    assert told_so.value.key == "recall:lifted"
    clock.advance(minutes=1)
    withdraw(photo_box, again, Purpose.PRESS)
    assert sorted(called_back(photo_box, None)) == [
        (left.release.id, "lifted", "revoked"),
        (left.release.id, "open", "revoked"),
    ]


def set_mail(box: Box) -> None:
    nobody = MailSettings("127.0.0.1", 9, Security.STARTTLS, "kluis@waterdam.example", "Waterdam")
    change_mail_settings(box.safe, nobody, by=OPERATOR, now=box.now())


def tell(box: Box) -> int:
    return recalls.tell_recipients(box.safe, OFFICE, Language.DUTCH, now=box.now(), bell=box.bell)


def link_in_the_mail(box: Box) -> str:
    (row,) = rows(box, "SELECT text FROM messages WHERE kind = 'recall'")
    return str(row["text"]).partition("https://door.example/r/")[2].split()[0]


def remind(box: Box, days: int = 7) -> int:
    return recalls.remind_recipients(
        box.safe, OFFICE, Language.DUTCH, days, by=WORKER, now=box.now(), bell=box.bell
    )


def test_whoever_does_not_answer_is_reminded_three_times_and_then_left_to_people(
    photo_box: Box, photo: PhotoId, anna: Quitclaim, clock: Clock
) -> None:
    box, left = photo_box, copy(photo_box, photo)
    withdraw(box, anna, Purpose.PRESS)
    set_mail(box)
    assert remind(box) == 0, "who was not written to is not reminded"
    tell(box)
    first = link_in_the_mail(box)
    written = []
    for _ in range(40):
        clock.advance(days=1)
        written.append(remind(box))
    assert [day + 1 for day, count in enumerate(written) if count] == [8, 16, 24]
    (report,) = recalls.recalls(box.safe, by=VIEWER, now=box.now(), state=RecallState.OPEN)
    assert (report.release.id, report.recall.reminders) == (left.release.id, 3)
    with pytest.raises(NotAllowed):
        recalls.by_link(box.safe, first, now=box.now())  # the link of the last letter counts
    letters = [str(row["text"]) for row in rows(box, "SELECT text FROM messages ORDER BY created_at")]
    assert all("Anna" not in letter for letter in letters)
    assert "hoorden nog niets" in letters[-1]
    token = letters[-1].partition("https://door.example/r/")[2].split()[0]
    recalls.answer_by_link(box.safe, token, RecallState.REMOVED, "", now=box.now())
    clock.advance(days=30)
    assert remind(box) == 0


def test_recipients_are_written_to_once_and_answer_by_their_link(
    photo_box: Box, photo: PhotoId, anna: Quitclaim, clock: Clock
) -> None:
    left = copy(photo_box, photo)
    copy(photo_box, photo, Order(Purpose.PRESS, Shape()))  # to nobody who has an address
    withdraw(photo_box, anna, Purpose.PRESS)
    assert tell(photo_box) == 0, "there is no mail server"
    set_mail(photo_box)
    assert (tell(photo_box), tell(photo_box)) == (1, 0)
    (letter,) = messages(photo_box.safe, by=OPERATOR, now=photo_box.now())
    assert letter.address == "foto@krant.example"
    (row,) = rows(photo_box, "SELECT text FROM messages WHERE kind = 'recall'")
    assert "Anna" not in row["text"]
    token = link_in_the_mail(photo_box)
    assert recalls.by_link(photo_box.safe, token, now=photo_box.now()).release.id == left.release.id
    clock.advance(hours=3)
    for state in (RecallState.ACKNOWLEDGED, RecallState.REMOVED):
        recalls.answer_by_link(photo_box.safe, token, state, "from the archive too", now=photo_box.now())
    (answered,) = recalls.recalls(photo_box.safe, by=VIEWER, now=photo_box.now(), state=RecallState.REMOVED)
    assert (answered.recall.answered_at, answered.recall.note) == (photo_box.now(), "from the archive too")
    one = answered.recall.id
    assert told(photo_box)[-1] == f"{one} recall:answer {one} done state=removed"
    assert recalls.unanswered(photo_box.safe, by=VIEWER, now=photo_box.now()) == 1


def test_a_link_that_nobody_was_sent_opens_nothing(photo_box: Box) -> None:
    for token in ("", "0123456789"):
        with pytest.raises(NotAllowed) as refused:
            recalls.by_link(photo_box.safe, token, now=photo_box.now())
        assert refused.value.key == "recall:over"


def test_staff_write_down_a_refusal_with_its_date(
    photo_box: Box, photo: PhotoId, anna: Quitclaim, clock: Clock
) -> None:
    copy(photo_box, photo)
    withdraw(photo_box, anna, Purpose.PRESS)
    (one,) = recalls.recalls(photo_box.safe, by=VIEWER, now=photo_box.now())
    clock.advance(days=2)
    said = recalls.answer(
        photo_box.safe,
        one.recall.id,
        RecallState.REFUSED,
        " it\nhangs ",
        by=EDITOR,
        now=photo_box.now(),
    )
    assert (said.answered_at, said.answered_by, said.note) == (photo_box.now(), EDITOR.id, "it hangs")
    with pytest.raises(Mistake):
        recalls.answer(photo_box.safe, one.recall.id, RecallState.LIFTED, "", by=EDITOR, now=photo_box.now())


def test_the_subject_sees_who_received_a_copy_and_what_became_of_it(
    photo_box: Box, photo: PhotoId, anna: Quitclaim
) -> None:
    copy(photo_box, photo)
    withdraw(photo_box, anna, Purpose.PRESS)
    now = photo_box.now()
    with photo_box.safe.store.begin(by=OPERATOR, to=Permission.REQUEST_MAKE, now=now) as tx:
        tx.requests.open_own_link(token_hash("own"), anna.person_id, now, now + timedelta(days=1))
        tx.record(Event("request:make"))
    page = own_page(photo_box.safe, "own", now=photo_box.now(), day=photo_box.today())
    assert [(one.recipient, one.recall) for one in page.received] == [("De Krant", RecallState.OPEN)]


# A file that somebody found.


def test_the_life_of_a_photo_is_told_in_its_order(
    photo_box: Box, photo: PhotoId, anna: Quitclaim, clock: Clock
) -> None:
    clock.advance(hours=1)
    copy(photo_box, photo)
    clock.advance(hours=1)
    withdraw(photo_box, anna, Purpose.PRESS)
    (one,) = recalls.recalls(photo_box.safe, by=VIEWER, now=photo_box.now())
    removed = RecallState.REMOVED
    recalls.answer(photo_box.safe, one.recall.id, removed, "", by=EDITOR, now=clock.advance(hours=1))
    steps = photo_life(photo_box.safe, photo, by=VIEWER, now=photo_box.now()).steps
    assert [step.turn for step in steps if step.turn is not Turn.NAMED] == [
        Turn.RECEIVED,
        Turn.PERMITTED,
        Turn.RELEASED,
        Turn.REFUSED,
        Turn.CALLED_BACK,
        Turn.ANSWERED,
    ]
    assert steps[-1].answer is removed


def recognised(box: Box, data: bytes) -> list[tuple[str, bool]]:
    found = found_files.recognise(box.safe, box.decoder, data, by=VIEWER, now=box.now()).copies
    return [(one.release.id, one.exact) for one in found]


def changed(data: bytes, side: int, quality: int) -> bytes:
    image = Image.open(io.BytesIO(data))
    image.thumbnail((side, side))
    written = io.BytesIO()
    image.save(written, "JPEG", quality=quality)
    return written.getvalue()


def test_a_file_that_is_dropped_in_is_recognised_exactly_and_by_its_picture(
    photo_box: Box, photo: PhotoId, anna: Quitclaim
) -> None:
    left = copy(photo_box, photo)
    assert recognised(photo_box, left.data) == [(left.release.id, True)]
    assert recognised(photo_box, changed(left.data, 160, 40)) == [(left.release.id, False)]
    assert recognised(photo_box, picture(99)) == []
    withdraw(photo_box, anna, Purpose.PRESS)
    seen = found_files.recognise(photo_box.safe, photo_box.decoder, left.data, by=VIEWER, now=photo_box.now())
    (found,) = seen.copies
    assert found.recall is not None
    assert found.recall.state is RecallState.OPEN


def test_a_cropped_copy_is_recognised_as_it_left(photo_box: Box, photo: PhotoId, anna: Quitclaim) -> None:
    left = copy(photo_box, photo, Order(Purpose.PRESS, Shape(Size.SMALL, Crop.SQUARE), PAPER))
    assert recognised(photo_box, changed(left.data, 120, 50)) == [(left.release.id, False)]
