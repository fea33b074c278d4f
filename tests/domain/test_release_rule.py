"""What may leave: only on green, and each publication in its own size."""

from dataclasses import replace

import pytest

from appliance.domain.consent import PUBLICATION, Light, Purpose, verdict
from appliance.domain.errors import NotAllowed
from appliance.domain.release import USUAL_SIZE, require_green
from tests.domain.worlds import TODAY, named, quitclaim, term

GREEN = verdict(named(quitclaim(term())), Purpose.WEB, TODAY)


def test_green_passes() -> None:
    require_green(GREEN, ())


@pytest.mark.parametrize("light", [Light.AMBER, Light.RED])
def test_amber_and_red_are_refused_with_every_reason(light: Light) -> None:
    with pytest.raises(NotAllowed) as refused:
        require_green(replace(GREEN, light=light, purpose=Purpose.SOCIAL_MEDIA), ("Because.", "And so."))
    assert refused.value.reasons == ("Because.", "And so.")
    assert str(light) in refused.value.message
    assert refused.value.exit_status == 3


def test_each_publication_has_a_size_and_recognition_has_none() -> None:
    assert set(USUAL_SIZE) == set(PUBLICATION)
    assert Purpose.RECOGNITION not in PUBLICATION
