"""From a claimed row to the bytes that leave, or the reason why they must not.

Everything is asked again just before a message is sent: whether sending is frozen, how its issue stands, whether its
reader still wants it. The bytes depend on nothing but rows, so that a second attempt is identical to the first.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol

from feedsvc.delivery import breaker
from feedsvc.mail import compose
from feedsvc.mail.trial import trial_message
from feedsvc.mail.views import (
    DigestForm,
    EditionPlan,
    IssueView,
    Letter,
    Posting,
    Recipient,
    RenderedBlock,
    sender_view,
)
from feedsvc.model.issue import Issue, IssueState, Message, MessageKind, MessageState
from feedsvc.model.subscriber import MAILED, Subscriber, SubscriberState, SuppressionReason
from feedsvc.pages.addresses import issue_path
from feedsvc.settings import Settings
from feedsvc.storage import data_keys, digests, issues, lists, subscribers, suppressions
from feedsvc.storage.types import Conn
from feedsvc.text.links import confirm_url, preferences_url, unsubscribe_url

KEY = "mail"
"""The data key of Message-IDs and return addresses."""
KEPT_FORMS = 64
KEPT_BLOCKS = 4
"""Editions, and issues in one language, that are kept ready; the least used leave first."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message ready to leave: the envelope's two addresses and the bytes."""

    envelope_from: str
    recipient: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Withheld:
    """It must not leave: the state it goes into, and why."""

    state: MessageState
    reason: str


@dataclass(frozen=True, slots=True)
class Postpone:
    """Not now: a person froze the sending or paused the issue."""


class Prepare(Protocol):
    """Makes a claimed message ready, or says why it does not leave."""

    async def __call__(self, conn: Conn, message: Message, /) -> Outgoing | Withheld | Postpone:
        """Read only; called just before the message is sent. Raises FeedsvcError where it cannot be composed."""
        ...


# Suppressions that stop a kind of mail. A confirmation is how an owner lifts their own; a complaint stands.
_STOPPING = {
    MessageKind.DIGEST: frozenset(SuppressionReason),
    MessageKind.CONFIRMATION: frozenset({SuppressionReason.COMPLAINED}),
    MessageKind.LINKS: frozenset({SuppressionReason.COMPLAINED, SuppressionReason.BOUNCED}),
    MessageKind.TEST: frozenset({SuppressionReason.COMPLAINED}),
}


async def need_key(conn: Conn) -> None:
    """See that the data key is there. Needs a write transaction."""
    await data_keys.need(conn, KEY)


