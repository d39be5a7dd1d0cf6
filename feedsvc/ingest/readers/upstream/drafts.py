"""An entry while its elements are read."""

from dataclasses import dataclass, field

from feedsvc.ingest.readers.upstream.entries import Entry, Link, Markup, Media
from feedsvc.ingest.readers.upstream.names import Names


@dataclass(slots=True)
class Draft:
    """An entry, or the head of a feed, while it is read. Depths count elements from the root, which is 1."""

    names: Names
    title_depth: int = -1
    has_summary: bool = False
    has_content: bool = False
    has_plain_author: bool = False
    id: str = ""
    link: str | None = None
    links: list[Link] = field(default_factory=list)
    title: Markup | None = None
    contents: list[Markup] = field(default_factory=list)
    summary: Markup | None = None
    authors: list[str] = field(default_factory=list)
    tags: list[list[str | None]] = field(default_factory=list)
    media: list[Media] = field(default_factory=list)
    thumbnails: list[Media] = field(default_factory=list)
    image: str = ""
    dates: dict[str, str] = field(default_factory=dict)

    def entry(self) -> Entry:
        """The entry as it stands."""
        return Entry(
            self.id,
            self.link or "",
            tuple(link for link in self.links if link.href and link.rel in ("alternate", "enclosure")),
            telling(self.title),
            tuple(part for part in self.contents if part.value),
            telling(self.summary),
            tuple(name for name in self.authors if name),
            tuple(term for tag in self.tags if (term := tag[2] or tag[0])),
            (*self.media, *self.thumbnails),
            self.image,
            self.dates.get("published", ""),
            self.dates.get("updated", ""),
            self.dates.get("created", ""),
        )


def telling(found: Markup | None) -> Markup | None:
    """A text that says something, or None."""
    return found if found and found.value else None
