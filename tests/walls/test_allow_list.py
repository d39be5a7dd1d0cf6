"""What may stand in a story is what the guide says, and nothing else."""

import re

from feedsvc.text.html import ATTRIBUTES, TAGS
from tests.walls import reference

GUIDE = (reference.DOCS / "guide.md").read_text("utf-8")


def listed(after: str) -> list[str]:
    """The words in backquotes in the paragraph that begins with `after`."""
    paragraph = next(part for part in GUIDE.split("\n\n") if part.startswith(after))
    return re.findall(r"`([^`]+)`", re.sub(r"\s+", " ", paragraph))


def test_the_guide_lists_every_element_that_stays() -> None:
    assert listed("These elements stay") == sorted(TAGS)


def test_the_guide_lists_every_attribute_that_stays() -> None:
    named = {
        attribute if tag == "*" else f"{tag} {attribute}" for tag, names in ATTRIBUTES.items() for attribute in names
    }
    assert listed("These attributes stay") == sorted(named)
