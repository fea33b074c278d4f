"""The ready-made forms: whole, lawful, in both languages, and in words that people read with ease."""

import re
from datetime import UTC, datetime

import pytest

from appliance.domain.consent import Basis, Purpose
from appliance.domain.ready_templates import ready
from appliance.domain.templates import Audience, FormText, Template, TemplateId, require_sensible, text_hash
from appliance.domain.wording import Language
from tests.domain.readability import reading_ease, sentences, syllables

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
CONTROLLER = "Gemeente Voorbeeld, Kerkstraat 1, Ons Dorp"
PLAIN = 75  # Flesch; well above the 60 that is called plain, for the count of syllables is a rough one
LONGEST_SENTENCE = 20  # words

LEGALESE = {
    Language.DUTCH: re.compile(
        r"\b(betrokkene|verwerk\w*|grondslag|derhalve|ingevolge|onderhavige?|alsmede|teneinde|middels|"
        r"desbetreffende?|uitdrukkelijke?|ondubbelzinnige?|hierbij|ondergetekende|doeleinden|"
        r"persoonsgegevens?|voornoemde?|conform|krachtens|hetgeen|omtrent|jegens|onherroepelijke?|"
        r"rechtsgeldige?|aansprakelijk\w*|quitclaims?)\b"
    ),
    Language.ENGLISH: re.compile(
        r"\b(here(by|in|of|inafter|tofore)|there(of|in)|pursuant|notwithstanding|whereas|aforementioned|"
        r"process(ing|or)|controller|undersigned|irrevocabl[ey]|perpetual|royalty|explicit\w*|unambiguous\w*|"
        r"lawful|subject|data|liab\w*|shall|quitclaims?)\b"
    ),
}
REGULATOR = re.compile(r"Autoriteit Persoonsgegevens|Data Protection Authority")

every_audience = pytest.mark.parametrize("audience", Audience)
every_language = pytest.mark.parametrize("language", Language)


def made(audience: Audience, guardians: int = 1) -> Template:
    return ready(audience, CONTROLLER, TemplateId("template"), AT, guardians=guardians)


def parts(template: Template, language: Language) -> list[str]:
    text = template.texts[language]
    apart = [text.title, text.controller, text.introduction, text.recipients, text.duration, text.rights]
    return [*apart, text.declaration, *(text.purposes[purpose] for purpose in template.purposes)]


def whole(audience: Audience, language: Language) -> str:
    return "\n".join(parts(made(audience), language)).replace(CONTROLLER, "ons")


@every_audience
def test_it_makes_a_lawful_form(audience: Audience) -> None:
    template = made(audience)
    require_sensible(template)
    assert (template.audience, template.version, template.recorded_at) == (audience, 1, AT)
    assert template.in_use
    assert template.name
    for language in Language:
        assert set(template.texts[language].purposes) == set(template.months)
        assert text_hash(template, language)


@every_audience
@every_language
def test_no_slot_is_left_empty(audience: Audience, language: Language) -> None:
    for guardians in (1, 2):
        for part in parts(made(audience, guardians), language):
            assert part.strip() == part != ""
            assert not re.search(r"[{}]|  ", part)


@every_audience
@every_language
def test_it_says_who_is_responsible(audience: Audience, language: Language) -> None:
    assert CONTROLLER in made(audience).texts[language].controller


def test_an_address_may_hold_anything() -> None:
    odd = "De {Haak} & Zn., Plein 1."
    text = ready(Audience.MODEL, odd, TemplateId("t"), AT).texts[Language.DUTCH]
    assert "De {Haak} & Zn., Plein 1. Zij" in text.controller


@every_audience
@every_language
def test_it_is_read_with_ease(audience: Audience, language: Language) -> None:
    text = whole(audience, language)
    assert reading_ease(text, language) >= PLAIN
    long = [" ".join(words) for words in sentences(text) if len(words) > LONGEST_SENTENCE]
    assert not long
    for part in parts(made(audience), language)[1:]:  # a title is no sentence
        assert reading_ease(part.replace(CONTROLLER, "ons"), language) >= 50


@every_audience
@every_language
def test_no_legal_language(audience: Audience, language: Language) -> None:
    text = whole(audience, language)
    assert not LEGALESE[language].findall(REGULATOR.sub("", text).lower())
    assert not set(text) & set("\u2013\u2014;")


@every_audience
def test_both_languages_say_as_much(audience: Audience) -> None:
    dutch, english = (made(audience).texts[language] for language in Language)
    assert dutch != english
    for one, other in zip(*(parts(made(audience), language) for language in Language), strict=True):
        assert one != other or CONTROLLER in one
        assert one.count("\n") == other.count("\n")
        assert 0.6 < len(one) / len(other) < 1.7


NO_PRESSURE = {
    Audience.EMPLOYEE: ("geen gevolgen", "nothing happens"),
    Audience.EVENT_VISITOR: ("net zo welkom", "just as welcome"),
    Audience.PATIENT: ("blijft uw zorg precies hetzelfde", "your care stays exactly the same"),
    Audience.MINOR: ("doet uw kind gewoon mee", "your child still joins in"),
}


@pytest.mark.parametrize("audience", NO_PRESSURE)
def test_a_no_costs_nothing(audience: Audience) -> None:
    for language, words in zip(Language, NO_PRESSURE[audience], strict=True):
        assert words in made(audience).texts[language].introduction


