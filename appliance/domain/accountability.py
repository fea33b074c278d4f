"""The papers an organisation must be able to show, from what the box really does (GDPR, 28, 30, 32, 35).

Pure: from facts about the box to Markdown, the same facts to the same text, so that two of them can be
compared line by line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from appliance.domain.wording import Language

Both = tuple[str, str]  # Dutch, English
Section = tuple[Both, Sequence[Both]]


class Paper(StrEnum):
    """The papers of the pack."""

    REGISTER = "register"  # article 30
    DPIA = "dpia"  # annex to the assessment, article 35
    PROCESSING = "processing-agreement"  # annex, article 28, paragraph 3
    MEASURES = "measures"  # article 32


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """Where backups go."""

    name: str
    kind: str
    country: str
    region: str
    days: int
    guarded: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the papers rest on. purposes, bases, rules: in words, Dutch and English.

    recognition: the reference of its DPIA; empty when it is off.
    """

    organisation: str
    version: str
    day: date
    photos: int
    people: int
    quitclaims: int
    users: Sequence[tuple[str, int]]
    purposes: Sequence[Both]
    bases: Sequence[Both]
    rules: Sequence[Both]
    targets: Sequence[TargetFacts]
    recognition: str
    models: Sequence[str]
    holds: int
    erasures: int
    requests_open: int


_TITLES: Mapping[Paper, Both] = {
    Paper.REGISTER: (
        "Register van verwerkingen (AVG, artikel 30)",
        "Record of processing (GDPR, article 30)",
    ),
    Paper.DPIA: ("Bijlage bij de DPIA (AVG, artikel 35)", "Annex to the DPIA (GDPR, article 35)"),
    Paper.PROCESSING: (
        "Bijlage bij de verwerkersovereenkomst (AVG, artikel 28)",
        "Annex to the processing agreement (GDPR, article 28)",
    ),
    Paper.MEASURES: ("Maatregelen (AVG, artikel 32)", "Measures (GDPR, article 32)"),
}
_ABOUT: Both = (
    "Gemaakt door het kastje uit zijn eigen instellingen. Wat tussen haakjes staat, vult u zelf in.",
    "Made by the box from its own settings. What stands in brackets is yours to fill in.",
)
_NONE: Both = ("geen", "none")


def paper(which: Paper, facts: Facts, language: Language) -> str:
    """One paper as Markdown."""
    pick = 0 if language is Language.DUTCH else 1
    lines = [
        f"# {_TITLES[which][pick]}",
        "",
        f"{facts.organisation}, {facts.day.isoformat()}. Portretkluis {facts.version}.",
        "",
        _ABOUT[pick],
        "",
    ]
    for heading, told in _SECTIONS[which](facts):
        lines += [f"## {heading[pick]}", "", *(f"- {line[pick]}" for line in told or [_NONE]), ""]
    return "\n".join(lines).rstrip() + "\n"


def _target(one: TargetFacts) -> Both:
    where = ", ".join(part for part in (one.country, one.region) if part)
    why = f" ({one.reason})" if one.reason else ""
    guarded: Both = (
        ("kan door het kastje zelf niet worden gewist", "cannot be deleted by the box itself")
        if one.guarded
        else ("niet beschermd tegen het kastje zelf", "not protected from the box itself")
    )
    head = f"{one.name}: {one.kind}, {where}{why}"
    return f"{head}; {one.days} dagen; {guarded[0]}", f"{head}; {one.days} days; {guarded[1]}"


def _targets(facts: Facts) -> Sequence[Both]:
    return [_target(one) for one in facts.targets] or [("geen back-ups", "no backups")]


def _recognition(facts: Facts) -> Both:
    if not facts.recognition:
        return "gezichtsherkenning staat uit", "face recognition is off"
    return (
        f"gezichtsherkenning staat aan, alleen voor wie daarmee instemde (DPIA: {facts.recognition})",
        f"face recognition is on, only for those who agreed to it (DPIA: {facts.recognition})",
    )


def _users(facts: Facts) -> Sequence[Both]:
    return [(f"{role}: {count}", f"{role}: {count}") for role, count in facts.users]


