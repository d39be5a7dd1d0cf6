"""`feedsvc apply` and `feedsvc export`."""

from pathlib import Path
from typing import Annotated

import typer

from feedsvc.app import App
from feedsvc.cli.running import console, execute, print_json
from feedsvc.newsroom.apply import apply_file
from feedsvc.newsroom.diff import Act, Change, describe
from feedsvc.newsroom.export import export as as_toml
from feedsvc.storage import editorial

app = typer.Typer(rich_markup_mode=None)
_STYLES = {Act.ADD: "green", Act.CHANGE: "yellow", Act.ORDER: "yellow", Act.REMOVE: "red"}


@app.command("apply")
def apply_command(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A newsroom file, such as config/newsroom.example.toml.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the changes and make none.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Remove what the file does not name.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the changes as JSON.")] = False,
) -> None:
    """Bring sources, categories, lists and digests up to a TOML file; prints what changes. Twice changes nothing.

    Example: feedsvc apply config/newsroom.example.toml --dry-run
    """

    async def action(app: App) -> tuple[Change, ...]:
        return await apply_file(app.db, file, app.clock.now(), prune=prune, dry_run=dry_run)

    changes = execute(ctx, action)
    if json:
        print_json({"dry_run": dry_run, "changes": changes})
        return
    for change in changes:
        console.print(describe(change), style=_STYLES[change.act], markup=False)
    if not changes:
        console.print("Nothing to change: the newsroom is as the file says.")
    elif dry_run:
        console.print(f"{len(changes)} changes, none made. Run it without --dry-run to make them.")
    else:
        console.print(f"{len(changes)} changes made.")


@app.command("export")
def export_command(ctx: typer.Context) -> None:
    """Print the newsroom as a TOML file that `apply` reads back.

    Example: feedsvc export > newsroom.toml
    """

    async def action(app: App) -> str:
        async with app.db.read() as conn:
            return as_toml(await editorial.newsroom(conn))

    typer.echo(execute(ctx, action), nl=False)
