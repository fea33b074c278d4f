"""The guide: what staff and the privacy officer must know, in short sections, and the questions about it.

The texts are written as people read them. A topic: `# ` its title, a paragraph of introduction, then sections
that begin with `## `; an empty line between paragraphs. A question: `? ` the question, `- ` a wrong answer,
`+ ` the right one, `= ` why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from appliance.domain.guide_texts_dutch import QUESTIONS as DUTCH_QUESTIONS
from appliance.domain.guide_texts_dutch import TOPICS as DUTCH_TOPICS
from appliance.domain.guide_texts_english import QUESTIONS as ENGLISH_QUESTIONS
from appliance.domain.guide_texts_english import TOPICS as ENGLISH_TOPICS
from appliance.domain.wording import Language

ENOUGH = 7  # right answers, of the ten questions


class Topic(StrEnum):
    """A page of the guide."""

    CONSENT = "consent"
    QUITCLAIMS = "quitclaims"
    RECOGNITION = "recognition"
    SHARING = "sharing"
    OFFICER = "officer"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A topic in one language. sections: heading and paragraphs, in order."""

    topic: Topic
    title: str
    introduction: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its possible answers, and why the right one is. right: its place among the answers."""

    number: int
    text: str
    answers: tuple[str, ...]
    right: int
    why: str


_TOPICS = {Language.DUTCH: DUTCH_TOPICS, Language.ENGLISH: ENGLISH_TOPICS}
_QUESTIONS = {Language.DUTCH: DUTCH_QUESTIONS, Language.ENGLISH: ENGLISH_QUESTIONS}


def chapter(topic: Topic, language: Language) -> Chapter:
    """A topic in somebody's language."""
    top, *sections = _TOPICS[language][topic.value].removeprefix("# ").split("\n\n## ")
    title, introduction = _paragraphs(top)
    return Chapter(topic, title, introduction, tuple(_section(part) for part in sections))


def _section(part: str) -> tuple[str, tuple[str, ...]]:
    heading, *paragraphs = _paragraphs(part)
    return heading, tuple(paragraphs)


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split("\n\n")]


def questions(language: Language) -> tuple[Question, ...]:
    """All questions, in the order of asking."""
    blocks = _QUESTIONS[language].strip().split("\n\n")
    return tuple(_question(number, block.splitlines()) for number, block in enumerate(blocks))


def _question(number: int, lines: Sequence[str]) -> Question:
    text, *answers, why = lines
    (right,) = (place for place, line in enumerate(answers) if line.startswith("+ "))
    return Question(number, text[2:], tuple(line[2:] for line in answers), right, why[2:])


def mistakes(answers: Mapping[int, int], asked: Sequence[Question]) -> tuple[Question, ...]:
    """What was answered wrongly or not at all. answers: the chosen place, by number of question."""
    return tuple(question for question in asked if answers.get(question.number) != question.right)


def passed(wrong: Sequence[Question], asked: Sequence[Question]) -> bool:
    """Whether enough was right."""
    return len(asked) - len(wrong) >= ENOUGH