def _register(facts: Facts) -> Sequence[Section]:
    return [
        (
            ("Verwerkingsverantwoordelijke", "Controller"),
            [
                (facts.organisation, facts.organisation),
                ("[contact, functionaris gegevensbescherming]", "[contact, data protection officer]"),
            ],
        ),
        (("Doelen", "Purposes"), facts.purposes),
        (("Grondslagen die in gebruik zijn", "Lawful bases in use"), facts.bases),
        (
            ("Betrokkenen en gegevens", "Data subjects and data"),
            [
                (
                    f"{facts.people} mensen, {facts.photos} foto's, {facts.quitclaims} quitclaims",
                    f"{facts.people} people, {facts.photos} photos, {facts.quitclaims} quitclaims",
                ),
                (
                    "naam, afdeling, e-mail, geboortedatum van minderjarigen, handtekening, foto",
                    "name, department, e-mail, birth date of minors, signature, photo",
                ),
            ],
        ),
        (("Bijzondere persoonsgegevens", "Special categories"), [_recognition(facts)]),
        (
            ("Ontvangers", "Recipients"),
            [
                (
                    "wie een kopie kreeg, staat bij elke vrijgave in het kastje",
                    "who received a copy is recorded with each release in the box",
                )
            ],
        ),
        (("Opslag buiten het kastje", "Storage outside the box"), _targets(facts)),
        (("Bewaartermijnen", "Retention"), facts.rules),
        (
            ("Beveiliging", "Security"),
            [("zie de maatregelen in dit pakket", "see the measures in this pack")],
        ),
    ]


def _dpia(facts: Facts) -> Sequence[Section]:
    return [
        (("Herkenning", "Recognition"), [_recognition(facts)]),
        (("Modellen op het kastje", "Models on the box"), [(one, one) for one in facts.models]),
        (
            ("Waarborgen die het kastje afdwingt", "Safeguards that the box enforces"),
            [
                (
                    "een gezicht dat bij niemand past die instemde, wordt niet bewaard",
                    "a face that fits nobody who agreed is not kept",
                ),
                (
                    "een voorstel telt pas als een medewerker het bevestigt",
                    "a suggestion counts when a member of staff confirms it",
                ),
                ("geen leeftijd, geslacht, stemming of afkomst", "no age, sex, mood or origin"),
                (
                    "intrekken wist de sjablonen in dezelfde handeling",
                    "withdrawing deletes the templates in the same act",
                ),
            ],
        ),
        (
            ("Rechten", "Rights"),
            [
                (
                    f"open verzoeken van betrokkenen: {facts.requests_open}",
                    f"open requests of subjects: {facts.requests_open}",
                ),
                (f"wissingen tot nu toe: {facts.erasures}", f"erasures so far: {facts.erasures}"),
                (f"juridische blokkades: {facts.holds}", f"legal holds in force: {facts.holds}"),
            ],
        ),
        (
            ("Wat overblijft", "What remains"),
            [("[uw oordeel over de risico's]", "[your judgement]")],
        ),
    ]


def _processing(facts: Facts) -> Sequence[Section]:
    return [
        (
            ("Verwerkers die versleutelde back-ups bewaren", "Processors that keep encrypted backups"),
            _targets(facts),
        ),
        (
            ("Instructies", "Instructions"),
            [
                (
                    "alleen bewaren; de sleutel ligt bij de verantwoordelijke",
                    "keep only; the key is with the controller",
                ),
                (
                    "binnen de bewaartijd niets wissen of inkorten; daarna verwijderen",
                    "delete or shorten nothing within the time of keeping; delete after it",
                ),
                (
                    "buiten de Europese Unie alleen om de reden die erbij staat",
                    "outside the European Union only for the reason that stands with it",
                ),
                ("een inbreuk binnen 24 uur melden", "report a breach within 24 hours"),
            ],
        ),
    ]


def _measures(facts: Facts) -> Sequence[Section]:
    return [
        (
            ("Versleuteling", "Encryption"),
            [
                (
                    "database: SQLCipher, AES-256; foto's: AES-256-GCM, elk met een eigen sleutel",
                    "database: SQLCipher, AES-256; photos: AES-256-GCM, each with a key of its own",
                ),
                (
                    "herstelkit op papier; de back-upsleutel ingepakt met X25519 en ML-KEM-768",
                    "recovery kit on paper; the backup key wrapped by X25519 and ML-KEM-768",
                ),
                ("op het netwerk alleen TLS 1.3", "on the network TLS 1.3 only"),
            ],
        ),
        (("Gebruikers", "Users"), _users(facts)),
        (("Back-ups", "Backups"), _targets(facts)),
        (
            ("Controle", "Control"),
            [
                (
                    "auditlog als keten, die wijzigen en afkappen laat zien",
                    "audit log as a chain, which shows change and truncation",
                ),
                (
                    "back-up, een poging om hem te vernietigen en een proef met terugzetten, als plicht",
                    "backup, an attempt to destroy it and a restore drill, as duties",
                ),
            ],
        ),
    ]


_SECTIONS = {
    Paper.REGISTER: _register,
    Paper.DPIA: _dpia,
    Paper.PROCESSING: _processing,
    Paper.MEASURES: _measures,
}
