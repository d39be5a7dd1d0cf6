"""A digest as it would be now, mailed to one address for somebody to look at: marked as a test, with nobody's links."""

from feedsvc.mail import blocks
from feedsvc.mail.compose import LETTER_HEADERS, _common, _message, _personal
from feedsvc.mail.views import Letter, Posting
from feedsvc.text.headers import Mailbox


def trial_message(letter: Letter, address: str, subject: str, text: str, html: str, posting: Posting) -> bytes:
    """The bytes of a test mail from its two parts. Raises InputError for an address no relay takes, RenderError."""
    personal = _personal(letter.sender, Mailbox("", address), posting)
    lines = (*personal, *_common(letter.sender, f"[Test] {subject}", letter.language))
    parts = (blocks.encode_value(text), blocks.encode_value(html))
    return _message("".join(lines).encode("ascii"), LETTER_HEADERS, *parts)
