"""The keyring: two ways in, and none for whoever has neither; a damaged file is told, never half believed."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.config import Config
from appliance.domain.errors import Fault, KluisError, Mistake
from appliance.store import keyring_file
from appliance.store.keyring_file import KeyringFile
from appliance.store.keys import Keyring, machine_key_from
from appliance.store.recovery_kit import GROUPS, RecoveryKit, normalised
from appliance.wiring import open_box, unlock
from tests.store.shelf import SLOW_OR_SHARED

MACHINE, OTHER_MACHINE = bytes(range(32)), bytes(range(1, 33))
CODE = "00007-ABCD1-EFGHB-JKMNK-PQRS0-TVWXC-YZ129-3456X"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretching the code takes long by design; what is tried here does not depend on how long."""
    monkeypatch.setattr(keyring_file, "_MEMORY_KIB", 64)
    monkeypatch.setattr(keyring_file, "_PASSES", 1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keyring.json"


@pytest.fixture
def file(path: Path) -> KeyringFile:
    return KeyringFile.create(path, MACHINE, RecoveryKit(CODE))


def same(one: Keyring, other: Keyring) -> bool:
    return one.database_key == other.database_key and one.pseudonym("x") == other.pseudonym("x")


def test_the_machine_and_the_kit_open_the_same_keys(file: KeyringFile, path: Path) -> None:
    again = KeyringFile.read(path)
    assert same(again.open_with_machine_key(MACHINE), again.open_with_recovery(CODE))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_safes_have_nothing_in_common(file: KeyringFile, tmp_path: Path) -> None:
    other = KeyringFile.create(tmp_path / "other.json", MACHINE, RecoveryKit(CODE))
    one, two = file.open_with_machine_key(MACHINE), other.open_with_machine_key(MACHINE)
    assert one.database_key != two.database_key
    assert one.pseudonym("x") != two.pseudonym("x")


def test_a_safe_is_not_made_over_another(file: KeyringFile, path: Path) -> None:
    with pytest.raises(Mistake):
        KeyringFile.create(path, OTHER_MACHINE, RecoveryKit.new())
    assert same(KeyringFile.read(path).open_with_machine_key(MACHINE), file.open_with_machine_key(MACHINE))


def test_every_key_has_its_own_use(file: KeyringFile) -> None:
    ring = file.open_with_machine_key(MACHINE)
    keys = {ring.database_key, ring.secret("session"), ring.secret("session "), ring.new_data_key("a").plain}
    assert len(keys) == 4
    assert ring.new_data_key("a").plain != ring.new_data_key("a").plain
    assert len({ring.pseudonym(text) for text in ("", "a", "A", "a ")}) == 4


def test_another_machine_and_another_kit_are_told_apart(file: KeyringFile) -> None:
    with pytest.raises(Fault) as machine:
        file.open_with_machine_key(OTHER_MACHINE)
    assert machine.value.key == "keys:wrong_machine_key"
    with pytest.raises(Mistake) as code:
        file.open_with_recovery(RecoveryKit.new().code)
    assert code.value.key == "keys:wrong_code"


def test_after_the_kit_opened_it_on_another_machine_the_machine_before_does_not(
    file: KeyringFile, path: Path
) -> None:
    before = file.open_with_machine_key(MACHINE)
    with pytest.raises(Mistake):
        file.replace_machine_slot(RecoveryKit.new().code, OTHER_MACHINE)
    file.replace_machine_slot(CODE, OTHER_MACHINE)
    moved = KeyringFile.read(path)
    assert same(moved.open_with_machine_key(OTHER_MACHINE), before)
    assert same(moved.open_with_recovery(CODE), before)
    with pytest.raises(Fault):
        moved.open_with_machine_key(MACHINE)


def test_a_file_whose_writing_breaks_off_stays_as_it_was(
    file: KeyringFile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise KeyboardInterrupt

    before = path.read_bytes()
    for step in ("os.fsync", "pathlib.Path.replace"):
        with monkeypatch.context() as broken:
            broken.setattr(step, breaks)
            with pytest.raises(KeyboardInterrupt):
                file.replace_machine_slot(CODE, OTHER_MACHINE)
        assert path.read_bytes() == before


# Damage.


def opens(path: Path, expected: Keyring) -> None:
    """Both ways in lead to the right keys, or to an error that a person can read."""
    for way in (
        lambda: KeyringFile.read(path).open_with_machine_key(MACHINE),
        lambda: KeyringFile.read(path).open_with_recovery(CODE),
    ):
        try:
            assert same(way(), expected)
        except KluisError as told:
            assert told.key in ("keys:unreadable", "keys:wrong_machine_key", "keys:wrong_code")  # noqa: PT017


def test_a_file_cut_short_anywhere_is_told(file: KeyringFile, path: Path) -> None:
    expected, whole = file.open_with_machine_key(MACHINE), path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        opens(path, expected)
        with pytest.raises(Fault):
            KeyringFile.read(path)


@settings(max_examples=150, suppress_health_check=SLOW_OR_SHARED)
@given(place=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_a_changed_byte_is_told_or_does_no_harm(file: KeyringFile, path: Path, place: int, byte: int) -> None:
    expected, whole = file.open_with_machine_key(MACHINE), path.read_bytes()
    changed = bytearray(whole)
    changed[place % len(whole)] = byte
    path.write_bytes(changed)
    opens(path, expected)
    path.write_bytes(whole)


places = [
    ("format",),
    ("current",),
    ("pending",),
    ("current", "generation"),
    ("current", "handover"),
    ("current", "machine"),
    ("current", "recovery"),
    *(("current", "machine", field) for field in ("box", "algorithm", "more")),
    *(
        ("current", "recovery", field)
        for field in ("box", "salt", "memory_kib", "passes", "lanes", "algorithm", "more")
    ),
]
values: list[Any] = [
    None,
    True,
    0,
    -1,
    7,
    10**9,
    10**30,
    1.5,
    "",
    "x",
    "AAAA",
    "é",
    [],
    {},
    [[[]]],
    {"generation": 1, "machine": {}, "recovery": {}},
]


@pytest.mark.parametrize("place", places, ids=".".join)
def test_a_value_of_the_wrong_kind_is_told_or_does_no_harm(
    file: KeyringFile, path: Path, place: tuple[str, ...]
) -> None:
    expected, whole = file.open_with_machine_key(MACHINE), path.read_bytes()
    for value in values:
        kept = inner = json.loads(whole)
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = value
        path.write_text(json.dumps(kept))
        opens(path, expected)


@pytest.mark.parametrize("text", ["", "[]", "7", "null", '"x"', "{}", "[" * 100_000, '{"format": 2}'])
def test_a_file_that_is_no_keyring_is_told(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(Fault) as told:
        KeyringFile.read(path)
    assert told.value.key == "keys:unreadable"


@pytest.mark.parametrize("data", [MACHINE, MACHINE.hex().encode(), MACHINE.hex().upper().encode() + b"\n"])
def test_a_machine_key_is_raw_or_hexadecimal(data: bytes) -> None:
    assert machine_key_from(data) == MACHINE


@pytest.mark.parametrize(
    "data", [b"", MACHINE[:31], MACHINE + b"\n", b"zz" * 32, MACHINE.hex().encode()[:-1]]
)
def test_a_machine_key_of_another_length_is_told(data: bytes) -> None:
    with pytest.raises(Fault):
        machine_key_from(data)


# The code on paper.

written = st.sampled_from(["{}", " {} ", "{}\n", "\t{}"])
hyphens = st.sampled_from(
    ["-", " ", "", "  ", "\N{EN DASH}", "\N{NON-BREAKING HYPHEN}", "\N{NO-BREAK SPACE}"]
)
LOOKALIKES = {"0": "0oO", "1": "1iIlL"}


@given(st.data(), hyphens, written, st.sampled_from([str.lower, str.upper, str.title]))
def test_a_code_may_be_typed_as_people_type(
    data: st.DataObject, hyphen: str, around: str, case: Callable[[str], str]
) -> None:
    letters = "".join(data.draw(st.sampled_from(LOOKALIKES.get(c, c))) for c in case(CODE))
    typed = around.format(letters.replace("-", hyphen))
    assert normalised(typed) == CODE
    assert RecoveryKit(CODE).proof_matches(typed)


def test_no_typing_error_opens_the_safe_and_nearly_all_are_told_by_their_group() -> None:
    told = tried = 0
    for place, wrong in ((p, c) for p in range(len(CODE)) if CODE[p] != "-" for c in ALPHABET):
        if wrong == CODE[place]:
            continue
        typed = f"{CODE[:place]}{wrong}{CODE[place + 1 :]}"
        assert not RecoveryKit(CODE).proof_matches(typed)
        tried += 1
        try:
            normalised(typed)
        except Mistake as error:
            assert f"group {place // 6 + 1}." in error.message  # noqa: PT017
            told += 1
    assert told / tried > 0.9


@pytest.mark.parametrize(
    "typed",
    ["", CODE[:-1], CODE + "0", CODE.replace(CODE[0], "U", 1), CODE[:-1] + "é", "-" * 47, "ﬁ" + CODE[2:]],
)
def test_what_is_no_code_is_told(typed: str) -> None:
    with pytest.raises(Mistake):
        normalised(typed)
    assert not RecoveryKit(CODE).proof_matches(typed)


def test_the_kit_shows_the_whole_code_and_is_another_each_time() -> None:
    kit = RecoveryKit(CODE)
    for shown in (kit.text(), kit.html()):
        assert all(group in shown for group in CODE.split("-"))
    assert len({RecoveryKit.new().code for _ in range(50)}) == 50
    assert len(CODE.split("-")) == GROUPS


# The box.


def test_a_safe_moves_to_another_machine_by_its_kit_alone(config: Config, kit: RecoveryKit) -> None:
    lost = config.machine_key.read_bytes()
    config.machine_key.unlink()
    with pytest.raises(Fault) as told:
        open_box(config)
    assert told.value.key == "keys:no_machine_key"
    with pytest.raises(Mistake):
        unlock(config, RecoveryKit.new().code)
    assert not config.machine_key.exists()
    unlock(config, kit.code)
    assert config.machine_key.read_bytes() != lost
    assert stat.S_IMODE(config.machine_key.stat().st_mode) == 0o600
    open_box(config).close()


def test_photos_whose_database_is_gone_are_not_taken_for_orphans(config: Config) -> None:
    box = open_box(config)
    blob = box.safe.blobs.write([b"original"], key=bytes(32), about="photo")
    box.close()
    for path in config.home.glob("kluis.db*"):
        path.unlink()
    with pytest.raises(Fault) as told:
        open_box(config)
    assert told.value.key == "store:missing"
    assert (config.files / blob.place).exists()
    assert not config.database.exists()
