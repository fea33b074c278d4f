"""The pages of retention and of legal holds: what they show before anything goes, and what they change."""

import re
from collections.abc import Callable

from appliance.actions.inbox import inbox
from appliance.actions.retention import apply_retention
from appliance.domain.access import OPERATOR, Role
from appliance.domain.inbox import Matter
from appliance.wiring import Box
from tests.actions.scene import rows
from tests.webui.browser import Browser, words
from tests.webui.conftest import photo_named

RULE = {"months": "2", "then": "purge"}
HOLD = {"reason": "a claim", "owner": "legal affairs", "review": "2027-03-01"}


def matters(box: Box) -> set[Matter]:
    return {one.matter for one in inbox(box.safe, by=OPERATOR, now=box.now(), day=box.today())}


def test_a_rule_is_tried_before_two_people_set_it(
    as_role: Callable[[Role | None], Browser], office: Box
) -> None:
    officer, administrator = as_role(Role.PRIVACY_OFFICER), as_role(Role.ADMINISTRATOR)
    assert "No photo would be erased" not in words(officer.get("/retention"))  # portraits of long ago
    tried = words(officer.get("/retention/trial?months=2&then=purge"))
    assert "Would be erased 4 8 +4" in tried
    assert rows(office, "SELECT 1 FROM retention_rules") == []
    assert "This takes two people." in words(officer.post("/retention/rules", RULE, follow=True))
    page = administrator.get("/proposals").get_data(as_text=True)
    (approve,) = re.findall(r'action="(/proposals/\w+/approve)"', page)
    administrator.post(approve)
    told = words(officer.post("/retention/rules", RULE, follow=True))
    assert "The rule holds from now on." in told
    assert "2 months from the day it was taken" in told


def test_what_goes_is_announced_and_a_hold_keeps_it(
    as_role: Callable[[Role | None], Browser], office: Box
) -> None:
    officer, editor = as_role(Role.PRIVACY_OFFICER), as_role(Role.EDITOR)
    assert Matter.PURGE not in matters(office)
    apply_retention(office.safe, office.config.journal, by=OPERATOR, day=office.today(), clock=office.clock)
    assert Matter.PURGE in matters(office)
    assert "goes on 24 Dec 2026" in words(officer.get("/retention"))
    photo = photo_named(office, "KLUI0001")
    told = words(officer.post("/holds", {"photo": photo, **HOLD}, follow=True))
    assert "KLUI0001.JPG photo a claim legal affairs" in told
    assert "a claim: legal affairs" in words(officer.get(f"/photos/{photo}"))
    seen = words(editor.get(f"/photos/{photo}"))
    assert "A legal hold keeps this photo." in seen
    assert "legal affairs" not in seen
    refused = officer.post(f"/photos/{photo}/erase", {"cause": "decision", "sure": "1"})
    assert refused.status_code == 403
    assert "a claim" in words(refused)
    (hold,) = rows(office, "SELECT id FROM holds")
    officer.post(f"/holds/{hold['id']}/review", {"review": "2027-06-01"})
    assert "Jun" in words(officer.get("/holds"))
    officer.post(f"/holds/{hold['id']}/end")
    assert "Nothing is held." in words(officer.get("/holds"))
    gone = officer.post(f"/photos/{photo}/erase", {"cause": "decision", "sure": "1"}, follow=True)
    assert "A photo was erased" in words(gone)


def test_the_yearly_review_is_a_list_that_is_ticked_off(
    as_role: Callable[[Role | None], Browser], office: Box
) -> None:
    officer = as_role(Role.PRIVACY_OFFICER)
    page = officer.get("/retention/review").get_data(as_text=True)
    (shoot,) = re.findall(r'name="shoot" value="(\w+)"', page)
    officer.post("/retention/review", {"shoot": shoot})
    officer.post("/retention/review")
    assert "Last done on" in words(officer.get("/retention/review"))
    noted = rows(office, "SELECT shoot_id FROM retention_reviews ORDER BY number")
    assert [row["shoot_id"] for row in noted] == [shoot, None]
