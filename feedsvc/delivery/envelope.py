"""A message as SMTP says it: the arguments of MAIL and RCPT, and the bytes after DATA. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Envelope:
    """The words of MAIL and RCPT, and the message with its dots doubled and its final dot.

    `needs_utf8`: an address has letters beyond ASCII before its @ (RFC 6531).
    """

    mail: tuple[bytes, ...]
    rcpt: tuple[bytes, ...]
    body: bytes
    needs_utf8: bool


def make_envelope(envelope_from: str, recipient: str, data: bytes) -> Envelope:
    """Raises ValueError for what SMTP cannot say: an address with blanks, controls or brackets; a bare CR or LF."""
    sender, reader = _mailbox(envelope_from), _mailbox(recipient)
    ends = data.count(b"\r\n")
    if data.count(b"\n") != ends or data.count(b"\r") != ends:
        # What one server takes for the end of a line another does not: the way to smuggle a second message in.
        msg = "The message has a bare CR or LF."
        raise ValueError(msg)
    needs_utf8 = not (sender + reader).isascii()
    options = (b"SMTPUTF8",) if needs_utf8 else ()
    mail = (b"MAIL", b"FROM:<" + sender.encode() + b">", *options)
    return Envelope(mail, (b"RCPT", b"TO:<" + reader.encode() + b">"), _dotted(data), needs_utf8)


def _dotted(data: bytes) -> bytes:
    """RFC 5321, section 4.5.2: a dot at the start of a line is doubled; a line with one dot ends the message."""
    lines = data.replace(b"\r\n.", b"\r\n..")
    first = b"." if lines.startswith(b".") else b""
    last = b"" if lines.endswith(b"\r\n") else b"\r\n"
    return first + lines + last + b".\r\n"


def _mailbox(address: str) -> str:
    local, at, domain = address.rpartition("@")
    if not (at and local and domain) or not all(_may_stand(letter) for letter in address):
        msg = "The address cannot be used in SMTP."
        raise ValueError(msg)
    return address if domain.isascii() else f"{local}@{domain.encode('idna').decode()}"


def _may_stand(letter: str) -> bool:
    return letter.isprintable() and not letter.isspace() and letter not in '<>"\\'