@every_audience
def test_every_form_names_the_regulator(audience: Audience) -> None:
    for language in Language:
        rights = made(audience).texts[language].rights
        assert "autoriteitpersoonsgegevens.nl" in rights
        assert {Language.DUTCH: "kopie", Language.ENGLISH: "copy"}[language] in rights
        assert {Language.DUTCH: "wissen", Language.ENGLISH: "erase"}[language] in rights


def withdraws(text: FormText) -> bool:
    return "altijd een nee maken" in text.rights or "always turn a yes into a no" in text.rights


@every_audience
@every_language
def test_consent_is_withdrawn_in_one_step_and_an_agreement_is_not(
    audience: Audience, language: Language
) -> None:
    template = made(audience)
    text = template.texts[language]
    assert withdraws(text) == (template.basis is Basis.CONSENT)
    step = {Language.DUTCH: "in één stap", Language.ENGLISH: "one step"}[language]
    assert (step in text.rights) == (template.basis is Basis.CONSENT)


@every_audience
def test_what_is_signed_names_its_ground(audience: Audience) -> None:
    template = made(audience)
    dutch, english = (template.texts[language].declaration for language in Language)
    words = ("Ik geef toestemming voor", "I consent to")
    consent = template.basis is Basis.CONSENT
    assert (words[0] in dutch) == (words[1] in english) == consent
    assert ("deze overeenkomst" in dutch) == ("this agreement" in english) == (not consent)


@every_language
def test_a_model_is_told_that_it_is_an_agreement(language: Language) -> None:
    template = made(Audience.MODEL)
    assert template.basis is Basis.AGREEMENT
    words = {
        Language.DUTCH: ("geen toestemming", "niet zomaar intrekken"),
        Language.ENGLISH: ("not a consent", "cannot simply withdraw"),
    }[language]
    assert all(word in template.texts[language].introduction for word in words)
    assert words[1].split()[0] in template.texts[language].declaration


def test_recognition_is_asked_apart_and_of_few() -> None:
    asked = {audience for audience in Audience if Purpose.RECOGNITION in made(audience).months}
    assert asked == {Audience.EMPLOYEE, Audience.EVENT_VISITOR}
    for audience in asked:
        assert made(audience).purposes[-1] is Purpose.RECOGNITION
        text = made(audience).texts
        assert "staat los van de rest" in text[Language.DUTCH].purposes[Purpose.RECOGNITION]
        assert "apart from the rest" in text[Language.ENGLISH].purposes[Purpose.RECOGNITION]


def test_patients_are_asked_for_little_and_not_for_long() -> None:
    template = made(Audience.PATIENT)
    assert Purpose.PRESS not in template.months
    others = [made(audience).months for audience in (Audience.EMPLOYEE, Audience.EVENT_VISITOR)]
    for purpose, months in template.months.items():
        assert months <= 12
        assert all(months < other[purpose] for other in others)
    assert "beroepsgeheim" in template.texts[Language.DUTCH].introduction
    assert "secret" in template.texts[Language.ENGLISH].introduction
    assert "opnieuw" in template.texts[Language.DUTCH].purposes[Purpose.SOCIAL_MEDIA]
    assert "again" in template.texts[Language.ENGLISH].purposes[Purpose.SOCIAL_MEDIA]


def test_minors_have_guardians_and_a_word_of_their_own() -> None:
    one, two = made(Audience.MINOR, 1), made(Audience.MINOR, 2)
    assert (one.guardians, two.guardians) == (1, 2)
    for language in Language:
        assert one.texts[language].introduction != two.texts[language].introduction
    dutch = one.texts[Language.DUTCH].introduction
    assert "Wil uw kind het niet? Dan is het nee, ook als u ja zegt." in dutch
    assert "Eén ouder of voogd tekent" in dutch
    assert "16" in dutch
    assert "Twee ouders of voogden" in two.texts[Language.DUTCH].introduction
    assert "both say yes" in two.texts[Language.ENGLISH].introduction


@every_audience
def test_nobody_but_minors_has_guardians(audience: Audience) -> None:
    assert bool(made(audience, 2).guardians) == (audience is Audience.MINOR)


@pytest.mark.parametrize(
    ("word", "language", "count"),
    [
        ("foto's", Language.DUTCH, 2),
        ("gezichtsherkenning", Language.DUTCH, 5),
        ("mee", Language.DUTCH, 1),
        ("media", Language.DUTCH, 3),
        ("bijvoorbeeld", Language.DUTCH, 3),
        ("cliënt", Language.DUTCH, 2),
        ("place", Language.ENGLISH, 1),
        ("people", Language.ENGLISH, 2),
        ("ticked", Language.ENGLISH, 1),
        ("printed", Language.ENGLISH, 2),
        ("nth", Language.ENGLISH, 1),
    ],
)
def test_the_measure_counts_syllables(word: str, language: Language, count: int) -> None:
    assert syllables(word, language) == count


def test_the_measure_tells_hard_from_easy() -> None:
    hard = {
        Language.DUTCH: (
            "De verwerkingsverantwoordelijke verwerkt, overeenkomstig de toepasselijke privacywetgeving, "
            "persoonsgegevens van betrokkene ten behoeve van communicatiedoeleinden, waaronder mede begrepen "
            "openbaarmaking via elektronische communicatiemiddelen."
        ),
        Language.ENGLISH: (
            "The undersigned hereby irrevocably authorises the organisation to reproduce, distribute and "
            "communicate photographic representations for promotional purposes, notwithstanding any "
            "prior limitation."
        ),
    }
    for language, text in hard.items():
        assert reading_ease(text, language) < 30
