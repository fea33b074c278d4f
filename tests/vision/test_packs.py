"""Model packs: what a manifest must say, what is refused, and which pack is in use."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.errors import Fault, KluisError, Mistake
from appliance.vision import manifest
from appliance.vision.adding import add
from appliance.vision.convert import Precision, convert
from appliance.vision.dlib_weights import FaceNetwork
from appliance.vision.manifest import Pack, Thresholds
from appliance.vision.packs import installed, load, name_in_use, pack_name, use, verify

NAME = "dlib-resnet-int8"
Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def other(pack: Pack, face_network: FaceNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one more pack: the default one with int8 weights."""
    folder = tmp_path_factory.mktemp("other") / NAME
    shutil.copytree(pack.folder, folder)
    data = convert(face_network, Precision.INT8)
    (folder / "embedding.tflite").write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    models = tuple(
        replace(m, bytes=len(data), sha256=digest) if m.role == "embedding" else m for m in pack.models
    )
    manifest.write(replace(pack, name=NAME, folder=folder, models=models))
    return folder


@pytest.fixture
def models(pack: Pack, tmp_path: Path) -> Path:
    """A folder of packs with the default one."""
    shutil.copytree(pack.folder, tmp_path / "models" / pack.name)
    return tmp_path / "models"


def zipped(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    return target


def changed(folder: Path, target: Path, change: Change) -> Path:
    """A copy of a pack with something else in its manifest."""
    shutil.copytree(folder, target)
    told = json.loads((target / manifest.FILE).read_text())
    change(told)
    (target / manifest.FILE).write_text(json.dumps(told))
    return target


def added(source: Path | str, models: Path, *objections: str, force: bool = False, sha256: str = "") -> Pack:
    return add(
        str(source),
        models,
        sha256=sha256,
        objections=lambda _pack: list(objections),
        force=force,
        progress=lambda _line: None,
    )


def left_behind(models: Path) -> set[str]:
    return {path.name for path in models.iterdir()}


@pytest.mark.parametrize("packed", [True, False])
def test_a_pack_is_added_from_a_folder_or_a_file_and_used_when_it_is_chosen(
    other: Path, models: Path, tmp_path: Path, packed: bool
) -> None:
    source = zipped(other, tmp_path / "pack.zip") if packed else other
    made = added(source, models)
    verify(made)
    assert [one.name for one in installed(models)] == [pack_name(Precision.FLOAT32), NAME]
    assert load(models).name == pack_name(Precision.FLOAT32)
    use(models, NAME)
    assert load(models).name == name_in_use(models) == NAME
    assert load(models).key != manifest.read(models / pack_name(Precision.FLOAT32)).key
    assert left_behind(models) == {pack_name(Precision.FLOAT32), NAME, "in-use"}


def test_a_worse_pack_is_refused_unless_it_is_forced(other: Path, models: Path) -> None:
    with pytest.raises(Mistake) as refused:
        added(other, models, "It finds fewer faces.")
    assert refused.value.key == "models:worse"
    assert left_behind(models) == {pack_name(Precision.FLOAT32)}
    assert added(other, models, "It finds fewer faces.", force=True).name == NAME


def _rename(told: dict[str, Any]) -> None:
    told["name"] = pack_name(Precision.FLOAT32)


def _another_hash(told: dict[str, Any]) -> None:
    told["models"][0]["sha256"] = "0" * 64


def _no_licence(told: dict[str, Any]) -> None:
    told["models"][0]["licence"] = "  "


def _no_role(told: dict[str, Any]) -> None:
    told["models"] = [model for model in told["models"] if model["role"] != "landmarks"]


def _strange_role(told: dict[str, Any]) -> None:
    told["models"][0]["role"] = "horoscope"


def _other_shape(told: dict[str, Any]) -> None:
    by_role = {model["role"]: model for model in told["models"]}
    by_role["detector"].update({k: by_role["near_detector"][k] for k in ("file", "sha256", "bytes")})


def _old(told: dict[str, Any]) -> None:
    told["version"] = 1


def _outside(told: dict[str, Any]) -> None:
    told["models"][0]["file"] = "../machine.key"


def _not_there(told: dict[str, Any]) -> None:
    told["models"][0]["file"] = "nothing.tflite"


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (_rename, "models:name_taken"),
        (_another_hash, "models:wrong_file"),
        (_no_licence, "models:bad_manifest"),
        (_no_role, "models:roles"),
        (_strange_role, "models:roles"),
        (_other_shape, "models:shapes"),
        (_old, "models:old"),
        (_outside, "models:bad_manifest"),
        (_not_there, "models:no_pack"),
    ],
)
def test_a_pack_that_is_not_in_order_is_refused_and_nothing_of_it_stays(
    other: Path, models: Path, tmp_path: Path, change: Change, key: str
) -> None:
    broken = changed(other, tmp_path / "broken", change)
    for source in (broken, zipped(broken, tmp_path / "broken.zip") if key != "models:no_pack" else broken):
        with pytest.raises(KluisError) as refused:
            added(source, models)
        assert refused.value.key == key
        assert left_behind(models) == {pack_name(Precision.FLOAT32)}


