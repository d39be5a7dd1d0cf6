"""What the service believes of its reader process: nothing but the type it asked for."""

import pickle
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.errors import ReadError
from feedsvc.ingest.answers import check_addresses, length_of, unpack
from feedsvc.ingest.readers.wire import LENGTH, LONGEST_ANSWER, pack_error, pack_result
from feedsvc.model.article import Attachment, Image, Story
from feedsvc.model.reading import FeedRead, ListItem, ListPage

_TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8)
_INSTANTS = st.none() | st.datetimes(timezones=st.just(UTC))
_FILES = st.builds(Attachment, _TEXT, _TEXT, st.none() | _TEXT, st.none() | st.integers(0, 2**40))
_STORIES = st.builds(
    Story,
    url=_TEXT,
    title=_TEXT,
    content_html=_TEXT,
    authors=st.lists(_TEXT, max_size=2).map(tuple),
    published=_INSTANTS,
    updated=_INSTANTS,
    image=st.none() | st.builds(Image, _TEXT, width=st.none() | st.integers(0, 9000)),
    attachments=st.lists(_FILES, max_size=2).map(tuple),
    fingerprint=_TEXT,
)
_READS = st.builds(FeedRead, _TEXT, st.lists(_STORIES, max_size=2).map(tuple), st.integers(0, 9), st.integers(0, 9))
_PAGES = st.builds(
    ListPage, st.lists(st.builds(ListItem, _TEXT, _TEXT, _INSTANTS), max_size=3).map(tuple), st.none() | _TEXT
)


def sent(result: object) -> bytes:
    framed = pack_result(result)
    assert length_of(framed[: LENGTH.size]) == len(framed) - LENGTH.size
    return framed[LENGTH.size :]


@given(_READS | _PAGES | _STORIES)
def test_what_was_read_arrives(result: FeedRead | ListPage | Story) -> None:
    assert unpack(sent(result), type(result)) == result


def test_an_error_arrives_as_its_sentence() -> None:
    with pytest.raises(ReadError) as caught:
        unpack(pack_error("No list here. Look at it.")[LENGTH.size :], ListPage)
    assert str(caught.value) == "No list here. Look at it."
    with pytest.raises(ReadError) as caught:
        unpack(b"\x00" + b"x" * 5000, ListPage)
    assert len(str(caught.value)) == 1000


class Evil:
    def __reduce__(self) -> Any:
        return print, ("taken over",)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x01",
        b"\x01{",
        b"\x02{}",
        pickle.dumps(Evil()),
        b"\x01" + pickle.dumps(Evil()),
        b"\x01" + orjson.dumps({"title": "t"}),
        b"\x01" + orjson.dumps({"title": 3, "stories": []}),
        b"\x01" + orjson.dumps({"title": "t", "stories": [], "unchanged": "3"}),
        b"\x01" + orjson.dumps({"title": "t", "stories": [{"url": "u", "title": "t", "published": "soon"}]}),
        b"\x01" + orjson.dumps({"title": "t", "stories": {"url": "u", "title": "t"}}),
        b"\x01" + b"[" * 100_000,
        b'\x01{"title":"\xff","stories":[]}',
    ],
)
def test_anything_else_is_a_read_error(answer: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ReadError, match="no meaningful answer"):
        unpack(answer, FeedRead)
    assert capsys.readouterr().out == ""


@given(st.binary(max_size=60))
def test_no_bytes_are_a_danger(answer: bytes) -> None:
    with pytest.raises(ReadError):
        unpack(answer, FeedRead)


def test_an_answer_has_an_end() -> None:
    with pytest.raises(EOFError):
        length_of(LENGTH.pack(LONGEST_ANSWER + 1))
    with pytest.raises(ReadError, match="more than can be read"):
        pack_result("x" * LONGEST_ANSWER)


@pytest.mark.parametrize(
    "story",
    [
        Story("javascript:alert(1)", "t"),
        Story("", "t"),
        Story("/relative", "t"),
        Story("https://x.example/", "t", image=Image("data:image/svg+xml,x")),
        Story(
            "https://x.example/",
            "t",
            attachments=(Attachment("https://x.example/a", "a"), Attachment("file:///etc", "b")),
        ),
    ],
)
def test_no_address_leads_anywhere_but_the_web(story: Story) -> None:
    sound = Story(
        "https://x.example/", "t", image=Image("http://x.example/i"), attachments=(Attachment("http://x.example/", ""),)
    )
    check_addresses(sound)
    with pytest.raises(ReadError, match="no meaningful answer"):
        check_addresses(sound, story)


def test_instants_keep_their_zone() -> None:
    item = ListItem("u", date=datetime(2020, 6, 6, 1, 2, 3, tzinfo=UTC))
    assert unpack(sent(item), ListItem).date == item.date
