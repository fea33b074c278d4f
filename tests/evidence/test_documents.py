"""The signed form: everything that was read and answered stands in it, in letters that are there."""

import json
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from appliance.domain.consent import Answer, Purpose, Signer
from appliance.domain.ready_templates import ready
from appliance.domain.signing import IdentityCheck, Mark, Signature, Signing
from appliance.domain.templates import Audience, TemplateId, text_hash, until
from appliance.domain.wording import Language, day_in_words, word
from appliance.evidence import standalone_verifier as verifier
from appliance.evidence.documents import SIGNING_FILE, TEMPLATE_FILE, signed_form
from appliance.evidence.fonts import has_letters, visible
from appliance.evidence.records import signing_json
from appliance.evidence.sealing import Sealer
from appliance.evidence.seals import Seal, in_groups
from appliance.evidence.verify import verify_document
from appliance.evidence.words import WORDS
from tests.evidence.conftest import Read, Shown
from tests.evidence.forms import AMSTERDAM, ASKED, SIGNED_AT, signing, template

Make = Callable[[Signing], bytes]
NAMES = ["Łukasz Şahin", "Nguyễn Thị Hồng", "Þórður Ægisson", "Őry Żółć", "Βασίλης", "Йордан Ђорђевић"]


@pytest.mark.parametrize("language", Language)
def test_everything_that_was_read_stands_in_it(language: Language, sealed: Make, read: Read) -> None:
    form = template().texts[language]
    found = read(sealed(signing(language)))
    parts = {field.name: getattr(form, field.name) for field in fields(form)}
    for words in (*parts.pop("purposes").values(), *parts.values()):
        assert words in found


@pytest.mark.parametrize("language", Language)
def test_each_answer_stands_with_its_purpose_and_last_day(
    language: Language, sealed: Make, read: Read
) -> None:
    one, words = signing(language), WORDS[language]
    found = read(sealed(one))
    for purpose, answer in one.answers.items():
        last = day_in_words(until(SIGNED_AT.date(), ASKED[purpose]), language)
        told = words.yes_until.format(day=last) if answer is Answer.GRANTED else words.no
        after = found[found.index(word(purpose, language).capitalize()) :]
        assert told in after[: len(template().texts[language].purposes[purpose]) + 80]


def test_the_record_says_how_it_was_signed(sealed: Make, read: Read, seal: Seal) -> None:
    one = signing()
    found = read(sealed(one))
    for told in (
        text_hash(template(), Language.DUTCH),
        "24 november 2026, 13:05:09 (UTC+01:00)",
        "2026-11-24T12:05:09+00:00",
        one.request_id,
        f"{one.template_id}, versie 3",
        WORDS[Language.DUTCH].identities[IdentityCheck.EMAIL_CODE],
        "2 lijnen, 111 punten, 2,0 seconden",
        "Er is geen tijdstempel van een onafhankelijke partij.",
        in_groups(seal.fingerprint),
    ):
        assert told in found


@pytest.mark.parametrize("name", NAMES)
def test_european_and_vietnamese_names_are_shown_as_they_are(name: str, sealed: Make, read: Read) -> None:
    found = read(sealed(signing(subject=name, signed_by=name)))
    assert found.count(name) >= 4
    assert WORDS[Language.DUTCH].code_points not in found


def test_a_name_typed_as_letters_with_loose_accents_is_shown_composed(sealed: Make, read: Read) -> None:
    loose = unicodedata.normalize("NFD", "Nguyễn Şahin")
    assert "Nguyễn Şahin" in read(sealed(signing(subject=loose, signed_by=loose)))


def test_letters_that_the_fonts_lack_are_never_left_out(sealed: Make, read: Read) -> None:
    one = signing(subject="水野 Aoi", signed_by="水野 Aoi")
    data = sealed(one)
    found = read(data)
    assert "[U+6C34][U+91CE] Aoi" in found
    assert WORDS[Language.DUTCH].code_points in found
    assert json.loads(verifier.opened(data).attachments[SIGNING_FILE])["subject"] == "水野 Aoi"


