"""A preview: what a digest would bring, with nothing stored and nothing sent."""

import pytest

from feedsvc.digests.preview import preview
from feedsvc.errors import InputError, NotFound
from tests.digests.rooms import Room, of_digest


async def test_a_preview_stores_nothing_and_shows_what_comes(room: Room) -> None:
    await room.reader("a@example.org", "research")
    await room.article("n", "news")
    await room.article("r", "research")
    now = room.clock.now()
    everything = await preview(room.db, room.settings, now, "weekly")
    assert set(everything.article_ids) == {"n", "r"}
    assert "Story n" in everything.text
    assert "<h1" in everything.html
    mine = await preview(room.db, room.settings, now, "weekly", "a@example.org")
    assert mine.article_ids == ("r",)
    assert await of_digest(room) == []


async def test_a_preview_that_would_be_empty_says_why(room: Room) -> None:
    with pytest.raises(InputError, match="would be empty"):
        await preview(room.db, room.settings, room.clock.now(), "weekly")
    with pytest.raises(NotFound, match="no subscriber"):
        await preview(room.db, room.settings, room.clock.now(), "weekly", "nobody@example.org")
    with pytest.raises(NotFound, match="no digest"):
        await preview(room.db, room.settings, room.clock.now(), "monthly")
