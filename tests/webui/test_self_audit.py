"""The page of the self-audit: what is open, the sample that somebody looks at, and reports to take along."""

import json
from dataclasses import replace

from appliance.actions.self_audit import Around, audit_box
from appliance.domain.access import OPERATOR
from appliance.domain.self_audit import Machine
from appliance.wiring import Box
from tests.actions.scene import rows
from tests.conftest import Clock
from tests.webui.browser import Browser, words
from tests.webui.conftest import Staff


def test_the_page_from_the_first_audit_to_what_is_overdue(
    office: Box, administrator: Browser, viewer: Browser, staff: Staff, clock: Clock
) -> None:
    assert "has not looked at itself yet" in words(administrator.get("/self-audit"))
    around = Around(Machine(open_files=("kluis.db",)), door_plain=True, head_addresses=())
    report = audit_box(office.safe, around, by=OPERATOR, now=office.now(), day=office.today())
    page = words(administrator.get("/self-audit"))
    assert "Links for subjects go without TLS." in page
    assert "others can read: 1, such as kluis.db" in page
    assert "overdue" not in page
    assert "demo administrator signs in with a password alone" in page  # by name, for who knows the users

    assert report.sample
    place = f"/self-audit/photos/{report.sample[0]}"
    assert administrator.post(place, {"judgement": "wrong"}).status_code == 303
    page = words(administrator.get("/self-audit"))
    assert "not right" in page
    (row,) = rows(office, 'SELECT "right", looked_by FROM self_audit_sample WHERE looked_at IS NOT NULL')
    assert row["right"] == 0

    signed = administrator.get(f"/self-audit/{report.id}.json")
    assert signed.headers["Content-Disposition"].startswith("attachment")
    assert json.loads(signed.data)["report"]["id"] == report.id
    assert administrator.get(f"/self-audit/{report.id}.pdf").data.startswith(b"%PDF")
    assert administrator.get("/self-audit/none.json").status_code == 404

    assert "last here" in words(administrator.get("/users"))
    assert "/self-audit" not in viewer.get("/").get_data(as_text=True)
    with_later = replace(around, door_plain=False)
    clock.advance(days=40)
    audit_box(office.safe, with_later, by=OPERATOR, now=office.now(), day=office.today())
    kept = rows(office, "SELECT key, fixed_at FROM self_audit_findings")
    assert {one["key"] for one in kept if one["fixed_at"]} == {"door_plain"}
