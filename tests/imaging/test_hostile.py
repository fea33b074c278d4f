"""Hostile files: refused within the limits; whatever one does to the decoder, the next photo is decoded."""

import os
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from appliance.domain.errors import Unreadable
from appliance.imaging.decode import Decoder, Limits
from tests.imaging.pictures import (
    COLOURS,
    DISPLAY_P3,
    as_dng,
    as_jpeg,
    close,
    colours_of,
    noise,
    patches,
    profile,
    quarters,
    with_orientation,
    written,
)

HUGE = 60_000  # pixels wide and high: 10 GB, were it decoded
GOOD = as_jpeg(quarters())


def why_not(decoder: Decoder, data: bytes) -> str:
    """The key of the reason for which a file is refused; empty when it is decoded."""
    try:
        decoder.decode(data)
    except Unreadable as problem:
        return problem.key
    return ""


def require_at_work(decoder: Decoder) -> None:
    assert close(colours_of(decoder.decode(GOOD).pixels), COLOURS)


# Bombs: files that are small and say they are huge.


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *more: bytes, bits: int = 8, colours: int = 2) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(bytes(10_000)))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + body + chunk(b"IEND", b"")


def jpeg(width: int, height: int) -> bytes:
    data = bytearray(GOOD)
    start = data.index(b"\xff\xc0") + 5
    data[start : start + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def tiff(width: int, height: int) -> bytes:
    data = bytearray(written(Image.fromarray(quarters()), "TIFF"))
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    for place in range(start + 2, start + 2 + 12 * count, 12):
        (tag,) = struct.unpack_from("<H", data, place)
        if tag in (256, 257):
            struct.pack_into("<HII", data, place + 2, 4, 1, width if tag == 256 else height)
    return bytes(data)


def heif(kind: str, width: int, height: int) -> bytes:
    data = bytearray(written(Image.fromarray(quarters()), kind))
    start = data.index(b"ispe") + 8
    data[start : start + 8] = struct.pack(">II", width, height)
    return bytes(data)


BOMBS = {
    "PNG": png(HUGE, HUGE),
    "PNG of one bit": png(HUGE, HUGE, bits=1, colours=0),
    "PNG as wide as can be": png(2**31 - 1, 1),
    "JPEG": jpeg(65_500, 65_500),
    "TIFF": tiff(HUGE, HUGE),
    "HEIC": heif("HEIF", HUGE, HUGE),
    "preview of a raw file": as_dng(jpeg(65_500, 65_500)),
}


@pytest.mark.parametrize("case", BOMBS)
def test_a_file_that_says_it_is_huge_is_refused_before_it_is_decoded(decoder: Decoder, case: str) -> None:
    assert len(BOMBS[case]) < 20_000
    assert why_not(decoder, BOMBS[case]) == "photo:too_large"
    require_at_work(decoder)


MUCH = zlib.compress(bytes(60_000_000))
LIES = {
    "PNG": png(10_000, 10_000),
    "PNG without an edge": png(0, 10),
    "JPEG": jpeg(3_000, 3_000),
    "JPEG without height": jpeg(96, 0),
    "TIFF": tiff(3_000, 3_000),
    "HEIC": heif("HEIF", 3_000, 3_000),
    "AVIF": heif("AVIF", HUGE, HUGE),
    "a text of 60 MB in a PNG": png(
        96, 64, chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(60_000_000)))
    ),
    "a profile of 60 MB in a PNG": png(96, 64, chunk(b"iCCP", b"P\0\0" + zlib.compress(bytes(60_000_000)))),
}


@pytest.mark.parametrize("case", LIES)
def test_a_file_that_lies_about_itself_is_refused(decoder: Decoder, case: str) -> None:
    assert why_not(decoder, LIES[case]) in ("photo:damaged", "photo:too_large", "photo:too_demanding")
    require_at_work(decoder)


def test_the_limits_are_the_largest_that_is_allowed() -> None:
    data = as_jpeg(quarters(100, 80))
    with Decoder(Limits(pixels=8_000, bytes=len(data))) as exact:
        assert why_not(exact, data) == ""
        assert why_not(exact, as_jpeg(quarters(100, 81))) == "photo:too_large"
        assert why_not(exact, data + b"\0") == "photo:too_large"
        assert why_not(exact, data) == ""


