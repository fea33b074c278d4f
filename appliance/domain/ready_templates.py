"""Ready-made templates, one for each audience: a form that an office can use as it is, or make its own.

What each asks, and for how long, errs on the side of whoever is in the photo. Patients and minors are never
asked for recognition, and patients not for the press. A model signs an agreement: that is another ground
than consent, is not withdrawn like one, and says so (GDPR article 6, paragraph 1b; P9).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from appliance.domain import ready_texts_dutch as dutch
from appliance.domain import ready_texts_english as english
from appliance.domain.consent import Basis, Purpose
from appliance.domain.templates import Audience, FormText, Template, TemplateId
from appliance.domain.wording import Language


@dataclass(frozen=True, slots=True)
class _Terms:
    """What is asked on which ground. months: how long each yes counts."""

    name: str
    months: Mapping[Purpose, int]
    basis: Basis = Basis.CONSENT


_TERMS: Mapping[Audience, _Terms] = {
    Audience.EMPLOYEE: _Terms(
        "Medewerkers",
        {
            Purpose.WEB: 36,
            Purpose.SOCIAL_MEDIA: 24,
            Purpose.PRINT: 36,
            Purpose.PRESS: 24,
            Purpose.INTRANET: 36,
            Purpose.RECOGNITION: 24,
        },
    ),
    Audience.EVENT_VISITOR: _Terms(
        "Bezoekers van een evenement",
        {
            Purpose.WEB: 24,
            Purpose.SOCIAL_MEDIA: 24,
            Purpose.PRINT: 24,
            Purpose.PRESS: 12,
            Purpose.INTRANET: 24,
            Purpose.RECOGNITION: 3,  # to sort the photos of one event
        },
    ),
    Audience.PATIENT: _Terms(
        "Patiënten",
        {Purpose.WEB: 12, Purpose.SOCIAL_MEDIA: 6, Purpose.PRINT: 12, Purpose.INTRANET: 12},
    ),
    Audience.MINOR: _Terms(
        "Kinderen onder de 16",
        {
            Purpose.WEB: 12,
            Purpose.SOCIAL_MEDIA: 12,
            Purpose.PRINT: 12,
            Purpose.PRESS: 12,
            Purpose.INTRANET: 12,
        },
    ),
    Audience.MODEL: _Terms(
        "Betaalde modellen (overeenkomst)",
        {
            Purpose.WEB: 60,
            Purpose.SOCIAL_MEDIA: 60,
            Purpose.PRINT: 60,
            Purpose.PRESS: 36,
            Purpose.INTRANET: 60,
        },
        Basis.AGREEMENT,
    ),
}


def ready(
    audience: Audience, controller: str, template_id: TemplateId, at: datetime, *, guardians: int = 1
) -> Template:
    """The first version of a template for an audience.

    controller: the organisation's name and address, as it stands on the form.
    guardians: how many must sign for a minor, 1 or 2; nobody else needs one.
    """
    terms = _TERMS[audience]
    needed = guardians if audience is Audience.MINOR else 0
    return Template(
        id=template_id,
        version=1,
        audience=audience,
        basis=terms.basis,
        name=terms.name,
        texts={
            Language.DUTCH: _filled(dutch.TEXTS[audience], controller, dutch.SIGNING.get(needed, "")),
            Language.ENGLISH: _filled(english.TEXTS[audience], controller, english.SIGNING.get(needed, "")),
        },
        months=terms.months,
        recorded_at=at,
        guardians=needed,
    )


def _filled(text: FormText, controller: str, signing: str) -> FormText:
    # Not str.format: an address may hold braces. The full stop is the form's own.
    return replace(
        text,
        controller=text.controller.replace("{controller}", controller.rstrip(".")),
        introduction=text.introduction.replace("{signing}", signing),
    )
