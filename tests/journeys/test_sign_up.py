"""From the form to a confirmed reader: a GET shows, a POST acts, and no page tells what is known of an address."""

import re
from datetime import timedelta

from feedsvc.model.subscriber import Subscriber, SubscriberState
from feedsvc.storage import subscribers
from tests.journeys.conftest import JOURNEY, ON_SQLITE, World

pytestmark = JOURNEY
EMAIL = "ada.lu@example.org"


async def stored(world: World, email: str = EMAIL) -> Subscriber | None:
    async with world.app.db.read() as conn:
        return await subscribers.by_email_key(conn, email)


async def state(world: World) -> SubscriberState:
    found = await stored(world)
    assert found is not None
    return found.state


async def test_sign_up_mail_confirmation(world: World) -> None:
    assert (await world.sign_up(EMAIL)).status == 200
    assert await state(world) is SubscriberState.PENDING
    await world.drain()
    mail = world.mails(EMAIL)[0]
    assert mail["To"] == EMAIL
    link = world.link(EMAIL, "/confirm/")
    assert (await world.get(link)).status == 200
    assert await state(world) is SubscriberState.PENDING
    answer = await world.post(link)
    assert answer.status == 200
    assert await state(world) is SubscriberState.ACTIVE
    assert "set-cookie" not in answer.headers


@ON_SQLITE
async def test_gets_of_every_link_change_nothing(world: World) -> None:
    await world.subscribe(EMAIL)
    before = await stored(world)
    world.site.publish()
    await world.poll()
    from_pages = ["/", "/subscribe", "/categories/news"]
    for path in from_pages:
        page = (await world.get(path)).text
        for link in set(re.findall(r'href="(/[^"]*|http://127\.0\.0\.1[^"]*)"', page)):
            assert (await world.get(link)).status < 400, link
    personal = [world.link(EMAIL, "/confirm/")]
    page = (await world.post(personal[0])).text
    personal += [world.base + path for path in re.findall(r'href="(/preferences/[^"]*)"', page)]
    assert len(personal) > 1
    for link in personal:
        for method in ("GET", "HEAD"):
            async with world.session.request(method, link) as answer:
                assert answer.status == 200
                assert answer.headers["Cache-Control"] == "no-store"
                assert answer.headers["Referrer-Policy"] == "no-referrer"
        async with world.session.options(link) as answer:
            assert answer.status == 405
    assert await stored(world) == before


@ON_SQLITE
async def test_the_answer_is_the_same_whatever_is_known_of_an_address(world: World) -> None:
    await world.subscribe("active@example.org")
    await world.sign_up("pending@example.org")
    pages = set()
    for email in ("new@example.org", "pending@example.org", "active@example.org"):
        answer = await world.sign_up(email)
        pages.add((answer.status, answer.text.replace(email, "(address)")))
    assert len(pages) == 1


async def test_who_is_subscribed_already_gets_their_links_and_keeps_their_choices(world: World) -> None:
    await world.subscribe(EMAIL, "alumni", categories=["research"])
    before = await stored(world)
    world.clock.advance(timedelta(days=2))
    await world.sign_up(EMAIL, "campus")
    await world.drain()
    assert "/preferences/" in world.text(EMAIL)
    after = await stored(world)
    assert after is not None
    assert before is not None
    assert after.subscriptions == before.subscriptions


@ON_SQLITE
async def test_a_machine_is_told_what_everybody_is_told_and_nothing_happens(world: World) -> None:
    assert (await world.sign_up(EMAIL, hp="http://spam.example")).status == 200
    assert await stored(world) is None


@ON_SQLITE
async def test_a_form_sent_at_once_or_forged_is_shown_again(world: World) -> None:
    answer = await world.post("/subscribe", data={"email": EMAIL, "lists": "alumni", "started": "forged", "hp": ""})
    assert answer.status == 422
    assert EMAIL in answer.text
    assert await stored(world) is None


@ON_SQLITE
async def test_what_is_wrong_is_said_beside_what_was_filled_in(world: World) -> None:
    answer = await world.sign_up("not an address")
    assert answer.status == 422
    page = answer.text
    assert "not an address" in page
    assert 'aria-invalid="true"' in page


async def test_preferences_by_the_link_of_a_mail(world: World) -> None:
    await world.subscribe(EMAIL)
    page = (await world.post(world.link(EMAIL, "/confirm/"))).text
    link = re.findall(r'href="(/preferences/[^"]*)"', page)[0]
    fields = [
        ("lists", "alumni"),
        ("lists", "campus"),
        ("categories", "research"),
        ("frequency", "weekly"),
        ("action", "save"),
    ]
    assert (await world.post(link, data=fields)).status == 200
    found = await stored(world)
    assert found is not None
    assert set(found.lists) == {"alumni", "campus"}
    assert all(subscription.choices == ("research",) for subscription in found.subscriptions)
    assert (await world.post(link, data={"action": "pause"})).status == 200
    assert await state(world) is SubscriberState.PAUSED
    assert (await world.post(link, data={"action": "resume"})).status == 200
    assert await state(world) is SubscriberState.ACTIVE
    assert (await world.post(link, data={"action": "leave"})).status == 200
    assert await state(world) is SubscriberState.UNSUBSCRIBED


@ON_SQLITE
async def test_a_link_that_was_tampered_with_does_nothing_and_says_so(world: World) -> None:
    await world.subscribe(EMAIL)
    link = world.link(EMAIL, "/confirm/")
    for method in ("GET", "POST"):
        async with world.session.request(method, link[:-3] + "xyz") as answer:
            assert answer.status == 410
            assert EMAIL not in await answer.text()
