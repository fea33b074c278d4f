"""Records: the same thing is always the same bytes, and everything is in them."""

import json
from dataclasses import dataclass, fields
from datetime import timedelta, timezone
from types import MappingProxyType

import pytest

from appliance.domain.consent import Quitclaim
from appliance.domain.signing import Signing
from appliance.evidence.records import canonical, quitclaim_json, signing_json
from tests.evidence.forms import SIGNED_AT, signing, versions


def test_a_signing_is_whole_in_its_record() -> None:
    record = json.loads(signing_json(signing()))
    assert record.keys() == {"format", *(field.name for field in fields(Signing))}
    assert record["answers"]["web"] == "granted"
    assert record["signature"]["mark"] == "drawn"
    assert [len(stroke) for stroke in record["signature"]["strokes"]] == [90, 21]
    assert record["signed_at"] == "2026-11-24T12:05:09+00:00"


def test_a_quitclaim_is_whole_in_its_record() -> None:
    record = json.loads(quitclaim_json(versions()[0]))
    assert record.keys() == {"format", *(field.name for field in fields(Quitclaim))}
    assert record["terms"][0]["valid_until"] == "2029-11-23"


def test_the_order_of_answers_and_the_zone_of_the_clock_do_not_matter() -> None:
    backwards = MappingProxyType(dict(reversed(signing().answers.items())))
    elsewhere = SIGNED_AT.astimezone(timezone(timedelta(hours=9)))
    assert signing_json(signing(answers=backwards, signed_at=elsewhere)) == signing_json(signing())


def test_a_record_is_ascii_without_spaces() -> None:
    assert canonical({"b": "Ş", "a": 1}) == b'{"a":1,"b":"\\u015e"}'


def test_what_has_no_place_in_a_record_is_refused() -> None:
    @dataclass
    class Odd:
        thing: object

    with pytest.raises(TypeError):
        canonical({"odd": Odd(object())})
