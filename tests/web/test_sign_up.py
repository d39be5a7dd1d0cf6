"""The sign-up form: what it takes, what it says, its traps and caps; never whether an address is known."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from feedsvc.model.subscriber import SubscriberState
from feedsvc.pages.views import Fault
from feedsvc.storage.schema_mail import outbox, subscribers
from feedsvc.subscribers.join import PER_ADDRESS
from feedsvc.subscribers.offer import Refusal
from feedsvc.web.public.forms import FORM_SECONDS, MOST_FIELDS, TRAP_SECONDS, faults
from feedsvc.web.public.subscribing import TOO_MANY_SECONDS
from tests.subscribers.people import preferences_token, reader, who
from tests.web.rooms import Pages

EMAIL = "ada.lu@example.edu"


async def people(pages: Pages) -> int:
    async with pages.db.read() as conn:
        return int((await conn.execute(select(func.count()).select_from(subscribers))).scalar_one())


async def mails(pages: Pages) -> int:
    async with pages.db.read() as conn:
        return int((await conn.execute(select(func.count()).select_from(outbox))).scalar_one())


def test_every_refusal_is_a_fault_the_page_can_say() -> None:
    assert {refusal.value for refusal in Refusal} | {"too_fast", "form_expired"} == {fault.value for fault in Fault}
    assert {refusal.name for refusal in Refusal} < {fault.name for fault in Fault}
    assert [fault.value for fault in faults(tuple(Refusal))] == [refusal.value for refusal in Refusal]


async def test_a_sign_up_waits_for_its_confirmation(both: Pages) -> None:
    choice = (("lists", "alumni"), ("lists", "press"), ("categories", "news"), ("frequency", "weekly"), ("name", "Ada"))
    answer = await both.sign_up(EMAIL, *choice)
    assert answer.status == 200
    assert "Check your mail" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    person = await who(both.db, EMAIL)
    assert person.state is SubscriberState.PENDING
    assert person.asked is not None
    assert (person.asked.lists, person.asked.categories) == (("alumni", "press"), ("news",))
    assert (person.asked.frequency, person.asked.name, person.asked.language) == ("weekly", "Ada", "en")
    assert await mails(both) == 1


async def test_the_language_of_the_page_is_that_of_the_mail(pages: Pages) -> None:
    fields = [("email", EMAIL), ("lists", "alumni"), ("started", pages.started())]
    assert (await pages.post("/subscribe?language=zh", fields)).status == 200
    assert (await who(pages.db, EMAIL)).language == "zh"


@pytest.mark.parametrize(
    ("email", "more", "field", "words"),
    [
        ("", [("lists", "alumni")], "email", "Write your e-mail address."),
        ("not an address", [("lists", "alumni")], "email", "not a whole e-mail address"),
        ("a@b\r\nBcc: x@example.org", [("lists", "alumni")], "email", "not a whole e-mail address"),
        ("\0@example.org", [("lists", "alumni")], "email", "not a whole e-mail address"),
        (EMAIL, [("frequency", "")], "lists", "Choose at least one list."),
        (EMAIL, [("lists", "alumni"), ("name", "x" * 101)], "name", "This name is too long."),
        (EMAIL, [("lists", "staff")], "", "no longer offered"),
        (EMAIL, [("lists", "alumni"), ("categories", "nothing\0")], "", "no longer offered"),
        (EMAIL, [("lists", "alumni"), ("frequency", "hourly")], "", "no longer offered"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field(
    pages: Pages, email: str, more: list[tuple[str, str]], field: str, words: str
) -> None:
    answer = await pages.sign_up(email, *more)
    assert answer.status == 422
    assert words in answer.text
    if field:
        assert re.search(rf'<p class="fault" id="{field}-fault">[^<]*{re.escape(words)}', answer.text)
    assert await people(pages) == await mails(pages) == 0


async def test_what_was_filled_in_is_kept(pages: Pages) -> None:
    choice = [("lists", "press"), ("categories", "research"), ("name", 'Ada "Lu" <x>')]
    page = (await pages.sign_up("wrong", *choice)).text
    assert 'value="wrong"' in page
    assert "Ada &#34;Lu&#34; &lt;x&gt;" in page
    assert re.search(r'value="press" checked', page)
    assert not re.search(r'value="alumni" checked', page)
    assert re.search(r'value="research" checked', page)
    assert pages.started(0) in page


async def test_a_category_leads_to_the_form_with_its_topic_ticked(pages: Pages) -> None:
    page = (await pages.get("/subscribe?categories=research&categories=%3Cx%3E")).text
    assert re.findall(r'value="(\w+)" checked', page) == ["alumni", "research"]


@pytest.mark.parametrize(
    ("ago", "status"),
    [(TRAP_SECONDS - 1, 422), (-5, 422), (TRAP_SECONDS, 200), (FORM_SECONDS, 200), (FORM_SECONDS + 1, 422)],
)
async def test_the_time_trap(pages: Pages, ago: float, status: int) -> None:
    fields = [("email", EMAIL), ("lists", "alumni"), ("started", pages.started(ago)), ("hp", "")]
    assert (await pages.post("/subscribe", fields)).status == status
    assert await people(pages) == (1 if status == 200 else 0)


@pytest.mark.parametrize("started", ["", "forged", "\0", "é", "AQ" * 2000])
async def test_a_forged_time_is_refused(pages: Pages, started: str) -> None:
    answer = await pages.post("/subscribe", [("email", EMAIL), ("lists", "alumni"), ("started", started)])
    assert answer.status == 422
    assert "send it again" in answer.text
    assert await people(pages) == 0


async def test_a_link_of_a_mail_is_no_form(pages: Pages) -> None:
    await reader(pages.db, pages.settings, pages.clock.now())
    link = await preferences_token(pages.db, pages.settings)
    answer = await pages.post("/subscribe", [("email", EMAIL), ("lists", "alumni"), ("started", link)])
    assert answer.status == 422


async def test_the_honeypot_tells_a_machine_what_everybody_is_told(pages: Pages) -> None:
    person = await pages.sign_up("someone@example.edu")
    fields = [("email", "someone@example.edu"), ("lists", "alumni"), ("hp", "x"), ("started", pages.started())]
    machine = await pages.post("/subscribe", fields)
    assert (machine.status, machine.body) == (person.status, person.body)
    assert await people(pages) == 1


async def test_no_answer_tells_what_is_known_of_an_address(both: Pages) -> None:
    now = both.clock.now()
    for name in ("active", "left"):
        await reader(both.db, both.settings, now, f"{name}@example.edu")
    await both.sign_up("pending@example.edu")
    answers = set()
    for name in ("new", "pending", "active", "left", "ACTIVE"):
        answer = await both.sign_up(f"{name}@example.edu")
        headers = {key: value for key, value in answer.headers.items() if key not in ("Date", "Content-Length")}
        answers.add((answer.status, answer.text.replace(f"{name}@", "x@"), tuple(sorted(headers.items()))))
    assert len(answers) == 1


async def test_an_address_gets_one_mail_a_day(pages: Pages) -> None:
    for _ in range(4):
        assert (await pages.sign_up(EMAIL)).status == 200
    assert await mails(pages) == 1
    pages.clock.advance(timedelta(days=1, seconds=1))
    assert (await pages.sign_up(EMAIL)).status == 200
    assert await mails(pages) == 2


async def test_many_forms_from_one_network_are_429(pages: Pages) -> None:
    for number in range(PER_ADDRESS):
        assert (await pages.sign_up(f"reader{number}@example.edu")).status == 200
    refused = await pages.sign_up("one-more@example.edu")
    assert refused.status == 429
    assert refused.headers["Retry-After"] == str(TOO_MANY_SECONDS)
    assert "one-more@example.edu" in refused.text
    assert await people(pages) == PER_ADDRESS
    pages.clock.advance(timedelta(seconds=TOO_MANY_SECONDS))
    assert (await pages.sign_up("one-more@example.edu")).status == 200


async def test_wrong_forms_do_not_count(pages: Pages) -> None:
    for _ in range(PER_ADDRESS + 1):
        assert (await pages.sign_up("wrong")).status == 422
    assert (await pages.sign_up(EMAIL)).status == 200


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/x-www-form-urlencoded; charset=nonsense", b"email=x", 422),
        ("application/x-www-form-urlencoded", b"email=%FF%FE&lists=%C3&=&&&", 422),
        ("application/x-www-form-urlencoded", b"\xff\xfe\x00=\xc3\x28", 422),
        ("application/x-www-form-urlencoded", b"a=1&" * (MOST_FIELDS + 1), 400),
        ("application/x-www-form-urlencoded", b"email=" + b"x" * 64 * 1024, 413),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Transfer-Encoding: no\r\n\r\n1\r\n--x--", 415),
        ("multipart/form-data", b"x", 415),
        ("application/json", b"{}", 415),
        ("nonsense", b"x", 415),
        ("text/plain", b"", 422),
    ],
)
async def test_what_is_no_form_is_refused_and_never_breaks(
    pages: Pages, content_type: str, body: bytes, status: int
) -> None:
    answer = await pages.ask("POST", "/subscribe", data=body, headers={"Content-Type": content_type})
    assert answer.status == status
    assert await people(pages) == 0


async def test_a_compressed_form_is_not_unpacked(pages: Pages) -> None:
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/x-www-form-urlencoded"}
    assert (await pages.ask("POST", "/subscribe", data=b"x", headers=headers)).status == 415
