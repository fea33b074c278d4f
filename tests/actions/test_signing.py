"""Asking and signing: what each link lets whom do, what is refused, and what is kept as proof."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest

from appliance.actions import asking, consent, subject
from appliance.actions.evidence import Sealing, document, evidence_of, seal_certificate
from appliance.actions.faces import add_face
from appliance.actions.notices import notices
from appliance.actions.people import change_person, create_person, person_view
from appliance.actions.photos import count_heads
from appliance.actions.shoots import create_shoot, shoot_view
from appliance.actions.signing import Filled, open_form, send_code, sign
from appliance.actions.templates import retire_template, write_template
from appliance.domain.access import OPERATOR
from appliance.domain.consent import Answer, Light, Purpose, Quitclaim, Signer, Why
from appliance.domain.errors import KluisError, Mistake, NotAllowed
from appliance.domain.notices import NoticeKind
from appliance.domain.people import PersonId, Standing
from appliance.domain.photos import PhotoId
from appliance.domain.signing import (
    CODE_LASTS,
    LINK_LASTS,
    MOST_CODES,
    Channel,
    IdentityCheck,
    Mark,
    RequestState,
    Signature,
    Signing,
)
from appliance.domain.templates import Audience, Template, until
from appliance.domain.wording import Language
from appliance.evidence.verify import verify_document
from appliance.wiring import Box
from tests.actions.paperwork import (
    CONTROLLER,
    OFFICE,
    agreed,
    asked,
    code_for,
    filled,
    form,
    mail_through,
    sign_it,
    years_ago,
)
from tests.actions.scene import EDITOR, files_known, files_on_disk, person, rows, told, verdict_of
from tests.conftest import Clock

WEB, PRESS = Purpose.WEB, Purpose.PRESS


def with_address(box: Box, name: str = "Anna", born: date | None = None) -> PersonId:
    made = create_person(
        box.safe, by=OPERATOR, now=box.now(), name=name, email="anna@example.org", birth_date=born
    )
    return made.id


def child(box: Box, years: int = 9) -> PersonId:
    born = years_ago(box.today(), years)
    return create_person(box.safe, by=OPERATOR, now=box.now(), name="Sam", birth_date=born).id


def stands_in(box: Box, photo: PhotoId, person_id: PersonId) -> None:
    now, day = box.now(), box.today()
    add_face(box.safe, photo, None, by=EDITOR, now=now, day=day, bell=box.bell, person_id=person_id)
    count_heads(box.safe, photo, 1, by=EDITOR, now=now, day=day)


def kept(box: Box) -> list[dict[str, object]]:
    return rows(box, "SELECT id, version, person_id, signer, terms FROM quitclaims ORDER BY id, version")


def whole(box: Box) -> bool:
    """No document without its row, and no row without its document."""
    documents = {str(row["place"]) for row in rows(box, "SELECT place FROM evidence")}
    return files_on_disk(box) == files_known(box) | documents


def refused(attempt: Callable[[], object]) -> str:
    with pytest.raises(KluisError) as problem:
        attempt()
    return problem.value.key


# What a signature does.


def test_a_signature_makes_the_photo_green_for_what_was_ticked_and_for_that_alone(
    photo_box: Box, photo: PhotoId
) -> None:
    box, anna = photo_box, person(photo_box, "Anna")
    stands_in(box, photo, anna)
    form_now = form(box)
    link = asked(box, form_now, anna)
    assert verdict_of(box, photo).light is Light.RED
    done = sign_it(box, link.token, filled(WEB))

    assert (done.quitclaim.signer, done.quitclaim.recorded_on) == (Signer.SUBJECT, box.today())
    assert {term.purpose: term.answer for term in done.quitclaim.terms} == {
        purpose: Answer.GRANTED if purpose is WEB else Answer.DECLINED for purpose in form_now.purposes
    }
    web = done.quitclaim.term(WEB)
    assert web is not None
    assert web.valid_until == until(box.today(), form_now.months[WEB])
    assert verdict_of(box, photo).light is Light.GREEN
    assert [r.why for r in verdict_of(box, photo, PRESS).reasons] == [Why.DECLINED]

    (view,) = asking.requests(box.safe, by=EDITOR, now=box.now())
    assert view.state is RequestState.ANSWERED
    (notice,) = notices(box.safe, by=EDITOR, now=box.now())
    assert (notice.kind, notice.person_id) == (NoticeKind.ANSWERED, anna)
    assert any(
        line.startswith(f"{link.request.id} quitclaim:sign {done.quitclaim.id} done") for line in told(box)
    )
    assert refused(lambda: sign_it(box, link.token, filled(PRESS))) == "request:answered"


def test_who_ticks_nothing_says_no_to_all_and_whoever_asked_is_told(box: Box) -> None:
    done = agreed(box, person(box, "Anna"))
    assert {term.answer for term in done.quitclaim.terms} == {Answer.DECLINED}
    assert [notice.kind for notice in notices(box.safe, by=EDITOR, now=box.now())] == [NoticeKind.DECLINED]


@pytest.mark.parametrize(
    ("channel", "mail", "check"),
    [
        (Channel.LINK, False, IdentityCheck.LINK),
        (Channel.LINK, True, IdentityCheck.EMAIL_CODE),
        (Channel.EMAIL, True, IdentityCheck.EMAIL_CODE),
        (Channel.PAPER, False, IdentityCheck.LINK),
    ],
)
def test_a_personal_link_is_checked_by_the_code_where_one_can_be_sent(
    box: Box, channel: Channel, mail: bool, check: IdentityCheck
) -> None:
    if mail:
        mail_through(box, 25)
    link = asked(box, form(box), with_address(box), channel)
    assert open_form(box.safe, link.token, now=box.now()).code_needed is mail
    code = code_for(box, link.token) if mail else ""
    done = sign_it(box, link.token, filled(WEB, code=code))
    assert (done.signing.identity, done.mailed) == (check, mail)
    copies = rows(box, "SELECT text FROM messages WHERE kind = 'signed'")
    assert [OFFICE.own_page(done.own_token) in str(copy["text"]) for copy in copies] == [True] * mail


@pytest.mark.parametrize(
    ("channel", "check"), [(Channel.POSTER, IdentityCheck.NONE), (Channel.TABLET, IdentityCheck.IN_PERSON)]
)
def test_many_sign_at_one_poster_or_tablet_each_for_themselves(
    box: Box, channel: Channel, check: IdentityCheck
) -> None:
    now, day = box.now(), box.today()
    shoot = create_shoot(box.safe, by=EDITOR, now=now, name="Open dag", day=day)
    template = form(box, Audience.EVENT_VISITOR)
    link = asking.ask_whoever_comes(box.safe, template.id, channel, by=EDITOR, now=now, shoot_id=shoot.id)
    made = [
        sign_it(box, link.token, filled(WEB, subject_name=name, email=""))
        for name in ("Anna  Bakker", "Bob", "Anna Bakker")
    ]
    assert [one.signing.identity for one in made] == [check] * 3
    assert len({one.person.id for one in made}) == 3  # a namesake is somebody else until staff merge them
    assert [one.person.name for one in made] == ["Anna Bakker", "Bob", "Anna Bakker"]
    assert {row["person_id"] for row in kept(box)} == {one.person.id for one in made}
    invited = shoot_view(box.safe, shoot.id, by=EDITOR, now=now).invited
    assert {one.id for one in invited} == {one.person.id for one in made}
    assert asking.requests(box.safe, by=EDITOR, now=now)[0].state is RequestState.OPEN
    for one in made:
        page = subject.own_page(box.safe, one.own_token, now=now, day=day)
        assert (page.person.id, len(page.quitclaims)) == (one.person.id, 1)


# What is refused leaves nothing.


@dataclass(frozen=True)
class Refusal:
    key: str
    form: Filled
    audience: Audience = Audience.EMPLOYEE
    born: int | None = None  # years ago; None: the birth date is not known
    newcomer: bool = False


SCRAWL = Signature(Mark.DRAWN, strokes=(((0.1, 0.1, 0), (0.2, 0.2, 5)),))
REFUSED = {
    "hardly drawn": Refusal("signing:no_signature", filled(WEB, signature=SCRAWL)),
    "not typed": Refusal("signing:no_signature", filled(WEB, signature=Signature(Mark.TYPED, " A "))),
    "no name at a poster": Refusal("signing:no_name", filled(WEB, subject_name="  "), newcomer=True),
    "a name of control characters": Refusal(
        "signing:no_name", filled(WEB, subject_name="A\u202enna"), newcomer=True
    ),
    "no address": Refusal("person:bad_email", filled(WEB, subject_name="A", email="anna@"), newcomer=True),
    "born tomorrow": Refusal(
        "person:bad_birth_date",
        filled(WEB, subject_name="A", birth_date=date(2026, 11, 25)),
        newcomer=True,
    ),
    "a guardian of a grown-up": Refusal("signing:not_a_child", filled(WEB, guardian=True), born=30),
    "a child on the form of grown-ups": Refusal("signing:guardian_form", filled(WEB), born=12),
    "a child at a poster": Refusal(
        "signing:guardian_form",
        filled(WEB, subject_name="Sam", birth_date=date(2017, 1, 1)),
        newcomer=True,
    ),
    "a child that signs itself": Refusal("signing:guardian", filled(WEB), Audience.MINOR, born=12),
    "a child of no age": Refusal(
        "signing:no_birth_date", filled(WEB, guardian=True, signed_by="P"), Audience.MINOR
    ),
    "a guardian without a name": Refusal(
        "signing:no_name", filled(WEB, guardian=True), Audience.MINOR, born=12
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_form_that_is_not_right_is_refused_and_nothing_of_it_is_kept(box: Box, case: str) -> None:
    wrong = REFUSED[case]
    template = form(box, wrong.audience)
    if wrong.newcomer:
        link = asking.ask_whoever_comes(box.safe, template.id, Channel.POSTER, by=EDITOR, now=box.now())
    else:
        born = None if wrong.born is None else years_ago(box.today(), wrong.born)
        who = create_person(box.safe, by=OPERATOR, now=box.now(), name="Sam", birth_date=born).id
        link = asked(box, template, who)
    people = rows(box, "SELECT id FROM people")
    assert refused(lambda: sign_it(box, link.token, wrong.form)) == wrong.key
    assert kept(box) == []
    assert rows(box, "SELECT id FROM people") == people
    assert whole(box)
    assert open_form(box.safe, link.token, now=box.now()).request.id == link.request.id  # and may be mended


def test_a_link_that_is_over_opens_and_signs_nothing(box: Box, clock: Clock) -> None:
    template, anna = form(box), person(box, "Anna")
    lost, cancelled, late = (asked(box, template, anna) for _ in range(3))
    found = asking.new_link(box.safe, lost.request.id, by=EDITOR, now=clock())
    asking.cancel_request(box.safe, cancelled.request.id, by=EDITOR, now=clock())
    for token in ("", "guessed", lost.token, cancelled.token):
        assert refused(lambda token=token: open_form(box.safe, token, now=clock())) == "request:over"  # type: ignore[misc]
        assert refused(lambda token=token: sign_it(box, token, filled(WEB))) == "request:over"  # type: ignore[misc]
    assert refused(lambda: asking.cancel_request(box.safe, cancelled.request.id, by=EDITOR, now=clock())) == (
        "request:closed"
    )
    assert refused(lambda: asking.new_link(box.safe, cancelled.request.id, by=EDITOR, now=clock())) == (
        "request:closed"
    )
    clock.now += LINK_LASTS - timedelta(seconds=1)
    assert open_form(box.safe, late.token, now=clock()).person is not None
    clock.advance(seconds=1)
    assert refused(lambda: sign_it(box, late.token, filled(WEB))) == "request:over"
    assert (kept(box), found.request.id) == ([], lost.request.id)


class Meanwhile:
    """A seal during whose work something happens."""

    def __init__(self, sealing: Sealing, happens: Callable[[], object]) -> None:
        self._sealing, self._happens = sealing, happens

    @property
    def fingerprint(self) -> str:
        return self._sealing.fingerprint

    def document(self, template: Template, signing: Signing, *more: Any) -> bytes:
        made = self._sealing.document(template, signing, *more)
        self._happens()
        return made


@pytest.mark.parametrize("what", ["request:answered", "request:over"])
def test_a_link_that_ends_while_the_document_is_made_keeps_nothing_of_it(box: Box, what: str) -> None:
    link = asked(box, form(box), person(box, "Anna"))

    def end() -> None:
        if what == "request:answered":
            sign_it(box, link.token, filled(PRESS))
        else:
            asking.cancel_request(box.safe, link.request.id, by=EDITOR, now=box.now())

    sealing, now, day = Meanwhile(box.sealing, end), box.now(), box.today()
    attempt = lambda: sign(  # noqa: E731
        box.safe, sealing, link.token, filled(WEB), OFFICE, now=now, day=day, bell=box.bell
    )
    assert refused(attempt) == what
    assert len(kept(box)) == (what == "request:answered")
    assert whole(box)


# The code.


def test_a_wrong_code_and_one_too_many_tries_are_refused_and_counted(box: Box) -> None:
    mail_through(box, 25)
    link = asked(box, form(box), with_address(box))
    assert refused(lambda: sign_it(box, link.token, filled(WEB))) == "signing:wrong_code"  # none was sent
    code = code_for(box, link.token)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(MOST_CODES):
        assert refused(lambda: sign_it(box, link.token, filled(WEB, code=wrong))) == "signing:wrong_code"
    assert refused(lambda: sign_it(box, link.token, filled(WEB, code=code))) == "signing:wrong_code"
    assert kept(box) == []
    assert [line for line in told(box) if "request:identify" in line] == [
        f"form request:identify {link.request.id} refused"
    ] * (MOST_CODES + 2)


def test_a_code_counts_for_a_while_for_its_own_link_and_only_the_last_one(box: Box, clock: Clock) -> None:
    mail_through(box, 25)
    template = form(box)
    link, other = (asked(box, template, with_address(box, name)) for name in ("Anna", "Bob"))
    first = code_for(box, link.token)
    clock.advance(seconds=1)
    second = code_for(box, link.token)
    if first != second:
        assert refused(lambda: sign_it(box, link.token, filled(WEB, code=first))) == "signing:wrong_code"
    assert refused(lambda: sign_it(box, other.token, filled(WEB, code=second))) == "signing:wrong_code"
    clock.now += CODE_LASTS + timedelta(seconds=1)
    assert refused(lambda: sign_it(box, link.token, filled(WEB, code=second))) == "signing:wrong_code"
    third = code_for(box, link.token)
    clock.now += CODE_LASTS
    assert sign_it(box, link.token, filled(WEB, code=f" {third} ")).complete
    assert rows(box, "SELECT * FROM codes") == []
    assert not any(third in str(row) for row in rows(box, "SELECT code_hash FROM codes"))


def test_no_code_is_sent_where_there_is_no_address_or_no_mail_server(box: Box) -> None:
    template = form(box)
    without, link = asked(box, template, person(box, "Bob")), asked(box, template, with_address(box))
    send = lambda token: send_code(box.safe, token, OFFICE, now=box.now(), bell=box.bell)  # noqa: E731
    assert refused(lambda: send(without.token)) == "request:no_address"
    assert refused(lambda: send(link.token)) == "mail:not_set"


# Children (P15).


def by_parent(name: str, *granted: Purpose) -> Filled:
    return filled(*granted, guardian=True, signed_by=name)


def test_one_guardian_signs_for_a_child_where_one_is_needed(photo_box: Box, photo: PhotoId) -> None:
    box, sam = photo_box, child(photo_box)
    stands_in(box, photo, sam)
    done = sign_it(box, asked(box, form(box, Audience.MINOR), sam).token, by_parent("Petra", WEB))
    assert (done.quitclaim.signer, done.signing.signed_by, done.signing.subject) == (
        Signer.GUARDIAN,
        "Petra",
        "Sam",
    )
    assert done.complete
    assert "Petra" not in str(rows(box, "SELECT * FROM quitclaims"))  # a pseudonym is kept
    assert verdict_of(box, photo).light is Light.GREEN


def test_two_guardians_must_sign_and_the_no_of_either_counts(photo_box: Box, photo: PhotoId) -> None:
    box, sam = photo_box, child(photo_box)
    stands_in(box, photo, sam)
    link = asked(box, form(box, Audience.MINOR, guardians=2), sam)
    first = sign_it(box, link.token, by_parent("Petra", WEB))
    assert not first.complete
    assert [r.why for r in verdict_of(box, photo).reasons] == [Why.GUARDIAN_MISSING]
    assert open_form(box.safe, link.token, now=box.now()).guardians_so_far == 1
    again = by_parent(" petra", WEB, PRESS)
    assert refused(lambda: sign_it(box, link.token, again)) == "signing:same_guardian"
    second = sign_it(box, link.token, by_parent("Quinten", WEB, PRESS))
    assert second.complete
    assert (second.quitclaim.id, second.quitclaim.version) == (first.quitclaim.id, 2)
    assert verdict_of(box, photo).light is Light.GREEN
    assert verdict_of(box, photo, PRESS).light is Light.RED  # Petra had said no
    assert refused(lambda: sign_it(box, link.token, by_parent("Rob", WEB))) == "request:answered"
    assert len(evidence_of(box.safe, first.quitclaim.id, by=EDITOR, now=box.now())) == 2
    assert whole(box)


def test_on_the_sixteenth_birthday_the_word_passes_to_the_young_person(box: Box, clock: Clock) -> None:
    sam = child(box, 16)
    template = form(box, Audience.MINOR)
    link = asked(box, template, sam)
    clock.advance(days=-1)
    assert refused(lambda: sign_it(box, link.token, filled(WEB))) == "signing:guardian"
    clock.advance(days=1)
    assert refused(lambda: sign_it(box, link.token, by_parent("Petra", WEB))) == "signing:not_a_child"
    assert sign_it(box, link.token, filled(WEB)).quitclaim.signer is Signer.SUBJECT


def test_what_a_guardian_signed_lapses_when_the_child_comes_of_age(photo_box: Box, photo: PhotoId) -> None:
    box = photo_box
    born = years_ago(box.today(), 16) + timedelta(days=1)
    sam = create_person(box.safe, by=OPERATOR, now=box.now(), name="Sam", birth_date=born).id
    stands_in(box, photo, sam)
    sign_it(box, asked(box, form(box, Audience.MINOR), sam).token, by_parent("Petra", WEB))
    assert verdict_of(box, photo).light is Light.GREEN
    tomorrow = verdict_of(box, photo, day=box.today() + timedelta(days=1))
    assert [reason.why for reason in tomorrow.reasons] == [Why.CAME_OF_AGE]


def test_a_birth_date_filled_in_on_the_form_is_kept(box: Box) -> None:
    sam = person(box, "Sam")
    born = years_ago(box.today(), 9)
    link = asked(box, form(box, Audience.MINOR), sam)
    sign_it(box, link.token, replace(by_parent("Petra", WEB), birth_date=born))
    found = person_view(box.safe, sam, by=EDITOR, now=box.now(), day=box.today())
    assert found.person.birth_date == born


# Who is asked, and on which text.


def test_who_never_wants_to_be_photographed_is_not_asked_nor_anybody_with_them(box: Box) -> None:
    anna, bob = person(box, "Anna"), person(box, "Bob")
    view = person_view(box.safe, bob, by=EDITOR, now=box.now(), day=box.today())
    never = replace(view.person, standing=Standing.NEVER_PHOTOGRAPH)
    change_person(box.safe, never, by=EDITOR, now=box.now(), day=box.today())
    template = form(box)
    attempt = lambda: asking.ask(  # noqa: E731
        box.safe, template.id, [anna, bob], Channel.LINK, by=EDITOR, now=box.now()
    )
    assert refused(attempt) == "request:never_photograph"
    assert rows(box, "SELECT * FROM requests") == []


def test_nobody_is_asked_by_mail_without_an_address_or_in_a_language_that_is_not_written(box: Box) -> None:
    dutch = form(box)
    only = {Language.DUTCH: dutch.texts[Language.DUTCH]}
    dutch = write_template(box.safe, replace(dutch, texts=only), by=OPERATOR, now=box.now())
    anna = person(box, "Anna")
    assert refused(lambda: asked(box, dutch, anna, Channel.EMAIL)) == "request:no_address"
    assert refused(lambda: asked(box, dutch, anna, language=Language.ENGLISH)) == "template:no_language"
    assert refused(lambda: asked(box, dutch, anna, Channel.POSTER)) == "request:nobody"
    assert rows(box, "SELECT * FROM requests") == []


def test_a_retired_template_asks_nobody_anew_but_what_was_asked_may_be_signed(box: Box) -> None:
    template, anna = form(box), person(box, "Anna")
    link = asked(box, template, anna)
    retired = retire_template(box.safe, template.id, by=OPERATOR, now=box.now())
    assert (retired.version, retired.in_use) == (template.version + 1, False)
    assert refused(lambda: asked(box, template, anna)) == "template:retired"
    done = sign_it(box, link.token, filled(WEB))
    assert done.signing.template_version == template.version


def test_what_is_signed_is_the_text_that_was_asked_though_it_was_edited_since(box: Box) -> None:
    template, anna = form(box), person(box, "Anna")
    link = asked(box, template, anna)
    edited = replace(template.texts[Language.DUTCH], declaration="Ik geef alles weg.")
    write_template(
        box.safe,
        replace(template, texts={**template.texts, Language.DUTCH: edited}, months={WEB: 240}),
        by=OPERATOR,
        now=box.now(),
    )
    shown = open_form(box.safe, link.token, now=box.now()).template
    assert shown == template
    done = sign_it(box, link.token, filled(WEB))
    term = done.quitclaim.term(WEB)
    assert term is not None
    assert term.valid_until == until(box.today(), template.months[WEB])


# Proof (P14).


def test_the_document_is_kept_sealed_and_outlives_the_consent(box: Box) -> None:
    done = agreed(box, person(box, "Anna"), WEB)
    certificate = seal_certificate(box.safe, CONTROLLER, by=EDITOR, now=box.now())
    consent.withdraw(box.safe, done.quitclaim.id, by=EDITOR, now=box.now(), day=box.today())
    (proof,) = evidence_of(box.safe, done.quitclaim.id, by=EDITOR, now=box.now())
    assert (proof.version, proof.kind, proof.seal) == (1, "signed", box.sealing.fingerprint)
    found, data = document(box.safe, proof.id, by=EDITOR, now=box.now())
    assert (found, data[:5]) == (proof, b"%PDF-")
    assert verify_document(data, certificate, proof.seal).holds
    assert not verify_document(data.replace(b"%PDF-1", b"%PDF-2", 1), certificate, proof.seal).holds
    on_disk = (box.config.files / proof.place).read_bytes()
    assert b"PDF" not in on_disk
    assert told(box)[-1] == f"the-editor evidence:view {proof.id} done"


def test_a_document_that_was_changed_on_the_disk_is_not_shown(box: Box) -> None:
    done = agreed(box, person(box, "Anna"), WEB)
    (proof,) = evidence_of(box.safe, done.quitclaim.id, by=EDITOR, now=box.now())
    path = box.config.files / proof.place
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(KluisError) as problem:
        document(box.safe, proof.id, by=EDITOR, now=box.now())
    assert not isinstance(problem.value, Mistake | NotAllowed)


def test_each_signature_is_told_by_ids_alone(box: Box) -> None:
    agreed(box, person(box, "Anna Bakker"), WEB)
    assert not [word for word in ("Anna", "Bakker", "example") if word in str(told(box))]


def test_the_seal_is_made_once(box: Box) -> None:
    first = box.sealing.fingerprint
    assert seal_certificate(box.safe, "Somebody else", by=EDITOR, now=box.now())
    seals = rows(box, "SELECT value FROM settings WHERE key = 'seal'")
    assert (len(seals), box.sealing.fingerprint) == (1, first)


def test_versions_of_a_quitclaim_say_who_signed(box: Box) -> None:
    done = agreed(box, person(box, "Anna"), WEB)
    _, view = consent.quitclaim_view(box.safe, done.quitclaim.id, by=EDITOR, now=box.now(), day=box.today())
    assert view.versions == (done.quitclaim,)
    assert isinstance(view.current, Quitclaim)
