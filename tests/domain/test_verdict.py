"""The verdict: every reason has its case, small worlds are tried one by one, and doubt is never consent."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.consent import (
    PUBLICATION,
    Answer,
    Basis,
    Light,
    PhotoFacts,
    Purpose,
    Quitclaim,
    Reliance,
    Term,
    Verdict,
    Weighing,
    Why,
    verdict,
)
from appliance.domain.people import Limit, LinkState, PersonId, Standing
from appliance.domain.photos import Box, Face, FaceId, Resolution, Stage
from tests.domain.worlds import (
    A_BOX,
    ANNA,
    BEA,
    CARL,
    TODAY,
    chains,
    days,
    face,
    link,
    named,
    of,
    promising_worlds,
    quitclaim,
    some_day,
    term,
    world,
    worlds,
)

GREEN, AMBER, RED = Light.GREEN, Light.AMBER, Light.RED
YES = term(until=days(365))
NO, TAKEN_BACK, ASKED = term(Answer.DECLINED), term(Answer.WITHDRAWN), term(Answer.ASKED)
BLUR, UNSEEN = Resolution.BLUR, Resolution.NOT_RECOGNISABLE
SUGGESTED, REJECTED = LinkState.SUGGESTED, LinkState.REJECTED
AGREED = {"basis": Basis.AGREEMENT}

Case = tuple[PhotoFacts, Light, Why]

# Each case is asked for the website, today; the reason is the gravest one given.
CASES: dict[str, Case] = {
    "everybody permits it": (named(quitclaim(YES)), GREEN, Why.PERMITTED),
    "a yes without an end": (named(quitclaim(term(), **AGREED)), GREEN, Why.PERMITTED),
    "a yes on its first day": (named(quitclaim(term(since=TODAY))), GREEN, Why.PERMITTED),
    "a yes on its last day": (named(quitclaim(term(until=TODAY))), GREEN, Why.PERMITTED),
    "a yes recorded today": (named(quitclaim(YES, on=TODAY)), GREEN, Why.PERMITTED),
    "a no that became a yes": (
        named(quitclaim(NO), quitclaim(YES, version=2, on=days(-1))),
        GREEN,
        Why.PERMITTED,
    ),
    "an interest with its balancing text": (
        named(quitclaim(YES, basis=Basis.LEGITIMATE_INTEREST, balancing="A public event.")),
        GREEN,
        Why.PERMITTED,
    ),
    "somebody without a face, who permits it": (
        world([face(box=None)], [link(ANNA)], [quitclaim(YES)]),
        GREEN,
        Why.PERMITTED,
    ),
    "a face attested not recognisable": (world([face(resolution=UNSEEN)]), GREEN, Why.NOT_RECOGNISABLE),
    "a face that copies blur": (world([face(resolution=BLUR)]), GREEN, Why.BLURRED),
    "a blurred face of somebody who said no": (
        world([face(resolution=BLUR)], [link(ANNA)], [quitclaim(NO)]),
        GREEN,
        Why.BLURRED,
    ),
    "nobody, as somebody counted": (world(head_count=0), GREEN, Why.NOBODY_SHOWN),
    "nobody recognisable, as somebody counted": (
        world([face(resolution=UNSEEN)], head_count=0),
        GREEN,
        Why.NOBODY_SHOWN,
    ),
    "not examined yet": (world(stage=Stage.STORED, head_count=0), AMBER, Why.NOT_ANALYSED),
    "no face found, and nobody counted": (world(), AMBER, Why.NOBODY_FOUND),
    "somebody may be there without a face": (
        named(quitclaim(YES), doubts=1),
        AMBER,
        Why.SOMEBODY_MAY_BE_HERE,
    ),
    "more people than faces": (named(quitclaim(YES), head_count=2), AMBER, Why.HEAD_COUNT_DIFFERS),
    "more faces than people": (named(quitclaim(YES), head_count=0), AMBER, Why.HEAD_COUNT_DIFFERS),
    "an unrecognisable face stands in for nobody": (
        world(
            [face(), face("behind", UNSEEN)],
            [link(ANNA)],
            [quitclaim(YES)],
            head_count=2,
        ),
        AMBER,
        Why.HEAD_COUNT_DIFFERS,
    ),
    "a face without a name": (world([face()]), AMBER, Why.UNKNOWN_FACE),
    "a face that is somebody else's": (
        world([face()], [link(ANNA, state=REJECTED)], [quitclaim(YES)]),
        AMBER,
        Why.UNKNOWN_FACE,
    ),
    "somebody without a face, to be blurred": (
        world([face(resolution=BLUR, box=None)]),
        AMBER,
        Why.UNKNOWN_FACE,
    ),
    "a face to be blurred outside the picture": (
        world([face(resolution=BLUR, box=Box(1.0, 0.2, 0.2, 0.2))]),
        AMBER,
        Why.UNKNOWN_FACE,
    ),
    "a face that is only suggested": (
        world([face()], [link(ANNA, state=SUGGESTED, distance=0.3)], [quitclaim(YES)]),
        AMBER,
        Why.SUGGESTION_ONLY,
    ),
    "a face with two names": (
        world(
            [face()],
            [link(ANNA), link(BEA)],
            [quitclaim(YES), quitclaim(YES, who=BEA, name="hers")],
            {ANNA: Standing.NONE, BEA: Standing.NONE},
        ),
        AMBER,
        Why.NAMED_TWICE,
    ),
    "a yes that begins tomorrow": (named(quitclaim(term(since=days(1)))), AMBER, Why.NOT_YET_VALID),
    "asked, not answered": (named(quitclaim(ASKED)), AMBER, Why.PENDING),
    "an interest without its balancing text": (
        named(quitclaim(YES, basis=Basis.LEGITIMATE_INTEREST, balancing=" \n")),
        AMBER,
        Why.BALANCING_MISSING,
    ),
    "a no beside an agreement": (
        named(quitclaim(YES, **AGREED), quitclaim(NO, name="later", on=days(-2))),
        AMBER,
        Why.CONTRADICTION,
    ),
    "a withdrawal beside an agreement": (
        named(quitclaim(YES, **AGREED), quitclaim(TAKEN_BACK, name="later", on=days(-2))),
        AMBER,
        Why.CONTRADICTION,
    ),
    "never asked": (named(), RED, Why.NO_QUITCLAIM),
    "asked for another purpose only": (
        named(quitclaim(term(purpose=Purpose.PRESS))),
        RED,
        Why.NO_QUITCLAIM,
    ),
    "a yes recorded tomorrow": (named(quitclaim(YES, on=days(1))), RED, Why.NO_QUITCLAIM),
    "confirmed, but not in the safe": (
        world([face()], [link(CARL)], [quitclaim(YES, who=CARL)]),
        RED,
        Why.NO_QUITCLAIM,
    ),
    "expired yesterday": (named(quitclaim(term(until=days(-1)))), RED, Why.EXPIRED),
    "withdrawn": (named(quitclaim(YES), quitclaim(TAKEN_BACK, version=2, on=TODAY)), RED, Why.REVOKED),
    "declined": (named(quitclaim(NO)), RED, Why.DECLINED),
    "may be photographed, not published": (
        named(quitclaim(YES), standing={ANNA: Standing.PHOTOGRAPH_NOT_PUBLISH}),
        RED,
        Why.PHOTOGRAPH_NOT_PUBLISH,
    ),
    "never to be photographed": (
        named(quitclaim(YES), standing={ANNA: Standing.NEVER_PHOTOGRAPH}),
        RED,
        Why.NEVER_PHOTOGRAPH,
    ),
    "the use is restricted": (named(quitclaim(YES), limited=Limit.RESTRICTED), RED, Why.RESTRICTED),
    "an objection to what rests on an interest": (
        named(
            quitclaim(YES, basis=Basis.LEGITIMATE_INTEREST, balancing="A public event."),
            limited=Limit.OBJECTED,
        ),
        RED,
        Why.OBJECTED,
    ),
    "an objection where consent was given": (
        named(quitclaim(YES), limited=Limit.OBJECTED),
        GREEN,
        Why.PERMITTED,
    ),
    "somebody named, whatever else was attested of the face": (
        world([face(resolution=UNSEEN)], [link(ANNA)], [quitclaim(NO)]),
        RED,
        Why.DECLINED,
    ),
    "one person in two says no": (
        world(
            [face(), face("other")],
            [link(ANNA), link(BEA, "other")],
            [quitclaim(YES), quitclaim(NO, who=BEA, name="hers")],
            {ANNA: Standing.NONE, BEA: Standing.NONE},
        ),
        RED,
        Why.DECLINED,
    ),
    "a file that could not be read": (world(stage=Stage.SET_ASIDE, head_count=0), RED, Why.SET_ASIDE),
}


@pytest.mark.parametrize("case", CASES)
def test_the_light_and_its_gravest_reason(case: str) -> None:
    facts, light, why = CASES[case]
    decided = verdict(facts, Purpose.WEB, TODAY)
    assert (decided.light, decided.reasons[0].why) == (light, why)


def test_recognition_is_no_publication() -> None:
    decided = verdict(named(quitclaim(term(purpose=Purpose.RECOGNITION))), Purpose.RECOGNITION, TODAY)
    assert (decided.light, [r.why for r in decided.reasons]) == (RED, [Why.NOT_A_PUBLICATION])


def test_the_table_has_a_case_for_every_reason() -> None:
    """But for what only a birth date or a past day brings about: test_minors and test_past have those."""
    elsewhere = {
        Why.NOT_A_PUBLICATION,
        Why.NOT_IN_THE_SAFE,
        Why.GUARDIAN_MISSING,
        Why.CAME_OF_AGE,
        Why.BIRTH_DATE_MISSING,
    }
    assert {why for _, _, why in CASES.values()} | elsewhere == set(Why)


def test_the_nearest_suggestion_is_the_one_named() -> None:
    links = [link(ANNA, state=SUGGESTED, distance=0.5), link(BEA, state=SUGGESTED, distance=0.3)]
    assert verdict(world([face()], links), Purpose.WEB, TODAY).reasons[0].person_id == BEA


def test_a_green_verdict_names_what_it_relied_on_and_what_to_blur() -> None:
    facts = world(
        [face(), face("passer-by", BLUR)],
        [link(ANNA)],
        [quitclaim(NO), quitclaim(YES, version=2, on=days(-3))],
    )
    decided = verdict(facts, Purpose.WEB, TODAY)
    assert decided.relied_on == (Reliance(quitclaim().id, 2),)
    assert decided.blur == ("passer-by",)


# Small worlds, all of them, against the rules told another way.

SITUATIONS: dict[str, tuple[Quitclaim, ...]] = {
    "never asked": (),
    "asked": (quitclaim(ASKED),),
    "active": (quitclaim(YES),),
    "expiring": (quitclaim(term(until=days(1))),),
    "expired": (quitclaim(term(until=days(-1))),),
    "begins later": (quitclaim(term(since=days(1))),),
    "declined": (quitclaim(NO),),
    "withdrawn": (quitclaim(YES), quitclaim(TAKEN_BACK, version=2, on=days(-1))),
    "contradicted": (quitclaim(YES, **AGREED), quitclaim(NO, name="no", on=days(-1))),
}
COLOUR_OF_SITUATION = dict.fromkeys(["active", "expiring"], "green")
COLOUR_OF_SITUATION |= dict.fromkeys(["asked", "begins later", "contradicted"], "amber")
COLOUR_OF_SITUATION |= dict.fromkeys(["never asked", "expired", "declined", "withdrawn"], "red")


@dataclass(frozen=True)
class Figure:
    """One face, as a sentence would tell it."""

    known: str  # nothing, Anna suggested, Anna rejected, Anna, Bea, or both
    attested: Resolution
    has_box: bool = True


@dataclass(frozen=True)
class Scene:
    figures: tuple[Figure, ...]
    anna: str
    bea: str
    wish: Standing
    stage: Stage
    heads: int | None
    purpose: Purpose

    def facts(self) -> PhotoFacts:
        faces, links = [], []
        for number, figure in enumerate(self.figures):
            name = f"face{number}"
            faces.append(face(name, figure.attested, A_BOX if figure.has_box else None))
            state = {"suggested": SUGGESTED, "rejected": REJECTED}.get(figure.known, LinkState.CONFIRMED)
            if figure.known in ("suggested", "rejected", "Anna", "both"):
                links.append(link(ANNA, name, state))
            if figure.known in ("Bea", "both"):
                links.append(link(BEA, name))
        hers = [replace(q, person_id=BEA, id=f"bea-{q.id}") for q in SITUATIONS[self.bea]]
        wishes = {ANNA: self.wish, BEA: Standing.NONE}
        quitclaims = [*SITUATIONS[self.anna], *hers]
        return world(faces, links, quitclaims, wishes, stage=self.stage, head_count=self.heads)

    def expected(self) -> str:
        """The light, from what a privacy officer would say aloud."""
        if self.purpose is Purpose.RECOGNITION or self.stage is Stage.SET_ASIDE:
            return "red"
        if self.stage is Stage.STORED:
            return "amber"
        colours = [self._colour(figure) for figure in self.figures]
        countable = [
            f for f in self.figures if f.known in ("Anna", "Bea", "both") or f.attested is not UNSEEN
        ]
        nobody_looked = self.heads is None and not self.figures
        if nobody_looked or (self.heads is not None and self.heads != len(countable)):
            colours.append("amber")
        return next((colour for colour in ("red", "amber") if colour in colours), "green")

    def _colour(self, figure: Figure) -> str:
        if figure.attested is BLUR and figure.has_box:
            return "green"
        if figure.known == "Anna":
            return COLOUR_OF_SITUATION[self.anna] if self.wish is Standing.NONE else "red"
        if figure.known == "Bea":
            return COLOUR_OF_SITUATION[self.bea]
        if figure.known != "both" and figure.attested is UNSEEN:
            return "green"
        return "amber"


def scenes() -> Iterator[Scene]:
    """Every scene with one face or none, and those with two in which both people can matter."""
    knowns = ("nothing", "suggested", "rejected", "Anna", "Bea", "both")
    alone = [Figure(*parts) for parts in itertools.product(knowns, Resolution, (True, False))]
    for figures in [(), *((figure,) for figure in alone)]:
        for anna, wish, stage, heads, purpose in itertools.product(
            SITUATIONS, Standing, Stage, (None, 0, 1), (Purpose.WEB, Purpose.RECOGNITION)
        ):
            yield Scene(figures, anna, "active", wish, stage, heads, purpose)
    pairs = itertools.product([Figure(k, r) for k in knowns for r in Resolution], repeat=2)
    telling = ("active", "asked", "expired")
    for figures, anna, bea, heads in itertools.product(pairs, telling, telling, (None, 1, 2)):
        yield Scene(figures, anna, bea, Standing.NONE, Stage.ANALYSED, heads, Purpose.WEB)


def test_every_small_world_has_the_light_that_the_rules_say() -> None:
    wrong = [
        scene for scene in scenes() if verdict(scene.facts(), scene.purpose, TODAY).light != scene.expected()
    ]
    assert not wrong, f"{len(wrong)} worlds, such as {wrong[0]}"


# Rules that hold in any world.

any_world = worlds() | promising_worlds()
any_purpose = st.sampled_from([Purpose.WEB, Purpose.PRESS])
many = settings(max_examples=200)


def permits(version: Quitclaim, facts: PhotoFacts, purpose: Purpose, day: date) -> bool:
    """Whether this very version permits a use: it is the last of its chain, and says yes on that day."""
    chain = [v for v in facts.quitclaims[version.person_id] if v.id == version.id and v.recorded_on <= day]
    yes = [
        t
        for t in version.terms
        if t.purpose == purpose
        and t.answer is Answer.GRANTED
        and (t.valid_from or date.min) <= day <= (t.valid_until or date.max)
    ]
    founded = version.basis is not Basis.LEGITIMATE_INTEREST or version.balancing.strip() != ""
    return bool(yes) and founded and version.version == max(v.version for v in chain)


def somebody_permits(who: PersonId, facts: PhotoFacts, purpose: Purpose, day: date) -> bool:
    if who not in facts.people or facts.people[who].standing is not Standing.NONE:
        return False
    versions = [v for v in facts.quitclaims.get(who, ()) if v.recorded_on <= day]
    return any(permits(v, facts, purpose, day) for v in versions)


def names_of(one: Face, facts: PhotoFacts) -> set[PersonId]:
    return {k.person_id for k in facts.links if k.face_id == one.id and k.state is LinkState.CONFIRMED}


def resolved(one: Face, facts: PhotoFacts, decided: Verdict) -> bool:
    """Blurred, attested unrecognisable, or named once as somebody who permits this use."""
    if one.resolution is BLUR and one.id in decided.blur and one.box is not None:
        return True
    names = names_of(one, facts)
    if not names:
        return one.resolution is UNSEEN
    return len(names) == 1 and somebody_permits(*names, facts, decided.purpose, decided.day)


@many
@given(any_world, st.sampled_from(Purpose), some_day)
def test_green_means_that_every_face_is_resolved_and_everybody_named_permits(
    facts: PhotoFacts, purpose: Purpose, day: date
) -> None:
    decided = verdict(facts, purpose, day)
    open_question = (
        purpose is Purpose.RECOGNITION
        or facts.photo.stage is not Stage.ANALYSED
        or (not facts.faces and facts.photo.head_count != 0)
        or not all(resolved(one, facts, decided) for one in facts.faces)
    )
    assert not (open_question and decided.light is GREEN)


@many
@given(promising_worlds(), any_purpose, some_day)
def test_what_green_relied_on_permits_it(facts: PhotoFacts, purpose: Purpose, day: date) -> None:
    decided = verdict(facts, purpose, day)
    if decided.light is not GREEN:
        return
    versions = {Reliance(v.id, v.version): v for chain in facts.quitclaims.values() for v in chain}
    relied = [versions[reliance] for reliance in decided.relied_on]
    assert all(permits(v, facts, purpose, day) and v.recorded_on <= day for v in relied)
    assert {v.person_id for v in relied} == {who for one in facts.faces for who in names_of(one, facts)}


@many
@given(any_world, any_purpose, some_day, st.data())
def test_doubt_added_never_makes_a_photo_green(
    facts: PhotoFacts, purpose: Purpose, day: date, data: st.DataObject
) -> None:
    if verdict(facts, purpose, day).light is GREEN:
        return
    who = data.draw(st.sampled_from([ANNA, BEA, CARL]))
    no = quitclaim(term(Answer.DECLINED, purpose), who=who, name="no", on=max(day, days(30)))
    no = replace(no, recorded_on=day)
    somewhere = data.draw(st.sampled_from([*(f.id for f in facts.faces), FaceId("new")]))
    suggestion = link(who, somewhere, SUGGESTED)
    doubts = {
        "a face without a name": replace(facts, faces=(*facts.faces, face("new"))),
        "a suggestion": replace(facts, links=(*facts.links, suggestion)),
        "a no": replace(facts, quitclaims={**facts.quitclaims, who: (*facts.quitclaims.get(who, ()), no)}),
        "a second name": replace(
            facts, links=(*facts.links, *(replace(k, person_id=PersonId("somebody")) for k in facts.links))
        ),
        "somebody who left the safe": replace(
            facts, people={p: kept for p, kept in facts.people.items() if p != who}
        ),
        "a photo not examined": replace(facts, photo=replace(facts.photo, stage=Stage.STORED)),
    }
    for doubt, doubtful in doubts.items():
        assert verdict(doubtful, purpose, day).light is not GREEN, doubt


@many
@given(promising_worlds(), any_purpose, some_day)
def test_an_unnamed_face_or_a_fresh_no_takes_green_away(
    facts: PhotoFacts, purpose: Purpose, day: date
) -> None:
    if verdict(facts, purpose, day).light is not GREEN:
        return
    assert verdict(replace(facts, faces=(*facts.faces, face("new"))), purpose, day).light is not GREEN
    for who in facts.people:
        no = replace(
            quitclaim(term(Answer.WITHDRAWN, purpose), who=who, name="no", on=days(30)), recorded_on=day
        )
        after = {**facts.quitclaims, who: (*facts.quitclaims[who], no)}
        assert verdict(replace(facts, quitclaims=after), purpose, day).light is not GREEN


def told(decided: Verdict) -> tuple[object, ...]:
    return (decided.light, decided.reasons, sorted(decided.relied_on, key=str), sorted(decided.blur))


@many
@given(any_world, any_purpose, some_day, st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_known_does_not_matter(
    facts: PhotoFacts, purpose: Purpose, day: date, chance: random.Random
) -> None:
    def mixed(things: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(chance.sample(things, len(things)))

    shuffled = PhotoFacts(
        facts.photo,
        mixed(facts.faces),
        mixed(facts.links),
        dict(mixed(tuple(facts.people.items()))),
        {who: mixed(tuple(chain)) for who, chain in mixed(tuple(facts.quitclaims.items()))},
    )
    assert told(verdict(shuffled, purpose, day)) == told(verdict(facts, purpose, day))


@many
@given(any_world, any_purpose, some_day, chains, chains)
def test_what_is_recorded_later_does_not_change_the_answer_about_a_day(
    facts: PhotoFacts,
    purpose: Purpose,
    day: date,
    of_anna: tuple[Quitclaim, ...],
    of_bea: tuple[Quitclaim, ...],
) -> None:
    """Neither new quitclaims nor new versions of those there are; P13."""
    later = (day - days(-30)) + timedelta(days=1)  # the earliest of them is recorded 30 days ago
    added = {ANNA: of(ANNA, of_anna, later), BEA: of(BEA, of_bea, later)}
    after = {
        who: (*facts.quitclaims.get(who, ()), *(replace(v, version=v.version + 100) for v in versions))
        for who, versions in added.items()
    }
    changed = replace(facts, quitclaims={**facts.quitclaims, **after})
    assert verdict(changed, purpose, day) == verdict(facts, purpose, day)


@many
@given(any_world, st.sampled_from(Purpose), some_day)
def test_the_light_is_that_of_the_gravest_reason_and_reasons_come_gravest_first(
    facts: PhotoFacts, purpose: Purpose, day: date
) -> None:
    decided = verdict(facts, purpose, day)
    gravity = [{"green": 0, "amber": 1, "red": 2}[reason.light] for reason in decided.reasons]
    assert gravity == sorted(gravity, reverse=True)
    assert decided.light is decided.reasons[0].light
    assert bool(decided.relied_on) <= (decided.light is GREEN)
    assert len({reason.face_id for reason in decided.reasons} - {None}) in (0, len(facts.faces))


@many
@given(any_world, some_day)
def test_a_photo_is_never_green_for_recognition(facts: PhotoFacts, day: date) -> None:
    assert verdict(facts, Purpose.RECOGNITION, day).light is RED


def test_a_term_is_a_whole_answer() -> None:
    """Were a purpose in a version twice, the first would count: recording refuses such a version."""
    twice = quitclaim(Term(Purpose.WEB, Answer.DECLINED), Term(Purpose.WEB, Answer.GRANTED))
    assert verdict(named(twice), Purpose.WEB, TODAY).light is RED


@given(facts=worlds(), day=some_day)
def test_weighing_people_once_for_many_photos_changes_no_answer(facts: PhotoFacts, day: date) -> None:
    weighing = Weighing()
    for purpose in (*PUBLICATION, *PUBLICATION):
        assert verdict(facts, purpose, day, weighing) == verdict(facts, purpose, day)
