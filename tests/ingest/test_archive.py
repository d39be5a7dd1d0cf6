"""An archive comes in from a file: record by record, once, and mailed to nobody."""

import json
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.clock import FixedClock
from feedsvc.errors import InputError, NotFound
from feedsvc.ingest.desk import Act, Order, carry_out
from feedsvc.ingest.reading import Reader
from feedsvc.ingest.submit import archive_file
from feedsvc.ingest.submit.archive import Import, Imported, Line, bring_file
from feedsvc.ingest.submit.archive_file import Form, form_of, records
from feedsvc.ingest.submit.written import Site
from feedsvc.storage import desk, sources
from feedsvc.storage.database import Database
from feedsvc.storage.desk import Choice
from feedsvc.web.api.documents import read
from tests.ingest.stories import BASE, furnish, places

SITE = Site(BASE, "en", "Asia/Shanghai")
DAY = timedelta(days=1)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def article(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "url": f"https://cms.example.edu/{number}.htm",
        "title": f"Story {number}",
        "content_text": f"This is story {number}.",
        "published_at": "2020-06-07T09:00:00+08:00",
    } | fields


def lines(of: Iterable[Any]) -> str:
    return "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in of)


@pytest.fixture
async def newsroom(db: Database, clock: FixedClock) -> Database:
    """The newsroom of `stories`: `cms` is its only source of kind push."""
    await furnish(db, clock.now())
    return db


async def bring(db: Database, clock: FixedClock, file: Path, **asked: Any) -> Imported:
    reader = Reader()
    try:
        return await bring_file(db, reader, SITE, Import(file, read, **asked), clock)
    finally:
        await reader.close()


async def every(db: Database) -> list[str]:
    async with db.read() as conn:
        return [one.title for one in await desk.listed(conn, Choice(None), 1000)]


@given(st.lists(values, max_size=6), st.sampled_from([None, 1]), st.sampled_from(["", "\ufeff", " \n"]))
def test_an_array_is_read_as_json_reads_it(
    tmp_path_factory: pytest.TempPathFactory, of: list[Any], indent: int, head: str
) -> None:
    file = tmp_path_factory.mktemp("array") / "a.json"
    file.write_text(head + json.dumps(of, indent=indent, ensure_ascii=False), "utf-8", errors="replace")
    found = list(records(file, Form.ARRAY))
    assert [record.value for record in found] == json.loads(file.read_text("utf-8-sig"))
    assert not any(record.problem for record in found)


