"""What leaves, and what must not: asked again just before a message is sent, and the same bytes at every try."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import delete, insert, update

from feedsvc.delivery import breaker, outgoing
from feedsvc.delivery.outgoing import Composer, Outgoing, Postpone, Withheld
from feedsvc.errors import FeedsvcError, RenderError, SecretMissing
from feedsvc.mail.render import render_blocks
from feedsvc.mail.views import IssueView
from feedsvc.model.issue import IssueState, Message, MessageKind, MessageState
from feedsvc.model.subscriber import SubscriberState, SuppressionReason
from feedsvc.settings import Settings
from feedsvc.storage import claims, issues, outbox, subscribers, suppressions, switches
from feedsvc.storage.database import Database
from feedsvc.storage.schema import digests
from feedsvc.storage.schema_mail import blocks, editions, subscriptions
from feedsvc.storage.schema_mail import subscribers as subscriber_rows
from feedsvc.text.tokens import verify
from tests.fakes.mailing import add_digest, add_issue, add_reader, set_issue

NOW = datetime(2020, 6, 8, tzinfo=UTC)
DAY = timedelta(days=1)
FRAME = ["open", "top", "head", "foot"]


@pytest.fixture
def composer(settings: Settings) -> Composer:
    return Composer(settings)


async def digest_row(db: Database, settings: Settings) -> Message:
    """An issue without stories, rendered, and its one claimed message."""
    view = IssueView(
        "weekly", "USST weekly", 1, NOW, "Asia/Shanghai", "https://n.example.edu/1", "https://n.example.edu"
    )
    rendered = render_blocks(view, [], {}, settings.site, "en")
    async with db.write() as conn:
        await add_digest(conn, NOW)
        reader = await add_reader(conn, "ana@example.com", NOW, on_list="alumni")
        await conn.execute(update(subscriber_rows).values(name="Ana 用户"))
        issue_id, edition_id = await add_issue(conn, NOW)
        await conn.execute(update(editions).values(block_keys=FRAME, subject="USST weekly, June 8"))
        await issues.add_blocks(conn, issue_id, "en", {key: (part.html, part.text) for key, part in rendered.items()})
        await outbox.add_digest_rows(conn, issue_id, [(reader, edition_id)], NOW, NOW + DAY)
        await outgoing.need_key(conn)
        (message,) = await claims.claim(conn, 1, NOW, 300)
    return message


async def letter_row(db: Database, kind: MessageKind, state: SubscriberState, asks: bool = False) -> Message:
    """A claimed message of the sign-up's kind."""
    async with db.write() as conn:
        await add_digest(conn, NOW)
        reader = await add_reader(conn, "ana@example.com", NOW, state)
        if asks:
            asked = {"lists": ["alumni"], "categories": [], "frequency": "", "name": "", "language": "en"}
            await conn.execute(update(subscriber_rows).values(asked=asked))
        await outbox.enqueue(
            conn, kind, subscriber_id=reader, payload={"language": "zh"}, now=NOW, expires_at=NOW + DAY
        )
        await outgoing.need_key(conn)
        (message,) = await claims.claim(conn, 1, NOW, 300)
    return message


async def prepared(db: Database, composer: Composer, message: Message) -> Outgoing | Withheld | Postpone:
    async with db.read() as conn:
        return await composer(conn, message)


def parse(result: Outgoing | Withheld | Postpone) -> EmailMessage:
    assert isinstance(result, Outgoing)
    return message_from_bytes(result.data, policy=policy.default)


async def test_a_digest_is_composed_from_its_rows(db: Database, settings: Settings, composer: Composer) -> None:
    message = await digest_row(db, settings)
    result = await prepared(db, composer, message)
    mail = parse(result)
    assert isinstance(result, Outgoing)
    assert (result.recipient, result.envelope_from) == ("ana@example.com", "news@localhost")
    assert mail["To"] == "Ana 用户 <ana@example.com>"
    assert mail["Subject"] == "USST weekly, June 8"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = mail["List-Unsubscribe"].strip("<>").removeprefix("https://news.example.edu/unsubscribe/")
    assert verify(settings.signing_keys(), "unsubscribe", token) == ("1", "abcdef0123456789", "weekly")
    text = mail.get_body(("plain",))
    assert text is not None
    assert "ana@example.com" in text.get_content()


