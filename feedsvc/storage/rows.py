"""From rows to the frozen dataclasses of `model`."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import RowMapping

from feedsvc.model.article import Article, ArticleState, Attachment, Image
from feedsvc.model.issue import Issue, IssueState
from feedsvc.model.newsroom import Category, Digest, ReaderList, Source, SourceKind


def article(row: RowMapping, source_title: str = "", categories: tuple[str, ...] = ()) -> Article:
    """An Article from a row of `articles`."""
    return Article(
        id=row["id"],
        guid=row["guid"],
        url=row["url"],
        title=row["title"],
        summary=row["summary"],
        content_html=row["content_html"],
        authors=tuple(row["authors"]),
        language=row["language"],
        image=Image(**row["image"]) if row["image"] else None,
        attachments=tuple(Attachment(**item) for item in row["attachments"]),
        published_at=row["published_at"],
        published_is_date=row["published_is_date"],
        first_seen_at=row["first_seen_at"],
        updated_at=row["updated_at"],
        sort_at=row["sort_at"],
        revision=row["revision"],
        state=ArticleState(row["state"]),
        source=row["source"],
        source_title=source_title,
        categories=categories,
    )


def image_json(image: Image | None) -> dict[str, Any] | None:
    """An Image as its column holds it."""
    return asdict(image) if image else None


def category(row: RowMapping) -> Category:
    """A Category from its row."""
    return Category(row["slug"], row["title"], row["language"], row["description"], tuple(row["keywords"]))


def source(row: RowMapping) -> Source:
    """A Source's configuration from its row."""
    return Source(
        slug=row["slug"],
        kind=SourceKind(row["kind"]),
        url=row["url"],
        title=row["title"],
        preset=row["preset"],
        categories=tuple(row["categories"]),
        timezone=row["timezone"],
        language=row["language"],
        interval=timedelta(seconds=row["interval_seconds"]),
        max_interval=timedelta(seconds=row["max_interval_seconds"]),
        first_run_window=timedelta(seconds=row["first_run_seconds"]),
        allow_private=row["allow_private"],
        approval=row["approval"],
        list_rules=dict(row["list_rules"]),
        article_rules=dict(row["article_rules"]),
        category_map=dict(row["category_map"]),
    )


def reader_list(row: RowMapping) -> ReaderList:
    """A ReaderList from its row."""
    return ReaderList(row["slug"], row["title"], row["public"], row["description"])


def digest(row: RowMapping) -> Digest:
    """A Digest from its row."""
    return Digest(
        slug=row["slug"],
        title=row["title"],
        schedule=row["schedule"],
        categories=tuple(row["categories"]),
        lists=tuple(row["lists"]),
        frequency=row["frequency"],
        timezone=row["timezone"],
        language=row["language"],
        template=row["template"],
        min_items=row["min_items"],
        max_items=row["max_items"],
        lateness=timedelta(seconds=row["lateness_seconds"]),
    )


def issue(row: RowMapping) -> Issue:
    """An Issue from its row."""
    return Issue(**{**{key: row[key] for key in Issue.__slots__}, "state": IssueState(row["state"])})
