"""What one photo costs, stage by stage, through the real actions on one core.

Each photo is imported and examined, and at once the same bytes are decoded by libjpeg-turbo alone: the
ratio of the two then holds whatever else the machine does.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from unittest import mock

import psutil
import simplejpeg

from appliance.actions import analysis, intake
from appliance.domain.access import OPERATOR
from appliance.domain.photos import FaceId, ImportId, PhotoId
from appliance.imaging.decode import Decoder
from appliance.sources.folders import open_candidate
from appliance.store.blobs import Blobs
from appliance.store.database import Store
from appliance.vision.analyser import FaceAnalyser
from appliance.vision.landmarks import Landmarker
from appliance.vision.runtime import Network
from appliance.wiring import Box
from bench.clocks import REST, Cost, Stopwatch
from bench.safes import shoot_of

READ, ENCRYPT, SYNC, DATABASE = "read", "hash and encrypt", "sync to disk", "database and rules"
REOPEN, DECODE, COPIES = "read back, decrypt", "decode", "proxy, thumbnail, fingerprint"
DETECT, MEASURE, NETWORKS = "around detection", "around landmarks and embedding", "networks"
STAGES = (READ, ENCRYPT, SYNC, DATABASE, REOPEN, DECODE, COPIES, DETECT, MEASURE, NETWORKS, REST)

# Where each stage begins and ends: a function or method of the product.
_POINTS: tuple[tuple[object, str, str], ...] = (
    (Blobs, "write", ENCRYPT),
    (Blobs, "stream", REOPEN),
    (os, "fsync", SYNC),
    (Store, "begin", DATABASE),
    (Store, "look", DATABASE),
    (Decoder, "decode", DECODE),
    (analysis, "proxy", COPIES),
    (analysis, "thumbnail", COPIES),
    (analysis, "fingerprint", COPIES),
    (FaceAnalyser, "examine", DETECT),
    (Landmarker, "mesh", MEASURE),
    (FaceAnalyser, "embed", MEASURE),
    (FaceAnalyser, "embed_for", MEASURE),
    (Network, "run", NETWORKS),
)


@dataclass(frozen=True, slots=True)
class PhotoCost:
    """stages: what the product took. bare: one scaled decode of the same file by libjpeg-turbo alone."""

    stages: dict[str, Cost]
    bare: Cost

    @property
    def total(self) -> Cost:
        """All stages together."""
        return sum(self.stages.values(), Cost())

    @property
    def apart_from_networks(self) -> float:
        """Seconds of processor time without those of the networks."""
        return self.total.cpu - self.stages.get(NETWORKS, Cost()).cpu


def bare_decode(data: bytes) -> None:
    """The least that any program must do with a JPEG: decode it at the scale that the product uses."""
    height, width, _, _ = simplejpeg.decode_jpeg_header(data)
    least = (analysis.LONG_SIDE, 0) if width >= height else (0, analysis.LONG_SIDE)
    simplejpeg.decode_jpeg(data, "RGB", fastdct=True, min_width=least[0], min_height=least[1])


def measure(box: Box, folder: Path, photos: Sequence[Path]) -> list[PhotoCost]:
    """Import a folder with these photos and examine each as soon as it is stored, on one core."""
    with _one_core(), _instrumented() as watch:
        bell = _ExamineAtOnce(box, photos, watch)
        warm_up(box, photos[0])
        watch.watch_helpers(child.pid for child in psutil.Process().children(recursive=True))
        watch.cut()
        intake.import_folder(
            box.safe, folder, by=OPERATOR, clock=box.clock, bell=bell, shoot_id=shoot_of(box)
        )
    return bell.costs


def warm_up(box: Box, photo: Path) -> None:
    """Load the networks and start the decoder, which happens once in the life of a worker."""
    picture = box.decoder.decode(photo.read_bytes(), at_least=analysis.LONG_SIDE).pixels
    box.analyser.embed(picture, box.analyser.find(picture))


class _ExamineAtOnce:
    """A bell that does the worker's part itself, and then the bare decode of the same file."""

    def __init__(self, box: Box, photos: Sequence[Path], watch: Stopwatch) -> None:
        self._box = box
        self._photos = iter(photos)
        self._watch = watch
        self.costs: list[PhotoCost] = []

    def analyse(self, photo_id: PhotoId) -> None:
        """The photo of the next file was stored."""
        box, watch = self._box, self._watch
        analysis.analyse(box.safe, box.decoder, box.analyser, photo_id, now=box.now(), day=box.today())
        stages = watch.cut()
        data = next(self._photos).read_bytes()
        watch.cut()
        bare_decode(data)
        self.costs.append(PhotoCost(stages, sum(watch.cut().values(), Cost())))

    def enrol(self, face_id: FaceId) -> None:
        """Nobody is enrolled here."""

    def take_in(self, import_id: ImportId) -> None:
        """No import is asked for here."""


@contextmanager
def _instrumented() -> Iterator[Stopwatch]:
    watch = Stopwatch()
    with ExitStack() as stack:
        for owner, name, stage in _POINTS:
            timed = watch.timed(stage, getattr(owner, name))
            stack.enter_context(mock.patch.object(owner, name, timed))
        reading = _timed_reading(watch, open_candidate)
        stack.enter_context(mock.patch.object(intake, "open_candidate", reading))
        yield watch


def _timed_reading(watch: Stopwatch, opener: Any) -> Any:
    @contextmanager
    def opened(candidate: Any) -> Iterator[Any]:
        with opener(candidate) as stream:
            yield _TimedStream(stream, watch)

    return opened


class _TimedStream:
    """A file whose reading is counted."""

    def __init__(self, stream: BinaryIO, watch: Stopwatch) -> None:
        self._stream = stream
        self.read = watch.timed(READ, stream.read)
        self.readinto = watch.timed(READ, stream.readinto)  # type: ignore[attr-defined]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def _one_core() -> Iterator[None]:
    """All of it on one core, this process and the decoder that it starts."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
