"""Addresses: what is taken, and in which form it is kept."""

import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.errors import InputError
from feedsvc.subscribers import addresses


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("lu.wen@example.edu", "lu.wen@example.edu"),
        ("  Lu.Wen@EXAMPLE.Edu \n", "Lu.Wen@example.edu"),
        ("reader+news@例子.cn", "reader+news@xn--fsqu00a.cn"),
        ("reader@xn--fsqu00a.cn", "reader@xn--fsqu00a.cn"),
        ("o'neill@example.edu", "o'neill@example.edu"),
        (f"{'a' * 64}@example.edu", f"{'a' * 64}@example.edu"),
    ],
)
def test_one_form_is_kept(typed: str, kept: str) -> None:
    assert addresses.check(typed) == kept
    assert addresses.check(kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "lu.wen",
        "@example.edu",
        "lu wen@example.edu",
        "lu..wen@example.edu",
        ".lu@example.edu",
        "a@b@example.edu",
        "a@localhost",
        "a@[127.0.0.1]",
        '"a b"@example.edu',
        "a@example.edu\r\nBcc: x@example.org",
        "Lu Wen <lu.wen@example.edu>",
        "用户@example.edu",
        "a@exa_mple.edu",
        f"{'a' * 65}@example.edu",
        f"a@{'b' * 300}.edu",
        "a@reader.test",
    ],
)
def test_others_are_refused_without_repeating_them(typed: str) -> None:
    with pytest.raises(InputError) as caught:
        addresses.check(typed)
    assert str(caught.value).endswith(".")
    assert "Wen <" not in str(caught.value)


def test_test_domains_pass_where_they_are_allowed() -> None:
    assert addresses.check("a@reader.test", test_environment=True) == "a@reader.test"
    with pytest.raises(InputError):
        addresses.check("a@reader.test")


@given(st.from_regex(r"[A-Za-z0-9_+.'-]{1,70}@[a-z]{1,3}\.example\.edu", fullmatch=True))
def test_the_short_way_agrees_with_the_validator(typed: str) -> None:
    try:
        expected = validate_email(typed, check_deliverability=False, allow_smtputf8=False, strict=True).ascii_email
    except ValueError:
        with pytest.raises(InputError):
            addresses.check(typed)
    else:
        assert addresses.check(typed) == expected
