"""`feedsvc source`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar

from feedsvc.app import App
from feedsvc.cli.exits import DATA
from feedsvc.cli.printing import add_row, print_json, progress, say, show, table, when
from feedsvc.cli.running import execute
from feedsvc.cli.source_add import add
from feedsvc.cli.source_backfill import print_walk, walk
from feedsvc.cli.source_check import check
from feedsvc.cli.source_show import next_visit, show_command, troubles
from feedsvc.errors import UsageError
from feedsvc.ingest import run as ingest
from feedsvc.ingest.polling.backfill import DEPTH
from feedsvc.ingest.ports import Progress
from feedsvc.ingest.report import PollReport
from feedsvc.model.health import SourceHealth
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.storage import sources

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Where articles come from.")
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(help="The source's slug.", metavar="NAME")]
NONE_YET = "No sources yet. `feedsvc source add URL` adds one, `feedsvc apply FILE` a whole newsroom."


@dataclass(frozen=True, slots=True)
class Standing:
    """A source as it is configured, and how it is doing."""

    source: Source
    status: str
    health: SourceHealth


@app.command("list")
def list_command(ctx: typer.Context, json: Json = False) -> None:
    """List the sources, how each is doing, and when it is read next.

    Example: feedsvc source list
    """

    async def _action(app: App) -> tuple[list[Standing], datetime]:
        async with app.db.read() as conn:
            healths = await sources.healths(conn)
            found = [Standing(one, healths[one.slug].status, healths[one.slug]) for one in await sources.every(conn)]
        return found, app.clock.now()

    standings, now = execute(ctx, _action)
    if json:
        print_json(standings)
        return
    if not standings:
        say(NONE_YET)
        return
    listing = table("source", "kind", "state", "answered", "next", whole=("source", "state"))
    for one in standings:
        last, coming = when(one.health.last_success_at, now), next_visit(one.health, now)
        if one.source.kind == SourceKind.PUSH:
            coming = "-"
        add_row(listing, one.source.slug, one.source.kind, one.status, last, coming)
    show(listing)
    for one in standings:
        for trouble in troubles(one.health, now):
            say(f"{one.source.slug}: {trouble}", style="red")


app.command("show")(show_command)
app.command()(add)
app.command()(check)


@app.command()
def poll(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(help="The source's slug.", metavar="NAME")] = None,
    every: Annotated[bool, typer.Option("--all", help="Poll every source.")] = False,
    backfill: Annotated[bool, typer.Option("--backfill", help="Follow its links to older pages instead.")] = False,
    depth: Annotated[int, typer.Option(help="Older pages to read at the most.", min=1, max=10_000)] = DEPTH,
    restart: Annotated[bool, typer.Option("--restart", help="Begin the older pages anew.")] = False,
    json: Json = False,
) -> None:
    """Read a source now and take in what is new. Exit code 65 where one could not be read.

    With --backfill it reads older pages, as far as --depth; broken off, it goes on where it was. What is old is never mailed.

    Example: feedsvc source poll usst-news --backfill --depth 50
    """
    if (name is None) == (not every):
        msg = "Name one source, or say --all."
        raise UsageError(msg)
    if backfill:
        _poll_back(ctx, name, depth, restart, json)
        return
    reports = execute(ctx, lambda app: _poll_all(app, name))
    if json:
        print_json(reports)
    else:
        _print_polls(reports)
    if not all(report.went_well for report in reports):
        raise typer.Exit(DATA)


def _poll_back(ctx: typer.Context, name: str | None, depth: int, restart: bool, json: bool) -> None:
    if name is None:
        msg = "--backfill reads one source: name it."
        raise UsageError(msg)
    report = execute(ctx, lambda app: walk(app, name, depth, restart))
    if json:
        print_json(report)
    else:
        print_walk(report)
    if report.error:
        raise typer.Exit(DATA)


async def _poll_all(app: App, name: str | None) -> list[PollReport]:
    async with app.db.read() as conn:
        chosen = [await sources.get(conn, name)] if name else await sources.every(conn)
    slugs = [one.slug for one in chosen if name or one.kind != SourceKind.PUSH]
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with progress(*columns) as bar:
        return [await _poll_one(app, slug, bar) for slug in slugs]


async def _poll_one(app: App, slug: str, bar: Bar) -> PollReport:
    task = bar.add_task(slug, total=None)

    def _watch(progress: Progress) -> None:
        bar.update(task, completed=progress.done, total=progress.total)

    try:
        return await ingest.poll(app.db, app.fetcher, app.reader, app.settings, app.clock, slug, _watch)
    finally:
        bar.remove_task(task)


def _print_polls(reports: list[PollReport]) -> None:
    if not reports:
        say(NONE_YET)
        return
    numbers = ("found", "new", "changed", "failed")
    listing = table("source", "outcome", *numbers, right=numbers)
    for one in reports:
        add_row(listing, one.source, one.outcome, one.found, one.new, one.changed, one.failed)
    show(listing)
    for one in reports:
        for problem in (*((one.error,) if one.error else ()), *one.problems):
            say(f"{one.source}: {problem}", style="red")
        if one.joined:
            say(f"{one.source}: {one.joined} of them were known already, from another source or address.")


@app.command()
def pause(ctx: typer.Context, name: Name) -> None:
    """Take nothing in from a source until it is resumed.

    Example: feedsvc source pause usst-news
    """

    async def _action(app: App) -> None:
        async with app.db.write() as conn:
            await sources.pause(conn, name, app.clock.now())

    execute(ctx, _action)
    say(f"{name} is paused. `feedsvc source resume {name}` lets it go on.")


@app.command()
def resume(ctx: typer.Context, name: Name) -> None:
    """Let a paused source go on, beginning with the next tick.

    Example: feedsvc source resume usst-news
    """

    async def _action(app: App) -> None:
        async with app.db.write() as conn:
            await sources.resume(conn, name)

    execute(ctx, _action)
    say(f"{name} is polled again.")
