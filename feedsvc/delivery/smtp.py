"""One connection to the relay, over aiosmtplib.

Every command is sent by itself, so that each reply is known by its stage; nothing is raised for what a relay may do: an
answer, or the lack of one, is a Reply, and the policy says what it means.
"""

import asyncio
import ipaddress
import ssl
from typing import Protocol
from urllib.parse import urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPHeloError, SMTPResponse, SMTPResponseException

from feedsvc.delivery.envelope import Envelope, make_envelope
from feedsvc.delivery.reply import Reply, Stage, clean, read_reply
from feedsvc.errors import SettingsError
from feedsvc.settings import Settings

MESSAGES_PER_SESSION = 100
IDLE_SECONDS = 60.0
"""A connection that was not used for so long is closed: a relay may have given it up already."""
LEASE_SHARE = 0.45
"""The part of a lease that one transaction may take: less than half, so that no message is sent on a lapsed one."""


class Sender(Protocol):
    """What takes a message to the relay."""

    async def send(self, envelope_from: str, recipient: str, data: bytes) -> Reply:
        """Offer one message; the last reply, or the first that refused it."""
        ...

    async def close(self) -> None:
        """Say goodbye."""
        ...


class _OutOfStep(Exception):  # noqa: N818 (not an error of ours: the relay spoke out of turn)
    """The relay sent more answers than there were commands, so the next could not be told from the last."""


