"""From a schedule's tick to the relay's 250: once, whoever ticks and however often; and out again by one click."""

import asyncio
import sys
from datetime import timedelta

from feedsvc.digests import run as digests
from feedsvc.model.issue import IssueState, MessageState
from feedsvc.storage import issues, outbox
from feedsvc.storage.outbox import IssueCounts
from tests.journeys.conftest import JOURNEY, World

pytestmark = JOURNEY
EMAIL = "ada.lu@example.org"
# The clock stands at Monday, 8 June 2020, 08:00 in Shanghai, when the newsroom is set up; the next issue is a week away.
WEEK = timedelta(days=7)


async def ready(world: World, *emails: str) -> None:
    """Readers, and stories that appeared after they joined."""
    await world.poll()
    for email in emails or (EMAIL,):
        await world.subscribe(email)
    world.site.publish()
    await world.poll()
    world.relay.messages.clear()


async def tick(world: World) -> None:
    await digests.tick(world.app.db, world.app.settings, world.clock)


async def counted(world: World, at: int = 0) -> IssueCounts:
    async with world.app.db.read() as conn:
        found = await issues.of_digest(conn, "weekly")
        return await outbox.for_issue(conn, found[at].id)


async def test_a_tick_mails_one_digest_and_a_second_tick_none(world: World) -> None:
    await ready(world)
    await tick(world)
    assert (await world.drain()).sent == 0
    world.clock.advance(WEEK)
    await tick(world)
    await tick(world)
    assert (await world.drain()).sent == 1
    await tick(world)
    assert (await world.drain()).sent == 0
    mail = world.mails(EMAIL)
    assert len(mail) == 1
    assert mail[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = world.text(EMAIL)
    for title in ("Optics Team Builds a Lens", "A night among the books", "光电学院研制出比头发丝更薄的平面透镜"):
        assert title in text
    # What was there before they joined, and what a first run found, is not news.
    assert "Qingpu" not in text
    assert "Correction" not in text


async def test_every_outcome_is_recorded_and_the_issue_is_sent(world: World) -> None:
    await ready(world)
    world.clock.advance(WEEK)
    await tick(world)
    await world.drain()
    async with world.app.db.read() as conn:
        issue = (await issues.of_digest(conn, "weekly"))[0]
    assert issue.state is IssueState.SENT
    assert issue.number == 1
    assert (await counted(world)).by_state == {MessageState.SENT: 1}
    archive = await world.get(f"/archive/weekly/{issue.number}")
    assert archive.status == 200
    page = archive.text
    assert "Optics Team Builds a Lens" in page
    assert EMAIL not in page


TICKER = """
import asyncio, sys
from datetime import datetime
from feedsvc.clock import FixedClock
from feedsvc.digests import run
from feedsvc.settings import Settings
from feedsvc.storage.database import Database

async def main(url, base, now):
    settings = Settings.model_validate({"site": {"base_url": base}, "database": {"url": url},
        "security": {"secret_key": "a-key-for-tests-only-0123456789abcdef"}})
    db = Database.open(url)
    print("ready", flush=True)
    sys.stdin.readline()
    await run.tick(db, settings, FixedClock(datetime.fromisoformat(now)))
    await db.close()

asyncio.run(main(*sys.argv[1:]))
"""


async def start_ticker(*arguments: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(sys.executable, "-c", TICKER, *arguments, stdin=pipe, stdout=pipe)


async def test_two_processes_that_tick_at_once_make_one_issue_and_one_mail_each(world: World) -> None:
    emails = [f"reader{number}@example.org" for number in range(3)]
    await ready(world, *emails)
    world.clock.advance(WEEK)
    arguments = (world.app.db.url, world.base, world.clock.now().isoformat())
    tickers = [await start_ticker(*arguments) for _ in range(2)]
    for ticker in tickers:
        assert ticker.stdout
        assert await ticker.stdout.readline() == b"ready\n"
    for ticker in tickers:
        await ticker.communicate(b"go\n")
        assert ticker.returncode == 0
    # Whatever one of them left, a tick here finishes.
    await tick(world)
    assert (await world.drain()).sent == 3
    assert [world.relay.count(email) for email in emails] == [1, 1, 1]
    async with world.app.db.read() as conn:
        assert len(await issues.of_digest(conn, "weekly")) == 1


async def test_the_next_issue_brings_only_what_is_new(world: World) -> None:
    await ready(world)
    world.clock.advance(WEEK)
    await tick(world)
    await world.drain()
    world.clock.advance(WEEK)
    await tick(world)
    assert (await world.drain()).sent == 0
    async with world.app.db.read() as conn:
        newest = (await issues.of_digest(conn, "weekly"))[0]
    assert newest.state is IssueState.SKIPPED
    assert "0 new articles" in newest.reason


async def test_one_click_leaves_and_nothing_more_comes(world: World) -> None:
    await ready(world)
    world.clock.advance(WEEK)
    await tick(world)
    await world.drain()
    link = world.mails(EMAIL)[0]["List-Unsubscribe"].split("<")[1].split(">")[0]
    assert (await world.get(link)).status == 200
    answer = await world.post(link, data={"List-Unsubscribe": "One-Click"})
    assert answer.status == 200
    assert (await world.post(link, data={"List-Unsubscribe": "One-Click"})).status == 200
    await world.sign_up("someone@example.org")
    world.clock.advance(WEEK)
    await tick(world)
    await world.drain()
    assert world.relay.count(EMAIL) == 1


async def test_who_leaves_between_composing_and_sending_is_not_mailed(world: World) -> None:
    await ready(world)
    link = await preferences(world)
    world.clock.advance(WEEK - timedelta(days=2))
    await tick(world)
    assert (await world.post(link, data={"action": "leave"})).status == 200
    assert (await world.drain()).sent == 0
    assert (await counted(world)).by_state == {MessageState.SUPPRESSED: 1}


async def preferences(world: World) -> str:
    """The link to the reader's own page, as the mail for somebody who signs up twice has it."""
    world.clock.advance(timedelta(days=2))
    await world.sign_up(EMAIL)
    await world.drain()
    link = world.link(EMAIL, "/preferences/")
    world.relay.messages.clear()
    return link
