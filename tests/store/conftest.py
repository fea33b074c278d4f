"""A safe of its own for each test, with keys that are known and nothing in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.store.blobs import Blobs
from appliance.store.database import Store
from appliance.store.keys import Keyring
from appliance.store.safe import Safe

RING = Keyring(bytes(range(32)), bytes(range(32, 64)), 1)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Where the database is; nothing is there yet."""
    return tmp_path / "kluis.db"


@pytest.fixture
def store(database: Path) -> Iterator[Store]:
    """An empty database, open."""
    opened = Store.open(database, RING.database_key)
    yield opened
    opened.close()


@pytest.fixture
def safe(tmp_path: Path, store: Store) -> Safe:
    """An empty safe, open."""
    return Safe(store, Blobs(tmp_path / "files"), RING)
