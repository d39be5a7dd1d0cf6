"""A newsroom in a real database, whose digests are made and sent by hand."""

from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from feedsvc.clock import FixedClock
from feedsvc.digests.manual import send_now
from feedsvc.model.issue import Issue, MessageState
from feedsvc.model.newsroom import Category, Digest, Newsroom, ReaderList
from feedsvc.model.subscriber import EVERYTHING
from feedsvc.settings import Settings
from feedsvc.storage import counters, issues
from feedsvc.storage.database import Database
from feedsvc.storage.schema import article_categories, articles
from feedsvc.storage.schema_mail import outbox, subscribers, subscriptions

ROOM = Newsroom(
    categories=(Category("news", "News"), Category("research", "Research")),
    lists=(ReaderList("alumni", "Alumni"), ReaderList("staff", "Staff")),
    digests=(
        Digest("weekly", "USST weekly", "0 8 * * mon", lists=("alumni",), timezone="Asia/Shanghai", max_items=3),
        Digest("daily", "USST daily", "30 7 * * *", lists=("staff",), frequency="daily", timezone="Asia/Shanghai"),
    ),
)


class Room:
    """A newsroom in a database, with short ways to make articles and readers."""

    def __init__(self, db: Database, settings: Settings, clock: FixedClock) -> None:
        self.db, self.settings, self.clock = db, settings, clock
        self.made = 0

    async def article(self, name: str, *slugs: str) -> None:
        """An article that enters categories now, in order."""
        now = self.clock.now()
        async with self.db.write() as conn:
            row = await conn.execute(select(articles.c.id).where(articles.c.id == name))
            if row.scalar() is None:
                await conn.execute(insert(articles).values(**article_values(name, now)))
            for slug in slugs:
                number = await counters.next_value(conn, "entry")
                values = {"category": slug, "article_id": name, "sort_at": now, "visible": True}
                await conn.execute(insert(article_categories).values(**values, entry=number, entered_at=now))

    async def reader(self, email: str, *chosen: str, on: str = "alumni", language: str = "en") -> int:
        """An active reader whose wishes count from now."""
        async with self.db.write() as conn:
            entry = await counters.value(conn, "entry")
            values = {"email": email, "email_key": email, "language": language, "state": "active", "nonce": email[:30]}
            statement = insert(subscribers).values(**values, created_at=self.clock.now(), irregular=False)
            key = int((await conn.execute(statement.returning(subscribers.c.id))).scalar_one())
            wishes = dict.fromkeys(chosen or (EVERYTHING,), entry)
            joined = {"subscriber_id": key, "list": on, "wishes": wishes, "joined_at": self.clock.now()}
            await conn.execute(insert(subscriptions).values(**joined))
        return key

    async def send(self, slug: str = "weekly") -> Issue:
        """An issue by hand, an hour later, and every message of it taken by the relay."""
        self.clock.advance(timedelta(hours=1))
        issue = await send_now(self.db, self.settings, self.clock, slug)
        await self.settle(MessageState.SENT)
        return issue

    async def settle(self, state: MessageState, reader: int | None = None) -> None:
        """Give open rows an outcome."""
        async with self.db.write() as conn:
            change = update(outbox).where(outbox.c.state == MessageState.QUEUED).values(state=state)
            await conn.execute(change.where(outbox.c.subscriber_id == reader) if reader else change)

    async def got(self, issue: Issue) -> dict[int, tuple[str, ...]]:
        """What each reader gets in an issue."""
        async with self.db.read() as conn:
            editions = {edition.id: edition.article_ids for edition, _ in await issues.editions_of(conn, issue.id)}
            rows = await conn.execute(
                select(outbox.c.subscriber_id, outbox.c.edition_id).where(outbox.c.issue_id == issue.id)
            )
            return {row[0]: editions[row[1]] for row in rows}


def article_values(name: str, now: datetime) -> dict[str, object]:
    """The columns of a published article."""
    return {
        "id": name,
        "guid": f"tag:example.edu,2020:{name}",
        "source": "s",
        "url": f"https://example.edu/{name}.htm",
        "title": f"Story {name}",
        "summary": f"What {name} is about.",
        "content_html": "<p>Text.</p>",
        "authors": [],
        "language": "en",
        "image": None,
        "attachments": [],
        "published_at": now,
        "published_is_date": True,
        "first_seen_at": now,
        "updated_at": now,
        "sort_at": now,
        "revision": 1,
        "state": "published",
        "mailable": True,
        "content_hash": name,
    }


async def of_digest(room: Room, slug: str = "weekly") -> list[Issue]:
    """The issues of a digest, the newest first."""
    async with room.db.read() as conn:
        return await issues.of_digest(conn, slug)