# Time, memory, and a decoder that dies.


def demanding() -> bytes:
    """A small progressive JPEG with a thousand scans, each over the whole of a large picture."""
    data = written(Image.fromarray(np.full((3000, 3000, 3), 90, np.uint8)), "JPEG", progressive=True)
    last = data[[match.start() for match in re.finditer(b"\xff\xda", data)][-1] : -2]
    return data[:-2] + last * 3000 + b"\xff\xd9"


def wait_for(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let the parent wait so long for an answer; on a busy machine a process takes seconds to start."""
    timer = threading.Timer
    monkeypatch.setattr(threading, "Timer", lambda _usual, act: timer(seconds, act))


def test_a_photo_that_takes_too_long_is_given_up_and_the_next_is_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wait_for(monkeypatch, 60)
    with Decoder(Limits(seconds=1)) as decoder:
        assert why_not(decoder, demanding()) == "photo:too_demanding"
        require_at_work(decoder)


def test_a_photo_that_takes_too_much_memory_is_given_up_and_the_next_is_decoded() -> None:
    large = written(Image.fromarray(noise(1, 3000, 3000)), "PNG", compress_level=1)
    with Decoder(Limits(memory=400_000_000, pixels=10_000_000, bytes=40_000_000)) as decoder:
        assert why_not(decoder, large) in ("photo:too_demanding", "photo:too_large")
        require_at_work(decoder)


def processes() -> set[psutil.Process]:
    return {p for p in psutil.Process().children() if "appliance.imaging.decoder_process" in p.cmdline()}


@pytest.fixture
def others() -> set[psutil.Process]:
    """Decoders of other tests."""
    return processes()


def test_a_decoder_that_hangs_is_given_up_and_the_next_photo_is_decoded(
    others: set[psutil.Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Decoder() as decoder:
        require_at_work(decoder)
        (process,) = processes() - others
        process.send_signal(signal.SIGSTOP)  # it takes no time of the processor, and never answers
        with monkeypatch.context() as soon:
            wait_for(soon, 0.5)
            assert why_not(decoder, GOOD) == "photo:too_demanding"
        require_at_work(decoder)
        assert processes() - others != {process}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_a_decoder_that_dies_between_photos_is_replaced(
    others: set[psutil.Process], how: signal.Signals
) -> None:
    with Decoder() as decoder:
        require_at_work(decoder)
        (process,) = processes() - others
        process.send_signal(how)
        process.wait(30)
        require_at_work(decoder)


def test_a_decoder_is_renewed_after_its_share_and_ends_with_its_owner(others: set[psutil.Process]) -> None:
    seen = set()
    with Decoder(photos_each=2) as decoder:
        for _ in range(5):
            require_at_work(decoder)
            seen |= processes() - others
    assert len(seen) == 3
    assert not [process for process in seen if process.is_running()]


def test_threads_take_turns(decoder: Decoder) -> None:
    right: list[bool] = []

    def work(number: int) -> None:
        colour = (number * 20, 200 - number * 20, 90)
        data = as_jpeg(np.full((32 + number, 48, 3), colour, np.uint8))
        right.extend(close(colours_of(decoder.decode(data).pixels), [colour] * 4) for _ in range(5))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert right == [True] * 40


# What the process may do.


def test_the_decoder_outlives_the_request_that_started_it() -> None:
    with Decoder() as decoder:
        first = threading.Thread(target=require_at_work, args=(decoder,))
        first.start()
        first.join()
        child = decoder._child
        for _ in range(50):
            require_at_work(decoder)
        assert decoder._child is child


def test_the_process_has_no_files_and_no_secrets_of_its_parent(
    tmp_path: Path, others: set[psutil.Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KLUIS_SECRET", "s3cret")
    with (tmp_path / "kluis.db").open("wb") as held:
        os.set_inheritable(held.fileno(), True)
        with Decoder() as decoder:
            require_at_work(decoder)
            (process,) = processes() - others
            here = Path("/proc") / str(process.pid)
            assert (here / "status").read_text().split("NoNewPrivs:")[1].split()[0] == "1"
            if os.geteuid() != 0:  # then not even we may look into it
                with pytest.raises(PermissionError):
                    (here / "environ").read_bytes()
                return
            opened = [str(link.readlink()) for link in (here / "fd").iterdir()]
            assert [name for name in opened if not re.match(r"pipe:|/dev/null|/memfd:", name)] == []
            assert b"s3cret" not in (here / "environ").read_bytes()


CONFINED = """
import sys
sys.path.insert(0, {root!r})
from appliance.imaging import decoder_process
decoder_process._give_up_privileges()
decoder_process._limit(2_000_000_000)
"""


def confined(code: str) -> subprocess.CompletedProcess[str]:
    """Run some code as the decoder runs."""
    root = str(Path(__file__).parents[2])
    command = [sys.executable, "-c", CONFINED.format(root=root) + code]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)


def network_can_be_given_up() -> bool:
    """Whether this kernel lets a process without rights leave the network, or this one has rights enough."""
    code = "import ctypes, sys; sys.exit(-ctypes.CDLL(None).unshare(0x50000000))"
    return subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_process_has_no_network() -> None:
    if not network_can_be_given_up():
        pytest.skip("the kernel does not let a process give up the network")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        calls = f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 5)\n"
        assert subprocess.run([sys.executable, "-c", calls], check=False).returncode == 0
        refused = confined(calls)
    assert refused.returncode != 0
    assert "unreachable" in refused.stderr


def test_the_process_cannot_write_files_or_leave_its_memory_behind(tmp_path: Path) -> None:
    write = f"with open({str(tmp_path / 'file')!r}, 'w') as stream: stream.write('x')\n"
    refused = confined(write)
    assert "File too large" in refused.stderr
    assert not (tmp_path / "file").exists() or (tmp_path / "file").read_bytes() == b""
    limits = confined("import resource; print(resource.getrlimit(resource.RLIMIT_CORE))")
    assert limits.stdout.strip() == "(0, 0)"


# Files changed at random. What is found this way by a longer run becomes a case of its own above.


def seeds() -> dict[str, bytes]:
    picture = Image.fromarray(patches(3, 64, 48))
    exif = with_orientation(6)
    exif[0x010F], exif[0x0110] = "Canon", "Canon EOS R5"
    exif.get_ifd(0x8769)[0x9003] = "2026:02:27 15:30:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 4.0, 12.5)})
    found = {kind: written(picture, kind, exif=exif) for kind in ("PNG", "TIFF", "WEBP", "HEIF", "AVIF")}
    found["JPEG"] = as_jpeg(patches(3, 64, 48), exif=exif, progressive=True, icc_profile=profile(DISPLAY_P3))
    found["raw"] = as_dng(as_jpeg(patches(3, 64, 48)))
    return found


def overwritten(data: bytearray, place: int, chance: random.Random) -> None:
    data[place] = chance.choice([0, 127, 128, 255, chance.randrange(256)])


def left_out(data: bytearray, place: int, chance: random.Random) -> None:
    del data[place : place + chance.randint(1, 20)]


def put_in(data: bytearray, place: int, chance: random.Random) -> None:
    data[place:place] = chance.randbytes(chance.randint(1, 20))


def repeated(data: bytearray, place: int, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    data[place : place + 8] = data[start : start + 8]


WAYS = (overwritten, overwritten, left_out, put_in, repeated)


def changed_at_random(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """Files with a few changes each, half of them near the start, where what describes the picture is."""
    whole = seeds()
    while True:
        kind = chance.choice(sorted(whole))
        data = bytearray(whole[kind])
        end = len(data) if chance.random() < 0.5 else min(len(data), 700)
        for _ in range(chance.choice([1, 1, 2, 4, 16])):
            chance.choice(WAYS)(data, chance.randrange(min(end, len(data))), chance)
        yield kind, bytes(data)


def require_survived(decoder: Decoder, times: int, seed: int) -> None:
    """Every file is decoded or refused, and none breaks the decoder, which would hide a mistake of ours."""
    broke = []
    for number, (kind, data) in zip(range(times), changed_at_random(random.Random(seed)), strict=False):
        if why_not(decoder, data) == "photo:too_demanding":
            broke.append((number, kind))
    require_at_work(decoder)
    assert broke == []


def test_files_changed_at_random_are_decoded_or_refused(decoder: Decoder) -> None:
    require_survived(decoder, times=300, seed=20261124)
