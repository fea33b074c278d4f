"""What was found in a picture: faces, and places where somebody may be though no face could be made out."""

from dataclasses import dataclass

from appliance.domain.photos import Box, Sign
from appliance.vision.crops import Floats


@dataclass(frozen=True, slots=True)
class FoundFace:
    """A face in a picture.

    box: in fractions of the upright picture. score: the detector's certainty, 0 to 1. points: dlib's
    five, [5,2], in pixels of the picture that was given. quality: 0 to 1, by size and how clear it is.
    """

    box: Box
    score: float
    points: Floats
    quality: float


@dataclass(frozen=True, slots=True)
class FoundDoubt:
    """Somebody may be here, and a person must look. box: in fractions of the picture; score: 0 to 1."""

    box: Box
    sign: Sign
    score: float


@dataclass(frozen=True, slots=True)
class Findings:
    """faces: largest first. doubts: strongest first; none of them at a face. Neither means: nobody."""

    faces: tuple[FoundFace, ...]
    doubts: tuple[FoundDoubt, ...]
