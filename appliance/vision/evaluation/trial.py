"""A short trial of a model pack: is it as good as the one in use? On a handful of portraits, made harder.

It tells a pack that is broken, or made for something else, from one that works. Small differences it
cannot tell; that is what `kluis eval` on labelled photos is for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from appliance.vision.analyser import FaceAnalyser
from appliance.vision.crops import Pixels
from appliance.vision.embed import LENGTH
from appliance.vision.evaluation.detection import Bounds, assigned
from appliance.vision.evaluation.figures import Share, best_threshold
from appliance.vision.evaluation.variants import variants

_SLACK = 0.01  # a pack may be this much worse on any count: the trial is no finer than that


@dataclass(frozen=True, slots=True)
class Sitter:
    """A portrait, whose face has these bounds, and who is in it."""

    picture: Pixels
    bounds: Bounds
    person: str


@dataclass(frozen=True, slots=True)
class Trial:
    """found: faces in portraits made harder. boxes: of what was found, faces. told_apart: pairs of portraits
    judged rightly at the pack's best threshold. kept_apart: strangers farther apart than its own threshold.
    """

    found: Share
    boxes: Share
    told_apart: Share
    kept_apart: Share


def trial(analyser: FaceAnalyser, sitters: Sequence[Sitter]) -> Trial:
    """Find the face in every variant of the portraits, and compare all of them with each other."""
    found, boxes, vectors, people = 0, 0, [], []
    pictures = [(variant, one.person) for one in sitters for variant in variants(one.picture, one.bounds)]
    for variant, person in pictures:
        height, width = variant.picture.shape[:2]
        faces = analyser.find(variant.picture)
        seen = [
            (f.box.left * width, f.box.top * height, f.box.right * width, f.box.bottom * height)
            for f in faces
        ]
        boxes += len(seen)
        for chosen in assigned([variant.bounds], seen).values():
            found += 1
            vectors.append(analyser.embed(variant.picture, [faces[chosen]])[0])
            people.append(person)
    distances, same = _compared(np.array(vectors, np.float32).reshape(-1, LENGTH), people)
    right = (distances <= best_threshold(distances, same)) == same if len(distances) else same
    apart = distances[~same] > analyser.match_threshold
    return Trial(
        found=Share(found, len(pictures)),
        boxes=Share(found, boxes),
        told_apart=Share(int(right.sum()), len(right)),
        kept_apart=Share(int(apart.sum()), len(apart)),
    )


def _compared(vectors: np.ndarray, people: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    first, second = np.triu_indices(len(vectors), 1)
    distances = np.linalg.norm(vectors[first] - vectors[second], axis=1)
    owners = np.array(people)
    return distances, (owners[first] == owners[second]) if len(owners) else np.zeros(0, bool)


def worse(new: Trial, present: Trial) -> list[str]:
    """In what the new pack is worse, as sentences; nothing when it is as good."""
    counts = (
        ("It finds fewer faces", new.found, present.found),
        ("It takes more for faces that are none", new.boxes, present.boxes),
        ("It tells people apart less well", new.told_apart, present.told_apart),
        ("It takes more strangers for somebody", new.kept_apart, present.kept_apart),
    )
    return [
        f"{what}: {(got.value or 0):.1%}, where the present pack has {(had.value or 0):.1%}."
        for what, got, had in counts
        if (got.value or 0) < (had.value or 0) - _SLACK
    ]


def sitters(analyser: FaceAnalyser, portraits: Sequence[tuple[Pixels, str]]) -> list[Sitter]:
    """Portraits with the bounds of their one face, as a pack finds it; without those where it finds none."""
    found = []
    for picture, person in portraits:
        faces = analyser.find(picture)
        if len(faces) == 1:
            height, width = picture.shape[:2]
            box = faces[0].box
            bounds = (box.left * width, box.top * height, box.right * width, box.bottom * height)
            found.append(Sitter(picture, bounds, person))
    return found
