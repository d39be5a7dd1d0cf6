"""The pictures of a story: their true addresses, their captions, and what is known of their size.

Pages show a placeholder first and keep the address elsewhere (`data-src`, `srcset`, a `noscript` beside it). Icons and
counting pixels are no pictures.
"""

import re
from mimetypes import guess_type
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from feedsvc.ingest.readers.dom import Page, attribute, new, remove, said
from feedsvc.model.article import Image

_ICON = re.compile(
    r"/(?:icon_|filetypeimages/|themes/default/images/|_images/icon|emoticons?/|smil(?:ies|eys)/|emoji/)"
    r"|[/_-](?:spacer|blank|pixel|loading|placeholder|transparent|grey|gray|1x1)\.",
    re.IGNORECASE,
)
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazyload", "data-original-src", "data-url", "data-echo")
_SPARE = ("original-src", "orisrc", "original")
_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
_CANDIDATE = re.compile(
    r"\s*(?P<url>[^\s,]\S*[^\s,]|[^\s,])(?:\s+(?P<size>\d+(?:\.\d+)?)(?P<unit>[wx]))?(?:\s+\d+h)?\s*(?:,|$)"
)
_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/svg+xml", "image/avif", "image/bmp")
_LONGEST_CAPTION = 120


def picture(url: str, alt: str = "", caption: str = "", width: int | None = None, height: int | None = None) -> Image:
    """An Image; its type by its name where that tells one."""
    kind = guess_type(urlsplit(url).path)[0]
    return Image(url, alt, caption, width, height, kind if kind in _TYPES else None)


def settle(page: Page, root: HtmlElement) -> None:
    """Give every picture in `root` its true address, and take away icons, pixels and pictures that have none."""
    for fallback in list(root.iter("noscript")):
        _take_fallback(page, fallback)
    for image in list(root.iter("img")):
        source, width = _source(page, image)
        if not source or _ICON.search(source) or _is_pixel(image):
            remove(image)
            continue
        if width:
            _set_width(image, width)
        image.set("src", page.link(source))
    for choice in list(root.iter("picture")):
        for other in list(choice.iter("source")):
            other.drop_tag()
        choice.drop_tag()


def lead(root: HtmlElement) -> Image | None:
    """The first picture of a settled body. Its size is what the page says, both sides given in whole pixels."""
    image = next(iter(root.iter("img")), None)
    if image is None:
        return None
    figure = next((up for up in image.iterancestors() if up.tag == "figure"), None)
    caption = next(iter(figure.iter("figcaption")), None) if figure is not None else None
    width, height = (pixels(image.get(name)) for name in ("width", "height"))
    told = said(caption) if caption is not None else ""
    sized = (width, height) if width and height else (pixels(image.get("data-width-told")), None)
    return picture(image.get("src") or "", attribute(image, "alt"), told, *sized)


def caption(root: HtmlElement) -> None:
    """Make figures: of a block that holds one picture alone and a short centred one after it that is no sentence."""
    for image in list(root.iter("img")):
        block = next((up for up in image.iterancestors() if up.tag in ("p", "div", "figure")), None)
        if block is None or block is root or block.tag == "figure" or said(block):
            continue
        below = block.getnext()
        if sum(1 for _ in block.iter("img")) != 1 or below is None or not _is_caption(below):
            continue
        parent = block.getparent()
        if parent is not None:
            parent.replace(block, _figure(block, below))
            parent.remove(below)


def _take_fallback(page: Page, fallback: HtmlElement) -> None:
    """Put the picture that a `noscript` holds in the place of the one before it that waits for a script."""
    inner = next(fallback.iter("img"), None)
    parent, before = fallback.getparent(), fallback.getprevious()
    if inner is None or parent is None:
        return
    waiting = before if before is not None and before.tag == "img" else None
    if waiting is not None and _source(page, waiting)[0]:
        return
    inner.tail = fallback.tail
    parent.replace(fallback, inner)
    if waiting is not None and not (waiting.tail or "").strip():
        parent.remove(waiting)


def _source(page: Page, image: HtmlElement) -> tuple[str, int | None]:
    """The address of the picture, "" for none, and its width where that is told with it."""
    choices = [image]
    # libxml2 takes a source for an element with content: the picture stands within it.
    frame = next((up for up in image.iterancestors() if up.tag != "source"), None)
    if frame is not None and frame.tag == "picture":
        choices += frame.iter("source")
    lazy = next((value for name in _LAZY if _usable(page, value := image.get(name) or "")), "")
    own = image.get("src") or ""
    largest, width = max(
        (found for element in choices for name in _SETS for found in _candidates(page, element.get(name) or "")),
        key=lambda found: found[1],
        default=("", 0),
    )
    if largest and width:
        return largest, width
    spare = next((value for name in _SPARE if _usable(page, value := image.get(name) or "")), "")
    usable = own if _usable(page, own) and not (spare and _ICON.search(own)) else spare
    return lazy or usable or largest, None


def _usable(page: Page, address: str) -> bool:
    return bool(address) and not address.startswith("data:") and bool(page.link(address))


def _candidates(page: Page, text: str) -> list[tuple[str, int]]:
    """The addresses of a srcset (HTML, 4.8.4.2.1) with their widths in pixels; 0 where none is told."""
    return [
        (match["url"], int(float(match["size"])) if match["unit"] == "w" else 0)
        for match in _CANDIDATE.finditer(text[:10_000])
        if _usable(page, match["url"])
    ]


def _set_width(image: HtmlElement, width: int) -> None:
    """Note the true width; the sides that are written are those of another size of the picture."""
    for name in ("width", "height"):
        image.attrib.pop(name, None)
    image.set("data-width-told", str(width))


def pixels(value: str | None) -> int | None:
    """A size in whole pixels, None for anything else."""
    plain = (value or "").strip().removesuffix("px")
    return int(plain) if plain.isascii() and plain.isdigit() and 1 < int(plain[:6]) <= 30_000 else None


def _is_pixel(image: HtmlElement) -> bool:
    return any((image.get(name) or "").strip().removesuffix("px") in ("0", "1") for name in ("width", "height"))


def _figure(block: HtmlElement, below: HtmlElement) -> HtmlElement:
    figure, told = new(block, "figure"), new(block, "figcaption")
    _move(below, told)
    _move(block, figure)
    figure.append(told)
    figure.tail = below.tail
    return figure


def _move(old: HtmlElement, new: HtmlElement) -> None:
    new.text = old.text
    for child in list(old):
        new.append(child)


def _is_caption(block: HtmlElement) -> bool:
    if block.tag not in ("p", "div") or next(block.iter("img", "a", "table"), None) is not None:
        return False
    text = said(block)
    style = re.sub(r"\s", "", (block.get("style") or "").lower())
    centred = "text-align:center" in style or (block.get("align") or "").lower() == "center"
    return centred and 0 < len(text) <= _LONGEST_CAPTION and text[-1] not in "。！？.!?"
