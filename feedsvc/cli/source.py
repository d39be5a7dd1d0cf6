"""`feedsvc source`."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar

from feedsvc.app import App
from feedsvc.cli.exits import DATA
from feedsvc.cli.printing import add_row, print_json, progress, say, several, show, table, when
from feedsvc.cli.running import execute
from feedsvc.errors import InputError, UsageError
from feedsvc.ingest import check as checking
from feedsvc.ingest import run as ingest
from feedsvc.ingest.ports import Progress
from feedsvc.ingest.report import CheckReport, PollReport
from feedsvc.model.health import SourceHealth
from feedsvc.model.newsroom import Newsroom, Source, SourceKind
from feedsvc.newsroom.apply import apply
from feedsvc.newsroom.read import one_source
from feedsvc.storage import categories as category_rows
from feedsvc.storage import editorial, sources

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
        last, coming = when(one.health.last_success_at, now), when(one.health.next_poll_at, now)
        add_row(listing, one.source.slug, one.source.kind, one.status, last, coming)
    show(listing)
    for one in standings:
        if one.health.last_error:
            say(f"{one.source.slug}: {one.health.last_error}", style="red")


@app.command()
def add(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="The address of a news page, a feed or a sitemap.")],
    slug: Annotated[str, typer.Option(help="Its name; default: made from the address.")] = "",
    kind: Annotated[SourceKind, typer.Option(help="How it is read.")] = SourceKind.PAGE,
    category: Annotated[
        list[str] | None, typer.Option(help="A category its articles go into; may be repeated.")
    ] = None,
    timezone: Annotated[str, typer.Option(help="Zone of dates that name none; default: the site's.")] = "",
    language: Annotated[str, typer.Option(help="Language of its articles.")] = "en",
    allow_private: Annotated[bool, typer.Option("--allow-private", help="It may be on a private network.")] = False,
) -> None:
    """Read an address and add it as a source. Shows what it would bring; what cannot be read is not added.

    Example: feedsvc source add https://en.usst.edu.cn/News_Events.htm --category news --timezone Asia/Shanghai
    """

    values = {"slug": slug or _slug_of(url), "kind": kind.value, "url": url, "categories": category or []}

    async def _action(app: App) -> CheckReport:
        zone = timezone or app.settings.site.timezone
        told = values | {"timezone": zone, "language": language, "allow_private": allow_private}
        async with app.db.read() as conn:
            known = await editorial.newsroom(conn)
        chosen = one_source(told, known)
        if chosen.slug in {one.slug for one in known.sources}:
            msg = f"There is a source {chosen.slug} already. Give this one another name with --slug."
            raise UsageError(msg)
        report = await checking.check(app.fetcher, app.reader, chosen, 3, known.categories)
        if not report.items:
            msg = f"{url} was not added: {' '.join(report.problems) or 'no story was found there.'}"
            raise InputError(msg)
        await apply(app.db, Newsroom(sources=(chosen,)), app.clock.now())
        return report

    report = execute(ctx, _action)
    _print_check(report)
    say(f"Added as {report.source}. `feedsvc source poll {report.source}` reads it now.")


def _slug_of(url: str) -> str:
    parts = urlsplit(url)
    path = re.sub(r"\.(html?|xml|rss|atom|json|jsp|php)$", "", parts.path)
    words = re.sub(r"[^a-z0-9]+", "-", f"{parts.hostname or 'source'}{path}".lower().removeprefix("www.")).strip("-")
    return words[:60].strip("-")


@app.command()
def check(
    ctx: typer.Context,
    name: Name,
    limit: Annotated[int, typer.Option(help="How many stories to read in full.", min=1, max=200)] = 10,
    json: Json = False,
) -> None:
    """Show what a source would bring at this moment. Stores nothing. Exit code 65 where something cannot be read.

    Example: feedsvc source check usst-news --json
    """

    async def _action(app: App) -> CheckReport:
        async with app.db.read() as conn:
            source = await sources.get(conn, name)
            known = await category_rows.every(conn)
        return await checking.check(app.fetcher, app.reader, source, limit, known)

    report = execute(ctx, _action)
    if json:
        print_json(report)
    else:
        _print_check(report)
    if not report.went_well:
        raise typer.Exit(DATA)


def _print_check(report: CheckReport) -> None:
    if report.items:
        found = several(report.listed, "story", "stories")
        first = f", the first {len(report.items)} below" if len(report.items) < report.listed else ""
        say(f"{report.url}: {found}, read as {report.preset or report.kind}{first}")
        listing = table("date", "title", "writers", "categories", "words", right=("words",), whole=("date",))
        for item in report.items:
            # Chinese has no blanks between words: its characters are counted.
            size = len(item.text if item.language == "zh" else item.text.split())
            add_row(listing, item.date or "-", item.title, ", ".join(item.authors), ", ".join(item.categories), size)
        show(listing)
    for item in report.items:
        if item.problem:
            say(f"{item.url}: {item.problem}", style="red")
    for problem in report.problems:
        say(problem, style="red")


@app.command()
def poll(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(help="The source's slug.", metavar="NAME")] = None,
    every: Annotated[bool, typer.Option("--all", help="Poll every source.")] = False,
    json: Json = False,
) -> None:
    """Read a source now and take in what is new. Exit code 65 where one could not be read.

    Example: feedsvc source poll --all
    """
    if (name is None) == (not every):
        msg = "Name one source, or say --all."
        raise UsageError(msg)

    async def _action(app: App) -> list[PollReport]:
        async with app.db.read() as conn:
            slugs = (
                [one.slug for one in await sources.every(conn)]
                if every
                else [(await sources.get(conn, name or "")).slug]
            )
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
        with progress(*columns) as bar:
            return [await _poll_one(app, slug, bar) for slug in slugs]

    reports = execute(ctx, _action)
    if json:
        print_json(reports)
    else:
        _print_polls(reports)
    if not all(report.went_well for report in reports):
        raise typer.Exit(DATA)


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


@app.command()
def pause(ctx: typer.Context, name: Name) -> None:
    """Stop polling a source until it is resumed.

    Example: feedsvc source pause usst-news
    """

    async def _action(app: App) -> None:
        async with app.db.write() as conn:
            await sources.pause(conn, name, app.clock.now())

    execute(ctx, _action)
    say(f"{name} is paused. `feedsvc source resume {name}` polls it again.")


@app.command()
def resume(ctx: typer.Context, name: Name) -> None:
    """Poll a paused source again, beginning with the next tick.

    Example: feedsvc source resume usst-news
    """

    async def _action(app: App) -> None:
        async with app.db.write() as conn:
            await sources.resume(conn, name)

    execute(ctx, _action)
    say(f"{name} is polled again.")