@given(st.text(st.characters(exclude_categories=("Cs", "Zs"))))
def test_no_letter_of_any_text_is_lost(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    shown = visible(text)
    for letter in set(composed) - {"\u2010", "\u2011"}:
        times = composed.count(letter)
        assert shown.count(letter) >= times or shown.count(f"[U+{ord(letter):04X}]") >= times
    assert has_letters(text) == ("[U+" not in visible(text.replace("[U+", "")))


def test_markup_in_a_name_is_only_text(sealed: Make, read: Read) -> None:
    name = '<b>Anna</b> & "Bob" <br/>'
    assert name in read(sealed(signing(subject=name, signed_by=name)))


@pytest.mark.parametrize(
    ("signer", "told"),
    [
        (Signer.SUBJECT, "Getekend door Piet Jansen"),
        (Signer.GUARDIAN, "Getekend door Piet Jansen, ouder of voogd van Anna"),
        (Signer.STAFF, "Vastgelegd door Piet Jansen, medewerker, voor Anna"),
    ],
)
def test_it_says_who_signed_for_whom(signer: Signer, told: str, sealed: Make, read: Read) -> None:
    assert told in read(sealed(signing(subject="Anna", signed_by="Piet Jansen", signer=signer)))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("identity", IdentityCheck)
def test_every_check_of_identity_has_its_words(
    identity: IdentityCheck, language: Language, sealed: Make, read: Read
) -> None:
    assert WORDS[language].identities[identity] in read(sealed(signing(language, identity=identity)))


def test_a_drawn_signature_is_drawn(sealed: Make, shown: Shown) -> None:
    without = signing(signature=Signature(Mark.DRAWN, strokes=()))
    drawn, empty = (shown(sealed(one))[0] for one in (signing(), without))
    rows = np.flatnonzero((drawn != empty).any(axis=1))
    assert rows.size > 10
    assert rows[0] > drawn.shape[0] * 0.6, "the signature stands below the text"


def test_strokes_outside_the_pad_stay_within_it(sealed: Make, shown: Shown) -> None:
    wild = (((-5.0, 0.5, 0), (9.0, 0.5, 900)), ((0.5, -7.0, 950), (0.5, 7.0, 1400)))
    fits = (((0.0, 0.5, 0), (1.0, 0.5, 900)), ((0.5, 0.0, 950), (0.5, 1.0, 1400)))
    pages = [shown(sealed(signing(signature=Signature(Mark.DRAWN, strokes=s)))) for s in (wild, fits)]
    assert (pages[0][0] == pages[1][0]).all()


def test_a_typed_signature_stands_in_its_box(sealed: Make, read: Read) -> None:
    one = signing(signature=Signature(Mark.TYPED, typed="  Ł. Şahin "))
    found = read(sealed(one))
    assert "Ł. Şahin" in found
    assert WORDS[Language.DUTCH].marks[Mark.TYPED] in found


def test_a_form_and_its_record_take_two_pages(document: bytes, shown: Shown) -> None:
    assert len(shown(document)) == 2


@pytest.mark.parametrize("audience", Audience)
def test_every_ready_form_makes_sound_evidence_on_one_sheet(
    audience: Audience, seal: Seal, shown: Shown
) -> None:
    form = ready(audience, "Gemeente Waterdam", TemplateId("ready"), SIGNED_AT)
    for language in form.texts:
        one = signing(
            language,
            template_id=form.id,
            template_version=form.version,
            text_hash=text_hash(form, language),
            answers=dict.fromkeys(form.purposes, Answer.GRANTED),
        )
        data = signed_form(form, one, seal=seal, zone=AMSTERDAM)
        assert verify_document(data, seal.pem, seal.fingerprint).holds
        assert len(shown(data)) == 2


def test_scans_of_a_paper_form_follow_the_record(seal: Seal, shown: Shown, read: Read) -> None:
    jpeg = BytesIO()
    Image.new("L", (200, 280), 128).save(jpeg, "JPEG")
    one = signing(signature=Signature(Mark.PEN), identity=IdentityCheck.IN_PERSON)
    sealer = Sealer(seal, AMSTERDAM)
    data = sealer.document(template(), one, scans=[jpeg.getvalue(), jpeg.getvalue()])
    pages = shown(data)
    assert len(pages) == 4
    assert [int(np.median(page[200:400, 150:350])) for page in pages[2:]] == [128, 128]
    assert "Scan van het papier, blad 2 van 2" in read(data)


def test_the_day_is_the_day_in_the_office(sealed: Make, read: Read) -> None:
    late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    found = read(sealed(signing(signed_at=late)))
    assert "1 januari 2027, 00:30 uur" in found
    assert "Ja, tot en met 31 december 2029" in found
    assert "2026-12-31T23:30:00+00:00" in found


def test_the_same_signing_gives_the_same_bytes(sealed: Make, document: bytes) -> None:
    assert sealed(signing()) == document
    assert sealed(signing(signed_at=SIGNED_AT + timedelta(seconds=1))) != document


def test_documents_made_side_by_side_do_not_mix(sealed: Make) -> None:
    """The server has threads; reportlab and its fonts are shared by them."""
    signings = [signing(language, subject=name) for language in Language for name in NAMES]
    alone = [sealed(one) for one in signings]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(sealed, signings * 2)) == alone * 2


def test_the_attachments_are_the_signing_and_the_text(document: bytes) -> None:
    attached = verifier.opened(document).attachments
    assert set(attached) == {SIGNING_FILE, TEMPLATE_FILE}
    assert attached[SIGNING_FILE] == signing_json(signing())
    text = json.loads(attached[TEMPLATE_FILE])
    assert text["text"]["declaration"] == template().texts[Language.DUTCH].declaration
    assert text["months"] == {purpose.value: months for purpose, months in ASKED.items()}


def test_recognition_stands_apart(sealed: Make, read: Read) -> None:
    found = read(sealed(signing()))
    apart = found.index(WORDS[Language.DUTCH].apart)
    others = [
        word(purpose, Language.DUTCH).capitalize() for purpose in ASKED if purpose is not Purpose.RECOGNITION
    ]
    assert all(found.index(other) < apart for other in others)


@pytest.mark.parametrize("part", ["title", "introduction", "rights", "declaration", "purposes"])
def test_a_long_form_runs_on_and_keeps_every_word(part: str, seal: Seal, read: Read) -> None:
    form = template()
    long = " ".join(f"woord{number}" for number in range(500))
    put: Any = dict.fromkeys(ASKED, long) if part == "purposes" else long
    texts = {Language.DUTCH: replace(form.texts[Language.DUTCH], **{part: put})}
    longer = replace(form, texts=texts)
    one = signing(text_hash=text_hash(longer, Language.DUTCH))
    data = signed_form(longer, one, seal=seal, zone=AMSTERDAM)
    found = read(data)
    assert all(found.count(word) >= (len(ASKED) if part == "purposes" else 1) for word in long.split())
