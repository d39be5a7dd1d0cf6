"""`feedsvc article`."""

from typing import Annotated

import typer

from feedsvc.app import App
from feedsvc.cli.printing import add_row, facts, must_be_known, print_json, say, show, table
from feedsvc.cli.running import execute
from feedsvc.errors import NotFound
from feedsvc.model.article import Article, Revision
from feedsvc.storage import categories, history, reading
from feedsvc.text.dates import story_day
from feedsvc.text.html import plain_text

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="The stories that came in.")
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_command(
    ctx: typer.Context,
    category: Annotated[str, typer.Option(help="Only this category.")] = "",
    limit: Annotated[int, typer.Option(help="How many.", min=1, max=1000)] = 20,
    json: Json = False,
) -> None:
    """List the newest published articles.

    Example: feedsvc article list --category news --limit 50
    """

    async def _action(app: App) -> tuple[list[Article], str]:
        async with app.db.read() as conn:
            must_be_known("category", category, [one.slug for one in await categories.every(conn)])
            found = await reading.latest(conn, (category,) if category else (), limit)
        return found, app.settings.site.timezone

    found, zone = execute(ctx, _action)
    if json:
        print_json([{key: value for key, value in _told(one).items() if key != "content_html"} for one in found])
        return
    if not found:
        say("No articles yet. `feedsvc source poll --all` reads the sources now.")
        return
    listing = table("date", "title", "categories", "id", whole=("date", "id"))
    for article in found:
        add_row(listing, _day(article, zone), article.title, ", ".join(article.categories), article.id)
    show(listing)


def _day(article: Article, zone: str) -> str:
    """The day that stands on the public pages."""
    if article.published_at is None:
        return "-"
    return story_day(article.published_at, article.published_is_date, zone).isoformat()


@app.command("show")
def show_command(
    ctx: typer.Context,
    article_id: Annotated[str, typer.Argument(help="The article's id, from `feedsvc article list`.", metavar="ID")],
    json: Json = False,
) -> None:
    """Show one article whole, with its revisions.

    Example: feedsvc article show 0192f3a0-6c1e-7d3a-9c51-2f1d5a6b7c8d
    """

    async def _action(app: App) -> tuple[Article, list[Revision], str]:
        async with app.db.read() as conn:
            article = await reading.get(conn, article_id)
            if article is None:
                msg = f"There is no article {article_id}. `feedsvc article list` shows those that there are."
                raise NotFound(msg)
            return article, await history.of_article(conn, article_id), app.settings.site.timezone

    article, earlier, zone = execute(ctx, _action)
    if json:
        print_json({**_told(article), "revisions": earlier})
        return
    say(article.title, style="bold")
    facts(
        {
            "state": article.state,
            "published": _day(article, zone) if article.published_at else "no date",
            "first seen": f"{article.first_seen_at:%Y-%m-%d %H:%M} UTC",
            "revision": article.revision,
            "writers": ", ".join(article.authors) or "-",
            "categories": ", ".join(article.categories) or "-",
            "source": article.source,
            "link": article.url,
        }
    )
    for one in earlier:
        say(f"revision {one.revision}, {one.changed_at:%Y-%m-%d %H:%M} UTC: {', '.join(one.changed)} changed")
    say()
    say(plain_text(article.content_html) or article.summary)


def _told(article: Article) -> dict[str, object]:
    return {name: getattr(article, name) for name in Article.__slots__}
