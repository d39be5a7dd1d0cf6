"""What the next issue would hold, for a person to look at; nothing is stored."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from feedsvc.digests.material import Material, chooser, gather, spoken
from feedsvc.digests.press import Press, issue_view
from feedsvc.errors import InputError, NotFound
from feedsvc.mail import editions
from feedsvc.mail.editions import assemble, html_slots
from feedsvc.mail.views import EditionPlan
from feedsvc.model.cron import parse, upcoming
from feedsvc.model.issue import Issue, IssueState
from feedsvc.settings import Settings
from feedsvc.storage import counters, digests, issues, reading, subscribers
from feedsvc.storage.database import Database
from feedsvc.storage.types import Conn


@dataclass(frozen=True, slots=True)
class Preview:
    """The next issue as one reader would get it: the mail's subject and two parts, and its articles in order."""

    digest: str
    due_at: datetime
    language: str
    subject: str
    article_ids: tuple[str, ...]
    html: str
    text: str


async def preview(db: Database, settings: Settings, now: datetime, slug: str, email: str = "") -> Preview:
    """The next issue of a digest: as subscriber `email` would get it, else as a new reader of everything.

    Raises NotFound for an unknown digest or address, InputError where the next issue would hold nothing.
    """
    async with db.read() as conn:
        digest = await digests.get(conn, slug)
        material = await gather(conn, digest, await counters.value(conn, "entry"), now)
        language, ids = await _chosen(conn, material, email)
        articles = await reading.get_many(conn, ids)
        issue = await _next(conn, material, now)
    if not ids:
        since = f"nothing has entered the topics of {email} since they joined, or since their last mail"
        who = since if email else "nothing new has entered its categories"
        msg = f"The next issue of {slug} would be empty: {who}. Poll the sources with `feedsvc source poll --all`."
        raise InputError(msg)
    press = Press(settings, material, issue_view(settings, material, issue), {})
    press.learn(articles)
    await press.render(language, ids)
    edition = press.edition(issue.id, language, ids)
    plan = EditionPlan(edition.block_keys, edition.lead, edition.more)
    text, html = assemble(plan, press.blocks(language))
    slots = {
        "address": email or "reader@example.org",
        "leave": settings.site.base_url,
        "preferences": settings.site.base_url,
    }
    return Preview(
        digest=slug,
        due_at=issue.due_at,
        language=language,
        subject=edition.subject,
        article_ids=edition.article_ids,
        html=editions.decode(html.fill(html_slots(slots)), "html"),
        text=editions.decode(text.fill(slots), "plain"),
    )


async def _chosen(conn: Conn, material: Material, email: str) -> tuple[str, tuple[str, ...]]:
    digest = material.digest
    if not email:
        floor = await issues.last_public_upto(conn, digest.slug)
        return spoken(digest.language, digest), material.since(floor)
    person = await subscribers.by_email_key(conn, email.strip().lower())
    reader = await issues.reader(conn, digest, person.id) if person else None
    if reader is None:
        msg = f"There is no subscriber {email}. `feedsvc subscriber list` shows those that there are."
        raise NotFound(msg)
    received = await issues.received(conn, [reader.id]) if reader.irregular else {}
    return spoken(reader.language, digest), chooser(material)(reader, received.get(reader.id, set()))


async def _next(conn: Conn, material: Material, now: datetime) -> Issue:
    """The issue that would come next, as if it were made."""
    digest = material.digest
    coming = upcoming(parse(digest.schedule), ZoneInfo(digest.timezone), now, 1)[0]
    number = await issues.next_number(conn, digest.slug)
    return Issue(
        0, digest.slug, digest.title, number, coming.name, coming.due_at, now, IssueState.COMPOSING, "", "", 0, 0, None
    )
