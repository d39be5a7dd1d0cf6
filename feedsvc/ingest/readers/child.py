"""The reader process: takes calls from its standard input, answers on its standard output, one at a time.

A message is its length (4 bytes, big-endian) and a pickle. The process ends when its input does, so it never outlives
the service, however that ended.
"""

import os
import pickle
import resource
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any, BinaryIO

from feedsvc.errors import FeedsvcError, ReadError
from feedsvc.ingest.readers.wire import LENGTH


def main(memory: int) -> None:
    """Serve calls until the input ends, with at most `memory` bytes of address space."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Some systems (macOS) know no such limit; there the time limit alone protects.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # Reading must not slow the service that answers people.
    os.nice(5)
    # A library that prints must not write into the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


def serve(calls: BinaryIO, answers: BinaryIO) -> None:
    """Read calls, (target, arguments), and write (worked, result or error) until the input ends."""
    while True:
        head = calls.read(LENGTH.size)
        if len(head) < LENGTH.size:
            return
        target, arguments = pickle.loads(calls.read(LENGTH.unpack(head)[0]))  # noqa: S301 (from our own parent)
        answer = pickle.dumps(invoke(target, arguments))
        answers.write(LENGTH.pack(len(answer)) + answer)
        answers.flush()


def invoke(target: str, arguments: tuple[Any, ...]) -> tuple[bool, Any]:
    """Call `module:function` and give (True, result), or (False, error): ours as it is, any other as a ReadError."""
    module, _, name = target.partition(":")
    try:
        return True, getattr(import_module(module), name)(*arguments)
    except FeedsvcError as error:
        return False, error
    except (MemoryError, RecursionError):
        msg = "The page is too large or too deeply nested to be read. Check the address in a browser."
        return False, ReadError(msg)
    except Exception as error:
        msg = f"The page could not be read ({type(error).__name__}: {error}). Tell whoever runs this service."
        return False, ReadError(msg)
