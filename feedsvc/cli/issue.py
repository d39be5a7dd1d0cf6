"""`feedsvc issue`."""

from dataclasses import dataclass
from typing import Annotated

import typer

from feedsvc.app import App
from feedsvc.cli.printing import add_row, print_json, say, several, show, table
from feedsvc.cli.running import execute
from feedsvc.model.issue import Edition, Issue
from feedsvc.storage import issues, outbox, reading
from feedsvc.storage.outbox import IssueCounts

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="One number of a digest.")


@app.callback()
def _noun() -> None:
    """One number of a digest."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An issue with its editions (each with the number of its readers), what became of its mails, and its stories."""

    issue: Issue
    editions: list[tuple[Edition, int]]
    counts: IssueCounts
    titles: dict[str, str]


@app.command("show")
def show_command(
    ctx: typer.Context,
    issue_id: Annotated[int, typer.Argument(help="The issue's id, from `feedsvc digest issues NAME`.", metavar="ID")],
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what an issue holds, who got it, and what became of its mails.

    Example: feedsvc issue show 12
    """

    async def _action(app: App) -> Shown:
        async with app.db.read() as conn:
            issue = await issues.get(conn, issue_id)
            editions = await issues.editions_of(conn, issue_id)
            counts = await outbox.for_issue(conn, issue_id)
            ids = sorted({key for edition, _ in editions for key in edition.article_ids})
            titles = {key: article.title for key, article in (await reading.get_many(conn, ids)).items()}
        return Shown(issue, editions, counts, titles)

    found = execute(ctx, _action)
    if json:
        print_json(found)
    else:
        _print(found)


def _print(found: Shown) -> None:
    issue = found.issue
    say(issue.subject or f"{issue.digest_title}, {issue.period}", style="bold")
    say(f"{issue.digest}, period {issue.period}, {issue.state}{': ' + issue.reason if issue.reason else ''}")
    for edition, readers in found.editions:
        who = "the public archive" if edition.public else several(readers, "reader")
        say(f"\nEdition {edition.id} ({edition.language}), for {who}:")
        for key in edition.article_ids:
            say(f"  {found.titles.get(key, key)}")
    if found.counts.by_state:
        say()
        counts = table("state", "messages", right=("messages",))
        for state, number in sorted(found.counts.by_state.items()):
            add_row(counts, state, number)
        show(counts)
    for failure in found.counts.failures:
        say(f"  message {failure.message_id}: {failure.state}, {failure.reply}")
