"""`feedsvc db`."""

import asyncio
from typing import Annotated

import typer

from feedsvc.cli.running import console, load_settings, print_json
from feedsvc.settings import Settings
from feedsvc.storage import migrate as migrations
from feedsvc.storage.database import Database, sync_url

app = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, help="The database: bring its schema up, tell where it stands."
)


@app.command()
def migrate(ctx: typer.Context) -> None:
    """Bring the database's schema up to this version. Run it after every update, before `serve`.

    Example: feedsvc db migrate
    """

    async def action(settings: Settings) -> tuple[str, str]:
        db = Database.open(settings.database.url, settings.database.busy_timeout)
        try:
            return await migrations.migrate(db)
        finally:
            await db.close()

    before, after = asyncio.run(action(load_settings(ctx)))
    console.print(
        f"Nothing to do: the schema is at {after}." if before == after else f"Schema: {before or 'none'} -> {after}."
    )


@app.command()
def check(ctx: typer.Context, json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Say whether the database can be reached and its schema is the one this version needs. Exit code 78 if not.

    Example: feedsvc db check
    """
    settings = load_settings(ctx)

    async def action() -> str:
        db = Database.open(settings.database.url, settings.database.busy_timeout)
        try:
            await migrations.check(db)
            return await migrations.current(db)
        finally:
            await db.close()

    revision = asyncio.run(action())
    where = sync_url(settings.database.url).render_as_string(hide_password=True)
    if json:
        print_json({"database": where, "revision": revision, "needed": migrations.head(), "ok": True})
    else:
        console.print(f"{where} is at revision {revision}, as this version needs it.", markup=False)
