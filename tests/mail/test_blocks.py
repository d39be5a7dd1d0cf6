"""Blocks join to quoted-printable that the standard library reads as exactly the texts, whatever fills the slots."""

import quopri
import re
from email import message_from_bytes, policy

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feedsvc.errors import RenderError
from feedsvc.mail import blocks

AWKWARD = st.sampled_from(
    (
        *(".", "..", "From ", "From x", " ", "\t", "\n", "\r\n", "\r", "=", "=\r\n", "={name}\r\n", "={name}"),
        *("学", "é", "🎓", "a" * 80, "\x00", "\x0c", "\x85", "\u2028", "\xa0", "x " * 40, "=?utf-8?q?a?="),
    )
)
SANE = st.text(st.characters(exclude_characters="\x02\x03", exclude_categories=["Cs"]))
ANY = SANE | st.lists(AWKWARD | SANE, max_size=12).map("".join)
NAMES = st.sampled_from(["name", "leave", "a_b"])
# A text is pieces with a slot between each two.
TEXTS = st.lists(st.tuples(ANY, st.none() | NAMES), max_size=6)


def normal(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def lines_of(data: bytes) -> list[bytes]:
    assert not data or data.endswith(b"\r\n")
    return data.split(b"\r\n")[:-1]


@given(st.lists(TEXTS, max_size=4), ANY, ANY, ANY)
@example([[(" ", "name"), ("\r", None), ("\n", "leave")]], "\r", "\n", "")
def test_what_is_spliced_decodes_to_the_texts_with_their_slots_filled(
    texts: list[list[tuple[str, str | None]]], first: str, second: str, third: str
) -> None:
    values = {"name": first, "leave": second, "a_b": third}
    marked = ["".join(piece + (blocks.slot(name) if name else "") for piece, name in text) for text in texts]
    body = blocks.join([blocks.encode(text) for text in marked]).fill(values)
    # Breaks are made one kind piece by piece: a CR at the end of one and an LF at the start of the next are two breaks.
    expected = "".join(normal("".join(part)) for text in texts for part in _pieces(text, values))
    assert quopri.decodestring(body).decode().replace("\r\n", "\n") == expected
    mail = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    assert message_from_bytes(mail + body, policy=policy.default).get_content().replace("\r\n", "\n") == expected


def _pieces(text: list[tuple[str, str | None]], values: dict[str, str]) -> list[str]:
    found = [""]
    for piece, name in text:
        found[-1] += piece
        if name:
            found += [values[name], ""]
    return found


@given(TEXTS, ANY)
def test_every_line_is_short_plain_ascii_that_nothing_on_the_way_changes(
    text: list[tuple[str, str | None]], value: str
) -> None:
    marked = "".join(piece + (blocks.slot(name) if name else "") for piece, name in text)
    body = blocks.join([blocks.encode(marked)]).fill({"name": value, "leave": value, "a_b": value})
    for line in lines_of(body):
        assert len(line) <= 76
        assert re.fullmatch(rb"[ -~\t]*", line)
        assert not line.startswith((b".", b"From "))
        assert not line.endswith((b" ", b"\t"))
        assert re.fullmatch(rb"(?:[^=]|=[0-9A-F]{2})*=?", line)


@given(ANY)
def test_no_character_is_split_between_two_lines(text: str) -> None:
    for line in lines_of(blocks.encode(text)):
        quopri.decodestring(line).decode()


@given(ANY)
def test_no_text_from_outside_becomes_a_slot(text: str) -> None:
    assert blocks.join([blocks.encode(text)]).slots == ()


def test_a_slot_is_a_line_of_its_own() -> None:
    text = f"Dear {blocks.slot('name')}, hello.\nBye"
    assert blocks.encode(text) == b"Dear =\r\n={name}\r\n, hello.\r\nBye=\r\n"
    assert blocks.join([blocks.encode(text)]).fill({"name": "Ada"}) == b"Dear =\r\nAda=\r\n, hello.\r\nBye=\r\n"


def test_a_slot_that_is_empty_leaves_nothing() -> None:
    assert blocks.join([blocks.encode(f"a{blocks.slot('name')}b")]).fill({"name": ""}) == b"a=\r\nb=\r\n"


def test_a_slot_that_nothing_fills_is_an_error() -> None:
    with pytest.raises(RenderError, match="slot 'name' that nothing fills"):
        blocks.join([blocks.encode(blocks.slot("name"))]).fill({"other": ""})


def test_blocks_joined_once_are_filled_often() -> None:
    body = blocks.join([blocks.encode(f"to {blocks.slot('name')}\n"), blocks.encode("from us\n")])
    assert body.slots == ("name",)
    assert quopri.decodestring(body.fill({"name": "a"})) == b"to a\r\nfrom us\r\n"
    assert quopri.decodestring(body.fill({"name": "b"})) == b"to b\r\nfrom us\r\n"
    assert body.size() == len(b"to =\r\n") + len(b"\r\nfrom us\r\n")


def test_nothing_is_nothing() -> None:
    assert blocks.encode("") == b""
    assert blocks.join([]).fill({}) == b""
