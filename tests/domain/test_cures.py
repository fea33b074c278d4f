"""Every reason that is not green has something to do about it; a person alone is told what a photo is."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.consent import LIGHT_OF, Light, Purpose, Quitclaim, about_person, verdict
from appliance.domain.cures import CURE_OF
from appliance.domain.people import Limit, Standing
from tests.domain.worlds import ANNA, chains, face, link, some_day, world


def test_each_reason_that_is_not_green_has_its_cure_and_no_other() -> None:
    assert set(CURE_OF) == {why for why, light in LIGHT_OF.items() if light is not Light.GREEN}


@given(chains, some_day, st.sampled_from(Standing), st.sampled_from(Limit))
def test_a_person_alone_is_told_what_a_photo_of_them_alone_is(
    versions: tuple[Quitclaim, ...], day: date, standing: Standing, limited: Limit
) -> None:
    facts = world([face()], [link(ANNA)], versions, {ANNA: standing}, limited)
    (of_photo,) = verdict(facts, Purpose.WEB, day).reasons
    of_person = about_person(facts.people[ANNA], versions, Purpose.WEB, day)
    assert (of_person.why, of_person.day, of_person.basis) == (of_photo.why, of_photo.day, of_photo.basis)
