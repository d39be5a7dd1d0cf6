"""Whole messages: exactly their headers, the same bytes at every try, and parts that any mail reader decodes."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.errors import InputError, RenderError
from feedsvc.mail import compose, views
from feedsvc.mail.views import Letter, Posting
from feedsvc.settings import Settings
from feedsvc.text.headers import clean
from tests.mail import samples

SENDER = views.sender_view(samples.SETTINGS)
LETTER = Letter(SENDER, samples.SETTINGS.site, "en")
CONFIRM = "https://news.example.edu/confirm/token"
HOSTILE = st.text(max_size=80) | st.sampled_from(
    ["=?utf-8?q?a=0D=0ABcc:_x@evil.test?=", "a\r\nBcc: x@evil.test", "\n\n<b>"]
)


def read(message: bytes) -> EmailMessage:
    return message_from_bytes(message, policy=policy.default)


def part(message: bytes, kind: str) -> str:
    body = read(message).get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_the_header_of_a_digest_is_as_written_down() -> None:
    block = samples.digest().partition(b"\r\n\r\n")[0].decode().replace("\r\n", "\n")
    assert block + "\n" == (Path(__file__).parent / "digest.headers").read_text("utf-8")


def test_a_digest_has_text_first_and_html_second_both_quoted_printable() -> None:
    message = read(samples.digest())
    assert message.get_content_type() == "multipart/alternative"
    assert [child.get_content_type() for child in message.iter_parts()] == ["text/plain", "text/html"]
    for child in message.iter_parts():
        assert child["Content-Transfer-Encoding"] == "quoted-printable"
        assert child.get_content_charset() == "utf-8"
        assert not child.defects
    assert not message.defects


def test_nothing_on_the_way_has_to_change_a_byte() -> None:
    message = samples.digest()
    assert message.isascii()
    assert message.endswith(b"\r\n")
    lines = message.split(b"\r\n")
    assert all(len(line) <= 78 and b"\n" not in line and b"\r" not in line for line in lines)
    assert not any(line.startswith((b".", b"From ")) for line in lines)


def test_both_parts_carry_this_readers_links() -> None:
    message = samples.digest()
    for kind in ("plain", "html"):
        shown = part(message, kind)
        assert samples.RECIPIENT.unsubscribe_url in shown
        assert shown.count(samples.RECIPIENT.preferences_url) >= 2
        assert samples.RECIPIENT.address in shown
        assert samples.ISSUE.archive_url in shown
        assert not re.search("[\x00-\x08\x0b-\x1f]", shown)


def test_a_second_try_is_the_same_mail() -> None:
    later = replace(samples.POSTING, queued_at=samples.NOW.astimezone(None))
    first = samples.digest()
    assert first == compose.digest_message(samples.form(), SENDER, samples.RECIPIENT, later)
    other = compose.digest_message(samples.form(), SENDER, samples.RECIPIENT, replace(samples.POSTING, outbox_id=4712))
    assert read(first)["Message-ID"] != read(other)["Message-ID"]


@settings(max_examples=40)
@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_no_text_adds_a_header_or_breaks_a_part(title: str, digest: str, name: str, listed: str) -> None:
    story = samples.article(1, title=title, summary=title)
    issue = replace(samples.ISSUE, title=digest, lists=(listed,), intro=title)
    recipient = replace(samples.RECIPIENT, name=name)
    raw = samples.digest((story,), issue, recipient)
    message = read(raw)
    assert message.keys() == list(compose.DIGEST_HEADERS)
    # Where the title of the story is empty the subject is another; the standard reader must see what we wrote.
    assert message["Subject"].startswith(clean(f"{clean(digest)}, June 8, 2020"))
    assert message["To"].addresses[0].addr_spec == recipient.address
    assert [child.get_content_type() for child in message.iter_parts()] == ["text/plain", "text/html"]
    assert clean(title) in " ".join(part(raw, "plain").split()) or len(clean(title)) > 60 or clean(title) != title


def test_addresses_of_readers_that_no_relay_takes_fail_that_message_alone() -> None:
    form = samples.form()
    for address in ("读者@example.edu", "a b@example.edu", "a@b\r\nBcc: c@d.example"):
        with pytest.raises(InputError):
            compose.digest_message(form, SENDER, replace(samples.RECIPIENT, address=address), samples.POSTING)
    assert compose.digest_message(form, SENDER, samples.RECIPIENT, samples.POSTING) == samples.digest()


def test_a_link_that_is_none_fails_that_message() -> None:
    with pytest.raises(RenderError):
        compose.digest_message(samples.form(), SENDER, replace(samples.RECIPIENT, unsubscribe_url="x"), samples.POSTING)


def test_a_header_that_slipped_in_is_found() -> None:
    form = samples.form()
    bad = replace(form, headers=form.headers + b"Bcc: x@evil.test\r\n")
    with pytest.raises(RenderError, match="other names than it should"):
        compose.digest_message(bad, SENDER, samples.RECIPIENT, samples.POSTING)


def test_a_chinese_digest_speaks_chinese() -> None:
    issue = replace(samples.ISSUE, title="上理周报", lists=("校友",))
    message = samples.digest((samples.article(1, title="签署协议", language="zh"),), issue, language="zh")
    assert read(message)["Subject"] == "上理周报（2020年6月8日）：签署协议"
    assert read(message)["Content-Language"] == "zh-Hans"
    assert "退订：https://news.example.edu/unsubscribe/token-of-ada" in part(message, "plain")
    assert "“校友”" in part(message, "html")


def test_a_confirmation_has_its_headers_and_no_word_of_the_visitors() -> None:
    message = compose.confirmation_message(
        LETTER, "reader@example.org", ["Alumni", "Staff & friends"], CONFIRM, samples.POSTING
    )
    assert read(message).keys() == list(compose.LETTER_HEADERS)
    assert read(message)["Subject"] == "Confirm your subscription to USST News"
    assert read(message)["To"] == "reader@example.org"
    for kind in ("plain", "html"):
        assert CONFIRM in part(message, kind)
        assert "reader@example.org" not in part(message, kind)
    assert "- Staff & friends" in part(message, "plain")
    assert "Staff &amp; friends" in part(message, "html")
    assert all(len(line) <= 78 for line in message.split(b"\r\n"))


def test_a_mail_with_links_has_both_links() -> None:
    pages = ("https://news.example.edu/preferences/t", "https://news.example.edu/unsubscribe/t")
    message = compose.links_message(replace(LETTER, language="zh"), "reader@example.org", *pages, samples.POSTING)
    assert read(message).keys() == list(compose.LETTER_HEADERS)
    assert read(message)["Auto-Submitted"] == "auto-generated"
    for kind in ("plain", "html"):
        assert all(page in part(message, kind) for page in pages)


def test_the_return_address_names_the_row_and_cannot_be_guessed() -> None:
    address = compose.verp(SENDER, samples.POSTING)
    assert re.fullmatch(r"b-4711-[a-z2-7]{13}@bounces\.example\.edu", address)
    assert address == address.lower()
    assert address != compose.verp(SENDER, replace(samples.POSTING, key=b"another"))
    assert address != compose.verp(SENDER, replace(samples.POSTING, outbox_id=4712))
    assert compose.verp(replace(SENDER, bounce_domain=""), samples.POSTING) == "news@example.edu"


@given(st.integers(1, 2**62), st.binary(min_size=1, max_size=64))
def test_a_message_id_is_a_valid_one_and_differs_from_the_return_address(number: int, key: bytes) -> None:
    posting = Posting(number, datetime(2020, 6, 8, tzinfo=UTC), key)
    found = compose.message_id(SENDER, posting)
    assert re.fullmatch(rf"<{number}\.[a-z2-7]{{13}}@example\.edu>", found)
    assert found.split(".")[1].split("@")[0] not in compose.verp(SENDER, posting)


def test_the_date_is_when_it_was_queued_in_utc() -> None:
    shanghai = samples.NOW + timedelta(days=30)
    message = compose.digest_message(
        samples.form(), SENDER, samples.RECIPIENT, replace(samples.POSTING, queued_at=shanghai)
    )
    assert read(message)["Date"] == "Wed, 08 Jul 2020 00:00:05 +0000"


@pytest.mark.parametrize(
    ("url", "identifier"),
    [
        ("https://news.example.edu/path", "<weekly.news.example.edu>"),
        ("http://127.0.0.1:8080", "<weekly.localhost>"),
        ("http://[::1]:8080", "<weekly.localhost>"),
        ("https://新闻.example", "<weekly.xn--efvy88h.example>"),
    ],
)
def test_a_list_is_identified_under_the_sites_name(url: str, identifier: str) -> None:
    changed = Settings.model_validate({"site": {"base_url": url}, "mail": {"sender": "News <news@localhost>"}})
    sender = views.sender_view(changed)
    rendered = samples.blocks()
    form = compose.digest_form(sender, samples.ISSUE, "x", "en", samples.plan(rendered=rendered), rendered)
    message = compose.digest_message(form, sender, samples.RECIPIENT, samples.POSTING)
    assert read(message)["List-Id"].endswith(identifier)
    assert len(read(message)["Feedback-ID"].split(":")) == 4


def test_answers_go_to_the_contact_or_where_the_settings_say() -> None:
    assert SENDER.reply_to.address == SENDER.owner == "office@example.edu"
    mail = {"sender": "news@example.edu", "reply_to": "Desk <desk@example.edu>"}
    sender = views.sender_view(
        Settings.model_validate({"site": {"contact": "https://example.edu/contact"}, "mail": mail})
    )
    assert sender.reply_to.address == "desk@example.edu"
    assert sender.owner == "news@example.edu"


def test_a_sender_that_is_no_address_is_refused() -> None:
    with pytest.raises(InputError):
        views.sender_view(Settings.model_validate({"mail": {"sender": "News"}}))
