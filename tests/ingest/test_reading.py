"""The reader process: what it does, and what becomes of it when it dies, hangs, eats memory or is not needed."""

import asyncio
import os
import pickle
import struct
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from feedsvc.errors import ReadError
from feedsvc.ingest.reading import Reader
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.model.reading import ListItem, ListPage
from feedsvc.net.answers import Fetched
from tests.ingest.pages import page

SOURCE = Source("s", SourceKind.PAGE, "http://en.lake.example/News.htm", timezone="Asia/Shanghai")
LIST = Fetched("http://en.lake.example/News.htm", 200, page("vsb_list.htm"), "text/html")
STORY = Fetched("http://en.lake.example/info/1023/210.htm", 200, page("vsb_article.htm"), "text/html")
HEAVY = ("lxml", "trafilatura", "feedparser", "htmldate")


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    made = Reader()
    yield made
    await made.close()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A process that has ended but was not yet waited for is still listed.
    return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()


async def until_gone(pid: int) -> bool:
    for _ in range(200):
        if not alive(pid):
            return True
        await asyncio.sleep(0.02)
    return False


async def test_it_reads_every_kind_in_one_process(reader: Reader) -> None:
    assert reader.pid is None
    assert len((await reader.list_page(LIST, SOURCE)).items) == 8
    pid = reader.pid
    item = ListItem(STORY.url, "Lakeside opens a new bridge")
    assert (await reader.article_page(STORY, SOURCE, item)).title == item.title
    rss = b"<rss version='2.0'><channel><title>F</title></channel></rss>"
    assert (await reader.feed(Fetched("http://x.example/f", 200, rss), SOURCE)).title == "F"
    urlset = b"<urlset><url><loc>http://x.example/1</loc></url></urlset>"
    assert len((await reader.sitemap(Fetched("http://x.example/s", 200, urlset), SOURCE)).items) == 1
    assert reader.pid == pid


async def test_what_cannot_be_read_is_a_read_error_and_costs_no_process(reader: Reader) -> None:
    with pytest.raises(ReadError, match="no list of articles"):
        await reader.list_page(Fetched("http://x.example/", 200, b"<p>Error"), SOURCE)
    pid = reader.pid
    with pytest.raises(ReadError, match="not with a feed"):
        await reader.feed(Fetched("http://x.example/", 200, b"<p>Error"), SOURCE)
    assert reader.pid == pid


async def test_a_fault_of_ours_is_a_read_error_too(reader: Reader) -> None:
    with pytest.raises(ReadError, match="ZeroDivisionError"):
        await reader.call("operator:truediv", float, 1, 0)
    with pytest.raises(ReadError, match="ModuleNotFoundError"):
        await reader.call("no_such_module:f", int)
    assert await reader.call("operator:add", int, 1, 2) == 3


async def test_a_crash_is_a_read_error_and_the_next_call_works(reader: Reader) -> None:
    with pytest.raises(ReadError, match="died"):
        await reader.call("os:_exit", int, 11)
    with pytest.raises(ReadError, match="died"):
        await reader.call("os:abort", int)
    assert len((await reader.list_page(LIST, SOURCE)).items) == 8


async def test_a_process_killed_between_calls_is_replaced(reader: Reader) -> None:
    await reader.call("operator:add", int, 1, 2)
    assert reader.pid is not None
    os.kill(reader.pid, 9)
    for _ in range(100):
        if reader.pid is None:
            break
        await asyncio.sleep(0.01)
    assert await reader.call("operator:add", int, 1, 2) == 3


async def test_a_call_that_hangs_is_ended() -> None:
    reader = Reader(limit=1.5)
    assert await reader.call("operator:add", int, 1, 2) == 3
    pid = reader.pid
    with pytest.raises(ReadError, match=r"within 1\.5 seconds"):
        await reader.call("time:sleep", type(None), 60)
    assert pid is not None
    assert not alive(pid)
    assert await reader.call("operator:add", int, 2, 2) == 4
    await reader.close()


async def test_memory_is_limited() -> None:
    reader = Reader(memory=400_000_000)
    with pytest.raises(ReadError, match="too large"):
        await reader.call("builtins:bytearray", str, 1_000_000_000)
    assert await reader.call("operator:add", int, 2, 2) == 4
    await reader.close()


