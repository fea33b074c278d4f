"""Restriction and objection (GDPR, articles 18 and 21): what limits, how strictly, and until when."""

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.people import Limit, PersonId
from appliance.domain.rights import Right, RightsRequest, RightsRequestId, RightsState, limit_of

NOW = datetime(2026, 11, 25, tzinfo=UTC)


@st.composite
def requests(draw: st.DrawFn) -> list[RightsRequest]:
    return [
        RightsRequest(
            RightsRequestId(str(number)),
            PersonId("ada"),
            draw(st.sampled_from(Right)),
            date(2026, 11, 1),
            date(2026, 12, 1),
            draw(st.sampled_from(RightsState)),
            "",
            NOW,
            "officer",
            lifted_at=draw(st.none() | st.just(NOW)),
        )
        for number in range(draw(st.integers(0, 5)))
    ]


@given(requests())
def test_the_strictest_counts_and_the_order_does_not(found: list[RightsRequest]) -> None:
    limits = {limit_of([one]) for one in found}
    expected = next((one for one in (Limit.RESTRICTED, Limit.OBJECTED) if one in limits), Limit.NONE)
    assert limit_of(found) is limit_of(reversed(found)) is expected


@given(requests())
def test_what_was_refused_or_lifted_limits_nothing(found: list[RightsRequest]) -> None:
    assert limit_of(replace(one, state=RightsState.REFUSED) for one in found) is Limit.NONE
    assert limit_of(replace(one, lifted_at=NOW) for one in found) is Limit.NONE


@given(requests())
def test_one_more_request_never_makes_it_looser(found: list[RightsRequest]) -> None:
    order = [*Limit]
    for number in range(len(found)):
        assert order.index(limit_of(found[:number])) <= order.index(limit_of(found))
