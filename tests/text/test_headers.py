"""Any text in a header: it comes back as it was, and no header appears that nobody asked for."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from email.utils import getaddresses
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.errors import InputError, RenderError
from feedsvc.text import headers
from feedsvc.text.headers import Mailbox

TRAP = "=?utf-8?q?a=0D=0ABcc:_x@evil.test?="
HOSTILE = st.sampled_from(
    [
        TRAP,
        "a\r\nBcc: x@evil.test",
        "=?utf-8?b?YQ0KQmNjOiB4?=",
        "\x00",
        "\u2028Bcc: x",
        "\x85",
        '"',
        "\\",
        "<a@b>",
        ",",
        ";",
        "(",
        "学",
    ]
)
ANY = st.text() | st.lists(HOSTILE | st.text(max_size=40), max_size=6).map("".join)


def read(block: str) -> EmailMessage:
    return message_from_bytes(block.encode("ascii") + b"\r\n", policy=policy.default)


@given(ANY)
def test_a_subject_comes_back_as_it_was(text: str) -> None:
    block = headers.text_header("Subject", text)
    message = read(block)
    assert message.keys() == ["Subject"]
    assert message["Subject"] == headers.clean(text)


@given(ANY)
def test_a_subject_is_folded_ascii_of_whole_encoded_words(text: str) -> None:
    block = headers.text_header("Subject", text)
    assert block.isascii()
    assert block.endswith("\r\n")
    lines = block.removesuffix("\r\n").split("\r\n")
    assert all(len(line) <= 78 for line in lines)
    assert all(line.startswith(" ") and line.strip() for line in lines[1:])
    for word in block.split():
        if word.startswith("=?"):
            assert len(word) <= 75
            [(data, charset)] = decode_header(word)
            assert isinstance(data, bytes)
            assert charset == "utf-8"
            data.decode()  # no character is split between two words


@given(
    st.lists(
        st.tuples(ANY, st.sampled_from(["a@example.edu", "first.last+tag@mail.example.edu"])), min_size=1, max_size=3
    )
)
def test_names_beside_addresses_come_back_as_they_were(people: list[tuple[str, str]]) -> None:
    block = headers.mailbox_header("To", [Mailbox(name, address) for name, address in people])
    message = read(block)
    assert message.keys() == ["To"]
    found = cast("AddressHeader", message["To"]).addresses
    assert [mailbox.addr_spec for mailbox in found] == [address for _, address in people]
    # The new parser keeps the space between two encoded words of a phrase, against RFC 2047: ask the old one for names.
    names = [name for name, _ in getaddresses([block.removeprefix("To:").replace("\r\n", "")])]
    assert [str(make_header(decode_header(name))) for name in names] == [headers.clean(name) for name, _ in people]
    assert all(len(line) <= 78 for line in block.split("\r\n"))


@given(ANY)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = headers.clean(text)
    assert headers.clean(once) == once
    assert once.isprintable() or not once.isascii()


@given(st.text(st.characters(categories=["L", "N", "P", "S"])))
def test_cleaning_leaves_plain_text_alone(text: str) -> None:
    assert headers.clean(text) == text


def test_the_trap_of_the_standard_library_stays_text() -> None:
    block = headers.text_header("Subject", TRAP)
    assert "Bcc" not in block.replace("=", " ").split("\r\n ")[0].split(":")[0]
    assert read(block)["Subject"] == TRAP
    assert read(headers.mailbox_header("From", [Mailbox(TRAP, "news@example.edu")])).keys() == ["From"]


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("USST weekly, 8 June 2020", "Subject: USST weekly, 8 June 2020\r\n"),
        ("", "Subject: \r\n"),
        ("Caf\u00e9 and campus", "Subject: =?utf-8?q?Caf=C3=A9_and_campus?=\r\n"),
        ("上海理工大学", "Subject: =?utf-8?b?5LiK5rW355CG5bel5aSn5a2m?=\r\n"),
        ("one\r\ntwo\tthree  four", "Subject: one two three four\r\n"),
        ("right\u202eleft", "Subject: rightleft\r\n"),
    ],
)
def test_plain_text_stays_readable_and_the_rest_takes_the_shorter_encoding(text: str, block: str) -> None:
    assert headers.text_header("Subject", text) == block


def test_long_plain_text_is_folded_between_words() -> None:
    text = "The Network Cultural Festival Concluded and 2019 Campus Cultural Projects Launched at USST"
    lines = headers.text_header("Subject", text).split("\r\n")
    assert lines[0] == "Subject: The Network Cultural Festival Concluded and 2019 Campus Cultural"
    assert lines[1] == " Projects Launched at USST"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("USST News", "USST News"),
        ("News, weekly", '"News, weekly"'),
        ('A "quoted" name', '"A \\"quoted\\" name"'),
        ("J. Smith", '"J. Smith"'),
        ("", ""),
    ],
)
def test_names_are_quoted_only_where_they_must_be(name: str, shown: str) -> None:
    expected = f"From: {shown} <news@example.edu>\r\n" if shown else "From: news@example.edu\r\n"
    assert headers.mailbox_header("From", [Mailbox(name, "news@example.edu")]) == expected


def test_an_address_of_another_script_keeps_its_domain_by_idna() -> None:
    assert headers.ascii_address("news@新闻.example") == "news@xn--efvy88h.example"
    assert headers.ascii_address("Reader.One+tag@Example.EDU") == "Reader.One+tag@Example.EDU"


@pytest.mark.parametrize(
    "address",
    [
        *("", "a", "@", "a@", "@b", "读者@example.edu", "a b@example.edu", "a@exa mple.edu", "a@b\r\nBcc: c@d"),
        *("a@-b.example", "a@b..example", ".a@b.example", '"a b"@example.edu', "a" * 65 + "@example.edu"),
        *("a@" + "b" * 64 + ".example", "a@" + ".".join(["b" * 62] * 4) + ".example", "a@" + "é" * 70 + ".example"),
        *(TRAP, "=?utf-8?q?x?=@example.edu", "a@[127.0.0.1]", "a<b>@example.edu"),
    ],
)
def test_what_is_no_usable_address_is_refused_with_a_sentence(address: str) -> None:
    with pytest.raises(InputError, match=r"\.$"):
        headers.ascii_address(address)


@pytest.mark.parametrize(
    ("text", "mailbox"),
    [
        ("USST News <news@example.edu>", Mailbox("USST News", "news@example.edu")),
        ('"News, \\"the\\" weekly" <news@example.edu>', Mailbox('News, "the" weekly', "news@example.edu")),
        ("上海理工大学 <news@example.edu>", Mailbox("上海理工大学", "news@example.edu")),
        ("news@localhost", Mailbox("", "news@localhost")),
        ("<news@example.edu>", Mailbox("", "news@example.edu")),
    ],
)
def test_a_mailbox_is_read_as_people_write_it(text: str, mailbox: Mailbox) -> None:
    assert headers.parse_mailbox(text) == mailbox


def test_addresses_of_pages_become_ascii() -> None:
    assert headers.url_header("Archived-At", "https://新闻.example/期/1?a=b&c=d") == (
        "Archived-At: <https://xn--efvy88h.example/%E6%9C%9F/1?a=b&c=d>\r\n"
    )
    assert headers.ascii_url("http://127.0.0.1:8080/x%20y#z") == "http://127.0.0.1:8080/x%20y#z"
    assert headers.ascii_url("http://[::1]:80/") == "http://[::1]:80/"
    assert headers.ascii_url("mailto:news@example.edu?subject=help") == "mailto:news@example.edu?subject=help"


@pytest.mark.parametrize(
    "url", ["", "news", "javascript:alert(1)", "//x/y", "https://", "mailto://x/", "https://a b/", "http://x:y/"]
)
def test_other_addresses_of_pages_are_refused(url: str) -> None:
    with pytest.raises(RenderError):
        headers.ascii_url(url)


@given(st.text(max_size=60))
def test_an_address_of_a_page_never_breaks_its_header(path: str) -> None:
    block = headers.url_header("List-Unsubscribe", f"https://news.example.edu/{path}")
    headers.check_names(block.encode(), ["List-Unsubscribe"])


def test_a_list_id_has_a_name_and_a_dotted_identifier() -> None:
    assert (
        headers.list_id_header("USST weekly", "weekly.news.example.edu")
        == "List-Id: USST weekly <weekly.news.example.edu>\r\n"
    )
    assert str(make_header(decode_header(headers.list_id_header("周报", "w.example").split(" ")[1]))) == "周报"
    with pytest.raises(RenderError, match="cannot identify a list"):
        headers.list_id_header("x", "a>\r\nBcc: b")


def test_a_value_of_ours_must_be_printable_ascii() -> None:
    assert headers.plain_header("Precedence", "bulk") == "Precedence: bulk\r\n"
    for value in ("a\r\nb", "ü", TRAP, "x" * 1000):
        with pytest.raises(RenderError, match="The header Precedence cannot hold"):
            headers.plain_header("Precedence", value)


def test_exactly_the_expected_names_pass() -> None:
    headers.check_names(b"From: a\r\nTo: b\r\n c\r\n", ["To", "From"])


@pytest.mark.parametrize(
    "block",
    [
        *(b"", b"From: a\r\n", b"From: a\r\nTo: b\r\nBcc: c\r\n", b"From: a\r\nTo: b\r\nTo: c\r\n"),
        *(b"From: a\r\nTo: b\nX: c\r\n", b"From: a\r\n\r\nTo: b\r\n", b"From: a\r\nTo: b", b"From a\r\nTo: b\r\n"),
        *(b" x\r\nFrom: a\r\nTo: b\r\n", b"From: a\r\nTo: b\r\n \r\n", b"From: a\r\nTo: \xc3\xa9\r\n"),
        *(b"From: a\r\nTo: b\x00\r\n", b"From: a\r\nTo: " + b"b" * 1000 + b"\r\n"),
    ],
)
def test_any_other_header_block_is_refused(block: bytes) -> None:
    with pytest.raises(RenderError, match="The mail's header has"):
        headers.check_names(block, ["From", "To"])
