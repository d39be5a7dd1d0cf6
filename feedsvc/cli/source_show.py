"""`feedsvc source show`: what a source is, how it is doing, and what its last polls brought."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

import typer

from feedsvc.app import App
from feedsvc.cli.printing import add_row, facts, print_json, say, several, show, table, when
from feedsvc.cli.running import execute
from feedsvc.ingest.polling import robots
from feedsvc.model.health import BackfillStanding, HostStanding, PollRecord, SourceHealth
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.storage import backfills, dossier, hosts, polls, sources

POLLS = 20
_RESUME = "`feedsvc source resume {}` polls it again"
_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything that is known of a source at `now` (UTC). `waits_until`: its site asked us to leave it alone so long; `pushed_at`:
    when articles were last sent for it (UTC), None where that was never or it is polled.
    """

    source: Source
    status: str
    health: SourceHealth
    now: datetime
    obeys_robots: bool
    host: HostStanding | None
    waits_until: datetime | None
    backfill: BackfillStanding | None
    polls: tuple[PollRecord, ...]
    pushed_at: datetime | None = None


def show_command(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The source's slug.", metavar="NAME")],
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show one source whole.

    What it is, how it is doing, what to do where it fails, and its last 20 polls.

    Example: feedsvc source show usst-news
    """

    async def _action(app: App) -> Shown:
        now = app.clock.now()
        async with app.db.read() as conn:
            source, health = await sources.get(conn, name), await sources.health(conn, name)
            origin = robots.origin(source.url) if source.url else ""
            return Shown(
                source=source,
                status=health.status,
                health=health,
                now=now,
                obeys_robots=app.settings.ingest.robots,
                host=await hosts.get(conn, origin),
                waits_until=await hosts.waiting_for(conn, (source.url, origin), now),
                backfill=await backfills.get(conn, name),
                polls=tuple(await polls.history(conn, name, POLLS)),
                pushed_at=await dossier.last_seen(conn, name) if source.kind == SourceKind.PUSH else None,
            )

    shown = execute(ctx, _action)
    if json:
        print_json(shown)
        return
    facts(_facts(shown))
    for trouble in troubles(shown.health, shown.now):
        say()
        say(trouble, style="red")
    if shown.polls:
        say()
        _print_polls(shown)


def troubles(health: SourceHealth, now: datetime) -> list[str]:
    """What a person should know and do: why it fails, and the alarms, with the age of the oldest at the last of them."""
    found = [health.last_error] if health.last_error else []
    found += [one.sentence for one in health.alarms]
    if health.alarms and health.alarm_since:
        found[-1] += f" (since {when(health.alarm_since, now).removesuffix(' ago')})"
    return found


def next_visit(health: SourceHealth, now: datetime) -> str:
    """When it is polled next: `in 20 min`, `at once`, or `never` where it is paused or gone."""
    if health.paused_at or health.gone_at:
        return "never"
    return "at once" if health.next_poll_at is None or health.next_poll_at <= now else when(health.next_poll_at, now)


def lasting(span: timedelta) -> str:
    """`45 s`, `30 min`, `6 h`, `2 d`."""
    seconds = span.total_seconds()
    for limit, step, unit in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{round(seconds / step)} {unit}"
    return f"{round(seconds / 86_400)} d"


def trend(values: Iterable[int]) -> str:
    """A bar for each value, as high as it is beside the highest; nothing is the lowest of all."""
    rows = list(values)
    most = max(rows, default=0)
    return "".join(_BARS[0 if not row else max(1, round(row / most * (len(_BARS) - 1)))] for row in rows)


def _facts(shown: Shown) -> dict[str, object]:
    source, health = shown.source, shown.health
    told: dict[str, object] = {
        "source": f"{source.slug} ({source.title})" if source.title else source.slug,
        "kind": source.kind if source.kind != SourceKind.PAGE else f"{source.kind}, read as {source.preset}",
        "address": source.url or "-",
        "categories": ", ".join(source.categories) or "-",
        "dates": f"in {source.timezone} where they name no zone",
        "language": source.language,
        "state": shown.status,
    }
    if rules := _rules(source):
        told["rules"] = rules
    if source.kind == SourceKind.PUSH:
        return told | {"last push": when(shown.pushed_at, shown.now) if shown.pushed_at else "never"}
    told |= {
        "answered": when(health.last_success_at, shown.now),
        "asked": when(health.last_polled_at, shown.now),
        "next": f"never; {_RESUME.format(source.slug)}"
        if (coming := next_visit(health, shown.now)) == "never"
        else coming,
        "interval": _interval(shown),
        "robots.txt": _robots(shown),
    }
    if shown.waits_until:
        told["waits"] = f"the site asked for it; over {when(shown.waits_until, shown.now)}"
    if shown.backfill:
        pages = several(shown.backfill.pages, "page")
        told["backfill"] = (
            f"{pages}, {shown.backfill.new} new; goes on with `feedsvc source poll {source.slug} --backfill`"
        )
    return told


def _rules(source: Source) -> str:
    groups = {"list": source.list_rules, "article": source.article_rules, "map": source.category_map}
    told = [f"{name}.{key} = {value!r}" for name, rules in groups.items() for key, value in rules.items()]
    if source.approval:
        told.append("approval")
    if source.allow_private:
        told.append("allow_private")
    return ", ".join(told)


def _interval(shown: Shown) -> str:
    source, seconds = shown.source, shown.health.current_interval_seconds
    current = source.interval if seconds is None else timedelta(seconds=seconds)
    longest = max(source.interval, source.max_interval)
    return f"{lasting(current)} ({lasting(source.interval)} while it brings news, up to {lasting(longest)} while it does not)"


def _robots(shown: Shown) -> str:
    if not shown.obeys_robots:
        return "not asked: [ingest] robots = false"
    if shown.host is None or shown.host.robots is None or shown.host.robots_read_at is None:
        return "not read yet"
    rules = robots.parse(shown.host.robots.encode(), shown.host.robots_read_at)
    told = "allows this address" if rules.allows(shown.source.url) else "forbids this address"
    slowly = f", {rules.delay:g} s between requests" if rules.delay else ""
    return f"{told}{slowly} (read {when(rules.read_at, shown.now)})"


def _print_polls(shown: Shown) -> None:
    numbers = ("found", "new", "changed", "held", "failed")
    listing = table("poll", "outcome", *numbers, right=numbers, whole=("poll", "outcome"))
    for poll in shown.polls:
        counts = (poll.found, poll.new, poll.changed, poll.held, poll.failed)
        add_row(listing, when(poll.started_at, shown.now), poll.outcome, *counts)
    show(listing)
    say()
    oldest_first = shown.polls[::-1]
    facts({"found": trend(poll.found for poll in oldest_first), "new": trend(poll.new for poll in oldest_first)})
