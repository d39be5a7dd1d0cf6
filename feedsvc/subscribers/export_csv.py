"""Subscribers as a CSV file that spreadsheets open harmlessly and `import_csv` reads back."""

import csv
import io
from collections.abc import AsyncIterator, Iterable
from datetime import datetime

from feedsvc.model.subscriber import Subscriber, SubscriberState, Subscription
from feedsvc.storage import subscribers
from feedsvc.storage.database import Database
from feedsvc.subscribers.rows import COLUMNS, FORMULA

PAGE = 1000
_HEADER = (*COLUMNS, "state", "created_at", "confirmed_at")


async def export_csv(db: Database, *, list_slug: str = "", state: SubscriberState | None = None) -> AsyncIterator[str]:
    """Pieces of a CSV text (RFC 4180, the header first), a thousand subscribers each and a read transaction each.

    Whose lists differ in categories or frequency has a row for each difference; instants are ISO 8601, in UTC.
    With `list_slug` only the readers of that list, and of their rows only those that name it.
    """
    yield _text([_HEADER])
    after = 0
    while True:
        async with db.read() as conn:
            people = await subscribers.page(conn, after=after, limit=PAGE, list_slug=list_slug, state=state)
        if not people:
            return
        yield _text(row for person in people for row in _rows(person, list_slug))
        after = people[-1].id


def _rows(person: Subscriber, list_slug: str) -> Iterable[tuple[str, ...]]:
    groups: dict[tuple[tuple[str, ...], str], list[str]] = {}
    if person.asked is not None and not person.subscriptions:
        groups[person.asked.categories, person.asked.frequency] = list(person.asked.lists)
    for subscription in _of(person, list_slug):
        groups.setdefault((subscription.choices, subscription.frequency), []).append(subscription.list_slug)
    for (choices, frequency), lists in (groups or {((), ""): []}).items():
        yield (
            person.email,
            person.name,
            person.language,
            person.timezone,
            ";".join(lists),
            ";".join(choices),
            frequency,
            _instant(person.consent_at),
            person.consent_source,
            person.state.value,
            _instant(person.created_at),
            _instant(person.confirmed_at),
        )


def _of(person: Subscriber, list_slug: str) -> Iterable[Subscription]:
    return [kept for kept in person.subscriptions if list_slug in ("", kept.list_slug)]


def _instant(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""


def _text(rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
