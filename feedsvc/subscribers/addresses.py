"""E-mail addresses as people type them: checked without asking anybody, and brought to one form."""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from feedsvc.errors import InputError

# The great majority of addresses; whatever fits is valid by RFC 5321, so that a long import need not ask the validator
# about each. Everything else is its business.
_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9_+-]{1,30}(?:\.[A-Za-z0-9_+-]{1,20}){0,2}")


def check(text: str, *, test_environment: bool = False) -> str:
    """The address in the form in which it is kept: ASCII, the domain in lower case and its xn-- form.

    `test_environment` lets domains under .test pass. Raises InputError that says what is wrong, without the address.
    """
    typed = text.strip()
    local, _, domain = typed.rpartition("@")
    if _PLAIN_LOCAL.fullmatch(local):
        ascii_domain = _domain(domain, test_environment)
        if ascii_domain:
            return f"{local}@{ascii_domain}"
    try:
        return _ascii(typed, test_environment)
    except EmailNotValidError as error:
        msg = f"This is not an e-mail address that mail can reach: {str(error).rstrip('.')}."
        raise InputError(msg) from error


@lru_cache(maxsize=4096)
def _domain(domain: str, test_environment: bool) -> str:
    """The checked domain; empty where something is wrong with it."""
    if len(domain) > 150:
        return ""
    try:
        return _ascii(f"reader@{domain}", test_environment).rpartition("@")[2]
    except EmailNotValidError:
        return ""


def _ascii(text: str, test_environment: bool) -> str:
    checked = validate_email(
        text, check_deliverability=False, strict=True, allow_smtputf8=False, test_environment=test_environment
    )
    # With SMTPUTF8 refused, there is always an ASCII form.
    return str(checked.ascii_email)
