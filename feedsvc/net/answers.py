"""What a fetch can answer: expected outcomes are values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as it came, decompressed. `url` is where it was found after redirects.

    `content_type` is the header's whole value ("" where there is none). `moved_to` is where the unbroken run of
    permanent redirects (301, 308) from the asked address leads, None where the first hop was not one.
    """

    url: str
    status: int
    body: bytes
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class NotModified:
    """304: what we have is still right."""

    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """410: the page was taken away on purpose."""
