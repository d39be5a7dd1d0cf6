"""What a person writes, as the HTML of an article: Markdown, HTML, or plain paragraphs."""

import re

from markdown_it import MarkdownIt

from feedsvc.text.html import fold, plain_text, sanitise

_FIRST_HEADING = re.compile(r"\s*<h1[^>]*>(.*?)</h1>\s*", re.DOTALL)


def from_markdown(text: str, base_url: str = "") -> str:
    """Markdown (CommonMark, with tables) as HTML that may be shown anywhere."""
    rendered: str = MarkdownIt("commonmark").enable("table").render(text)
    return sanitise(rendered, base_url)


def looks_like_html(text: str) -> bool:
    """Does a text begin as HTML does?"""
    return text.lstrip("\ufeff \t\r\n")[:1] == "<"


def titled(html: str) -> tuple[str, str]:
    """The first heading, where a body begins with one, and the body without it; "" and the whole body where not."""
    heading = _FIRST_HEADING.match(html)
    title = fold(plain_text(heading[1])) if heading else ""
    return (title, html[heading.end() :]) if heading and title else ("", html)
