"""E-mail: kept with what calls for it, sent by a real server, forgotten once it went out."""

from appliance.actions.mailing import deliver, is_due, messages, note_bounce
from appliance.actions.people import create_person
from appliance.domain.access import OPERATOR
from appliance.domain.people import PersonId
from appliance.mail.smtp import GIVE_UP_AFTER
from appliance.store.messages import KeptMessage, MessageState
from appliance.wiring import Box
from tests.actions.paperwork import asked, code_for, form, mail_through
from tests.actions.scene import EDITOR, rows, told
from tests.conftest import Clock
from tests.mail.servers import Postbox, free_port, serving
from tests.mail.test_bounces import DELAYED, FAILED, report


def anna(box: Box) -> PersonId:
    made = create_person(box.safe, by=OPERATOR, now=box.now(), name="Anna", email="anna@example.org")
    return made.id


def queued(box: Box, port: int) -> str:
    """A code waits to be sent. Returns it."""
    mail_through(box, port)
    return code_for(box, asked(box, form(box), anna(box)).token)


def only(box: Box) -> KeptMessage:
    (found,) = messages(box.safe, by=EDITOR, now=box.now())
    return found


def test_a_message_is_sent_once_and_its_text_forgotten(box: Box) -> None:
    postbox = Postbox()
    with serving(postbox) as port:
        code = queued(box, port)
        assert is_due(box.safe, now=box.now())
        assert deliver(box.safe, now=box.now()) == 1
        assert deliver(box.safe, now=box.now()) == 0
    assert postbox.receivers == ["anna@example.org"]
    assert (only(box).state, only(box).sent_at) == (MessageState.SENT, box.now())
    assert rows(box, "SELECT text FROM messages") == [{"text": ""}]
    assert not is_due(box.safe, now=box.now())
    assert told(box)[-1].endswith("done sent")
    assert code not in str(told(box))
    assert "anna@" not in str(told(box))


def test_what_the_server_refuses_is_shown_and_not_tried_again(box: Box, clock: Clock) -> None:
    postbox = Postbox(answers={"RCPT": "550 no such mailbox"})
    with serving(postbox) as port:
        queued(box, port)
        assert deliver(box.safe, now=clock()) == 0
        clock.advance(days=1)
        assert not is_due(box.safe, now=clock())
        assert deliver(box.safe, now=clock()) == 0
    assert (only(box).state, only(box).tries, only(box).problem) == (MessageState.FAILED, 1, "refused")
    assert rows(box, "SELECT text FROM messages") == [{"text": ""}]


def test_what_came_back_is_shown_as_failed(box: Box) -> None:
    postbox = Postbox()
    with serving(postbox) as port:
        queued(box, port)
        deliver(box.safe, now=box.now())
    came_back = report(FAILED, original=postbox.got[0])
    assert note_bounce(box.safe, came_back, by=OPERATOR, now=box.now())
    assert (only(box).state, only(box).problem) == (MessageState.FAILED, "bounced")
    assert told(box)[-1].endswith("bounced")
    assert "anna@" not in str(told(box))


def test_other_letters_change_nothing(box: Box) -> None:
    postbox = Postbox()
    with serving(postbox) as port:
        queued(box, port)
        deliver(box.safe, now=box.now())
    late = report(DELAYED, original=postbox.got[0])
    for letter in (b"", postbox.got[0], late):
        assert not note_bounce(box.safe, letter, by=OPERATOR, now=box.now())
    assert only(box).state is MessageState.SENT


def test_what_cannot_go_now_is_tried_later_and_in_the_end_given_up(box: Box, clock: Clock) -> None:
    postbox = Postbox(answers={"RCPT": "451 later"})
    with serving(postbox) as port:
        queued(box, port)
        assert deliver(box.safe, now=clock()) == 0
        assert (only(box).state, only(box).problem) == (MessageState.QUEUED, "later")
        assert not is_due(box.safe, now=clock())
        clock.advance(minutes=1)
        postbox.answers.clear()
        assert deliver(box.safe, now=clock()) == 1
    assert (only(box).state, only(box).tries) == (MessageState.SENT, 2)


def test_a_server_that_is_gone_for_long_is_given_up(box: Box, clock: Clock) -> None:
    queued(box, free_port())
    begun = clock()
    while only(box).state is MessageState.QUEUED:
        assert deliver(box.safe, now=clock()) == 0
        clock.advance(hours=6)
        assert clock() - begun < 3 * GIVE_UP_AFTER
    assert (only(box).state, only(box).problem) == (MessageState.FAILED, "no_connection")


def test_without_a_server_nothing_is_tried(box: Box) -> None:
    assert deliver(box.safe, now=box.now()) == 0
    assert not is_due(box.safe, now=box.now())
