"""Whole messages (RFC 5322): a digest for one reader, and the short mails that the sign-up needs.

The same outbox row always gives the same bytes: the date is when it was queued and the Message-ID comes from its
number, so that a second try after a broken connection is recognised as the same mail.
"""

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from email.utils import format_datetime
from urllib.parse import quote

from feedsvc.mail import blocks, editions, typesetting
from feedsvc.mail.views import DigestForm, EditionPlan, IssueView, Letter, Posting, Recipient, RenderedBlock, SenderView
from feedsvc.model.issue import MessageKind
from feedsvc.text import headers
from feedsvc.text.headers import Mailbox, clean

# Escapes of quoted-printable begin with `=` and never go on with `_`, so no body can hold this line.
BOUNDARY = "=_feedsvc_part_of_this_mail"

DIGEST_HEADERS = (
    "Message-ID", "Date", "To", "List-Unsubscribe", "From", "Reply-To", "Subject", "Content-Language", "MIME-Version",
    "Content-Type", "Auto-Submitted", "X-Auto-Response-Suppress", "List-Id", "List-Unsubscribe-Post", "List-Help",
    "List-Subscribe", "List-Owner", "List-Archive", "List-Post", "Archived-At", "Precedence", "Feedback-ID",
)  # fmt: skip
"""Exactly the headers of a digest (DESIGN section 6; RFC 2369, 2919, 5064, 8058, 3834)."""

LETTER_HEADERS = (
    "Message-ID", "Date", "To", "From", "Reply-To", "Subject", "Content-Language", "MIME-Version", "Content-Type",
    "Auto-Submitted", "X-Auto-Response-Suppress",
)  # fmt: skip
"""Exactly the headers of a confirmation or a mail with links."""


def digest_form(
    sender: SenderView,
    issue: IssueView,
    subject: str,
    language: str,
    plan: EditionPlan,
    rendered: Mapping[str, RenderedBlock],
) -> DigestForm:
    """What all readers of an edition share. Raises RenderError."""
    text, html = editions.assemble(plan, rendered)
    lines = [
        *_common(sender, subject, language),
        headers.list_id_header(issue.title, f"{_label(issue.digest)}.{sender.host}"),
        headers.plain_header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        headers.url_header("List-Help", f"mailto:{sender.owner}?subject=help"),
        headers.url_header("List-Subscribe", f"{sender.base_url}/subscribe"),
        headers.url_header("List-Owner", f"mailto:{sender.owner}"),
        headers.url_header("List-Archive", issue.archive_index_url),
        headers.plain_header("List-Post", "NO"),
        headers.url_header("Archived-At", issue.archive_url),
        headers.plain_header("Precedence", "bulk"),
        headers.plain_header("Feedback-ID", f"{issue.number}:{_label(issue.digest)}:digest:{_sender_id(sender)}"),
    ]
    return DigestForm("".join(lines).encode("ascii"), text, html)


def digest_message(form: DigestForm, sender: SenderView, recipient: Recipient, posting: Posting) -> bytes:
    """One reader's digest as it goes over the wire.

    Raises InputError for an address that no relay takes, RenderError where the header is not exactly what it should be.
    """
    personal = (
        *_personal(sender, Mailbox(recipient.name, recipient.address), posting),
        headers.url_header("List-Unsubscribe", recipient.unsubscribe_url),
    )
    block = "".join(personal).encode("ascii") + form.headers
    slots = recipient.slots()
    return _message(block, DIGEST_HEADERS, form.text.fill(slots), form.html.fill(editions.html_slots(slots)))


def confirmation_message(
    letter: Letter, address: str, lists: Sequence[str], confirm_url: str, posting: Posting
) -> bytes:
    """The mail that asks an address whether it wants what was asked for in its name; nothing a visitor wrote is in it.

    `lists` are titles. Raises InputError for an address that no relay takes, RenderError.
    """
    values = {"lists": [clean(title) for title in lists], "url": headers.ascii_url(confirm_url)}
    return _letter(MessageKind.CONFIRMATION, letter, address, values, posting)


