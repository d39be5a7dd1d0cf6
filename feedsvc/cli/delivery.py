"""`feedsvc delivery`."""

from dataclasses import dataclass
from typing import Annotated

import typer

from feedsvc.app import App
from feedsvc.cli.printing import add_row, print_json, say, show, table, when
from feedsvc.cli.running import execute
from feedsvc.delivery import breaker
from feedsvc.delivery.breaker import Broken
from feedsvc.storage import outbox, switches
from feedsvc.storage.outbox import Statistics

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="Mail on its way: how much waits, and the stop button.",
)


@dataclass(frozen=True, slots=True)
class Status:
    """The outbox and what holds it up: why a person froze it (empty: nobody did), and the relay's fault, if any."""

    statistics: Statistics
    frozen: str
    relay: Broken | None


@app.command()
def status(ctx: typer.Context, json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Say how many mails wait, went and failed, and what holds them up.

    Example: feedsvc delivery status
    """

    async def _action(app: App) -> tuple[Status, str]:
        async with app.db.read() as conn:
            statistics = await outbox.statistics(conn)
            frozen = await switches.get(conn, breaker.FREEZE) or ""
            relay = await breaker.broken(conn)
        oldest = when(statistics.oldest_open, app.clock.now())
        return Status(statistics, frozen, relay), oldest

    found, oldest = execute(ctx, _action)
    if json:
        print_json(found)
    else:
        _print(found, oldest)


def _print(found: Status, oldest: str) -> None:
    if found.frozen:
        say(f"Frozen: {found.frozen}. `feedsvc delivery thaw` lets mail leave again.", style="red")
    if found.relay:
        say(f"The relay has taken no mail since {found.relay.since:%d %b %H:%M} UTC: {found.relay.why}", style="red")
        say(f"It is tried again at {found.relay.retry_at:%H:%M:%S} UTC.")
    counts = found.statistics.by_state
    if not counts:
        say("The outbox is empty. `feedsvc digest send NAME` fills it, and so does each digest's schedule.")
        return
    listing = table("state", "messages", right=("messages",))
    for state, number in sorted(counts.items()):
        add_row(listing, state, number)
    show(listing)
    if found.statistics.open:
        say(f"The oldest that waits was queued {oldest}.")


@app.command()
def freeze(
    ctx: typer.Context,
    why: Annotated[str, typer.Option("--why", help="Said wherever the freeze is shown.")] = "by hand",
) -> None:
    """Stop all mail now, in every process. Messages stay queued.

    Example: feedsvc delivery freeze --why "wrong link in the weekly"
    """

    async def _action(app: App) -> None:
        async with app.db.write() as conn:
            await switches.put(conn, breaker.FREEZE, why, app.clock.now())

    execute(ctx, _action)
    say("Frozen: no mail leaves. `feedsvc delivery thaw` lets it go again.")


@app.command()
def thaw(ctx: typer.Context) -> None:
    """Let mail leave again.

    Example: feedsvc delivery thaw
    """

    async def _action(app: App) -> bool:
        async with app.db.write() as conn:
            frozen = await breaker.is_frozen(conn)
            await switches.remove(conn, breaker.FREEZE)
            # Whoever thaws wants the relay tried now, not when its break is over.
            await breaker.mend(conn)
            return frozen

    say("Mail leaves again." if execute(ctx, _action) else "Nothing was frozen.")
