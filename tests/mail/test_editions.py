"""What stands in a mail: by section, first story large, within its size; the rest links, then a number."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.errors import RenderError
from feedsvc.mail import editions
from feedsvc.mail.views import EditionPlan, RenderedBlock
from tests.mail import samples

SECTIONS = ("news", "research", "campus")
BLOCK = RenderedBlock(b"", b"")


def sized(ids: Sequence[str], story: int = 1000, link: int = 300) -> dict[str, RenderedBlock]:
    frame = dict.fromkeys(
        ("open", "top", "head", "more", "foot", *(f"section:{slug}" for slug in (*SECTIONS, ""))), BLOCK
    )
    forms = {"tease": 10, "large": 2 * story, "story": story, "link": link}
    return frame | {f"{form}:{key}": RenderedBlock(b"x" * size, b"") for form, size in forms.items() for key in ids}


def planned(ids: Sequence[str], full: int, places: Mapping[str, Sequence[str]], limit: int = 90_000) -> EditionPlan:
    return editions.plan_edition(ids, full, places, SECTIONS, sized(ids), limit)


def test_stories_stand_by_section_in_the_order_of_the_sections() -> None:
    plan = planned("abcd", 4, {"a": ["research"], "b": ["news"], "c": ["research", "news"], "d": ["news"]})
    assert plan.lead == "b"
    assert plan.keys == (
        *("open", "tease:c", "tease:d", "top", "head", "section:news", "large:b", "story:c", "story:d"),
        *("section:research", "story:a", "foot"),
    )


def test_what_is_beyond_full_is_a_link() -> None:
    plan = planned("abc", 2, {key: ["news"] for key in "abc"})
    assert plan.keys[-4:] == ("large:a", "story:b", "link:c", "foot")
    assert plan.more == 0


def test_what_belongs_to_no_section_comes_last() -> None:
    plan = planned("ab", 2, {"a": ["other"], "b": ["campus"]})
    assert plan.keys[4:] == ("head", "section:campus", "large:b", "section:", "story:a", "foot") or plan.keys[3:] == (
        "head", "section:campus", "large:b", "section:", "story:a", "foot",
    )  # fmt: skip


def test_without_any_section_there_is_no_heading() -> None:
    assert planned("a", 1, {}).keys == ("open", "top", "head", "large:a", "foot")


def test_an_empty_edition_is_a_frame() -> None:
    assert planned("", 5, {}) == EditionPlan(("open", "top", "head", "foot"))


def test_beyond_the_size_the_rest_become_links_and_then_a_number() -> None:
    ids = [f"{number:03}" for number in range(100)]
    plan = planned(ids, 100, {key: ["news"] for key in ids}, limit=20_000)
    forms = [key.partition(":")[0] for key in plan.keys]
    assert forms.count("large") == 1
    assert forms.count("story") > 3
    assert forms.count("link") > 3
    assert forms.index("link") > max(place for place, form in enumerate(forms) if form == "story")
    assert plan.more == 100 - forms.count("story") - forms.count("link") - 1
    assert plan.keys[-2:] == ("more", "foot")


@given(
    st.lists(st.sampled_from(["news", "research", "campus", "none"]), max_size=60),
    st.integers(0, 60),
    st.integers(5_000, 90_000),
)
def test_every_story_is_there_once_or_counted_and_the_size_is_kept(slugs: list[str], full: int, limit: int) -> None:
    ids = [f"{number:03}" for number in range(len(slugs))]
    blocks = sized(ids)
    plan = editions.plan_edition(
        ids, full, {key: [slug] for key, slug in zip(ids, slugs, strict=True)}, SECTIONS, blocks, limit
    )
    shown = [key.partition(":")[2] for key in plan.keys if key.partition(":")[0] in ("large", "story", "link")]
    assert len(shown) == len(set(shown))
    assert len(shown) + plan.more == len(ids)
    assert sum(len(blocks[key].html) for key in plan.keys) <= limit
    assert [key for key in plan.keys if key.startswith("large:")] == ([f"large:{plan.lead}"] if ids else [])
    # Those counted are the last ones of the edition.
    assert set(ids) - set(shown) == set(ids[len(ids) - plan.more :]) or plan.lead in ids[len(ids) - plan.more - 1 :]


def test_a_hundred_real_stories_stay_under_the_limit_of_the_mail() -> None:
    stories = [
        samples.article(number, summary="上海理工大学" * 20, title="签署战略合作框架协议" * 3) for number in range(100)
    ]
    rendered = samples.blocks(stories)
    plan = samples.plan(stories, 100, rendered)
    _, html = editions.assemble(plan, rendered)
    assert plan.more > 0
    assert len(html.fill(editions.html_slots(samples.RECIPIENT.slots()))) <= editions.HTML_LIMIT
    text, _ = editions.assemble(plan, rendered)
    assert f"{plan.more} more on the site" in editions.decode(text.fill(samples.RECIPIENT.slots()), "plain")


def test_values_of_html_slots_are_escaped() -> None:
    assert editions.html_slots({"address": "a&b\"<'@x"}) == {"address": "a&amp;b&quot;&lt;&#x27;@x"}


def test_a_block_that_was_not_rendered_is_an_error() -> None:
    with pytest.raises(RenderError, match="lacks the block 'large:x'"):
        editions.assemble(EditionPlan(("open", "large:x")), {"open": BLOCK})
