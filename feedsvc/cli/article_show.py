"""`feedsvc article show`: one article with all that is known of it, an earlier wording, or what changed last."""

import difflib
import re
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from feedsvc.app import App
from feedsvc.cli.printing import facts, print_json, say
from feedsvc.cli.running import execute
from feedsvc.errors import NotFound
from feedsvc.ingest import desk as acts
from feedsvc.model.article import Article, Revision
from feedsvc.storage import dossier, history
from feedsvc.storage.dossier import Dossier, Placed, Seen
from feedsvc.storage.history import Wording
from feedsvc.text.dates import story_day
from feedsvc.text.html import fold, plain_text, summarise

# After Chinese marks no space follows; after others one does.
_BETWEEN = re.compile(r"(?<=[。！？；])(?![”’」』）])|(?<=[。！？；][”’」』）])|(?<=[.!?])\s+")

_WORDS = ("title", "summary", "content_html")
_NAMES = {
    "content_html": "text",
    "authors": "writers",
    "image": "picture",
    "url": "link",
    "published_at": "date",
}


def show_command(
    ctx: typer.Context,
    article_id: Annotated[
        str, typer.Argument(help="Its id, or the end of it as `feedsvc article list` prints it.", metavar="ID")
    ],
    revision: Annotated[int, typer.Option(help="Show what this revision said.", min=0)] = 0,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what the last revision, or that of --revision, changed.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show one article whole.

    Where it stands, where it was seen, its categories, its revisions, its near-copies.

    Example: feedsvc article show 2f1d5a6b7c8d --diff
    """

    async def _action(app: App) -> tuple[Dossier, list[Wording], str]:
        async with app.db.read() as conn:
            found = await dossier.of_article(conn, await acts.resolve(conn, article_id))
            assert found is not None
            last = revision or found.article.revision
            numbers = [last - 1, last] if diff else [revision]
            told = [await history.wording(conn, found.article.id, number) for number in numbers if number > 0]
            return found, [one for one in told if one], app.settings.site.timezone

    found, wordings, zone = execute(ctx, _action)
    if revision and (not wordings or wordings[-1].revision != revision):
        last = found.article.revision
        msg = f"It has no revision {revision}. " + (
            f"There are 1 to {last}." if last > 1 else "There is only the first."
        )
        raise NotFound(msg)
    if json:
        print_json(wordings if revision or diff else _told(found))
    elif diff:
        _print_diff(wordings)
    elif revision:
        _print_wording(wordings[0])
    else:
        _print_all(found, zone)


def short(article_id: str) -> str:
    """The end of an id: nobody has to type more of it."""
    return article_id.rpartition("-")[2]


def _print_all(found: Dossier, zone: str) -> None:
    article = found.article
    say(article.title, style="bold")
    told: dict[str, object] = {"state": _state(found)}
    if found.stand.reason:
        told["reason"] = found.stand.reason
    told |= {
        "published": _day(article, zone),
        "first seen": f"{article.first_seen_at:%Y-%m-%d %H:%M} UTC",
        "mail": _mail(found),
        "revision": article.revision,
        "writers": ", ".join(article.authors) or "-",
        "categories": ", ".join(map(_placed, found.placed)) or "-",
        "source": article.source,
        "link": article.url,
        "id": article.id,
    }
    facts(told)
    for seen in dict.fromkeys(map(_seen, found.origins)):
        say(seen)
    for one in found.revisions if article.revision > 1 else ():
        say(_revision(one))
    for copy in found.near_copies:
        say(f"nearly the same: {copy.title} ({copy.source}, {short(copy.id)})")
    say()
    say(plain_text(article.content_html) or article.summary)


def _state(found: Dossier) -> str:
    until = found.stand.embargo_until
    gone = found.stand.withdrawn_at
    if gone:
        return f"{found.stand.state} since {gone:%Y-%m-%d %H:%M} UTC"
    return f"{found.stand.state} until {until:%Y-%m-%d %H:%M} UTC" if until else found.stand.state.value


def _mail(found: Dossier) -> str:
    if any(place.entered_at for place in found.placed):
        return "in the digests of its categories"
    return "for digests, once it is published" if found.stand.mailable else "never (it was old or one of a burst)"


def _placed(place: Placed) -> str:
    return place.category if place.placed_by == "rule" else f"{place.category} (by {place.placed_by})"


def _seen(seen: Seen) -> str:
    own = f", there called {seen.upstream_id}" if seen.upstream_id else ""
    return (
        f"seen: {seen.source}, {seen.first_seen_at:%Y-%m-%d %H:%M} to {seen.last_seen_at:%Y-%m-%d %H:%M} UTC, "
        f"{seen.url}{own}"
    )


def _revision(one: Revision) -> str:
    what = f"{_fields(one.changed)} changed" if one.changed else "first read"
    return f"revision {one.revision}, {one.changed_at:%Y-%m-%d %H:%M} UTC: {what}"


def _fields(names: Iterable[str]) -> str:
    """Fields in the words of people."""
    return ", ".join(_NAMES.get(name, name) for name in names)


def _day(article: Article, zone: str) -> str:
    if article.published_at is None:
        return "no date"
    return story_day(article.published_at, article.published_is_date, zone).isoformat()


def _told(found: Dossier) -> dict[str, Any]:
    article = found.article
    told = {name: getattr(article, name) for name in Article.__slots__}
    return told | {
        "embargo_until": found.stand.embargo_until,
        "withdrawn_at": found.stand.withdrawn_at,
        "mailable": found.stand.mailable,
        "reason": found.stand.reason,
        "placed": found.placed,
        "origins": found.origins,
        "revisions": found.revisions,
        "near_copies": [{"id": one.id, "title": one.title, "source": one.source} for one in found.near_copies],
    }


def _print_wording(one: Wording) -> None:
    say(one.title, style="bold")
    say()
    say(plain_text(one.content_html) or one.summary)


def _print_diff(wordings: list[Wording]) -> None:
    """Part by part, sentences that went and those that came; then what else is different."""
    if len(wordings) < 2:
        say("It is the first revision: nothing had changed before it.")
        return
    before, after = wordings
    worded = [part for part in _parts(before, after) if part[1] != part[2]]
    for name, old, new in worded:
        say(f"{name}:", style="bold")
        _print_changes(old, new)
    others = tuple(name for name in after.changed if name not in _WORDS)
    if others:
        say(f"{'Also changed' if worded else 'The words are the same. Changed'}: {_fields(others)}.")
    elif not worded:
        say("The words are the same: only their markup, links or pictures in the text changed.")


def _parts(before: Wording, after: Wording) -> list[tuple[str, list[str], list[str]]]:
    """Title, summary and text of two wordings, in sentences. A summary that only repeats the text is left out."""
    told = [
        ("title", [before.title], [after.title]),
        ("summary", _sentences(before.summary), _sentences(after.summary)),
        ("text", _sentences(plain_text(before.content_html)), _sentences(plain_text(after.content_html))),
    ]
    return [part for part in told if part[0] != "summary" or not (_repeats(before) and _repeats(after))]


def _repeats(one: Wording) -> bool:
    """Is the summary the beginning of the text, as it is where nobody wrote one?"""
    text = plain_text(one.content_html)
    return fold(text).startswith(fold(one.summary).rstrip("…")) or one.summary == summarise(text)


def _print_changes(before: list[str], after: list[str]) -> None:
    """What stayed stands around what changed, two sentences at the most."""
    for line in list(difflib.unified_diff(before, after, n=2, lineterm=""))[2:]:
        if line.startswith("@@"):
            say("...")
        else:
            say(f"{line[0]} {line[1:]}", style={"-": "red", "+": "green"}.get(line[0], ""))


def _sentences(text: str) -> list[str]:
    """A text in sentences, each a line: a changed word then shows one sentence, in Chinese, too."""
    return [part.strip() for line in text.split("\n") for part in _BETWEEN.split(line) if part.strip()]
