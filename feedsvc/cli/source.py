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
from feedsvc.cli.running import console, execute, notes, print_json, table, when
from feedsvc.errors import InputError, UsageError
from feedsvc.ingest import check as checking
from feedsvc.ingest import run as ingest
from feedsvc.ingest.ports import Progress
from feedsvc.ingest.report import CheckReport, PollReport
from feedsvc.model.health import SourceHealth
from feedsvc.model.newsroom import Newsroom, Source, SourceKind
from feedsvc.newsroom.apply import apply
from feedsvc.storage import categories as category_rows
from feedsvc.storage import sources

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Where articles come from.")
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(help="The source's slug.")]


@dataclass(frozen=True, slots=True)
class Standing:
    """A source as it is configured, and how it is doing."""

    source: Source
    status: str
    health: SourceHealth


@app.command("list")
def list_command(ctx: typer.Context, json: Json = False) -> None:
    """List the sources: how each is doing, when it last answered, when it is asked next.

    Example: feedsvc source list
    """

    async def action(app: App) -> tuple[list[Standing], datetime]:
        async with app.db.read() as conn:
            healths = await sources.healths(conn)
            found = [Standing(one, healths[one.slug].status, healths[one.slug]) for one in await sources.every(conn)]
        return found, app.clock.now()

    standings, now = execute(ctx, action)
    if json:
        print_json(standings)
        return
    if not standings:
        console.print("No sources yet. `feedsvc source add URL` adds one, `feedsvc apply FILE` a whole newsroom.")
        return
    shown = table("source", "kind", "state", "last success", "next poll", "what is wrong")
    for one in standings:
        health = one.health
        shown.add_row(
            one.source.slug,
            one.source.kind,
            one.status,
            when(health.last_success_at, now),
            when(health.next_poll_at, now),
            health.last_error,
        )
    console.print(shown)


@app.command()
def add(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(help="The address of a news page, a feed or a sitemap.")],
    slug: Annotated[str, typer.Option(help="Its name; default: made from the address.")] = "",
    kind: Annotated[SourceKind, typer.Option(help="How it is read.")] = SourceKind.PAGE,
    category: Annotated[
        list[str] | None, typer.Option(help="A category its articles go into; may be repeated.")
    ] = None,
    timezone: Annotated[str, typer.Option(help="Zone of dates that name none; default: the site's.")] = "",
    language: Annotated[str, typer.Option(help="Language of its articles.")] = "en",
    allow_private: Annotated[bool, typer.Option("--allow-private", help="It may be on a private network.")] = False,
) -> None:
    """Read an address, show what it would bring, and add it as a source. What cannot be read is not added.

    Example: feedsvc source add https://en.usst.edu.cn/News_Events.htm --category news --timezone Asia/Shanghai
    """

    async def action(app: App) -> CheckReport:
        chosen = Source(
            slug=slug or _slug_of(url),
            kind=kind,
            url=url,
            categories=tuple(category or ()),
            timezone=timezone or app.settings.site.timezone,
            language=language,
            allow_private=allow_private,
        )
        async with app.db.read() as conn:
            known = await category_rows.every(conn)
            taken = chosen.slug in {one.slug for one in await sources.every(conn)}
        if taken:
            msg = f"There is a source {chosen.slug} already. Give this one another name with --slug."
            raise UsageError(msg)
        report = await checking.check(app.fetcher, app.reader, chosen, 3, known)
        if not report.items:
            msg = f"{url} was not added: {' '.join(report.problems) or 'no story was found there.'}"
            raise InputError(msg)
        await apply(app.db, Newsroom(sources=(chosen,)), app.clock.now())
        return report

    report = execute(ctx, action)
    _print_check(report)
    console.print(f"Added as {report.source}. `feedsvc source poll {report.source}` reads it now.", markup=False)


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
    """Show what a source would bring at this moment. Nothing is stored. Exit code 65 where something cannot be read.

    Example: feedsvc source check usst-news --json
    """

    async def action(app: App) -> CheckReport:
        async with app.db.read() as conn:
            source = await sources.get(conn, name)
            known = await category_rows.every(conn)
        return await checking.check(app.fetcher, app.reader, source, limit, known)

    report = execute(ctx, action)
    if json:
        print_json(report)
    else:
        _print_check(report)
    if not report.went_well:
        raise typer.Exit(DATA)


def _print_check(report: CheckReport) -> None:
    if report.items:
        console.print(f"{report.url}: {report.listed} stories, read as {report.preset or report.kind}", markup=False)
        shown = table("date", "title", "writers", "categories", "words", right=("words",))
        for item in report.items:
            size = len(item.text.split()) if item.language != "zh" else len(item.text)
            shown.add_row(item.date or "-", item.title, ", ".join(item.authors), ", ".join(item.categories), str(size))
        console.print(shown)
    for item in report.items:
        if item.problem:
            console.print(f"{item.url}: {item.problem}", style="red", markup=False)
    for problem in report.problems:
        console.print(problem, style="red", markup=False)


@app.command()
def poll(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(help="The source's slug.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Poll every source.")] = False,
    json: Json = False,
) -> None:
    """Read a source now and take in what is new. Exit code 65 where one could not be read.

    Example: feedsvc source poll --all
    """
    if (name is None) == (not every):
        msg = "Name one source, or say --all."
        raise UsageError(msg)

    async def action(app: App) -> list[PollReport]:
        async with app.db.read() as conn:
            slugs = (
                [one.slug for one in await sources.every(conn)]
                if every
                else [(await sources.get(conn, name or "")).slug]
            )
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
        with Bar(*columns, console=notes, transient=True) as bar:
            return [await _poll_one(app, slug, bar) for slug in slugs]

    reports = execute(ctx, action)
    if json:
        print_json(reports)
    else:
        _print_polls(reports)
    if not all(report.went_well for report in reports):
        raise typer.Exit(DATA)


async def _poll_one(app: App, slug: str, bar: Bar) -> PollReport:
    task = bar.add_task(slug, total=None)

    def watch(progress: Progress) -> None:
        bar.update(task, completed=progress.done, total=progress.total)

    try:
        return await ingest.poll(app.db, app.fetcher, app.reader, app.settings, app.clock, slug, watch)
    finally:
        bar.remove_task(task)


def _print_polls(reports: list[PollReport]) -> None:
    shown = table("source", "outcome", "found", "new", "changed", "failed", right=("found", "new", "changed", "failed"))
    for one in reports:
        counts = (one.found, one.new, one.changed, one.failed)
        shown.add_row(one.source, one.outcome, *(str(count) for count in counts))
    console.print(shown)
    for one in reports:
        for problem in (*((one.error,) if one.error else ()), *one.problems):
            console.print(f"{one.source}: {problem}", style="red", markup=False)


@app.command()
def pause(ctx: typer.Context, name: Name) -> None:
    """Stop polling a source until it is resumed.

    Example: feedsvc source pause usst-news
    """

    async def action(app: App) -> None:
        async with app.db.write() as conn:
            await sources.pause(conn, name, app.clock.now())

    execute(ctx, action)
    console.print(f"{name} is paused. `feedsvc source resume {name}` polls it again.", markup=False)


@app.command()
def resume(ctx: typer.Context, name: Name) -> None:
    """Poll a paused source again, beginning with the next tick.

    Example: feedsvc source resume usst-news
    """

    async def action(app: App) -> None:
        async with app.db.write() as conn:
            await sources.resume(conn, name)

    execute(ctx, action)
    console.print(f"{name} is polled again.", markup=False)
