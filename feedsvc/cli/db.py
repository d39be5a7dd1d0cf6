"""`feedsvc db`."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from feedsvc.cli.configured import load_settings
from feedsvc.cli.printing import print_json, say
from feedsvc.storage import migrate as migrations
from feedsvc.storage.database import Database, sync_url

T = TypeVar("T")
app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="The database: bring its schema up, tell where it stands.",
)


@app.command()
def migrate(ctx: typer.Context) -> None:
    """Bring the database's schema up to this version. Run it after every update, before `serve`.

    Example: feedsvc db migrate
    """
    before, after = _with_database(ctx, migrations.migrate)
    if not before:
        say(f"The database is made, with the schema {after}.")
    else:
        say(f"Nothing to do: the schema is at {after}." if before == after else f"Schema: {before} -> {after}.")


@app.command()
def check(ctx: typer.Context, json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Say whether the database answers with the schema of this version. Exit code 78 if the schema is another.

    Example: feedsvc db check
    """

    async def _action(db: Database) -> tuple[str, str]:
        await migrations.check(db)
        return sync_url(db.url).render_as_string(hide_password=True), await migrations.current(db)

    where, revision = _with_database(ctx, _action)
    if json:
        print_json({"database": where, "revision": revision, "needed": migrations.head(), "ok": True})
    else:
        say(f"{where} is at revision {revision}, as this version needs it.")


def _with_database(ctx: typer.Context, action: Callable[[Database], Awaitable[T]]) -> T:
    settings = load_settings(ctx, quiet=True)

    async def _inside() -> T:
        db = Database.open(settings.database.url, settings.database.busy_timeout)
        try:
            return await action(db)
        finally:
            await db.close()

    return asyncio.run(_inside())
