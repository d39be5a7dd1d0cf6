"""The reference pages, written from the code itself: `poe docs` writes them, a wall holds the files to that.

What a setting, a command or an address means is said once, where it is defined: in its description, help or docstring.
"""

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, SecretStr
from typer.main import get_command

from feedsvc.cli.main import app
from feedsvc.settings import Settings
from feedsvc.web.routes import ROUTES
from tests.walls import ROOT

DOCS = ROOT / "feedsvc" / "docs"

SETTINGS_OPENING = """# Settings

<!-- Written by `poe docs` from the code. -->

A setting is taken from the last of these that has it:

1. its default, below;
2. the settings file: `config/feedsvc.toml`, or the one named by `--config` or `FEEDSVC_CONFIG`;
3. the environment: `FEEDSVC_MAIL__PORT=2525` sets `port` of `[mail]`; a list is written with commas;
4. a file that the environment names: `FEEDSVC_MAIL__PASSWORD_FILE=/run/secrets/mail` reads the value from that file.

A key that does not exist is refused at the start, with the nearest one that does. `feedsvc settings` prints what is in
force, with secrets hidden. Sources, categories, lists and digests are not settings: see `apply` under
[Commands](commands.md).
"""

TOML_OPENING = """\
# The settings of feedsvc: every one there is, with its default. Written by `poe docs` from the code.
# Keep the lines you change; what is left out has its default. The environment wins over this file:
# FEEDSVC_MAIL__PORT=2525 sets `port` of [mail], FEEDSVC_MAIL__PASSWORD_FILE names a file that holds `password`.
"""

COMMANDS_OPENING = """# Commands

<!-- Written by `poe docs` from the code. -->

`feedsvc --config FILE COMMAND` takes the settings from FILE. Every failure is one sentence on standard error; the exit
code tells kinds of failure apart, see [Errors](errors.md). Commands with `--json` print what a program can read.
"""

ADDRESSES_OPENING = """# Addresses

<!-- Written by `poe docs` from the code. -->

All of them lie below the path of `[site] base_url`. Where GET is answered, HEAD is too. GET and HEAD change nothing, so
whatever follows links in a mail is harmless. An error is a page for people and `application/problem+json` (RFC 9457)
for who asks for JSON; its `code` is explained under [Errors](errors.md).

| method | address | what it answers |
|---|---|---|
"""


def sections() -> Iterator[tuple[str, type[BaseModel]]]:
    """Every section of the settings, in order."""
    for name, field in Settings.model_fields.items():
        yield name, type(field.default)


def written_default(value: Any) -> str:
    """A default as TOML writes it."""
    return orjson.dumps(value.get_secret_value() if isinstance(value, SecretStr) else value).decode()


def settings_page() -> str:
    """docs/settings.md."""
    parts = [SETTINGS_OPENING]
    for name, section in sections():
        parts.append(f"\n## [{name}]\n\n{inspect.getdoc(section)}\n\n| key | default | meaning |\n|---|---|---|\n")
        parts.extend(
            f"| `{key}` | `{written_default(field.default)}` | {cell(field.description or '')} |\n"
            for key, field in section.model_fields.items()
        )
    return "".join(parts)


def settings_file() -> str:
    """config/feedsvc.toml."""
    parts = [TOML_OPENING]
    for name, section in sections():
        parts.append(f"\n# {inspect.getdoc(section)}\n[{name}]\n")
        parts.extend(
            f"# {field.description}\n{key} = {written_default(field.default)}\n"
            for key, field in section.model_fields.items()
        )
    return "".join(parts)


def commands(command: Any = None, path: str = "feedsvc") -> Iterator[tuple[str, Any]]:
    """Every command that does something, with its full name, in the order of `--help`."""
    command = get_command(app) if command is None else command
    if not hasattr(command, "list_commands"):
        yield path, command
        return
    for name in command.list_commands(None):
        yield from commands(command.get_command(None, name), f"{path} {name}")


def commands_page() -> str:
    """docs/commands.md."""
    return COMMANDS_OPENING + "".join(_command(path, command) for path, command in commands())


def _command(path: str, command: Any) -> str:
    told, _, example = inspect.cleandoc(command.help or "").partition("Example:")
    shown = [parameter for parameter in command.params if not getattr(parameter, "hidden", False)]
    arguments = [parameter for parameter in shown if parameter.param_type_name == "argument"]
    options = [
        parameter for parameter in shown if parameter.param_type_name == "option" and "--help" not in parameter.opts
    ]
    usage = " ".join([path, *(_usage(argument) for argument in arguments), *(["[OPTIONS]"] if options else [])])
    lines = [f"\n## {path}\n\n`{usage}`\n\n{told.strip()}\n"]
    if arguments or options:
        lines.append("\n| | |\n|---|---|\n")
        lines.extend(f"| `{_usage(one)}` | {cell(getattr(one, 'help', '') or '')} |\n" for one in arguments)
        lines.extend(
            f"| `{', '.join([*one.opts, *one.secondary_opts])}` | {cell(one.help or '')} |\n" for one in options
        )
    lines.append(f"\n```console\n$ {example.strip()}\n```\n")
    return "".join(lines)


def _usage(argument: Any) -> str:
    name = str(argument.metavar or argument.name).upper().replace("_", "-")
    return name if argument.required else f"[{name}]"


def addresses_page() -> str:
    """docs/addresses.md."""
    rows = (f"| {route.method} | `{shown_path(route.path)}` | {cell(summary(route.handler))} |\n" for route in ROUTES)
    return ADDRESSES_OPENING + "".join(rows)


def shown_path(path: str) -> str:
    """A route's path without the patterns of its parts."""
    return re.sub(r"\{(\w+):[^}]*\}", r"{\1}", path)


def summary(of: object) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join((inspect.getdoc(of) or "").split("\n\n")[0].split())


def cell(text: str) -> str:
    """Text that may stand in a table."""
    return " ".join(text.split()).replace("|", "\\|")


def pages() -> dict[Path, str]:
    """Every file that is written from the code, with what it must hold."""
    return {
        DOCS / "settings.md": settings_page(),
        DOCS / "commands.md": commands_page(),
        DOCS / "addresses.md": addresses_page(),
        ROOT / "config" / "feedsvc.toml": settings_file(),
    }


def main() -> None:
    """Write them: `poe docs`."""
    for path, text in pages().items():
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            sys.stdout.write(f"wrote {path.relative_to(ROOT)}\n")
