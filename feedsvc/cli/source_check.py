"""`feedsvc source check`."""

from typing import Annotated

import typer

from feedsvc.app import App
from feedsvc.cli.exits import DATA
from feedsvc.cli.printing import add_row, print_json, say, several, show, table
from feedsvc.cli.running import execute
from feedsvc.ingest import check as checking
from feedsvc.ingest.report import CheckReport
from feedsvc.storage import categories as category_rows
from feedsvc.storage import sources


def check(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The source's slug.", metavar="NAME")],
    limit: Annotated[int, typer.Option(help="How many stories to read in full.", min=1, max=200)] = 10,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
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
        print_check(report)
    if not report.went_well:
        raise typer.Exit(DATA)


def print_check(report: CheckReport) -> None:
    """Print what a source would bring, and what is wrong with it."""
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
    if report.rules:
        told = ", ".join(f"{name} = {value!r}" for name, value in sorted(report.rules.items()))
        say(f"Its list is read by these rules: {told}")
    for remark in report.remarks:
        say(remark)
    for item in report.items:
        if item.problem:
            say(f"{item.url}: {item.problem}", style="red")
    for problem in report.problems:
        say(problem, style="red")
