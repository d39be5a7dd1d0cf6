"""`feedsvc serve`."""

import asyncio
from collections.abc import Callable
from typing import Annotated

import typer

from feedsvc.app import Role, open_app
from feedsvc.app import serve as serve_app
from feedsvc.cli.configured import load_settings
from feedsvc.cli.printing import notes

try:
    import uvloop
except ImportError:  # not on this platform: the standard loop does
    LOOP: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
else:
    LOOP = uvloop.new_event_loop

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("serve")
def serve(
    ctx: typer.Context,
    role: Annotated[Role, typer.Option(help="web answers readers, worker polls and mails, all does both.")] = Role.ALL,
) -> None:
    """Run the service until it is stopped: pages and feeds, polling, digests and mail.

    A new database is made at once; one that an older version left must be migrated with `feedsvc db migrate` first.

    Example: feedsvc serve --role all
    """
    settings = load_settings(ctx)
    settings.signing_keys()

    async def _run() -> None:
        async with open_app(settings, create=True) as opened:
            await serve_app(opened, role, lambda address: notes.print(f"Serving {address}", soft_wrap=True))

    with asyncio.Runner(loop_factory=LOOP) as runner:
        runner.run(_run())
