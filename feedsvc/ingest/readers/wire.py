"""How the service and its reader process talk: a length (4 bytes, big-endian), then the message.

A call is a pickle: the process trusts the service that started it. An answer never is: what reads other people's pages
may be taken over by one, and a pickle would hand it the service. It is a status byte, then JSON or an error's sentence;
`ingest.answers` takes it apart and believes nothing.
"""

import pickle
import struct
from typing import Any

import orjson

from feedsvc.errors import ReadError

LENGTH = struct.Struct(">I")
"""Four bytes, big-endian."""
READ, FAILED = b"\x01", b"\x00"
"""The status of an answer."""
LONGEST_ANSWER = 48 * 1024 * 1024
"""Bytes: several times what the largest page that is fetched can give."""
LONGEST_SENTENCE = 1000
"""Characters of an error."""


def pack_call(target: str, arguments: tuple[Any, ...]) -> bytes:
    """A call of `module:function`, framed."""
    call = pickle.dumps((target, arguments), protocol=pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(call)) + call


def unpack_call(call: bytes) -> tuple[str, tuple[Any, ...]]:
    """What the service asks for: (target, arguments). For the reader process alone."""
    target, arguments = pickle.loads(call)  # noqa: S301 (from our own parent)
    return target, arguments


def pack_result(result: object) -> bytes:
    """A result, framed. Raises ReadError for one that is too long, TypeError for what JSON cannot say."""
    answer = orjson.dumps(result)
    if len(answer) >= LONGEST_ANSWER:
        msg = "The page holds more than can be read at once. Check the address in a browser."
        raise ReadError(msg)
    return LENGTH.pack(len(answer) + 1) + READ + answer


def pack_error(sentence: str) -> bytes:
    """An error's sentence, framed."""
    answer = sentence[:LONGEST_SENTENCE].encode("utf-8", "replace")
    return LENGTH.pack(len(answer) + 1) + FAILED + answer
