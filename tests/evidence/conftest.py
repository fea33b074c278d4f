"""What tests of evidence are given: a seal, a sealed document and its bundle, and eyes for a PDF."""

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.domain.signing import Signing
from appliance.evidence.bundle import make_bundle
from appliance.evidence.documents import signed_form
from appliance.evidence.seals import Seal, new_seal
from tests.evidence.forms import AMSTERDAM, SIGNED_AT, signing, template, versions

Read = Callable[[bytes], str]
Shown = Callable[..., list[NDArray[np.uint8]]]


@pytest.fixture(scope="session")
def seal() -> Seal:
    """The seal of a box that was set up in January."""
    return new_seal("Gemeente Waterdam", now=datetime(2026, 1, 5, 9, tzinfo=UTC))


@pytest.fixture(scope="session")
def other_seal() -> Seal:
    """The seal of another box, of the same organisation."""
    return new_seal("Gemeente Waterdam", now=datetime(2026, 1, 5, 9, tzinfo=UTC))


@pytest.fixture(scope="session")
def sealed(seal: Seal) -> Callable[[Signing], bytes]:
    """Make the sealed document of a signing."""
    return lambda one: signed_form(template(), one, seal=seal, zone=AMSTERDAM)


@pytest.fixture(scope="session")
def document(sealed: Callable[[Signing], bytes]) -> bytes:
    """The sealed document of a signing in Dutch."""
    return sealed(signing())


@pytest.fixture(scope="session")
def bundle(document: bytes, seal: Seal) -> bytes:
    """Its bundle, with two versions of the quitclaim."""
    return make_bundle(document, versions(), seal, made_at=SIGNED_AT)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """The text of a PDF, line breaks as spaces."""
    program = _program("pdftotext")

    def run(data: bytes) -> str:
        command = [program, "-enc", "UTF-8", "-", "-"]
        found = subprocess.run(command, input=data, check=True, capture_output=True).stdout
        return " ".join(found.decode("utf-8").split())

    return run


@pytest.fixture
def shown(tmp_path: Path) -> Shown:
    """The pages of a PDF as grey pictures [height,width]."""
    program = _program("pdftoppm")

    def run(data: bytes, resolution: int = 60) -> list[NDArray[np.uint8]]:
        command = [program, "-r", str(resolution), "-gray", "-png", "-", str(tmp_path / "page")]
        subprocess.run(command, input=data, check=True, capture_output=True)
        pages = sorted(tmp_path.glob("page-*.png"))
        pictures = [cv2.imread(str(page), cv2.IMREAD_GRAYSCALE) for page in pages]
        for page in pages:
            page.unlink()
        return [np.asarray(picture, np.uint8) for picture in pictures if picture is not None]

    return run


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not there; install poppler-utils")
    return found
