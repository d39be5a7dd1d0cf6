"""`feedsvc article show`: one article with all that is known of it, an earlier wording, or what changed last."""

import difflib
import re
from typing import Annotated, Any

import typer

from feedsvc.app import App
from feedsvc.cli.printing import facts, print_json, say
from feedsvc.cli.running import execute
from feedsvc.errors import NotFound, UsageError
from feedsvc.ingest import desk as acts
from feedsvc.model.article import Article, Revision
from feedsvc.storage import dossier, history
from feedsvc.storage.dossier import Dossier, Placed, Seen
from feedsvc.storage.history import Wording
from feedsvc.text.dates import story_day
from feedsvc.text.html import plain_text

# After Chinese marks no space follows; after others one does.
_BETWEEN = re.compile(r"(?<=[。！？；])(?![”’」』）])|(?<=[。！？；][”’」』）])|(?<=[.!?])\s+")


def show_command(
    ctx: typer.Context,
    article_id: Annotated[
        str, typer.Argument(help="Its id, or the end of it as `feedsvc article list` prints it.", metavar="ID")
    ],
    revision: Annotated[int, typer.Option(help="Show what this revision said.", min=0)] = 0,
    diff: Annotated[bool, typer.Option("--diff", help="Show what the last revision changed.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show one article whole.

    Where it stands, where it was seen, its categories, its revisions, its near-copies.

    Example: feedsvc article show 2f1d5a6b7c8d --diff
    """
    if revision and diff:
        msg = "Ask for one revision, or for what the last one changed: not for both."
        raise UsageError(msg)

    async def _action(app: App) -> tuple[Dossier, list[Wording], str]:
        async with app.db.read() as conn:
            found = await dossier.of_article(conn, await acts.resolve(conn, article_id))
            assert found is not None
            last = found.article.revision
            numbers = [revision] if revision else [last - 1, last] if diff else []
            told = [await history.wording(conn, found.article.id, number) for number in numbers if number > 0]
            return found, [one for one in told if one], app.settings.site.timezone

    found, wordings, zone = execute(ctx, _action)
    if revision and not wordings:
        last = found.article.revision
        msg = f"It has no revision {revision}. " + (
            f"There are 1 to {last}." if last > 1 else "There is only the first."
        )
        raise NotFound(msg)
    if json:
        print_json(wordings if revision or diff else _told(found))
    elif revision:
        _print_wording(wordings[0])
    elif diff:
        _print_diff(wordings)
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
    what = f"{', '.join(one.changed)} changed" if one.changed else "first read"
    return f"revision {one.revision}, {one.changed_at:%Y-%m-%d %H:%M} UTC: {what}"


def _day(article: Article, zone: str) -> str:
    if article.published_at is None:
        return "no date"
    return story_day(article.published_at, article.published_is_date, zone).isoformat()


def _told(found: Dossier) -> dict[str, Any]:
    article = found.article
    told = {name: getattr(article, name) for name in Article.__slots__}
    return told | {
        "embargo_until": found.stand.embargo_until,
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
    """Sentences that went, and those that came; what stayed stands around them, two at the most."""
    if len(wordings) < 2:
        say("It has one revision: nothing has changed since it came.")
        return
    before, after = (_sentences(one) for one in wordings)
    if before == after:
        say("The words are the same: links, pictures, writers or dates changed.")
        return
    lines = difflib.unified_diff(before, after, n=2, lineterm="")
    for line in list(lines)[2:]:
        if line.startswith("@@"):
            say("...")
        else:
            say(f"{line[0]} {line[1:]}", style={"-": "red", "+": "green"}.get(line[0], ""))


def _sentences(one: Wording) -> list[str]:
    """Title, summary and text in sentences, each a line: a changed word then shows one sentence, in Chinese, too."""
    lines = [one.title, one.summary, *plain_text(one.content_html).split("\n")]
    return [part.strip() for line in lines for part in _BETWEEN.split(line) if part.strip()]
