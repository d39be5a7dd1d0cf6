"""The catalogues: whole, well formed, and read when they are wanted."""

import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from feedsvc.text.words import LANGUAGES, words

PACKAGE = Path(str(resources.files("feedsvc")))
KEYWORDS = {"_": None, "gettext": None, "say": None, "ngettext": (1, 2)}
SLOT = re.compile(r"%\(\w+\)s")
MessageId = str | tuple[str, ...]


def _files() -> Iterator[tuple[str, Path]]:
    for folder in ("pages/templates", "mail/templates"):
        yield from (("jinja2.ext:babel_extract", path) for path in (PACKAGE / folder).rglob("*") if path.is_file())
    # The command line speaks English; its own `say` prints.
    yield from (("python", path) for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE / "cli")


def extracted() -> set[MessageId]:
    """Every message of the templates and of the code."""
    return {
        message
        for method, path in _files()
        for _, message, _, _ in extract_from_file(method, path, KEYWORDS, options={"trim_blocks": "true"})
    }


def catalogue() -> Catalog:
    with (PACKAGE / "text/locale/zh/LC_MESSAGES/feedsvc.po").open("rb") as source:
        return read_po(source, locale="zh", abort_invalid=True)


def messages() -> list[Message]:
    return [message for message in catalogue() if message.id]


def _first(message: MessageId | list[str]) -> str:
    return message if isinstance(message, str) else message[0]


def _forms(text: MessageId | list[str] | None) -> list[str]:
    """A message or a translation as the list of its forms."""
    return [text] if isinstance(text, str) else list(text or ())


def test_no_message_is_missing_and_none_is_left_over() -> None:
    in_use = {_first(message) for message in extracted()}
    known = {_first(message.id) for message in messages()}
    assert in_use - known == set()
    assert known - in_use == set()


def test_every_message_is_translated_and_none_is_doubtful() -> None:
    for message in messages():
        assert not message.fuzzy, message.id
        assert _forms(message.string), message.id
        assert all(_forms(message.string)), message.id


def test_translations_fill_the_same_slots() -> None:
    for message in messages():
        asked = {slot for text in _forms(message.id) for slot in SLOT.findall(text)}
        for text in _forms(message.string):
            assert set(SLOT.findall(text)) == asked, message.id


def test_chinese_is_written_as_chinese() -> None:
    for message in messages():
        for text in _forms(message.string):
            assert not re.search(r"[\u4e00-\u9fff][,.:;?!]", text), text
            assert "！" not in text


def test_chinese_speaks_chinese() -> None:
    assert words("zh").gettext("Sign up") == "订阅"
    assert words("zh-CN").gettext("Sign up") == "订阅"
    assert words("zh_Hans").ngettext("%(number)s story", "%(number)s stories", 2) == "%(number)s 篇报道"


@pytest.mark.parametrize("language", ["en", "en-GB", "de", "", "../../etc"])
def test_others_speak_english(language: str) -> None:
    assert words(language).gettext("Sign up") == "Sign up"
    assert words(language).ngettext("One thing", "Many things", 2) == "Many things"


def test_a_message_without_a_translation_stays_english() -> None:
    assert words("zh").gettext("This is in no catalogue") == "This is in no catalogue"


def test_a_catalogue_is_read_once() -> None:
    assert words("zh") is words("zh")


def test_each_language_but_the_first_has_a_catalogue() -> None:
    folders = {path.name for path in (PACKAGE / "text/locale").iterdir() if path.is_dir()}
    assert folders == set(LANGUAGES[1:])
