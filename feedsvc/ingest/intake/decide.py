"""What becomes of a story: old state, new data and `now` go in, an intent comes out. Nothing here does I/O.

What a sender asks for beside the story (a state, an embargo) is a `Wish`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feedsvc.ingest.intake.identity import FAR_APART, content_hash, is_at, same_text, tells_other, text_hash
from feedsvc.model.article import ArticleState, Story
from feedsvc.model.draft import Draft, Known, MatchedBy
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.text.html import sanitised_text, summarise

STAMPED = timedelta(hours=1)
"""A date so young, of a story known already, may be only when its feed was built."""

_LEAST, _DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a decision depends on beside the story. `now` is aware, in UTC.

    `first_poll`: the source is still bringing in what was there before us. `burst`: so much is new at once that a
    person must look first.
    """

    source: Source
    now: datetime
    first_poll: bool = False
    burst: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """Who brings a story (`rule`: a poll, `editor`, `push`), and the state they ask for; None leaves it to the source."""

    placed_by: str = "rule"
    state: ArticleState | None = None
    embargo_until: datetime | None = None

    @property
    def is_editors(self) -> bool:
        """Does a person ask?"""
        return self.placed_by == "editor"


POLLED = Wish()
"""A poll asks for nothing."""


@dataclass(frozen=True, slots=True)
class New:
    """An article to insert."""

    draft: Draft
    state: ArticleState
    mailable: bool


@dataclass(frozen=True, slots=True)
class Revised:
    """A correction: a new revision with `draft`, in which `changed` names the fields that differ."""

    known: Known
    draft: Draft
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SameWithNewOrigin:
    """A known article at another place: it gets an origin, and the categories that place brings."""

    known: Known


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A known article as it was."""

    known: Known


@dataclass(frozen=True, slots=True)
class Returned:
    """A withdrawn article that upstream still shows: it stays withdrawn."""

    known: Known


Intent = New | Revised | SameWithNewOrigin | Unchanged | Returned


def decide(
    story: Story,
    keys: tuple[str, ...],
    known: Known | None,
    seen_here: bool,
    what: Circumstances,
    wish: Wish = POLLED,
    draft: Draft | None = None,
) -> Intent:
    """What to do with a cleaned story. `keys`: its canonical URLs; `seen_here`: the source showed one before.

    `draft`: what `draft_of` makes of it, where that is known already.
    """
    if known is None or _other_story(story, known, what.source):
        return _new(draft or draft_of(story, what.source, what.now), what, wish)
    if known.state == ArticleState.WITHDRAWN:
        return Returned(known)
    draft = _merged(story, keys, known, what) if _speaks_for(story, keys, known, what.source, wish) else None
    changed = _changed(known, draft, what.now, dated=wish.placed_by != "rule") if draft else ()
    if draft and changed:
        return Revised(known, draft, changed)
    return Unchanged(known) if seen_here else SameWithNewOrigin(known)


def standing(known: Known, what: Circumstances, wish: Wish) -> ArticleState:
    """Where an article that was there before is to stand.

    A sender moves its own source's articles alone. What is held is released by a person, and so is everything of a
    source with approval; what was withdrawn stays so. An embargo may be an editor's: a program ends one by an
    `embargo_until` of its own alone.
    """
    asked, stays = _asked(wish, what.now), known.state
    if asked is None or stays == ArticleState.WITHDRAWN:
        return stays
    if wish.is_editors:
        return asked
    if known.source != what.source.slug or stays == ArticleState.HELD:
        return stays
    if stays == ArticleState.EMBARGOED and wish.state == ArticleState.PUBLISHED:
        return stays
    return stays if what.source.approval and asked != ArticleState.HELD else asked


def embargo(
    known: Known, before: datetime | None, state: ArticleState, what: Circumstances, wish: Wish
) -> datetime | None:
    """Until when an article that was there before is embargoed (UTC), once it stands as `state`.

    One that is held keeps it for the day on which a person publishes it. A sender sets that of its own source's alone.
    """
    if state not in (ArticleState.EMBARGOED, ArticleState.HELD):
        return None
    if wish.state != ArticleState.EMBARGOED or not (wish.is_editors or known.source == what.source.slug):
        return before
    if wish.embargo_until is not None and wish.embargo_until > what.now:
        return wish.embargo_until
    return before if state == ArticleState.EMBARGOED else None


def draft_of(story: Story, source: Source, first_seen_at: datetime) -> Draft:
    """The article that a story makes. The date is the story's or none; it orders unless it lies in the future."""
    summary = story.summary or summarise(sanitised_text(story.content_html))
    told = replace(story, summary=summary)
    return Draft(
        url=story.url,
        title=story.title,
        summary=summary,
        content_html=story.content_html,
        authors=story.authors,
        language=story.language or source.language,
        image=story.image,
        attachments=story.attachments,
        published_at=story.published,
        published_is_date=story.published_is_date and story.published is not None,
        sort_at=_sort_at(story.published, first_seen_at),
        content_hash=content_hash(told),
        text_hash=text_hash(told),
    )


