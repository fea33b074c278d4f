"""What can be wrong with a row of an old list, and how that is said. Such a row brings nothing in."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from appliance.domain.wording import Language

LONGEST_VALUE = 80


class ProblemKind(StrEnum):
    """Every reason for which a row is left out."""

    WRONG_WIDTH = "wrong_width"
    NO_NAME = "no_name"
    BAD_NAME = "bad_name"
    BAD_EMAIL = "bad_email"
    UNCLEAR_ANSWER = "unclear_answer"
    TWO_ANSWERS = "two_answers"
    UNKNOWN_DATE = "unknown_date"
    AMBIGUOUS_DATE = "ambiguous_date"
    UNLIKELY_BIRTH_DATE = "unlikely_birth_date"
    NO_END = "no_end"
    ENDS_FIRST = "ends_first"
    SAME_PERSON = "same_person"
    CONTRADICTS = "contradicts"
    OTHER_ROW = "other_row"
    OTHER_NAME = "other_name"
    MAY_BE_KNOWN = "may_be_known"
    ALREADY_ANSWERED = "already_answered"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. line: of the file. column: its heading; empty when it is about the whole row.

    value: what stands there, cut short.
    """

    line: int
    kind: ProblemKind
    column: str = ""
    value: str = ""


class Unclear(ValueError):
    """A cell that is not understood, and so counts for nothing."""

    def __init__(self, kind: ProblemKind, value: str) -> None:
        super().__init__(kind)
        self.kind = kind
        self.value = value[:LONGEST_VALUE]


_SENTENCES: Mapping[ProblemKind, tuple[str, str]] = {
    ProblemKind.WRONG_WIDTH: (
        "Deze rij heeft niet evenveel cellen als er kolommen zijn. Staan de waarden op hun plaats?",
        "This row has not as many cells as there are columns. Are the values in their places?",
    ),
    ProblemKind.NO_NAME: ("De naam ontbreekt.", "The name is missing."),
    ProblemKind.BAD_NAME: ("“{value}” kan geen naam zijn.", "“{value}” cannot be a name."),
    ProblemKind.BAD_EMAIL: ("“{value}” is geen e-mailadres.", "“{value}” is not an e-mail address."),
    ProblemKind.UNCLEAR_ANSWER: (
        "“{value}” bij {column} is geen duidelijk ja of nee.",
        "“{value}” under {column} is not a clear yes or no.",
    ),
    ProblemKind.TWO_ANSWERS: (
        "Over hetzelfde doel staan hier een ja en iets anders: {column}.",
        "About the same purpose there is a yes here and something else: {column}.",
    ),
    ProblemKind.UNKNOWN_DATE: (
        "“{value}” bij {column} is geen datum.",
        "“{value}” under {column} is not a date.",
    ),
    ProblemKind.AMBIGUOUS_DATE: (
        "“{value}” bij {column} kan twee dagen zijn. Kies hoe de datums zijn geschreven.",
        "“{value}” under {column} may be two days. Choose how the dates are written.",
    ),
    ProblemKind.UNLIKELY_BIRTH_DATE: (
        "“{value}” kan geen geboortedatum zijn.",
        "“{value}” cannot be a birth date.",
    ),
    ProblemKind.NO_END: (
        "Tot wanneer het ja geldt, staat er niet. Kies hoe lang zulke antwoorden gelden.",
        "Until when the yes counts is not said. Choose how long such answers count.",
    ),
    ProblemKind.ENDS_FIRST: (
        "De toestemming eindigt voordat zij begint.",
        "The permission ends before it begins.",
    ),
    ProblemKind.SAME_PERSON: (
        "Deze naam of dit e-mailadres staat vaker in de lijst. Is het dezelfde persoon?",
        "This name or e-mail address stands in the list more than once. Is it the same person?",
    ),
    ProblemKind.CONTRADICTS: (
        "Een andere rij zegt iets anders over dezelfde persoon.",
        "Another row says something else about the same person.",
    ),
    ProblemKind.OTHER_ROW: (
        "Een andere rij over dezelfde persoon klopt niet.",
        "Another row about the same person is not right.",
    ),
    ProblemKind.OTHER_NAME: (
        "Dit e-mailadres hoort in de kluis bij iemand met een andere naam.",
        "In the safe this e-mail address belongs to somebody of another name.",
    ),
    ProblemKind.MAY_BE_KNOWN: (
        "Iemand met deze naam staat al in de kluis. Kies of het dezelfde persoon is.",
        "Somebody of this name is in the safe already. Choose whether it is the same person.",
    ),
    ProblemKind.ALREADY_ANSWERED: (
        "In de kluis staat al wat deze persoon hierover heeft gezegd. Een oude lijst verandert dat niet.",
        "The safe already holds what this person said about it. An old list does not change that.",
    ),
}


def explain(problem: Problem, language: Language) -> str:
    """A problem as one or two sentences."""
    sentence = _SENTENCES[problem.kind][0 if language is Language.DUTCH else 1]
    return sentence.format(column=problem.column, value=problem.value)
