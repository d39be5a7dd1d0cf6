"""`feedsvc settings`."""

import secrets
from typing import Annotated

import typer
from pydantic import SecretStr

from feedsvc.cli.running import console, load_settings, print_json
from feedsvc.settings import Settings

app = typer.Typer(rich_markup_mode=None)


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
    for section, values in shown.items():
        console.print(f"[{section}]", markup=False, style="bold")
        for key, value in values.items():
            console.print(f"{key} = {_toml(value)}", markup=False)
        console.print()


def visible(settings: Settings) -> dict[str, dict[str, object]]:
    """Sections and values, with every secret told only as set or not."""
    found: dict[str, dict[str, object]] = {}
    for name in Settings.model_fields:
        section = getattr(settings, name)
        found[name] = {key: _hidden(key, getattr(section, key)) for key in type(section).model_fields}
    return found


def _hidden(key: str, value: object) -> object:
    if isinstance(value, SecretStr):
        return "(set)" if value.get_secret_value() else ""
    if isinstance(value, list) and value and isinstance(value[0], SecretStr):
        return ["(set)"] * len(value)
    if key == "url" and isinstance(value, str) and "@" in value:
        scheme, _, rest = value.partition("://")
        credentials, _, host = rest.rpartition("@")
        return f"{scheme}://{credentials.partition(':')[0]}:(hidden)@{host}"
    return value


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)
