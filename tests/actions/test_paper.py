"""Paper forms: the code finds the record, a person reads it, the scan becomes sealed evidence."""

import io
from dataclasses import replace
from datetime import date, timedelta

import cv2
import numpy as np
import pytest
import segno
from numpy.typing import NDArray
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader

from appliance.actions import paper
from appliance.actions.asking import Asked, cancel_request
from appliance.actions.evidence import bundle, document, evidence_of
from appliance.actions.intake import sweep_files
from appliance.actions.people import change_person, create_person
from appliance.actions.signing import Filled, Signed
from appliance.domain.access import OPERATOR, Permission
from appliance.domain.consent import Answer, Purpose, Signer, permission
from appliance.domain.errors import Mistake, NotAllowed, Unreadable
from appliance.domain.people import PersonId
from appliance.domain.signing import Channel, Mark, Signature
from appliance.domain.templates import Audience, until
from appliance.domain.wording import Language
from appliance.evidence.verify import verify_bundle
from appliance.wiring import Box
from tests.actions.paperwork import OFFICE, asked, form, sign_it, years_ago
from tests.actions.paperwork import filled as ticked
from tests.actions.scene import EDITOR, VIEWER, files_on_disk, person, raw, told
from tests.conftest import Clock

WEB, PRESS = Purpose.WEB, Purpose.PRESS
PEN = Signature(Mark.PEN)


