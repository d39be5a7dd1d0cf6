"""`feedsvc article new|import`: articles that somebody writes, or brings in from a file."""

import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn

from feedsvc.app import App
from feedsvc.cli.article_show import short
from feedsvc.cli.exits import DATA
from feedsvc.cli.printing import must_be_file, print_json, progress, say, several
from feedsvc.cli.running import execute
from feedsvc.errors import InputError, UsageError
from feedsvc.ingest.submit.archive import Import, Imported, Line, bring_file
from feedsvc.ingest.submit.push_story import Moment, paragraphs, read_date
from feedsvc.ingest.submit.written import Entered, Sheet, Site, enter
from feedsvc.model.article import ArticleState, Image, Story
from feedsvc.settings import Settings
from feedsvc.text.html import sanitise
from feedsvc.text.markup import from_markdown, looks_like_html, titled
from feedsvc.text.urls import absolute
from feedsvc.web.api.documents import read

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PUSHED = "A source of kind push; default: the only one there is, or `editors`, which is made."


def new(  # noqa: PLR0913 (a command has as many arguments as it has options)
    ctx: typer.Context,
    *,
    title: Annotated[str, typer.Option(help="Its title; default: the first heading of the text.")] = "",
    url: Annotated[str, typer.Option(help="Its own page; without one, its page here is its link.")] = "",
    file: Annotated[str, typer.Option(help="A file with its text, in Markdown or HTML; - reads standard input.")] = "",
    text: Annotated[str, typer.Option(help="Its text itself; blank lines divide paragraphs.")] = "",
    summary: Annotated[str, typer.Option(help="Its summary; default: its first sentences.")] = "",
    category: Annotated[list[str] | None, typer.Option(help="A category it belongs to; repeatable.")] = None,
    author: Annotated[list[str] | None, typer.Option(help="A writer; repeatable.")] = None,
    published: Annotated[
        str, typer.Option(help="Its date, such as 2026-06-06 or 2026-06-06T08:00; default: now.")
    ] = "",
    language: Annotated[str, typer.Option(help="Its language, such as en or zh; default: the source's.")] = "",
    image: Annotated[str, typer.Option(help="Address of its lead image.")] = "",
    state: Annotated[str, typer.Option(help="held: it waits until it is published.")] = "published",
    embargo: Annotated[str, typer.Option(help="Publish it at this time, such as 2026-06-06T08:00.")] = "",
    source: Annotated[str, typer.Option(help=PUSHED)] = "",
    json: Json = False,
) -> None:
    """Write an article. Its rules are those of what comes in: the same address again is a correction.

    Times without a zone are the site's.

    Example: feedsvc article new --file story.md --category news --embargo 2026-06-06T08:00
    """
    raw = _Raw(
        title, url, summary, tuple(category or ()), tuple(author or ()), published, language, image, embargo, source
    )
    _run_new(ctx, raw, _state(state, embargo), _body(file, text, url), json)


@dataclass(frozen=True, slots=True)
class _Raw:
    """What was said of an article, as it was said."""

    title: str
    url: str
    summary: str
    categories: tuple[str, ...]
    authors: tuple[str, ...]
    published: str
    language: str
    image: str
    embargo: str
    source: str


def _run_new(ctx: typer.Context, raw: _Raw, state: ArticleState, body: str, json: bool) -> None:
    async def _action(app: App) -> Entered:
        now = app.clock.now()
        return await enter(app.db, _site(app.settings), _sheet(raw, state, body, now, app.settings.site.timezone), now)

    entered = execute(ctx, _action)
    if json:
        print_json(entered)
    else:
        _print_entered(entered)


def _state(state: str, embargo: str) -> ArticleState:
    if state not in ("published", "held"):
        msg = f"--state is published or held, not {state!r}. An embargo is given with --embargo."
        raise UsageError(msg)
    if embargo and state == "held":
        msg = "An article is held, or embargoed until an instant: leave out --state or --embargo."
        raise UsageError(msg)
    return ArticleState(state)


def _sheet(raw: _Raw, state: ArticleState, body: str, now: datetime, timezone: str) -> Sheet:
    """What is to be written. Raises InputError for what cannot be used."""
    zone = ZoneInfo(timezone)
    until = _moment("--embargo", raw.embargo, zone)
    day = _moment("--published", raw.published, zone)
    heading, html = ("", body) if raw.title else titled(body)
    story = Story(
        _address("--url", raw.url),
        raw.title or heading,
        summary=raw.summary,
        content_html=html,
        authors=raw.authors,
        published=day.instant if day else None,
        published_is_date=day is not None and day.is_date,
        language=raw.language or None,
        image=Image(_address("--image", raw.image)) if raw.image else None,
    )
    if not story.title:
        msg = "It has no title: give --title, or begin the text with a heading (# in Markdown)."
        raise InputError(msg)
    if not story.content_html and not story.url:
        msg = "It has neither a text nor a page of its own: give --file, --text or --url."
        raise InputError(msg)
    if until and until.instant <= now:
        msg = f"--embargo {raw.embargo!r} has passed already: without --embargo it is published now."
        raise InputError(msg)
    if until:
        return Sheet(story, raw.source, raw.categories, ArticleState.EMBARGOED, until.instant)
    return Sheet(story, raw.source, raw.categories, state)


