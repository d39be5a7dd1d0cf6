"""What is around every page: the site, its languages, the feeds that the page names."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Alternate:
    """A feed that belongs to a page: a feed key (`all`, a slug, or slugs joined by `+`) and its title."""

    key: str = "all"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Chrome:
    """What is around every page. Build it with `chrome_for`.

    `base_url` has no slash at its end and may carry a path. `path` is this page's own, with its query but without
    `language=`. `language` is that of the page's own words; where it is not the site's own (`site_language`), it is
    carried along by the links. `static_version` is appended to the addresses of styles and scripts.
    """

    base_url: str
    title: str
    description: str = ""
    language: str = "en"
    site_language: str = "en"
    timezone: str = "UTC"
    logo: str = ""
    contact: str = ""
    privacy_url: str = ""
    path: str = "/"
    static_version: str = ""
    alternates: tuple[Alternate, ...] = field(default=(Alternate(),))
