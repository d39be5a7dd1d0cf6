"""Bodies that are read within bounds: raw bytes and what they unpack to are both counted."""

import zlib
from collections.abc import AsyncIterator
from contextlib import suppress

_STEP = 262_144
_MEMBER = b"\x1f\x8b"
_WINDOWS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class TooLargeError(Exception):
    """The body, packed or unpacked, is larger than allowed."""


class BadEncodingError(Exception):
    """The body is not in the encoding that its header names, ends early, or the encoding is not known."""


async def read_bounded(chunks: AsyncIterator[bytes], encoding: str, limit: int) -> bytes:
    """The whole body, unpacked from `encoding` (a Content-Encoding value; "" for none), at most `limit` bytes.

    Memory stays within `limit` and one step whatever the server sends: a bomb is cut off while it unpacks. Raises
    TooLargeError and BadEncodingError.
    """
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return await _read_plain(chunks, limit)
    if name not in _WINDOWS:
        msg = f"an encoding we did not ask for ({name[:40]!r})"
        raise BadEncodingError(msg)
    unpacker = Unpacker(name, limit)
    received = 0
    async for chunk in chunks:
        received += len(chunk)
        if received > limit:
            raise TooLargeError
        unpacker.feed(chunk)
    return unpacker.finish()


def unpack_gzip(body: bytes, limit: int) -> bytes:
    """A gzip file (RFC 1952) that came as a body, at most `limit` bytes. Raises TooLargeError and BadEncodingError."""
    unpacker = Unpacker("gzip", limit)
    unpacker.feed(body)
    return unpacker.finish()


async def _read_plain(chunks: AsyncIterator[bytes], limit: int) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > limit:
            raise TooLargeError
    return bytes(body)


class Unpacker:
    """Unpacks gzip or deflate as it comes, up to `limit` bytes."""

    def __init__(self, name: str, limit: int) -> None:
        self._name = name
        self._limit = limit
        self._body = bytearray()
        self._stream = zlib.decompressobj(_WINDOWS[name])
        self._begun = False
        self._held = b""

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the packed body."""
        if not self._begun and self._name == "deflate" and chunk:
            # Some servers send raw deflate (RFC 1951) where RFC 9110 means zlib: the first byte of zlib is 0x78.
            self._stream = zlib.decompressobj(15 if chunk[0] & 0x0F == 8 else -15)
        self._begun = self._begun or bool(chunk)
        pending = self._held + chunk
        self._held = b""
        while pending:
            if self._stream.eof:
                # Several gzip members may follow one another; zeros or rubbish after the last are ignored.
                if not _MEMBER.startswith(pending[:2]) or self._name == "deflate":
                    return
                if len(pending) < len(_MEMBER):
                    self._held = pending
                    return
                self._stream = zlib.decompressobj(31)
            pending = self._step(pending)

    def _step(self, data: bytes) -> bytes:
        try:
            self._body += self._stream.decompress(data, _STEP)
        except zlib.error as error:
            msg = f"corrupt {self._name} data"
            raise BadEncodingError(msg) from error
        if len(self._body) > self._limit:
            raise TooLargeError
        return self._stream.unconsumed_tail or self._stream.unused_data

    def finish(self) -> bytes:
        """The body. Raises BadEncodingError where it ended in the middle."""
        if self._begun and not self._stream.eof:
            with suppress(zlib.error):
                self._body += self._stream.flush()
            if not self._stream.eof:
                msg = f"{self._name} data that ends early"
                raise BadEncodingError(msg)
        if len(self._body) > self._limit:
            raise TooLargeError
        return bytes(self._body)
