"""The guide says the same in both languages, and its test can be failed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.guide import ENOUGH, Topic, chapter, mistakes, passed, questions
from appliance.domain.wording import Language

ENGLISH, DUTCH = questions(Language.ENGLISH), questions(Language.DUTCH)


@pytest.mark.parametrize("topic", Topic)
def test_a_topic_has_the_same_sections_in_both_languages(topic: Topic) -> None:
    english, dutch = (chapter(topic, language) for language in (Language.ENGLISH, Language.DUTCH))
    assert [len(paragraphs) for _, paragraphs in english.sections] == [
        len(paragraphs) for _, paragraphs in dutch.sections
    ]
    assert english.title != dutch.title or topic is Topic.QUITCLAIMS  # the same word in both


def test_a_question_has_the_same_right_answer_in_both_languages() -> None:
    assert [(one.right, len(one.answers)) for one in ENGLISH] == [(o.right, len(o.answers)) for o in DUTCH]
    assert all(0 <= one.right < len(one.answers) for one in ENGLISH)


@given(st.dictionaries(st.integers(-1, 12), st.integers(-1, 4)))
def test_only_enough_right_answers_pass(answers: dict[int, int]) -> None:
    wrong = mistakes(answers, ENGLISH)
    right = sum(answers.get(one.number) == one.right for one in ENGLISH)
    assert len(wrong) == len(ENGLISH) - right
    assert passed(wrong, ENGLISH) == (right >= ENOUGH)


def test_choosing_the_same_place_everywhere_does_not_pass() -> None:
    for place in range(3):
        assert not passed(mistakes(dict.fromkeys(range(len(ENGLISH)), place), ENGLISH), ENGLISH)
