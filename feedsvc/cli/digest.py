"""`feedsvc digest`."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from feedsvc.app import App
from feedsvc.cli.printing import add_row, notes, print_json, say, several, show, table, when
from feedsvc.cli.running import execute
from feedsvc.digests import manual
from feedsvc.digests import preview as previewing
from feedsvc.digests.preview import Preview
from feedsvc.model.cron import parse, upcoming
from feedsvc.model.issue import Issue
from feedsvc.model.newsroom import Digest
from feedsvc.storage import digests, issues
from feedsvc.subscribers import addresses

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="Newsletters: what they hold, when they go, what went.",
)
Name = Annotated[str, typer.Argument(help="The digest's slug.", metavar="NAME")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@dataclass(frozen=True, slots=True)
class Standing:
    """A digest, when it comes next (UTC), and its last issue."""

    digest: Digest
    next_at: datetime | None
    last: Issue | None


@app.command("list")
def list_command(ctx: typer.Context, json: Json = False) -> None:
    """List the digests: when each comes next, how its last issue went.

    Example: feedsvc digest list
    """

    async def _action(app: App) -> tuple[list[Standing], datetime]:
        now = app.clock.now()
        async with app.db.read() as conn:
            found = []
            for digest in await digests.every(conn):
                last = await issues.of_digest(conn, digest.slug, 1)
                coming = upcoming(parse(digest.schedule), ZoneInfo(digest.timezone), now, 1)
                found.append(Standing(digest, coming[0].due_at if coming else None, last[0] if last else None))
        return found, now

    standings, now = execute(ctx, _action)
    if json:
        print_json(standings)
        return
    if not standings:
        say("No digests yet. Add one to a newsroom file and run `feedsvc apply FILE`.")
        return
    listing = table("digest", "title", "schedule", "next", "last issue", whole=("digest",))
    for standing in standings:
        digest, last = standing.digest, standing.last
        zone = ZoneInfo(digest.timezone)
        coming = standing.next_at.astimezone(zone).strftime("%a %d %b %Y %H:%M %Z") if standing.next_at else "-"
        said = f"{last.state}, {when(last.due_at, now)}" if last else "-"
        add_row(listing, digest.slug, digest.title, f"{digest.schedule} ({digest.timezone})", coming, said)
    show(listing)


@app.command()
def preview(
    ctx: typer.Context,
    name: Name,
    as_email: Annotated[
        str, typer.Option("--as", help="As this subscriber would get it; default: a new reader of everything.")
    ] = "",
    html: Annotated[
        Path | None, typer.Option("--html", help="Write the HTML part to this file.", dir_okay=False)
    ] = None,
    json: Json = False,
) -> None:
    """Show what the next issue would hold, without making it.

    Example: feedsvc digest preview weekly --as li@example.edu --html preview.html
    """

    async def _action(app: App) -> Preview:
        return await previewing.preview(app.db, app.settings, app.clock.now(), name, as_email)

    shown = execute(ctx, _action)
    if html:
        html.write_text(shown.html, "utf-8")
        notes.print(f"The HTML part is in {html}.", soft_wrap=True)
    if json:
        print_json(shown)
        return
    typer.echo(f"Subject: {shown.subject}\n\n{shown.text}")


@app.command("test")
def test_command(
    ctx: typer.Context, name: Name, to: Annotated[str, typer.Option("--to", help="The address to send it to.")]
) -> None:
    """Send the next issue, as it would be now, to one address. No subscriber gets it; nothing is marked as sent.

    Example: feedsvc digest test weekly --to editor@example.edu
    """

    address = addresses.check(to)

    async def _action(app: App) -> int:
        return await manual.test(app.db, app.settings, app.clock, name, address)

    number = execute(ctx, _action)
    say(f"Queued as message {number}. It leaves within seconds where `feedsvc serve` runs.")


@app.command()
def send(ctx: typer.Context, name: Name, json: Json = False) -> None:
    """Make an issue now, outside the schedule, and queue its mails.

    Example: feedsvc digest send weekly
    """

    async def _action(app: App) -> tuple[Issue, int]:
        issue = await manual.send_now(app.db, app.settings, app.clock, name)
        async with app.db.read() as conn:
            readers = sum(count for _, count in await issues.editions_of(conn, issue.id))
        return issue, readers

    issue, readers = execute(ctx, _action)
    if json:
        print_json({"issue": issue, "readers": readers})
    elif issue.number is None:
        say(f"Issue {issue.id} is {issue.state}: {issue.reason}.")
    else:
        say(f"Issue {issue.id} (number {issue.number}), for {several(readers, 'reader')}, is {issue.state}.")
        say(f"`feedsvc issue show {issue.id}` says what became of it.")


@app.command("issues")
def issues_command(ctx: typer.Context, name: Name, json: Json = False) -> None:
    """List a digest's issues, newest first.

    Example: feedsvc digest issues weekly
    """

    async def _action(app: App) -> list[Issue]:
        async with app.db.read() as conn:
            await digests.get(conn, name)
            return await issues.of_digest(conn, name)

    found = execute(ctx, _action)
    if json:
        print_json(found)
        return
    if not found:
        say("No issues yet. `feedsvc digest list` says when the first is due.")
        return
    listing = table("id", "number", "period", "state", "subject or reason", right=("id", "number"), whole=("period",))
    for issue in found:
        add_row(listing, issue.id, issue.number or "-", issue.period, issue.state, issue.subject or issue.reason)
    show(listing)
