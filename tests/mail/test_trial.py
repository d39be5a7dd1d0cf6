"""A test mail: marked, to one address, with no list behind it."""

from email import message_from_bytes, policy

from feedsvc.mail import compose, views
from feedsvc.mail.trial import trial_message
from tests.mail import samples

LETTER = views.Letter(views.sender_view(samples.SETTINGS), samples.SETTINGS.site, "en")


def test_a_test_mail_says_so_and_holds_both_parts() -> None:
    raw = trial_message(LETTER, "editor@example.edu", "USST weekly 学", ".text\n", "<p>.html</p>\n", samples.POSTING)
    message = message_from_bytes(raw, policy=policy.default)
    assert message.keys() == list(compose.LETTER_HEADERS)
    assert message["Subject"] == "[Test] USST weekly 学"
    assert message["To"] == "editor@example.edu"
    text, html = (str(part.get_content()) for part in message.iter_parts())
    assert (text.replace("\r\n", "\n"), html.replace("\r\n", "\n")) == (".text\n", "<p>.html</p>\n")
