"""The settings in force for a command, and its log."""

from pathlib import Path

import typer

from feedsvc import logs
from feedsvc import settings as settings_module
from feedsvc.settings import Settings


def load_settings(ctx: typer.Context, quiet: bool = False) -> Settings:
    """The settings in force for this command; logging is set up by them. Raises SettingsError.

    `quiet` leaves ordinary log lines out: a command that ends by itself prints what it did.
    """
    path = ctx.find_root().obj
    settings = settings_module.load(path if isinstance(path, Path) else None)
    level = "warning" if quiet and settings.log.level == "info" else settings.log.level
    logs.configure(level, settings.log.format)
    return settings
