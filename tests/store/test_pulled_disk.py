"""A disk that was pulled out: nothing that was kept can be read from its bytes without the key (P24)."""

import gzip
import io
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from PIL import Image

from appliance.actions.intake import import_folder
from appliance.config import Config
from appliance.domain.access import OPERATOR
from appliance.domain.consent import Light, Purpose
from appliance.domain.people import Link, LinkState
from appliance.domain.photos import FaceId
from appliance.store.photos import BlobKind, Kept
from appliance.store.safe import about
from appliance.store.search import Filter
from appliance.tasks import open_ringing_box
from appliance.wiring import Box
from tests.store.searching import disguised, inflated
from tests.store.shelf import changing, face, files_in, looking, person, quitclaim

NAME, FILE, PLACE, MAKER = "Wilhelmina van Onbekend", "HERKENBAAR_0042.JPG", "Geheime Studio", "Camerafabriek"
SIDECAR = b"<x:xmpmeta>herkenbaar bijschrift</x:xmpmeta>"


def picture() -> bytes:
    pixels = np.random.default_rng(5).integers(0, 256, (90, 120, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = MAKER, PLACE
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, "JPEG", quality=95, exif=exif)
    return written.getvalue()


def everything_kept(box: Box, card: Path) -> list[bytes]:
    """Fill a safe with one of each thing. Returns what may nowhere be found."""
    original = picture()
    (card / FILE).write_bytes(original)
    (card / FILE).with_suffix(".xmp").write_bytes(SIDECAR)
    import_folder(box.safe, card, by=OPERATOR, clock=box.clock, bell=box.bell)
    vector = np.random.default_rng(6).normal(size=128).astype("<f4").tobytes()
    preview = np.random.default_rng(7).integers(0, 256, 5000, dtype=np.uint8).tobytes()
    with looking(box.safe.store) as view:
        (photo,) = view.photos.page(Filter(), after=None, limit=1)
        key = box.safe.data_key(view, photo.id)
    blob = box.safe.blobs.write([preview], key=key, about=about(photo.id, BlobKind.PROXY))
    with changing(box.safe.store) as tx:
        tx.people.add(person(name=NAME, department=PLACE, email="w@onbekend.example"))
        tx.consent.append(quitclaim("anna"))
        tx.faces.add(face("face-of-wilhelmina", photo.id))
        tx.faces.link(Link(FaceId("face-of-wilhelmina"), person("anna").id, LinkState.CONFIRMED))
        tx.people.add_template(person("anna").id, FaceId("face-of-wilhelmina"), "pack", vector)
        tx.photos.keep(photo.id, Kept(BlobKind.PROXY, blob.place, blob.bytes, blob.sha256))
        tx.lights.put(photo.id, {Purpose.WEB: Light.GREEN}, None)
    pieces = [original[start : start + 24] for start in range(0, len(original) - 24, 997)]
    texts = [
        NAME,
        "Onbekend",
        FILE,
        "HERKENBAAR",
        PLACE,
        "Camerafabriek",
        "herkenbaar bijschrift",
        "onbekend.example",
    ]
    return [
        *(dress for text in texts for dress in disguised(text)),
        *pieces,
        SIDECAR,
        vector[:16],
        vector[256:272],
        preview[100:124],
        key,
        photo.sha256.encode(),
    ]


def found(home: Path, planted: list[bytes]) -> set[tuple[str, bytes]]:
    return {
        (name, one)
        for name, data in files_in(home).items()
        for part in (data, name.encode(), *inflated(data))
        for one in planted
        if one in part
    }


def test_nothing_that_was_kept_is_found_in_any_file(config: Config, tmp_path: Path) -> None:
    card = tmp_path / "card"
    card.mkdir()
    box = open_ringing_box(config)
    planted = everything_kept(box, card)
    secrets = [box.safe.ring.database_key, box.safe.ring.database_key.hex().encode()]
    with looking(box.safe.store):  # while the write-ahead log is there
        names = set(files_in(config.home))
        assert {"kluis.db", "kluis.db-wal", "queue.db"} <= names
        assert found(config.home, [*planted, *secrets]) == set()
    box.close()
    assert found(config.home, [*planted, *secrets]) == set()
    # The search itself finds what lies open.
    (config.home / "left.jpg").write_bytes(picture())
    assert len(found(config.home, planted)) > 5
    (config.home / "left.jpg").write_bytes(gzip.compress(NAME.encode() * 4))
    assert ("left.jpg", NAME.encode()) in found(config.home, planted)


PAGE, RESERVED = 4096, 80


def decrypted(data: bytes, key: bytes) -> bytes:
    """Every page, used or free: AES-256-CBC, with its vector and check in the last bytes (SQLCipher 4)."""
    pages = []
    for start in range(0, len(data), PAGE):
        body = data[start + 16 if start == 0 else start : start + PAGE - RESERVED]  # first there is a salt
        vector = data[start + PAGE - RESERVED :][:16]
        opened = Cipher(algorithms.AES256(key), modes.CBC(vector)).decryptor()
        pages.append(opened.update(body) + opened.finalize())
    return b"".join(pages)


def test_what_was_deleted_is_not_left_in_free_pages_for_whoever_has_the_key(
    config: Config, tmp_path: Path
) -> None:
    box = open_ringing_box(config)
    card = tmp_path / "card"
    card.mkdir()
    everything_kept(box, card)
    with looking(box.safe.store) as view:
        ((_, vector),) = view.people.templates("pack")
    with changing(box.safe.store) as tx:
        assert tx.people.forget_all_templates() == 1
    box.close()
    plain = decrypted(config.database.read_bytes(), box.safe.ring.database_key)
    assert NAME.encode() in plain
    assert vector[:16] not in plain
    assert vector[-16:] not in plain
