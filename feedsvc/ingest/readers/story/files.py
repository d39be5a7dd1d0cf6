"""The files of a story: links to documents, and PDF players, which become links to their file."""

import re
from mimetypes import guess_type
from posixpath import basename
from urllib.parse import parse_qs, unquote, urlsplit

from lxml.html import HtmlElement

from feedsvc.ingest.readers.dom import Page, attribute, new, remove, said, select
from feedsvc.model.article import Attachment
from feedsvc.text.html import fold
from feedsvc.text.urls import is_page

_PLAYER = re.compile(r"""showVsbpdfIframe\(\s*["']([^"']+)["']""")
_DOWNLOAD = re.compile(r"/download\.jsp\?|/_upload/article/files/|virtual_attach_file", re.IGNORECASE)
_TITLED = re.compile(r"['\"]title['\"]\s*:\s*['\"]([^'\"]+)['\"]")
_FRAMES = {"iframe": "src", "embed": "src", "object": "data"}
_MORE_TYPES = {
    ".rar": "application/vnd.rar", ".7z": "application/x-7z-compressed", ".wps": "application/vnd.ms-works",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text", ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}  # fmt: skip


def attachment(url: str, title: str) -> Attachment:
    """An Attachment; its type by its name where that tells one."""
    name = unquote(basename(urlsplit(url).path))
    return Attachment(url, title or name, _type(title) or _type(name))


def linked(page: Page, root: HtmlElement) -> list[Attachment]:
    """The files that the links in `root` lead to. Pictures are none."""
    found = []
    for link in root.iter("a"):
        href = link.get("href") or ""
        if is_page(href.strip()) and not _DOWNLOAD.search(href):
            continue
        url = page.link(href)
        if not url or (guess_type(urlsplit(url).path)[0] or "").startswith("image/"):
            continue
        titled = _TITLED.search(link.get("sudyfile-attr") or "")
        found.append(attachment(url, fold(titled[1]) if titled else said(link) or attribute(link, "title")))
    return found


def played(page: Page, root: HtmlElement) -> list[Attachment]:
    """The files of the PDF players in `root`, each of which becomes a link to its file.

    Players are elements with a `pdfsrc`, scripts that call `showVsbpdfIframe(...)`, and frames, embeds and objects that
    show a PDF, by themselves or through a viewer's `file` parameter.
    """
    players = [(player, player.get("pdfsrc") or "") for player in select(root, "[pdfsrc]")]
    scripts = [(script, _PLAYER.search(script.text or "")) for script in root.iter("script")]
    players += [(script, match[1]) for script, match in scripts if match]
    players += [(frame, shown) for frame in root.iter(*_FRAMES) if (shown := _shown_pdf(page, frame))]
    files: dict[str, Attachment] = {}
    for player, source in players:
        url = page.link(source)
        if not url or player.getparent() is None:
            continue
        titled = _TITLED.search(player.get("sudyfile-attr") or "")
        file = attachment(url, fold(titled[1]) if titled else attribute(player, "title"))
        if url in files:
            remove(player)
        else:
            _link_instead(player, file)
            files[url] = file
    return list(files.values())


def _type(name: str) -> str | None:
    ending = re.search(r"\.[a-z0-9]{1,5}$", name.strip().lower())
    return _MORE_TYPES.get(ending[0]) or guess_type(f"x{ending[0]}")[0] if ending else None


def _shown_pdf(page: Page, frame: HtmlElement) -> str:
    """The PDF that a frame shows, "" where it shows none."""
    source = frame.get(_FRAMES[str(frame.tag)]) or ""
    try:
        parts = urlsplit(page.link(source))
        named = parse_qs(parts.query).get("file", [""])[0]
        shown = named if urlsplit(named).path.lower().endswith(".pdf") else source
        return shown if urlsplit(page.link(shown)).path.lower().endswith(".pdf") else ""
    except ValueError:
        return ""


def _link_instead(player: HtmlElement, file: Attachment) -> None:
    anchor = new(player, "a", href=file.url)
    anchor.text = file.title
    link = new(player, "p", anchor)
    player.addprevious(link)
    if player.tag == "embed":
        # libxml2 takes what follows an embed for its content.
        player.drop_tag()
    else:
        remove(player)
