"""A rendered feed, ready to be written to a socket."""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from enum import StrEnum

import brotli
import zstandard

_GZIP_LEVEL, _BROTLI_QUALITY, _ZSTD_LEVEL = 6, 5, 3


class Encoding(StrEnum):
    """A content coding (RFC 9110, section 8.4.1), named as in HTTP."""

    IDENTITY = "identity"
    GZIP = "gzip"
    ZSTD = "zstd"
    BR = "br"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A representation. `last_modified` is UTC, in whole seconds; `modified` says it as HTTP does.

    `tag` is a hash of `body`. `packed` holds the compressed forms that were asked for so far; whoever keeps the feed in
    memory fills it: most feeds are asked for in one or two encodings, and the others would be half of what is kept.
    """

    body: bytes
    tag: str
    last_modified: datetime
    modified: str
    content_type: str
    packed: dict[Encoding, bytes] = field(default_factory=dict, compare=False)

    @property
    def size(self) -> int:
        """Bytes kept in memory for it."""
        return len(self.body) + sum(map(len, self.packed.values()))

    def etag(self, encoding: Encoding) -> str:
        """The strong, quoted tag of one encoding: the identity's with a suffix, whatever the compressor's version."""
        return f'"{self.tag}"' if encoding is Encoding.IDENTITY else f'"{self.tag}-{encoding}"'

    def bytes_in(self, encoding: Encoding) -> bytes | None:
        """The bytes of one encoding, None where they are still to be made (`compressed`)."""
        return self.body if encoding is Encoding.IDENTITY else self.packed.get(encoding)


def prepare(body: bytes, last_modified: datetime, content_type: str) -> Prepared:
    """Tag a rendered feed."""
    tag = hashlib.sha256(body).hexdigest()[:32]
    return Prepared(body, tag, last_modified, format_datetime(last_modified, usegmt=True), content_type)


def compressed(body: bytes, encoding: Encoding) -> bytes:
    """The same bytes in an encoding; the same each time. Slow (3 ms for 120 KB): call it off the event loop."""
    return _COMPRESSORS[encoding](body)


def _gzip(body: bytes) -> bytes:
    # Without a time in the header the same bytes compress to the same bytes.
    return gzip.compress(body, _GZIP_LEVEL, mtime=0)


def _zstd(body: bytes) -> bytes:
    # A compressor of its own each time: one may not be shared by threads.
    return zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(body)


def _brotli(body: bytes) -> bytes:
    return bytes(brotli.compress(body, mode=brotli.MODE_TEXT, quality=_BROTLI_QUALITY))


_COMPRESSORS: dict[Encoding, Callable[[bytes], bytes]] = {
    Encoding.IDENTITY: bytes,
    Encoding.GZIP: _gzip,
    Encoding.ZSTD: _zstd,
    Encoding.BR: _brotli,
}
