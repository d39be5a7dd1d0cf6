"""Pages behind the links of mails: confirm, preferences, leave. A GET shows, a POST acts, and nothing leaks."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from feedsvc.model.subscriber import Subscriber, SubscriberState
from feedsvc.storage import subscribers
from feedsvc.text.links import CONFIRMATION_DAYS
from tests.subscribers.people import (
    EMAIL,
    ask,
    confirm_token,
    mails,
    preferences_token,
    reader,
    unsubscribe_token,
    who,
)
from tests.web.rooms import Pages, everything

ONE_CLICK = b"List-Unsubscribe=One-Click"


async def joined(pages: Pages, *lists: str) -> Subscriber:
    return await reader(pages.db, pages.settings, pages.clock.now(), lists=lists or ("alumni", "press"))


async def links(pages: Pages) -> list[str]:
    """One link of each kind to a reader who has joined."""
    return [
        f"/confirm/{await confirm_token(pages.db, pages.settings, pages.clock.now())}",
        f"/preferences/{await preferences_token(pages.db, pages.settings)}",
        f"/unsubscribe/{await unsubscribe_token(pages.db, pages.settings, 'weekly')}",
    ]


async def test_private_pages_stay_private(pages: Pages) -> None:
    await joined(pages)
    for link in await links(pages):
        for method in ("GET", "HEAD", "POST"):
            answer = await pages.ask(method, link, data=[("action", "pause")] if method == "POST" else None)
            assert answer.status == 200
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["X-Robots-Tag"] == "noindex"
            assert "Set-Cookie" not in answer.headers
        page = (await pages.get(link)).text
        assert '<meta name="robots" content="noindex">' in page


async def test_looking_changes_nothing(both: Pages) -> None:
    await ask(both.db, both.settings, both.clock.now())
    before = await everything(both.db)
    for link in await links(both):
        for method in ("GET", "HEAD", "OPTIONS", "GET"):
            answer = await both.ask(method, link, headers={"Purpose": "prefetch", "User-Agent": "LinkScanner"})
            assert answer.status == (405 if method == "OPTIONS" else 200)
    assert await everything(both.db) == before


async def test_a_damaged_link_is_410_and_tells_nothing(pages: Pages) -> None:
    await joined(pages)
    before = await everything(pages.db)
    fine = await links(pages)
    of_another_kind = [f"/{kind}/{fine[at].rpartition('/')[2]}" for kind, at in (("confirm", 1), ("preferences", 2))]
    damaged = [link[:-4] + "AAAA" for link in fine] + [link + "A" for link in fine] + of_another_kind
    damaged += [
        f"/{kind}/{junk}" for kind in ("confirm", "preferences", "unsubscribe") for junk in ("x", "%FF", "A" * 999)
    ]
    for link in damaged:
        for method in ("GET", "POST"):
            answer = await pages.ask(method, link, data=[("action", "leave")] if method == "POST" else None)
            assert answer.status == 410, link
            assert EMAIL not in answer.text
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert await everything(pages.db) == before


async def test_a_new_nonce_ends_all_links(pages: Pages) -> None:
    person = await joined(pages)
    old = await links(pages)
    async with pages.db.write() as conn:
        await subscribers.save(conn, person, replace(person, nonce="another-nonce-000"), pages.clock.now())
    assert [(await pages.get(link)).status for link in old] == [410, 410, 410]


# ---------------------------------------------------------------- confirm


async def test_the_button_confirms_and_leads_to_the_preferences(both: Pages) -> None:
    await ask(both.db, both.settings, both.clock.now())
    link = (await links(both))[0]
    page = (await both.get(link)).text
    assert f'<form method="post" action="{link}">' in page
    answer = await both.post(link)
    assert answer.status == 200
    assert (await who(both.db)).state is SubscriberState.ACTIVE
    found = re.search(r'href="(/preferences/[^"]*)"', answer.text)
    assert found
    assert (await both.get(found[1])).status == 200


async def test_confirming_twice_says_the_same(pages: Pages) -> None:
    await ask(pages.db, pages.settings, pages.clock.now())
    link = (await links(pages))[0]
    first = await pages.post(link)
    before = await everything(pages.db)
    assert (await pages.post(link)).body == first.body
    assert await everything(pages.db) == before


async def test_a_confirmation_expires(pages: Pages) -> None:
    await ask(pages.db, pages.settings, pages.clock.now())
    link = (await links(pages))[0]
    pages.clock.advance(timedelta(days=CONFIRMATION_DAYS))
    for method in ("GET", "POST"):
        answer = await pages.ask(method, link)
        assert answer.status == 410
        assert "Sign up again" in answer.text
    assert (await who(pages.db)).state is SubscriberState.PENDING


# ---------------------------------------------------------------- preferences


async def test_the_form_shows_what_they_have(pages: Pages) -> None:
    await joined(pages, "press")
    page = (await pages.get((await links(pages))[1])).text
    assert re.findall(r'name="lists" value="(\w+)" checked', page) == ["press"]
    assert "staff" not in page


async def test_saving_pausing_resuming_leaving(both: Pages) -> None:
    await joined(both)
    link = (await links(both))[1]
    wish = [("lists", "press"), ("categories", "news"), ("frequency", "daily"), ("name", "Lu"), ("action", "save")]
    assert "/preferences/" in (await both.post(link, wish)).text
    person = await who(both.db)
    assert (person.lists, person.name, person.language) == (("press",), "Lu", "en")
    for action, state in (("pause", "paused"), ("resume", "active"), ("leave", "unsubscribed")):
        answer = await both.post(link, [("action", action)])
        assert answer.status == 200
        assert (await who(both.db)).state == state


async def test_the_language_changes_only_where_the_page_says_so(pages: Pages) -> None:
    await joined(pages)
    link = (await links(pages))[1]
    wish = [("lists", "press"), ("action", "save")]
    for query, language in (("?language=zh", "zh"), ("", "zh"), ("?language=en", "en"), ("?language=x'", "en")):
        assert (await pages.post(link + query, wish)).status == 200
        assert (await who(pages.db)).language == language


@pytest.mark.parametrize("fields", [[], [("action", "")], [("action", "delete")], [("lists", "alumni")]])
async def test_a_form_without_its_button_changes_nothing(pages: Pages, fields: list[tuple[str, str]]) -> None:
    await joined(pages)
    before = await everything(pages.db)
    assert (await pages.post((await links(pages))[1], fields)).status == 400
    one_click = await pages.ask(
        "POST", (await links(pages))[1], data=ONE_CLICK, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert one_click.status == 400
    assert await everything(pages.db) == before


async def test_no_list_ticked_is_leaving(pages: Pages) -> None:
    await joined(pages)
    answer = await pages.post((await links(pages))[1], [("action", "save")])
    assert "You have left" in answer.text
    assert (await who(pages.db)).state is SubscriberState.UNSUBSCRIBED


async def test_a_wish_that_is_not_offered_is_said_in_the_form(pages: Pages) -> None:
    await joined(pages)
    before = await everything(pages.db)
    answer = await pages.post((await links(pages))[1], [("lists", "staff"), ("name", "Lu"), ("action", "save")])
    assert answer.status == 422
    assert "no longer offered" in answer.text
    assert 'value="Lu"' in answer.text
    assert await everything(pages.db) == before


async def test_who_has_left_comes_back_by_a_confirmation(pages: Pages) -> None:
    await joined(pages)
    link = (await links(pages))[1]
    await pages.post(link, [("action", "leave")])
    pages.clock.advance(timedelta(days=2))
    answer = await pages.post(link, [("lists", "alumni"), ("action", "save")])
    assert "Check your mail" in answer.text
    assert (await who(pages.db)).state is SubscriberState.UNSUBSCRIBED
    assert len(await mails(pages.db)) == 2


# ---------------------------------------------------------------- leave


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", ONE_CLICK),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--b--\r\n"),
        ("multipart/form-data", b"broken"),
        ("application/json", b"{}"),
        ("", b""),
        ("x", b"\0" * 200_000),
    ],
)
async def test_one_click_leaves_whatever_the_body_says(pages: Pages, content_type: str, body: bytes) -> None:
    await joined(pages)
    link = (await links(pages))[2]
    headers = {"Content-Type": content_type, "Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}
    answer = await pages.ask("POST", link, data=body, headers=headers)
    # RFC 8058, section 3.1: no redirect, no cookie, no further question.
    assert answer.status == 200
    assert "Set-Cookie" not in answer.headers
    assert (await who(pages.db)).lists == ("press",)


async def test_leaving_the_last_list_and_twice(both: Pages) -> None:
    await joined(both, "alumni")
    link = (await links(both))[2]
    assert "Alumni" in (await both.get(link)).text
    first = await both.post(link)
    assert first.status == 200
    assert "You have left" in first.text
    assert (await who(both.db)).state is SubscriberState.UNSUBSCRIBED
    before = await everything(both.db)
    assert (await both.post(link)).status == 200
    assert "already left" in (await both.get(link)).text
    assert await everything(both.db) == before


async def test_on_no_list_nothing_is_offered_to_stop_and_nothing_is_said_to_come(pages: Pages) -> None:
    await joined(pages)
    link = (await links(pages))[1]
    assert 'value="pause"' in (await pages.get(link)).text
    await pages.post(link, [("action", "leave")])
    before = await everything(pages.db)
    form = await pages.get(link)
    assert 'value="save"' in form.text
    assert not re.search(r'value="(pause|resume|leave)"', form.text)
    for action in ("pause", "resume", "leave"):
        answer = await pages.post(link, [("action", action)])
        assert (answer.status, answer.text) == (200, form.text)
        assert answer.headers["Cache-Control"] == "no-store"
    assert await everything(pages.db) == before


async def test_leaving_works_years_later(pages: Pages) -> None:
    await joined(pages)
    link = (await links(pages))[2]
    pages.clock.advance(timedelta(days=3650))
    assert (await pages.post(link)).status == 200
    assert (await who(pages.db)).lists == ("press",)


async def test_the_goodbye_shows_what_stays_and_the_way_back(pages: Pages) -> None:
    await joined(pages)
    page = (await pages.post((await links(pages))[2])).text
    assert "These still come:" in page
    found = re.search(r'href="(/preferences/[^"]*)"', page)
    assert found
    assert (await pages.get(found[1])).status == 200
