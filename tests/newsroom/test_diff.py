"""What would change, and in which order."""

from dataclasses import replace

from hypothesis import given

from feedsvc.model.newsroom import Category, Digest, Newsroom, ReaderList, Source, SourceKind
from feedsvc.newsroom.diff import Act, Change, FieldChange, What, describe, diff, merge
from tests.newsroom.rooms import newsrooms

NEWS, BANNER, MEDIA = Category("news", "News"), Category("banner", "Banner"), Category("media", "Media")
SITE = Source("site", SourceKind.PAGE, "https://a.example.edu/", categories=("news",))
ALUMNI = ReaderList("alumni", "Alumni")
WEEKLY = Digest("weekly", "Weekly", "0 8 * * mon", lists=("alumni",))
ROOM = Newsroom((NEWS, BANNER), (SITE,), (ALUMNI,), (WEEKLY,))


def test_an_empty_database_gets_everything_in_the_order_of_the_tables() -> None:
    assert [(change.act, change.what, change.slug) for change in diff(Newsroom(), ROOM)] == [
        (Act.ADD, What.CATEGORY, "news"),
        (Act.ADD, What.CATEGORY, "banner"),
        (Act.ADD, What.SOURCE, "site"),
        (Act.ADD, What.LIST, "alumni"),
        (Act.ADD, What.DIGEST, "weekly"),
    ]


def test_a_change_names_its_fields() -> None:
    wanted = Newsroom(sources=(replace(SITE, title="Site", category_map={"x": "banner"}),))
    assert diff(ROOM, wanted) == (
        Change(
            Act.CHANGE,
            What.SOURCE,
            "site",
            (FieldChange("title", "", "Site"), FieldChange("map", {}, {"x": "banner"})),
        ),
    )


def test_what_is_not_named_stays_unless_pruned() -> None:
    wanted = Newsroom(categories=(NEWS,))
    assert diff(ROOM, wanted) == ()
    assert [(change.act, change.what, change.slug) for change in diff(ROOM, wanted, prune=True)] == [
        (Act.REMOVE, What.DIGEST, "weekly"),
        (Act.REMOVE, What.LIST, "alumni"),
        (Act.REMOVE, What.SOURCE, "site"),
        (Act.REMOVE, What.CATEGORY, "banner"),
    ]


def test_order_follows_the_file_among_what_it_names() -> None:
    old = Newsroom(categories=(NEWS, MEDIA, BANNER))
    wanted = Newsroom(categories=(BANNER, Category("new", "New"), NEWS))
    assert [category.slug for category in merge(old, wanted).categories] == ["banner", "new", "media", "news"]
    ordered = diff(old, wanted)[-1]
    assert ordered == Change(
        Act.ORDER,
        What.CATEGORY,
        "",
        (FieldChange("order", ["news", "media", "banner"], ["banner", "media", "news"]),),
    )
    assert describe(ordered) == '~ category: order ["news", "media", "banner"] -> ["banner", "media", "news"]'


def test_a_new_first_thing_goes_before_what_it_precedes() -> None:
    old, wanted = Newsroom(categories=(MEDIA, NEWS)), Newsroom(categories=(BANNER, NEWS))
    assert [category.slug for category in merge(old, wanted).categories] == ["media", "banner", "news"]
    alone = merge(old, Newsroom(categories=(BANNER,)))
    assert [category.slug for category in alone.categories] == ["media", "news", "banner"]


def test_changes_are_told_in_one_line_each() -> None:
    added, changed, removed = diff(ROOM, Newsroom(categories=(replace(NEWS, title="New"), MEDIA)), prune=True)[:3]
    assert describe(added) == '~ category news: title "News" -> "New"'
    assert describe(changed) == "+ category media"
    assert describe(removed) == "- digest weekly"


@given(newsrooms(), newsrooms())
def test_applying_twice_changes_nothing(old: Newsroom, wanted: Newsroom) -> None:
    for prune in (False, True):
        after = merge(old, wanted, prune)
        assert diff(after, wanted, prune) == ()
        assert merge(after, wanted, prune) == after


@given(newsrooms(), newsrooms())
def test_everything_wanted_is_there_in_its_order_and_nothing_else_is_lost(old: Newsroom, wanted: Newsroom) -> None:
    after = merge(old, wanted)
    named = {source.slug for source in wanted.sources}
    assert [source for source in after.sources if source.slug not in named] == [
        source for source in old.sources if source.slug not in named
    ]
    assert sorted(after.sources, key=lambda source: source.slug) == sorted(
        [*wanted.sources, *(source for source in old.sources if source.slug not in named)],
        key=lambda source: source.slug,
    )


@given(newsrooms())
def test_a_full_file_decides_the_order(wanted: Newsroom) -> None:
    shuffled = replace(wanted, categories=wanted.categories[::-1][1:], sources=wanted.sources[2:][::-1])
    assert merge(shuffled, wanted) == wanted
