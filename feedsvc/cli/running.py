"""From a command to the application: settings, logs, the loop, and what is printed."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, is_dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import orjson
import typer
from rich.console import Console
from rich.table import Table

from feedsvc import logs
from feedsvc import settings as settings_module
from feedsvc.app import App, open_app
from feedsvc.settings import Settings

T = TypeVar("T")
console = Console(highlight=False, soft_wrap=False)
notes = Console(stderr=True, highlight=False)


def load_settings(ctx: typer.Context) -> Settings:
    """The settings in force for this command; logging is set up by them. Raises SettingsError."""
    path = ctx.find_root().obj
    settings = settings_module.load(path if isinstance(path, Path) else None)
    logs.configure(settings.log.level, settings.log.format)
    return settings


def execute(ctx: typer.Context, action: Callable[[App], Awaitable[T]], settings: Settings | None = None) -> T:
    """Open the application, run one action in it, close it. Raises what the action raises."""
    chosen = settings or load_settings(ctx)

    async def inside() -> T:
        async with open_app(chosen) as app:
            return await action(app)

    return asyncio.run(inside())


def print_json(value: Any) -> None:
    """Write a value as JSON to standard output; dataclasses become objects, durations seconds."""
    text = orjson.dumps(_plain(value), option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
    sys.stdout.buffer.write(text + b"\n")
    sys.stdout.flush()


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {key: _plain(item) for key, item in asdict(value).items()}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(_plain(item) for item in value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value


def table(*columns: str, right: tuple[str, ...] = ()) -> Table:
    """A quiet table for the terminal; the columns named in `right` are numbers."""
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in columns:
        made.add_column(name, justify="right" if name in right else "left", overflow="fold")
    return made


def when(instant: datetime | None, now: datetime) -> str:
    """How long ago, or until: `5 min ago`, `in 2 h`; a dash for never."""
    if instant is None:
        return "-"
    seconds = (now - instant).total_seconds()
    size = abs(seconds)
    if size < 45:
        return "now" if seconds >= 0 else "in a moment"
    for limit, step, unit in ((5400, 60, "min"), (129_600, 3600, "h"), (float("inf"), 86_400, "d")):
        if size < limit:
            count = round(size / step)
            return f"{count} {unit} ago" if seconds > 0 else f"in {count} {unit}"
    return instant.isoformat()
