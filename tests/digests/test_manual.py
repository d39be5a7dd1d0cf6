"""What an editor does by hand: an issue now, a test mail to one address."""

import pytest
from sqlalchemy import select

from feedsvc.digests.manual import send_now
from feedsvc.digests.manual import test as send_test
from feedsvc.errors import InputError
from feedsvc.model.issue import MessageKind
from feedsvc.storage.schema_mail import outbox
from tests.digests.rooms import Room


async def test_a_second_issue_in_one_minute_is_refused(room: Room) -> None:
    await room.reader("a@example.org")
    await room.article("one", "news")
    await send_now(room.db, room.settings, room.clock, "weekly")
    with pytest.raises(InputError, match="already has an issue"):
        await send_now(room.db, room.settings, room.clock, "weekly")


async def test_a_test_mail_goes_to_one_address_and_marks_nothing(room: Room) -> None:
    reader = await room.reader("a@example.org")
    await room.article("one", "news")
    number = await send_test(room.db, room.settings, room.clock, "weekly", "editor@example.org")
    async with room.db.read() as conn:
        row = (await conn.execute(select(outbox).where(outbox.c.id == number))).mappings().one()
    assert (row["kind"], row["recipient"]) == (MessageKind.TEST, "editor@example.org")
    assert await room.got(await room.send()) == {reader: ("one",)}