def test_records_of_an_array_are_counted_across_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_file, "_CHUNK", 7)
    file = tmp_path / "a.json"
    file.write_text('[\n {"a": "新闻"},\n\n {"b":\n 12345},\n 7]', "utf-8")
    assert [(one.number, one.value) for one in records(file, form_of(file))] == [
        (1, {"a": "新闻"}),
        (2, {"b": 12345}),
        (3, 7),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[1, 2", "The array breaks off here"),
        ("[1 2]", "A comma is missing before '2'"),
        ("[1, {]", "It is no JSON, and nothing behind it is read"),
        ("[1,", "It is no JSON"),
    ],
)
def test_an_array_that_breaks_keeps_what_came_before(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "a.json"
    file.write_text(text)
    first, *_, last = records(file, Form.ARRAY)
    assert first.value == 1
    assert last.problem.startswith(says)


async def test_an_archive_comes_once_and_is_never_mailed(newsroom: Database, clock: FixedClock, tmp_path: Path) -> None:
    file = tmp_path / "archive.jsonl"
    old, undated = {"published_at": "2015-03-01"}, {"published_at": None}
    file.write_text(
        lines([article(1, **old), article(2, **undated), article(3), article(4, categories=["campus"])]), "utf-8"
    )
    first = await bring(newsroom, clock, file)
    assert (first.source, first.lines, first.new, first.failed, first.made_source) == ("cms", 4, 4, 0, False)
    clock.advance(DAY)
    again = await bring(newsroom, clock, file)
    assert (again.new, again.changed, again.known) == (0, 0, 4)
    async with newsroom.read() as conn:
        ids = {one.title: one.id for one in await desk.listed(conn, Choice(), 10)}
    assert [(await places(newsroom, ids[f"Story {n}"]))["news"][1] is None for n in (1, 2, 3)] == [True, True, False]
    assert (await places(newsroom, ids["Story 4"]))["campus"][2] == "push"


async def test_bad_records_cost_themselves_and_say_where(newsroom: Database, clock: FixedClock, tmp_path: Path) -> None:
    file = tmp_path / "archive.jsonl"
    bad = [
        article(2, titel="x"),
        article(3, categories=["nwes"]),
        article(4, published_at="June"),
        article(5, source="usst"),
        7,
    ]
    file.write_text(lines([article(1)]) + "{nonsense\n\n" + lines(bad) + lines([article(6)]), "utf-8")
    result = await bring(newsroom, clock, file)
    assert (result.lines, result.new, result.failed) == (8, 2, 6)
    told = {line.number: line.says for line in result.bad}
    assert told[2].startswith("It is no JSON")
    assert "did you mean title?" in told[4]
    assert "Did you mean 'news'?" in told[5]
    assert "is no date" in told[6]
    assert "'usst'" in told[7]
    assert "must be an object" in told[8]
    assert await every(newsroom) == ["Story 6", "Story 1"]


async def test_a_dry_run_says_it_all_and_does_nothing(newsroom: Database, clock: FixedClock, tmp_path: Path) -> None:
    file = tmp_path / "archive.json"
    file.write_text(json.dumps([article(1), article(2, state="held"), {}]), "utf-8")
    told: list[Line] = []
    reader = Reader()
    asked = Import(file, read, dry_run=True)
    result = await bring_file(newsroom, reader, SITE, asked, clock, lambda batch, _: told.extend(batch))
    assert [(line.number, line.happened) for line in told] == [(1, "new"), (2, "held"), (3, "bad")]
    assert {line.unit for line in told} == {"record"}
    assert (result.new, result.held, result.failed, result.form) == (1, 1, 1, "a JSON array")
    assert await every(newsroom) == []


async def test_corrections_and_what_was_withdrawn(newsroom: Database, clock: FixedClock, tmp_path: Path) -> None:
    file = tmp_path / "archive.jsonl"
    file.write_text(lines([article(1), article(2)]), "utf-8")
    await bring(newsroom, clock, file)
    async with newsroom.read() as conn:
        second = (await desk.listed(conn, Choice(), 1))[0].id
    await carry_out(newsroom, [second], Order(Act.WITHDRAW), clock.advance(DAY))
    file.write_text(lines([article(1, content_text="Corrected."), article(2)]), "utf-8")
    result = await bring(newsroom, clock, file)
    assert (result.changed, result.withdrawn, result.new) == (1, 1, 0)


async def test_a_feed_is_an_archive_too(newsroom: Database, clock: FixedClock, tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    item = "<item><title>One</title><link>https://cms.example.edu/1</link><description>Words.</description></item>"
    file.write_text(f'<rss version="2.0"><channel><title>x</title>{item}</channel></rss>')
    assert (await bring(newsroom, clock, file)).new == 1
    assert (await bring(newsroom, clock, file)).known == 1
    file.write_text(
        f'<rss version="2.0"><channel><title>x</title>{item}<item><title>Two</title></item></channel></rss>'
    )
    left = await bring(newsroom, clock, file)
    assert (left.known, left.dropped) == (1, 1)
    for text, says in (("<!DOCTYPE html><html><body>x", "is a web page, not a feed."), (" ", "is empty."),
                       ('{"version": "https://jsonfeed.org/version/1.1", "items"', "is a JSON Feed that cannot")):  # fmt: skip
        file.write_text(text)
        with pytest.raises(InputError, match=says) as refused:
            await bring(newsroom, clock, file)
        assert "browser" not in str(refused.value)
        assert "address" not in str(refused.value)
    file.write_text("Dear diary")
    with pytest.raises(InputError, match="neither JSON"):
        await bring(newsroom, clock, file)


async def test_more_than_a_batch_in_the_order_of_the_file(
    newsroom: Database, clock: FixedClock, tmp_path: Path
) -> None:
    file = tmp_path / "archive.jsonl"
    file.write_text(lines(article(number, published_at=None) for number in range(230)), "utf-8")
    told: list[int] = []
    reader = Reader()
    await bring_file(newsroom, reader, SITE, Import(file, read), clock, lambda _, done: told.append(done))
    assert told == sorted(told)
    assert told[-1] == file.stat().st_size
    assert await every(newsroom) == [f"Story {number}" for number in reversed(range(230))]


async def test_its_source_is_one_that_is_pushed_to(db: Database, clock: FixedClock, tmp_path: Path) -> None:
    file = tmp_path / "archive.jsonl"
    file.write_text(lines([article(1)]), "utf-8")
    dry = await bring(db, clock, file, dry_run=True)
    assert (dry.source, dry.made_source) == ("editors", True)
    async with db.read() as conn:
        assert await sources.every(conn) == []
    assert (await bring(db, clock, file)).made_source
    assert not (await bring(db, clock, file)).made_source
    await furnish(db, clock.now())
    assert (await bring(db, clock, file)).source == "editors"
    with pytest.raises(InputError, match="read by feedsvc"):
        await bring(db, clock, file, source="usst")
    with pytest.raises(NotFound, match="There are: editors, cms"):
        await bring(db, clock, file, source="x")
