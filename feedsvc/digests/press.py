"""The blocks of one issue: each article rendered once per language, and the plan of each edition."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace

from feedsvc.digests.material import Material
from feedsvc.mail import editions, render
from feedsvc.mail.views import EditionPlan, IssueView, RenderedBlock
from feedsvc.model.article import Article
from feedsvc.model.issue import Edition, Issue
from feedsvc.pages.addresses import issue_path
from feedsvc.settings import Settings

Blocks = dict[str, RenderedBlock]


def issue_view(settings: Settings, material: Material, issue: Issue) -> IssueView:
    """An issue as its mail shows it. The issue must have its number."""
    digest, base = material.digest, settings.site.base_url
    return IssueView(
        digest=digest.slug,
        title=digest.title,
        number=issue.number or 0,
        date=issue.due_at,
        timezone=digest.timezone,
        archive_url=base + issue_path(digest.slug, issue.number),
        archive_index_url=base + issue_path(digest.slug),
        lists=material.list_titles,
        template=digest.template,
    )


class Press:
    """Renders what is not rendered yet. It lives for the making of one issue; `kept` are the blocks in the database."""

    def __init__(self, settings: Settings, material: Material, view: IssueView, kept: Mapping[str, Blocks]) -> None:
        self._settings = settings
        self._material = material
        self._view = view
        self._blocks: dict[str, Blocks] = {language: dict(blocks) for language, blocks in kept.items()}
        self._articles: dict[str, Article] = {}
        self._fresh: dict[str, Blocks] = {}

    def missing(self, article_ids: Iterable[str]) -> set[str]:
        """Those of the articles that must be read from the database before they can be rendered."""
        return set(article_ids) - self._articles.keys()

    def learn(self, articles: Mapping[str, Article]) -> None:
        """Take articles to render."""
        self._articles.update(articles)

    async def render(self, language: str, article_ids: Iterable[str]) -> None:
        """Make sure that the blocks of these articles, and the frame, are there in a language. Raises RenderError."""
        have = self._blocks.setdefault(language, {})
        wanted = [self._articles[key] for key in article_ids if f"link:{key}" not in have and key in self._articles]
        if not wanted and "foot" in have:
            return
        titles = {category.slug: category.title for category in self._material.offered}
        made = await asyncio.to_thread(render.render_blocks, self._view, wanted, titles, self._settings.site, language)
        fresh = {key: block for key, block in made.items() if key not in have}
        have.update(fresh)
        self._fresh.setdefault(language, {}).update(fresh)

    def take_fresh(self) -> dict[str, Blocks]:
        """The blocks made since the last call, by language: to be kept in the database."""
        fresh, self._fresh = self._fresh, {}
        return fresh

    def edition(self, issue_id: int, language: str, article_ids: Iterable[str], public: bool = False) -> Edition:
        """An edition with its plan and its subject; its articles must have been rendered in its language."""
        ids = tuple(key for key in article_ids if key in self._articles)
        full = min(len(ids), self._material.digest.max_items)
        bare = Edition(0, issue_id, language, ids, full, public=public)
        plan = self._plan(bare)
        lead = self._articles[plan.lead].title if plan.lead else ""
        title = render.subject(self._view, self._settings.site, language, lead)
        # The archive's page is made from the articles themselves, as they stand when it is read.
        keys = () if public else plan.keys
        return replace(bare, block_keys=keys, lead=plan.lead, more=plan.more, subject=title)

    def _plan(self, edition: Edition) -> EditionPlan:
        categories = {key: self._articles[key].categories for key in edition.article_ids}
        blocks = self._blocks[edition.language]
        return editions.plan_edition(edition.article_ids, edition.full, categories, self._material.slugs, blocks)

    def blocks(self, language: str) -> Blocks:
        """All blocks there are in a language."""
        return self._blocks[language]
