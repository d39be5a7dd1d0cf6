"""Pictures have their own address, size and caption; files are found wherever they are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.readers.dom import first, parse
from feedsvc.ingest.readers.story.bodies import Body, clean
from feedsvc.ingest.readers.story.files import attachment
from feedsvc.ingest.readers.story.pictures import pixels
from feedsvc.text.html import plain_text

URL = "https://x.example/a/b.htm"


def body(html: str, head: str = "") -> Body:
    page = parse(
        f"<html><head>{head}</head><body><div id=b>{html}</div></body></html>".encode(), "text/html; charset=utf-8", URL
    )
    main = first(page.root, "#b")
    assert main is not None
    return clean(page, [main])


@pytest.mark.parametrize(
    ("image", "source"),
    [
        ("<img src=/img/grey.gif data-src=/l.jpg>", "l.jpg"),
        ("<img src=/s.jpg data-original=/l.jpg>", "l.jpg"),
        ("<img data-lazy-src=/l.jpg>", "l.jpg"),
        ("<img src=/loading.gif orisrc=/l.jpg>", "l.jpg"),
        ("<img original=/l.jpg>", "l.jpg"),
        ("<img src=/s.jpg srcset='/m.jpg 600w, /l.jpg 1200w, /s.jpg 300w'>", "l.jpg"),
        ("<img src=/l.jpg srcset='/l.jpg 1x, /xl.jpg 2x'>", "l.jpg"),
        ("<img data-srcset='/l.jpg 900w'>", "l.jpg"),
        ("<picture><source srcset='/l.jpg 1600w'><img src=/s.jpg></picture>", "l.jpg"),
        ("<img class=lazy><noscript><img src=/l.jpg></noscript>", "l.jpg"),
        ("<img src='data:image/gif;base64,R0'><noscript><img src=/l.jpg></noscript>", "l.jpg"),
        ("<img src=/l.jpg><noscript><img src=/other.jpg></noscript>", "l.jpg"),
        ("<img src=' /l.jpg\n'>", "l.jpg"),
        ("<img src='javascript:x'>", ""),
    ],
)
def test_the_address_that_shows_the_picture(image: str, source: str) -> None:
    cleaned = body(f"<p>{image} text</p>")
    assert (cleaned.image.url if cleaned.image else "") == (f"https://x.example/{source}" if source else "")
    assert cleaned.html.count("<img") == bool(source)
    assert plain_text(cleaned.html) == "text"


@pytest.mark.parametrize(
    ("image", "size"),
    [
        ("<img src=/l.jpg width=800 height=600>", (800, 600)),
        ("<img src=/l.jpg width=800px height=600px>", (800, 600)),
        ("<img src=/l.jpg width=800>", (None, None)),
        ("<img src=/l.jpg width=100% height=auto>", (None, None)),
        ("<img src=/s.jpg width=300 height=200 srcset='/l.jpg 1200w'>", (1200, None)),
        ("<img src=/l.jpg width=99999999 height=2>", (None, None)),
    ],
)
def test_sizes_are_told_or_unknown(image: str, size: tuple[int | None, int | None]) -> None:
    shown = body(f"<p>{image}</p>").image
    assert shown is not None
    assert (shown.width, shown.height) == size


@pytest.mark.parametrize("image", ["/emoji/1.png", "/a/spacer.gif", "/x/smilies/2.gif", "/icon_doc.gif"])
def test_icons_are_no_pictures(image: str) -> None:
    assert body(f"<p>text<img src={image}></p>").image is None


def test_pictures_are_joined_to_the_base_of_the_page() -> None:
    cleaned = body("<p><img src=l.jpg></p><p><a href=c.pdf>C</a></p>", "<base href='/news/x/'>")
    assert cleaned.image is not None
    assert cleaned.image.url == "https://x.example/news/x/l.jpg"
    assert [file.url for file in cleaned.attachments] == ["https://x.example/news/x/c.pdf"]


@pytest.mark.parametrize(
    "player",
    [
        "<div pdfsrc=/f/a.pdf></div>",
        "<p pdfsrc='/f/a.pdf' class=wp_pdf_player>Loading...</p>",
        "<script>showVsbpdfIframe('/f/a.pdf','100%','600','0','1')</script>",
        "<iframe src=/f/a.pdf></iframe>",
        "<iframe src='/viewer/web/viewer.html?file=/f/a.pdf'></iframe>",
        "<embed src=/f/a.pdf type=application/pdf>",
        "<object data=/f/a.pdf><embed src=/f/a.pdf></object>",
    ],
)
def test_every_player_becomes_a_link_to_its_file(player: str) -> None:
    cleaned = body(f"<p>Before.</p>{player}<p>After.</p>")
    assert [(file.url, file.title, file.media_type) for file in cleaned.attachments] == [
        ("https://x.example/f/a.pdf", "a.pdf", "application/pdf")
    ]
    assert cleaned.html.count('<a href="https://x.example/f/a.pdf">a.pdf</a>') == 1
    assert plain_text(cleaned.html).split("\n") == ["Before.", "a.pdf", "After."]


def test_other_frames_go() -> None:
    assert body("<p>A</p><iframe src=https://video.example/1></iframe><object data=/x.swf></object>").html == (
        "<div><p>A</p></div>"
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.pdf", "application/pdf"),
        ("a.doc", "application/msword"),
        ("a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.zip", "application/zip"),
        ("a.rar", "application/vnd.rar"),
        ("a.7z", "application/x-7z-compressed"),
        ("a", None),
    ],
)
def test_the_type_of_a_file_by_its_name(name: str, kind: str | None) -> None:
    assert attachment(f"https://x.example/{name}", "").media_type == kind
    assert attachment("https://x.example/download.jsp?id=1", name).media_type == kind


@given(st.text(max_size=12))
def test_sizes_are_whole_pixels_or_nothing(text: str) -> None:
    size = pixels(text)
    assert size is None or 1 < size <= 30_000
