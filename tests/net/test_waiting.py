"""Retry-After, and one request at a time for each host."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.net.waiting import LONGEST, HostQueues, retry_after

NOW = datetime(2020, 6, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None), ("", None), ("soon", None), ("-5", None), ("1.5", None), ("0", 0), ("120", 120), (" 7 ", 7),
        ("86400", 86_400), ("9999999", LONGEST), ("9" * 400, LONGEST),
        ("Mon, 08 Jun 2020 00:02:00 GMT", 120), ("Mon, 08 Jun 2020 00:02:00", 120),
        ("Sun, 07 Jun 2020 00:00:00 GMT", 0), ("Mon, 08 Jun 2099 00:00:00 GMT", LONGEST),
        ("Mon, 99 Jun 2020 00:00:00 GMT", None), ("٣", None),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date_up_to_a_day(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@given(st.text(max_size=60))
def test_no_header_is_too_strange(value: str) -> None:
    wait = retry_after(value, NOW)
    assert wait is None or 0 <= wait <= LONGEST


@given(st.timedeltas(timedelta(0), timedelta(days=1)))
def test_a_date_says_how_long(wait: timedelta) -> None:
    assert retry_after(format_datetime(NOW + wait, usegmt=True), NOW) == int(wait.total_seconds())


async def test_a_host_is_visited_by_one_at_a_time_and_hosts_in_parallel() -> None:
    queues = HostQueues(8)
    inside: dict[str, int] = {"a": 0, "b": 0}
    both = 0

    async def visit(host: str) -> None:
        nonlocal both
        async with queues.turn(host):
            inside[host] += 1
            assert inside[host] == 1
            both = max(both, sum(inside.values()))
            await asyncio.sleep(0.01)
            inside[host] -= 1

    await asyncio.gather(*(visit(host) for host in "ab" * 5))
    assert both == 2
    assert not queues._locks


async def test_no_more_hosts_at_once_than_set() -> None:
    queues = HostQueues(2)
    now = most = 0

    async def visit(host: str) -> None:
        nonlocal now, most
        async with queues.turn(host):
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.005)
            now -= 1

    await asyncio.gather(*(visit(str(number)) for number in range(8)))
    assert most == 2


async def test_who_gives_up_waiting_leaves_nothing_behind() -> None:
    queues = HostQueues(1)
    async with queues.turn("a"):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01), queues.turn("a"):
                pass
    assert not queues._locks
    async with queues.turn("a"):
        pass
