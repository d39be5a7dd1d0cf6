"""Sample stories and issues that the tests of mail share."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from feedsvc.mail import compose, editions, render, views
from feedsvc.mail.views import DigestForm, EditionPlan, IssueView, Posting, Recipient, RenderedBlock
from feedsvc.model.article import Article, ArticleState, Image
from feedsvc.settings import Settings

NOW = datetime(2020, 6, 8, 0, 0, 5, tzinfo=UTC)
CATEGORIES = {"news": "News & Events", "research": "Research"}
POSTING = Posting(4711, NOW, b"k" * 32)
RECIPIENT = Recipient(
    "reader@example.org",
    "Ada Reader",
    "https://news.example.edu/unsubscribe/token-of-ada",
    "https://news.example.edu/preferences/token-of-ada",
)
ISSUE = IssueView(
    digest="weekly",
    title="USST weekly",
    number=12,
    date=datetime(2020, 6, 8, tzinfo=UTC),
    timezone="Asia/Shanghai",
    archive_url="https://news.example.edu/archive/weekly/12",
    archive_index_url="https://news.example.edu/archive/weekly",
    intro="Dear alumni,\nthe library is open again.",
    lists=("Alumni",),
)
SETTINGS = Settings.model_validate(
    {
        "site": {
            "base_url": "https://news.example.edu",
            "title": "USST News",
            "contact": "office@example.edu",
            "postal_address": "516 Jungong Road\nShanghai 200093",
            "privacy_url": "https://news.example.edu/privacy",
            "link_params": "utm_source=digest",
        },
        "mail": {"sender": "USST News <news@example.edu>", "bounce_domain": "bounces.example.edu"},
    }
)


def article(number: int, **changes: Any) -> Article:
    """Story `number`, of 6 June 2020 in Shanghai, in the category news."""
    published = datetime(2020, 6, 5, 16, tzinfo=UTC)
    plain = Article(
        id=f"id-{number}",
        guid=f"tag:example.edu,2020-06-06:article/{number}",
        url=f"https://www.example.edu/info/{number}.htm",
        title=f"Story {number}",
        summary=f"What happened in story {number}.",
        content_html="",
        authors=(),
        language="en",
        image=None,
        attachments=(),
        published_at=published,
        published_is_date=True,
        first_seen_at=NOW,
        updated_at=NOW,
        sort_at=published,
        revision=1,
        state=ArticleState.PUBLISHED,
        source="usst",
        source_title="USST",
        categories=("news",),
    )
    return replace(plain, **changes)


STORIES = (
    article(
        1,
        title="USST Links Cooperation Agreement with Qingpu",
        image=Image("https://www.example.edu/a.jpg", alt="A pen"),
    ),
    article(2, categories=("research", "news"), title="Shared laboratories"),
    article(3, categories=("research",), title="Terahertz & water"),
)


def blocks(
    stories: Sequence[Article] = STORIES, issue: IssueView = ISSUE, language: str = "en"
) -> dict[str, RenderedBlock]:
    return render.render_blocks(issue, stories, CATEGORIES, SETTINGS.site, language)


def plan(
    stories: Sequence[Article] = STORIES, full: int = 30, rendered: dict[str, RenderedBlock] | None = None
) -> EditionPlan:
    places = {story.id: story.categories for story in stories}
    return editions.plan_edition(
        [story.id for story in stories], full, places, list(CATEGORIES), rendered or blocks(stories)
    )


def form(stories: Sequence[Article] = STORIES, issue: IssueView = ISSUE, language: str = "en") -> DigestForm:
    rendered = blocks(stories, issue, language)
    lead = stories[0].title if stories else ""
    subject = render.subject(issue, SETTINGS.site, language, lead)
    sender = views.sender_view(SETTINGS)
    return compose.digest_form(sender, issue, subject, language, plan(stories, rendered=rendered), rendered)


def digest(
    stories: Sequence[Article] = STORIES,
    issue: IssueView = ISSUE,
    recipient: Recipient = RECIPIENT,
    language: str = "en",
) -> bytes:
    return compose.digest_message(form(stories, issue, language), views.sender_view(SETTINGS), recipient, POSTING)
