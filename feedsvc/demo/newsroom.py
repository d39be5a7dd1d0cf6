"""The tour's newsroom: four sources of the sample site, three categories, two lists, a weekly and a daily digest."""

from datetime import timedelta

from feedsvc.model.newsroom import Category, Digest, Newsroom, ReaderList, Source, SourceKind

ZONE = "Asia/Shanghai"
DIGEST = "weekly"
LIST = "alumni"


def newsroom(site: str) -> Newsroom:
    """The newsroom over the sample site at an address such as http://127.0.0.1:4711."""
    often = timedelta(minutes=2)
    return Newsroom(
        categories=(
            Category("news", "News & Events", "en", "What happens at the university, in English.", ("opening ceremony",)),
            Category("research", "Research", "en", "From the laboratories.", ("lens", "laborator", "research group")),
            Category("yaowen", "要闻", "zh", "上海理工大学中文要闻。"),
        ),
        sources=(
            Source(
                "usst-news", SourceKind.PAGE, f"{site}/News_Events.htm", "USST News & Events",
                categories=("news",), timezone=ZONE, interval=often, allow_private=True,
            ),
            Source(
                "usst-yaowen", SourceKind.PAGE, f"{site}/yw/list.htm", "上海理工大学新闻网",
                categories=("yaowen",), timezone=ZONE, language="zh", interval=often, allow_private=True,
            ),
            Source(
                "library", SourceKind.FEED, f"{site}/library/rss.xml", "University Library",
                categories=("news",), timezone=ZONE, interval=often, allow_private=True,
            ),
            Source(
                "events", SourceKind.SITEMAP, f"{site}/sitemap-events.xml", "USST Events",
                categories=("news",), timezone=ZONE, interval=often, allow_private=True,
            ),
        ),
        lists=(
            ReaderList(LIST, "Alumni", public=True, description="Once a week, what your university has been up to."),
            ReaderList("campus", "Campus daily", public=True, description="Every morning, for those who are here."),
        ),
        digests=(
            Digest(
                DIGEST, "USST weekly", "0 8 * * mon", categories=("news", "research", "yaowen"), lists=(LIST,),
                frequency="weekly", timezone=ZONE, language="en",
            ),
            Digest(
                "daily", "USST daily", "30 7 * * *", lists=("campus",), frequency="daily", timezone=ZONE, language="en",
            ),
        ),
    )  # fmt: skip
