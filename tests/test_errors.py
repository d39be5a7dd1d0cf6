"""The error tree: stable codes, one root, sentences that arrive as they were written."""

import pickle

import pytest

from feedsvc import errors

KNOWN = [cls for cls in errors.all_errors() if cls.__module__ == errors.__name__]


def test_the_root_comes_first_and_holds_all() -> None:
    assert KNOWN[0] is errors.FeedsvcError
    assert all(issubclass(cls, errors.FeedsvcError) for cls in KNOWN)
    assert len(set(KNOWN)) == len(KNOWN)


def test_every_class_has_a_code_of_its_own() -> None:
    assert all("code" in vars(cls) for cls in KNOWN)
    assert all(cls.code.replace("_", "").isalpha() and cls.code.islower() for cls in KNOWN)


@pytest.mark.parametrize("cls", KNOWN)
def test_the_sentence_is_the_message_and_survives_a_process_boundary(cls: type[errors.FeedsvcError]) -> None:
    # Pages are read in a process of their own: its errors must come back whole.
    error = cls("The page answered, but no list was found on it.")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is cls
    assert str(again) == "The page answered, but no list was found on it."


def test_a_fetch_error_tells_when_to_come_again() -> None:
    error = errors.FetchError("The site is busy.", retry_after=120.0, status=503)
    again = pickle.loads(pickle.dumps(error))
    assert (again.retry_after, again.status) == (120.0, 503)
    assert errors.FetchError("no").retry_after is None
