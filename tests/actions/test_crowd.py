"""A photo of 60 megapixels with 200 faces: memory stays bounded, and nobody of them leaves a measure."""

import base64
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from appliance.actions import enrolment
from appliance.actions.analysis import LONG_SIDE
from appliance.actions.intake import import_folder
from appliance.demo.card import OBAMA
from appliance.domain.access import OPERATOR
from appliance.domain.photos import Box as FaceBox
from appliance.store.photos import BlobKind
from appliance.tasks import Jobs
from appliance.vision.analyser import FaceAnalyser
from appliance.vision.manifest import Pack
from appliance.wiring import Box, open_box
from tests.actions.scene import everything, fill, named, original, person, rows
from tests.actions.test_enrolment import agree_to_recognition, bring, enrolled, says_yes
from tests.conftest import MODELS, PACKAGES, ROOT, Clock, config_of

pytestmark = [pytest.mark.usefixtures("pack"), pytest.mark.acceptance]  # some two hundred faces

Pixels = NDArray[np.uint8]
COLUMNS, ROWS, CELL = 21, 10, 460  # 210 faces in 9,660 x 6,300 pixels
HEIGHT = 6300
ENROLLED = "KLUI0001.JPG"
# What a worker and its decoder may each take at most, in bytes.
WORKER, DECODER = 400_000_000, 200_000_000


@pytest.fixture(scope="module")
def crowd(portraits: dict[str, Pixels], pack: Pack) -> bytes:
    """Every portrait but the one that is enrolled, over and over: turned, mirrored, lighter and darker."""
    analyser = FaceAnalyser(pack)
    heads = []
    for name, picture in portraits.items():
        found = [] if name == ENROLLED else analyser.find(picture)
        heads += [_head(picture, face.box) for face in found]
    chance = np.random.default_rng(1)
    drawn = np.full((HEIGHT, COLUMNS * CELL, 3), 120, np.uint8)
    for place in range(COLUMNS * ROWS):
        top, left = place // COLUMNS * (HEIGHT // ROWS), place % COLUMNS * CELL
        drawn[top : top + CELL, left : left + CELL] = _varied(heads[place % len(heads)], chance)
    written = io.BytesIO()
    Image.fromarray(drawn).save(written, "JPEG", quality=85)
    return written.getvalue()


