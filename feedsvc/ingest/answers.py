"""What the reader process answers, taken apart on the service's side, which believes nothing of it.

The process meets whatever the network sends, so one page may have taken it over: its answers are JSON, of bounded size,
and of exactly the type that was asked for.
"""

from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from feedsvc.errors import ReadError
from feedsvc.ingest.readers.wire import FAILED, LENGTH, LONGEST_ANSWER, LONGEST_SENTENCE, READ
from feedsvc.model.article import Story

T = TypeVar("T")

_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}
_MEANINGLESS = (
    "The page could not be read: the reader process gave no meaningful answer. Check the address in a browser."
)


def length_of(head: bytes) -> int:
    """Bytes of the answer that follows. Raises EOFError for more than `LONGEST_ANSWER`: nobody reads on after that."""
    (length,) = LENGTH.unpack(head)
    if length > LONGEST_ANSWER:
        raise EOFError
    return int(length)


def unpack(answer: bytes, returns: type[T]) -> T:
    """The result, of the type `returns` and no other. Raises ReadError for an error, and for what is no such result."""
    status = answer[:1]
    if status == FAILED:
        raise ReadError(answer[1:].decode("utf-8", "replace")[:LONGEST_SENTENCE])
    try:
        if status == READ:
            result: T = _adapter(returns).validate_json(answer[1:], strict=True)
            return result
    except ValidationError as error:
        raise ReadError(_MEANINGLESS) from error
    raise ReadError(_MEANINGLESS)


def check_addresses(*stories: Story) -> None:
    """Raise ReadError where an address in `stories` is no http(s) one: a reader makes none that people could be led by."""
    for story in stories:
        shown = [story.url, *(file.url for file in story.attachments), *([story.image.url] if story.image else [])]
        if not all(url.startswith(("http://", "https://")) for url in shown):
            raise ReadError(_MEANINGLESS)


def _adapter(returns: Any) -> TypeAdapter[Any]:
    # One for each type, because making one takes longer than using it.
    return _ADAPTERS.get(returns) or _ADAPTERS.setdefault(returns, TypeAdapter(returns))
