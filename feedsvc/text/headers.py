"""Text that is safe in the header of a mail: the one way in which free text gets there (FAULTS, trap 1).

Python's own `email` writes a real second header for a title such as `=?utf-8?q?a=0D=0ABcc:_x?=` (CVE-2024-6923, on
3.11.7 and 3.12.1), so nothing here leans on it: text is cleaned of controls, encoded (RFC 2047) and folded (RFC 5322,
section 2.2.3) by us, and `check_names` reads the finished block as a stranger would.

A header is returned as whole lines, `Name: value`, folded with CRLF + space and ended by CRLF.
"""

import base64
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from feedsvc.errors import InputError, RenderError

LINE = 76
"""Characters a line may have: RFC 2047, section 2, is stricter than RFC 5322's 78."""

_WORD = 75
_HARD_LIMIT = 998
# Marks that turn the direction of all that follows: a title must not reorder the line it stands on.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_PLAIN = re.compile(r"[ -~]*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_PLAIN_URL = re.compile(r"https?://[a-z0-9]+(?:[.-][a-z0-9]+)*(?::[0-9]{1,5})?/[A-Za-z0-9/%:=&?@!*+,;~._-]*")
_MAILBOX = re.compile(r"(?P<name>.*?)\s*<(?P<address>[^<>]*)>", re.DOTALL)
# Fields of printable ASCII, each on one line and continuation lines that are not empty.
_BLOCK = re.compile(rb"(?:[!-9;-~]+: [ -~]+\r\n(?: [ -~]*[!-~] *\r\n)*)+")
_NAME = re.compile(rb"^([!-9;-~]+):", re.MULTILINE)
# What may stand for itself in a Q word, in a display name too (RFC 2047, section 5 (3)).
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A display name (any text, may be empty) and an ASCII address."""

    name: str
    address: str


def clean(text: str) -> str:
    """One line of text: controls, lone surrogates and turning marks gone, breaks and runs of any spaces one space."""
    if _PLAIN.fullmatch(text):
        return re.sub(" {2,}", " ", text).strip(" ")
    kept = (" " if char.isspace() else char for char in text)
    visible = (char for char in kept if char not in _TURNING and unicodedata.category(char) not in ("Cc", "Cs"))
    return re.sub(" {2,}", " ", "".join(visible)).strip(" ")


def text_header(name: str, text: str) -> str:
    """An unstructured header, such as Subject, from any text."""
    return _lines(name, _phrase_words(clean(text), LINE - len(name) - 2))


def mailbox_header(name: str, mailboxes: Sequence[Mailbox]) -> str:
    """A header of one or more mailboxes, such as From or To. Raises InputError for an address that cannot be used."""
    words: list[str] = []
    room = LINE - len(name) - 2
    for position, mailbox in enumerate(mailboxes):
        comma = "," if position < len(mailboxes) - 1 else ""
        address = ascii_address(mailbox.address)
        shown = clean(mailbox.name)
        words += [*_display_name(shown, room), f"<{address}>{comma}"] if shown else [address + comma]
    return _lines(name, words)


def list_id_header(title: str, identifier: str) -> str:
    """`List-Id: title <identifier>` (RFC 2919); `identifier` is a dotted ASCII name."""
    if not _DOT_ATOM.fullmatch(identifier):
        msg = f"{identifier!r} cannot identify a list: use ASCII letters, digits, hyphens and dots."
        raise RenderError(msg)
    return _lines("List-Id", [*_display_name(clean(title), LINE - 9), f"<{identifier}>"])


def plain_header(name: str, value: str) -> str:
    """A header whose value is made by us and is printable ASCII already. Raises RenderError where it is not."""
    if not _PLAIN.fullmatch(value) or "=?" in value or len(name) + len(value) + 2 > _HARD_LIMIT:
        msg = f"The header {name} cannot hold {value[:80]!r}."
        raise RenderError(msg)
    return _lines(name, value.split(" "))


def url_header(name: str, *urls: str) -> str:
    """A header of addresses in angle brackets (RFC 2369): http, https or mailto, made ASCII. Raises RenderError."""
    return plain_header(name, ", ".join(f"<{ascii_url(url)}>" for url in urls))


def parse_mailbox(text: str) -> Mailbox:
    """`USST News <news@example.edu>`, or an address alone, as a person writes it. Raises InputError."""
    match = _MAILBOX.fullmatch(text.strip())
    if match is None:
        return Mailbox("", ascii_address(text.strip()))
    name = match["name"].strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return Mailbox(clean(name), ascii_address(match["address"].strip()))


def ascii_address(address: str) -> str:
    """An address that any relay takes: its domain in ASCII (IDNA). Raises InputError with a sentence.

    The part before the @ must be ASCII: others need SMTPUTF8 (RFC 6531) on the whole way, which we do not ask for.
    """
    local, at, domain = address.rpartition("@")
    if not local.isascii():
        msg = f"{address!r} has letters before the @ that not every mail server takes. Use an address in plain ASCII."
        raise InputError(msg)
    # An address that looks like an encoded word is legal by the letter and nobody's: see the trap above.
    if not at or not _DOT_ATOM.fullmatch(local) or len(local) > 64 or "=?" in local:
        msg = f"{address!r} is not an e-mail address such as name@example.edu."
        raise InputError(msg)
    result = f"{local}@{ascii_domain(domain)}"
    if len(result) > 254:
        msg = f"The address {result[:60]}… is longer than 254 characters."
        raise InputError(msg)
    return result


def ascii_domain(domain: str) -> str:
    """A host name in ASCII (IDNA). Raises InputError."""
    try:
        plain = domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        plain = ""
    if not plain or len(plain) > 253 or not all(_LABEL.fullmatch(label) for label in plain.split(".")):
        msg = f"{domain!r} is not a domain name such as example.edu."
        raise InputError(msg)
    return plain


def ascii_url(url: str) -> str:
    """An http, https or mailto address in printable ASCII: host by IDNA, the rest by percent. Raises RenderError."""
    if _PLAIN_URL.fullmatch(url):
        return url
    try:
        parts = urlsplit(clean(url))
        port = f":{parts.port}" if parts.port else ""
        host = parts.hostname or ""
        place = f"[{host}]" if ":" in host else ascii_domain(host) if host else ""
    except (ValueError, InputError) as error:
        msg = f"{url[:80]!r} cannot be put into a mail as an address."
        raise RenderError(msg) from error
    if parts.scheme not in ("http", "https", "mailto") or bool(host) == (parts.scheme == "mailto"):
        msg = f"{url[:80]!r} cannot be put into a mail as an address: only http, https and mailto can."
        raise RenderError(msg)
    safe = "/%:=&?@!$'()*+,;~-._"
    rest = (quote(parts.path, safe), quote(parts.query, safe), quote(parts.fragment, safe))
    return urlunsplit((parts.scheme, place + port, *rest))


def check_names(block: bytes, expected: Iterable[str]) -> None:
    """See that a finished header block has exactly the expected names, in any order. Raises RenderError.

    `block` is the lines up to and without the empty one, CRLF at the end of each. This is what keeps a fault elsewhere
    from becoming a header of somebody else's making.
    """
    if not _BLOCK.fullmatch(block) or max(map(len, block.split(b"\r\n"))) > _HARD_LIMIT:
        msg = "The mail's header has a line that must not be there: a control, a stray line break, or too long a line."
        raise RenderError(msg)
    names = [name.decode() for name in _NAME.findall(block)]
    if sorted(names) != sorted(expected):
        msg = f"The mail's header has other names than it should: {', '.join(names)}."
        raise RenderError(msg)


def _lines(name: str, words: Iterable[str]) -> str:
    """Put words, a space between, onto lines of at most LINE characters where words allow it."""
    lines = [f"{name}:"]
    for word in words:
        # The first word stays beside the name whatever its length: a line of a name alone confuses some readers.
        if len(lines[-1]) + 1 + len(word) > LINE and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines) + "\r\n"


def _phrase_words(text: str, room: int) -> list[str]:
    """The words of a header: as they are where that is safe, else encoded words, the first of at most `room`."""
    words = text.split(" ")
    if _PLAIN.fullmatch(text) and "=?" not in text and all(len(word) < LINE - 20 for word in words):
        return words
    return _encoded_words(text, room)


def _display_name(name: str, room: int) -> list[str]:
    if "=?" not in name and len(name) <= room - 2:
        if _ATOMS.fullmatch(name):
            return [name]
        if _PLAIN.fullmatch(name):
            return ['"' + re.sub(r'(["\\])', r"\\\1", name) + '"']
    return _encoded_words(name, room)


def _encoded_words(text: str, room: int) -> list[str]:
    """RFC 2047 words in B or Q, whichever is shorter; each holds whole characters and decodes by itself."""
    as_q = _q_length(text) <= len(text.encode()) * 4 / 3
    words: list[str] = []
    piece, used, limit = "", 0, _capacity(min(room, _WORD), as_q)
    for char in text:
        cost = _q_length(char) if as_q else len(char.encode())
        if piece and used + cost > limit:
            words.append(_encoded_word(piece, as_q))
            piece, used, limit = "", 0, _capacity(_WORD, as_q)
        piece, used = piece + char, used + cost
    return [*words, _encoded_word(piece, as_q)]


def _capacity(room: int, as_q: bool) -> int:
    """What an encoded word of `room` characters can hold: characters of Q, or bytes for B."""
    return room - 12 if as_q else (room - 12) // 4 * 3


def _q_length(text: str) -> int:
    return sum(1 if byte in _Q_SAFE or byte == 0x20 else 3 for byte in text.encode())


def _encoded_word(text: str, as_q: bool) -> str:
    data = text.encode()
    if not as_q:
        return f"=?utf-8?b?{base64.b64encode(data).decode()}?="
    body = "".join("_" if byte == 0x20 else chr(byte) if byte in _Q_SAFE else f"={byte:02X}" for byte in data)
    return f"=?utf-8?q?{body}?="
