"""Links in mails: each leads to its page with a token for that page alone."""

from datetime import UTC, datetime, timedelta

from feedsvc.text.links import CONFIRMATION_DAYS, confirm_url, preferences_url, unsubscribe_url
from feedsvc.text.tokens import verify

BASE = "https://news.example.edu/feeds"
KEYS = (b"a-key-for-tests-only-0123456789abcdef",)
NOW = datetime(2020, 6, 8, tzinfo=UTC)


def token_of(url: str, page: str) -> str:
    start = f"{BASE}/{page}/"
    assert url.startswith(start)
    token = url.removeprefix(start)
    assert "/" not in token
    return token


def test_a_confirmation_link_names_its_subscriber_and_ends() -> None:
    token = token_of(confirm_url(BASE, KEYS, 7, "nonce", NOW), "confirm")
    end = NOW + timedelta(days=CONFIRMATION_DAYS)
    assert verify(KEYS, "confirm", token, end - timedelta(seconds=1)) == ("7", "nonce")
    assert verify(KEYS, "confirm", token, end + timedelta(seconds=1)) is None


def test_links_to_preferences_and_to_leave_work_for_years() -> None:
    later = NOW + timedelta(days=3650)
    preferences = token_of(preferences_url(BASE, KEYS, 7, "nonce"), "preferences")
    leave = token_of(unsubscribe_url(BASE, KEYS, 7, "nonce", "weekly"), "unsubscribe")
    assert verify(KEYS, "preferences", preferences, later) == ("7", "nonce")
    assert verify(KEYS, "unsubscribe", leave, later) == ("7", "nonce", "weekly")


def test_no_link_opens_another_page() -> None:
    links = {
        "confirm": confirm_url(BASE, KEYS, 7, "nonce", NOW),
        "preferences": preferences_url(BASE, KEYS, 7, "nonce"),
        "unsubscribe": unsubscribe_url(BASE, KEYS, 7, "nonce", ""),
    }
    for page, url in links.items():
        for purpose in links:
            assert (verify(KEYS, purpose, token_of(url, page), NOW) is not None) == (purpose == page)


def test_the_same_reader_gets_the_same_link_at_every_try() -> None:
    assert confirm_url(BASE, KEYS, 7, "nonce", NOW) == confirm_url(BASE, KEYS, 7, "nonce", NOW)
    assert preferences_url(BASE, KEYS, 7, "nonce") != preferences_url(BASE, KEYS, 8, "nonce")