class Mailer:
    """One connection, made when it is needed and kept for up to 100 messages. Not for two tasks at once; close it.

    Raises SettingsError for a relay on another machine without TLS, unless [mail] allow_plain says so out loud.
    """

    def __init__(self, settings: Settings, tls_context: ssl.SSLContext | None = None) -> None:
        refuse_plain(settings)
        self._mail = settings.mail
        self._limit = settings.delivery.lease * LEASE_SHARE
        self._name = _local_name(settings.site.base_url)
        self._context = tls_context
        self._client: SMTP | None = None
        self._stage = Stage.CONNECT
        self._offered = 0
        self._per_session = MESSAGES_PER_SESSION
        self._used_at = 0.0

    async def send(self, envelope_from: str, recipient: str, data: bytes) -> Reply:
        """Offer one message: the reply to its final dot, or the first that refused it.

        `data` is the message as it shall arrive, lines ended by CRLF; only dots are doubled (RFC 5321, section 4.5.2).
        """
        try:
            envelope = make_envelope(envelope_from, recipient, data)
        except ValueError as error:
            return Reply(Stage.ENVELOPE, None, clean(str(error)))
        await self._leave_old_session()
        kept = self._client is not None
        reply = await self._attempt(envelope)
        if kept and reply.stage is Stage.MAIL and reply.code in (None, 421):
            # The relay gave up a connection we had kept. That is its right, and no fault: a new one tells.
            reply = await self._attempt(envelope)
        return reply

    async def close(self) -> None:
        """Say goodbye, if the relay still listens, and close the connection."""
        client, self._client = self._client, None
        if client is None:
            return
        try:
            if client.is_connected:
                await client.quit(timeout=min(2.0, self._mail.timeout))
        except (SMTPException, OSError):
            pass
        finally:
            client.close()

    async def _leave_old_session(self) -> None:
        if self._client is None:
            return
        idle = asyncio.get_running_loop().time() - self._used_at
        if not self._client.is_connected or idle > IDLE_SECONDS or self._offered >= self._per_session:
            await self.close()

    async def _attempt(self, envelope: Envelope) -> Reply:
        """One transaction. The connection is kept only where both sides surely agree on where they are."""
        self._stage = Stage.CONNECT
        in_step = False
        first = True
        try:
            async with asyncio.timeout(self._limit):
                client = await self._connected()
                first = self._offered == 0
                response = await self._transact(client, envelope)
                reply = read_reply(self._stage, response.code, response.message, first)
                in_step = await self._settle(client, reply)
        except SMTPResponseException as error:
            reply = read_reply(self._stage, error.code, error.message, first)
        except (SMTPException, OSError, _OutOfStep) as error:
            reply = Reply(self._stage, None, clean(str(error)) or "No answer in time.", first=first)
        finally:
            if not in_step:
                self._drop()
        if reply.enhanced == "4.5.3" and not first:
            self._per_session = max(1, self._offered - 1)
            self._drop()
        self._used_at = asyncio.get_running_loop().time()
        return reply

    async def _transact(self, client: SMTP, envelope: Envelope) -> SMTPResponse:
        """MAIL, RCPT, DATA and the message; stops at the first answer that refuses."""
        self._stage = Stage.MAIL
        self._offered += 1
        if envelope.needs_utf8 and not client.supports_extension("smtputf8"):
            self._stage = Stage.ENVELOPE
            return SMTPResponse(553, "The relay cannot carry this address: it does not offer SMTPUTF8.")
        size = (b"SIZE=%d" % len(envelope.body),) if client.supports_extension("size") else ()
        for stage, words in (
            (Stage.MAIL, (*envelope.mail, *size)),
            (Stage.RCPT, envelope.rcpt),
            (Stage.DATA, (b"DATA",)),
        ):
            self._stage = stage
            response = await client.execute_command(*words, timeout=self._mail.timeout)
            if response.code // 100 != (3 if stage is Stage.DATA else 2):
                return response
            _check_step(client)
        self._stage = Stage.BODY
        protocol = client.protocol
        if protocol is None:
            msg = "The connection was lost."
            raise ConnectionResetError(msg)
        protocol.write(envelope.body)
        return await protocol.read_response(timeout=self._mail.timeout)

    async def _settle(self, client: SMTP, reply: Reply) -> bool:
        """After an answer: is the session fit for the next message? A refused one is taken back with RSET."""
        if reply.code is None or reply.code == 421 or not client.is_connected or _left_over(client):
            return False
        if reply.stage is Stage.BODY or reply.stage is Stage.ENVELOPE:
            return True
        try:
            return (await client.execute_command(b"RSET", timeout=self._mail.timeout)).code == 250
        except (SMTPException, OSError):
            return False

    async def _connected(self) -> SMTP:
        if self._client is not None:
            return self._client
        mail = self._mail
        if mail.tls != "none" and self._context is None:
            self._context = await asyncio.to_thread(_tls_context, mail.verify)
        client = SMTP(
            hostname=mail.host,
            port=mail.port,
            timeout=mail.timeout,
            local_hostname=self._name,
            use_tls=mail.tls == "tls",
            start_tls=False,
            tls_context=self._context,
        )
        try:
            await self._open(client)
        except BaseException:
            client.close()
            raise
        self._client, self._offered = client, 0
        return client

    async def _open(self, client: SMTP) -> None:
        await client.connect()
        _check_step(client)
        await _hello(client)
        if self._mail.tls == "starttls":
            self._stage = Stage.TLS
            # Raises where the relay does not offer it: TLS that was asked for is never dropped.
            await client.starttls()
            await _hello(client)
        if self._mail.username:
            self._stage = Stage.AUTH
            await client.login(self._mail.username, self._mail.password.get_secret_value())

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


def refuse_plain(settings: Settings) -> None:
    """Raises SettingsError where mail would leave this machine without TLS and nobody said so out loud."""
    mail = settings.mail
    if mail.tls == "none" and not mail.allow_plain and not _is_loopback(mail.host):
        msg = (
            f'[mail] tls = "none" would send mail in the clear to {mail.host}. Use starttls or tls, or set '
            "[mail] allow_plain = true if the way there is safe."
        )
        raise SettingsError(msg)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def _local_name(base_url: str) -> str:
    """The name for EHLO (RFC 5321, section 4.1.3): the site's host, or an address literal."""
    host = urlsplit(base_url).hostname or "localhost"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host.encode("idna").decode()
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"


def _tls_context(verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


async def _hello(client: SMTP) -> None:
    try:
        await client.ehlo()
    except SMTPHeloError:
        if not client.is_connected:
            raise
        await client.helo()


def _left_over(client: SMTP) -> bool:
    # aiosmtplib keeps what came after an answer and would take it for the answer to the next command.
    return client.protocol is not None and bool(client.protocol._buffer)


def _check_step(client: SMTP) -> None:
    if _left_over(client):
        msg = "The relay sent more answers than there were commands."
        raise _OutOfStep(msg)
