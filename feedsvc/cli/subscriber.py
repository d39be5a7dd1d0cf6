"""`feedsvc subscriber`."""

import difflib
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn

from feedsvc.app import App
from feedsvc.cli.exits import DATA
from feedsvc.cli.printing import (
    add_row,
    facts,
    must_be_file,
    must_be_known,
    print_bytes,
    print_json,
    progress,
    say,
    several,
    show,
    table,
)
from feedsvc.cli.running import execute
from feedsvc.errors import NotFound
from feedsvc.model.subscriber import Subscriber, SubscriberState
from feedsvc.storage import lists, subscribers
from feedsvc.storage.types import Conn
from feedsvc.subscribers.export_csv import export_csv
from feedsvc.subscribers.import_csv import ImportOptions, ImportResult, ImportStatus, add_person, import_csv

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Who gets mail.")
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_command(
    ctx: typer.Context,
    in_list: Annotated[str, typer.Option("--list", help="Only readers of this list.")] = "",
    state: Annotated[SubscriberState | None, typer.Option(help="Only those in this state.")] = None,
    search: Annotated[str, typer.Option(help="Only addresses that hold this text.")] = "",
    limit: Annotated[int, typer.Option(help="How many.", min=1, max=10_000)] = 50,
    json: Json = False,
) -> None:
    """List subscribers, by id.

    Example: feedsvc subscriber list --list alumni --state active
    """

    async def _action(app: App) -> tuple[list[Subscriber], dict[SubscriberState, int]]:
        async with app.db.read() as conn:
            await _known_list(conn, in_list)
            found = await subscribers.page(conn, limit=limit, list_slug=in_list, state=state, search=search)
            return found, await subscribers.counts(conn)

    found, counts = execute(ctx, _action)
    if json:
        print_json([_told(person) for person in found])
        return
    if not counts:
        say("No subscribers yet. `feedsvc subscriber import people.csv` brings some.")
        return
    if found:
        listing = table("id", "address", "state", "lists", "language", right=("id",), whole=("address",))
        for one in found:
            add_row(listing, one.id, one.email, one.state, ", ".join(one.lists) or "-", one.language)
        show(listing)
    else:
        say("Nobody is like that.")
    if len(found) == limit:
        say(f"The first {limit}: --limit shows more, --search looks for some.")
    say(f"In all: {', '.join(f'{number} {name}' for name, number in sorted(counts.items()))}.")


async def _known_list(conn: Conn, slug: str) -> None:
    must_be_known("list", slug, [one.slug for one in await lists.every(conn)] if slug else [])


@app.command("show")
def show_command(
    ctx: typer.Context,
    email: Annotated[str, typer.Argument(help="The address.", metavar="EMAIL")],
    json: Json = False,
) -> None:
    """Show one subscriber: state, consent, lists and topics.

    Example: feedsvc subscriber show li@example.edu
    """

    async def _action(app: App) -> Subscriber:
        async with app.db.read() as conn:
            person = await subscribers.by_email_key(conn, email.strip().lower())
            if person is None:
                raise NotFound(await _nobody(conn, email))
            return person

    person = execute(ctx, _action)
    if json:
        print_json(_told(person))
        return
    day = f"{person.consent_at:%Y-%m-%d}" if person.consent_at else ""
    facts(
        {
            "address": person.email,
            "name": person.name or "-",
            "state": person.state,
            "language": person.language,
            "confirmed": f"{person.confirmed_at:%Y-%m-%d %H:%M} UTC" if person.confirmed_at else "-",
            "consent": ", ".join(filter(None, (day, person.consent_source))) or "-",
        }
    )
    for joined in person.subscriptions:
        topics = ", ".join(joined.choices) or "every topic"
        say(f"on {joined.list_slug}: {topics}, {joined.frequency or 'as it comes'}")


async def _nobody(conn: Conn, email: str) -> str:
    """Why there is nobody to show, with the nearest address among those that begin alike."""
    alike = await subscribers.page(conn, limit=1000, search=email.strip().lower()[:2])
    near = difflib.get_close_matches(email, [one.email for one in alike], 1, 0.75)
    hint = f"Did you mean {near[0]}?" if near else "`feedsvc subscriber list --search TEXT` looks for one."
    return f"There is no subscriber {email!r}. {hint}"


def _told(person: Subscriber) -> dict[str, object]:
    # The nonce makes links to a reader's own page: it stays in the database.
    return {key: getattr(person, key) for key in Subscriber.__slots__ if key != "nonce"}


