"""`feedsvc settings`."""

import secrets
from typing import Annotated

import orjson
import typer
from pydantic import SecretStr

from feedsvc.cli.configured import load_settings
from feedsvc.cli.printing import print_json, say
from feedsvc.settings import Settings
from feedsvc.storage.database import sync_url

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("settings")
def settings(
    ctx: typer.Context,
    new_key: Annotated[bool, typer.Option("--new-key", help="Print a new secret key and end.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print the settings in force, with secrets hidden.

    Example: feedsvc settings --new-key
    """
    if new_key:
        typer.echo(secrets.token_urlsafe(32))
        return
    shown = visible(load_settings(ctx))
    if json:
        print_json(shown)
        return
    for number, (section, values) in enumerate(shown.items()):
        if number:
            say()
        say(f"[{section}]", style="bold")
        for key, value in values.items():
            say(f"{key} = {orjson.dumps(value).decode()}")


def visible(settings: Settings) -> dict[str, dict[str, object]]:
    """Sections and values, with every secret told only as set or not. Raises SettingsError for a database's bad address."""
    found: dict[str, dict[str, object]] = {}
    for name in Settings.model_fields:
        section = getattr(settings, name)
        found[name] = {key: _hidden(getattr(section, key)) for key in type(section).model_fields}
    found["database"]["url"] = sync_url(settings.database.url).render_as_string(hide_password=True)
    return found


def _hidden(value: object) -> object:
    if isinstance(value, SecretStr):
        return "(set)" if value.get_secret_value() else ""
    if isinstance(value, list):
        return [_hidden(item) for item in value]
    return value
