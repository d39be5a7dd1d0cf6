"""What a relay answered, and to which command."""

import re
from dataclasses import dataclass
from enum import StrEnum

_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_ADDRESS = re.compile(r"<?[^\s<>@]+@[^\s<>@]+>?")


class Stage(StrEnum):
    """The part of an SMTP transaction (RFC 5321, section 3.3) that a reply belongs to.

    `ENVELOPE`: nothing was said to the relay, because the address or the bytes cannot be. `BODY`: everything from the
    first byte of the message to the reply to its final dot.
    """

    CONNECT = "connect"
    TLS = "tls"
    AUTH = "auth"
    ENVELOPE = "envelope"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `code` is None where there was none (dropped, timed out) or none that could be read.

    `enhanced` is the RFC 3463 code such as 5.1.1, empty where there is none. `text` holds the server's words, with
    addresses taken out, or ours. `first`: no other message had been offered in this session.
    """

    stage: Stage
    code: int | None
    text: str
    enhanced: str = ""
    first: bool = True


def read_reply(stage: Stage, code: int, text: str, first: bool = True) -> Reply:
    """A Reply from what the protocol read. A code outside 200 to 599 is no answer: it becomes None."""
    found = _ENHANCED.match(text)
    # RFC 3463, section 2: its class agrees with the basic code's; one that does not says nothing.
    enhanced = found.group() if found and code // 100 == int(found.group(1)) else ""
    # aiosmtplib says -1 for a line that begins with no number.
    words = f"{code if code > 0 else ''} {clean(text)}".strip()
    return Reply(stage, code if 200 <= code <= 599 else None, words, enhanced, first)


def clean(text: str) -> str:
    """A server's words on one line, without controls and without anybody's address, at most 500 characters."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text[:2000])
    return " ".join(_ADDRESS.sub("(address)", printable).split())[:500]
