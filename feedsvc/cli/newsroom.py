"""`feedsvc apply` and `feedsvc export`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, TextColumn

from feedsvc.app import App
from feedsvc.cli.printing import must_be_file, print_bytes, print_json, progress, say, several
from feedsvc.cli.running import execute
from feedsvc.newsroom.apply import apply_file, moves_of_file
from feedsvc.newsroom.diff import Act, Change, describe
from feedsvc.newsroom.export import export as as_toml
from feedsvc.newsroom.moves import Moves, settle
from feedsvc.storage import editorial

app = typer.Typer(rich_markup_mode=None, add_completion=False)
_STYLES = {Act.ADD: "green", Act.CHANGE: "yellow", Act.ORDER: "yellow", Act.REMOVE: "red"}


@app.command("apply")
def apply_command(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A newsroom file, such as config/newsroom.example.toml.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the changes and make none.")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove what the file does not name. A list with readers stops it.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the changes as JSON.")] = False,
) -> None:
    """Bring sources, categories, lists and digests up to a TOML file; prints what changes. Twice changes nothing.

    Where a rule for categories changes (keywords, a source's categories or map), articles that are there move with it.

    Example: feedsvc apply config/newsroom.example.toml --dry-run
    """
    must_be_file(file)

    async def _action(app: App) -> tuple[tuple[Change, ...], list[Moves]]:
        now = app.clock.now()
        columns = (TextColumn("{task.completed}/{task.total} articles"), BarColumn())
        with progress(*columns) as bar:
            task = bar.add_task("", total=None, visible=False)

            def _watch(looked: int, total: int) -> None:
                bar.update(task, completed=looked, total=total, visible=True)

            changes = await apply_file(app.db, file, now, prune=prune, dry_run=dry_run)
            if dry_run:
                return changes, await moves_of_file(app.db, file, now, prune=prune, watch=_watch)
            return changes, await settle(app.db, now, _watch)

    changes, moves = execute(ctx, _action)
    if json:
        print_json({"dry_run": dry_run, "changes": changes, "moves": moves})
        return
    for change in changes:
        say(describe(change), style=_STYLES[change.act])
    _print_moves(moves)
    if not changes:
        say("Nothing to change: the newsroom is as the file says.")
    elif dry_run:
        say(f"{several(len(changes), 'change')}, none made. Run it without --dry-run to make them.")
    else:
        say(f"{several(len(changes), 'change')} made.")


def _print_moves(moves: list[Moves]) -> None:
    for one in moves:
        told = [f"{several(one.come, 'article')} {'comes' if one.come == 1 else 'come'} in" if one.come else ""]
        if one.leave:
            told.append(f"{one.leave} {'leaves' if one.leave == 1 else 'leave'}" if one.come else _leaving(one.leave))
        say(f"{one.category}: {', '.join(filter(None, told))}")
        for mark, titles, number in (("+", one.coming, one.come), ("-", one.leaving, one.leave)):
            for title in titles:
                say(f"  {mark} {title}")
            if number > len(titles):
                say(f"  {mark} and {number - len(titles)} more")
        if one.news:
            say(
                f"  {several(one.news, 'of them is', 'of them are')} news to the readers of {one.category}: in their next digest."
            )


def _leaving(number: int) -> str:
    return f"{several(number, 'article')} {'leaves' if number == 1 else 'leave'}"


@app.command("export")
def export_command(ctx: typer.Context) -> None:
    """Print the newsroom as a TOML file that `apply` reads back.

    Example: feedsvc export > newsroom.toml
    """

    async def _action(app: App) -> str:
        async with app.db.read() as conn:
            return as_toml(await editorial.newsroom(conn))

    print_bytes(execute(ctx, _action).encode())
