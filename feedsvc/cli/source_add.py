"""`feedsvc source add`."""

import re
import sys
from dataclasses import dataclass
from typing import Annotated, Any, NoReturn
from urllib.parse import urlsplit

import typer

from feedsvc.app import App
from feedsvc.cli.printing import agreed, console, print_json, say
from feedsvc.cli.running import execute
from feedsvc.cli.source_proposal import not_added, print_discovery, print_source, print_stories
from feedsvc.errors import AddressRefused, FetchError, InputError, ReadError, UsageError
from feedsvc.ingest import check as checking
from feedsvc.ingest.discovery.discover import discover
from feedsvc.ingest.discovery.errand import addresses
from feedsvc.ingest.report import CheckReport
from feedsvc.model.discovery import Candidate, Discovery
from feedsvc.model.newsroom import Newsroom, Source, SourceKind
from feedsvc.newsroom.apply import apply
from feedsvc.newsroom.export import plain
from feedsvc.newsroom.read import one_source
from feedsvc.storage import editorial
from feedsvc.text.urls import canonical

SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to be found (`number`: of the candidates, 0 for the one that is proposed), and how it is told."""

    url: str
    kind: SourceKind | None
    number: int
    json: bool
    yes: bool


@dataclass(frozen=True, slots=True)
class _Proposal:
    """What was found, the source that would be added, and its first stories."""

    found: Discovery
    candidate: Candidate
    source: Source
    report: CheckReport


@dataclass(frozen=True, slots=True)
class _Nothing:
    """What was found where nothing of it is proposed; its days are told in `timezone`."""

    found: Discovery
    timezone: str


def add(  # noqa: PLR0913 (the options of a command)
    ctx: typer.Context,
    url: Annotated[
        str,
        typer.Argument(metavar="URL", help="A news page, a home page, a story, a feed, a sitemap, or a host name."),
    ] = "",
    *,
    slug: Annotated[str, typer.Option(help="Its name; default: made from the address.")] = "",
    kind: Annotated[SourceKind | None, typer.Option(help="How it is to be read; default: what is found.")] = None,
    candidate: Annotated[int, typer.Option(help="Take this one of the ways found.", min=0, show_default=False)] = 0,
    category: Annotated[
        list[str] | None, typer.Option(help="A category its articles go into; may be repeated.")
    ] = None,
    timezone: Annotated[str, typer.Option(help="Zone of dates that name none; default: the site's.")] = "",
    language: Annotated[str, typer.Option(help="Language of its articles; default: the page's.")] = "",
    interval: Annotated[str, typer.Option(help="How often it is read.")] = "30m",
    approval: Annotated[
        bool, typer.Option("--approval", help="Hold its articles until an editor lets them out.")
    ] = False,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="It may be on a private network.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Add it without asking.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON; adds nothing without --yes.")] = False,
) -> None:
    """Find the news at an address and add it as a source.

    It shows first how the news can be read there and what it would bring. Feeds that the page names come first, then
    sitemaps, stories that it declares, the list of a known CMS, and lists found by their look. What is proposed is pinned:
    the source is read by the rules that are shown.

    Example: feedsvc source add https://en.usst.edu.cn/News_Events.htm --category news --timezone Asia/Shanghai
    """
    told = {
        "slug": slug, "categories": category or [], "timezone": timezone, "language": language,
        "interval": interval, "approval": approval, "allow_private": allow_private,
    }  # fmt: skip
    if kind is SourceKind.PUSH:
        _add_push(ctx, told | {"kind": "push", "url": ""}, url, json)
        return
    if not url:
        msg = "Give the address of a news page, a feed, a sitemap or a site: feedsvc source add URL."
        raise UsageError(msg)
    _add_found(ctx, told, _Wish(url, kind, candidate, json, yes))


def _add_found(ctx: typer.Context, told: dict[str, Any], wish: _Wish) -> None:
    """Find, show, ask, add."""
    proposal = execute(ctx, lambda app: _propose(app, told, wish))
    if isinstance(proposal, _Nothing):
        _refuse(proposal, wish)
    added = _agreed(proposal, wish)
    if added:
        execute(ctx, lambda app: _store(app, proposal.source))
    if wish.json:
        _print_json(proposal, added=added)
    elif added:
        say(f"Added as {proposal.source.slug}. `feedsvc source poll {proposal.source.slug}` reads it now.")


async def _propose(app: App, told: dict[str, Any], wish: _Wish) -> _Proposal | _Nothing:
    """Look around and choose.

    Raises InputError where nothing can be added, UsageError for a number that is none.
    """
    site = app.settings.site
    whole = addresses(wish.url)[0]
    zone = told["timezone"] or site.timezone
    named = told["slug"] or _slug_of(wish.url)
    wished = told | {"slug": named, "timezone": zone, "kind": (wish.kind or SourceKind.PAGE).value, "url": whole}
    known = await _known(app, wished | {"language": told["language"] or site.language}, final=bool(told["slug"]))
    try:
        found = await discover(
            app.fetcher, app.reader, wish.url, timezone=zone, allow_private=told["allow_private"], only=wish.kind
        )
    except AddressRefused as error:
        advice = " Here, add --allow-private." if "allow_private = true" in str(error) else ""
        msg = f"{wish.url} was not added: {error}{advice}"
        raise InputError(msg) from error
    except (FetchError, ReadError) as error:
        msg = f"{wish.url} was not added: {not_added(str(error))}"
        raise InputError(msg) from error
    chosen = _choose(found, wish.number)
    if chosen is None:
        return _Nothing(found, zone)
    values = wished | {"language": told["language"] or found.language or site.language} | chosen.values()
    if chosen.kind is SourceKind.PAGE and not told["slug"] and canonical(chosen.url) != canonical(found.url):
        # The page that is read names the source, where another (a story, a home page) led to it.
        values["slug"] = _slug_of(chosen.url)
    source = _unknown(_unread(one_source(values, known), known), known)
    report = await checking.check(app.fetcher, app.reader, source, SHOWN, known.categories)
    if not report.items:
        reason = not_added(" ".join(report.problems)) or "no story was found there."
        msg = f"{wish.url} was not added: {reason}"
        raise InputError(msg)
    return _Proposal(found, chosen, source, report)


async def _known(app: App, values: dict[str, Any], *, final: bool) -> Newsroom:
    """The newsroom. Raises InputError for values that no source may have, UsageError for a `final` name that is taken."""
    async with app.db.read() as conn:
        known = await editorial.newsroom(conn)
    source = one_source(values, known)
    if final:
        _unknown(source, known)
    return known


def _unread(source: Source, known: Newsroom) -> Source:
    """The source, unless another reads its address in the same way. Raises UsageError."""
    address = (source.kind, canonical(source.url))
    for one in known.sources:
        if (one.kind, canonical(one.url)) == address:
            msg = (
                f"{source.url} is read by the source {one.slug} already; `feedsvc source show {one.slug}` tells of it."
            )
            raise UsageError(msg)
    return source


def _unknown(source: Source, known: Newsroom) -> Source:
    if source.slug in {one.slug for one in known.sources}:
        msg = f"There is a source {source.slug} already. Give this one another name with --slug."
        raise UsageError(msg)
    return source


def _choose(found: Discovery, number: int) -> Candidate | None:
    chosen = found.candidate(number or found.chosen)
    if number and chosen is None:
        count = len(found.candidates)
        there = f"there is {count} only" if count == 1 else f"there are {count}"
        msg = f"There is no candidate {number}: {there}. Leave --candidate out to see what was found."
        raise UsageError(msg)
    return chosen


def _refuse(nothing: _Nothing, wish: _Wish) -> NoReturn:
    """Tell what was found though nothing of it is proposed. Raises InputError."""
    found = nothing.found
    if wish.json:
        print_json({"discovery": found, "candidate": 0, "added": False})
    elif found.candidates:
        print_discovery(found, 0, nothing.timezone)
    wanted = f" as a {wish.kind.value}" if wish.kind else ""
    msg = f"{wish.url} was not added{wanted}: {found.advice}"
    raise InputError(msg)


def _agreed(proposal: _Proposal, wish: _Wish) -> bool:
    """Show the proposal, and ask for it where nothing answers already. Raises UsageError where nobody is there to answer."""
    if wish.json:
        return wish.yes
    print_discovery(proposal.found, proposal.candidate.number, proposal.source.timezone)
    print_source(proposal.source)
    print_stories(proposal.report, proposal.source)
    say()
    if wish.yes:
        return True
    if not (console.is_terminal and sys.stdin.isatty()):
        msg = "Nothing was added, because nobody is at a terminal to agree. Look at the above, and add --yes."
        raise UsageError(msg)
    return agreed("Add this source?", default=True, otherwise="Nothing was added.")


async def _store(app: App, source: Source) -> None:
    await apply(app.db, Newsroom(sources=(source,)), app.clock.now())


def _add_push(ctx: typer.Context, values: dict[str, Any], url: str, json: bool) -> None:
    """Add a source that nothing is read from: there is nothing to find or to agree to. Raises UsageError."""
    if url:
        msg = f"A push source has no address, because nothing is read for it: leave {url} out, and name it with --slug."
        raise UsageError(msg)
    if not values["slug"]:
        msg = "A push source needs a name, because there is no address to make one from: add --slug."
        raise UsageError(msg)

    async def _action(app: App) -> Source:
        site = app.settings.site
        whole = values | {
            "timezone": values["timezone"] or site.timezone,
            "language": values["language"] or site.language,
        }
        source = one_source(whole, await _known(app, whole, final=True))
        await _store(app, source)
        return source

    source = execute(ctx, _action)
    if json:
        print_json({"source": plain(source), "added": True})
        return
    say(
        f"Added as {source.slug}. `feedsvc token create {source.slug} --source {source.slug}` makes the key to push with."
    )


def _print_json(proposal: _Proposal, *, added: bool) -> None:
    print_json(
        {
            "discovery": proposal.found,
            "candidate": proposal.candidate.number,
            "source": plain(proposal.source),
            "articles": proposal.report.items,
            "added": added,
        }
    )


def _slug_of(url: str) -> str:
    parts = urlsplit(url if "://" in url else f"https://{url}")
    path = re.sub(r"\.(html?|xml|rss|atom|json|jsp|php)$", "", parts.path)
    words = re.sub(r"[^a-z0-9]+", "-", f"{parts.hostname or 'source'}{path}".lower().removeprefix("www.")).strip("-")
    return words[:60].strip("-")