def _new(draft: Draft, what: Circumstances, wish: Wish) -> New:
    recent = draft.published_at is not None and draft.published_at >= what.now - what.source.first_run_window
    state = _asked(wish, what.now) or (ArticleState.HELD if what.burst else ArticleState.PUBLISHED)
    if what.source.approval and not wish.is_editors:
        state = ArticleState.HELD
    return New(draft, state, mailable=not what.burst and (recent or not what.first_poll))


def _asked(wish: Wish, now: datetime) -> ArticleState | None:
    if wish.state != ArticleState.EMBARGOED:
        return wish.state
    if wish.embargo_until is None:
        msg = "it is to be embargoed, but it is not said until when"
        raise ValueError(msg)
    return ArticleState.EMBARGOED if wish.embargo_until > now else ArticleState.PUBLISHED


def _other_story(story: Story, known: Known, source: Source) -> bool:
    """The text is the same, but it was printed at another time: a notice that comes again.

    Or the id is, and nothing else: some feeds give the id of an entry that is gone to a new one. Whoever pushes means it.
    """
    if known.matched_by == MatchedBy.UPSTREAM_ID and source.kind != SourceKind.PUSH:
        old = known.draft
        return tells_other(story, old.title, old.content_html, old.published_at)
    if known.matched_by != MatchedBy.TEXT or story.published is None or known.draft.published_at is None:
        return False
    return abs(story.published - known.draft.published_at) > FAR_APART


def _speaks_for(story: Story, keys: tuple[str, ...], known: Known, source: Source, wish: Wish) -> bool:
    """May this story correct the article? Only the article's own page may, or the two would undo each other for ever.

    A feed may also move its entry to a new address, and whoever pushes corrects what it pushed. Anyone may give a body to
    an article that has none.
    """
    if not known.draft.content_html and story.content_html:
        return True
    if known.source != source.slug:
        return False
    if wish.placed_by != "rule":
        return True
    return is_at(known.draft.url, keys) or _moved(keys, known, source)


def _moved(keys: tuple[str, ...], known: Known, source: Source) -> bool:
    """A feed (or who pushes) shows an entry it had before, by its id, at another address than the article's: a new one,
    or one that it had before that.
    """
    by_id = known.matched_by in (MatchedBy.UPSTREAM_ID, MatchedBy.URL_AND_ID) and known.source == source.slug
    return by_id and source.kind in (SourceKind.FEED, SourceKind.PUSH) and not is_at(known.draft.url, keys)


def _merged(story: Story, keys: tuple[str, ...], known: Known, what: Circumstances) -> Draft:
    """The story over what is known: a list that shows less than the page did takes nothing away."""
    old = known.draft
    if not story.content_html and old.content_html:
        story = replace(
            story,
            summary=old.summary,
            content_html=old.content_html,
            authors=story.authors or old.authors,
            image=story.image or old.image,
            attachments=story.attachments or old.attachments,
        )
    elif same_text(story.content_html, old.content_html):
        # Only counters or markup differ: keep what was, so that nothing changes for anyone.
        story = replace(story, content_html=old.content_html, summary=story.summary or old.summary)
    if story.published is None:
        story = replace(story, published=old.published_at, published_is_date=old.published_is_date)
    url = story.url if _moved(keys, known, what.source) else old.url
    told = replace(story, url=url, title=story.title or old.title)
    draft = draft_of(told, what.source, known.first_seen_at)
    return replace(draft, language=story.language or old.language)


def _changed(known: Known, new: Draft, now: datetime, dated: bool) -> tuple[str, ...]:
    """The fields a reader sees change. A date alone counts where there was none, where a sender means it (`dated`), and
    where it can be the story's.
    """
    old = known.draft
    if old.url == new.url and old.content_hash == new.content_hash:
        counts = dated or old.published_at is None or _is_redated(known, new, now)
        return ("published_at",) if counts and old.published_at != new.published_at else ()
    names = ("url", "title", "summary", "content_html", "authors", "image", "attachments", "published_at")
    return tuple(name for name in names if getattr(old, name) != getattr(new, name))


def _is_redated(known: Known, new: Draft, now: datetime) -> bool:
    """May a date that changed alone be believed? Some feeds print "now", or when they were last built.

    None is the story's that is later than when we first saw it, or that lies in the last hour. A day says no more than
    an instant of that day.
    """
    old, told = known.draft.published_at, new.published_at
    if old is None or told is None or told > min(known.first_seen_at, now - STAMPED):
        return False
    if new.published_is_date and not known.draft.published_is_date and told <= old < told + _DAY:
        return False
    return abs(told - old) >= _LEAST


def _sort_at(published: datetime | None, first_seen_at: datetime) -> datetime:
    return first_seen_at if published is None or published > first_seen_at else published
