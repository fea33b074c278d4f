"""Whoever may not see photos finds nothing of them by any address: each page of the matrix is tried."""

from collections.abc import Callable

from flask import Flask

from appliance.actions.access import users
from appliance.actions.grants import put_grant
from appliance.domain.access import OPERATOR, Role
from appliance.domain.grants import EVERYTHING, Effect, Holder, HolderKind, Right
from appliance.wiring import Box
from tests.webui.browser import Browser
from tests.webui.test_access import MATRIX, QUERIES, EmptySlots, address, things

# Things in an address that hang on photos and people; whoever is denied those is refused there.
HANGING = frozenset(
    {"photo_id", "other_id", "face_id", "person_id", "shoot_id", "release_id", "import_id", "evidence_id"}
)
# What the demonstration's photos and people are called.
NAMES = ("KLUI0001", "KLUI0002", "Obama", "Biden", "Jemison")


def test_no_route_tells_of_what_its_visitor_may_not_see(
    app: Flask, office: Box, as_role: Callable[[Role | None], Browser]
) -> None:
    role = Role.ADMINISTRATOR  # may open every page that somebody can be kept from
    office.card_service = EmptySlots()  # type: ignore[misc, assignment]
    parts = things(office)
    _ = parts["release_id"]
    user = next(one for one in users(office.safe, by=OPERATOR, now=office.now()) if one.name == role)
    put_grant(
        office.safe,
        Holder(HolderKind.USER, user.id),
        EVERYTHING,
        Effect.DENY,
        {Right.SEE},
        by=OPERATOR,
        now=office.now(),
    )
    browser = as_role(role)
    told = {}
    for (method, endpoint), (allowed, _) in MATRIX.items():
        if method != "GET" or role not in allowed or endpoint == "static":
            continue
        rule = next(one for one in app.url_map.iter_rules() if one.endpoint == endpoint)
        answer = browser.get(address(app, endpoint, parts) + QUERIES.get(endpoint, ""))
        shown = [name for name in NAMES if name in answer.get_data().decode("utf-8", "ignore")]
        refused = answer.status_code in {403, 404}
        if answer.status_code >= 500 or shown or (HANGING & rule.arguments and not refused):
            told[endpoint] = (answer.status_code, shown)
    assert told == {}
