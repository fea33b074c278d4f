"""The pages as they are served, once for all tests of the machine: on loopback, and for the office."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.machine.served import Served, prepared, serving


@pytest.fixture(scope="package")
def loopback(tmp_path_factory: pytest.TempPathFactory, empty_home: Path) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("loopback")
    yield from serving(prepared(empty_home, folder), folder / "told")


@pytest.fixture(scope="package")
def lan(tmp_path_factory: pytest.TempPathFactory, empty_home: Path) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("lan")
    yield from serving(prepared(empty_home, folder), folder / "told", "--lan", "--address", "127.0.0.1")
