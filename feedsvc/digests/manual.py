"""Issues by hand: send one now, outside the schedule; mail a test to one address."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from feedsvc.clock import Clock
from feedsvc.digests.material import entry_number
from feedsvc.digests.preview import preview
from feedsvc.digests.run import compose
from feedsvc.errors import InputError
from feedsvc.model.issue import Issue, IssueState, MessageKind
from feedsvc.settings import Settings
from feedsvc.storage import digests, issues, outbox
from feedsvc.storage.database import Database


async def send_now(db: Database, settings: Settings, clock: Clock, slug: str) -> Issue:
    """Make an issue of the present local minute and queue it. Raises NotFound, and InputError for a second in a minute."""
    now = clock.now()
    async with db.write() as conn:
        digest = await digests.get(conn, slug)
        period = now.astimezone(ZoneInfo(digest.timezone)).strftime("%Y-%m-%dT%H:%M")
        upto = await entry_number(conn)
        issue = await issues.begin(conn, digest, period, now, now, upto, IssueState.COMPOSING)
    if issue is None:
        msg = f"{slug} already has an issue of this minute ({period}). `feedsvc digest issues {slug}` shows it."
        raise InputError(msg)
    return await compose(db, settings, clock, issue.id)


async def test(db: Database, settings: Settings, clock: Clock, slug: str, address: str) -> int:
    """Queue the next issue as it would be now for one address, marked as a test; returns the message's id.

    Raises NotFound, InputError.
    """
    now = clock.now()
    shown = await preview(db, settings, now, slug)
    payload = {"subject": shown.subject, "html": shown.html, "text": shown.text, "language": shown.language}
    expires_at = now + timedelta(seconds=settings.delivery.expiry)
    async with db.write() as conn:
        return await outbox.enqueue(
            conn, MessageKind.TEST, recipient=address, payload=payload, now=now, expires_at=expires_at
        )
