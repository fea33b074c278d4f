"""Photos, the faces in them, and the imports that brought them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from appliance.domain.cards import CardId

PhotoId = NewType("PhotoId", str)
FaceId = NewType("FaceId", str)
DoubtId = NewType("DoubtId", str)
ImportId = NewType("ImportId", str)
ShootId = NewType("ShootId", str)


class Stage(StrEnum):
    """How far a photo has come. The stage is the queue: the bell only says that there is work."""

    STORED = "stored"
    ANALYSED = "analysed"
    SET_ASIDE = "set_aside"


class Origin(StrEnum):
    """Who found a face."""

    MACHINE = "machine"
    HAND = "hand"


class Resolution(StrEnum):
    """What a named user said of a face that is given no name."""

    OPEN = "open"
    NOT_RECOGNISABLE = "not_recognisable"
    BLUR = "blur"


class Sign(StrEnum):
    """Why somebody may be at a place."""

    UNCLEAR_FACE = "unclear_face"
    BODY_WITHOUT_FACE = "body_without_face"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in the upright picture, in fractions of its width and height, from the top left."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge, as a fraction of the width."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The bottom edge, as a fraction of the height."""
        return self.top + self.height

    def clipped(self) -> "Box":
        """The part of the box that lies inside the picture."""
        left, top = max(0.0, self.left), max(0.0, self.top)
        right, bottom = min(1.0, self.right), min(1.0, self.bottom)
        return Box(left, top, max(0.0, right - left), max(0.0, bottom - top))

    def overlap(self, other: "Box") -> float:
        """Intersection over union, 0 to 1."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        if across <= 0 or down <= 0:
            return 0.0
        shared = across * down
        return shared / (self.width * self.height + other.width * other.height - shared)


@dataclass(frozen=True, slots=True)
class Capture:
    """What the camera wrote. The place never leaves the box with a release."""

    taken_at: datetime | None = None  # the camera's own clock, without a time zone
    camera: str = ""
    lens: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Photo:
    """One picture kept in the safe. `name` is the file's name on the card: personal data, kept encrypted."""

    id: PhotoId
    import_id: ImportId
    name: str
    sha256: str  # of the original's bytes, hexadecimal
    bytes: int
    media_type: str
    stage: Stage
    arrived_at: datetime
    width: int = 0  # upright, in pixels; 0 until analysed
    height: int = 0
    capture: Capture = field(default_factory=Capture)
    fingerprint: str = ""  # two perceptual hashes, 32 hexadecimal characters; "" until analysed
    head_count: int | None = None  # people recognisable in it, as a named user counted them
    set_aside_for: str = ""  # key of the error that set it aside
    shoot_id: ShootId | None = None  # the occasion at which it was taken
    doubts: int = 0  # places where somebody may be, of which nobody has said whether anybody is
    variant_of: PhotoId | None = None  # the photo that stands for the item, when it is not this one
    quarantined: bool = False  # it may be a duplicate, and waits until somebody has decided


@dataclass(frozen=True, slots=True)
class Face:
    """A person seen in a photo. Without a box: recognisable, though no face shows; added by hand."""

    id: FaceId
    photo_id: PhotoId
    box: Box | None
    origin: Origin
    score: float = 1.0  # the detector's certainty, 0 to 1
    resolution: Resolution = Resolution.OPEN
    points: tuple[tuple[float, float], ...] = ()  # eye corners and base of the nose, in fractions; or none
    lookalike: int | None = None  # faces of one import with the same number look alike


@dataclass(frozen=True, slots=True)
class Doubt:
    """A place where somebody may be, though no face was made out. score: of the sign, 0 to 1.

    nobody: a named user looked, and nobody is there. face_id: the face that one marked there.
    """

    id: DoubtId
    photo_id: PhotoId
    box: Box
    sign: Sign
    score: float
    nobody: bool = False
    face_id: FaceId | None = None

    @property
    def open(self) -> bool:
        """Whether nobody has looked yet."""
        return not self.nobody and self.face_id is None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did. `stored` and `known` are safe; `set_aside` and `failed` need somebody.

    problem: the key of the error that broke it off; then fewer photos were handled than found. collection_id:
    where its photos are put once all of them are examined. collected: how many were; None before that.
    no_room: how many more the collection could not hold.
    """

    id: ImportId
    source: str
    started_at: datetime
    finished_at: datetime | None
    found: int = 0
    stored: int = 0
    known: int = 0
    set_aside: int = 0
    failed: int = 0
    bytes: int = 0
    shoot_id: ShootId | None = None
    at_most: int | None = None  # photos that are taken in, spread over all that are found; None for all
    card_id: CardId | None = None  # the card it was copied from, as the card service knows it
    problem: str = ""
    share_id: str | None = None  # the share it was copied from
    collection_id: str | None = None
    collected: int | None = None
    no_room: int = 0

    @property
    def handled(self) -> int:
        """Files that are done with."""
        return self.stored + self.known + self.failed

    @property
    def left(self) -> int:
        """Files that were found and not come to: they are nowhere but on the card."""
        return max(0, self.found - self.handled)
