"""`feedsvc demo`."""

import asyncio
import signal
import time
from pathlib import Path
from typing import Annotated

import typer
from feedsvc import logs
from feedsvc.app import App, working
from feedsvc.cli.running import console
from feedsvc.delivery.drain import Drain
from feedsvc.demo.tour import Places, touring

app = typer.Typer(rich_markup_mode=None)


class Ticks:
    """Prints each step when it begins, and beside it what came of it."""

    def __init__(self) -> None:
        self._began = 0.0

    def __call__(self, title: str, said: str | None) -> None:
        """Told by the tour; `said` is None when the step begins."""
        if said is None:
            self._began = time.monotonic()
            if console.is_terminal:
                console.print(f"  [dim]…[/dim] {title}", end="\r")
            return
        seconds = time.monotonic() - self._began
        console.print(f"  [green]✓[/green] {title:<38} [dim]{seconds:4.1f} s[/dim]  ", end="")
        console.print(said, markup=False)


@app.command("demo")
def demo(
    port: Annotated[int, typer.Option(help="Port of the pages; 0 takes a free one.", min=0, max=65535)] = 8080,
    leave: Annotated[bool, typer.Option("--exit", help="End after one round with a summary.")] = False,
    data: Annotated[Path | None, typer.Option(help="Keep the data in this folder.", file_okay=False)] = None,
) -> None:
    """Take the tour: a sample university, its stories as feeds and pages, and a digest in a mailbox you can read.

    Everything runs on this machine; nothing is mailed anywhere. Without --data it leaves nothing behind.

    Example: feedsvc demo --port 8090
    """
    logs.configure("error", "text")
    console.print("[bold]feedsvc demo[/bold]: a sample university, read, published and mailed.\n")
    asyncio.run(_run(port, leave, data))


async def _run(port: int, leave: bool, data: Path | None) -> None:
    began = time.monotonic()
    async with touring(port, data, Ticks()) as tour:
        places = await tour.round()
        console.print()
        if leave:
            console.print(f"All {len(places.steps)} steps happened, in {time.monotonic() - began:.1f} s.")
            return
        _print_addresses(places)
        await _until_stopped(tour.app)


async def _until_stopped(app: App) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with working(app, Drain(app.db, app.settings, app.clock)):
        await stop.wait()
    console.print("\nStopped.")


def _print_addresses(places: Places) -> None:
    console.print("[bold]Open these[/bold] (Ctrl+C stops everything):\n")
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
        console.print(f"  {name:<27}{address}", markup=False, soft_wrap=True)