async def test_every_try_has_the_same_bytes(db: Database, settings: Settings, composer: Composer) -> None:
    message = await digest_row(db, settings)
    first = await prepared(db, composer, message)
    async with db.write() as conn:
        await conn.execute(update(digests).values(title="Another title"))
        await conn.execute(delete(digests))
    again = await prepared(db, Composer(settings), replace(message, attempts=1, epoch=9))
    assert isinstance(first, Outgoing)
    assert first == again


async def test_a_return_address_names_the_row_where_bounces_have_a_domain(db: Database, settings: Settings) -> None:
    message = await digest_row(db, settings)
    mail = settings.mail.model_copy(update={"bounce_domain": "bounces.example.edu"})
    result = await prepared(db, Composer(settings.model_copy(update={"mail": mail})), message)
    assert isinstance(result, Outgoing)
    assert result.envelope_from.startswith(f"b-{message.id}-")
    assert result.envelope_from.endswith("@bounces.example.edu")


@pytest.mark.parametrize(
    "state", [s for s in SubscriberState if s not in (SubscriberState.ACTIVE, SubscriberState.PENDING)]
)
async def test_whoever_left_meanwhile_gets_nothing(
    db: Database, settings: Settings, composer: Composer, state: SubscriberState
) -> None:
    message = await digest_row(db, settings)
    async with db.write() as conn:
        reader = await subscribers.get(conn, 1, lock=True)
        assert reader is not None
        await subscribers.save(conn, reader, replace(reader, state=state), NOW)
    result = await prepared(db, composer, message)
    assert isinstance(result, Withheld)
    expected = MessageState.CANCELLED if state is SubscriberState.PAUSED else MessageState.SUPPRESSED
    assert result.state is expected


async def test_whoever_left_the_list_gets_nothing(db: Database, settings: Settings, composer: Composer) -> None:
    message = await digest_row(db, settings)
    async with db.write() as conn:
        await conn.execute(delete(subscriptions))
    result = await prepared(db, composer, message)
    assert isinstance(result, Withheld)
    assert result.state is MessageState.CANCELLED


async def test_whoever_is_erased_gets_nothing(db: Database, settings: Settings, composer: Composer) -> None:
    message = await digest_row(db, settings)
    async with db.write() as conn:
        await conn.execute(delete(subscriber_rows))
    result = await prepared(db, composer, message)
    assert isinstance(result, Withheld)


@pytest.mark.parametrize("reason", list(SuppressionReason))
async def test_a_suppressed_address_gets_no_digest(
    db: Database, settings: Settings, composer: Composer, reason: SuppressionReason
) -> None:
    message = await digest_row(db, settings)
    async with db.write() as conn:
        await suppressions.add(conn, "ana@example.com", reason, NOW)
    result = await prepared(db, composer, message)
    assert result == Withheld(MessageState.SUPPRESSED, f"The address is suppressed: {reason}.")


async def test_a_paused_issue_waits_and_a_cancelled_one_ends(
    db: Database, settings: Settings, composer: Composer
) -> None:
    message = await digest_row(db, settings)
    async with db.write() as conn:
        await set_issue(conn, 1, IssueState.PAUSED)
    assert await prepared(db, composer, message) == Postpone()
    async with db.write() as conn:
        await set_issue(conn, 1, IssueState.CANCELLED)
    result = await prepared(db, composer, message)
    assert isinstance(result, Withheld)
    assert result.state is MessageState.CANCELLED


async def test_a_freeze_is_seen_at_the_last_moment(db: Database, settings: Settings, composer: Composer) -> None:
    message = await digest_row(db, settings)
    async with db.write() as conn:
        await switches.put(conn, breaker.FREEZE, "an admin", NOW)
    assert await prepared(db, composer, message) == Postpone()


async def test_an_edition_without_its_blocks_is_an_error_that_says_so(
    db: Database, settings: Settings, composer: Composer
) -> None:
    message = await digest_row(db, settings)
    async with db.write() as conn:
        await conn.execute(delete(blocks))
    with pytest.raises(RenderError):
        await prepared(db, composer, message)


async def test_only_so_many_editions_are_kept_ready(
    db: Database, settings: Settings, composer: Composer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "KEPT_FORMS", 2)
    message = await digest_row(db, settings)
    async with db.write() as conn:
        row = dict((await conn.execute(editions.select())).mappings().one())
        for number in range(2, 6):
            values = {**row, "id": number, "digest_key": f"k{number}", "subject": f"Edition {number}"}
            await conn.execute(insert(editions).values(values))
    for number in (1, 2, 3, 4, 5, 1):
        mail = parse(await prepared(db, composer, replace(message, edition_id=number)))
        assert mail["Subject"] == ("USST weekly, June 8" if number == 1 else f"Edition {number}")


