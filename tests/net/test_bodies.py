"""Bodies within bounds."""

import gzip
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.net.bodies import BadEncodingError, TooLargeError, read_bounded, unpack_gzip


async def pieces(data: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("", b"hello" * 1000),
        ("identity", b"hello" * 1000),
        ("gzip", gzip.compress(b"hello" * 1000)),
        (" GZIP ", gzip.compress(b"hello" * 1000)),
        ("x-gzip", gzip.compress(b"hello" * 1000)),
        ("deflate", zlib.compress(b"hello" * 1000)),
        ("deflate", raw_deflate(b"hello" * 1000)),
        ("gzip", gzip.compress(b"hello" * 400) + gzip.compress(b"hello" * 600)),
        ("gzip", gzip.compress(b"hello" * 1000) + b"\0" * 50),
    ],
    ids=["none", "identity", "gzip", "spelled", "x-gzip", "zlib", "raw", "members", "padded"],
)
@pytest.mark.parametrize("size", [1, 7, 100_000])
async def test_what_was_packed_is_unpacked(encoding: str, packed: bytes, size: int) -> None:
    assert await read_bounded(pieces(packed, size), encoding, 10_000) == b"hello" * 1000


async def test_an_empty_body_is_empty_in_every_encoding() -> None:
    for encoding in ("", "gzip", "deflate"):
        assert await read_bounded(pieces(b""), encoding, 10) == b""


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate"])
async def test_one_byte_too_many_is_too_large(encoding: str) -> None:
    packers: dict[str, Callable[[bytes], bytes]] = {"": bytes, "gzip": gzip.compress, "deflate": zlib.compress}
    pack = packers[encoding]
    assert len(await read_bounded(pieces(pack(b"x" * 5000)), encoding, 5000)) == 5000
    with pytest.raises(TooLargeError):
        await read_bounded(pieces(pack(b"x" * 5001)), encoding, 5000)


async def test_a_bomb_is_cut_off_while_it_unpacks() -> None:
    bomb = gzip.compress(b"\0" * 200_000_000, 9)
    assert len(bomb) < 300_000
    with pytest.raises(TooLargeError):
        await read_bounded(pieces(bomb, 65_536), "gzip", 1_000_000)


@pytest.mark.parametrize("cut", [1, 5, 12, 200])
async def test_a_packed_body_that_ends_early_is_refused(cut: int) -> None:
    packed = gzip.compress(bytes(range(256)) * 20)
    with pytest.raises(BadEncodingError, match="ends early"):
        await read_bounded(pieces(packed[:-cut]), "gzip", 100_000)


async def test_rubbish_is_refused() -> None:
    with pytest.raises(BadEncodingError, match="corrupt"):
        await read_bounded(pieces(b"this is not gzip at all"), "gzip", 1000)
    damaged = bytearray(gzip.compress(bytes(range(256)) * 20))
    damaged[30] ^= 0xFF
    with pytest.raises(BadEncodingError):
        await read_bounded(pieces(bytes(damaged)), "gzip", 100_000)


async def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(BadEncodingError, match="br"):
        await read_bounded(pieces(b"x"), "br", 1000)
    with pytest.raises(BadEncodingError):
        await read_bounded(pieces(b"x"), "gzip, gzip", 1000)


@given(st.binary(max_size=3000), st.integers(1, 500))
async def test_any_bytes_survive(data: bytes, size: int) -> None:
    assert await read_bounded(pieces(gzip.compress(data), size), "gzip", 3000) == data


@given(st.binary(max_size=500))
async def test_any_rubbish_is_an_answer_or_a_known_error(data: bytes) -> None:
    for encoding in ("gzip", "deflate"):
        with suppress(BadEncodingError, TooLargeError):
            await read_bounded(pieces(data, 50), encoding, 1000)


def test_a_gzip_file_is_unpacked() -> None:
    assert unpack_gzip(gzip.compress(b"<urlset/>"), 100) == b"<urlset/>"
    with pytest.raises(TooLargeError):
        unpack_gzip(gzip.compress(b"x" * 1000), 100)
