"""Groups and rules made on the pages hold at once, and the pages say why somebody may see what they see."""

import re
from collections.abc import Callable

import pytest

from appliance.actions.access import users
from appliance.actions.grants import grants, groups
from appliance.actions.proposals import proposals, propose
from appliance.actions.shoots import shoots
from appliance.domain.access import OPERATOR, Role
from appliance.domain.grants import PRESETS, Effect, Preset, Right, ScopeKind
from appliance.domain.proposals import Act, SecondNeeded, Standing, Wanted
from appliance.wiring import Box
from tests.webui.browser import Browser
from tests.webui.conftest import photo_named

AsRole = Callable[[Role | None], Browser]


def text(browser: Browser, path: str) -> str:
    """What a page says, without its tags."""
    page = browser.get(path).get_data(as_text=True)
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())


def user_id(box: Box, role: Role) -> str:
    return next(one.id for one in users(box.safe, by=OPERATOR, now=box.now()) if one.name == role)


def rule(box: Box, scope: ScopeKind) -> list[tuple[Effect, frozenset[Right]]]:
    found = grants(box.safe, by=OPERATOR, now=box.now())
    return [(one.grant.effect, one.grant.rights) for one in found if one.grant.scope.kind is scope]


def test_an_agency_is_let_into_one_shoot_and_the_page_says_by_which_rules(
    office: Box, administrator: Browser, viewer: Browser
) -> None:
    agency, photo = user_id(office, Role.VIEWER), photo_named(office, "KLUI0001")
    shoot = shoots(office.safe, by=OPERATOR, now=office.now())[0].shoot
    (colleagues,) = groups(office.safe, by=OPERATOR, now=office.now())
    others = [one.id for one in colleagues.members if one.id != agency]
    administrator.post(f"/groups/{colleagues.group.id}", {"name": "Colleagues", "member": others})
    assert viewer.get(f"/photos/{photo}").status_code in {403, 404}
    assert "0 of the" in text(administrator, f"/users/{agency}/reach")

    administrator.post("/groups", {"name": "Agency", "member": [agency]})
    made = next(
        one.group for one in groups(office.safe, by=OPERATOR, now=office.now()) if one.group.name == "Agency"
    )
    chosen = {"holder": f"group:{made.id}", "scope": f"shoot:{shoot.id}", "preset": "agency_guest"}
    administrator.post("/grants", chosen | {"effect": "allow"})
    assert rule(office, ScopeKind.SHOOT) == [(Effect.ALLOW, PRESETS[Preset.AGENCY_GUEST])]
    assert viewer.get(f"/photos/{photo}").status_code == 200
    told = text(administrator, f"/users/{agency}/reach?photo=http://kluis.local/photos/{photo}?light=green")
    assert f"See may Shoot: {shoot.name} through the group Agency" in told
    assert "Make copies no Not in the role of viewer" in told
    assert f"may see Shoot: {shoot.name} through the group Agency may Guest of an agency" in told

    administrator.post("/grants", {**chosen, "holder": f"user:{agency}", "effect": "deny"})
    assert viewer.get(f"/photos/{photo}").status_code in {403, 404}
    told = text(administrator, f"/users/{agency}/reach?photo={photo}")
    assert "may not see this photo" in told
    administrator.post(f"/groups/{made.id}/remove")
    denied = next(
        one.grant.id
        for one in grants(office.safe, by=OPERATOR, now=office.now())
        if one.grant.effect is Effect.DENY
    )
    administrator.post(f"/grants/{denied}/remove")
    assert rule(office, ScopeKind.SHOOT) == []


def test_rights_can_be_ticked_one_by_one_and_none_is_no_rule(office: Box, administrator: Browser) -> None:
    somebody = {"holder": f"user:{user_id(office, Role.EDITOR)}", "scope": "everything:", "effect": "allow"}
    administrator.post("/grants", somebody | {"preset": "own", "right": ["see", "administer"]})
    assert (Effect.ALLOW, frozenset({Right.SEE, Right.ADMINISTER})) in rule(office, ScopeKind.EVERYTHING)
    before = rule(office, ScopeKind.EVERYTHING)
    for wrong in ({"preset": "own"}, {"holder": "nobody"}, {"scope": "shoot:"}, {"scope": "moon:1"}):
        administrator.post("/grants", somebody | {"preset": "all"} | wrong)
    assert rule(office, ScopeKind.EVERYTHING) == before


def test_an_editor_who_administers_a_shoot_sees_and_makes_its_rules_alone(
    office: Box, administrator: Browser, editor: Browser
) -> None:
    assert "Who may do what" not in editor.get("/").get_data(as_text=True)
    shoot = shoots(office.safe, by=OPERATOR, now=office.now())[0].shoot
    here = {"scope": f"shoot:{shoot.id}", "effect": "allow"}
    holder = {"holder": f"user:{user_id(office, Role.EDITOR)}"}
    administrator.post("/grants", here | holder | {"preset": "own", "right": ["see", "administer"]})
    assert "Who may do what" in editor.get("/").get_data(as_text=True)
    told = text(editor, "/grants")
    assert f"Shoot: {shoot.name}" in told
    assert "Everywhere" not in told
    guest = {"holder": f"user:{user_id(office, Role.VIEWER)}", "preset": "read_only"}
    editor.post("/grants", here | guest)
    assert len(rule(office, ScopeKind.SHOOT)) == 2
    assert editor.post("/grants", here | guest | {"scope": "everything:"}).status_code == 403


def test_a_form_for_what_takes_two_people_proposes_it(
    office: Box, administrator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def takes_two(*_: object, **__: object) -> None:
        raise SecondNeeded(Wanted(Act.DESTROY))

    monkeypatch.setattr("webui.grants.actions.remove_group", takes_two)
    for _ in range(2):  # asked for twice, it is proposed once
        answer = administrator.post("/groups/a-group/remove")
        assert answer.headers["Location"] == "/proposals"
        assert "another administrator or privacy officer approves it" in text(administrator, "/proposals")
    (card,) = (
        one
        for one in proposals(office.safe, by=OPERATOR, now=office.now())
        if one.standing is Standing.WAITING
    )
    assert card.proposed_by == Role.ADMINISTRATOR
    administrator.post(f"/proposals/{card.proposal.id}/withdraw")
    assert "withdrawn" in text(administrator, "/proposals")


@pytest.mark.parametrize("approve", [True, False], ids=["approved", "refused"])
def test_a_second_person_decides_on_the_page_and_the_first_is_told_under_to_do(
    office: Box, as_role: AsRole, approve: bool
) -> None:
    administrator, officer = as_role(Role.ADMINISTRATOR), as_role(Role.PRIVACY_OFFICER)
    made = propose(office.safe, Wanted(Act.DESTROY), by=OPERATOR, now=office.now())
    for browser in (administrator, officer):
        assert "1 proposal of a colleague waits" in text(browser, "/to-do")
        assert "Destroy the safe waits for a second person" in text(browser, "/proposals")
    officer.post(f"/proposals/{made.id}/{'approve' if approve else 'refuse'}")
    (card,) = (
        one for one in proposals(office.safe, by=OPERATOR, now=office.now()) if one.proposal.id == made.id
    )
    assert card.standing is (Standing.READY if approve else Standing.REFUSED)
    assert "1 proposal of a colleague waits" not in text(administrator, "/to-do")
    assert ("can be carried out" if approve else "refused") in text(administrator, "/proposals")
