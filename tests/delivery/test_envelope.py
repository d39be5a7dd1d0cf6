"""What SMTP can say, and what it must not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.delivery.envelope import make_envelope

LINES = st.lists(st.text(alphabet=".a ", max_size=5), max_size=8)


def read_back(body: bytes) -> bytes:
    """The message as a server reads it: up to the line with one dot, first dots taken off (RFC 5321, 4.5.2)."""
    lines: list[bytes] = []
    rest = body
    while True:
        line, _, rest = rest.partition(b"\r\n")
        if line == b".":
            assert rest == b""
            return b"".join(lines)
        lines.append(line.removeprefix(b".") + b"\r\n")


@given(LINES)
def test_a_server_reads_what_was_given(lines: list[str]) -> None:
    data = "".join(f"{line}\r\n" for line in lines).encode()
    envelope = make_envelope("news@example.edu", "a@example.com", data)
    assert read_back(envelope.body) == (data or b"\r\n")


@given(st.text(max_size=30))
def test_no_address_adds_a_word_or_a_command(address: str) -> None:
    try:
        envelope = make_envelope("news@example.edu", address, b"")
    except ValueError:
        return
    (verb, argument) = envelope.rcpt
    assert verb == b"RCPT"
    assert argument.startswith(b"TO:<")
    assert argument.endswith(b">")
    inside = argument[4:-1]
    assert not any(byte in inside for byte in b" <>\r\n\t\x00")


@pytest.mark.parametrize("data", [b"\n", b"\r", b"a\r\r\nb\r\n", b"a\n\r\n"])
def test_bare_line_ends_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="bare"):
        make_envelope("news@example.edu", "a@example.com", data)


def test_letters_beyond_ascii_before_the_at_need_smtputf8() -> None:
    envelope = make_envelope("news@example.edu", "用户@bücher.example", b"")
    assert envelope.needs_utf8
    assert envelope.mail[-1] == b"SMTPUTF8"
    assert envelope.rcpt[1] == "TO:<用户@xn--bcher-kva.example>".encode()
    assert not make_envelope("news@example.edu", "a@bücher.example", b"").needs_utf8
