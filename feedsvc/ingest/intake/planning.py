"""What is to be written of a batch of stories: decided one after the other, each seeing what the earlier ones bring."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from feedsvc.ingest.intake.decide import (
    Circumstances,
    Intent,
    New,
    Returned,
    Revised,
    SameWithNewOrigin,
    Unchanged,
    Wish,
    decide,
    embargo,
    standing,
)
from feedsvc.ingest.intake.matching import Memory
from feedsvc.model.article import ArticleState, Story
from feedsvc.model.draft import Draft, Known, MatchedBy
from feedsvc.model.health import Validators
from feedsvc.model.ids import tag_uri, uuid7
from feedsvc.model.newsroom import Category
from feedsvc.storage.intake import Arrival, Correction, Kept, Place, Showing
from feedsvc.storage.stamps import ALL
from feedsvc.text.categorise import categorise


@dataclass(frozen=True, slots=True)
class Prepared:
    """A cleaned story with all that it tells by itself: the article it would make, canonical URLs to the URLs as found."""

    story: Story
    urls: dict[str, str]
    draft: Draft
    what: Circumstances
    wish: Wish
    categories: tuple[str, ...] = ()
    kept: Validators | None = None


@dataclass(slots=True)
class Plan:
    """The writes of a batch. `take` its stories in their order; then `outcomes` has an intent and an article for each.

    `last_entry` is the last number that was given to an entry, at first by others. Within the batch entries rise with
    the stories, and for one story with the order of the categories.
    """

    memory: Memory
    categories: tuple[Category, ...]
    base_url: str
    last_entry: int
    entries: int = 0
    arrivals: list[Arrival] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    showings: list[Showing] = field(default_factory=list)
    outcomes: list[tuple[Intent, str]] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    _moved: set[str] = field(default_factory=set)
    _shown: set[str] = field(default_factory=set)
    _placed: dict[tuple[str, str], None] = field(default_factory=dict)

    def take(self, one: Prepared) -> None:
        """Decide one story. Raises ValueError where it cannot be kept."""
        source, keys = one.what.source.slug, tuple(one.urls)
        seen_here = self.memory.shows(source, keys)
        known = self.memory.find(one.what.source, keys, one.story.upstream_id, one.draft.text_hash)
        intent = decide(one.story, keys, known, seen_here, one.what, one.wish, one.draft)
        article_id = self._enter(intent, one) if isinstance(intent, New) else self._correct(intent, one)
        self._stand(article_id, one)
        self._place(article_id, intent, one, seen_here)
        self._show(article_id, intent, one)
        self.outcomes.append((intent, article_id))

    @property
    def moved(self) -> Iterable[Kept]:
        """The articles whose state or embargo changes."""
        return [self.memory.get(article_id) for article_id in self._moved]

    @property
    def shown(self) -> Iterable[str]:
        """The articles that are shown where they were not."""
        return self._shown

    @property
    def placed(self) -> Iterable[tuple[Kept, str]]:
        """The places in categories to write: the article as it stands at the end, and the slug."""
        return [(self.memory.get(article_id), slug) for article_id, slug in self._placed]

    def _enter(self, intent: New, one: Prepared) -> str:
        now, source = one.what.now, one.what.source.slug
        article_id = uuid7(now)
        guid = tag_uri(self.base_url, now, article_id)
        known = Known(article_id, source, intent.state, 1, now, intent.mailable, (), intent.draft, MatchedBy.URL)
        until = embargo(known, None, intent.state, one.what, one.wish)
        self.arrivals.append(Arrival(article_id, guid, source, intent.draft, intent.state, intent.mailable, now, until))
        self.memory.put(Kept(known, until))
        return article_id

    def _correct(self, intent: Revised | SameWithNewOrigin | Unchanged | Returned, one: Prepared) -> str:
        article_id = intent.known.id
        if isinstance(intent, Revised):
            article = self.memory.get(article_id)
            revision = article.known.revision + 1
            self.corrections.append(Correction(article_id, revision, intent.draft, intent.changed, one.what.now))
            self.memory.put(replace(article, known=replace(article.known, draft=intent.draft, revision=revision)))
            self._touch(article_id)
        return article_id

    def _stand(self, article_id: str, one: Prepared) -> None:
        """Move a known article to the state that its sender asks for."""
        article = self.memory.get(article_id)
        state = standing(article.known, one.what, one.wish)
        until = embargo(article.known, article.embargo_until, state, one.what, one.wish)
        if (state, until) == (article.known.state, article.embargo_until):
            return
        self._touch(article_id)
        hidden = {slug: replace(place, visible=False) for slug, place in article.places.items()}
        self._placed |= dict.fromkeys((article_id, slug) for slug in hidden)
        self._moved.add(article_id)
        self.memory.put(Kept(replace(article.known, state=state), until, hidden))
        self._release(article_id, one)

    def _place(self, article_id: str, intent: Intent, one: Prepared, seen_here: bool) -> None:
        """Add its categories. None is ever taken away here: an editor may have put the article there."""
        if isinstance(intent, Returned):
            return
        article = self.memory.get(article_id)
        wanted = dict.fromkeys(one.categories, one.wish.placed_by)
        if isinstance(intent, New | Revised) or not seen_here:
            by_rule = categorise(one.story, one.what.source, self.categories, one.urls.values())
            wanted = dict.fromkeys(by_rule, "rule") | wanted
        exist = {category.slug for category in self.categories}
        added = {slug: by for slug, by in wanted.items() if slug in exist and slug not in article.known.categories}
        if added:
            # A category that it comes back to knows its entry still.
            back = {slug: replace(article.places.get(slug, Place()), placed_by=by) for slug, by in added.items()}
            places = article.places | back
            known = replace(article.known, categories=tuple(sorted({*article.known.categories, *added})))
            self.memory.put(replace(article, known=known, places=places))
            self._placed |= dict.fromkeys((article_id, slug) for slug in added)
        if added or isinstance(intent, New):
            self._release(article_id, one)

    def _release(self, article_id: str, one: Prepared) -> None:
        """Show a published article where it belongs, and count its entries: once and for ever, mailable ones alone."""
        article = self.memory.get(article_id)
        if article.known.state != ArticleState.PUBLISHED:
            return
        places = dict(article.places)
        for slug in [category.slug for category in self.categories if category.slug in article.known.categories]:
            place = replace(places[slug], visible=True)
            if article.known.mailable and place.entry is None:
                self.entries += 1
                self.last_entry += 1
                place = replace(place, entry=self.last_entry, entered_at=one.what.now)
            if place != places[slug]:
                places[slug] = place
                self._placed[article_id, slug] = None
        self.memory.put(replace(article, places=places))
        self._shown.add(article_id)
        self._touch(article_id)

    def _touch(self, article_id: str) -> None:
        """What feeds show of it changes, where they show it."""
        article = self.memory.get(article_id)
        if article.known.state == ArticleState.PUBLISHED:
            self.touched |= {ALL, *article.known.categories}

    def _show(self, article_id: str, intent: Intent, one: Prepared) -> None:
        source, story = one.what.source.slug, one.story
        # What a person took away is looked at again: they may bring it back, and it may have been corrected meanwhile.
        fingerprint = "" if isinstance(intent, Returned) else story.fingerprint
        for key, url in one.urls.items():
            self.showings.append(
                Showing(article_id, source, key, url, story.upstream_id, one.what.now, story.terms, fingerprint)
            )
            self.memory.show(source, key, article_id, story.upstream_id)
