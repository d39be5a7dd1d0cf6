"""Bytes, their compressed forms and their tags."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.publish.prepared import Encoding, compressed, prepare

STAMP = datetime(2020, 6, 8, 8, 0, 0, tzinfo=UTC)
UNPACK: dict[Encoding, Callable[[bytes], bytes]] = {
    Encoding.IDENTITY: bytes,
    Encoding.GZIP: gzip.decompress,
    Encoding.BR: brotli.decompress,
    Encoding.ZSTD: zstandard.ZstdDecompressor().decompress,
}


@given(st.binary(max_size=5000), st.sampled_from(list(Encoding)))
def test_every_encoding_gives_the_bytes_back_and_is_the_same_each_time(body: bytes, encoding: Encoding) -> None:
    packed = compressed(body, encoding)
    assert UNPACK[encoding](packed) == body
    assert compressed(body, encoding) == packed


def test_gzip_holds_no_time() -> None:
    assert compressed(b"<rss/>", Encoding.GZIP)[4:8] == b"\0\0\0\0"


def test_each_encoding_has_a_tag_of_its_own_that_hangs_on_the_plain_bytes() -> None:
    one, again, other = prepare(b"<rss/>", STAMP, "x"), prepare(b"<rss/>", STAMP, "x"), prepare(b"<rss />", STAMP, "x")
    tags = [found.etag(encoding) for found in (one, other) for encoding in Encoding]
    assert len(set(tags)) == 2 * len(Encoding)
    assert [one.etag(encoding) for encoding in Encoding] == [again.etag(encoding) for encoding in Encoding]
    assert one.etag(Encoding.BR) == one.etag(Encoding.IDENTITY)[:-1] + '-br"'
    assert one == again != other


@pytest.mark.parametrize("encoding", [Encoding.GZIP, Encoding.BR, Encoding.ZSTD])
def test_a_feed_is_as_large_as_the_forms_that_there_are(encoding: Encoding) -> None:
    found = prepare(b"<rss/>" * 100, STAMP, "x")
    assert found.size == 600
    assert found.bytes_in(Encoding.IDENTITY) == found.body
    assert found.bytes_in(encoding) is None
    found.packed[encoding] = b"packed"
    assert found.size == 606
    assert found.bytes_in(encoding) == b"packed"


def test_the_stamp_as_http_says_it() -> None:
    assert prepare(b"", STAMP, "x").modified == "Mon, 08 Jun 2020 08:00:00 GMT"
