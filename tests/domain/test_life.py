"""The life of a photo is in order, and tells what changed and nothing twice."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.consent import Answer, Basis, PhotoFacts, Purpose, Quitclaim, QuitclaimId, Term
from appliance.domain.life import Turn, life
from appliance.domain.people import PersonId
from appliance.domain.photos import ImportId, Photo, PhotoId, Stage

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
PHOTO = Photo(PhotoId("p"), ImportId("i"), "a.jpg", "0" * 64, 1, "image/jpeg", Stage.ANALYSED, BEGAN)
ANSWERS = st.lists(st.sampled_from((Answer.GRANTED, Answer.DECLINED, Answer.WITHDRAWN)), max_size=8)


def said(answers: list[Answer]) -> PhotoFacts:
    versions = tuple(
        Quitclaim(
            QuitclaimId("q"),
            number,
            PersonId("ada"),
            BEGAN + timedelta(days=number),
            date(2026, 1, 1) + timedelta(days=number),
            Basis.CONSENT,
            (Term(Purpose.WEB, answer),),
        )
        for number, answer in enumerate(answers, 1)
    )
    return PhotoFacts(PHOTO, quitclaims={PersonId("ada"): versions})


@given(ANSWERS)
def test_an_answer_that_is_said_again_is_no_turn(answers: list[Answer]) -> None:
    turns = [step.turn for step in life(said(answers), [], {})]
    fresh = [one for place, one in enumerate(answers) if not place or answers[place - 1] is not one]
    yes_or_no = [Turn.PERMITTED if one is Answer.GRANTED else Turn.REFUSED for one in fresh]
    assert turns == [Turn.RECEIVED, *yes_or_no]


@given(ANSWERS)
def test_the_steps_are_in_order(answers: list[Answer]) -> None:
    steps = [step.at for step in life(said(answers), [], {})]
    assert steps == sorted(steps)
