"""The mailer against a relay on a socket: every reply is known by its stage, whatever the relay does."""

import asyncio
from email import message_from_bytes
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from feedsvc.delivery import smtp
from feedsvc.delivery.reply import Stage
from feedsvc.delivery.smtp import Mailer
from tests.delivery.mailers import DATA, READER, send_one, settings_for
from tests.fakes.smtp import DROP, STALL, Relay, serve_relay


async def test_a_message_arrives_as_it_was_given(relay: Relay) -> None:
    reply = await send_one(relay)
    assert (reply.stage, reply.code, reply.enhanced, reply.first) == (Stage.BODY, 250, "2.0.0", True)
    (taken,) = relay.messages
    assert (taken.sender, taken.recipient, taken.data) == ("news@example.edu", READER, DATA)
    assert "EHLO news.example.edu" in relay.commands
    assert f"MAIL FROM:<news@example.edu> SIZE={len(DATA) + 3}" in relay.commands
    assert relay.commands[-1] == "QUIT"


@pytest.mark.parametrize("body", [b".\r\n..\r\n.end\r\n", b"no end of line", b"", b"\r\n.\r\nMAIL FROM:<x@y>\r\n"])
async def test_no_line_of_the_message_ends_it(relay: Relay, body: bytes) -> None:
    reply = await send_one(relay, data=body)
    assert reply.code == 250
    assert relay.messages[0].data == (body if body.endswith(b"\r\n") else body + b"\r\n")
    assert sum(command.startswith("MAIL") for command in relay.commands) == 1


class Keep:
    """A handler of aiosmtpd that keeps what comes."""

    def __init__(self) -> None:
        self.contents: list[bytes] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        self.contents.append(envelope.content)
        return "250 2.0.0 Kept"


async def test_a_real_server_takes_it() -> None:
    keep = Keep()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(keep, hostname="real.test"), "127.0.0.1", 0)
    async with server:
        mailer = Mailer(settings_for(server.sockets[0].getsockname()[1]))
        for _ in range(3):
            assert (await mailer.send("news@example.edu", READER, DATA)).code == 250
        await mailer.close()
    assert [message_from_bytes(content)["Subject"] for content in keep.contents] == ["Test"] * 3


STAGES = [
    ("connect", "554 5.7.1 Not you", Stage.CONNECT, 554),
    ("mail", "451 4.3.0 Later", Stage.MAIL, 451),
    ("mail", "550 5.7.1 Not this sender", Stage.MAIL, 550),
    ("rcpt", "450 4.2.0 Greylisted", Stage.RCPT, 450),
    ("rcpt", "550 5.1.1 No such user", Stage.RCPT, 550),
    ("data", "451 4.3.0 Not now", Stage.DATA, 451),
    ("body", "552 5.2.2 Full", Stage.BODY, 552),
    ("body", "554 5.7.1 Spam", Stage.BODY, 554),
    ("rcpt", "421 4.3.2 Going down", Stage.RCPT, 421),
    ("body", "421 4.3.2 Going down", Stage.BODY, 421),
]


@pytest.mark.parametrize(("stage", "answer", "expected", "code"), STAGES)
async def test_a_refusal_is_known_by_its_stage(
    relay: Relay, stage: str, answer: str, expected: Stage, code: int
) -> None:
    relay.say(stage, answer)
    reply = await send_one(relay)
    assert (reply.stage, reply.code, reply.text) == (expected, code, answer)
    assert reply.enhanced == answer.split()[1]
    assert relay.messages == []


@pytest.mark.parametrize("fault", [DROP, STALL, "garbage", "999 What", "25", "x" * 40_000, "2x0 Ok", "-50 Hm"])
@pytest.mark.parametrize("stage", ["connect", "mail", "rcpt", "data", "body"])
async def test_a_strange_answer_is_no_answer(relay: Relay, stage: str, fault: str) -> None:
    relay.say(stage, fault)
    reply = await send_one(relay, timeout=0.2)
    assert (reply.stage, reply.code, reply.enhanced) == (Stage(stage), None, "")
    assert reply.text
    # It was accepted all the same, where the fault came after the final dot: nobody can know.
    assert len(relay.messages) == (1 if stage == "body" else 0)


async def test_nobody_there_is_a_fault_of_the_connection() -> None:
    async with serve_relay() as gone:
        port = gone.port
    reply = await Mailer(settings_for(port)).send("news@example.edu", READER, DATA)
    assert (reply.stage, reply.code) == (Stage.CONNECT, None)


async def test_one_connection_carries_many_messages(relay: Relay) -> None:
    mailer = Mailer(settings_for(relay.port))
    replies = [await mailer.send("news@example.edu", f"r{i}@example.com", DATA) for i in range(5)]
    await mailer.close()
    assert [reply.first for reply in replies] == [True, False, False, False, False]
    assert relay.sessions == 1
    assert len(relay.messages) == 5