@app.command()
def add(
    ctx: typer.Context,
    email: Annotated[str, typer.Argument(help="The address.", metavar="EMAIL")],
    on_list: Annotated[str, typer.Option("--list", help="The list to join.")],
    name: Annotated[str, typer.Option(help="The reader's name.")] = "",
    categories: Annotated[str, typer.Option(help="Topics, separated by ';'; default: all.")] = "",
    language: Annotated[str, typer.Option(help="The reader's language; default: the site's.")] = "",
    status: Annotated[
        ImportStatus, typer.Option(help="active: they have agreed; pending: a mail asks them.")
    ] = ImportStatus.PENDING,
    json: Json = False,
) -> None:
    """Add one subscriber to a list. Someone who is there already keeps their state.

    Example: feedsvc subscriber add li@example.edu --list alumni --status active
    """
    fields = {"email": email, "name": name, "categories": categories, "language": language}

    async def _action(app: App) -> ImportResult:
        options = ImportOptions(list_slug=on_list, status=status, source="admin")
        return await add_person(app.db, app.settings, fields, options, app.clock.now())

    result = execute(ctx, _action)
    if json:
        print_json(result)
    else:
        say(_outcome(email, on_list, result))
    if result.suppressed:
        raise typer.Exit(DATA)


def _outcome(email: str, on_list: str, result: ImportResult) -> str:
    if result.suppressed:
        return f"{email} is not added: the address left, bounced or complained. Its owner can sign up on the site."
    if result.added and result.confirmations:
        return f"{email} is added. A mail asks them to confirm that they want {on_list}."
    if result.added:
        return f"{email} is on {on_list} and gets its next digest."
    return (
        f"{email} was there already, and has joined {on_list}."
        if result.merged
        else f"{email} is on {on_list} already."
    )


@app.command("import")
def import_command(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A CSV file with a column `email`.", metavar="FILE")],
    on_list: Annotated[str, typer.Option("--list", help="The list they join; default: the column `lists`.")] = "",
    status: Annotated[
        ImportStatus, typer.Option(help="active: they have agreed; pending: a mail asks each.")
    ] = ImportStatus.PENDING,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen and do nothing.")] = False,
    json: Json = False,
) -> None:
    """Bring in people from a CSV file. A row that cannot be used costs itself; addresses that left stay away.

    Columns: email (required), name, language, timezone, lists, categories (separated by ;), frequency, consent_at,
    consent_source. Exit code 65 where a row could not be used.

    Example: feedsvc subscriber import people.csv --list alumni --status active --dry-run
    """

    must_be_file(file)

    async def _action(app: App) -> ImportResult:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[rows]} rows"),
            TimeRemainingColumn(),
        )
        with progress(*columns) as bar:
            task = bar.add_task(file.name, rows=0)

            def _watch(rows: int, done: int, size: int) -> None:
                bar.update(task, completed=done, total=size, rows=rows)

            options = ImportOptions(list_slug=on_list, status=status, dry_run=dry_run, source=f"import of {file.name}")
            return await import_csv(app.db, app.settings, file, options, app.clock.now(), _watch)

    result = execute(ctx, _action)
    if json:
        print_json(result)
    else:
        _print_import(result, dry_run)
    if result.failed:
        raise typer.Exit(DATA)


def _print_import(result: ImportResult, dry_run: bool) -> None:
    for bad in result.errors:
        say(f"line {bad.line}: {bad.says}", style="red")
    if result.failed > len(result.errors):
        say(f"and {several(result.failed - len(result.errors), 'more row')} like these", style="red")
    if result.ignored_columns:
        say(f"Columns that are not known were passed over: {', '.join(result.ignored_columns)}.")
    say(
        f"{several(result.rows, 'row')}: {result.added} new, {result.merged} joined to people who were there, "
        f"{result.unchanged} unchanged, {result.suppressed} suppressed, {result.failed} not usable."
    )
    if result.confirmations:
        asked = "would be" if dry_run else "is" if result.confirmations == 1 else "are"
        say(f"{several(result.confirmations, 'person', 'people')} {asked} asked to confirm by mail.")
    if dry_run:
        say("Nothing was changed. Run it without --dry-run to bring them in.")


@app.command("export")
def export_command(
    ctx: typer.Context,
    in_list: Annotated[str, typer.Option("--list", help="Only readers of this list.")] = "",
    state: Annotated[SubscriberState | None, typer.Option(help="Only those in this state.")] = None,
) -> None:
    """Print subscribers as CSV, in the form that `import` reads.

    Example: feedsvc subscriber export --list alumni > alumni.csv
    """

    async def _action(app: App) -> None:
        async with app.db.read() as conn:
            await _known_list(conn, in_list)
        async for part in export_csv(app.db, list_slug=in_list, state=state):
            print_bytes(part.encode())

    execute(ctx, _action)
