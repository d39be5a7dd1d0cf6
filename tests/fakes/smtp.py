"""A relay that does what a test tells it: refuses, defers, drops, stalls, garbles; and keeps what it took.

`relay.say("rcpt", "451 4.7.1 Later", recipient="a@example.com", times=2)` sets the answers to come at a stage: connect,
ehlo, starttls, auth, mail, rcpt, data, body. Instead of an answer: DROP closes the connection, STALL says nothing.
An answer to `body` is given after the final dot; a message is kept unless its answer is 4xx or 5xx.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

DROP = "(drop)"
STALL = "(stall)"
ANSWERS = {
    "HELO": "250 relay.test",
    "AUTH": "235 2.7.0 Welcome",
    "MAIL": "250 2.1.0 Ok",
    "RCPT": "250 2.1.5 Ok",
    "RSET": "250 2.0.0 Ok",
}
CERTIFICATE = Path(__file__).parent / "relay.pem"
"""A certificate for localhost and 127.0.0.1, with its key, that nothing but these tests trusts."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A message the relay took: as it was sent, dots single again. `session` counts connections from 1."""

    sender: str
    recipient: str
    data: bytes
    session: int
    over_tls: bool


@dataclass
class _Plan:
    answer: str
    recipient: str | None
    left: int | None


@dataclass
class Relay:
    """The relay's script, and what happened. `extensions` are its lines after EHLO."""

    port: int = 0
    extensions: list[str] = field(default_factory=lambda: ["SIZE 1000000", "8BITMIME", "ENHANCEDSTATUSCODES"])
    tls: ssl.SSLContext | None = None
    messages: list[Taken] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    sessions: int = 0
    open_now: int = 0
    most_open: int = 0
    _plans: dict[str, list[_Plan]] = field(default_factory=dict)

    def say(self, stage: str, answer: str, recipient: str | None = None, times: int | None = None) -> None:
        """Give this answer at a stage, `times` times (always, if none is named), to all or for one recipient."""
        self._plans.setdefault(stage, []).append(_Plan(answer, recipient, times))

    def forget(self, stage: str) -> None:
        """Behave at this stage from now on."""
        self._plans.pop(stage, None)

    def count(self, recipient: str) -> int:
        """How many copies a recipient got."""
        return sum(message.recipient == recipient for message in self.messages)

    def answer(self, stage: str, default: str, recipient: str | None = None) -> str:
        """The next answer at a stage."""
        for plan in self._plans.get(stage, []):
            if plan.recipient in (None, recipient) and plan.left != 0:
                if plan.left is not None:
                    plan.left -= 1
                return plan.answer
        return default


class _Session:
    """One connection."""

    def __init__(self, relay: Relay, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.relay = relay
        self.reader = reader
        self.writer = writer
        self.number = relay.sessions
        self.sender = ""
        self.recipient = ""
        self.over_tls = writer.get_extra_info("sslcontext") is not None

    async def answer(self, stage: str, default: str) -> bool:
        """Say what the script says; was it a yes (2xx, 3xx)? Raises ConnectionAbortedError for DROP and after 421."""
        return await self.speak(self.relay.answer(stage, default, self.recipient or None))

    async def speak(self, text: str) -> bool:
        """Say this; as `answer`."""
        if text == DROP:
            raise ConnectionAbortedError
        if text == STALL:
            await asyncio.sleep(60)
        self.writer.write(text.encode() + b"\r\n")
        await self.writer.drain()
        if text.startswith("421"):
            raise ConnectionAbortedError
        return text[:1] in "23"

    async def run(self) -> None:
        if not await self.answer("connect", "220 relay.test ESMTP"):
            return
        while line := await self.reader.readline():
            words = line.decode().rstrip("\r\n")
            self.relay.commands.append(words)
            verb, _, rest = words.partition(" ")
            if verb.upper() == "QUIT":
                await self.answer("quit", "221 Bye")
                return
            await self.obey(verb.upper(), rest)

    async def obey(self, verb: str, rest: str) -> None:
        if verb in ("MAIL", "RCPT"):
            address = rest.split("<", 1)[1].split(">", 1)[0]
            if verb == "MAIL":
                self.sender = address
            else:
                self.recipient = address
        elif verb == "RSET":
            self.sender = self.recipient = ""
        acts = {"EHLO": self.greet, "STARTTLS": self.secure, "DATA": self.take}
        await acts.get(verb, lambda: self.answer(verb.lower(), ANSWERS.get(verb, "502 5.5.1 Not known")))()

    async def greet(self) -> bool:
        lines = ["relay.test", *self.relay.extensions]
        if self.relay.tls and not self.over_tls:
            lines.append("STARTTLS")
        text = [f"250-{line}" for line in lines[:-1]]
        return await self.answer("ehlo", "\r\n".join([*text, f"250 {lines[-1]}"]))

    async def secure(self) -> bool:
        if not await self.answer("starttls", "220 Go ahead") or self.relay.tls is None:
            return False
        await self.writer.start_tls(self.relay.tls)
        self.over_tls = True
        return True

    async def take(self) -> bool:
        if not await self.answer("data", "354 Go on"):
            return False
        lines: list[bytes] = []
        while (line := await self.reader.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        text = self.relay.answer("body", "250 2.0.0 Ok: queued", self.recipient)
        if text[:1] not in "45":
            data = b"".join(lines)
            self.relay.messages.append(Taken(self.sender, self.recipient, data, self.number, self.over_tls))
        self.sender = self.recipient = ""
        return await self.speak(text)


async def _converse(relay: Relay, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    relay.sessions += 1
    relay.open_now += 1
    relay.most_open = max(relay.most_open, relay.open_now)
    try:
        await _Session(relay, reader, writer).run()
    except (ConnectionError, ssl.SSLError):
        pass
    finally:
        relay.open_now -= 1
        writer.close()
        with suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()


@asynccontextmanager
async def serve_relay(relay: Relay | None = None, implicit_tls: bool = False) -> AsyncIterator[Relay]:
    """Run a relay on a free port of 127.0.0.1 until the block ends."""
    relay = relay or Relay()
    running: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(_converse(relay, reader, writer))
        running.add(task)
        task.add_done_callback(running.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=server_tls() if implicit_tls else None)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        server.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await server.wait_closed()


def server_tls() -> ssl.SSLContext:
    """The relay's side of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def client_tls() -> ssl.SSLContext:
    """A client that trusts this relay and nobody else."""
    return ssl.create_default_context(cafile=str(CERTIFICATE))