async def test_after_a_refusal_the_session_goes_on(relay: Relay) -> None:
    relay.say("rcpt", "550 5.1.1 No", recipient="bad@example.com")
    mailer = Mailer(settings_for(relay.port))
    codes = [(await mailer.send("news@example.edu", who, DATA)).code for who in ("bad@example.com", READER)]
    await mailer.close()
    assert codes == [550, 250]
    assert relay.sessions == 1
    assert "RSET" in relay.commands


async def test_a_session_is_left_after_so_many_messages(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "MESSAGES_PER_SESSION", 2)
    mailer = Mailer(settings_for(relay.port))
    for i in range(5):
        assert (await mailer.send("news@example.edu", f"r{i}@example.com", DATA)).code == 250
    await mailer.close()
    assert [message.session for message in relay.messages] == [1, 1, 2, 2, 3]


async def test_an_idle_session_is_left(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "IDLE_SECONDS", -1.0)
    mailer = Mailer(settings_for(relay.port))
    for _ in range(2):
        await mailer.send("news@example.edu", READER, DATA)
    await mailer.close()
    assert relay.sessions == 2


@pytest.mark.parametrize("farewell", [DROP, "421 4.4.2 Too long"])
async def test_a_connection_the_relay_gave_up_is_made_anew(relay: Relay, farewell: str) -> None:
    mailer = Mailer(settings_for(relay.port))
    await mailer.send("news@example.edu", READER, DATA)
    relay.say("mail", farewell, times=1)
    reply = await mailer.send("news@example.edu", READER, DATA)
    await mailer.close()
    assert (reply.stage, reply.code, relay.sessions) == (Stage.BODY, 250, 2)


async def test_too_many_recipients_shortens_the_sessions(relay: Relay) -> None:
    mailer = Mailer(settings_for(relay.port))
    for _ in range(2):
        await mailer.send("news@example.edu", READER, DATA)
    relay.say("rcpt", "452 4.5.3 Too many", times=1)
    full = await mailer.send("news@example.edu", READER, DATA)
    for _ in range(3):
        await mailer.send("news@example.edu", READER, DATA)
    await mailer.close()
    assert (full.enhanced, full.first) == ("4.5.3", False)
    assert [message.session for message in relay.messages] == [1, 1, 2, 2, 3]


async def test_answers_out_of_turn_end_the_session_before_they_are_mistaken(relay: Relay) -> None:
    relay.say("mail", "250 Ok\r\n250 And this", times=1)
    mailer = Mailer(settings_for(relay.port))
    assert (await mailer.send("news@example.edu", READER, DATA)).code is None
    relay.say("body", "250 2.0.0 Ok\r\n550 And this", times=1)
    assert (await mailer.send("news@example.edu", READER, DATA)).code == 250
    assert (await mailer.send("news@example.edu", READER, DATA)).code == 250
    await mailer.close()
    assert relay.sessions == 3


async def test_the_whole_transaction_has_a_limit(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "LEASE_SHARE", 0.2 / 300)
    relay.say("rcpt", STALL)
    mailer = Mailer(settings_for(relay.port, timeout=30))
    started = asyncio.get_running_loop().time()
    reply = await mailer.send("news@example.edu", READER, DATA)
    assert asyncio.get_running_loop().time() - started < 5
    assert (reply.stage, reply.code, reply.text) == (Stage.RCPT, None, "No answer in time.")


BAD = ["a b@example.com", "a@example.com>\r\nRCPT TO:<b@example.com", "nobody", "@example.com", "a@", "<a@example.com>"]


@pytest.mark.parametrize("address", BAD)
async def test_an_address_that_would_break_a_command_is_never_said(relay: Relay, address: str) -> None:
    reply = await send_one(relay, recipient=address)
    assert (reply.stage, reply.code) == (Stage.ENVELOPE, None)
    assert relay.sessions == 0


@pytest.mark.parametrize("data", [b"a\nb\r\n", b"a\rb\r\n", b"a\r\n.\n", b"a\n\r\n"])
async def test_bare_line_ends_are_refused(relay: Relay, data: bytes) -> None:
    assert (await send_one(relay, data=data)).stage is Stage.ENVELOPE
    assert relay.sessions == 0


async def test_an_international_domain_goes_in_ascii(relay: Relay) -> None:
    assert (await send_one(relay, recipient="a@bücher.example")).code == 250
    assert relay.messages[0].recipient == "a@xn--bcher-kva.example"


async def test_an_international_mailbox_needs_smtputf8(relay: Relay) -> None:
    reply = await send_one(relay, recipient="用户@example.com")
    assert reply.stage is Stage.ENVELOPE
    assert "SMTPUTF8" in reply.text
    relay.extensions.append("SMTPUTF8")
    assert (await send_one(relay, recipient="用户@example.com")).code == 250


async def test_no_address_is_kept_from_the_words_of_a_server(relay: Relay) -> None:
    relay.say("rcpt", "550-5.1.1 <a@example.com>: no such user\r\n550 5.1.1 write to postmaster@example.com\t.")
    reply = await send_one(relay)
    assert reply.text == "550 5.1.1 (address): no such user 5.1.1 write to (address) ."
    assert reply.enhanced == "5.1.1"
