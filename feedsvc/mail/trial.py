"""A digest as it would be now, mailed to one address for somebody to look at: marked as a test, with nobody's links."""

from feedsvc.mail.compose import single_message
from feedsvc.mail.views import Letter, Posting


def trial_message(letter: Letter, address: str, subject: str, text: str, html: str, posting: Posting) -> bytes:
    """The bytes of a test mail from its two parts. Raises InputError for an address no relay takes, RenderError."""
    return single_message(letter, address, f"[Test] {subject}", text, html, posting)
