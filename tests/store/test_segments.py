"""Encrypted streams: whatever is done to one is found, and nothing is given out that was not checked.

Segments are made small here, so that every size, every byte and every border can be tried; a few streams
have their real size.
"""

import io
import itertools
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.errors import Tampered
from appliance.store import segments
from appliance.store.segments import HEADER, TAG, decrypted, encrypt
from tests.store.shelf import SLOW_OR_SHARED

KEY, ABOUT = bytes(range(32)), "photo/original"
SMALL = 120
FIRST, NEXT = SMALL - HEADER - TAG, SMALL - TAG
BORDERS = [FIRST, FIRST + NEXT, FIRST + 2 * NEXT]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "SEGMENT", SMALL)
    monkeypatch.setattr(segments, "FIRST_PLAIN", FIRST)
    monkeypatch.setattr(segments, "PLAIN", NEXT)


def plain(size: int) -> bytes:
    return bytes(i * 7 % 251 for i in range(size))


def sealed(data: bytes, key: bytes = KEY, about: str = ABOUT) -> bytes:
    return sealed_parts([data], key, about)


def sealed_parts(parts: Iterable[bytes], key: bytes = KEY, about: str = ABOUT) -> bytes:
    written = io.BytesIO()
    encrypt(parts, written.write, key, about)
    return written.getvalue()


def given_out(stream: bytes, key: bytes = KEY, about: str = ABOUT) -> tuple[bytes, bool]:
    """What a reader gets before it is told that something is wrong, and whether it is told."""
    parts = []
    try:
        for part in decrypted(io.BytesIO(stream), key, about):
            parts.append(part)  # noqa: PERF402 - what came before the error counts
    except Tampered:
        return b"".join(parts), True
    return b"".join(parts), False


def require_found(stream: bytes, original: bytes, what: object) -> None:
    got, found = given_out(stream)
    assert found, f"{what}: not found"
    assert original.startswith(got), f"{what}: other bytes were given out"


def split(stream: bytes) -> list[bytes]:
    """The header with the first segment, then each other segment."""
    return [stream[i : i + SMALL] for i in range(0, len(stream), SMALL)]


@pytest.mark.usefixtures("small")
def test_every_size_opens_to_the_same_bytes_in_as_many_segments_as_it_needs() -> None:
    for size in range(FIRST + 3 * NEXT + 2):
        stream = sealed(plain(size))
        assert given_out(stream) == (plain(size), False)
        assert len(split(stream)) == 1 + sum(size > border for border in [*BORDERS, FIRST + 3 * NEXT])


@settings(suppress_health_check=SLOW_OR_SHARED)
@given(st.lists(st.integers(0, 2 * NEXT), max_size=6))
@pytest.mark.usefixtures("small")
def test_it_does_not_matter_in_which_parts_the_bytes_come(sizes: list[int]) -> None:
    whole = plain(sum(sizes))
    ends = list(itertools.accumulate(sizes))
    parts = [whole[end - size : end] for size, end in zip(sizes, ends, strict=True)]
    stream = sealed_parts(parts)
    assert given_out(stream) == (whole, False)
    assert len(stream) == len(sealed(whole))


@pytest.mark.parametrize("size", [segments.FIRST_PLAIN + d for d in (-1, 0, 1)])
@pytest.mark.parametrize("more", [0, segments.PLAIN])
def test_the_real_borders(size: int, more: int) -> None:
    data = bytes(size + more - 3) + b"end"
    stream = sealed(data)
    assert given_out(stream) == (data, False)
    assert given_out(stream[: segments.SEGMENT]) == (b"", True) or len(stream) <= segments.SEGMENT


WHOLE = plain(FIRST + 2 * NEXT + 30)  # four segments


@pytest.mark.usefixtures("small")
def test_every_flipped_bit_is_found() -> None:
    stream = sealed(WHOLE)
    for place, bit in itertools.product(range(len(stream)), (0, 3, 7)):
        changed = bytearray(stream)
        changed[place] ^= 1 << bit
        require_found(bytes(changed), WHOLE, f"bit {bit} of byte {place}")


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("size", [0, 1, *BORDERS, len(WHOLE)])
def test_every_shorter_stream_is_found(size: int) -> None:
    stream = sealed(plain(size))
    for length in range(len(stream)):
        require_found(stream[:length], plain(size), f"cut to {length}")


@pytest.mark.usefixtures("small")
def test_whatever_follows_the_end_is_found() -> None:
    for size in (0, *BORDERS, len(WHOLE)):
        stream = sealed(plain(size))
        for tail in (b"\0", bytes(TAG), bytes(SMALL), split(stream)[-1], stream):
            require_found(stream + tail, plain(size), f"{len(tail)} bytes more")


def rearranged(parts: list[bytes]) -> Iterator[list[bytes]]:
    """Every order, every choice of fewer segments, and every segment told twice or instead of another."""
    for count in range(len(parts) + 1):
        yield from (list(order) for order in itertools.permutations(parts, count))
    for place, part in itertools.product(range(len(parts)), parts):
        yield [*parts[:place], part, *parts[place:]]
        yield [*parts[:place], part, *parts[place + 1 :]]


@pytest.mark.usefixtures("small")
def test_segments_that_are_moved_dropped_or_doubled_are_found() -> None:
    stream = sealed(WHOLE)
    for parts in rearranged(split(stream)):
        if b"".join(parts) != stream:
            require_found(b"".join(parts), WHOLE, [split(stream).index(part) for part in parts])


@pytest.mark.usefixtures("small")
def test_segments_of_another_stream_under_the_same_key_and_name_are_found() -> None:
    ours, theirs = split(sealed(WHOLE)), split(sealed(WHOLE))
    for place in range(len(ours)):
        mixed = [*ours[:place], theirs[place], *ours[place + 1 :]]
        require_found(b"".join(mixed), WHOLE, f"segment {place}")


@pytest.mark.parametrize(
    ("key", "about"),
    [(bytes(32), ABOUT), (KEY, "photo/proxy"), (KEY, "other/original"), (KEY, "")],
    ids=["another key", "another kind", "another photo", "no name"],
)
def test_another_key_or_name_gives_out_nothing(key: bytes, about: str) -> None:
    assert given_out(sealed(b"words"), key, about) == (b"", True)


def test_the_same_bytes_never_look_the_same_twice() -> None:
    streams = {sealed(b"words") for _ in range(50)}
    assert len(streams) == 50
    assert len({stream[1:33] for stream in streams}) == 50


def test_writing_holds_no_more_than_a_segment_or_two() -> None:
    """The source is read as ciphertext is written, so a file of any size needs little memory."""
    taken = 0
    ahead = []

    def source() -> Iterable[bytes]:
        nonlocal taken
        for _ in range(8):
            taken += 1
            yield bytes(segments.SEGMENT)

    encrypt(source(), lambda _ciphertext: ahead.append(taken - len(ahead)), KEY, ABOUT)
    assert len(ahead) == 1 + 9  # the header, and eight parts that are a little more than a segment each
    assert max(ahead) <= 2