def _body(file: str, text: str, url: str) -> str:
    """The text as HTML that may be shown. Raises InputError, NotFound, UsageError, OSError."""
    if file and text:
        msg = "The text comes from --file or from --text: leave out one of them."
        raise UsageError(msg)
    if not file:
        return paragraphs(text)
    if file == "-":
        told = sys.stdin.buffer.read()
    else:
        must_be_file(Path(file))
        told = Path(file).read_bytes()
    written = _decoded(file, told)
    if file.lower().endswith((".html", ".htm")) or looks_like_html(written):
        return sanitise(written, url)
    return from_markdown(written, url)


def _decoded(file: str, told: bytes) -> str:
    """Raises InputError for what is no text."""
    name = "Standard input" if file == "-" else file
    try:
        written = told.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{name} is no text in UTF-8: save it as Markdown or HTML in UTF-8."
        raise InputError(msg) from error
    if "\0" in written:
        msg = f"{name} is no text (it has NUL bytes): give Markdown or HTML in UTF-8."
        raise InputError(msg)
    return written


def _moment(option: str, text: str, zone: ZoneInfo) -> Moment | None:
    try:
        return read_date(text, zone) if text else None
    except ValueError as error:
        msg = f"{option}: {text!r} {error}."
        raise InputError(msg) from error


def _address(option: str, url: str) -> str:
    if url and not absolute(url, url):
        msg = f"{option}: {url!r} is no whole address that begins with http:// or https://."
        raise InputError(msg)
    return url


def _site(settings: Settings) -> Site:
    return Site(settings.site.base_url, settings.site.language, settings.site.timezone)


def _print_entered(entered: Entered) -> None:
    if entered.made_source:
        say(f"The source {entered.source} was made, for what is written here.")
    says = {
        "new": f"It is {entered.state}",
        "changed": f"It was there and is corrected; it is {entered.state}",
        "known": f"It is there already, and is {entered.state}",
        "withdrawn": f"It was withdrawn and stays so (`feedsvc article publish {short(entered.id)}` brings it back)",
    }[entered.happened]
    say(f"{short(entered.id)}  {says}: {entered.url}")
    if entered.owner:
        say(
            f"Your text was not taken: the article belongs to the source {entered.owner}, and only that one corrects it."
        )


def import_command(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="JSON lines or a JSON array in the form of the API, or a feed.", metavar="FILE")
    ],
    source: Annotated[str, typer.Option(help=PUSHED)] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say for each record what would happen; do nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Bring in an archive of articles. A record that cannot be used costs itself; a second time brings nothing new.

    The fields are those of POST /api/v1/articles; `source` may be left out. What is undated or older than the source's
    first_run_window enters pages and feeds and is never mailed. Exit code 65 where a record could not be used, or an
    entry of a feed has no address or breaks off.

    Example: feedsvc article import archive.jsonl --dry-run
    """
    must_be_file(file)

    async def _action(app: App) -> Imported:
        columns = (BarColumn(), TextColumn("{task.fields[lines]} articles"), TimeRemainingColumn())
        with progress(*columns) as bar:
            task = bar.add_task("", total=file.stat().st_size, lines=0)
            lines = 0

            def _told(batch: list[Line], done: int) -> None:
                nonlocal lines
                lines += len(batch)
                bar.update(task, completed=done, lines=lines)
                if dry_run and not json:
                    for line in batch:
                        _print_line(line)

            asked = Import(file, read, source, dry_run)
            return await bring_file(app.db, app.reader, _site(app.settings), asked, app.clock, _told)

    result = execute(ctx, _action)
    if json:
        print_json(result)
    else:
        _print_import(result, dry_run)
    if result.failed or result.dropped:
        raise typer.Exit(DATA)


def _print_line(line: Line) -> None:
    told = f"{line.title} ({line.says})" if line.title and line.says else line.title or line.says
    say(f"{line.unit} {line.number}: {line.happened}: {told}", style="red" if line.happened == "bad" else "")


def _print_import(result: Imported, dry_run: bool) -> None:
    for line in () if dry_run else result.bad:
        _print_line(line)
    if not dry_run and result.failed > len(result.bad):
        say(f"and {several(result.failed - len(result.bad), 'more record')} like these", style="red")
    if result.made_source:
        say(f"The source {result.source} {'would be' if dry_run else 'was'} made, for what is brought in by hand.")
    counts = {
        "new": result.new,
        "new and held": result.held,
        "changed": result.changed,
        "known already": result.known,
        "withdrawn here before": result.withdrawn,
        "not usable": result.failed,
    }
    told = ", ".join(
        f"{number} {name}" for name, number in counts.items() if number or name in ("new", "known already")
    )
    say(f"{result.source}: {several(result.lines, 'article')} in {result.form}: {told}.")
    if result.dropped:
        left = several(result.dropped, "entry", "entries")
        say(f"{left} of the feed left out: without an address, or broken off at the end.", style="red")
    if dry_run:
        say("Nothing was changed. Run it without --dry-run to bring them in.")
