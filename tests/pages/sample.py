"""One newsroom to show: two languages, a subscriber, an issue; and every page of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from feedsvc.model.article import Article, ArticleState, Attachment, Image
from feedsvc.model.newsroom import Category, Digest, ReaderList
from feedsvc.pages import feed_views, render, views
from feedsvc.pages.addresses import chrome_for
from feedsvc.pages.chrome import Chrome
from feedsvc.pages.views import Fault, JoinForm, ListChoice
from feedsvc.settings import Site

ORIGIN, BELOW = "https://news.example.edu", "/stories"
BASE = ORIGIN + BELOW
SITE = Site.model_validate(
    {
        "base_url": BASE,
        "title": "USST News",
        "description": "What happens at the university.",
        "timezone": "Asia/Shanghai",
        "contact": "news@example.edu",
        "privacy_url": "https://www.example.edu/privacy",
        "logo": "https://www.example.edu/logo.svg",
    }
)
STORY = Article(
    id="0172939b-8c00-7000-8000-000000000001",
    guid="tag:news.example.edu,2020-06-08:article/1",
    url="https://en.example.edu/info/1023/1983.htm",
    title="USST Links Cooperation Agreement with Qingpu",
    summary="A ceremony for the signing of an agreement was held.",
    content_html="<p>On the morning of May 27, a ceremony was held.</p><h1>Guests</h1><p>Many came.</p>",
    authors=("Lu Wen", "Zhang Liu"),
    language="en",
    image=Image("https://en.example.edu/a.jpg", alt="Two people sign", caption="The signing", width=600, height=400),
    attachments=(Attachment("https://en.example.edu/a.pdf", "The agreement", "application/pdf", 284_113),),
    published_at=datetime(2020, 6, 5, 16, tzinfo=UTC),
    published_is_date=True,
    first_seen_at=datetime(2020, 6, 8, tzinfo=UTC),
    updated_at=datetime(2020, 6, 8, tzinfo=UTC),
    sort_at=datetime(2020, 6, 5, 16, tzinfo=UTC),
    revision=1,
    state=ArticleState.PUBLISHED,
    source="usst-news",
    source_title="News & Events",
    categories=("news",),
)
NEWS = Category("news", "News & Events", "en", "Agreements, visits and awards.")
CHINESE = Category("yaowen", "学校要闻", "zh", "学校的重要新闻。")
WEEKLY = Digest("weekly", "USST weekly", "0 8 * * mon", ("news",), ("alumni",), "weekly", "Asia/Shanghai")
DAILY = Digest("daily", "USST daily", "0 18 * * 1-5", ("news",), ("staff",), "daily", "Asia/Shanghai")
ALUMNI = ListChoice(ReaderList("alumni", "Alumni", True, "For graduates."), (WEEKLY,))
STAFF = ListChoice(ReaderList("staff", "Staff", True, "For people on campus."), (DAILY,))
FORM = JoinForm((ALUMNI, STAFF), (NEWS, CHINESE), "signed.time", chosen_lists=frozenset({"alumni"}))
ADDRESS = "lu.wen@example.edu"
ISSUE = views.IssueLine(12, "USST weekly, June 8, 2020", datetime(2020, 6, 8, tzinfo=UTC), 1)
PREFERENCES = "/preferences/token"

Made = Callable[[Chrome], str]


def faulty(*faults: Fault) -> JoinForm:
    """The form as it comes back with faults."""
    return JoinForm((ALUMNI, STAFF), (NEWS, CHINESE), "signed.time", email="lu.wen", faults=faults)


def reading_pages(story: Article = STORY, category: Category = NEWS) -> dict[str, tuple[str, Made]]:
    """The pages that show stories, by name: the path of each and what makes it."""
    home = views.HomePage((story,), (category, CHINESE), FORM, "2020,1")
    section = (views.IssueSection(category, (story,)), views.IssueSection(None, (story,)))
    return {
        "home": ("/", lambda c: render.home(c, home)),
        "category": (
            f"/categories/{category.slug}",
            lambda c: render.category(c, views.CategoryPage(category, (story,), "2020,1")),
        ),
        "category, older": (
            "/categories/news?before=2020%2C1",
            lambda c: render.category(c, views.CategoryPage(category, (), None, first=False)),
        ),
        "article": (
            "/articles/1/a",
            lambda c: render.article(c, views.ArticlePage(story, (category,), (story,), (story,))),
        ),
        "archive": ("/archive/weekly", lambda c: render.archive(c, views.ArchivePage(WEEKLY, (ISSUE,), "12"))),
        "issue": ("/archive/weekly/12", lambda c: render.issue(c, views.IssuePage(WEEKLY, ISSUE, section, 11, 13))),
        "withdrawn": (
            "/articles/1/a",
            lambda c: render.withdrawn(c, views.WithdrawnPage(datetime(2020, 6, 9, tzinfo=UTC))),
        ),
        "docs": (
            "/docs/guide",
            lambda c: render.docs(
                c, views.DocsPage("Guide", "<h1>Guide</h1>", (views.DocsLink("/docs/guide", "Guide"),))
            ),
        ),
        "error": ("/nowhere", lambda c: render.error(c, views.ErrorPage(404))),
    }


def feed_pages(story: Article = STORY, category: Category = NEWS) -> dict[str, tuple[str, Made]]:
    """The pages about feeds, by name."""
    slug = category.slug
    one = feed_views.FeedPage(slug, "atom", (category,), (story, replace(STORY, id="2", language="zh")), 0, 3)
    union = feed_views.FeedPage(f"{slug}+yaowen", "rss", (category, CHINESE), ())
    archived = feed_views.FeedPage("all", "json", (), (story,), 2, 3)
    emptied = feed_views.FeedPage(slug, "rss", (category,), (), 3, 3)
    offered = (category, CHINESE)
    chosen = frozenset({slug, "yaowen"})
    crowded = tuple(Category(f"topic-{number}", f"Topic {number}") for number in range(9))
    ticked = frozenset(kind.slug for kind in crowded)
    pages = {
        "feed": (f"/feeds/{slug}.atom", one),
        "feed, of several": (f"/feeds/{slug}+yaowen.rss", union),
        "feed, archived": ("/feeds/all/archive/2.json", archived),
        "feed, archived and emptied": (f"/feeds/{slug}/archive/3.rss", emptied),
    }
    builders = {
        "builder": ("/feeds", feed_views.BuilderPage(offered)),
        "builder, filled": (
            f"/feeds?categories={slug}&categories=yaowen&format=atom",
            feed_views.BuilderPage(offered, chosen, "atom", f"{slug}+yaowen", unknown=True),
        ),
        "builder, too many": ("/feeds?format=rss", feed_views.BuilderPage(crowded, ticked)),
        "builder, without topics": ("/feeds?format=json", feed_views.BuilderPage((), form="json", key="all")),
    }
    made_of: dict[str, tuple[str, Made]] = {
        name: (path, partial(render.feed, page=page)) for name, (path, page) in pages.items()
    }
    for name, (path, page) in builders.items():
        made_of[name] = path, partial(render.builder, page=page)
    return made_of


def reader_pages(address: str = ADDRESS) -> dict[str, tuple[str, Made]]:
    """The pages of sign-up, preferences and leaving, by name."""
    form = JoinForm(
        (ALUMNI, STAFF), (NEWS, CHINESE), "t", address, "Lu Wen", frozenset({"alumni"}), frozenset({"news"})
    )
    leave = views.LeavePage(address, (ALUMNI,), (STAFF,), PREFERENCES)
    goodbye = views.GoodbyePage(address, (ALUMNI,), (), (STAFF,), PREFERENCES)
    confirmed = views.ConfirmedPage(address, (ALUMNI,), (), "weekly", PREFERENCES)
    saved = views.PreferencesSavedPage(address, views.Done.SAVED, (ALUMNI,), (NEWS,), "", PREFERENCES)
    return {
        "subscribe": ("/subscribe", lambda c: render.subscribe(c, views.SubscribePage(form))),
        "subscribe, faults": (
            "/subscribe",
            lambda c: render.subscribe(c, views.SubscribePage(faulty(Fault.EMAIL_INVALID, Fault.LISTS_MISSING))),
        ),
        "check mail": ("/subscribe", lambda c: render.check_mail(c, views.CheckMailPage(address))),
        "confirm": ("/confirm/token", lambda c: render.confirm(c, views.ConfirmPage(address, (ALUMNI,), (NEWS,)))),
        "confirmed": ("/confirm/token", lambda c: render.confirmed(c, confirmed)),
        "preferences": (PREFERENCES, lambda c: render.preferences(c, views.PreferencesPage(form))),
        "preferences, on no list": (
            PREFERENCES,
            lambda c: render.preferences(c, views.PreferencesPage(form, may_pause=False, may_leave=False)),
        ),
        "preferences, paused": (PREFERENCES, lambda c: render.preferences(c, views.PreferencesPage(form, True))),
        "saved": (PREFERENCES, lambda c: render.preferences_saved(c, saved)),
        "leave": ("/unsubscribe/token", lambda c: render.leave(c, leave)),
        "left already": ("/unsubscribe/token", lambda c: render.leave(c, views.LeavePage(address))),
        "goodbye": ("/unsubscribe/token", lambda c: render.goodbye(c, goodbye)),
        **{f"expired, {kind}": (f"/{kind}/token", expired(kind)) for kind in views.LinkKind},
    }


def expired(kind: views.LinkKind) -> Made:
    """The page of a link that is no longer good."""
    return lambda c: render.link_expired(c, views.LinkExpiredPage(kind))


ALL = {**reading_pages(), **feed_pages(), **reader_pages()}


def made(name: str, language: str | None = None, site: Site = SITE) -> str:
    """One of the pages, as HTML."""
    path, make = ALL[name]
    return make(chrome_for(site, path, language, "1a2b"))
