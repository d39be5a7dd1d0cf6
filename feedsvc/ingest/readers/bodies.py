"""The body of a story: what belongs to it stays, what the CMS hangs on it goes.

Counters, votes, sharing, breadcrumbs, related stories and the links to neighbours go. Lazy pictures get their address,
a picture and the short centred line under it become a figure with its caption, PDF players become links to their file.
"""

import re
from copy import deepcopy
from dataclasses import dataclass
from mimetypes import guess_type
from posixpath import basename
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlComment, HtmlElement, fragment_fromstring

from feedsvc.ingest.readers.dom import Page, attribute, outer_html, remove, said, select, words
from feedsvc.model.article import Attachment, Image
from feedsvc.text.html import sanitise
from feedsvc.text.urls import is_page

_CLUTTER = (
    'script, style, noscript, template, link, meta, input, button, select, textarea, [id^="div_vote"], '
    '[class~="WP_VisitCount"], [class~="related"], [class~="related-posts"], [class~="xgyd"], [class*="bdshare"], '
    '[class~="share"], [class~="social-share"], [class~="addthis"], [class~="breadcrumb"], [class~="breadcrumbs"], '
    '[class~="position"], [class~="prevnext"], [class~="prev-next"], [class~="pagination"], [class~="page_nav"], '
    '[class~="visually-hidden"], [class~="sr-only"], [class~="print"], [hidden], [style*="display:none"], '
    '[style*="display: none"]'
)
_NEIGHBOUR = re.compile(
    r"^(?:上一[篇条则]|下一[篇条则]|前一篇|后一篇|previous(?: article| post)?|next(?: article| post)?)\s*[:：]",
    re.IGNORECASE,
)
_FRAME_LINE = re.compile(
    r"^(?:版权所有|copyright\b|©)|^(?:来源\s*[:：]\S{0,30}\s*)?(?:发布时间|发布日期)\s*[:：]\s*\d{4}", re.IGNORECASE
)
_COUNTER = re.compile(
    r"^[(（\[]?\s*(?:浏览|点击|阅读|访问|views?|hits?|clicks?)(?:次数|量|数)?\s*[:：]\s*\[?\s*\d*\s*\]?\s*次?\s*[)）\]]?$",
    re.IGNORECASE,
)
_ICON = re.compile(
    r"/(?:icon_|filetypeimages/|themes/default/images/|_images/icon|emoticons?/|smilies/)|[/_-](?:spacer|blank|pixel|loading)\.",
    re.IGNORECASE,
)
_PLAYER = re.compile(r"""showVsbpdfIframe\(\s*["']([^"']+)["']""")
_DOWNLOAD = re.compile(r"/download\.jsp\?|/_upload/article/files/|virtual_attach_file", re.IGNORECASE)
_TITLED = re.compile(r"['\"]title['\"]\s*:\s*['\"]([^'\"]+)['\"]")
_LAZY = ("data-src", "data-original", "data-lazy-src", "original-src", "orisrc")
_PICTURES = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/svg+xml", "image/avif", "image/bmp")
_BLOCKS = frozenset({"p", "div", "figure", "ul", "ol", "table", "blockquote", "h2", "h3", "h4", "section", "article"})
_CAPTION = 120


@dataclass(frozen=True, slots=True)
class Body:
    """A cleaned body: sanitised HTML with absolute links, its first picture, and its files."""

    html: str
    image: Image | None
    attachments: tuple[Attachment, ...]


def clean(
    page: Page, elements: list[HtmlElement], title: str = "", remove_rule: str = "", around: HtmlElement | None = None
) -> Body:
    """The body that stands in `elements`; `remove_rule` is a CSS selector of what else goes, and a heading that
    only says `title` again goes too.

    Files are also looked for in `around`, as many CMSs list them under the body. Raises ReadError for a bad selector.
    """
    root = fragment_fromstring("<div></div>")
    for element in elements:
        copy = deepcopy(element)
        copy.tail = None
        root.append(copy)
    files = _players(page, root)
    if remove_rule:
        _drop(select(root, remove_rule, "article.remove"))
    _declutter(root)
    _drop([heading for heading in root.iter("h1", "h2", "h3", "h4") if title and words(heading) == title])
    files += _files(page, root)
    if around is not None:
        files += _files(page, around)
    _pictures(page, root)
    _captions(root)
    _empty(root)
    html = sanitise("".join(outer_html(child) for child in root), page.base)
    return Body(html, _lead(page, root), tuple({file.url: file for file in reversed(files)}.values())[::-1])


def picture(url: str, alt: str = "", caption: str = "") -> Image:
    """An Image; its type by its name where that tells one. Sizes on a page are how it is shown, not how large it is."""
    kind = guess_type(urlsplit(url).path)[0]
    return Image(url, alt, caption, media_type=kind if kind in _PICTURES else None)


