"""What the relay refuses: a 550 is a bounce and keeps the address out of the next issue; a 4xx is tried again."""

from datetime import timedelta

from feedsvc.demo.site.content import Piece
from feedsvc.digests import run as digests
from feedsvc.digests.manual import send_now
from feedsvc.model.issue import Issue, MessageState
from feedsvc.model.subscriber import SubscriberState
from feedsvc.storage import issues, outbox, subscribers
from tests.journeys.conftest import JOURNEY, World
from tests.journeys.test_tick_to_mail import WEEK, ready

pytestmark = JOURNEY
GONE, SLOW, WELL = "gone@example.org", "slow@example.org", "well@example.org"


async def newest(world: World) -> Issue:
    async with world.app.db.read() as conn:
        return (await issues.of_digest(conn, "weekly"))[0]


async def outcomes(world: World, issue: Issue) -> dict[MessageState, int]:
    async with world.app.db.read() as conn:
        return (await outbox.for_issue(conn, issue.id)).by_state


async def test_a_550_bounces_and_the_next_issue_leaves_that_address_out(world: World) -> None:
    await ready(world, GONE, WELL)
    world.relay.say("rcpt", "550 5.1.1 No such user", recipient=GONE)
    world.clock.advance(WEEK)
    await digests.tick(world.app.db, world.app.settings, world.clock)
    await world.drain()
    first = await newest(world)
    assert await outcomes(world, first) == {MessageState.BOUNCED: 1, MessageState.SENT: 1}
    async with world.app.db.read() as conn:
        reader = await subscribers.by_email_key(conn, GONE)
        failures = (await outbox.for_issue(conn, first.id)).failures
    assert reader is not None
    assert reader.state is SubscriberState.BOUNCED
    assert "No such user" in failures[0].reply
    world.relay.forget("rcpt")
    await another_story(world)
    world.clock.advance(timedelta(hours=1))
    issue = await send_now(world.app.db, world.app.settings, world.clock, "weekly")
    await world.drain()
    assert await outcomes(world, issue) == {MessageState.SENT: 1}
    assert world.relay.count(GONE) == 0
    assert world.relay.count(WELL) == 2


async def another_story(world: World) -> None:
    """One more story a day later, so that the next issue has something to bring."""
    world.clock.advance(timedelta(days=1))
    body = (
        "A story that nobody has read yet, long enough to be one.",
        "It goes on for a second paragraph, and ends there.",
    )
    world.site.add(Piece("english", "2700", "One more story", world.clock.now().date(), body, column=1023))
    assert (await world.poll())["usst-news"] == 1


async def test_a_4xx_is_tried_again_and_arrives_once(world: World) -> None:
    await ready(world, SLOW, WELL)
    world.relay.say("rcpt", "451 4.7.1 Greylisted", recipient=SLOW, times=1)
    world.clock.advance(WEEK)
    await digests.tick(world.app.db, world.app.settings, world.clock)
    await world.drain()
    issue = await newest(world)
    assert await outcomes(world, issue) == {MessageState.DEFERRED: 1, MessageState.SENT: 1}
    await world.drain()
    assert world.relay.count(SLOW) == 0
    world.clock.advance(timedelta(minutes=10))
    await world.drain()
    assert await outcomes(world, issue) == {MessageState.SENT: 2}
    assert world.relay.count(SLOW) == 1
    assert world.relay.count(WELL) == 1


async def test_a_relay_that_is_away_blames_no_reader_and_loses_none(world: World) -> None:
    await ready(world, SLOW, WELL)
    world.relay.say("connect", "421 4.3.2 Closing for the night")
    world.clock.advance(WEEK)
    await digests.tick(world.app.db, world.app.settings, world.clock)
    assert (await world.drain()).sent == 0
    issue = await newest(world)
    assert set(await outcomes(world, issue)) <= {MessageState.QUEUED, MessageState.DEFERRED}
    world.relay.forget("connect")
    world.clock.advance(timedelta(hours=1))
    await world.drain()
    assert await outcomes(world, issue) == {MessageState.SENT: 2}
    assert (world.relay.count(SLOW), world.relay.count(WELL)) == (1, 1)
