"""The accountability pack: from what is set, in both languages, the same twice, and it shows a change."""

import difflib
from datetime import date

import pytest

from appliance.actions.accountability import accountability_pack
from appliance.actions.backup import add_target
from appliance.actions.retention import put_rule
from appliance.domain.access import OPERATOR
from appliance.domain.accountability import Paper
from appliance.domain.backup import Target, TargetKind
from appliance.domain.consent import Purpose
from appliance.domain.retention import Then
from appliance.domain.wording import Language
from appliance.wiring import Box
from tests.actions.scene import person, signed, two_people


def pack(box: Box, day: date | None = None) -> dict[str, str]:
    return accountability_pack(
        box.safe,
        organisation="Gemeente Waterdam",
        version="0.1.0",
        models=("dlib 1",),
        by=OPERATOR,
        now=box.now(),
        day=day or box.today(),
    )


def test_every_paper_is_there_in_both_languages_dated_and_named(box: Box) -> None:
    found = pack(box)
    assert set(found) == {f"{p.value}-{language.value}.md" for p in Paper for language in Language}
    for text in found.values():
        assert text.startswith("# ")
        assert "Gemeente Waterdam, 2026-11-24" in text


def test_the_same_settings_give_the_same_papers_and_a_change_is_one_line(box: Box) -> None:
    before = pack(box)
    assert pack(box) == before
    target = Target("office", TargetKind.REST, "https://backup.example/box", "NL", days=45)
    add_target(box.safe, target, by=OPERATOR, now=box.now())
    after = pack(box)["register-en.md"]
    changed = [
        line
        for line in difflib.ndiff(before["register-en.md"].splitlines(), after.splitlines())
        if line[:2] in ("+ ", "- ")
    ]
    assert changed == [
        "- - no backups",
        "+ - office: rest, NL; 45 days; cannot be deleted by the box itself",
    ]


@pytest.mark.parametrize(
    ("language", "words"),
    [("nl", ("toestemming", "24 maanden", "website")), ("en", ("consent", "24 months", "website"))],
)
def test_bases_rules_and_purposes_are_those_in_use(box: Box, language: str, words: tuple[str, ...]) -> None:
    signed(box, person(box, "Anna de Vries"), Purpose.WEB)
    two_people(
        box,
        lambda: put_rule(
            box.safe,
            shoot_id=None,
            purpose=Purpose.WEB,
            months=24,
            then=Then.PURGE,
            by=OPERATOR,
            now=box.now(),
        ),
    )
    told = pack(box)[f"register-{language}.md"]
    assert all(word in told for word in words)
    assert "Anna" not in told
