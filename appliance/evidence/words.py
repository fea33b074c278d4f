"""The fixed words of the documents, in plain Dutch and English."""

from collections.abc import Mapping
from dataclasses import dataclass

from appliance.domain.consent import Signer
from appliance.domain.people import Standing
from appliance.domain.signing import IdentityCheck, Mark
from appliance.domain.wording import Language


@dataclass(frozen=True, slots=True)
class Words:
    """Headings, labels and sentences; {fields} are filled in."""

    page: str
    comma: str
    # the form
    responsible: str
    answers: str
    answers_asked: str
    answers_how: str
    apart: str
    recipients: str
    duration: str
    rights: str
    declaration: str
    yes: str
    no: str
    yes_until: str
    yes_for: str
    signature: str
    # who signed
    signed: Mapping[Signer, str]
    on: str
    with_pen: str
    paper_day: str
    for_whom: str
    # the record
    record: str
    record_about: str
    name: str
    signed_by: str
    role: str
    roles: Mapping[Signer, str]
    when: str
    instant: str
    language: str
    this_language: str
    form: str
    version: str
    text_hash: str
    request: str
    identity: str
    identities: Mapping[IdentityCheck, str]
    mark: str
    marks: Mapping[Mark, str]
    seal: str
    clock: str
    sealed: str
    attached: str
    code_points: str
    scan: str
    signing_attached: str
    template_attached: str
    # paper
    scan_this: str
    paper_how: str
    name_line: str
    born_line: str
    guardian_line: str
    place_line: str
    sign_here: str
    # poster and shoot sheet
    point: str
    sheet: str
    sheet_about: str
    standings: Mapping[Standing, str]
    standing_rules: Mapping[Standing, str]
    nobody: str
    made_on: str


_DUTCH = Words(
    page="pagina {page} van {pages}",
    comma=",",
    responsible="Wie is verantwoordelijk?",
    answers="De antwoorden",
    answers_asked="Waarvoor mogen we de foto's gebruiken?",
    answers_how="Kies bij elke vraag ja of nee. Nee zeggen mag altijd.",
    apart="Apart gevraagd: gezichtsherkenning",
    recipients="Wie krijgt de foto's te zien?",
    duration="Hoe lang?",
    rights="Rechten",
    declaration="Verklaring",
    yes="Ja",
    no="Nee",
    yes_until="Ja, tot en met {day}",
    yes_for="{months} maanden vanaf het tekenen",
    signature="Handtekening",
    signed={
        Signer.SUBJECT: "Getekend door {who}",
        Signer.GUARDIAN: "Getekend door {who}, ouder of voogd van {subject}",
        Signer.STAFF: "Vastgelegd door {who}, medewerker, voor {subject}",
    },
    on="{day}, {time} uur",
    with_pen="Getekend met een pen op papier. De scan staat op de volgende pagina's.",
    paper_day="De datum op het papier is {day}.",
    for_whom="Wie staat op de foto's",
    record="Verslag van de ondertekening",
    record_about="Dit verslag hoort bij het formulier hiervoor. Het legt vast wat er is getekend, en hoe.",
    name="Wie staat op de foto's",
    signed_by="Wie heeft getekend",
    role="In welke rol",
    roles={
        Signer.SUBJECT: "zelf",
        Signer.GUARDIAN: "ouder of voogd",
        Signer.STAFF: "medewerker, die het heeft vastgelegd",
    },
    when="Wanneer",
    instant="Moment in UTC",
    language="Taal van de tekst",
    this_language="Nederlands",
    form="Formulier",
    version="{template}, versie {version}",
    text_hash="SHA-256 van de tekst",
    request="Nummer van de aanvraag",
    identity="Hoe is bepaald wie tekende",
    identities={
        IdentityCheck.LINK: "had de persoonlijke link",
        IdentityCheck.EMAIL_CODE: "had de persoonlijke link, en typte de code die naar het bekende "
        "e-mailadres was gestuurd",
        IdentityCheck.IN_PERSON: "een medewerker was erbij",
        IdentityCheck.NONE: "niet gecontroleerd: typte zelf een naam",
    },
    mark="Handtekening",
    marks={
        Mark.DRAWN: "getekend op een scherm: {lines} lijnen, {points} punten, {seconds} seconden",
        Mark.TYPED: "getypte naam",
        Mark.PEN: "met een pen op papier",
    },
    seal="Vingerafdruk van het zegel",
    clock="De tijd komt van de klok van de portretkluis. Er is geen tijdstempel van een onafhankelijke "
    "partij.",
    sealed="De portretkluis heeft dit bestand verzegeld (PAdES B-B, ECDSA P-256, SHA-256). Elke wijziging "
    "daarna is te zien. Het certificaat is door de portretkluis zelf gemaakt: vergelijk de vingerafdruk met "
    "die van de organisatie.",
    attached="In dit bestand zitten twee bijlagen: signing.json met alle gegevens van de ondertekening, ook "
    "de lijnen van de handtekening, en template.json met de tekst die is gelezen. De SHA-256 hierboven is "
    "die van template.json.",
    code_points="Letters die dit document niet kan tonen, staan er als code, zoals [U+6C34]. In de bijlagen "
    "staan ze zoals ze zijn geschreven.",
    scan="Scan van het papier, blad {number} van {all}",
    signing_attached="De gegevens van de ondertekening",
    template_attached="De tekst die is gelezen",
    scan_this="Formulier {request}",
    paper_how="Vul in met een pen en lever in bij de fotograaf of de organisatie.",
    name_line="Naam van wie op de foto's staat",
    born_line="Geboortedatum",
    guardian_line="Naam van ouder of voogd",
    place_line="Datum",
    sign_here="Handtekening",
    point="Scan met de camera van je telefoon",
    sheet="Blad voor de fotograaf",
    sheet_about="Lees dit voor je begint. Lever het blad na afloop in, of vernietig het: er staan namen op.",
    standings={
        Standing.NEVER_PHOTOGRAPH: "Nooit fotograferen",
        Standing.PHOTOGRAPH_NOT_PUBLISH: "Fotograferen mag, publiceren niet",
        Standing.NONE: "Uitgenodigd",
    },
    standing_rules={
        Standing.NEVER_PHOTOGRAPH: "Maak geen foto waar deze mensen op staan, ook niet op de achtergrond.",
        Standing.PHOTOGRAPH_NOT_PUBLISH: "Deze mensen mogen op de foto. Hun foto wordt niet gepubliceerd: "
        "maak ook een foto zonder hen.",
        Standing.NONE: "Voor elk gebruik telt wat zij zelf hebben getekend.",
    },
    nobody="Niemand.",
    made_on="Gemaakt op {day}",
)