def _head(picture: Pixels, box: FaceBox) -> Pixels:
    tall, wide = picture.shape[:2]
    middle = ((box.left + box.right) / 2 * wide, (box.top + box.bottom) / 2 * tall)
    side = max(box.width * wide, box.height * tall) * 1.7
    matrix = np.array([[CELL / side, 0, CELL / 2 - middle[0] * CELL / side]], np.float64)
    matrix = np.vstack([matrix, [[0, CELL / side, CELL / 2 - middle[1] * CELL / side]]])
    return np.asarray(
        cv2.warpAffine(picture, matrix, (CELL, CELL), borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _varied(head: Pixels, chance: np.random.Generator) -> Pixels:
    turn = cv2.getRotationMatrix2D((CELL / 2, CELL / 2), chance.uniform(-8, 8), chance.uniform(0.95, 1.05))
    turned = cv2.warpAffine(head, turn, (CELL, CELL), borderMode=cv2.BORDER_REPLICATE)
    mirrored = turned[:, ::-1] if chance.integers(2) else turned
    return np.asarray(np.clip(mirrored * chance.uniform(0.8, 1.1), 0, 255), np.uint8)


def measures(box: Box) -> NDArray[np.float32]:
    """What every face of the crowd measures, as when it was examined, and as it is looked for again."""
    found = []
    for kind in (BlobKind.ORIGINAL, BlobKind.PROXY):
        data = original(box, named(box, "CROWD.JPG"), kind)
        pixels = box.decoder.decode(data, at_least=LONG_SIDE).pixels
        found.append(box.analyser.embed(pixels, box.analyser.find(pixels)))
    return np.concatenate(found)


def kept_vectors(box: Box) -> NDArray[np.float32]:
    """Whatever in the raw rows could be a vector, in steps of a number."""
    kept = [np.zeros((0, 128), np.float32)]
    for _, value in everything(box):
        if isinstance(value, bytes) and len(value) >= 512:
            numbers = np.frombuffer(value[: len(value) // 4 * 4], "<f4")
            kept.append(np.lib.stride_tricks.sliding_window_view(numbers, 128)[::128])
    found = np.concatenate(kept)
    return found[(np.abs(found) < 1000).all(axis=1)]  # no measure has larger numbers, nor one that is none


def written_elsewhere(box: Box, temporary: Path) -> bytes:
    """Every file of the box as it lies on the disk, and what was put aside while it worked."""
    files = [*box.config.home.rglob("*"), *temporary.rglob("*")]
    return b"".join(path.read_bytes() for path in files if path.is_file())


def any_within(shapes: list[bytes], content: bytes) -> bool:
    """Whether the first eight bytes of any of these are anywhere in the content."""
    wanted = np.array([int.from_bytes(shape[:8], "little") for shape in shapes], np.uint64)
    for offset in range(8):
        usable = (len(content) - offset) // 8 * 8
        words = np.frombuffer(content, np.uint8, usable, offset).view(np.uint64)
        if np.isin(words, wanted).any():
            return True
    return False


_WORK = """
import os, re, sys
import psutil
from pathlib import Path
from appliance.actions.analysis import analyse, waiting
from appliance.wiring import open_box
from tests.conftest import config_of

box = open_box(config_of(Path(sys.argv[1])))
for photo_id in waiting(box.safe, now=box.now()):
    analyse(box.safe, box.decoder, box.analyser, photo_id, now=box.now(), day=box.today())
pids = [os.getpid(), *(child.pid for child in psutil.Process().children())]
told = [Path(f"/proc/{pid}/status").read_text() for pid in pids]
box.close()
print(*(int(re.search(r"VmHWM:\\s+(\\d+)", one)[1]) * 1000 for one in told))
"""


@dataclass(frozen=True)
class Examined:
    """A safe in which a worker examined the crowd, and the most memory of it and its decoder, in bytes."""

    home: Path
    temporary: Path
    worker: int
    decoder: int


@pytest.fixture(scope="module")
def examined(
    tmp_path_factory: pytest.TempPathFactory, empty_home: Path, card: Path, crowd: bytes
) -> Examined:
    """One person of the card agreed to be recognised; the crowd came after, and a worker measured it."""
    folder = tmp_path_factory.mktemp("crowd")
    temporary = folder / "temporary"
    temporary.mkdir()
    home = Path(shutil.copytree(empty_home, folder / "home"))
    jobs = Jobs(config_of(home))  # the queue is on the disk as well
    box = jobs.box
    shoot_id = agree_to_recognition(box)
    bring(box, card, shoot_id)
    assert enrolled(box, says_yes(box, OBAMA), ENROLLED)
    person(box, "Somebody else")
    second = fill(folder / "second", {"CROWD.JPG": crowd})
    import_folder(box.safe, second, by=OPERATOR, clock=box.clock, bell=box.bell, shoot_id=shoot_id)
    box.close()
    jobs.huey.storage.close()
    shared = {"KLUIS_MODELS": str(MODELS), "KLUIS_CACHE": str(PACKAGES), "TMPDIR": str(temporary)}
    ran = subprocess.run(
        [sys.executable, "-c", _WORK, str(home)],
        cwd=ROOT, env=os.environ | shared, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return Examined(home, temporary, *(int(part) for part in ran.stdout.split()))


@pytest.fixture
def box(examined: Examined, clock: Clock) -> Iterator[Box]:
    opened = open_box(config_of(examined.home), clock=clock)
    yield opened
    opened.close()


def test_a_crowd_is_measured_and_forgotten(
    box: Box, examined: Examined, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P3: of more than 200 faces that were measured, nothing stays but the template of one who agreed."""
    monkeypatch.setenv("TMPDIR", str(examined.temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    faces = rows(box, "SELECT id FROM faces WHERE photo_id = ?", named(box, "CROWD.JPG"))
    assert len(faces) >= 200
    now, day = box.now(), box.today()
    enrolment.rescan_all(box.safe, box.decoder, box.analyser, now=now, day=day)

    measured = measures(box)
    assert len(measured) >= 2 * 200
    kept = kept_vectors(box)
    (template,) = rows(box, "SELECT vector FROM templates")
    own = np.frombuffer(template["vector"], "<f4")
    for vector in measured:
        apart = np.linalg.norm(kept - vector, axis=1)
        assert not (apart[np.linalg.norm(kept - own, axis=1) > 0] < 0.3).any()
        assert np.linalg.norm(own - vector) > 0.15  # another picture, were it of the same person
    texts = "\0".join(value for _, value in everything(box) if isinstance(value, str))
    shapes = []
    for vector in measured:
        data = vector.astype("<f4").tobytes()
        texts_of = (data.hex()[:32], base64.b64encode(data).decode()[:40], json.dumps(vector.tolist())[1:20])
        assert not any(shape in texts for shape in texts_of)
        shapes += [data, *(shape.encode() for shape in texts_of)]
    assert not any_within(shapes, written_elsewhere(box, examined.temporary))


def test_memory_is_bounded_whatever_comes(box: Box, examined: Examined) -> None:
    """The worker examined a crowd of 60 megapixels, and measured each face of it."""
    assert rows(box, "SELECT stage FROM photos WHERE name = 'CROWD.JPG'") == [{"stage": "analysed"}]
    assert examined.worker < WORKER
    assert examined.decoder < DECODER
