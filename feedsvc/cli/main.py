"""The `feedsvc` command: a table of nouns, each loaded when it is named, so that `--help` is instant."""

import importlib
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from feedsvc import __version__
from feedsvc.cli import exits
from feedsvc.errors import FeedsvcError

# name -> (module below feedsvc.cli, what it says in the list)
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo", "Take the tour: a sample news site, feeds, and a digest you can read."),
    "serve": ("serve", "Run the service: pages, feeds, polling and mail."),
    "apply": ("newsroom", "Bring sources, categories, lists and digests up to a TOML file."),
    "export": ("newsroom", "Print the newsroom as a TOML file."),
    "source": ("source", "Where articles come from: list, add, check, poll, pause, resume."),
    "article": ("article", "The stories: list, show."),
    "digest": ("digest", "Newsletters: list, preview, test, send, issues."),
    "issue": ("issue", "One number of a digest: show."),
    "subscriber": ("subscriber", "Who gets mail: list, show, add, import, export."),
    "delivery": ("delivery", "Mail on its way: status, freeze, thaw."),
    "db": ("db", "The database: migrate, check."),
    "settings": ("settings", "The settings in force, secrets hidden; --new-key prints a key."),
}


class Nouns(TyperGroup):
    """A group whose commands live in modules that are imported when they are asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 (its interface)
        """The names, in the table's order."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 (its interface)
        """Import the module that holds a command and take it from there."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"feedsvc.cli.{COMMANDS[cmd_name][0]}")
        command = typer.main.get_command(module.app)
        if hasattr(command, "commands") and cmd_name in command.commands:
            return command.commands[cmd_name]
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 (its interface)
        """Write the list from the table, importing nothing."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


app = typer.Typer(
    cls=Nouns,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"feedsvc {__version__}")
        raise typer.Exit


@app.callback()
def start(
    ctx: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(help="Settings file; default FEEDSVC_CONFIG, then config/feedsvc.toml.", dir_okay=False),
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """News feeds and digest newsletters from the pages a university already has.

    Begin with `feedsvc demo`. Then: `feedsvc apply newsroom.toml`, `feedsvc source check NAME`, `feedsvc serve`.
    """
    ctx.obj = config


def run() -> None:
    """The console script. Every failure is one sentence on standard error and an exit code of sysexits."""
    try:
        app()
    except FeedsvcError as error:
        _fail(str(error), exits.exit_code(error))
    except KeyboardInterrupt:
        _fail("Stopped.", exits.INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nothing to tell, nobody to tell it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(exits.INTERRUPTED)
    except SystemExit as stop:
        # Typer ends a wrong command line with 2; scripts know that as EX_USAGE.
        sys.exit(exits.USAGE if stop.code == 2 else stop.code)


def _fail(sentence: str, code: int) -> None:
    typer.echo(f"feedsvc: {sentence}", err=True)
    sys.exit(code)
