"""Which USB devices live: storage and hubs, and nothing that pretends to be a keyboard as well."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.cards.usb import KINDS, judge
from tests.cards.bench import KEYBOARD, NETWORK, STORAGE, Bench, descriptors

HUB = (0x09, 0, 0)
UAS = (0x08, 0x06, 0x62)
JUDGED = {
    "a stick": (descriptors(STORAGE), True, ("storage",)),
    "a disk with two ways to speak": (descriptors(STORAGE, UAS), True, ("storage",)),
    "a hub": (descriptors(HUB, of_device=0x09), True, ("hub",)),
    "a keyboard": (descriptors(KEYBOARD), False, ("keyboard or mouse",)),
    "a network": (descriptors(NETWORK, (0x0A, 0, 0)), False, ("network",)),
    "a stick that is a keyboard too": (
        descriptors(STORAGE, KEYBOARD),
        False,
        ("keyboard or mouse", "storage"),
    ),
    "a hub that is a keyboard too": (
        descriptors(HUB, KEYBOARD, of_device=0x09),
        False,
        ("hub", "keyboard or mouse"),
    ),
    "what calls itself a hub without being one": (descriptors(HUB), False, ("hub",)),
    "a class of its vendor's own": (descriptors((0xFF, 0, 0)), False, ("unknown",)),
    "nothing at all": (descriptors(), False, ("unknown",)),
    "no descriptors": (b"", False, ("unknown",)),
    "half a descriptor": (descriptors(STORAGE)[:30], False, ("unknown",)),
    "a descriptor of no length": (descriptors(STORAGE) + b"\x00\x04", False, ("unknown",)),
    "an interface too short to tell": (descriptors(STORAGE) + b"\x04\x04\x00\x00", False, ("unknown",)),
}


@pytest.mark.parametrize("case", JUDGED)
def test_a_device_is_judged_by_every_interface_it_has(case: str) -> None:
    told, allowed, kinds = JUDGED[case]
    judgement = judge(told)
    assert (judgement.allowed, judgement.kinds) == (allowed, kinds)


@given(st.binary(max_size=200))
def test_whatever_a_device_tells_it_is_judged_and_lives_only_as_storage_or_a_hub(told: bytes) -> None:
    judgement = judge(told)
    assert not judgement.allowed or set(judgement.kinds) in ({"storage"}, {"hub"})


@given(st.lists(st.tuples(st.integers(0, 255), st.just(0), st.just(0)), max_size=8))
def test_one_interface_that_is_no_storage_is_enough(interfaces: list[tuple[int, int, int]]) -> None:
    classes = {kind for kind, _, _ in interfaces}
    assert judge(descriptors(*interfaces)).allowed == (classes == {0x08})
    assert set(judge(descriptors(*interfaces)).kinds) <= {*KINDS.values(), "unknown"}


def test_a_device_that_was_allowed_by_name_lives() -> None:
    assert judge(descriptors(KEYBOARD), allow=["0781:5567"]).allowed
    assert not judge(descriptors(KEYBOARD), allow=["0781:5568"]).allowed
    assert judge(descriptors(KEYBOARD)).ids == "0781:5567"


# With the service, in sysfs.


def test_a_keyboard_stays_dead_is_logged_and_is_told_and_a_stick_lives(bench: Bench) -> None:
    bench.serve()
    assert bench.attribute(bench.hub, "authorized_default") == "0"
    stick = bench.plug_usb("1-1", descriptors(STORAGE))
    keyboard = bench.plug_usb("1-2", descriptors(KEYBOARD))
    bench.until(lambda: bench.attribute(stick, "authorized") == "1")
    (refused,) = bench.seen(lambda seen: bool(seen.refused)).refused
    assert (refused.port, refused.ids, refused.kinds) == ("1-2", "0781:5567", ("keyboard or mouse",))
    assert bench.attribute(keyboard, "authorized") == "0"
    assert "usb_refused" in bench.log()


def test_what_was_plugged_in_before_the_service_started_is_judged_too(bench: Bench) -> None:
    keyboard = bench.plug_usb("1-2", descriptors(KEYBOARD))
    soldered = bench.plug_usb("1-3", descriptors((0xE0, 1, 1)), removable="fixed")
    assert bench.attribute(keyboard, "authorized") == "1"
    bench.serve()
    assert bench.attribute(keyboard, "authorized") == "0"
    assert bench.attribute(soldered, "authorized") == "1"


def test_a_stick_that_comes_back_as_a_keyboard_is_judged_again(bench: Bench) -> None:
    bench.serve()
    stick = bench.plug_usb("1-1", descriptors(STORAGE))
    bench.until(lambda: bench.attribute(stick, "authorized") == "1")
    bench.pull(stick)
    keyboard = bench.plug_usb("1-1", descriptors(STORAGE, KEYBOARD))
    bench.seen(lambda seen: len(seen.refused) >= 1)
    assert bench.attribute(keyboard, "authorized") == "0"
