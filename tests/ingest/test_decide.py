"""Old state, new data and `now` go in; what is to be done comes out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedsvc.ingest.intake.decide import (
    Circumstances,
    Intent,
    New,
    Returned,
    Revised,
    SameWithNewOrigin,
    Unchanged,
    decide,
    draft_of,
)
from feedsvc.ingest.intake.identity import keys
from feedsvc.model.article import ArticleState, Attachment, Image, Story
from feedsvc.model.draft import Known, MatchedBy
from feedsvc.model.newsroom import Source, SourceKind

NOW = datetime(2020, 6, 8, 9, tzinfo=UTC)
DAY = timedelta(days=1)
URL = "https://example.edu/info/1023/1983.htm"
LONG = "<p>" + "A ceremony was held to sign an agreement between the university and the district. " * 3 + "</p>"
STORY = Story(URL, "A title", content_html=LONG, authors=("Lu Wen",), published=NOW - DAY)
SOURCE = Source("usst", SourceKind.PAGE, "https://example.edu/list", language="en")
LATER = Circumstances(SOURCE, NOW)
FIRST = Circumstances(SOURCE, NOW, first_poll=True)


def known(story: Story = STORY, matched_by: MatchedBy = MatchedBy.URL, **fields: Any) -> Known:
    whole = Known(
        id="1",
        source="usst",
        state=ArticleState.PUBLISHED,
        revision=1,
        first_seen_at=NOW - DAY,
        mailable=True,
        categories=("news",),
        draft=draft_of(story, SOURCE, NOW - DAY),
        matched_by=matched_by,
    )
    return replace(whole, **fields)


def again(story: Story, old: Known, what: Circumstances = LATER, seen_here: bool = True) -> Intent:
    return decide(story, tuple(keys(story)), old, seen_here, what)


def new(story: Story, what: Circumstances) -> New:
    intent = decide(story, tuple(keys(story)), None, False, what)
    assert isinstance(intent, New)
    return intent


# ---------------------------------------------------------------- what is new


def test_a_new_story_is_published_and_may_be_mailed() -> None:
    intent = new(STORY, LATER)
    assert (intent.state, intent.mailable) == (ArticleState.PUBLISHED, True)
    assert (intent.draft.published_at, intent.draft.sort_at) == (NOW - DAY, NOW - DAY)
    assert intent.draft.language == "en"
    assert intent.draft.summary.startswith("A ceremony was held")


def test_a_date_is_never_invented() -> None:
    draft = new(replace(STORY, published=None, published_is_date=True), LATER).draft
    assert draft.published_at is None
    assert not draft.published_is_date
    assert draft.sort_at == NOW


def test_a_future_date_stays_but_does_not_order() -> None:
    draft = new(replace(STORY, published=NOW + DAY), LATER).draft
    assert (draft.published_at, draft.sort_at) == (NOW + DAY, NOW)


@pytest.mark.parametrize(
    ("published", "what", "mailable"),
    [
        (NOW - DAY, FIRST, True),
        (NOW - 7 * DAY, FIRST, True),
        (NOW - 8 * DAY, FIRST, False),
        (None, FIRST, False),
        (NOW + DAY, FIRST, True),
        (None, LATER, True),
        (NOW - 400 * DAY, LATER, True),
        (NOW - DAY, replace(LATER, burst=True), False),
    ],
)
def test_a_first_run_never_floods(published: datetime | None, what: Circumstances, mailable: bool) -> None:
    assert new(replace(STORY, published=published), what).mailable is mailable


def test_the_window_is_the_sources_own() -> None:
    wide = replace(FIRST, source=replace(SOURCE, first_run_window=30 * DAY))
    assert new(replace(STORY, published=NOW - 29 * DAY), wide).mailable


def test_a_source_with_approval_and_a_burst_are_held() -> None:
    assert new(STORY, replace(LATER, source=replace(SOURCE, approval=True))).state == ArticleState.HELD
    assert new(STORY, replace(LATER, source=replace(SOURCE, approval=True))).mailable
    assert new(STORY, replace(LATER, burst=True)).state == ArticleState.HELD


# ---------------------------------------------------------------- what is known


def test_the_same_again_is_unchanged() -> None:
    assert again(STORY, known()) == Unchanged(known())


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "A corrected title"}, "title"),
        ({"summary": "A corrected summary."}, "summary"),
        ({"content_html": LONG.replace("ceremony", "meeting"), "summary": "A ceremony."}, "content_html"),
        ({"authors": ("Zhang Liu",)}, "authors"),
        ({"image": Image("https://example.edu/a.jpg")}, "image"),
        ({"attachments": (Attachment("https://example.edu/a.pdf", "A file"),)}, "attachments"),
    ],
)
def test_a_change_that_readers_see_is_a_revision(change: dict[str, Any], field: str) -> None:
    old = known(replace(STORY, summary="A ceremony."))
    told = replace(STORY, summary="A ceremony.")
    intent = again(replace(told, **change), old)
    assert isinstance(intent, Revised)
    assert intent.changed == (field,)
    assert intent.draft.sort_at == old.draft.sort_at


def test_a_counter_is_no_revision() -> None:
    old = known(replace(STORY, content_html=f"{LONG}<p>浏览次数：5</p>"))
    assert again(replace(STORY, content_html=f"{LONG}<p>浏览次数：6</p>"), old) == Unchanged(old)


def test_a_list_that_shows_less_takes_nothing_away() -> None:
    image = Image("https://example.edu/a.jpg")
    old = known(replace(STORY, image=image))
    link = Story(URL, "A title", published=NOW - DAY)
    assert again(link, old) == Unchanged(old)
    intent = again(replace(link, title="A corrected title"), old)
    assert isinstance(intent, Revised)
    assert intent.changed == ("title",)
    assert (intent.draft.content_html, intent.draft.image) == (LONG, image)
    assert (intent.draft.authors, intent.draft.summary) == (("Lu Wen",), old.draft.summary)


def test_a_body_that_comes_later_fills_the_link() -> None:
    old = known(Story(URL, "A title"))
    intent = again(STORY, old)
    assert isinstance(intent, Revised)
    assert set(intent.changed) == {"summary", "content_html", "authors", "published_at"}


def test_a_date_that_comes_later_is_taken() -> None:
    intent = again(STORY, known(replace(STORY, published=None)))
    assert isinstance(intent, Revised)
    assert intent.changed == ("published_at",)
    assert intent.draft.sort_at == NOW - DAY


def test_a_date_alone_that_moves_or_goes_is_no_revision() -> None:
    assert isinstance(again(replace(STORY, published=NOW), known()), Unchanged)
    assert isinstance(again(replace(STORY, published=None), known()), Unchanged)


def test_a_revision_keeps_a_date_that_went() -> None:
    intent = again(replace(STORY, title="Another", published=None), known())
    assert isinstance(intent, Revised)
    assert intent.draft.published_at == NOW - DAY


@pytest.mark.parametrize("state", [ArticleState.HELD, ArticleState.EMBARGOED])
def test_what_waits_is_corrected_where_it_stands(state: ArticleState) -> None:
    assert isinstance(again(replace(STORY, title="Another"), known(state=state)), Revised)


@pytest.mark.parametrize("title", ["A title", "Another"])
def test_what_was_withdrawn_never_comes_back(title: str) -> None:
    old = known(state=ArticleState.WITHDRAWN)
    assert again(replace(STORY, title=title), old) == Returned(old)


# ---------------------------------------------------------------- the same story elsewhere


def test_another_source_adds_an_origin_and_corrects_nothing() -> None:
    old = known(source="other")
    assert again(STORY, old, seen_here=False) == SameWithNewOrigin(old)
    assert again(replace(STORY, title="Another"), old) == Unchanged(old)


def test_another_source_may_give_a_body_where_there_was_none() -> None:
    old = known(Story(URL, "A title"), source="other")
    intent = again(STORY, old, seen_here=False)
    assert isinstance(intent, Revised)
    assert "content_html" in intent.changed


def test_the_same_text_at_another_address_of_the_site_corrects_nothing() -> None:
    twin = replace(STORY, url="https://example.edu/info/1178/1984.htm", authors=())
    old = known(matched_by=MatchedBy.TEXT)
    assert again(twin, old, seen_here=False) == SameWithNewOrigin(old)
    assert again(twin, known(), seen_here=True) == Unchanged(known())


def test_the_same_text_long_after_is_another_story() -> None:
    notice = replace(STORY, url="https://example.edu/info/1023/2999.htm", published=NOW - DAY)
    old = known(replace(STORY, published=NOW - 366 * DAY), matched_by=MatchedBy.TEXT)
    assert isinstance(again(notice, old, seen_here=False), New)
    assert isinstance(again(replace(notice, published=None), old, seen_here=False), SameWithNewOrigin)


def test_a_feed_moves_its_entry_a_page_does_not() -> None:
    moved = replace(STORY, url="https://new.example.edu/1983")
    old = known(matched_by=MatchedBy.UPSTREAM_ID)
    feed = Circumstances(replace(SOURCE, kind=SourceKind.FEED), NOW)
    intent = again(moved, old, feed, seen_here=False)
    assert isinstance(intent, Revised)
    assert (intent.changed, intent.draft.url) == (("url",), moved.url)
    assert again(moved, old, LATER, seen_here=False) == SameWithNewOrigin(old)
