"""How `feedsvc source add` shows what it found: the ways to read a site's news, the proposed source, its first stories."""

import re
from zoneinfo import ZoneInfo

from feedsvc.cli.printing import say, several
from feedsvc.ingest.report import CheckedItem, CheckReport
from feedsvc.model.discovery import Candidate, Discovery, Method
from feedsvc.model.newsroom import Newsroom, Source
from feedsvc.newsroom.export import export

_WAYS = {
    Method.FEED: "feed",
    Method.SITEMAP: "sitemap",
    Method.JSONLD: "stories that the page declares (JSON-LD)",
    Method.PRESET: "list of the CMS",
    Method.LIST: "list on the page",
}
_SENTENCE = re.compile(r".{20,}?(?:[.!?](?=\s)|[。！？])", re.DOTALL)
_PROMISE = re.compile(r"[:;.] it (?:is|will be) tried again (?P<when>later|in [^.;]+)(?:; [^.]+)?\.", re.IGNORECASE)
_LONGEST = 240


def print_discovery(found: Discovery, chosen: int, timezone: str) -> None:
    """Print the ways there are, the chosen one marked, with days of a zone."""
    say(f"{found.url}{f' ({found.title})' if found.title else ''}")
    for note in found.notes:
        say(note)
    for one in found.candidates:
        say()
        mark = "proposed" if one.number == found.chosen else "chosen" if one.number == chosen else ""
        say(
            f"{one.number}. {_headline(one, timezone)}{f'  <- {mark}' if mark else ''}",
            style="bold" if one.number == chosen else "",
        )
        say(f"   {one.url}")
        say(f"   {without_promise(one.why)}")


def without_promise(reason: str) -> str:
    """Why something could not be read, without "it is tried again later": only a source that was added is."""
    return _PROMISE.sub(".", reason)


def not_added(reason: str) -> str:
    """Why nothing was added; where a poll would try again later, to do so oneself."""
    promised = _PROMISE.search(reason)
    return (
        f"{without_promise(reason)} Nothing was added; try again {promised['when']}."
        if promised is not None
        else reason
    )


def _headline(one: Candidate, timezone: str) -> str:
    named = f" {one.preset}" if one.method is Method.PRESET else ""
    if one.method is Method.LIST and "item" in one.rules:
        named = f" ({one.rules['item']})"
    known = f", {several(one.stories, 'story', 'stories')}" if one.stories else ""
    newest = f", the newest of {one.newest.astimezone(ZoneInfo(timezone)):%Y-%m-%d}" if one.newest else ""
    return f"{_WAYS[one.method]}{named}{known}{newest}"


def print_source(source: Source) -> None:
    """Print a source as a newsroom file has it."""
    say()
    say("The source, as a newsroom file would have it:", style="bold")
    for line in export(Newsroom(sources=(source,))).partition("\n\n")[2].splitlines():
        say(f"   {line}")


def print_stories(report: CheckReport, source: Source) -> None:
    """Print the first stories as they would be ingested."""
    say()
    say(f"The first {several(len(report.items), 'article', 'articles')} as they would be ingested:", style="bold")
    for item in report.items:
        _print_story(item, source)
    if report.problems or report.remarks:
        say()
    for problem in report.problems:
        say(problem, style="red")
    for remark in report.remarks:
        say(remark)


def _print_story(item: CheckedItem, source: Source) -> None:
    say()
    say(f"   {item.title or '(no title)'}")
    told = [
        _day(item, source),
        f"by {', '.join(item.authors)}" if item.authors else "no author",
        f"in {', '.join(item.categories)}" if item.categories else "in no category",
        "with a picture" if item.image else "without a picture",
    ]
    say(f"   {' | '.join(told)}")
    if item.summary:
        say(f"   {_first_sentence(item.summary)}")
    say(f"   {item.url}", style="dim")
    if item.problem:
        say(f"   {item.problem}", style="red")


def _day(item: CheckedItem, source: Source) -> str:
    if item.published_at is None or item.published_is_date:
        return item.date or "no date"
    return f"{item.published_at.astimezone(ZoneInfo(source.timezone)):%Y-%m-%d %H:%M}"


def _first_sentence(text: str) -> str:
    match = _SENTENCE.match(text)
    found = match[0] if match else text
    return found if len(found) <= _LONGEST else f"{found[:_LONGEST].rstrip()}…"