def test_a_file_must_have_the_hash_that_was_promised(other: Path, models: Path, tmp_path: Path) -> None:
    packed = zipped(other, tmp_path / "pack.zip")
    digest = hashlib.sha256(packed.read_bytes()).hexdigest()
    with pytest.raises(Mistake) as refused:
        added(packed, models, sha256="0" * 64)
    assert refused.value.key == "models:other_file"
    assert added(packed, models, sha256=digest.upper()).name == NAME


@pytest.mark.parametrize(
    ("address", "sha256"), [("http://example.org/p.zip", "0" * 64), ("https://example.org/p.zip", "")]
)
def test_an_address_needs_https_and_a_hash(models: Path, address: str, sha256: str) -> None:
    with pytest.raises(Mistake) as refused:
        added(address, models, sha256=sha256)
    assert refused.value.key == "models:unsafe_address"


@given(junk=st.binary(max_size=200))
def test_a_file_that_is_no_pack_is_refused(junk: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.mktemp("junk")
    (place / "pack.zip").write_bytes(junk)
    with pytest.raises(Mistake) as refused:
        added(place / "pack.zip", place / "models")
    assert refused.value.key == "models:no_pack"
    assert left_behind(place / "models") == set()


def test_a_pack_that_is_not_there_cannot_be_used(models: Path) -> None:
    with pytest.raises(Mistake) as refused:
        use(models, "nothing")
    assert refused.value.key == "models:unknown"


def test_a_pack_whose_file_was_changed_is_neither_loaded_nor_chosen(models: Path) -> None:
    name = pack_name(Precision.FLOAT32)
    (models / name / "detector.tflite").write_bytes(b"something else")
    for attempt in (lambda: load(models), lambda: use(models, name)):
        with pytest.raises(Fault) as refused:
            attempt()
        assert refused.value.key == "models:wrong_file"


def test_a_pack_of_an_older_version_is_not_used(models: Path) -> None:
    name = pack_name(Precision.FLOAT32)
    manifest.write(replace(manifest.read(models / name), version=1))
    with pytest.raises(Mistake) as refused:
        load(models)
    assert refused.value.key == "models:old"


# --- what thresholds mean ---------------------------------------------------------------------------------

RATES = ((0.3, 1e-5), (0.32, 1e-4), (0.36, 1e-3), (0.4, 1e-2))
LIMITS = Thresholds(detection=0.3, match=0.32, rates=RATES, measured_on="somewhere")


@given(people=st.integers(1, 90))
def test_in_a_gallery_of_any_size_about_one_stranger_in_a_thousand_is_taken_for_somebody(people: int) -> None:
    false = LIMITS.false_in_thousand(LIMITS.match_among(people), people)
    assert false == pytest.approx(1, rel=0.02)


@given(people=st.integers(1, 100_000))
def test_the_more_people_the_nearer_a_face_must_be(people: int) -> None:
    assert RATES[0][0] <= LIMITS.match_among(people + 1) <= LIMITS.match_among(people) <= RATES[-1][0]


@given(distance=st.floats(0.3, 0.4))
def test_rates_lie_between_those_that_were_measured(distance: float) -> None:
    rate = LIMITS.stranger_rate(distance)
    assert rate is not None
    assert 1e-5 * 0.999 <= rate <= 1e-2 * 1.001


def test_nothing_is_said_of_what_was_not_measured() -> None:
    assert LIMITS.stranger_rate(0.2) is None
    assert LIMITS.false_in_thousand(0.5, 10) is None
    plain = Thresholds(0.3, 0.5)
    assert plain.match_among(1000) == 0.5
    assert plain.false_in_thousand(0.5, 10) is None


def test_a_manifest_is_read_as_it_was_written(pack: Pack, tmp_path: Path) -> None:
    manifest.write(replace(pack, folder=tmp_path))
    assert manifest.read(tmp_path) == replace(pack, folder=tmp_path)
    assert pack.thresholds.rates
