"""What the pages show of cards and shares: as they are, and nothing to whoever may not import."""

from collections.abc import Callable

import pytest

from appliance.actions import intake
from appliance.cards.usb import KINDS
from appliance.domain.access import OPERATOR, Role
from appliance.domain.cards import Card, CardId, CardState, RefusedDevice, Seen
from appliance.domain.errors import Fault
from appliance.sources.card_service import Mounted, problem_of
from appliance.store.cards import KnownCard
from appliance.wiring import Box
from tests.actions.scene import fill, picture
from tests.webui.browser import Browser
from webui.words import BROKEN_OFF, USB_KINDS

AsRole = Callable[[Role | None], Browser]
CARD = Card(CardId("c" * 32), "sdx", "i" * 32, "EOS <b>DIGITAL</b>", "vfat", 64_000_000_000)


class Slots:
    """A card service that sees what the test says."""

    def __init__(self, *cards: Card, refused: tuple[RefusedDevice, ...] = ()) -> None:
        self._seen = Seen(1, cards, refused)

    def seen(self) -> Seen:
        return self._seen


class Silent:
    """A card service that does not run."""

    def seen(self) -> Seen:
        raise Fault("card:no_service", "The card service does not answer.")


def page(office: Box, browser: Browser, service: object, path: str = "/cards") -> str:
    office.card_service = service  # type: ignore[misc, assignment]
    return browser.get(path).get_data(as_text=True)


def state(card: Card, state: CardState, problem: str = "") -> Card:
    return Card(card.id, card.disk, card.insertion, card.label, card.file_system, card.bytes, state, problem)


def known(office: Box) -> None:
    with office.safe.store.begin(by=OPERATOR, to="photo:import", now=office.now()) as tx:  # type: ignore[arg-type]
        tx.cards.put(KnownCard(CARD.id, CARD.label, office.now(), insertion=CARD.insertion, files=9, fresh=3))
        from appliance.domain.audit import Event

        tx.record(Event("card:see", CARD.id))


SHOWN = {
    "about to be copied": (CARD, "about to be copied"),
    "being read": (state(CARD, CardState.READING), "leave it in"),
    "safe": (state(CARD, CardState.SAFE), "safe to remove"),
    "damaged": (state(CARD, CardState.UNREADABLE, "card:damaged"), "repairs nothing"),
    "without a file system": (state(CARD, CardState.UNREADABLE, "card:no_file_system"), "It may be damaged"),
}


@pytest.mark.parametrize("case", SHOWN)
def test_a_card_is_shown_as_it_is(office: Box, as_role: AsRole, case: str) -> None:
    card, expected = SHOWN[case]
    shown = page(office, as_role(Role.EDITOR), Slots(card))
    assert expected in shown
    assert "EOS &lt;b&gt;DIGITAL&lt;/b&gt;" in shown


def test_a_card_that_asks_tells_what_is_new_and_offers_to_import(office: Box, as_role: AsRole) -> None:
    known(office)
    shown = page(office, as_role(Role.EDITOR), Slots(CARD))
    assert "9 photos are on it. This card was not in the box before." in shown
    assert f"/cards/{CARD.insertion}/import" in shown


def test_an_import_that_was_broken_off_says_what_was_not_copied(
    office: Box, as_role: AsRole, tmp_path_factory: pytest.TempPathFactory
) -> None:
    known(office)
    opened = intake.start_import(office.safe, "EOS", by=OPERATOR, now=office.now(), card_id=CARD.id)
    folder = fill(tmp_path_factory.mktemp("card"), {"a.jpg": picture(70), "b.jpg": picture(71)})

    def pull(_report: object) -> None:
        raise Fault("card:gone", "The card was pulled out.")

    with pytest.raises(Fault):
        intake.carry_out(
            office.safe,
            opened.id,
            by=OPERATOR,
            clock=office.clock,
            bell=office.bell,
            on_progress=pull,
            card=Mounted(folder, sign=folder),
        )
    editor = as_role(Role.EDITOR)
    report = page(office, editor, Slots(CARD), f"/imports/{opened.id}")
    assert "1 file was not copied." in report
    assert "Put it back and the box copies the rest." in report
    assert "Everything is copied" not in report.replace("data-done", "")
    assert "not everything is copied" in page(office, editor, Slots(CARD))


def test_the_part_that_is_filled_in_anew_changes_its_state_only_with_what_it_shows(
    office: Box, as_role: AsRole
) -> None:
    def state_of(shown: str) -> str:
        return shown.split('data-state="')[1].split('"', maxsplit=1)[0]

    editor = as_role(Role.EDITOR)
    one, same = (state_of(page(office, editor, Slots(CARD))) for _ in range(2))
    other = state_of(page(office, editor, Slots(state(CARD, CardState.READING))))
    assert one == same != other


def test_a_device_that_was_kept_out_is_shown_for_a_day(office: Box, as_role: AsRole) -> None:
    now = office.now().timestamp()
    young, old = (
        RefusedDevice("1-2", ids, ("keyboard or mouse",), at)
        for ids, at in (("1:1", now), ("2:2", now - 90_000))
    )
    shown = page(office, as_role(Role.EDITOR), Slots(refused=(old, young)))
    assert "keyboard or mouse (1:1)" in shown
    assert "2:2" not in shown


def test_whoever_may_not_import_sees_no_card_and_without_a_service_the_folders_are_there(
    office: Box, as_role: AsRole
) -> None:
    assert "EOS" not in page(office, as_role(Role.VIEWER), Slots(CARD))
    assert "Cards in the box" in page(office, as_role(Role.EDITOR), Slots(), "/imports")
    silent = page(office, as_role(Role.EDITOR), Silent(), "/imports")
    assert "Cards in the box" not in silent
    assert "Cards and folders on the box" in silent


def test_the_pages_have_words_for_all_that_can_break_an_import_off_and_every_kind_of_device() -> None:
    for key in ("absent", "busy", "damaged", "no_file_system", "no_driver", "not_harmless", "gone"):
        assert problem_of(f"card:{key}").key == f"card:{key}"
        assert f"card:{key}" in BROKEN_OFF
    assert set(USB_KINDS) == {*KINDS.values(), "unknown"}
