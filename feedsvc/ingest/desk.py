"""What editors do with articles: hold, publish (now, or when an embargo ends) and withdraw them.

An article that a burst or a first run brought in is not mailable: publishing it shows it and mails nobody, unless the
editor asks for the mail, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from feedsvc.errors import InputError, NotFound
from feedsvc.ingest.polling import burst
from feedsvc.logs import get_logger
from feedsvc.model.article import ArticleState
from feedsvc.storage import articles, desk, sources, stamps
from feedsvc.storage.database import Database
from feedsvc.storage.desk import Stand
from feedsvc.storage.types import Conn

log = get_logger(__name__)

BATCH = 100
"""Articles moved in one transaction."""

SHORTEST_NAME = 4
"""Letters of an id that are enough to name an article, where no other has them."""


class Act(StrEnum):
    """What an editor does."""

    HOLD = "hold"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Order:
    """An act, and what goes with it.

    `at` (aware): publish then; `categories`: publish there, too; `mail`: also what was not to be mailed; `reason`: why
    it is held or withdrawn.
    """

    act: Act
    at: datetime | None = None
    categories: tuple[str, ...] = ()
    mail: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one article: where it stood, where it stands, and a sentence."""

    id: str
    title: str
    before: ArticleState
    after: ArticleState
    changed: bool
    says: str


def decide(here: Stand, order: Order, now: datetime) -> Stand:
    """Where an article stands after an order."""
    if order.act is Act.PUBLISH:
        # What was held may bear an embargo: whoever sent it meant it to be kept.
        at = order.at or (here.embargo_until if here.state is ArticleState.HELD else None)
        later = at if at is not None and at > now else None
        return replace(
            here,
            state=ArticleState.EMBARGOED if later else ArticleState.PUBLISHED,
            embargo_until=later,
            mailable=here.mailable or order.mail,
            reason="",
        )
    state = ArticleState.HELD if order.act is Act.HOLD else ArticleState.WITHDRAWN
    reason = order.reason or (here.reason if here.state is state else "")
    until = here.embargo_until if order.act is Act.HOLD else None
    return replace(here, state=state, embargo_until=until, reason=reason)


def tell(before: Stand, after: Stand) -> str:
    """What became of an article, in a sentence."""
    if before == after:
        return f"It is {_standing(after)} already."
    if before.state is ArticleState.WITHDRAWN and after.state is ArticleState.PUBLISHED:
        said = "It is published again: it was withdrawn."
    elif before.state is after.state and before.embargo_until == after.embargo_until:
        said = f"It stays {_standing(after)}."
    else:
        said = f"It is {_standing(after)}."
    if before.state is ArticleState.HELD and after.state is ArticleState.EMBARGOED:
        said = f"{said} Publish it once more to show it at once."
    if after.state in (ArticleState.PUBLISHED, ArticleState.EMBARGOED) and not after.mailable:
        return f"{said} It came as one of many or too late to be news, and is not mailed (--mail does)."
    return said


async def carry_out(db: Database, ids: Sequence[str], order: Order, now: datetime) -> list[Done]:
    """Do it to articles in one transaction of its own, as `settle` does. Raises what it raises, and StorageError."""
    async with db.write() as conn:
        done = await settle(conn, ids, order, now)
    log.info("articles moved", act=order.act.value, articles=sum(one.changed for one in done))
    return done


async def settle(conn: Conn, ids: Sequence[str], order: Order, now: datetime) -> list[Done]:
    """Do it to articles, in their order, inside the caller's write transaction. `now` is aware, in UTC.

    What stands so already stays as it is. Raises NotFound for an unknown id or category, before anything is written.
    """
    await desk.must_have_categories(conn, order.categories)
    await articles.lock(conn)
    here = await desk.stands(conn, ids, lock=True)
    if missing := [one for one in ids if one not in here]:
        raise _unknown(missing[0])
    after = {one: decide(here[one], order, now) for one in here}
    for one in here:
        await desk.place(conn, one, order.categories)
    moved = [stand for one, stand in after.items() if stand != here[one] or order.categories]
    await stamps.bump(conn, await desk.move(conn, moved, now), now)
    await _count_bursts(conn, [one.id for one in moved])
    return [_done(here[one], after[one], order) for one in dict.fromkeys(ids)]


async def _count_bursts(conn: Conn, ids: Sequence[str]) -> None:
    """A burst's alarm tells how much it still holds, and ends with the last of it."""
    if not ids:
        return
    for health in await sources.alarmed(conn, ids):
        others = [one for one in health.alarms if one.code != burst.CODE]
        if len(others) < len(health.alarms):
            held = await articles.held_by_burst(conn, health.slug)
            await sources.put_alarms(conn, health.slug, (*burst.alarm(health.slug, held), *others))


async def resolve(conn: Conn, name: str) -> str:
    """The id of the article that `name` names: a whole id, or enough of its beginning or end.

    Raises InputError where that is too little or fits several, NotFound where it fits none.
    """
    asked = name.strip().strip("…").lower()
    if len(asked) < SHORTEST_NAME:
        msg = f"{name!r} is too short for an article's id: give at least {SHORTEST_NAME} letters of it."
        raise InputError(msg)
    found = await desk.named(conn, asked, 3)
    if not found:
        raise _unknown(name)
    if len(found) > 1:
        msg = f"Several articles have {name!r} in their id: {', '.join(found[:2])}{' ...' if found[2:] else ''}. Give more of it."
        raise InputError(msg)
    return found[0]


def _unknown(name: str) -> NotFound:
    return NotFound(f"There is no article {name!r}. `feedsvc article list` shows those there are.")


def _standing(stand: Stand) -> str:
    if stand.state is ArticleState.EMBARGOED and stand.embargo_until:
        return f"embargoed until {stand.embargo_until:%Y-%m-%d %H:%M} UTC"
    return stand.state.value


def _done(before: Stand, after: Stand, order: Order) -> Done:
    says = tell(before, after)
    if order.categories:
        says = f"{says} It is in {', '.join(order.categories)}."
    changed = before != after or bool(order.categories)
    return Done(before.id, before.title, before.state, after.state, changed, says)
