"""The `feedsvc` command: a table of nouns, each loaded when it is named, so that `--help` is instant."""

import contextlib
import difflib
import gc
import importlib
import inspect
import io
import os
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from feedsvc import __version__
from feedsvc.cli import exits
from feedsvc.errors import FeedsvcError, UsageError

# name -> (module below feedsvc.cli, what it says in the list)
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo", "Take the tour: a sample news site, feeds, and a digest you can read."),
    "serve": ("serve", "Run the service: pages, feeds, polling and mail."),
    "apply": ("newsroom", "Bring sources, categories, lists and digests up to a TOML file."),
    "export": ("newsroom", "Print the newsroom as a TOML file."),
    "source": ("source", "Where articles come from: list, add, check, poll, pause, resume."),
    "article": ("article", "The stories: list, show, new, import, hold, publish, withdraw."),
    "digest": ("digest", "Newsletters: list, preview, test, send, issues."),
    "issue": ("issue", "One number of a digest: show."),
    "subscriber": ("subscriber", "Who gets mail: list, show, add, import, export."),
    "delivery": ("delivery", "Mail on its way: status, freeze, thaw."),
    "token": ("token", "Keys of programs that push articles: create, list, revoke."),
    "db": ("db", "The database: migrate, check."),
    "settings": ("settings", "The settings in force, secrets hidden; --new-key prints a key."),
}


def _load(name: str) -> ModuleType:
    """Import a module with all it needs. Imports make many objects and no garbage: a collector that looks for it in
    between takes a fifth of the time, and what is there afterwards stays for good.
    """
    gc.disable()
    try:
        return importlib.import_module(name)
    finally:
        gc.freeze()
        gc.enable()


class Nouns(TyperGroup):
    """A group whose commands live in modules that are imported when they are asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 (its interface)
        """The names, in the table's order."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the module that holds a command and take it from there."""
        if cmd_name not in COMMANDS:
            return None
        module = _load(f"feedsvc.cli.{COMMANDS[cmd_name][0]}")
        command = typer.main.get_command(module.app)
        if hasattr(command, "commands") and cmd_name in command.commands:
            command = command.commands[cmd_name]
        command.name = cmd_name
        if ctx is not None:
            _keep_examples_whole(command)
        return command

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that the line begins with. Raises UsageError, with the nearest there is."""
        if args[0] not in COMMANDS and not ctx.resilient_parsing:
            near = difflib.get_close_matches(args[0], COMMANDS, 1, 0.5)
            hint = f"Did you mean `feedsvc {near[0]}`?" if near else "`feedsvc --help` lists those that there are."
            msg = f"There is no command {args[0]!r}. {hint}"
            raise UsageError(msg)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command. A reader of the output that went away (`| head`) ends it quietly, as it ends other tools;
        a question left without an answer (Ctrl-C, or no more input) stops it.
        """
        try:
            return super().invoke(ctx)
        except typer.Abort:
            typer.echo(err=True)  # the cursor stands behind the question
            raise typer.Exit(exits.INTERRUPTED) from None
        except BrokenPipeError:
            raise typer.Exit(exits.BROKEN_PIPE) from None

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 (its interface)
        """Write the list from the table, importing nothing."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _keep_examples_whole(command: Any) -> None:
    """Examples are there to be copied: the help does not wrap them."""
    for one in (command, *getattr(command, "commands", {}).values()):
        # A line that holds only \b tells the help's formatter to leave the paragraph as it is.
        one.help = inspect.cleandoc(one.help or "").replace("\nExample: ", "\n\b\nExample: ")


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
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that knows few letters gets question marks for the others, not a failure.
            stream.reconfigure(errors="replace")
    sys.exit(_outcome())


def _outcome() -> int:
    try:
        code = int(app(prog_name="feedsvc", standalone_mode=False) or 0)
        if sys.stdout is not None:
            sys.stdout.flush()
    except FeedsvcError as error:
        return _tell(str(error), exits.exit_code(error))
    except typer.TyperException as error:
        return _tell_usage(error)
    except (BrokenPipeError, SystemExit):
        # Typer itself ends the process where nobody reads the help it writes, and only then.
        code = exits.BROKEN_PIPE
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        code = _tell(f"{where}{error.strerror or error}. Mend that, then run it again.", exits.IO)
    except Exception:  # whatever else there is, a script can tell it from a wrong command line
        traceback.print_exc()
        return _tell("This is a fault of feedsvc itself. Report it with the lines above.", exits.SOFTWARE)
    if code in (exits.BROKEN_PIPE, exits.IO):
        _forget_output()
    return _tell("Stopped.", code) if code == exits.INTERRUPTED else code


def _forget_output() -> None:
    """What is still unwritten cannot be written: Python is not to try again when it ends."""
    with contextlib.suppress(AttributeError, OSError):  # no standard output, or one that is no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(sentence: str, code: int) -> int:
    typer.echo(f"feedsvc: {sentence}", err=True)
    return code


def _tell_usage(error: typer.TyperException) -> int:
    """Typer's own complaints about a command line. A noun alone is one, too: it carries the noun's help."""
    text = error.format_message().replace("Value error, ", "").strip()
    if text.startswith("Usage:"):
        typer.echo(text, err=True)
        return exits.USAGE
    ctx = getattr(error, "ctx", None)
    command = ctx.command_path if ctx else "feedsvc"
    full = text if text.endswith((".", "?", ")")) else f"{text}."
    return _tell(f"{full} See `{command} --help`.", exits.USAGE)
