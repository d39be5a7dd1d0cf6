"""`feedsvc apply` and `feedsvc export`."""

from pathlib import Path
from typing import Annotated

import typer

from feedsvc.app import App
from feedsvc.cli.printing import must_be_file, print_bytes, print_json, say, several
from feedsvc.cli.running import execute
from feedsvc.newsroom.apply import apply_file
from feedsvc.newsroom.diff import Act, Change, describe
from feedsvc.newsroom.export import export as as_toml
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

    Example: feedsvc apply config/newsroom.example.toml --dry-run
    """
    must_be_file(file)

    async def _action(app: App) -> tuple[Change, ...]:
        return await apply_file(app.db, file, app.clock.now(), prune=prune, dry_run=dry_run)

    changes = execute(ctx, _action)
    if json:
        print_json({"dry_run": dry_run, "changes": changes})
        return
    for change in changes:
        say(describe(change), style=_STYLES[change.act])
    if not changes:
        say("Nothing to change: the newsroom is as the file says.")
    elif dry_run:
        say(f"{several(len(changes), 'change')}, none made. Run it without --dry-run to make them.")
    else:
        say(f"{several(len(changes), 'change')} made.")


@app.command("export")
def export_command(ctx: typer.Context) -> None:
    """Print the newsroom as a TOML file that `apply` reads back.

    Example: feedsvc export > newsroom.toml
    """

    async def _action(app: App) -> str:
        async with app.db.read() as conn:
            return as_toml(await editorial.newsroom(conn))

    print_bytes(execute(ctx, _action).encode())
