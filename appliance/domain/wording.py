"""The words for reasons and closed sets, in plain Dutch and English, for every door alike."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum

from appliance.domain.consent import Answer, Basis, Light, Purpose, Reason, Status, Verdict, Why
from appliance.domain.duties import Duty
from appliance.domain.duties import Standing as DutyStanding
from appliance.domain.people import PersonId
from appliance.domain.rights import Right, RightsState
from appliance.domain.self_audit import Grade, Topic


class Language(StrEnum):
    """The languages the product speaks."""

    DUTCH = "nl"
    ENGLISH = "en"


Name = Callable[[PersonId], str]

_REASONS: Mapping[Why, Mapping[Language, str]] = {
    Why.PERMITTED: {
        Language.DUTCH: "{who} vindt het goed ({basis}){until}.",
        Language.ENGLISH: "{who} permits it ({basis}){until}.",
    },
    Why.NOT_RECOGNISABLE: {
        Language.DUTCH: "Een medewerker heeft verklaard dat dit gezicht niet herkenbaar is.",
        Language.ENGLISH: "A member of staff attested that this face is not recognisable.",
    },
    Why.BLURRED: {
        Language.DUTCH: "Dit gezicht wordt onherkenbaar gemaakt in elke kopie.",
        Language.ENGLISH: "This face is made unrecognisable in every copy.",
    },
    Why.NOBODY_SHOWN: {
        Language.DUTCH: "Een medewerker heeft bevestigd dat er niemand herkenbaar op staat.",
        Language.ENGLISH: "A member of staff confirmed that nobody recognisable is shown.",
    },
    Why.NOT_ANALYSED: {
        Language.DUTCH: "De foto is nog niet onderzocht op gezichten. Wacht even.",
        Language.ENGLISH: "The photo has not been examined for faces yet. Please wait.",
    },
    Why.NOBODY_FOUND: {
        Language.DUTCH: "Er is geen gezicht gevonden. Kijk zelf en bevestig hoeveel mensen herkenbaar zijn.",
        Language.ENGLISH: "No face was found. Look for yourself and confirm how many people show.",
    },
    Why.SOMEBODY_MAY_BE_HERE: {
        Language.DUTCH: "Misschien staat er nog iemand op. Kijk naar de gele plekken, of tel de mensen.",
        Language.ENGLISH: "Somebody else may be shown. Look at the yellow places, or count the people.",
    },
    Why.HEAD_COUNT_DIFFERS: {
        Language.DUTCH: "Het getelde aantal mensen klopt niet met de gezichten die zijn aangewezen.",
        Language.ENGLISH: "The number of people counted differs from the faces that are marked.",
    },
    Why.UNKNOWN_FACE: {
        Language.DUTCH: "Dit gezicht heeft nog geen naam.",
        Language.ENGLISH: "This face has no name yet.",
    },
    Why.SUGGESTION_ONLY: {
        Language.DUTCH: "Misschien is dit {who}. Iemand moet dat bevestigen.",
        Language.ENGLISH: "This may be {who}. Somebody must confirm it.",
    },
    Why.NAMED_TWICE: {
        Language.DUTCH: "Dit gezicht heeft meer dan één naam. Kies de juiste.",
        Language.ENGLISH: "This face has more than one name. Choose the right one.",
    },
    Why.NOT_YET_VALID: {
        Language.DUTCH: "De toestemming van {who} begint op {day}.",
        Language.ENGLISH: "The permission of {who} begins on {day}.",
    },
    Why.PENDING: {
        Language.DUTCH: "{who} is om toestemming gevraagd, maar heeft nog niet geantwoord.",
        Language.ENGLISH: "{who} has been asked, but has not answered yet.",
    },
    Why.BALANCING_MISSING: {
        Language.DUTCH: "Het gerechtvaardigd belang voor {who} is niet onderbouwd. Schrijf de afweging op.",
        Language.ENGLISH: "The legitimate interest for {who} has no balancing text. Write it down first.",
    },
    Why.CONTRADICTION: {
        Language.DUTCH: "{who} heeft nee gezegd op {day}, maar er loopt nog een afspraak. Wat geldt er?",
        Language.ENGLISH: "{who} said no on {day}, yet an agreement still runs. Find out which holds.",
    },
    Why.GUARDIAN_MISSING: {
        Language.DUTCH: "{who} is jonger dan 16. Een ouder of voogd moet nog tekenen.",
        Language.ENGLISH: "{who} is younger than 16. A parent or guardian has yet to sign.",
    },
    Why.CAME_OF_AGE: {
        Language.DUTCH: "{who} is nu 16 of ouder en beslist zelf. Vraag het opnieuw.",
        Language.ENGLISH: "{who} is 16 or older now and decides for themselves. Ask them.",
    },
    Why.BIRTH_DATE_MISSING: {
        Language.DUTCH: "Voor {who} heeft een ouder of voogd getekend, maar de geboortedatum is niet bekend.",
        Language.ENGLISH: "A guardian signed for {who}, but the birth date is not known.",
    },
    Why.NO_QUITCLAIM: {
        Language.DUTCH: "Van {who} is voor dit doel geen quitclaim.",
        Language.ENGLISH: "There is no quitclaim of {who} for this purpose.",
    },
    Why.EXPIRED: {
        Language.DUTCH: "De toestemming van {who} is verlopen op {day}.",
        Language.ENGLISH: "The permission of {who} expired on {day}.",
    },
    Why.REVOKED: {
        Language.DUTCH: "{who} heeft de toestemming ingetrokken op {day}.",
        Language.ENGLISH: "{who} withdrew the permission on {day}.",
    },
    Why.DECLINED: {
        Language.DUTCH: "{who} heeft voor dit doel nee gezegd op {day}.",
        Language.ENGLISH: "{who} said no to this purpose on {day}.",
    },
    Why.PHOTOGRAPH_NOT_PUBLISH: {
        Language.DUTCH: "{who} mag op de foto, maar wil niet gepubliceerd worden.",
        Language.ENGLISH: "{who} may be photographed, but does not want to be published.",
    },
    Why.NEVER_PHOTOGRAPH: {
        Language.DUTCH: "{who} wil nooit op de foto.",
        Language.ENGLISH: "{who} never wants to be photographed.",
    },
    Why.RESTRICTED: {
        Language.DUTCH: "Het gebruik van foto's van {who} is beperkt: bewaren mag, meer niet.",
        Language.ENGLISH: "The use of photos of {who} is restricted: they may be kept, and nothing else.",
    },
    Why.OBJECTED: {
        Language.DUTCH: "{who} heeft bezwaar gemaakt tegen gebruik op deze grondslag ({basis}).",
        Language.ENGLISH: "{who} has objected to use on this basis ({basis}).",
    },
    Why.SET_ASIDE: {
        Language.DUTCH: "Dit bestand kon niet gelezen worden en is apart gezet.",
        Language.ENGLISH: "This file could not be read and was set aside.",
    },
    Why.NOT_IN_THE_SAFE: {
        Language.DUTCH: "Deze foto was op die dag nog niet in de kluis.",
        Language.ENGLISH: "This photo was not in the safe yet on that day.",
    },
    Why.NOT_A_PUBLICATION: {
        Language.DUTCH: "Herkenning is geen publicatie. Kies een ander doel.",
        Language.ENGLISH: "Recognition is not a publication. Choose another purpose.",
    },
}

# Keyed by class as well: members of different closed sets may share a value.
_WORDS: Mapping[tuple[type[StrEnum], str], tuple[str, str]] = {
    (Light, Light.GREEN): ("groen", "green"),
    (Light, Light.AMBER): ("oranje", "amber"),
    (Light, Light.RED): ("rood", "red"),
    (Purpose, Purpose.WEB): ("website", "website"),
    (Purpose, Purpose.SOCIAL_MEDIA): ("sociale media", "social media"),
    (Purpose, Purpose.PRINT): ("drukwerk", "print"),
    (Purpose, Purpose.PRESS): ("pers", "press"),
    (Purpose, Purpose.INTRANET): ("intranet", "intranet"),
    (Purpose, Purpose.RECOGNITION): ("gezichtsherkenning", "face recognition"),
    (Basis, Basis.CONSENT): ("toestemming", "consent"),
    (Basis, Basis.AGREEMENT): ("overeenkomst", "agreement"),
    (Basis, Basis.LEGITIMATE_INTEREST): ("gerechtvaardigd belang", "legitimate interest"),
    (Basis, Basis.PUBLIC_TASK): ("publieke taak", "public task"),
    (Basis, Basis.EMPLOYMENT_DUTY): ("plicht uit het dienstverband", "employment duty"),
    (Answer, Answer.ASKED): ("gevraagd", "asked"),
    (Answer, Answer.GRANTED): ("ja", "yes"),
    (Answer, Answer.DECLINED): ("nee", "no"),
    (Answer, Answer.WITHDRAWN): ("ingetrokken", "withdrawn"),
    (Status, Status.PENDING): ("in afwachting", "pending"),
    (Status, Status.ACTIVE): ("geldig", "active"),
    (Status, Status.EXPIRING): ("verloopt binnenkort", "expiring"),
    (Status, Status.EXPIRED): ("verlopen", "expired"),
    (Status, Status.REVOKED): ("ingetrokken", "revoked"),
    (Status, Status.DECLINED): ("geweigerd", "declined"),
    (Status, Status.SUPERSEDED): ("vervangen", "superseded"),
    (Right, Right.ACCESS): ("inzage", "access"),
    (Right, Right.PORTABILITY): ("overdracht van gegevens", "portability"),
    (Right, Right.RECTIFICATION): ("verbetering", "rectification"),
    (Right, Right.RESTRICTION): ("beperking", "restriction"),
    (Right, Right.OBJECTION): ("bezwaar", "objection"),
    (Right, Right.ERASURE): ("wissing", "erasure"),
    (RightsState, RightsState.OPEN): ("open", "open"),
    (RightsState, RightsState.EXTENDED): ("verlengd", "extended"),
    (RightsState, RightsState.DONE): ("gedaan", "done"),
    (RightsState, RightsState.REFUSED): ("geweigerd", "refused"),
    (Duty, Duty.BACKUP): ("back-up maken", "making a backup"),
    (Duty, Duty.CANARY): ("proberen een back-up te vernietigen", "trying to destroy a backup"),
    (Duty, Duty.DRILL_SAMPLE): ("proef met terugzetten, steekproef", "restore drill, a sample"),
    (Duty, Duty.DRILL_FULL): ("proef met terugzetten, alles", "restore drill, everything"),
    (Duty, Duty.SCRUB): ("alle bestanden nalezen", "reading every file"),
    (Duty, Duty.RETENTION): ("bewaartermijnen toepassen", "applying retention"),
    (Duty, Duty.SELF_AUDIT): ("zelfcontrole", "self-audit"),
    (Duty, Duty.RECOVERY_KIT): ("de herstelkit proberen", "trying the recovery kit"),
    (Topic, Topic.SECOND_STEPS): ("Tweede stap bij inloggen", "Second step at sign-in"),
    (Topic, Topic.ACCOUNTS): ("Accounts", "Accounts"),
    (Topic, Topic.TOKENS): ("Sessies, links en tokens", "Sessions, links and tokens"),
    (Topic, Topic.RIGHTS): ("Rechten", "Rights"),
    (Topic, Topic.COPIES): ("Vrijgegeven kopieën", "Released copies"),
    (Topic, Topic.SAMPLE): ("Steekproef van foto's", "Sample of photos"),
    (Topic, Topic.TLS): ("Beveiligde verbindingen (TLS)", "Secure connections (TLS)"),
    (Topic, Topic.FILES): ("Bestanden op de schijf", "Files on the disk"),
    (Topic, Topic.SANDBOX): ("Afscherming van de programma's", "Sandboxing of the programs"),
    (Topic, Topic.UPDATES): ("Beveiligingsupdates", "Security updates"),
    (Topic, Topic.DUTIES): ("Back-ups, proeven en andere plichten", "Backups, drills and other duties"),
    (Topic, Topic.REQUESTS): ("Verzoeken van betrokkenen", "Requests of subjects"),
    (Topic, Topic.AUDIT_LOG): ("Auditlog", "Audit log"),
    (Grade, Grade.GREEN): ("groen", "green"),
    (Grade, Grade.AMBER): ("oranje", "amber"),
    (Grade, Grade.RED): ("rood", "red"),
    (Grade, Grade.NOT_HERE): ("niet te zien", "not seen"),
    (DutyStanding, DutyStanding.FINE): ("in orde", "fine"),
    (DutyStanding, DutyStanding.FAILED): ("mislukt", "failed"),
    (DutyStanding, DutyStanding.OVERDUE): ("te laat", "overdue"),
    (DutyStanding, DutyStanding.NEVER): ("nog nooit gedaan", "never done"),
}

_UNTIL = {Language.DUTCH: " tot en met {day}", Language.ENGLISH: " until {day}"}
_SOMEBODY = {Language.DUTCH: "Deze persoon", Language.ENGLISH: "This person"}
_MONTHS = {
    Language.DUTCH: "januari februari maart april mei juni juli augustus september oktober november december",
    Language.ENGLISH: "January February March April May June July August September October November December",
}


def day_in_words(day: date, language: Language) -> str:
    """A day as people write it: 3 maart 2026, 3 March 2026."""
    return f"{day.day} {_MONTHS[language].split()[day.month - 1]} {day.year}"


def word(value: StrEnum, language: Language) -> str:
    """The word for a member of a closed set."""
    return _WORDS[type(value), value][0 if language is Language.DUTCH else 1]


def sentence(reason: Reason, language: Language, name: Name) -> str:
    """One reason as one sentence. `name` gives a person's name, where the reader may know it."""
    day = day_in_words(reason.day, language) if reason.day else ""
    who = name(reason.person_id) if reason.person_id else _SOMEBODY[language]
    return _REASONS[reason.why][language].format(
        who=who,
        day=day,
        basis=word(reason.basis, language) if reason.basis else "",
        until=_UNTIL[language].format(day=day) if day else "",
    )


def sentences(verdict: Verdict, language: Language, name: Name) -> tuple[str, ...]:
    """All reasons of a verdict, gravest first, each said once."""
    return tuple(dict.fromkeys(sentence(reason, language, name) for reason in verdict.reasons))
