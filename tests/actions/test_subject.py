"""Somebody's own page: all that is theirs, nothing of anybody else, and a no that works at once (P11)."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from appliance.actions import enrolment, subject
from appliance.actions.asking import ask
from appliance.actions.consent import record
from appliance.actions.evidence import evidence_of
from appliance.actions.faces import add_face, confirm
from appliance.actions.notices import notices, see_notices, unseen_notices
from appliance.actions.people import create_person
from appliance.actions.photos import BlobKind, Filter, count_heads, library, look_at
from appliance.actions.release import release
from appliance.actions.signing import Signed, open_form
from appliance.demo.card import COLLINS, OBAMA
from appliance.domain.access import OPERATOR
from appliance.domain.consent import Answer, Basis, Light, Purpose, Signer, Term, Why
from appliance.domain.errors import KluisError, Mistake, NotAllowed
from appliance.domain.notices import NoticeKind
from appliance.domain.people import PersonId
from appliance.domain.photos import Box as Place
from appliance.domain.photos import FaceId, PhotoId
from appliance.domain.release import usual_order
from appliance.domain.signing import MINE_LASTS, Channel, EvidenceId
from appliance.domain.templates import Audience
from appliance.wiring import Box
from tests.actions.paperwork import OFFICE, agreed, asked, filled, form, mail_through, sign_it, years_ago
from tests.actions.scene import EDITOR, named, original, person, rows, told, verdict_of
from tests.conftest import Clock

pytestmark = pytest.mark.usefixtures("pack")

WEB, PRESS = Purpose.WEB, Purpose.PRESS


def page(box: Box, token: str) -> subject.OwnPage:
    return subject.own_page(box.safe, token, now=box.now(), day=box.today())


def withdraw(box: Box, token: str, *purposes: Purpose, guardian: bool = False) -> None:
    subject.withdraw_own(
        box.safe,
        token,
        purposes,
        now=box.now(),
        day=box.today(),
        bell=box.bell,
        office=OFFICE,
        guardian=guardian,
    )


def stands_in(box: Box, photo: PhotoId, who: PersonId, place: Place | None = None) -> FaceId:
    now, day = box.now(), box.today()
    return add_face(box.safe, photo, place, by=EDITOR, now=now, day=day, bell=box.bell, person_id=who)


def count(box: Box, photo: PhotoId, heads: int) -> None:
    count_heads(box.safe, photo, heads, by=EDITOR, now=box.now(), day=box.today())


def released(box: Box, photo: PhotoId, purpose: Purpose) -> None:
    order = usual_order(purpose)
    release(box.safe, box.decoder, box.sealing, photo, order, by=EDITOR, now=box.now(), day=box.today())


def lights(box: Box, light: Light, purpose: Purpose = WEB) -> int:
    found = library(
        box.safe, by=EDITOR, now=box.now(), day=box.today(), wanted=Filter(light=light, purpose=purpose)
    )
    return found.total


@pytest.fixture
def anna(photo_box: Box, photo: PhotoId) -> Signed:
    """Anna stands in the photo alone, and said yes to the website and the press."""
    who = create_person(
        photo_box.safe, by=OPERATOR, now=photo_box.now(), name="Anna", email="anna@example.org"
    ).id
    stands_in(photo_box, photo, who)
    count(photo_box, photo, 1)
    return agreed(photo_box, who, WEB, PRESS)


def test_the_page_shows_all_that_is_ones_own(photo_box: Box, photo: PhotoId, anna: Signed) -> None:
    box = photo_box
    released(box, photo, WEB)
    found = page(box, anna.own_token)
    assert (found.person.name, found.photos, found.minor) == ("Anna", (photo,), False)
    assert [one.current for one in found.quitclaims] == [anna.quitclaim]
    assert [(one.photo_id, one.purpose) for one in found.received] == [(photo, WEB)]
    assert [one.version for one in found.documents] == [1]
    assert [one.person.id for one in found.requests if one.person] == [anna.person.id]
    assert told(box)[-1] == f"{anna.person.id} own:view {anna.person.id} done"


def test_nobody_comes_in_by_another_link(photo_box: Box, photo: PhotoId, anna: Signed, clock: Clock) -> None:
    box, now, day = photo_box, photo_box.now(), photo_box.today()
    form_link = asked(box, form(box), anna.person.id)
    attempts: list[Callable[[str], object]] = [
        lambda token: page(box, token),
        lambda token: subject.own_picture(box.safe, box.decoder, token, photo, now=now),
        lambda token: subject.own_copy(box.safe, box.decoder, token, now=now, day=day),
        lambda token: subject.ask_again(box.safe, token, now=now),
        lambda token: subject.add_selfie(box.safe, box.decoder, box.analyser, token, b"", now=now, day=day),
        lambda token: withdraw(box, token),
    ]
    for token in ("", "guessed", form_link.token, anna.own_token.lower() + "x"):
        for attempt in attempts:
            with pytest.raises(NotAllowed) as refused:
                attempt(token)
            assert refused.value.key == "own:over"
    clock.now += MINE_LASTS
    with pytest.raises(NotAllowed):
        page(box, anna.own_token)


def test_nobody_sees_the_photos_or_documents_of_another(photo_box: Box, photo: PhotoId, anna: Signed) -> None:
    box, now, day = photo_box, photo_box.now(), photo_box.today()
    bob = agreed(box, person(box, "Bob"), WEB)
    assert page(box, bob.own_token).photos == ()
    with pytest.raises(NotAllowed):
        subject.own_picture(box.safe, box.decoder, bob.own_token, photo, now=now)
    (theirs,) = evidence_of(box.safe, anna.quitclaim.id, by=EDITOR, now=now)
    for document_id in (theirs.id, EvidenceId("nothing")):
        with pytest.raises(NotAllowed):
            subject.own_document(box.safe, bob.own_token, document_id, now=now, day=day)
    assert subject.own_document(box.safe, anna.own_token, theirs.id, now=now, day=day)[:5] == b"%PDF-"
    assert told(box)[-1].startswith(f"{anna.person.id} evidence:view {theirs.id} done")


def pixels(data: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.float64)


def test_others_in_ones_photos_are_blurred_and_oneself_is_not(
    photo_box: Box, photo: PhotoId, anna: Signed
) -> None:
    box = photo_box
    mine, theirs = Place(0.1, 0.2, 0.25, 0.5), Place(0.6, 0.2, 0.25, 0.5)
    carla = agreed(box, person(box, "Carla"), WEB)
    stands_in(box, photo, carla.person.id, mine)
    stands_in(box, photo, person(box, "Bob"), theirs)
    shown = pixels(subject.own_picture(box.safe, box.decoder, carla.own_token, photo, now=box.now()))
    kept = pixels(original(box, photo, BlobKind.PROXY))
    height, width = kept.shape[:2]

    def difference(place: Place) -> float:
        inside = np.s_[
            int((place.top + 0.15) * height) : int((place.top + 0.35) * height),
            int((place.left + 0.05) * width) : int((place.left + 0.2) * width),
        ]
        return float(np.abs(shown[inside] - kept[inside]).mean())

    assert difference(theirs) > 4 * difference(mine)
    assert difference(mine) < 4


# Taking back.


def test_one_purpose_is_taken_back_and_works_everywhere_at_once(
    photo_box: Box, photo: PhotoId, anna: Signed
) -> None:
    box = photo_box
    released(box, photo, WEB)
    see_notices(box.safe, by=EDITOR, now=box.now())
    assert lights(box, Light.GREEN) == 1
    withdraw(box, anna.own_token, WEB)

    assert [r.why for r in verdict_of(box, photo).reasons] == [Why.REVOKED]
    assert verdict_of(box, photo, PRESS).light is Light.GREEN
    assert (lights(box, Light.GREEN), lights(box, Light.RED), lights(box, Light.GREEN, PRESS)) == (0, 1, 1)
    with pytest.raises(NotAllowed):
        released(box, photo, WEB)
    released(box, photo, PRESS)
    assert unseen_notices(box.safe, by=EDITOR, now=box.now()) == 1
    (notice, *_) = notices(box.safe, by=EDITOR, now=box.now())
    assert {(n.kind, n.photo_id, n.purpose) for n in notices(box.safe, by=EDITOR, now=box.now())} >= {
        (NoticeKind.WITHDRAWN, photo, WEB)
    }
    assert notice.seen_at is None or notice.kind is not NoticeKind.WITHDRAWN
    current = page(box, anna.own_token).quitclaims[0].current
    assert (current.version, current.signer) == (2, Signer.SUBJECT)
    assert any(line == f"{anna.person.id} own:withdraw {anna.person.id} done web" for line in told(box))


def test_all_is_taken_back_in_one_step_from_every_consent_and_only_from_consents(
    photo_box: Box, photo: PhotoId, anna: Signed, clock: Clock
) -> None:
    clock.advance(minutes=1)
    box, now, day = photo_box, photo_box.now(), photo_box.today()
    terms = [Term(Purpose.PRINT, Answer.GRANTED)]
    record(box.safe, anna.person.id, terms, by=EDITOR, now=now, day=day)
    terms = [Term(Purpose.INTRANET, Answer.GRANTED)]
    record(box.safe, anna.person.id, terms, by=EDITOR, now=now, day=day, basis=Basis.AGREEMENT)
    withdraw(box, anna.own_token)
    for purpose in (WEB, PRESS):
        assert [r.why for r in verdict_of(box, photo, purpose).reasons] == [Why.REVOKED]
    assert verdict_of(box, photo, Purpose.PRINT).light is Light.RED  # the form had declined it as well
    with pytest.raises(Mistake) as problem:
        withdraw(box, anna.own_token)
    assert problem.value.key == "quitclaim:nothing_to_withdraw"
    (proof,) = evidence_of(box.safe, anna.quitclaim.id, by=EDITOR, now=now)
    assert proof.version == 1  # what was once signed stays provable


def test_taking_back_is_confirmed_by_mail_and_who_used_no_photo_is_told_nothing(
    photo_box: Box, photo: PhotoId, anna: Signed
) -> None:
    box = photo_box
    mail_through(box, 25)
    see_notices(box.safe, by=EDITOR, now=box.now())
    withdraw(box, anna.own_token, WEB)
    (mail,) = rows(box, "SELECT * FROM messages")
    assert (mail["kind"], mail["address"]) == ("withdrawn", "anna@example.org")
    assert OFFICE.own_page(anna.own_token) in str(mail["text"])
    assert unseen_notices(box.safe, by=EDITOR, now=box.now()) == 0


def test_taking_back_recognition_forgets_the_measure(demo_box: Box) -> None:
    box, now, day = demo_box, demo_box.now(), demo_box.today()
    obama = PersonId(str(rows(box, "SELECT id FROM people WHERE name = ?", OBAMA)[0]["id"]))
    done = agreed(box, obama, WEB, Purpose.RECOGNITION)
    face = FaceId(str(rows(box, "SELECT face_id FROM links WHERE state = 'suggested'")[0]["face_id"]))
    assert page(box, done.own_token).templates == 1
    confirm(box.safe, face, obama, by=EDITOR, now=now, day=day, bell=box.bell)
    assert enrolment.enrol(box.safe, box.decoder, box.analyser, face, now=now, day=day)
    withdraw(box, done.own_token, Purpose.RECOGNITION)
    found = page(box, done.own_token)
    assert (found.templates, found.recognition) == (0, False)
    assert rows(box, "SELECT * FROM templates WHERE person_id = ?", obama) == []
    assert rows(box, "SELECT * FROM links WHERE state = 'suggested'") == []


def test_a_childs_own_no_is_not_overruled_by_a_guardian(photo_box: Box, photo: PhotoId, clock: Clock) -> None:
    """P15."""
    box = photo_box
    born = years_ago(box.today(), 9)
    sam = create_person(box.safe, by=OPERATOR, now=box.now(), name="Sam", birth_date=born).id
    stands_in(box, photo, sam)
    count(box, photo, 1)
    template = form(box, Audience.MINOR)
    yes = filled(WEB, Purpose.PRINT, guardian=True, signed_by="Petra")
    done = sign_it(box, asked(box, template, sam).token, yes)
    assert page(box, done.own_token).minor
    clock.advance(minutes=1)
    withdraw(box, done.own_token, WEB)
    clock.advance(minutes=1)
    sign_it(box, asked(box, template, sam).token, yes)
    assert verdict_of(box, photo).light is Light.RED
    assert verdict_of(box, photo, Purpose.PRINT).light is Light.GREEN


def test_what_a_guardian_took_back_a_guardian_may_grant_again(
    photo_box: Box, photo: PhotoId, clock: Clock
) -> None:
    box = photo_box
    born = years_ago(box.today(), 9)
    sam = create_person(box.safe, by=OPERATOR, now=box.now(), name="Sam", birth_date=born).id
    stands_in(box, photo, sam)
    count(box, photo, 1)
    template = form(box, Audience.MINOR)
    yes = filled(WEB, guardian=True, signed_by="Petra")
    done = sign_it(box, asked(box, template, sam).token, yes)
    clock.advance(minutes=1)
    withdraw(box, done.own_token, guardian=True)
    assert verdict_of(box, photo).light is Light.RED
    clock.advance(minutes=1)
    sign_it(box, asked(box, template, sam).token, yes)
    assert verdict_of(box, photo).light is Light.GREEN


def test_asking_again_gives_the_same_form_and_a_new_yes(
    photo_box: Box, photo: PhotoId, anna: Signed, clock: Clock
) -> None:
    box = photo_box
    withdraw(box, anna.own_token)
    clock.advance(minutes=1)
    token = subject.ask_again(box.safe, anna.own_token, now=box.now())
    shown = open_form(box.safe, token, now=box.now())
    assert shown.person is not None
    assert (shown.person.id, shown.template.id) == (anna.person.id, anna.signing.template_id)
    sign_it(box, token, filled(WEB))
    assert verdict_of(box, photo).light is Light.GREEN
    assert verdict_of(box, photo, PRESS).light is Light.RED


def test_who_never_signed_here_has_no_form_to_change(box: Box) -> None:
    template = form(box)
    poster = ask(box.safe, template.id, [person(box, "Bob")], Channel.LINK, by=EDITOR, now=box.now())
    assert len(poster) == 1
    done = agreed(box, person(box, "Anna"), WEB)
    with box.safe.store.begin(by=OPERATOR, to=subject.Permission.OWN_SIGN, now=box.now()) as tx:
        bob = poster[0].request.person_id
        assert bob is not None
        tx.requests.open_own_link(subject.token_hash("link"), bob, box.now(), box.now() + timedelta(days=1))
        tx.record(subject.Event("test:link"))
    with pytest.raises(Mistake) as problem:
        subject.ask_again(box.safe, "link", now=box.now())
    assert (problem.value.key, done.complete) == ("own:no_form", True)


def test_the_copy_holds_everything_of_ones_own_and_nothing_of_others(
    photo_box: Box, photo: PhotoId, anna: Signed
) -> None:
    """GDPR articles 15 and 20."""
    box = photo_box
    released(box, photo, WEB)
    agreed(box, person(box, "Bob Geheim"), WEB)
    data = subject.own_copy(box.safe, box.decoder, anna.own_token, now=box.now(), day=box.today())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        known = json.loads(archive.read("known.json"))
        (proof,) = page(box, anna.own_token).documents
        assert names == {"known.json", f"documents/{proof.id}.pdf", f"photos/{photo}.jpg"}
        assert archive.read(f"documents/{proof.id}.pdf")[:5] == b"%PDF-"
        assert archive.read(f"photos/{photo}.jpg")[:2] == b"\xff\xd8"
    assert known["person"]["email"] == "anna@example.org"
    assert known["photos"] == [photo]
    assert [one["purpose"] for one in known["copies_that_left"]] == ["web"]
    assert {term["purpose"]: term["answer"] for term in known["quitclaims"][0]["terms"]}["web"] == "granted"
    assert "Geheim" not in json.dumps(known)


# A selfie.


def test_a_selfie_is_measured_and_not_kept_and_only_with_consent(demo_box: Box, card: Path) -> None:
    box, now, day = demo_box, demo_box.now(), demo_box.today()
    collins = person(box, COLLINS)
    data = (card / "DCIM/100KLUIS/KLUI0007.JPG").read_bytes()
    landscape = (card / "DCIM/100KLUIS/KLUI0008.JPG").read_bytes()
    no = agreed(box, collins, WEB)
    add = lambda token, selfie: subject.add_selfie(  # noqa: E731
        box.safe, box.decoder, box.analyser, token, selfie, now=now, day=day
    )
    with pytest.raises(Mistake) as problem:
        add(no.own_token, data)
    assert problem.value.key == "own:no_recognition"
    later = now + timedelta(minutes=1)
    record(box.safe, collins, [Term(Purpose.RECOGNITION, Answer.GRANTED)], by=EDITOR, now=later, day=day)
    for wrong in (landscape, b"no photo"):
        with pytest.raises(KluisError):
            add(no.own_token, wrong)
    assert rows(box, "SELECT * FROM reference_templates") == []
    files = {path for path in box.config.home.rglob("*") if path.is_file()}
    add(no.own_token, data)
    assert len(rows(box, "SELECT * FROM reference_templates")) == 1
    assert {path for path in box.config.home.rglob("*") if path.is_file()} == files
    assert page(box, no.own_token).templates == 1
    withdraw(box, no.own_token, Purpose.RECOGNITION)
    assert rows(box, "SELECT * FROM reference_templates") == []
    with pytest.raises(Mistake):
        add(no.own_token, data)
    assert look_at(box.safe, named(box, "KLUI0007.JPG"), by=OPERATOR, now=now, day=day).faces
