"""`feedsvc source poll NAME --backfill`: older pages, with progress."""

from rich.progress import SpinnerColumn, TextColumn

from feedsvc.app import App
from feedsvc.cli.printing import progress, say, several
from feedsvc.ingest.kit import Kit
from feedsvc.ingest.polling.backfill import BackfillReport, Ended, backfill

_ENDS = {
    Ended.LAST: "That was the last page.",
    Ended.LOOP: "The next page is one that was read already, so that was all.",
    Ended.KNOWN: "Two pages in a row brought nothing new. --restart walks on past what is known.",
    Ended.DEPTH: "There are older pages: run the same command again to go on from there.",
}


async def walk(app: App, slug: str, depth: int, restart: bool) -> BackfillReport:
    """Walk back, with a bar where somebody watches. Raises as `backfill` does."""
    columns = (TextColumn("{task.description}"), SpinnerColumn(), TextColumn("{task.fields[told]}"))
    with progress(*columns) as bar:
        task = bar.add_task(slug, total=None, told="")

        def _watch(report: BackfillReport) -> None:
            bar.update(task, told=f"page {report.pages + 1}, {report.found} found, {report.new} new")

        kit = Kit(app.db, app.fetcher, app.reader, app.settings, app.clock)
        return await backfill(kit, slug, depth, restart, _watch)


def print_walk(report: BackfillReport) -> None:
    """What the walk brought, what could not be had, and how to go on."""
    pages, stories = several(report.pages, "page"), several(report.found, "story", "stories")
    say(f"{report.source}: {pages}, {stories}, {report.new} new.")
    for problem in report.problems:
        say(f"{report.source}: {problem}", style="red")
    if report.ended is Ended.FAILED:
        say(f"{report.source}: {report.error}", style="red")
    elif report.ended is not None:
        say(_ENDS[report.ended])
