"""What ends soon is told once at each mark, and asking again leaves the old yes standing until answered."""

from datetime import timedelta

from appliance.actions.people import create_person
from appliance.actions.renewals import EndingView, ending_soon, renew, send_alerts
from appliance.domain.access import OPERATOR, Permission
from appliance.domain.consent import Purpose, Why, permission
from appliance.domain.people import PersonId
from appliance.domain.signing import Channel
from appliance.domain.wording import Language
from appliance.wiring import Box
from tests.actions.paperwork import OFFICE, agreed, filled, mail_through, sign_it
from tests.actions.scene import EDITOR, person, rows
from tests.conftest import Clock

WEB, PRESS = Purpose.WEB, Purpose.PRESS


def alerted(box: Box) -> int:
    now, day, to = box.now(), box.today(), ["privacy@waterdam.example"]
    return send_alerts(box.safe, OFFICE, to, Language.DUTCH, now=now, day=day, bell=box.bell)


def why(box: Box, who: PersonId, purpose: Purpose = WEB) -> Why:
    with box.safe.store.look(by=OPERATOR, to=Permission.QUITCLAIM_VIEW, now=box.now()) as view:
        return permission(view.consent.of_person(who), purpose, box.today()).why


def test_each_mark_is_told_once(box: Box, clock: Clock) -> None:
    done = agreed(box, person(box, "Anna Geheim"), WEB)
    term = done.quitclaim.term(WEB)
    assert term is not None
    assert term.valid_until is not None
    mail_through(box, 25)
    told = {}
    for left in (61, 60, 59, 31, 30, 29, 1):
        clock.now += term.valid_until - timedelta(days=left) - box.today()
        told[left] = (alerted(box), alerted(box))
    assert told == {n: (int(n in (60, 30)), 0) for n in told}
    mails = rows(box, "SELECT * FROM messages WHERE kind = 'alert'")
    assert len(mails) == 2
    assert "Geheim" not in str(mails)


def test_without_a_mail_server_nothing_counts_as_told(box: Box, clock: Clock) -> None:
    agreed(box, person(box, "Anna"), WEB)
    clock.advance(days=36 * 30)
    assert alerted(box) == 0
    mail_through(box, 25)
    assert alerted(box) == 1


def test_the_old_yes_holds_until_the_new_form_is_answered(box: Box, clock: Clock) -> None:
    who = create_person(box.safe, by=OPERATOR, now=clock(), name="Anna").id
    old = agreed(box, who, WEB, PRESS).quitclaim
    clock.advance(days=700)
    assert any(view.person.id == who and not view.asked for view in _soon(box))
    now, day = clock(), box.today()
    (asked,) = renew(box.safe, [old.id], OFFICE, by=EDITOR, now=now, day=day, bell=box.bell)
    assert (asked.request.renews, asked.request.channel) == (old.id, Channel.LINK)
    assert all(view.asked for view in _soon(box))
    assert (why(box, who), why(box, who, PRESS)) == (Why.PERMITTED, Why.PERMITTED)
    clock.advance(minutes=1)
    new = sign_it(box, asked.token, filled(WEB)).quitclaim
    assert new.supersedes == old.id
    assert (why(box, who), why(box, who, PRESS)) == (Why.PERMITTED, Why.DECLINED)


def _soon(box: Box) -> tuple[EndingView, ...]:
    return ending_soon(box.safe, by=EDITOR, now=box.now(), day=box.today())
