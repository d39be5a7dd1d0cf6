"""`feedsvc subscriber`."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from feedsvc.app import App
from feedsvc.cli.exits import DATA
from feedsvc.cli.running import console, execute, notes, print_json, table
from feedsvc.errors import NotFound
from feedsvc.model.subscriber import Subscriber, SubscriberState
from feedsvc.storage import subscribers
from feedsvc.subscribers.export_csv import export_csv
from feedsvc.subscribers.import_csv import ImportOptions, ImportResult, ImportStatus, add_person, import_csv

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Who gets mail.")
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

    async def action(app: App) -> tuple[list[Subscriber], dict[SubscriberState, int]]:
        async with app.db.read() as conn:
            found = await subscribers.page(conn, limit=limit, list_slug=in_list, state=state, search=search)
            return found, await subscribers.counts(conn)

    found, counts = execute(ctx, action)
    if json:
        print_json([_facts(person) for person in found])
        return
    shown = table("id", "address", "state", "lists", "language", right=("id",))
    for person in found:
        shown.add_row(str(person.id), person.email, person.state, ", ".join(person.lists) or "-", person.language)
    if found:
        console.print(shown)
    told = ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))
    console.print(
        f"In all: {told}." if told else "No subscribers yet. `feedsvc subscriber import people.csv` brings some."
    )


@app.command()
def show(ctx: typer.Context, email: Annotated[str, typer.Argument(help="The address.")], json: Json = False) -> None:
    """Show one subscriber: state, consent, lists and topics.

    Example: feedsvc subscriber show li@example.edu
    """

    async def action(app: App) -> Subscriber:
        async with app.db.read() as conn:
            person = await subscribers.by_email_key(conn, email.strip().lower())
        if person is None:
            msg = f"There is no subscriber {email}. `feedsvc subscriber list --search TEXT` looks for one."
            raise NotFound(msg)
        return person

    person = execute(ctx, action)
    if json:
        print_json(_facts(person))
        return
    facts = {
        "address": person.email,
        "name": person.name or "-",
        "state": person.state,
        "language": person.language,
        "confirmed": person.confirmed_at.isoformat(timespec="seconds") if person.confirmed_at else "-",
        "consent": f"{person.consent_at:%Y-%m-%d} by {person.consent_source}" if person.consent_at else "-",
    }
    for name, value in facts.items():
        console.print(f"{name + ':':<12}{value}", markup=False)
    for joined in person.subscriptions:
        topics = ", ".join(joined.choices) or "every topic"
        console.print(f"on {joined.list_slug}: {topics}, {joined.frequency or 'as it comes'}", markup=False)


def _facts(person: Subscriber) -> dict[str, object]:
    # The nonce makes links to a reader's own page: it stays in the database.
    return {key: getattr(person, key) for key in Subscriber.__slots__ if key != "nonce"}


@app.command()
def add(
    ctx: typer.Context,
    email: Annotated[str, typer.Argument(help="The address.")],
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

    async def action(app: App) -> ImportResult:
        options = ImportOptions(list_slug=on_list, status=status, source="admin")
        return await add_person(app.db, app.settings, fields, options, app.clock.now())

    result = execute(ctx, action)
    if json:
        print_json(result)
    elif result.suppressed:
        console.print(
            f"{email} is not added: the address left, bounced or complained. Its owner can sign up on the site.",
            markup=False,
        )
        raise typer.Exit(DATA)
    elif result.added:
        asked = "A mail asks them to confirm." if result.confirmations else "They get the next digest."
        console.print(f"{email} is on {on_list}. {asked}", markup=False)
    else:
        console.print(
            f"{email} was there already{' and has joined' if result.merged else ' and on'} {on_list}.", markup=False
        )


@app.command("import")
def import_command(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A CSV file with a column `email`.", dir_okay=False)],
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

    async def action(app: App) -> ImportResult:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[rows]} rows"),
            TimeRemainingColumn(),
        )
        with Bar(*columns, console=notes, transient=True) as bar:
            task = bar.add_task(file.name, rows=0)

            def watch(rows: int, done: int, size: int) -> None:
                bar.update(task, completed=done, total=size, rows=rows)

            options = ImportOptions(list_slug=on_list, status=status, dry_run=dry_run, source=f"import of {file.name}")
            return await import_csv(app.db, app.settings, file, options, app.clock.now(), watch)

    result = execute(ctx, action)
    if json:
        print_json(result)
    else:
        _print_import(result, dry_run)
    if result.failed:
        raise typer.Exit(DATA)


def _print_import(result: ImportResult, dry_run: bool) -> None:
    for bad in result.errors:
        console.print(f"line {bad.line}: {bad.says}", style="red", markup=False)
    if result.failed > len(result.errors):
        console.print(f"and {result.failed - len(result.errors)} more rows like these", style="red")
    if result.ignored_columns:
        console.print(
            f"Columns that are not known were passed over: {', '.join(result.ignored_columns)}.", markup=False
        )
    told = (
        f"{result.rows} rows: {result.added} new, {result.merged} joined to people who were there, {result.unchanged} unchanged, "
        f"{result.suppressed} suppressed, {result.failed} not usable."
    )
    console.print(told)
    if result.confirmations:
        console.print(f"{result.confirmations} confirmations {'would be' if dry_run else 'are'} queued.")
    if dry_run:
        console.print("Nothing was changed. Run it without --dry-run to bring them in.")


@app.command("export")
def export_command(
    ctx: typer.Context,
    in_list: Annotated[str, typer.Option("--list", help="Only readers of this list.")] = "",
    state: Annotated[SubscriberState | None, typer.Option(help="Only those in this state.")] = None,
) -> None:
    """Write subscribers as CSV to standard output, in the form that `import` reads.

    Example: feedsvc subscriber export --list alumni > alumni.csv
    """

    async def action(app: App) -> None:
        async for part in export_csv(app.db, list_slug=in_list, state=state):
            sys.stdout.write(part)

    execute(ctx, action)
