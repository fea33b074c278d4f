"""The short test about the guide, and the certificate of whoever passed it.

That somebody passed stands in the audit log and nowhere else: it cannot be granted afterwards.
"""

from collections.abc import Mapping
from datetime import datetime

from appliance.actions.evidence import Sealing
from appliance.domain.access import Actor, Permission, UserId
from appliance.domain.audit import Event
from appliance.domain.errors import Mistake
from appliance.domain.guide import Question, mistakes, passed, questions
from appliance.domain.wording import Language, day_in_words
from appliance.store.safe import Safe


def answer_test(
    safe: Safe, answers: Mapping[int, int], language: Language, *, by: Actor, now: datetime
) -> tuple[Question, ...]:
    """Take the test. answers: the chosen place, by number of question. Returns what was wrong."""
    asked = questions(language)
    wrong = mistakes(answers, asked)
    with safe.store.begin(by=by, to=Permission.SESSION_USE, now=now, on=by.id) as tx:
        tx.record(Event("training:try", by.id, detail=f"right={len(asked) - len(wrong)} of={len(asked)}"))
        if passed(wrong, asked):
            tx.record(Event("training:pass", by.id))
    return wrong


def passed_test(safe: Safe, *, by: Actor, now: datetime) -> datetime | None:
    """When one passed the test for the first time; None when one has not."""
    with safe.store.look(by=by, to=Permission.SESSION_USE, now=now) as view:
        return view.audit.first_at(by.id, "training:pass")


def training_certificate(
    safe: Safe, sealing: Sealing, language: Language, *, by: Actor, now: datetime
) -> bytes:
    """One's own certificate, as a sealed PDF.

    Raises:
        Mistake: when one has not passed the test.
    """
    with safe.store.look(by=by, to=Permission.SESSION_USE, now=now) as view:
        at = view.audit.first_at(by.id, "training:pass")
        if at is None:
            raise Mistake(
                "training:not_passed", "You have not passed the test yet.", "Read the guide, and take it."
            )
        name = view.access.get(UserId(by.id)).name
    dutch = language is Language.DUTCH
    return sealing.certify(
        "Certificaat: werken met portretten" if dutch else "Certificate: working with portraits",
        _DUTCH if dutch else _ENGLISH,
        [
            ("Naam", name) if dutch else ("Name", name),
            ("Geslaagd op" if dutch else "Passed on", day_in_words(at.date(), language)),
        ],
        [],
        language=language,
        made_at=at,
    )


_DUTCH = (
    "Deze gebruiker heeft de vragen over toestemming, quitclaims, gezichtsherkenning en vrijgeven goed "
    "beantwoord."
)
_ENGLISH = (
    "This user answered the questions about consent, quitclaims, face recognition and release correctly."
)