def links_message(letter: Letter, address: str, preferences_url: str, unsubscribe_url: str, posting: Posting) -> bytes:
    """The mail to an address that signed up although it is subscribed: its own links. Raises likewise."""
    values = {"url": headers.ascii_url(preferences_url), "leave_url": headers.ascii_url(unsubscribe_url)}
    return _letter(MessageKind.LINKS, letter, address, values, posting)


def single_message(letter: Letter, address: str, subject: str, text: str, html: str, posting: Posting) -> bytes:
    """A mail to one address from its two parts, with no list behind it. Raises InputError, RenderError."""
    personal = _personal(letter.sender, Mailbox("", address), posting)
    lines = (*personal, *_common(letter.sender, subject, letter.language))
    parts = (blocks.encode_value(text), blocks.encode_value(html))
    return _message("".join(lines).encode("ascii"), LETTER_HEADERS, *parts)


def verp(sender: SenderView, posting: Posting) -> str:
    """The envelope sender: a return address that names the outbox row and cannot be guessed; the sender's without VERP.

    All in lower case, for some servers fold the case of a bounce's address.
    """
    if not sender.bounce_domain:
        return sender.sender.address
    return f"b-{posting.outbox_id}-{_mac(posting, 'verp')}@{sender.bounce_domain}"


def message_id(sender: SenderView, posting: Posting) -> str:
    """The Message-ID of an outbox row, angle brackets included."""
    return f"<{posting.outbox_id}.{_mac(posting, 'message-id')}@{sender.domain}>"


def _letter(kind: MessageKind, letter: Letter, address: str, values: Mapping[str, object], posting: Posting) -> bytes:
    plain = typesetting.context(letter.site, letter.language, html=False) | dict(values)
    subject = clean(typesetting.render(f"{kind}/subject.txt", plain))
    rich = typesetting.context(letter.site, letter.language, html=True) | dict(values) | {"subject": subject}
    text, html = typesetting.render(f"{kind}/body.txt", plain), typesetting.render(f"{kind}/body.html", rich)
    return single_message(letter, address, subject, text, html, posting)


def _personal(sender: SenderView, to: Mailbox, posting: Posting) -> Iterable[str]:
    return (
        headers.plain_header("Message-ID", message_id(sender, posting)),
        headers.plain_header("Date", format_datetime(posting.queued_at.astimezone(UTC))),
        headers.mailbox_header("To", [to]),
    )


def _common(sender: SenderView, subject: str, language: str) -> Iterable[str]:
    return (
        headers.mailbox_header("From", [sender.sender]),
        headers.mailbox_header("Reply-To", [sender.reply_to]),
        headers.text_header("Subject", subject),
        headers.plain_header("Content-Language", typesetting.html_language(language)),
        headers.plain_header("MIME-Version", "1.0"),
        headers.plain_header("Content-Type", f'multipart/alternative; boundary="{BOUNDARY}"'),
        headers.plain_header("Auto-Submitted", "auto-generated"),
        headers.plain_header("X-Auto-Response-Suppress", "OOF, AutoReply"),
    )


def _message(block: bytes, expected: Sequence[str], text: bytes, html: bytes) -> bytes:
    headers.check_names(block, expected)
    boundary = BOUNDARY.encode()
    kinds = b'Content-Type: text/%b; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    return b"".join(
        (
            block, b"\r\n--", boundary, b"\r\n", kinds % b"plain", text,
            b"\r\n--", boundary, b"\r\n", kinds % b"html", html,
            b"\r\n--", boundary, b"--\r\n",
        )
    )  # fmt: skip


def _mac(posting: Posting, purpose: str) -> str:
    """65 bits of HMAC-SHA-256, in lower case letters and digits."""
    digest = hmac.new(posting.key, f"{purpose}:{posting.outbox_id}".encode(), hashlib.sha256).digest()
    return b32encode(digest)[:13].decode().lower()


def _label(slug: str) -> str:
    """A digest's slug as part of a dotted name."""
    return quote(slug, safe="").replace("%", "-").replace("~", "-").replace(".", "-")


def _sender_id(sender: SenderView) -> str:
    """The last part of Feedback-ID: the same for all that this site sends, 5 to 15 characters."""
    name = sender.domain.replace(".", "-")
    if len(name) < 5 or len(name) > 15:
        return hashlib.sha256(sender.domain.encode()).hexdigest()[:12]
    return name
