"""The formats on disk, against vectors that were made without the product's code (docs/format.md)."""

import base64
import hashlib
import io
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from appliance.domain.audit import GENESIS, Entry, Event, Outcome, seal, verify
from appliance.domain.errors import Fault, Mistake, Tampered
from appliance.store import segments
from appliance.store.keyring_file import KeyringFile
from appliance.store.keys import Keyring
from appliance.store.recovery_kit import RecoveryKit, normalised
from appliance.store.segments import decrypted, encrypt

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "docs" / "format.md"
VECTORS: dict[str, Any] = json.loads((HERE / "vectors.json").read_text("utf-8"))
STREAMS = {vector["name"]: vector for vector in VECTORS["streams"]}
PATTERN = bytes(range(251))  # of the long plain texts: byte i is i modulo 251


def raw(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def plain_of(vector: dict[str, Any]) -> bytes:
    if "plain" in vector:
        return raw(vector["plain"])
    length: int = vector["plain_bytes"]
    return (PATTERN * (length // len(PATTERN) + 1))[:length]


def stream_of(vector: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The product's own stream, with the vector's salt and prefix in place of random ones."""
    given = {segments.SALT: raw(vector["salt"]), segments.PREFIX: raw(vector["prefix"])}
    monkeypatch.setattr(segments.secrets, "token_bytes", given.__getitem__)
    written = io.BytesIO()
    encrypt([plain_of(vector)], written.write, raw(vector["key"]), vector["about"])
    return written.getvalue()


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_is_written_as_the_document_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    vector = STREAMS[name]
    stream = stream_of(vector, monkeypatch)
    assert hashlib.sha256(plain_of(vector)).hexdigest() == vector["plain_sha256"]
    assert len(stream) == vector["stream_bytes"]
    assert hashlib.sha256(stream).hexdigest() == vector["stream_sha256"]
    assert base64.b64encode(stream).decode() == vector.get("stream", base64.b64encode(stream).decode())


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_opens_to_its_plain_bytes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    vector = STREAMS[name]
    stream = raw(vector["stream"]) if "stream" in vector else stream_of(vector, monkeypatch)
    parts = list(decrypted(io.BytesIO(stream), raw(vector["key"]), vector["about"]))
    assert len(parts) == vector["segments"]
    assert b"".join(parts) == plain_of(vector)


@pytest.mark.parametrize("place", [0, 1, 33, 40, -1], ids=["length", "salt", "prefix", "text", "tag"])
def test_a_changed_bit_is_found_out(place: int) -> None:
    vector = STREAMS["a word"]
    stream = bytearray(raw(vector["stream"]))
    stream[place] ^= 1
    with pytest.raises(Tampered):
        list(decrypted(io.BytesIO(bytes(stream)), raw(vector["key"]), vector["about"]))


def test_a_stream_does_not_open_under_another_name_or_key() -> None:
    vector = STREAMS["a word"]
    stream, key = raw(vector["stream"]), raw(vector["key"])
    with pytest.raises(Tampered):
        list(decrypted(io.BytesIO(stream), key, vector["about"].replace("original", "proxy")))
    with pytest.raises(Tampered):
        list(decrypted(io.BytesIO(stream), key[::-1], vector["about"]))


@pytest.mark.parametrize("name", ["one byte more", "three segments"])
def test_a_stream_that_ends_at_a_segment_is_found_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    vector = STREAMS[name]
    cut = stream_of(vector, monkeypatch)[: segments.SEGMENT]
    with pytest.raises(Tampered):
        list(decrypted(io.BytesIO(cut), raw(vector["key"]), vector["about"]))


def keyring() -> Keyring:
    kept = VECTORS["keys"]
    return Keyring(raw(kept["root"]), raw(kept["pseudonyms"]), kept["generation"])


def test_the_keys_follow_from_the_root_key() -> None:
    kept, ring = VECTORS["keys"], keyring()
    assert ring.database_key == raw(kept["database"])
    assert ring.secret("session") == raw(kept["session"])
    assert ring.pseudonym(kept["pseudonym_of"]) == kept["pseudonym"]


def test_a_wrapped_data_key_opens_for_its_own_photo_alone() -> None:
    kept, ring = VECTORS["keys"], keyring()
    assert ring.unwrap(raw(kept["wrapped"]), kept["photo"]) == raw(kept["data_key"])
    with pytest.raises(Tampered):
        ring.unwrap(raw(kept["wrapped"]), kept["photo"][::-1])


def keyring_file(folder: Path) -> KeyringFile:
    path = folder / "keyring.json"
    path.write_text(json.dumps(VECTORS["keyring"]["file"]))
    return KeyringFile.read(path)


def test_both_slots_of_the_keyring_open_to_the_same_keys(tmp_path: Path) -> None:
    file = keyring_file(tmp_path)
    by_machine = file.open_with_machine_key(raw(VECTORS["keyring"]["machine_key"]))
    by_code = file.open_with_recovery(VECTORS["keyring"]["code"].replace("-", " ").lower())
    assert by_machine.database_key == by_code.database_key == raw(VECTORS["keys"]["database"])
    assert by_machine.pseudonym("x") == by_code.pseudonym("x") == keyring().pseudonym("x")


def test_the_keyring_does_not_open_with_another_key_or_code(tmp_path: Path) -> None:
    file = keyring_file(tmp_path)
    with pytest.raises(Fault):
        file.open_with_machine_key(bytes(32))
    with pytest.raises(Mistake):
        file.open_with_recovery(RecoveryKit.new().code)


def changing(folder: Path) -> KeyringFile:
    """The same keyring while its root key is changed."""
    kept = VECTORS["keyring"]["file"] | {"pending": VECTORS["keyring"]["pending"]}
    path = folder / "keyring.json"
    path.write_text(json.dumps(kept))
    return KeyringFile.read(path)


@pytest.mark.parametrize("of", [keyring_file, changing], ids=["at rest", "while the root key is changed"])
def test_the_keyring_is_written_as_it_was_read(tmp_path: Path, of: Callable[[Path], KeyringFile]) -> None:
    file = of(tmp_path)
    before = json.loads(file.path.read_bytes())
    file.write()
    assert json.loads(file.path.read_bytes()) == before


def test_the_next_root_key_is_handed_over_to_whoever_opens_the_one_before(tmp_path: Path) -> None:
    file = changing(tmp_path)
    wanted = raw(VECTORS["keyring"]["next_root"]) + raw(VECTORS["keys"]["pseudonyms"])
    assert file.pending is not None
    assert file.machine_keys(file.pending, raw(VECTORS["keyring"]["machine_key"])) == wanted
    assert file.pending.recovery.open(VECTORS["keyring"]["next_code"]) == wanted
    another_machine = bytes(32)
    file.replace_machine_slot(VECTORS["keyring"]["code"], another_machine)
    assert file.machine_keys(file.pending, another_machine) == wanted


def test_a_recovery_code_checks_each_group_and_its_place() -> None:
    code = VECTORS["recovery_code"]["code"]
    groups = code.split("-")
    assert [group[:4] for group in groups] == VECTORS["recovery_code"]["groups"]
    assert normalised(code.lower().replace("0", "o").replace("1", "l")) == code
    with pytest.raises(Mistake):
        normalised("-".join([groups[1], groups[0], *groups[2:]]))


def entries() -> list[Entry]:
    return [
        Entry(
            number=row["number"],
            at=datetime.fromisoformat(row["at"]),
            actor_kind=row["actor_kind"],
            actor=row["actor"],
            event=Event(row["action"], row["thing"], Outcome(row["outcome"]), row["detail"]),
            previous=row["previous"],
            seal=row["seal"],
            algorithm=json.loads(row["line"])[0],
        )
        for row in VECTORS["audit"]
    ]


def test_audit_seals_are_those_of_the_document() -> None:
    previous = GENESIS
    for entry, row in zip(entries(), VECTORS["audit"], strict=True):
        assert row["previous"] == previous
        assert hashlib.sha256(row["line"].encode("ascii")).hexdigest() == row["seal"]
        made = seal(
            entry.number,
            entry.at,
            entry.actor_kind,
            entry.actor,
            entry.event,
            previous,
            algorithm=entry.algorithm,
        )
        assert made == row["seal"]
        previous = made
    assert verify(entries()).whole


def texts(value: object) -> list[str]:
    """Every text in a vector but its name and the parts of its JSON line."""
    if isinstance(value, dict):
        return [text for key, one in value.items() if key not in ("name", "line") for text in texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []


def test_the_document_states_every_vector_fully() -> None:
    document = "".join(DOCUMENT.read_text("utf-8").split())
    parts = [VECTORS[key] for key in ("streams", "keys", "recovery_code", "keyring", "audit")]
    missing = [text for text in texts(parts) if "".join(text.split()) not in document]
    assert not missing