async def test_an_idle_process_ends_and_comes_back() -> None:
    reader = Reader(idle=0.1)
    await reader.call("operator:add", int, 1, 2)
    pid = reader.pid
    assert pid is not None
    assert await until_gone(pid)
    assert reader.pid is None
    assert await reader.call("operator:add", int, 1, 2) == 3
    assert reader.pid not in (None, pid)
    await reader.close()


async def test_calls_keep_it_from_being_idle() -> None:
    reader = Reader(idle=0.4)
    await reader.call("operator:add", int, 1, 2)
    pid = reader.pid
    await reader.call("time:sleep", type(None), 0.6)
    assert reader.pid == pid
    await reader.close()


async def test_a_fresh_process_takes_over_after_so_many_calls() -> None:
    reader = Reader(calls=2)
    pids = [await reader.call("os:getpid", int) for _ in range(4)]
    assert pids[0] == pids[1]
    assert pids[2] == pids[3]
    assert pids[1] != pids[2]
    await reader.close()


async def test_calls_at_once_wait_for_one_another(reader: Reader) -> None:
    sums = await asyncio.gather(*(reader.call("operator:add", int, number, 1) for number in range(20)))
    assert sums == list(range(1, 21))


async def test_a_cancelled_call_leaves_no_answer_for_the_next(reader: Reader) -> None:
    await reader.call("operator:add", int, 1, 2)
    waiting = asyncio.create_task(reader.call("time:sleep", type(None), 30))
    await asyncio.sleep(0.05)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await reader.call("operator:add", int, 20, 22) == 42


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (pickle.dumps("a pickle"), "no meaningful answer"),
        (b"\x01{}", "no meaningful answer"),
        (b"\x01[" + b"1" * 70, "no meaningful answer"),
    ],
)
async def test_a_process_that_was_taken_over_reaches_nothing(reader: Reader, answer: bytes, said: str) -> None:
    # Written past the process's own answer, as a page that had taken it over could.
    program = f"import os; os.write(3, {struct.pack('>I', len(answer)) + answer!r}); import time; time.sleep(9)"
    with pytest.raises(ReadError, match=said):
        await reader.call("builtins:exec", ListPage, program)


async def test_an_answer_without_end_ends_the_process(reader: Reader) -> None:
    program = r"import os; os.write(3, b'\xff\xff\xff\xff' + b'x' * 1000); import time; time.sleep(9)"
    with pytest.raises(ReadError, match="died"):
        await reader.call("builtins:exec", ListPage, program)
    assert await reader.call("operator:add", int, 20, 22) == 42


async def test_what_a_library_prints_breaks_nothing(reader: Reader) -> None:
    await reader.call("os:write", int, 1, b"noise\n")
    assert await reader.call("operator:add", int, 1, 2) == 3


async def test_closing_ends_it_and_twice_is_fine(reader: Reader) -> None:
    pid = await reader.call("os:getpid", int)
    await reader.close()
    await reader.close()
    assert not alive(pid)
    assert reader.pid is None


async def test_the_loop_stays_free_while_it_reads(reader: Reader) -> None:
    await reader.list_page(LIST, SOURCE)
    reading = asyncio.create_task(reader.call("time:sleep", type(None), 0.3))
    turns = 0
    while not reading.done():
        await asyncio.sleep(0.01)
        turns += 1
    assert turns > 5


def test_it_does_not_outlive_a_service_that_was_killed() -> None:
    program = (
        "import asyncio, os\nfrom feedsvc.ingest.reading import Reader\n"
        "async def main():\n    print(await Reader().call('os:getpid', int), flush=True)\n    os.kill(os.getpid(), 9)\n"
        "asyncio.run(main())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    pid = int(done.stdout)
    assert done.returncode == -9
    assert asyncio.run(until_gone(pid))


def test_the_service_imports_none_of_the_heavy_libraries() -> None:
    program = (
        "import sys\nimport feedsvc.ingest.reading, feedsvc.net.client, feedsvc.text.html, feedsvc.text.urls, "
        "feedsvc.text.charset, feedsvc.model.reading\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
