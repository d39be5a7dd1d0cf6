"""`feedsvc demo`."""

import asyncio
import signal
import time
from pathlib import Path
from typing import Annotated

import typer

from feedsvc import logs
from feedsvc.app import App, working
from feedsvc.cli.exits import INTERRUPTED
from feedsvc.cli.printing import console, printable, say
from feedsvc.delivery.drain import Drain
from feedsvc.demo.tour import Places, touring

app = typer.Typer(rich_markup_mode=None, add_completion=False)


class Ticks:
    """Prints each step when it begins, and beside it what came of it."""

    def __init__(self) -> None:
        self._began = 0.0
        self._title = ""

    def __call__(self, title: str, said: str | None) -> None:
        """Told by the tour; `said` is None when the step begins."""
        if said is None:
            self._began, self._title = time.monotonic(), title
            if console.is_terminal:
                console.print(f"  [dim]…[/dim] {title}", markup=True, end="\r")
            return
        self._title = ""
        seconds = time.monotonic() - self._began
        line = f"  [green]✓[/green] {title:<38} [dim]{seconds:4.1f} s[/dim]  "
        console.print(line, markup=True, soft_wrap=True, end="")
        console.print(printable(said), soft_wrap=True)

    def stopped(self) -> None:
        """Mark the step that was under way as one that did not happen."""
        if self._title:
            console.print(f"  [red]✗[/red] {self._title}", markup=True)


@app.command("demo")
def demo(
    port: Annotated[int, typer.Option(help="Port of the pages; 0 takes a free one.", min=0, max=65535)] = 8080,
    leave: Annotated[bool, typer.Option("--exit", help="End after one round with a summary.")] = False,
    data: Annotated[
        Path | None, typer.Option(help="Keep the data below this folder, each tour in one of its own.", file_okay=False)
    ] = None,
) -> None:
    """Take the tour: a sample university, its stories as feeds and pages, and a digest in a mailbox you can read.

    Everything runs on this machine; nothing is mailed anywhere. Without --data it leaves nothing behind.

    Example: feedsvc demo --port 8090
    """
    logs.configure("error", "text")
    console.print("[bold]feedsvc demo[/bold]: a sample university, read, published and mailed.\n", markup=True)
    try:
        asyncio.run(_run(port, leave, data))
    except asyncio.CancelledError:
        raise typer.Exit(INTERRUPTED) from None


async def _run(port: int, leave: bool, data: Path | None) -> None:
    began = time.monotonic()
    _stop_by_unwinding()
    ticks = Ticks()
    async with touring(port, data, ticks) as tour:
        try:
            places = await tour.round()
        except BaseException:
            ticks.stopped()
            raise
        say()
        if leave:
            say(f"All {len(places.steps)} steps happened, in {time.monotonic() - began:.1f} s.")
        else:
            _print_addresses(places)
        if data:
            say(f"{'' if leave else chr(10)}The data is in {places.folder}.")
        if not leave:
            await _until_stopped(tour.app)


def _stop_by_unwinding() -> None:
    """SIGTERM ends the tour as Ctrl+C does: everything stops in order and the temporary folder goes."""
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


async def _until_stopped(app: App) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with working(app, Drain(app.db, app.settings, app.clock)):
        await stop.wait()
    say("\nStopped.")


def _print_addresses(places: Places) -> None:
    console.print("[bold]Open these[/bold] (Ctrl+C stops everything):\n", markup=True)
    for name, address in (
        ("News pages", f"{places.pages}/"),
        ("A feed", f"{places.pages}/feeds/all.atom"),
        ("The digest, as it arrived", places.digest_mail),
        ("All mails", f"{places.mailbox}/"),
        ("Ada's preferences", places.preferences),
        ("The sample university", f"{places.site}/"),
        ("Documentation", f"{places.pages}/docs"),
    ):
        # Never cut or wrapped: an address must be whole to be copied.
        console.print(f"  {name:<27}{address}", soft_wrap=True)
