"""What mails are made of: plain values, so that rendering and composing need no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from feedsvc.mail.blocks import Body
from feedsvc.settings import Settings, Site
from feedsvc.text import headers
from feedsvc.text.headers import Mailbox


@dataclass(frozen=True, slots=True)
class IssueView:
    """An issue as a mail shows it.

    `date` is aware and printed as the day it falls on in `timezone` (IANA); `intro` is the editor's note in plain text,
    paragraphs on lines of their own; `lists` are the titles of the digest's lists. `archive_url` shows this issue on
    the site, `archive_index_url` all issues of the digest. `template` is a folder in `templates`.
    """

    digest: str
    title: str
    number: int
    date: datetime
    timezone: str
    archive_url: str
    archive_index_url: str
    intro: str = ""
    lists: tuple[str, ...] = ()
    template: str = "default"


@dataclass(frozen=True, slots=True)
class RenderedBlock:
    """One block in both parts of the mail: lines of quoted-printable, see `mail.blocks`."""

    html: bytes
    text: bytes


@dataclass(frozen=True, slots=True)
class EditionPlan:
    """Which blocks make the mail of an edition, in order. `lead` is the id of the story that stands first and large.

    `more` is the number of articles for which there was no room.
    """

    keys: tuple[str, ...]
    lead: str = ""
    more: int = 0


@dataclass(frozen=True, slots=True)
class SenderView:
    """Who sends: from the settings. `host` is that of the site, in ASCII; `bounce_domain` empty: no VERP."""

    sender: Mailbox
    reply_to: Mailbox
    owner: str
    base_url: str
    host: str
    bounce_domain: str

    @property
    def domain(self) -> str:
        """The domain after the @ of the sender's address."""
        return self.sender.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a digest: an address, a display name (may be empty) and their own links, which carry a token."""

    address: str
    name: str
    unsubscribe_url: str
    preferences_url: str

    def slots(self) -> Mapping[str, str]:
        """What fills the slots of a digest's body."""
        return {"address": self.address, "leave": self.unsubscribe_url, "preferences": self.preferences_url}


@dataclass(frozen=True, slots=True)
class Posting:
    """Which message it is: the number of its outbox row and when that was queued (aware).

    `key` is secret and must never change: it makes numbers that cannot be guessed, the same at every try.
    """

    outbox_id: int
    queued_at: datetime
    key: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What the short mails of the sign-up share: who sends, in whose name, in which language."""

    sender: SenderView
    site: Site
    language: str


@dataclass(frozen=True, slots=True)
class DigestForm:
    """All of a digest's mail that its readers share: made once for each edition, filled once for each reader."""

    headers: bytes
    text: Body
    html: Body


def sender_view(settings: Settings) -> SenderView:
    """Who sends by the settings. Raises InputError where an address or the bounce domain cannot be used."""
    sender = headers.parse_mailbox(settings.mail.sender)
    # A site's contact may be a web page, which no header of a mail can answer to.
    contact = headers.parse_mailbox(settings.site.contact) if "@" in settings.site.contact else sender
    reply_to = headers.parse_mailbox(settings.mail.reply_to) if settings.mail.reply_to else contact
    domain = settings.mail.bounce_domain
    return SenderView(
        sender=sender,
        reply_to=reply_to,
        owner=contact.address,
        base_url=settings.site.base_url,
        host=_host(settings.site.base_url),
        bounce_domain=headers.ascii_domain(domain) if domain else "",
    )


def _host(url: str) -> str:
    host = urlsplit(url).hostname or "localhost"
    # A list's identifier wants a name (RFC 2919, section 3), which a bare IP address is not.
    return "localhost" if ":" in host or host.replace(".", "").isdigit() else headers.ascii_domain(host)
