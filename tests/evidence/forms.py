"""Forms and signings to make evidence of."""

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from appliance.domain.consent import Answer, Basis, Purpose, Quitclaim, QuitclaimId, Signer, Term
from appliance.domain.people import PersonId
from appliance.domain.signing import IdentityCheck, Mark, RequestId, Signature, Signing, Stroke
from appliance.domain.templates import Audience, FormText, Template, TemplateId, text_hash
from appliance.domain.wording import Language

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SIGNED_AT = datetime(2026, 11, 24, 12, 5, 9, tzinfo=UTC)

_DUTCH = FormText(
    title="Toestemming voor foto's",
    controller="Gemeente Waterdam, Dorpsplein 1, 1234 AB Waterdam. Vragen: privacy@waterdam.example.",
    introduction="We maken foto's van mensen die bij ons werken. We gebruiken ze alleen waarvoor jij ja "
    "zegt. Zeg je nee, dan heeft dat geen gevolgen voor je werk.",
    purposes={
        Purpose.WEB: "Op onze website. Iedereen kan de foto daar zien.",
        Purpose.SOCIAL_MEDIA: "Op onze pagina's bij LinkedIn en Instagram. Die zitten buiten Europa.",
        Purpose.PRINT: "In folders en in het jaarverslag.",
        Purpose.INTRANET: "Op ons intranet. Alleen collega's zien het.",
        Purpose.RECOGNITION: "Een computer in ons kantoor mag je gezicht herkennen op nieuwe foto's. Dat "
        "gaat met een code van je gezicht. De code verlaat het kastje niet.",
    },
    recipients="De afdeling communicatie, en de drukker en de beheerder van de website die voor ons werken.",
    duration="Voor elk doel staat hierboven tot wanneer. Daarna gebruiken we de foto niet meer.",
    rights="Je mag je toestemming altijd intrekken, met één knop op je eigen pagina. Je mag ook vragen welke "
    "foto's we hebben, of ze laten verwijderen. Klagen kan bij de Autoriteit Persoonsgegevens.",
    declaration="Ik heb dit gelezen en ik geef toestemming waar ik ja heb gezegd.",
)
_ENGLISH = FormText(
    title="Permission for photos",
    controller="Municipality of Waterdam, Dorpsplein 1, 1234 AB Waterdam. Mail: privacy@waterdam.example.",
    introduction="We take photos of the people who work here. We use them only for what you say yes to. "
    "Saying no has no consequences for your job.",
    purposes={
        Purpose.WEB: "On our website. Anybody can see the photo there.",
        Purpose.SOCIAL_MEDIA: "On our pages at LinkedIn and Instagram. Those companies are outside Europe.",
        Purpose.PRINT: "In leaflets and in the annual report.",
        Purpose.INTRANET: "On our intranet. Only colleagues see it.",
        Purpose.RECOGNITION: "A computer in our office may recognise your face in new photos. It uses a code "
        "of your face. The code never leaves the box.",
    },
    recipients="The communication department, and the printer and the web host who work for us.",
    duration="Above, each purpose has its last day. After it we no longer use the photo.",
    rights="You may withdraw your permission at any time, with one button on your own page. You may also ask "
    "which photos we have, or have them deleted. You can complain to the Data Protection Authority.",
    declaration="I have read this, and I give permission where I said yes.",
)
ASKED = {
    Purpose.WEB: 36,
    Purpose.SOCIAL_MEDIA: 24,
    Purpose.PRINT: 36,
    Purpose.INTRANET: 60,
    Purpose.RECOGNITION: 12,
}


def template(**more: Any) -> Template:
    """A form for people at work, in both languages."""
    plain = Template(
        id=TemplateId("q5w6ucuhbqvyt6wnnvyjyu2v2i"),
        version=3,
        audience=Audience.EMPLOYEE,
        basis=Basis.CONSENT,
        name="Medewerkers",
        texts={Language.DUTCH: _DUTCH, Language.ENGLISH: _ENGLISH},
        months=ASKED,
        recorded_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
    )
    return replace(plain, **more)


def scribble() -> tuple[Stroke, ...]:
    """A signature of two strokes."""
    loop = tuple(
        (
            0.12 + 0.7 * step / 90 + 0.06 * math.sin(step / 4),
            0.5 + 0.3 * math.cos(step / 4) * (1 - step / 130),
            step * 16,
        )
        for step in range(90)
    )
    line = tuple((0.15 + 0.7 * step / 20, 0.85 - 0.06 * step / 20, 1700 + step * 16) for step in range(21))
    return (loop, line)


def signing(language: Language = Language.DUTCH, **more: Any) -> Signing:
    """Anna says yes to the website and the intranet, and no to the rest; she draws her signature."""
    form = template()
    plain = Signing(
        request_id=RequestId("mjqxgzjtgiztimzugmzdgmzugm"),
        template_id=form.id,
        template_version=form.version,
        text_hash=text_hash(form, language),
        language=language,
        subject="Łukasz Şahin-Nguyễn",
        signed_by="Łukasz Şahin-Nguyễn",
        signer=Signer.SUBJECT,
        answers={
            purpose: Answer.GRANTED if purpose in (Purpose.WEB, Purpose.INTRANET) else Answer.DECLINED
            for purpose in form.purposes
        },
        signature=Signature(Mark.DRAWN, strokes=scribble()),
        identity=IdentityCheck.EMAIL_CODE,
        signed_at=SIGNED_AT,
    )
    return replace(plain, **more)


def versions() -> tuple[Quitclaim, Quitclaim]:
    """The quitclaim as it was signed, and as it was withdrawn a day later."""
    signed = Quitclaim(
        id=QuitclaimId("gaydamjrgaydambrgaydambrga"),
        version=1,
        person_id=PersonId("mzxw6ytboi4tgmzqgaydambrga"),
        recorded_at=SIGNED_AT,
        recorded_on=SIGNED_AT.date(),
        basis=Basis.CONSENT,
        terms=(Term(Purpose.WEB, Answer.GRANTED, None, date(2029, 11, 23)),),
        signer=Signer.SUBJECT,
    )
    later = SIGNED_AT + timedelta(days=1)
    withdrawn = (Term(Purpose.WEB, Answer.WITHDRAWN),)
    return signed, replace(signed, version=2, recorded_at=later, recorded_on=later.date(), terms=withdrawn)
