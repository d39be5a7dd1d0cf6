"""Blocks: parts of a mail's body, encoded once and joined when it is sent.

A block is quoted-printable text (RFC 2045, section 6.7) of UTF-8 in whole lines, CRLF at the end of each. So blocks
joined are again quoted-printable and decode to their texts joined: where a text does not end in a line break its block
ends in a soft one. What differs from reader to reader is a slot. It stands in a block as a line of its own, `={name}`,
which no encoding of a text can look like, and is filled when the body is spliced.

No line begins with a dot or with `From `, so that neither SMTP's dot stuffing (RFC 5321, section 4.5.2) nor a mailbox
file changes a byte of it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from feedsvc.errors import RenderError

LINE = 76
"""Characters a line may have, the soft break included."""

# Room for the break, and for a first dot and a last space that are encoded after the line is cut.
_CHUNK = 71
_SLOT = re.compile("\x02([a-z_]+)\x03")
_SLOT_LINE = re.compile(rb"^=\{([a-z_]+)\}\r\n", re.MULTILINE)
_PLAIN = re.compile(r"[ -<>-~\t]*")
_PLAIN_VALUE = re.compile(r"(?!\.|From )[ -<>-~]{1,71}")
_UNSAFE = re.compile(rb"[^ -<>-~\t]")


def slot(name: str) -> str:
    """The mark of a slot in a text that goes to `encode`. Texts from outside lose these two controls beforehand."""
    return f"\x02{name}\x03"


def encode(text: str) -> bytes:
    """A text, slots marked by `slot`, as a block. Line breaks of any kind become one kind."""
    pieces = _SLOT.split(text)
    lines: list[bytes] = []
    for index, piece in enumerate(pieces):
        lines.append(b"={%b}\r\n" % piece.encode() if index % 2 else encode_value(piece))
    return b"".join(lines)


def encode_value(text: str) -> bytes:
    """Text without slots as whole lines; what fills a slot."""
    if _PLAIN_VALUE.fullmatch(text):
        return text.encode() + b"=\r\n"
    *lines, last = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    encoded = [b"=\r\n".join(_encode_line(line)) + b"\r\n" for line in lines]
    if last:
        encoded += [chunk + b"=\r\n" for chunk in _encode_line(last, soft=True)]
    return b"".join(encoded)


@dataclass(frozen=True, slots=True)
class Body:
    """Blocks joined: `chunks` of finished bytes with a slot between each two, so one more chunk than slots."""

    chunks: tuple[bytes, ...]
    slots: tuple[str, ...]

    def fill(self, values: Mapping[str, str]) -> bytes:
        """The body with its slots filled. Raises RenderError for a slot without a value."""
        encoded = {name: encode_value(value) for name, value in values.items()}
        parts = [self.chunks[0]]
        for name, chunk in zip(self.slots, self.chunks[1:], strict=True):
            if name not in encoded:
                msg = f"The mail has a slot {name!r} that nothing fills."
                raise RenderError(msg)
            parts += [encoded[name], chunk]
        return b"".join(parts)

    def fix(self, values: Mapping[str, str]) -> "Body":
        """The same body with some of its slots filled once and for all."""
        chunks, slots = [self.chunks[0]], []
        for name, chunk in zip(self.slots, self.chunks[1:], strict=True):
            if name in values:
                chunks[-1] += encode_value(values[name]) + chunk
            else:
                slots.append(name)
                chunks.append(chunk)
        return Body(tuple(chunks), tuple(slots))

    def size(self) -> int:
        """Bytes without the slots' values."""
        return sum(map(len, self.chunks))


def join(blocks: Iterable[bytes]) -> Body:
    """Blocks joined and cut at their slots, ready to be filled many times."""
    pieces = _SLOT_LINE.split(b"".join(blocks))
    return Body(tuple(pieces[::2]), tuple(name.decode() for name in pieces[1::2]))


def _encode_line(line: str, soft: bool = False) -> list[bytes]:
    """A line without breaks in chunks that take a soft break after them; `soft`: after the last one, too."""
    data = line.encode("utf-8", "replace")
    if not _PLAIN.fullmatch(line):
        data = _UNSAFE.sub(lambda match: b"=%02X" % match[0][0], data)
    chunks: list[bytes] = []
    while len(data) > _CHUNK:
        cut = _cut(data)
        chunks.append(_first_safe(data[:cut]))
        data = data[cut:]
    chunks.append(_first_safe(data) if soft else _first_safe(_last_safe(data)))
    return chunks


def _cut(data: bytes) -> int:
    """Where to break encoded data so that neither an escape nor a character of several bytes is split."""
    cut = _CHUNK
    while data[cut - 1 : cut] == b"=" or data[cut - 2 : cut - 1] == b"=":
        cut -= 1
    while data[cut : cut + 1] == b"=" and data[cut + 1 : cut + 2] in (b"8", b"9", b"A", b"B"):
        cut -= 3
    return cut


def _first_safe(chunk: bytes) -> bytes:
    return b"=%02X" % chunk[0] + chunk[1:] if chunk.startswith((b".", b"From ")) else chunk


def _last_safe(chunk: bytes) -> bytes:
    return chunk[:-1] + b"=%02X" % chunk[-1] if chunk.endswith((b" ", b"\t")) else chunk