_ENGLISH = Words(
    page="page {page} of {pages}",
    comma=".",
    responsible="Who is responsible?",
    answers="The answers",
    answers_asked="What may we use the photos for?",
    answers_how="Choose yes or no for each question. You may always say no.",
    apart="Asked apart: face recognition",
    recipients="Who will see the photos?",
    duration="For how long?",
    rights="Rights",
    declaration="Declaration",
    yes="Yes",
    no="No",
    yes_until="Yes, up to and including {day}",
    yes_for="{months} months from signing",
    signature="Signature",
    signed={
        Signer.SUBJECT: "Signed by {who}",
        Signer.GUARDIAN: "Signed by {who}, parent or guardian of {subject}",
        Signer.STAFF: "Recorded by {who}, member of staff, for {subject}",
    },
    on="{day}, {time}",
    with_pen="Signed with a pen on paper. The scan is on the next pages.",
    paper_day="The date on the paper is {day}.",
    for_whom="Who is in the photos",
    record="Record of the signing",
    record_about="This record belongs to the form before it. It says what was signed, and how.",
    name="Who is in the photos",
    signed_by="Who signed",
    role="In which role",
    roles={
        Signer.SUBJECT: "for themselves",
        Signer.GUARDIAN: "parent or guardian",
        Signer.STAFF: "member of staff, who recorded it",
    },
    when="When",
    instant="Instant in UTC",
    language="Language of the text",
    this_language="English",
    form="Form",
    version="{template}, version {version}",
    text_hash="SHA-256 of the text",
    request="Number of the request",
    identity="How it was checked who signed",
    identities={
        IdentityCheck.LINK: "held the personal link",
        IdentityCheck.EMAIL_CODE: "held the personal link, and typed the code that was sent to the known "
        "e-mail address",
        IdentityCheck.IN_PERSON: "a member of staff was present",
        IdentityCheck.NONE: "not checked: typed a name",
    },
    mark="Signature",
    marks={
        Mark.DRAWN: "drawn on a screen: {lines} lines, {points} points, {seconds} seconds",
        Mark.TYPED: "typed name",
        Mark.PEN: "with a pen on paper",
    },
    seal="Fingerprint of the seal",
    clock="The time is that of the clock of the portrait safe. There is no time stamp of an independent "
    "party.",
    sealed="The portrait safe has sealed this file (PAdES B-B, ECDSA P-256, SHA-256). Any change after that "
    "shows. The certificate was made by the portrait safe itself: compare the fingerprint with the one that "
    "the organisation gives.",
    attached="This file has two attachments: signing.json with all data of the signing, the lines of the "
    "signature included, and template.json with the text that was read. The SHA-256 above is that of "
    "template.json.",
    code_points="Letters that this document cannot show stand as a code, such as [U+6C34]. The attachments "
    "have them as they were written.",
    scan="Scan of the paper, sheet {number} of {all}",
    signing_attached="The data of the signing",
    template_attached="The text that was read",
    scan_this="Form {request}",
    paper_how="Fill it in with a pen and hand it to the photographer or the organisation.",
    name_line="Name of whoever is in the photos",
    born_line="Date of birth",
    guardian_line="Name of parent or guardian",
    place_line="Date",
    sign_here="Signature",
    point="Scan with your phone's camera",
    sheet="Photographer's sheet",
    sheet_about="Read this before you start. Hand it in afterwards, or destroy it: it has names on it.",
    standings={
        Standing.NEVER_PHOTOGRAPH: "Never photograph",
        Standing.PHOTOGRAPH_NOT_PUBLISH: "May be photographed, not published",
        Standing.NONE: "Invited",
    },
    standing_rules={
        Standing.NEVER_PHOTOGRAPH: "Take no photo with these people in it, not even in the background.",
        Standing.PHOTOGRAPH_NOT_PUBLISH: "These people may be photographed. Their photo is not published: "
        "take one without them as well.",
        Standing.NONE: "For each use, what they signed themselves counts.",
    },
    nobody="Nobody.",
    made_on="Made on {day}",
)

WORDS: Mapping[Language, Words] = {Language.DUTCH: _DUTCH, Language.ENGLISH: _ENGLISH}