class Composer:
    """Makes messages ready. Keeps the forms of a few editions, so that a reader's mail is their slots filled.

    Raises SecretMissing without a key, InputError where the sender's settings hold no address.
    """

    def __init__(self, settings: Settings) -> None:
        self._site = settings.site
        self._sender = sender_view(settings)
        self._keys = settings.signing_keys()
        self._key = b""
        self._forms: OrderedDict[int, DigestForm] = OrderedDict()
        self._blocks: OrderedDict[tuple[int, str], dict[str, RenderedBlock]] = OrderedDict()

    async def __call__(self, conn: Conn, message: Message, /) -> Outgoing | Withheld | Postpone:
        """Raises RenderError, InputError and NotFound where the message cannot be composed."""
        if await breaker.is_frozen(conn):
            return Postpone()
        self._key = self._key or await data_keys.find(conn, KEY) or b""
        if not self._key:
            # Only until the first claim has committed it.
            return Postpone()
        if message.kind is MessageKind.TEST:
            return await self._trial(conn, message)
        reader = await subscribers.get(conn, message.subscriber_id or 0)
        if reader is None:
            return Withheld(MessageState.CANCELLED, "The reader is no longer there.")
        return await self._to_reader(conn, message, reader)

    async def _to_reader(self, conn: Conn, message: Message, reader: Subscriber) -> Outgoing | Withheld | Postpone:
        stopped = await _stopped(conn, message.kind, reader.email_key)
        if stopped:
            return stopped
        if message.kind is MessageKind.CONFIRMATION:
            return await self._confirmation(conn, message, reader)
        if message.kind is MessageKind.LINKS:
            return self._links(message, reader)
        return await self._digest(conn, message, reader)

    async def _digest(self, conn: Conn, message: Message, reader: Subscriber) -> Outgoing | Withheld | Postpone:
        issue = await issues.get(conn, message.issue_id or 0)
        if issue.state is IssueState.CANCELLED:
            return Withheld(MessageState.CANCELLED, "The issue was cancelled.")
        if issue.state is not IssueState.SENDING:
            return Postpone()
        if reader.state is not SubscriberState.ACTIVE:
            return Withheld(MessageState.CANCELLED, f"The reader is {reader.state}.")
        digest = next((known for known in await digests.every(conn) if known.slug == issue.digest), None)
        if digest is not None and not set(digest.lists) & set(reader.lists):
            return Withheld(MessageState.CANCELLED, "The reader has left the lists that bring this digest.")
        form = await self._form(conn, issue, message.edition_id or 0)
        base = self._site.base_url
        recipient = Recipient(
            address=reader.email,
            name=reader.name,
            unsubscribe_url=unsubscribe_url(base, self._keys, reader.id, reader.nonce, issue.digest),
            preferences_url=preferences_url(base, self._keys, reader.id, reader.nonce),
        )
        posting = self._posting(message)
        data = compose.digest_message(form, self._sender, recipient, posting)
        return self._outgoing(reader.email, data, posting)

    async def _form(self, conn: Conn, issue: Issue, edition_id: int) -> DigestForm:
        if edition_id in self._forms:
            self._forms.move_to_end(edition_id)
            return self._forms[edition_id]
        edition = await issues.get_edition(conn, edition_id)
        rendered = await self._rendered(conn, issue.id, edition.language)
        plan = EditionPlan(edition.block_keys, edition.lead, edition.more)
        view = self._view(issue)
        form = compose.digest_form(self._sender, view, edition.subject, edition.language, plan, rendered)
        self._forms[edition_id] = form
        if len(self._forms) > KEPT_FORMS:
            self._forms.popitem(last=False)
        return form

    async def _rendered(self, conn: Conn, issue_id: int, language: str) -> dict[str, RenderedBlock]:
        kept = self._blocks.get((issue_id, language))
        if kept is None:
            found = await issues.get_blocks(conn, issue_id, language)
            kept = {key: RenderedBlock(*parts) for key, parts in found.items()}
            self._blocks[issue_id, language] = kept
            if len(self._blocks) > KEPT_BLOCKS:
                self._blocks.popitem(last=False)
        self._blocks.move_to_end((issue_id, language))
        return kept

    def _view(self, issue: Issue) -> IssueView:
        # From the issue's own row: what is edited meanwhile changes no mail.
        base = self._site.base_url
        return IssueView(
            digest=issue.digest,
            title=issue.digest_title,
            number=issue.number or 0,
            date=issue.due_at,
            timezone="UTC",
            archive_url=base + issue_path(issue.digest, issue.number),
            archive_index_url=base + issue_path(issue.digest),
        )

    async def _confirmation(self, conn: Conn, message: Message, reader: Subscriber) -> Outgoing | Withheld:
        if reader.asked is None:
            return Withheld(MessageState.CANCELLED, "Nothing waits to be confirmed any more.")
        titles = [known.title for known in await lists.every(conn) if known.slug in reader.asked.lists]
        letter = self._letter(message, reader.language)
        url = confirm_url(self._site.base_url, self._keys, reader.id, reader.nonce, message.queued_at)
        posting = self._posting(message)
        data = compose.confirmation_message(letter, reader.email, titles, url, posting)
        return self._outgoing(reader.email, data, posting)

    def _links(self, message: Message, reader: Subscriber) -> Outgoing | Withheld:
        if reader.state not in MAILED:
            return Withheld(MessageState.CANCELLED, f"The reader is {reader.state}.")
        base, who = self._site.base_url, (reader.id, reader.nonce)
        urls = (preferences_url(base, self._keys, *who), unsubscribe_url(base, self._keys, *who, ""))
        letter = self._letter(message, reader.language)
        posting = self._posting(message)
        data = compose.links_message(letter, reader.email, *urls, posting)
        return self._outgoing(reader.email, data, posting)

    async def _trial(self, conn: Conn, message: Message) -> Outgoing | Withheld:
        stopped = await _stopped(conn, message.kind, message.recipient.lower())
        if stopped:
            return stopped
        parts = (message.payload["subject"], message.payload["text"], message.payload["html"])
        letter = self._letter(message, self._site.language)
        posting = self._posting(message)
        data = trial_message(letter, message.recipient, *parts, posting)
        return self._outgoing(message.recipient, data, posting)

    def _letter(self, message: Message, language: str) -> Letter:
        return Letter(self._sender, self._site, message.payload.get("language") or language)

    def _posting(self, message: Message) -> Posting:
        return Posting(message.id, message.queued_at, self._key)

    def _outgoing(self, recipient: str, data: bytes, posting: Posting) -> Outgoing:
        return Outgoing(compose.verp(self._sender, posting), recipient, data)


async def _stopped(conn: Conn, kind: MessageKind, email_key: str) -> Withheld | None:
    reason = await suppressions.reason(conn, email_key)
    if reason in _STOPPING[kind]:
        return Withheld(MessageState.SUPPRESSED, f"The address is suppressed: {reason}.")
    return None
