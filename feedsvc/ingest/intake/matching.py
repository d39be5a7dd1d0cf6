"""Which article each story of a batch is: what the tables hold of them, kept up to date while the batch is decided.

The rules and their order: canonical URL on any source, the source's own id, the hash of the text. Several articles under
one rule: for URLs the one that this source showed comes first, then the one seen first; for ids and texts the newest.
Whoever pushes means its ids: what it sends under another one is another article, whatever its words.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import count

from feedsvc.ingest.intake.identity import is_at
from feedsvc.model.draft import Known, MatchedBy
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.storage.intake import Kept, Sighting

# Sightings that are not written yet come after all that are.
_LATER = 1 << 62


class Memory:
    """Articles and where they were seen, for one batch. Stories find here also what earlier ones of the batch brought."""

    def __init__(self, kept: dict[str, Kept], sightings: Iterable[Sighting]) -> None:
        self._kept = kept
        self._seen: dict[tuple[str, str], Sighting] = {}
        self._by_key: dict[str, dict[str, Sighting]] = {}
        self._by_id: dict[tuple[str, str], set[tuple[str, str]]] = {}
        self._by_text: dict[str, set[str]] = {}
        self._places: dict[tuple[str, str], set[tuple[str, str]]] = {}
        self._later = count(_LATER)
        for one in sightings:
            self._note(one)
        for article in kept.values():
            self._by_text.setdefault(article.known.draft.text_hash, set()).add(article.known.id)

    def get(self, article_id: str) -> Kept:
        """An article that was found, as it stands by now."""
        return self._kept[article_id]

    def shows(self, source: str, keys: Iterable[str]) -> bool:
        """Did the source show one of these canonical URLs before?"""
        return any((source, key) in self._seen for key in keys)

    def find(self, source: Source, keys: tuple[str, ...], upstream_id: str | None, text_hash: str) -> Known | None:
        """The article that a story is, and in `matched_by` the rule that says so."""
        found = self._by_url(source.slug, keys)
        matched_by = MatchedBy.URL
        if found is None and upstream_id:
            found, matched_by = self._by_upstream_id(source.slug, upstream_id), MatchedBy.UPSTREAM_ID
        elif found and upstream_id and self._is_called(found, source.slug, upstream_id):
            matched_by = MatchedBy.URL_AND_ID
        if found is None and text_hash:
            found, matched_by = self._by_hash(text_hash, source, upstream_id), MatchedBy.TEXT
        return replace(self._kept[found].known, matched_by=matched_by) if found else None

    def put(self, article: Kept) -> None:
        """An article as it stands from now on."""
        before = self._kept.get(article.known.id)
        if before is not None:
            self._by_text[before.known.draft.text_hash].discard(article.known.id)
        self._kept[article.known.id] = article
        self._by_text.setdefault(article.known.draft.text_hash, set()).add(article.known.id)

    def show(self, source: str, key: str, article_id: str, upstream_id: str | None) -> None:
        """The source shows an article at a canonical URL; one that was seen before stays with its article."""
        before = self._seen.get((source, key))
        if before is None:
            self._note(Sighting(next(self._later), article_id, source, key, upstream_id))
        else:
            self._note(replace(before, upstream_id=upstream_id or before.upstream_id))

    def _note(self, one: Sighting) -> None:
        place = (one.source, one.url_key)
        self._seen[place] = one
        self._by_key.setdefault(one.url_key, {})[one.source] = one
        self._places.setdefault((one.source, one.article_id), set()).add(place)
        if one.upstream_id:
            self._by_id.setdefault((one.source, one.upstream_id), set()).add(place)

    def _by_url(self, source: str, keys: tuple[str, ...]) -> str | None:
        candidates = [
            (one.source != source, place, one.id, one.article_id)
            for place, key in enumerate(keys)
            for one in self._by_key.get(key, {}).values()
        ]
        return min(candidates)[3] if candidates else None

    def _by_upstream_id(self, source: str, upstream_id: str) -> str | None:
        places = self._by_id.get((source, upstream_id), ())
        # An id may have gone from a page since.
        still = [one for one in map(self._seen.__getitem__, places) if one.upstream_id == upstream_id]
        return max(still, key=lambda one: one.id).article_id if still else None

    def _is_called(self, article_id: str, source: str, upstream_id: str) -> bool:
        """Does the source show this id at the article's own address?"""
        own = self._kept[article_id].known.draft.url
        places = self._by_id.get((source, upstream_id), ())
        here = [one for one in map(self._seen.__getitem__, places) if one.upstream_id == upstream_id]
        return any(one.article_id == article_id and is_at(own, (one.url_key,)) for one in here)

    def _by_hash(self, text_hash: str, source: Source, upstream_id: str | None) -> str | None:
        alike = self._by_text.get(text_hash, set())
        if upstream_id and source.kind == SourceKind.PUSH:
            alike = {each for each in alike if not self._is_called_otherwise(each, source.slug)}
        found = [self._kept[each].known for each in alike]
        return max(found, key=lambda known: (known.draft.sort_at, known.id)).id if found else None

    def _is_called_otherwise(self, article_id: str, source: str) -> bool:
        """Does the source call an article by an id? One that has the story's own is found before texts are compared."""
        return any(self._seen[place].upstream_id for place in self._places.get((source, article_id), ()))
