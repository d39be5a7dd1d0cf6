"""Importing people, and exporting them again."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from feedsvc.clock import FixedClock
from feedsvc.errors import InputError, NotFound
from feedsvc.model.issue import MessageKind
from feedsvc.model.subscriber import Choice, SubscriberState, Subscription, SuppressionReason
from feedsvc.settings import Settings
from feedsvc.storage import subscribers, suppressions
from feedsvc.storage.database import Database
from feedsvc.subscribers.export_csv import export_csv, harmless
from feedsvc.subscribers.import_csv import ImportOptions, ImportResult, ImportStatus, add_person, import_csv
from feedsvc.subscribers.rows import FORMULA, BadRow
from tests.subscribers.people import EMAIL, ask, mails, newsroom, reader, who

ACTIVE = ImportOptions("alumni", ImportStatus.ACTIVE)
PEOPLE = """\
email,name,language,lists,categories,frequency,consent_at,consent_source
a@example.edu,Lu Wen,zh,,news,weekly,2020-06-06,fair
nobody,,,,,,,
b@example.edu,,,press,,,,
A@EXAMPLE.EDU,Other,,press,research,,,
c@example.edu,,,nowhere,,,,
"""


async def bring(
    db: Database, settings: Settings, now: datetime, folder: Path, text: str, options: ImportOptions = ACTIVE
) -> ImportResult:
    file = folder / "people.csv"
    file.write_text(text, "utf-8")
    return await import_csv(db, settings, file, options, now)


async def export(db: Database, **only: Any) -> list[dict[str, str]]:
    text = "".join([piece async for piece in export_csv(db, **only)])
    return list(csv.DictReader(io.StringIO(text)))


async def test_active_people_are_subscribed_at_once(
    db: Database, clock: FixedClock, settings: Settings, tmp_path: Path
) -> None:
    await newsroom(db, clock.now())
    result = await bring(db, settings, clock.now(), tmp_path, PEOPLE)
    assert (result.rows, result.added, result.merged, result.failed, result.suppressed) == (5, 2, 1, 2, 0)
    assert [error.line for error in result.errors] == [3, 6]
    assert result.errors[1] == BadRow(6, "there is no list 'nowhere'")
    person = await who(db, "a@example.edu")
    assert (person.name, person.language, person.state) == ("Lu Wen", "zh", SubscriberState.ACTIVE)
    assert person.consent_at == datetime(2020, 6, 6, tzinfo=UTC)
    assert (person.confirmed_at, person.consent_source, person.irregular) == (None, "fair", False)
    assert person.subscriptions == (
        Subscription("alumni", {"news": 10}, "weekly"),
        Subscription("press", {"research": 10}),
    )
    assert (await who(db, "b@example.edu")).lists == ("alumni", "press")
    assert await mails(db) == []


async def test_pending_people_are_asked_to_confirm(
    db: Database, clock: FixedClock, settings: Settings, tmp_path: Path
) -> None:
    await newsroom(db, clock.now())
    options = ImportOptions("staff", ImportStatus.PENDING)
    result = await bring(db, settings, clock.now(), tmp_path, PEOPLE, options)
    assert (result.added, result.confirmations) == (2, 2)
    person = await who(db, "a@example.edu")
    assert (person.state, person.subscriptions) == (SubscriberState.PENDING, ())
    assert person.asked == Choice(("staff", "press"), ("news",), "weekly", "Lu Wen", "zh")
    assert person.confirmation_sent_at == clock.now()
    assert [kind for kind, _ in await mails(db)] == [MessageKind.CONFIRMATION] * 2
    again = await bring(db, settings, clock.now(), tmp_path, PEOPLE, options)
    assert (again.added, again.unchanged, again.confirmations) == (0, 3, 0)
    assert len(await mails(db)) == 2


async def test_a_dry_run_counts_the_same_and_changes_nothing(
    db: Database, clock: FixedClock, settings: Settings, tmp_path: Path
) -> None:
    await newsroom(db, clock.now())
    for status in ImportStatus:
        dry = await bring(db, settings, clock.now(), tmp_path, PEOPLE, ImportOptions("alumni", status, dry_run=True))
        async with db.read() as conn:
            assert await subscribers.page(conn) == []
        assert (dry.added, dry.merged, dry.failed) == (2, 1, 2)
    assert dry == await bring(db, settings, clock.now(), tmp_path, PEOPLE, ImportOptions("alumni", status))


async def test_twice_changes_nothing(db: Database, clock: FixedClock, settings: Settings, tmp_path: Path) -> None:
    await newsroom(db, clock.now())
    await bring(db, settings, clock.now(), tmp_path, PEOPLE)
    before = await export(db)
    again = await bring(db, settings, clock.now(), tmp_path, PEOPLE)
    assert (again.added, again.merged, again.unchanged) == (0, 0, 3)
    assert await export(db) == before


async def test_who_is_there_gains_lists_and_keeps_state_and_choices(
    db: Database, clock: FixedClock, settings: Settings, tmp_path: Path
) -> None:
    await newsroom(db, clock.now())
    before = await reader(db, settings, clock.now(), categories=("news",))
    paused = replace(before, state=SubscriberState.PAUSED)
    async with db.write() as conn:
        await subscribers.save(conn, before, paused, clock.now())
    text = f"email,name,lists,categories\n{EMAIL},Lu Wen,staff,research\n"
    result = await bring(db, settings, clock.now(), tmp_path, text)
    assert (result.merged, result.added) == (1, 0)
    staff = Subscription("staff", {"research": 10})
    expected = replace(paused, name="Lu Wen", subscriptions=(*paused.subscriptions, staff), irregular=True)
    assert await who(db) == expected


async def test_who_waits_for_a_confirmation_goes_on_waiting(
    db: Database, clock: FixedClock, settings: Settings, tmp_path: Path
) -> None:
    await newsroom(db, clock.now())
    await ask(db, settings, clock.now(), lists=("press",), categories=("news",))
    await bring(db, settings, clock.now(), tmp_path, f"email\n{EMAIL}\n")
    person = await who(db)
    assert (person.state, person.subscriptions) == (SubscriberState.PENDING, ())
    assert person.asked == Choice(("press", "alumni"), ("news",), language="en")
    assert len(await mails(db)) == 1


@pytest.mark.parametrize("reason", list(SuppressionReason))
async def test_suppressed_addresses_are_skipped_and_counted(
    db: Database, clock: FixedClock, settings: Settings, tmp_path: Path, reason: SuppressionReason
) -> None:
    await newsroom(db, clock.now())
    async with db.write() as conn:
        await suppressions.add(conn, "a@example.edu", reason, clock.now())
    for status in ImportStatus:
        result = await bring(
            db,
            settings,
            clock.now(),
            tmp_path,
            "email\nA@example.edu\na@example.edu\n",
            ImportOptions("alumni", status),
        )
        assert (result.suppressed, result.added) == (2, 0)
    async with db.read() as conn:
        assert await subscribers.page(conn) == []


async def test_many_rows_go_in_by_the_thousand_with_progress(
    sqlite_db: Database, clock: FixedClock, settings: Settings, tmp_path: Path
) -> None:
    await newsroom(sqlite_db, clock.now())
    file = tmp_path / "people.csv"
    file.write_text("email\n" + "".join(f"r{number}@example.edu\nbad\n" for number in range(1100)), "utf-8")
    seen: list[tuple[int, int, int]] = []
    result = await import_csv(
        sqlite_db, settings, file, ACTIVE, clock.now(), lambda rows, done, size: seen.append((rows, done, size))
    )
    assert (result.rows, result.added, result.failed, len(result.errors)) == (2200, 1100, 1100, 100)
    assert [rows for rows, _, _ in seen] == [1000, 2000, 2200]
    assert seen[-1][1] == seen[-1][2] == file.stat().st_size
    assert len(await export(sqlite_db)) == 1100


async def test_chinese_spreadsheets_are_read(
    db: Database, clock: FixedClock, settings: Settings, tmp_path: Path
) -> None:
    await newsroom(db, clock.now())
    file = tmp_path / "people.csv"
    file.write_bytes("email,name\na@example.edu,卢文\n".encode("gb18030"))
    result = await import_csv(db, settings, file, ACTIVE, clock.now())
    assert result.encoding == "gb18030"
    assert (await who(db, "a@example.edu")).name == "卢文"


async def test_what_cannot_be_imported_at_all_is_told(
    db: Database, clock: FixedClock, settings: Settings, tmp_path: Path
) -> None:
    await newsroom(db, clock.now())
    with pytest.raises(NotFound, match=r"There is no list 'nowhere'. There are: alumni, press, staff."):
        await bring(db, settings, clock.now(), tmp_path, PEOPLE, ImportOptions("nowhere"))
    with pytest.raises(InputError, match="has no column 'email'"):
        await bring(db, settings, clock.now(), tmp_path, "")
    with pytest.raises(InputError, match="cannot be read"):
        await import_csv(db, settings, tmp_path / "missing.csv", ACTIVE, clock.now())


async def test_one_person_comes_in_by_the_same_rules(db: Database, clock: FixedClock, settings: Settings) -> None:
    await newsroom(db, clock.now())
    fields = {"email": " a@example.edu ", "name": "Lu Wen", "categories": "news", "language": ""}
    added = await add_person(db, settings, fields, ImportOptions("staff"), clock.now())
    assert (added.added, added.confirmations) == (1, 1)
    assert (await who(db, "a@example.edu")).asked == Choice(("staff",), ("news",), "", "Lu Wen", "en")
    again = await add_person(db, settings, fields, ImportOptions("staff"), clock.now())
    assert (again.added, again.unchanged) == (0, 1)
    with pytest.raises(InputError, match=r"^There is no category 'nothing'\.$"):
        await add_person(db, settings, fields | {"categories": "nothing"}, ImportOptions("staff"), clock.now())
    with pytest.raises(InputError, match="This is not an e-mail address"):
        await add_person(db, settings, fields | {"email": "nobody"}, ImportOptions("staff"), clock.now())
    with pytest.raises(NotFound, match="There is no list 'nowhere'"):
        await add_person(db, settings, fields, ImportOptions("nowhere"), clock.now())


async def test_an_export_is_harmless_and_reads_back(
    db: Database, clock: FixedClock, settings: Settings, tmp_path: Path
) -> None:
    await newsroom(db, clock.now())
    await bring(
        db,
        settings,
        clock.now(),
        tmp_path,
        "email,name,lists,categories\n+a@example.edu,=1+1,,news\n+a@example.edu,,press,\nb@example.edu,'tis,,\n",
    )
    await ask(db, settings, clock.now(), "c@example.edu", lists=("press",), frequency="weekly", name="-2")
    rows = await export(db)
    assert [(row["email"], row["name"], row["lists"], row["categories"]) for row in rows] == [
        ("'+a@example.edu", "'=1+1", "alumni", "news"),
        ("'+a@example.edu", "'=1+1", "press", ""),
        ("b@example.edu", "'tis", "alumni", ""),
        ("c@example.edu", "", "press", ""),
    ]
    assert [row["state"] for row in rows] == ["active", "active", "active", "pending"]
    assert rows[0]["created_at"] == "2020-06-08T00:00:00+00:00"
    assert all(not cell.startswith(FORMULA) for row in rows for cell in row.values())
    assert [row["email"] for row in await export(db, list_slug="press")] == ["'+a@example.edu"]
    assert [row["email"] for row in await export(db, state=SubscriberState.PENDING)] == ["c@example.edu"]
    text = "".join([piece async for piece in export_csv(db)])
    again = await bring(db, settings, clock.now(), tmp_path, text, ImportOptions(status=ImportStatus.ACTIVE))
    assert (again.rows, again.unchanged, again.failed) == (4, 4, 0)
    assert await export(db) == rows


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_formulas_are_prefixed(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless(f"x{cell}") == f"x{cell}"
