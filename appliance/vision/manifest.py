"""What a model pack says of itself: its networks, where they came from, and what its thresholds mean."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from appliance.domain.errors import Fault

FILE = "manifest.json"
# How the networks are used. Raised when embeddings of the same network can no longer be compared: 2 is
# the first with unit length, mirrored faces and dlib's own points.
VERSION = 2
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """detection: score from which the networks look closer. match: the largest distance of a suggestion.

    rates: pairs of a distance and the part of strangers that come as near, smallest distance first, as
    measured on the data that `measured_on` names.
    """

    detection: float
    match: float
    rates: tuple[tuple[float, float], ...] = ()
    measured_on: str = ""

    def stranger_rate(self, distance: float) -> float | None:
        """Part of strangers that come as near as this; None outside of what was measured."""
        distances = [one for one, _ in self.rates]
        if not distances or not distances[0] <= distance <= distances[-1]:
            return None
        return float(np.exp(np.interp(distance, distances, np.log([rate for _, rate in self.rates]))))

    def false_in_thousand(self, distance: float, people: int) -> float | None:
        """Of 1,000 faces of strangers, each compared with so many people, how many get a false suggestion
        up to a distance. None when it was not measured."""
        rate = self.stranger_rate(distance)
        return None if rate is None else 1000 * (1 - (1 - rate) ** people)

    def match_among(self, people: int) -> float:
        """The largest distance of a suggestion in a gallery of so many people.

        It is chosen so that about one of 1,000 strangers' faces gets a false suggestion, as far as rates
        were measured: the more people there are, the nearer a face must be.
        """
        if not self.rates:
            return self.match
        wanted = np.log(1 - (1 - 0.001) ** (1 / max(people, 1)))
        return float(np.interp(wanted, np.log([rate for _, rate in self.rates]), [d for d, _ in self.rates]))


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One network of a pack. package and member: of which archive it is a part; empty when it is none."""

    role: str
    file: str
    bytes: int
    sha256: str
    licence: str
    training_data: str
    package: str = ""
    package_version: str = ""
    package_sha256: str = ""
    member: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """The networks that work together."""

    name: str
    version: int
    folder: Path
    thresholds: Thresholds
    models: tuple[ModelFile, ...]

    @property
    def key(self) -> str:
        """What goes with each template that the pack made; only templates of one key can be compared."""
        return f"{self.name}/{self.version}"

    def has(self, role: str) -> bool:
        """Whether the pack has a network with a role."""
        return any(model.role == role for model in self.models)

    def path(self, role: str) -> Path:
        """The file of the network with a role; docs/models.md has the roles."""
        return self.folder / next(model.file for model in self.models if model.role == role)


def write(pack: Pack) -> None:
    """Write the manifest into the pack's folder."""
    manifest = {
        "name": pack.name,
        "version": pack.version,
        "thresholds": asdict(pack.thresholds),
        "models": [asdict(model) for model in pack.models],
    }
    (pack.folder / FILE).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def read(folder: Path) -> Pack:
    """The pack in a folder, as its manifest says; the networks are not looked at.

    Raises:
        Fault: when the manifest is missing, or is not what docs/models.md describes.
    """
    try:
        manifest = json.loads((folder / FILE).read_text(encoding="utf-8"))
        pack = Pack(
            name=_checked(manifest["name"], str, lambda name: bool(_NAME.fullmatch(name))),
            version=_checked(manifest["version"], int),
            folder=folder,
            thresholds=_thresholds(manifest["thresholds"]),
            models=tuple(_model(model) for model in manifest["models"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise Fault(
            "models:bad_manifest",
            "The manifest of the model pack cannot be read.",
            "Delete the pack's folder and install it again.",
        ) from problem
    return pack


def _thresholds(told: Mapping[str, Any]) -> Thresholds:
    pairs = [(float(distance), float(rate)) for distance, rate in told.get("rates", ())]
    if pairs != sorted(pairs) or any(not 0 < rate <= 1 for _, rate in pairs):
        raise ValueError("rates of strangers")
    return Thresholds(
        detection=float(_checked(told["detection"], (int, float), lambda score: 0 < score < 1)),
        match=float(_checked(told["match"], (int, float), lambda distance: distance > 0)),
        rates=tuple(pairs),
        measured_on=_checked(told.get("measured_on", ""), str),
    )


def _model(told: Mapping[str, Any]) -> ModelFile:
    unknown = set(told) - {field.name for field in fields(ModelFile)}
    if unknown:
        raise ValueError(f"unknown fields: {unknown}")
    model = ModelFile(**told)
    _checked(model.bytes, int, lambda count: count > 0)
    for value in (model.role, model.licence, model.training_data):
        _checked(value, str, lambda text: bool(text.strip()))
    for value in (model.package, model.package_version, model.package_sha256, model.member):
        _checked(value, str)
    # A file beside the manifest and nowhere else, whatever the manifest says.
    _checked(model.file, str, lambda name: bool(re.fullmatch(r"\w[\w.-]*", name)))
    _checked(model.sha256, str, lambda digest: bool(re.fullmatch(r"[0-9a-f]{64}", digest)))
    return model


def _checked(
    value: Any, kind: type | tuple[type, ...], holds: Callable[[Any], bool] = lambda _value: True
) -> Any:
    if not isinstance(value, kind) or isinstance(value, bool) or not holds(value):
        raise ValueError(f"not what was expected: {value!r}")
    return value
