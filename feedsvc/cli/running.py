"""From a command to the application: settings, the loop, what is opened and closed again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import typer

from feedsvc.app import App, open_app
from feedsvc.cli.configured import load_settings

T = TypeVar("T")


def execute(ctx: typer.Context, action: Callable[[App], Awaitable[T]]) -> T:
    """Open the application, run one action in it, close it. Raises what the action raises."""
    settings = load_settings(ctx, quiet=True)

    async def _inside() -> T:
        async with open_app(settings) as app:
            return await action(app)

    return asyncio.run(_inside())
