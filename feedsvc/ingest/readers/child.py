"""The reader process: takes calls from its standard input, answers on its standard output, one at a time.

Messages are those of `wire`. The process ends when its input does, so it never outlives the service, however that ended.
"""

import os
import resource
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any, BinaryIO

from feedsvc.errors import FeedsvcError
from feedsvc.ingest.readers.wire import LENGTH, pack_error, pack_result, unpack_call


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
    """Read calls and write their answers until the input ends."""
    while True:
        head = calls.read(LENGTH.size)
        if len(head) < LENGTH.size:
            return
        answers.write(answer(*unpack_call(calls.read(LENGTH.unpack(head)[0]))))
        answers.flush()


def answer(target: str, arguments: tuple[Any, ...]) -> bytes:
    """Call `module:function`; its result or its error as a framed message. Never raises."""
    module, _, name = target.partition(":")
    try:
        return pack_result(getattr(import_module(module), name)(*arguments))
    except FeedsvcError as error:
        return pack_error(str(error))
    except (MemoryError, RecursionError):
        return pack_error("The page is too large or too deeply nested to be read. Check the address in a browser.")
    except Exception as error:
        return pack_error(
            f"The page could not be read ({type(error).__name__}: {error}). Tell whoever runs this service."
        )
