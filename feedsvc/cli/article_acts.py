"""`feedsvc article hold|publish|withdraw`: named articles, or all that are in one state."""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.progress import BarColumn, TextColumn

from feedsvc.app import App
from feedsvc.cli.article_show import short
from feedsvc.cli.printing import agreed, must_be_known, print_json, progress, say, several
from feedsvc.cli.running import execute
from feedsvc.errors import InputError, UsageError
from feedsvc.ingest import desk as acts
from feedsvc.ingest.desk import BATCH, Act, Done, Order
from feedsvc.ingest.submit.push_story import read_date
from feedsvc.model.article import ArticleState
from feedsvc.storage import desk, sources
from feedsvc.storage.desk import Choice

Ids = Annotated[
    list[str] | None, typer.Argument(help="Ids, or their ends as `feedsvc article list` prints them.", metavar="ID...")
]
Reason = Annotated[str, typer.Option(help="Why; shown by `feedsvc article show`.")]
Every = Annotated[bool, typer.Option("--all", help="All that are in one state, instead of named ones.")]
OfSource = Annotated[str, typer.Option("--source", help="With --all: only this source's.")]
Yes = Annotated[bool, typer.Option("--yes", help="With --all: do not ask.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_DONE = {Act.HOLD: "held", Act.PUBLISH: "published", Act.WITHDRAW: "withdrawn"}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the command line asks for."""

    order: Order
    names: tuple[str, ...]
    choice: Choice | None
    yes: bool
    json: bool


def hold(
    ctx: typer.Context,
    ids: Ids = None,
    reason: Reason = "",
    every: Every = False,
    source: OfSource = "",
    state: Annotated[
        str, typer.Option(help="With --all: those in this state; default: published.", show_default=False)
    ] = "published",
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Take articles out of feeds and pages until they are published.

    Example: feedsvc article hold 2f1d5a6b7c8d --reason "the date is wrong"
    """
    choice = _choice(ids, every, source, state)
    _run(ctx, _Asked(Order(Act.HOLD, reason=reason), tuple(ids or ()), choice, yes, json))


def publish(  # noqa: PLR0913 (a command has as many arguments as it has options)
    ctx: typer.Context,
    ids: Ids = None,
    *,
    at: Annotated[str, typer.Option(help="Not now: at this time, such as 2026-06-06T08:00 (the site's zone).")] = "",
    category: Annotated[list[str] | None, typer.Option(help="Put them into this category, too; repeatable.")] = None,
    mail: Annotated[bool, typer.Option("--mail", help="Mail them, also what is old or one of a burst.")] = False,
    every: Every = False,
    source: OfSource = "",
    state: Annotated[
        str, typer.Option(help="With --all: those in this state; default: held.", show_default=False)
    ] = "held",
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Show articles that were held, embargoed or withdrawn.

    With --at it is an embargo: they are shown from that instant on. What was held as one of a burst, or was old when it
    came, is shown and mailed to nobody unless --mail is given.

    Example: feedsvc article publish 2f1d5a6b7c8d --at 2026-06-06T08:00 --category research
    """
    choice = _choice(ids, every, source, state)
    order = Order(Act.PUBLISH, categories=tuple(category or ()), mail=mail)
    _run(ctx, _Asked(order, tuple(ids or ()), choice, yes, json), at)


def withdraw(
    ctx: typer.Context,
    ids: Ids = None,
    reason: Reason = "",
    every: Every = False,
    source: OfSource = "",
    state: Annotated[
        str, typer.Option(help="With --all: those in this state; default: held.", show_default=False)
    ] = "held",
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Take articles away everywhere.

    Feeds say so, and polling never brings them back; `publish` does.

    Example: feedsvc article withdraw 2f1d5a6b7c8d --reason "an error in the numbers"
    """
    choice = _choice(ids, every, source, state)
    _run(ctx, _Asked(Order(Act.WITHDRAW, reason=reason), tuple(ids or ()), choice, yes, json))


def _choice(ids: list[str] | None, every: bool, source: str, state: str) -> Choice | None:
    """What --all means; None where articles are named. Raises UsageError, NotFound."""
    if bool(ids) == every:
        msg = "Name articles by their ids, or say --all (with --source and --state): one of the two."
        raise UsageError(msg)
    if not every:
        return None
    must_be_known("state", state, list(ArticleState))
    return Choice(ArticleState(state), source)


def _run(ctx: typer.Context, asked: _Asked, at: str = "") -> None:
    if asked.choice is None:
        done = execute(ctx, lambda app: _named(app, _at(app, asked.order, at), asked.names))
    else:
        done = _every(ctx, asked, asked.choice, at)
    if asked.json:
        print_json(done)
    elif asked.choice is None:
        for one in done:
            say(f"{short(one.id)}  {one.title}: {one.says}")
    else:
        _print_count(done, asked.order)


async def _named(app: App, order: Order, names: Sequence[str]) -> list[Done]:
    async with app.db.read() as conn:
        ids = [await acts.resolve(conn, name) for name in names]
    return await acts.carry_out(app.db, ids, order, app.clock.now())


def _every(ctx: typer.Context, asked: _Asked, choice: Choice, at: str) -> list[Done]:
    """Count, ask, act: the question is put while nothing runs, so that Ctrl-C ends it at once."""

    async def _count(app: App) -> int:
        _at(app, asked.order, at)
        async with app.db.read() as conn:
            known = [one.slug for one in await sources.every(conn)] if choice.source else []
            must_be_known("source", choice.source, known)
            return await desk.count(conn, choice)

    total = execute(ctx, _count)
    if not total:
        return []
    _confirm(asked.order, choice, total, asked.yes)
    return execute(ctx, lambda app: _all(app, _at(app, asked.order, at), choice, total))


async def _all(app: App, order: Order, choice: Choice, total: int) -> list[Done]:
    done: list[Done] = []
    with progress(BarColumn(), TextColumn("{task.completed}/{task.total}")) as bar:
        task = bar.add_task("", total=total)
        while len(done) < total:
            async with app.db.read() as conn:
                ids = await desk.chosen(conn, choice, BATCH, done[-1].id if done else "")
            if not ids:
                break
            done += await acts.carry_out(app.db, ids, order, app.clock.now())
            bar.update(task, completed=len(done))
    return done


def _confirm(order: Order, choice: Choice, total: int, yes: bool) -> None:
    """Ask, unless --yes was said. Raises UsageError where nobody can answer."""
    of = f" of {choice.source}" if choice.source else ""
    what = f"{several(total, 'article')}{of} that {'is' if total == 1 else 'are'} {choice.state}"
    if yes:
        return
    if not sys.stdin.isatty():
        msg = f"This concerns {what}. Say --yes to go on."
        raise UsageError(msg)
    if not agreed(f"{order.act.capitalize()} {what}?", default=False, otherwise="Nothing was changed."):
        raise typer.Exit


def _print_count(done: list[Done], order: Order) -> None:
    if not done:
        say("There are none: nothing was changed.")
        return
    for after, number in Counter(one.after for one in done if one.changed).items():
        say(f"{several(number, 'article')} {after}.")
    if unchanged := sum(not one.changed for one in done):
        say(f"{several(unchanged, 'article')} {_DONE[order.act]} already.")
    if quiet := sum("not mailed" in one.says for one in done):
        say(f"{quiet} of them came in a burst or late, and are not mailed. The same command with --mail mails them.")


def _at(app: App, order: Order, text: str) -> Order:
    """The order, at the instant that --at names. Raises InputError."""
    if not text:
        return order
    try:
        instant = read_date(text, ZoneInfo(app.settings.site.timezone)).instant
    except ValueError as error:
        msg = f"--at {text!r} {error}."
        raise InputError(msg) from error
    if instant <= app.clock.now():
        msg = f"--at {text!r} has passed already: without --at it is published now."
        raise InputError(msg)
    return replace(order, at=instant)
