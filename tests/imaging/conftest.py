"""One decoder for all tests of pictures; its process starts with the first."""

from collections.abc import Iterator

import pytest

from appliance.imaging.decode import Decoder


@pytest.fixture(scope="session")
def decoder() -> Iterator[Decoder]:
    """A decoder with the limits of the product."""
    with Decoder() as opened:
        yield opened
