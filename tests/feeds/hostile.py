"""Articles as no newsroom would write them, by name: every one must still give a valid item in every format.

`TEXTS` stand in every text of an article at once, `FIELDS` in the one field that they are about, `CATEGORIES` are names.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from feedsvc.model.article import Article, Attachment, Image
from feedsvc.model.newsroom import Category
from tests.feeds.stories import CHINESE, DAY, STAMP, article

TEXTS = {
    "the end of a CDATA section": "a ]]> b",
    "a whole CDATA section": "<![CDATA[ <b>x</b> ]]>",
    "the end of the channel": "</title></item></channel></rss>",
    "the end of the feed": "</entry></feed>",
    "a comment": "<!-- x -- y -->",
    "a comment without an end": "<!-- x",
    "a processing instruction": "<?xml version='1.0'?><?php echo 1 ?>",
    "a document type": "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;",
    "entities of XML": "&amp; &lt; &gt; &quot; &apos;",
    "entities of HTML": "&nbsp;&copy;&mdash;&hellip; &notanentity; &copy",
    "entities escaped twice": "&amp;amp; &amp;lt;b&amp;gt;",
    "numbers of characters": "&#60;b&#62; &#x3c;i&#x3E; &#0; &#xD800; &#1114112;",
    "ampersands": "AT&T, R&D & Q&A; a && b &",
    "less and greater": "1 < 2 > 0, a<b, <3, <-, <>",
    "markup": "<b>Bold</b> and <i class='x'>slanted",
    "markup without an end": "<a href='",
    "a script": "<script>alert(1)</script>",
    "a script in an image": "<img src=x onerror=alert(1)>",
    "a script in an SVG": "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "a style": "<style>body{display:none}</style>",
    "a frame": "<iframe src='https://evil.example/'></iframe>",
    "a javascript link": "<a href='javascript:alert(1)'>x</a><a href=' java\tscript:alert(1)'>y</a>",
    "a relative link": "<a href='../up.htm'>x</a><img src='/a.png'>",
    "a data picture": "<img src='data:image/png;base64,AAAA'>",
    "a link without a scheme": "<a href='//x.edu/a'>x</a>",
    "a link to a bad host": "<a href='http://[::1'>x</a><a href='http://a b/'>y</a><a href='https://x_y.edu/'>z</a>",
    "a link with odd letters": "<a href='https://x.edu/ü?q=中文&b=<c>'>x</a>",
    "a link to mail": "<a href='mailto:news@x.edu?subject=a b'>x</a>",
    "controls": "a\x00b\x01c\x08d\x0be\x0cf\x1fg\x7fh",
    "C1 controls": "\x80\x93quoted\x94 \x85 \x9f\x81",
    "noncharacters": "\ufffe\uffff\ufdd0\U0001fffe\U0010ffff x",
    "lone surrogates": "a\ud800b\udfffc",
    "a surrogate pair": "\ud83d\ude00",
    "replacement characters": "a\ufffdb",
    "a byte order mark": "\ufeffa\ufeffb",
    "line ends": "a\r\nb\rc\nd\u2028e\u2029f\x85g",
    "tabs and odd spaces": "\ta\u00a0b\u3000c\u200bd ",
    "bidi overrides": "\u202egnp.exe\u202c \u2066x\u2069 \u200f\u200e",
    "a bidi override left open": "\u202eabc",
    "Hebrew and Arabic": "שלום עולם مرحبا بالعالم",
    "Chinese": "上海理工大学举行“论坛”：全体师生参加。",
    "emoji": "👩🏽‍🚀 🏳️‍🌈 😀 1️⃣",
    "marks upon marks": "Z̷̡̛͓͇̰̖̘̳͚̯̤̲̮̣̟̭̻͈̩̽͒̈́̓̈a̴̛̱l̸g̵o",
    "composed and not": "e\u0301 é ﬁ Å Å",
    "beyond the first plane": "𝒳 𠀀 \U000f0000",
    "UTF-8 read as Latin-1": "caf\u00c3\u00a9",
    "UTF-8 read as Latin-1 in part": "\u00c3\u00a9 中文",
    "UTF-8 read as windows-1252": "donâ€™t",
    "nothing": "",
    "white space alone": " \t\r\n\u3000 ",
    "controls alone": "\x00\x01\x1f",
    "ten thousand letters": "long " * 2000,
    "one long word": "x" * 10_000,
    "ten thousand Chinese letters": "长" * 10_000,
    "an e-mail address": "Li Wei <li.wei@x.edu>",
    "an e-mail address in full width": "李伟（li.wei@x.edu）",
    "a bare e-mail address": "li.wei@x.edu",
    "a formula": "=HYPERLINK('https://evil.example/')",
    "a template": "{{ 7*7 }} {% raw %} ${x} %s %(a)s {0}",
    "a header": "a\r\nBcc: x@x.edu\r\n\r\n",
    "an encoded header": "=?utf-8?q?a=0D=0ABcc:_x@x.edu?=",
    "JSON": '"},{"id":"x"}],"a":"\\u0000\\',
    "deep markup": "<div>" * 500 + "x" + "</div>" * 500,
    "a table never ended": "<table><tr><td>x<table><tr><td>y",
}
_PAGE = "https://en.usst.edu.cn/info/1178/"
FIELDS: dict[str, dict[str, Any]] = {
    "an address in Chinese": {"url": "https://大学.example.cn/新闻/文章?题=一#段"},
    "an address in capitals with a port": {"url": "HTTPS://EN.USST.EDU.CN:443/A.HTM"},
    "an address with odd letters": {"url": _PAGE + "a b\"<>\\^`{|}'%zz%41.htm?a=b&c=d&amp;e=[f]"},
    "an address with a login": {"url": "https://user:secret@en.usst.edu.cn/a.htm"},
    "an address that is a number": {"url": "http://192.0.2.1:8081/a"},
    "an address in IPv6": {"url": "http://[2001:db8::1]:8081/a"},
    "a very long address": {"url": _PAGE + "a" * 5000},
    "a language nobody speaks": {"language": "xx-klingon"},
    "a country for a language": {"language": "cn"},
    "a language with an underscore": {"language": "zh_Hans_CN"},
    "a language in words": {"language": "<English>"},
    "no language": {"language": ""},
    "a guid with ampersands": {"guid": "tag:news.example.edu,2020-06-08:a&b"},
    "no date": {"published_at": None, "sort_at": STAMP},
    "a date in the future": {"published_at": datetime(2099, 1, 1, tzinfo=UTC), "sort_at": STAMP},
    "the last date there is": {"published_at": datetime.max.replace(tzinfo=UTC), "sort_at": STAMP},
    "a date in 1900": {"published_at": datetime(1900, 1, 1, tzinfo=UTC), "sort_at": datetime(1900, 1, 1, tzinfo=UTC)},
    "the first date there is": {
        "published_at": datetime.min.replace(tzinfo=UTC),
        "sort_at": datetime.min.replace(tzinfo=UTC),
    },
    "the epoch": {"published_at": datetime.fromtimestamp(0, UTC), "sort_at": datetime.fromtimestamp(0, UTC)},
    "parts of a second": {"published_at": DAY + timedelta(microseconds=1), "sort_at": DAY + timedelta(microseconds=1)},
    "changed before it was published": {"updated_at": datetime(2019, 1, 1, tzinfo=UTC)},
    "a file of no length": {"attachments": (Attachment("https://x.edu/a.pdf", "A", "application/pdf", 0),)},
    "a file of negative length": {"attachments": (Attachment("https://x.edu/a.pdf", "A", "application/pdf", -1),)},
    "a file of unknown length and type": {"attachments": (Attachment("https://x.edu/a.pdf", ""),)},
    "a file of a type that is none": {"attachments": (Attachment("https://x.edu/a", "A", "<pdf>", 5),)},
    "a file with a charset": {"attachments": (Attachment("https://x.edu/a", "A", "text/plain; charset=utf-8", 5),)},
    "a file on this machine": {"attachments": (Attachment("file:///etc/passwd", "A", "text/plain", 5),)},
    "a file at a bare name": {"attachments": (Attachment("http://intranet/a.pdf", "A", "application/pdf", 5),)},
    "twenty files": {"attachments": tuple(Attachment(f"https://x.edu/{n}", "", "a/b", n) for n in range(20))},
    "a picture in the address": {"image": Image("data:image/png;base64,AAAA")},
    "a picture at a relative address": {"image": Image("/a.png")},
    "a picture of no size": {"image": Image("https://x.edu/a.png", width=0, height=-3, length=0, media_type="")},
    "a picture of a wrong type": {"image": Image("https://x.edu/a.png", media_type="text/html; x", length=7)},
    "the same writer twice": {"authors": ("Li Wei", "Li Wei")},
    "writers in two languages": {"authors": ("李伟", "Li Wei", "O'Neill & <Sons>")},
    "a hundred writers": {"authors": tuple(f"Writer {number}" for number in range(100))},
    "writers without names": {"authors": ("", " ", "\x00", "a@x.edu")},
    "no category": {"categories": ()},
    "categories of every kind": {"categories": ("news", "xinwen", "markup", "nothing", "unknown")},
    "the same category twice": {"categories": ("news", "news")},
    "no text at all": {"title": "", "summary": "", "content_html": ""},
    "no text but an address": {"title": "", "summary": "", "content_html": "", "url": _PAGE + "?a=1&copy=2&amp;b=<c>"},
    "a body of pictures": {"content_html": "<img src='https://x.edu/a.png'>" * 50, "summary": ""},
}
CATEGORIES = (
    Category("news", "News & <Events>"),
    CHINESE,
    Category("markup", "]]></category>&nbsp;\x00\ud800"),
    Category("nothing", ""),
)


def _of_text(number: int, text: str) -> Article:
    return article(
        number,
        title=text,
        summary=text,
        content_html=text,
        authors=(text, "Li Wei"),
        source_title=text,
        image=Image("https://x.edu/a.png?" + text[:500], text, text, 1, 1, text, 7),
        attachments=(Attachment("https://x.edu/a.pdf?" + text[:500], text, text, 9),),
        language=text,
    )


def articles() -> dict[str, Article]:
    """Each case as an article, by its name; all of them changed in the same instant."""
    texts = {name: _of_text(number, text) for number, (name, text) in enumerate(TEXTS.items(), 1)}
    fields = {name: article(number, **change) for number, (name, change) in enumerate(FIELDS.items(), 1001)}
    return texts | fields
