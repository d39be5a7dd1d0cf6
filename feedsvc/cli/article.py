"""`feedsvc article`: list, and the group that its other commands hang in."""

from typing import Annotated, Any

import typer

from feedsvc.app import App
from feedsvc.cli.article_acts import hold, publish, withdraw
from feedsvc.cli.article_new import import_command, new
from feedsvc.cli.article_show import short, show_command
from feedsvc.cli.printing import add_row, console, must_be_known, print_json, say, several, show, table
from feedsvc.cli.running import execute
from feedsvc.ingest import desk as acts
from feedsvc.model.article import Article, ArticleState
from feedsvc.storage import categories, desk, sources
from feedsvc.storage.desk import Choice, Stand
from feedsvc.text.dates import story_day

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="The stories that came in.")
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ANY = "any"
LONGEST_TITLE = 100
_STATES = (*(state.value for state in ArticleState), ANY)


@app.command("list")
def list_command(
    ctx: typer.Context,
    state: Annotated[
        str, typer.Option(help=f"Only those in this state: {', '.join(_STATES)}; default: published.")
    ] = "published",
    category: Annotated[str, typer.Option(help="Only this category.")] = "",
    source: Annotated[str, typer.Option(help="Only this source's.")] = "",
    search: Annotated[str, typer.Option(help="Only those with this in their title.")] = "",
    limit: Annotated[int, typer.Option(help="How many.", min=1, max=1000)] = 20,
    before: Annotated[str, typer.Option(help="Go on after this article (its id): older ones.", metavar="ID")] = "",
    json: Json = False,
) -> None:
    """List the newest articles.

    Those that are published, or those in another state.

    Example: feedsvc article list --state held --source usst-news
    """

    async def _action(app: App) -> tuple[list[Article], dict[str, Stand], dict[ArticleState, int], str]:
        async with app.db.read() as conn:
            must_be_known("state", state, _STATES)
            must_be_known("category", category, [one.slug for one in await categories.every(conn)])
            must_be_known("source", source, [one.slug for one in await sources.every(conn)] if source else [])
            wanted = Choice(None if state == ANY else ArticleState(state), source, category, search)
            last = await acts.resolve(conn, before) if before else None
            found = await desk.listed(conn, wanted, limit, last)
            stands = await desk.stands(conn, [one.id for one in found])
            return found, stands, await desk.states(conn), app.settings.site.timezone

    found, stands, states, zone = execute(ctx, _action)
    if json:
        print_json([_told(one) | {"embargo_until": stands[one.id].embargo_until} for one in found])
        return
    if found:
        _print_list(found, stands, state, zone)
    if len(found) == limit:
        say(f"Older ones: the same command with --before {short(found[-1].id)}")
    _print_others(states, state, found)


def _print_list(found: list[Article], stands: dict[str, Stand], state: str, zone: str) -> None:
    """The states stand in a column of their own where they may differ; embargoes say until when (UTC)."""
    column = {ANY: ["state"], ArticleState.EMBARGOED: ["until"]}.get(state, [])
    listing = table("date", *column, "title", "categories", "id", whole=("date", "state", "until", "id"))
    for article in found:
        until = stands[article.id].embargo_until
        lasts = f"{until:%Y-%m-%d %H:%M} UTC" if until else "-"
        standing = [lasts if name == "until" else article.state for name in column]
        add_row(
            listing, _day(article, zone), *standing, _title(article), ", ".join(article.categories), short(article.id)
        )
    show(listing)


def _print_others(states: dict[ArticleState, int], state: str, found: list[Article]) -> None:
    """What the list does not show."""
    if not states:
        say("No articles yet. `feedsvc source poll --all` reads the sources now.")
        return
    if not found:
        say("No article fits. Ask for less, or for another state: `feedsvc article list --state any`.")
    waiting = states.get(ArticleState.HELD, 0)
    if waiting and state not in (ArticleState.HELD, ANY):
        say(f"{several(waiting, 'article')} held: `feedsvc article list --state held` shows them.")


def _title(article: Article) -> str:
    """A title, cut in a pipe, which has no edge at which it would be folded."""
    if console.is_terminal or len(article.title) <= LONGEST_TITLE:
        return article.title
    return article.title[: LONGEST_TITLE - 1].rstrip() + "…"


def _day(article: Article, zone: str) -> str:
    """The day that stands on the public pages."""
    if article.published_at is None:
        return "-"
    return story_day(article.published_at, article.published_is_date, zone).isoformat()


def _told(article: Article) -> dict[str, Any]:
    return {name: getattr(article, name) for name in Article.__slots__ if name != "content_html"}


app.command("show")(show_command)
app.command("new")(new)
app.command("import")(import_command)
app.command("hold")(hold)
app.command("publish")(publish)
app.command("withdraw")(withdraw)