# ---------------------------------------------------------------- letters


async def test_a_confirmation_carries_a_link_that_ends(db: Database, settings: Settings, composer: Composer) -> None:
    message = await letter_row(db, MessageKind.CONFIRMATION, SubscriberState.PENDING, asks=True)
    mail = parse(await prepared(db, composer, message))
    assert mail["Content-Language"] == "zh-Hans"
    text = mail.get_body(("plain",))
    assert text is not None
    words = text.get_content()
    assert "Alumni" in words
    (link,) = {word for word in words.split() if "/confirm/" in word}
    token = link.split("/confirm/")[1]
    assert verify(settings.signing_keys(), "confirm", token, NOW + DAY) == ("1", "abcdef0123456789")
    assert verify(settings.signing_keys(), "confirm", token, NOW + 8 * DAY) is None


async def test_what_is_confirmed_already_needs_no_confirmation(db: Database, composer: Composer) -> None:
    message = await letter_row(db, MessageKind.CONFIRMATION, SubscriberState.ACTIVE)
    result = await prepared(db, composer, message)
    assert isinstance(result, Withheld)
    assert result.state is MessageState.CANCELLED


@pytest.mark.parametrize("reason", list(SuppressionReason))
async def test_a_confirmation_lifts_every_suppression_but_a_complaint(
    db: Database, composer: Composer, reason: SuppressionReason
) -> None:
    message = await letter_row(db, MessageKind.CONFIRMATION, SubscriberState.PENDING, asks=True)
    async with db.write() as conn:
        await suppressions.add(conn, "ana@example.com", reason, NOW)
    result = await prepared(db, composer, message)
    assert isinstance(result, Withheld) == (reason is SuppressionReason.COMPLAINED)


async def test_whoever_is_subscribed_gets_their_links(db: Database, settings: Settings, composer: Composer) -> None:
    message = await letter_row(db, MessageKind.LINKS, SubscriberState.PAUSED)
    text = parse(await prepared(db, composer, message)).get_body(("plain",))
    assert text is not None
    words = text.get_content().split()
    (preferences,) = {word.split("/preferences/")[1] for word in words if "/preferences/" in word}
    (leave,) = {word.split("/unsubscribe/")[1] for word in words if "/unsubscribe/" in word}
    assert verify(settings.signing_keys(), "preferences", preferences) == ("1", "abcdef0123456789")
    assert verify(settings.signing_keys(), "unsubscribe", leave) == ("1", "abcdef0123456789", "")


async def test_whoever_has_left_gets_no_links(db: Database, composer: Composer) -> None:
    message = await letter_row(db, MessageKind.LINKS, SubscriberState.UNSUBSCRIBED)
    assert isinstance(await prepared(db, composer, message), Withheld)


async def trial_row(db: Database) -> Message:
    payload = {"subject": "USST weekly", "html": "<p>Hällo</p>\n", "text": "Hällo\n.\n", "language": "en"}
    async with db.write() as conn:
        await outbox.enqueue(
            conn, MessageKind.TEST, recipient="admin@example.edu", payload=payload, now=NOW, expires_at=NOW + DAY
        )
        await outgoing.need_key(conn)
        (message,) = await claims.claim(conn, 1, NOW, 300)
    return message


async def test_a_test_mail_is_marked_as_one(db: Database, composer: Composer) -> None:
    mail = parse(await prepared(db, composer, await trial_row(db)))
    assert (mail["Subject"], mail["To"]) == ("[Test] USST weekly", "admin@example.edu")
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == ["Hällo", "."]
    assert html.get_content().strip() == "<p>Hällo</p>"


async def test_a_test_mail_goes_to_nobody_who_complained(db: Database, composer: Composer) -> None:
    message = await trial_row(db)
    async with db.write() as conn:
        await suppressions.add(conn, "admin@example.edu", SuppressionReason.COMPLAINED, NOW)
    assert isinstance(await prepared(db, composer, message), Withheld)


async def test_an_address_no_relay_takes_is_an_error_of_that_message(db: Database, composer: Composer) -> None:
    message = replace(await trial_row(db), recipient="=?x?=@example.com\r\nBcc: b@example.com")
    with pytest.raises(FeedsvcError):
        await prepared(db, composer, message)


def test_without_a_key_nothing_starts() -> None:
    with pytest.raises(SecretMissing):
        Composer(Settings())