def attachment(url: str, title: str) -> Attachment:
    """An Attachment; its type by its name where that tells one."""
    name = unquote(basename(urlsplit(url).path))
    return Attachment(url, title or name, guess_type(title)[0] or guess_type(name)[0])


def _drop(elements: list[HtmlElement]) -> None:
    for element in elements:
        remove(element)


def _declutter(root: HtmlElement) -> None:
    _drop([node for node in root.iter() if isinstance(node, HtmlComment)])
    _drop(select(root, _CLUTTER))
    for element in list(root.iter("p", "div", "span", "li", "td")):
        if element.getparent() is None:
            continue
        text = words(element)
        foreign = _COUNTER.match(text) or _FRAME_LINE.match(text) or (_NEIGHBOUR.match(text) and element.tag != "span")
        if foreign and len(text) < 200:
            remove(element)


def _players(page: Page, root: HtmlElement) -> list[Attachment]:
    players = [(player, player.get("pdfsrc") or "") for player in select(root, "[pdfsrc]")]
    scripts = [(script, _PLAYER.search(script.text or "")) for script in root.iter("script")]
    players += [(script, match[1]) for script, match in scripts if match]
    return [file for player, source in players if (file := _player(page, player, source))]


def _player(page: Page, element: HtmlElement, source: str) -> Attachment | None:
    url = page.link(source)
    if not url:
        return None
    titled = _TITLED.search(element.get("sudyfile-attr") or "")
    file = attachment(url, titled[1] if titled else "")
    link = fragment_fromstring("<p><a></a></p>")
    link[0].set("href", url)
    link[0].text = file.title
    link.tail = element.tail
    parent = element.getparent()
    if parent is not None:
        parent.replace(element, link)
    return file


def _files(page: Page, root: HtmlElement) -> list[Attachment]:
    found = []
    for link in root.iter("a"):
        url = page.link(link.get("href") or "")
        if not url or (is_page(url) and not _DOWNLOAD.search(url)):
            continue
        if (guess_type(urlsplit(url).path)[0] or "").startswith("image/"):
            continue
        titled = _TITLED.search(link.get("sudyfile-attr") or "")
        found.append(attachment(url, titled[1] if titled else said(link) or attribute(link, "title")))
    return found


def _pictures(page: Page, root: HtmlElement) -> None:
    for image in list(root.iter("img")):
        own = image.get("src") or ""
        lazy = next((value for name in _LAZY if (value := image.get(name))), "")
        source = own if own and not own.startswith("data:") and not (lazy and _ICON.search(own)) else lazy
        if not page.link(source) or _ICON.search(source) or _is_pixel(image):
            remove(image)
        else:
            image.set("src", source)


def _is_pixel(image: HtmlElement) -> bool:
    sizes = [(image.get(name) or "").removesuffix("px") for name in ("width", "height")]
    return any(size in ("0", "1") for size in sizes)


def _captions(root: HtmlElement) -> None:
    """A block that holds one picture alone, and a short centred one after it that ends in no full stop: a figure."""
    for image in list(root.iter("img")):
        block = next((up for up in image.iterancestors() if up.tag in ("p", "div")), None)
        if block is None or block is root or said(block) or sum(1 for _ in block.iter("img")) != 1:
            continue
        below = block.getnext()
        if below is None or not _is_caption(below):
            continue
        line = "".join(
            part for part in (below.text or "", *(outer_html(child) + (child.tail or "") for child in below))
        )
        figure = fragment_fromstring("<figure></figure>")
        caption = fragment_fromstring("<figcaption></figcaption>")
        _move(below, caption)
        _move(block, figure)
        figure.append(caption)
        figure.tail = below.tail
        parent = block.getparent()
        if parent is not None and line:
            parent.replace(block, figure)
            parent.remove(below)


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
    return centred and 0 < len(text) <= _CAPTION and text[-1] not in "。！？.!?"


def _empty(root: HtmlElement) -> None:
    """Take away blocks that neither say nor show anything: editors use them for distance."""
    for block in reversed(list(root.iter("p", "div", "figure", "li", "h1", "h2", "h3", "h4", "ul", "strong", "span"))):
        if not said(block) and next(block.iter("img", "hr", "table"), None) is None:
            remove(block)


def _lead(page: Page, root: HtmlElement) -> Image | None:
    image = next(iter(root.iter("img")), None)
    if image is None:
        return None
    figure = next((up for up in image.iterancestors() if up.tag == "figure"), None)
    caption = next(iter(figure.iter("figcaption")), None) if figure is not None else None
    return picture(
        page.link(image.get("src") or ""), attribute(image, "alt"), said(caption) if caption is not None else ""
    )