def scan(text: str, *, turned: float = 0.0, kind: str = "JPEG") -> bytes:
    """A page on which a code stands at the upper right, as a telephone sees it: askew, grey, with noise."""
    dots = np.array(segno.make(text, error="m").matrix, np.uint8)
    code = np.kron(255 * (1 - dots), np.ones((9, 9), np.uint8)).astype(np.uint8)
    sheet = np.full((2200, 1560), 245, np.uint8)
    sheet[120 : 120 + code.shape[0], 1450 - code.shape[1] : 1450] = code
    quarters, turned = divmod(turned, 90)
    turn = cv2.getRotationMatrix2D((780, 1100), turned, 0.9)
    seen = np.asarray(cv2.warpAffine(sheet, turn, (1560, 2200), borderValue=90), np.float32)
    grain = np.random.default_rng(1).normal(0, 6, seen.shape)
    pixels: NDArray[np.uint8] = np.clip(seen * 0.85 + grain, 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(np.rot90(pixels, int(quarters))).convert("RGB").save(out, kind)
    return out.getvalue()


def link(one: Asked) -> str:
    return OFFICE.form(one.token)


def taken(box: Box, *files: bytes, **more: object) -> str:
    return paper.take_scans(box.safe, box.decoder, files, by=EDITOR, now=box.now(), **more)  # type: ignore[arg-type]


def read(*granted: Purpose, **more: object) -> Filled:
    return replace(Filled(frozenset(granted), PEN, Language.ENGLISH), **more)  # type: ignore[arg-type]


def confirmed(box: Box, one: Asked, filled: Filled, paper_day: date | None = None) -> Signed:
    return paper.confirm_paper(
        box.safe,
        box.sealing,
        one.request.id,
        filled,
        OFFICE,
        paper_day=paper_day or box.today(),
        by=EDITOR,
        now=box.now(),
        day=box.today(),
        bell=box.bell,
    )


@pytest.fixture
def anna(box: Box) -> PersonId:
    return person(box, "Anna de Vries")


@pytest.fixture
def on_paper(box: Box, anna: PersonId) -> Asked:
    return asked(box, form(box), anna, Channel.PAPER)


@pytest.mark.parametrize(("turned", "kind"), [(0, "PNG"), (4, "JPEG"), (90, "TIFF"), (180, "WEBP")])
def test_the_code_on_the_paper_finds_its_record(box: Box, on_paper: Asked, turned: float, kind: str) -> None:
    assert taken(box, scan(link(on_paper), turned=turned, kind=kind)) == on_paper.request.id
    (waiting,) = paper.waiting_papers(box.safe, by=EDITOR, now=box.now())
    assert waiting.person is not None
    assert waiting.person.name == "Anna de Vries"


def test_what_a_person_reads_is_recorded_with_the_scan_in_a_sealed_document(
    box: Box, on_paper: Asked, clock: Clock
) -> None:
    taken(box, scan(link(on_paper)), scan("the back"))
    signed_on = box.today()
    clock.advance(days=20)
    signed = confirmed(box, on_paper, read(WEB), signed_on)
    assert {term.purpose: term.answer for term in signed.quitclaim.terms}[WEB] is Answer.GRANTED
    term = signed.quitclaim.term(WEB)
    assert term is not None
    assert term.valid_until == until(signed_on, form(box).months[WEB])  # not twenty days longer
    assert signed.quitclaim.term(PRESS) == replace(
        term, purpose=PRESS, answer=Answer.DECLINED, valid_until=None
    )
    (kept,) = evidence_of(box.safe, signed.quitclaim.id, by=EDITOR, now=box.now())
    assert kept.kind == "scan"
    _, data = document(box.safe, kept.id, by=EDITOR, now=box.now())
    assert _pictures(data) == 2
    zipped = bundle(box.safe, kept.id, "Waterdam", by=EDITOR, now=box.now())
    assert verify_bundle(zipped, box.sealing.fingerprint).holds
    assert paper.waiting_papers(box.safe, by=EDITOR, now=box.now()) == ()
    with raw(box) as db:
        assert db.execute("SELECT count(*) FROM scans").fetchone() == (0,)
    assert files_on_disk(box) == {kept.place}
    assert any(one.startswith("the-editor quitclaim:sign") for one in told(box))


def _pictures(pdf: bytes) -> int:
    """How many pictures stand on its pages."""
    pages = PdfFileReader(io.BytesIO(pdf)).root["/Pages"]["/Kids"]
    held = [page.get_object()["/Resources"].get("/XObject", {}) for page in pages]
    return sum(one.raw_get(name).get_object()["/Subtype"] == "/Image" for one in held for name in one)


def test_the_scan_lies_encrypted_and_is_no_orphan(box: Box, on_paper: Asked) -> None:
    taken(box, scan(link(on_paper)))
    (place,) = files_on_disk(box)
    data = (box.config.files / place).read_bytes()
    assert b"JFIF" not in data
    assert sweep_files(box.safe, now=box.now()) == 0
    (kept,) = paper.paper_view(box.safe, on_paper.request.id, by=EDITOR, now=box.now()).scans
    picture = paper.scan_picture(box.safe, kept.id, by=EDITOR, now=box.now())
    assert Image.open(io.BytesIO(picture)).format == "JPEG"
    paper.discard_scans(box.safe, on_paper.request.id, by=EDITOR, now=box.now())
    assert files_on_disk(box) == set()


def test_a_page_without_a_code_is_told_apart_by_hand(box: Box, on_paper: Asked) -> None:
    blank = scan("no link of ours")
    with pytest.raises(Mistake) as refused:
        taken(box, blank)
    assert refused.value.key == "scan:no_code"
    assert taken(box, blank, request_id=on_paper.request.id) == on_paper.request.id
    assert files_on_disk(box) != set()


def test_pages_of_two_forms_are_not_mixed(box: Box, on_paper: Asked) -> None:
    other = asked(box, form(box), person(box, "Bea"), Channel.PAPER)
    with pytest.raises(Mistake) as refused:
        taken(box, scan(link(on_paper)), scan(link(other)))
    assert refused.value.key == "scan:two_forms"


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 not a picture", b"\xff\xd8\xff" + b"x" * 500])
def test_a_hostile_scan_is_refused_and_leaves_nothing(box: Box, data: bytes) -> None:
    with pytest.raises(Unreadable):
        taken(box, data)
    assert files_on_disk(box) == set()


def test_a_form_comes_back_once_and_not_when_it_was_taken_back(box: Box, on_paper: Asked) -> None:
    page = scan(link(on_paper))
    taken(box, page)
    sign_it(box, on_paper.token, ticked(WEB))
    with pytest.raises(Mistake) as answered:
        confirmed(box, on_paper, read(WEB))
    assert answered.value.key == "scan:closed"
    other = asked(box, form(box), person(box, "Bea"), Channel.PAPER)
    cancel_request(box.safe, other.request.id, by=EDITOR, now=box.now())
    with pytest.raises(Mistake):
        taken(box, scan(link(other)))


def test_paper_that_comes_back_late_still_counts(box: Box, on_paper: Asked, clock: Clock) -> None:
    signed_on = box.today()
    clock.advance(days=45)  # the link is over, the paper is not
    taken(box, scan(link(on_paper)))
    assert confirmed(box, on_paper, read(WEB), signed_on).complete


def test_a_date_that_has_not_come_is_refused(box: Box, on_paper: Asked) -> None:
    taken(box, scan(link(on_paper)))
    with pytest.raises(Mistake) as refused:
        confirmed(box, on_paper, read(WEB), box.today() + timedelta(days=1))
    assert refused.value.key == "scan:bad_day"


def test_both_parents_sign_one_paper(box: Box) -> None:
    child = create_person(box.safe, by=EDITOR, now=box.now(), name="Kees")
    born = replace(child, birth_date=years_ago(box.today(), 9))
    change_person(box.safe, born, by=EDITOR, now=box.now(), day=box.today())
    one = asked(box, form(box, Audience.MINOR, guardians=2), child.id, Channel.PAPER)
    taken(box, scan(link(one)))
    half = read(WEB, guardian=True, signed_by="Jan Smit")
    signed = confirmed(box, one, replace(half, others=("Els Smit",)))
    assert (signed.complete, signed.quitclaim.signer) == (True, Signer.GUARDIAN)
    assert len(set(signed.quitclaim.guardians)) == 2
    with box.safe.store.look(by=OPERATOR, to=Permission.QUITCLAIM_VIEW, now=box.now()) as view:
        found = permission(view.consent.of_person(child.id), WEB, box.today(), born.birth_date)
    assert found.reliance is not None


def test_the_same_parent_twice_is_one(box: Box) -> None:
    child = create_person(box.safe, by=EDITOR, now=box.now(), name="Kees").id
    one = asked(box, form(box, Audience.MINOR, guardians=2), child, Channel.PAPER)
    taken(box, scan(link(one)))
    born = years_ago(box.today(), 9)
    filled = read(WEB, guardian=True, signed_by="Jan Smit", others=("jan  smit",), birth_date=born)
    assert not confirmed(box, one, filled).complete


def test_a_viewer_has_nothing_decoded(box: Box, on_paper: Asked) -> None:
    with pytest.raises(NotAllowed):
        paper.take_scans(box.safe, box.decoder, [scan(link(on_paper))], by=VIEWER, now=box.now())
