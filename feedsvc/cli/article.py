"""`feedsvc article`."""

from typing import Annotated

import typer

from feedsvc.app import App
from feedsvc.cli.running import console, execute, print_json, table
from feedsvc.errors import NotFound
from feedsvc.model.article import Article, Revision
from feedsvc.storage import history, reading
from feedsvc.text.html import plain_text

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="The stories that came in.")
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

    async def action(app: App) -> list[Article]:
        async with app.db.read() as conn:
            return await reading.latest(conn, (category,) if category else (), limit)

    found = execute(ctx, action)
    if json:
        print_json(
            [{key: value for key, value in _facts(article).items() if key != "content_html"} for article in found]
        )
        return
    if not found:
        console.print("No articles yet. `feedsvc source poll --all` reads the sources now.")
        return
    shown = table("date", "title", "categories", "id")
    for article in found:
        day = article.published_at.date().isoformat() if article.published_at else "-"
        shown.add_row(day, article.title, ", ".join(article.categories), article.id)
    console.print(shown)


@app.command()
def show(
    ctx: typer.Context,
    article_id: Annotated[str, typer.Argument(help="The article's id, from `feedsvc article list`.", metavar="ID")],
    json: Json = False,
) -> None:
    """Show one article whole, with its revisions.

    Example: feedsvc article show 0192f3a0-6c1e-7d3a-9c51-2f1d5a6b7c8d
    """

    async def action(app: App) -> tuple[Article, list[Revision]]:
        async with app.db.read() as conn:
            article = await reading.get(conn, article_id)
            if article is None:
                msg = f"There is no article {article_id}. `feedsvc article list` shows those that there are."
                raise NotFound(msg)
            return article, await history.of_article(conn, article_id)

    article, earlier = execute(ctx, action)
    if json:
        print_json({**_facts(article), "revisions": earlier})
        return
    console.print(article.title, style="bold", markup=False)
    facts = {
        "state": article.state,
        "published": article.published_at.isoformat() if article.published_at else "no date",
        "first seen": article.first_seen_at.isoformat(timespec="seconds"),
        "revision": str(article.revision),
        "writers": ", ".join(article.authors) or "-",
        "categories": ", ".join(article.categories) or "-",
        "source": article.source,
        "link": article.url,
    }
    for name, value in facts.items():
        console.print(f"{name + ':':<12}{value}", markup=False)
    for revision in earlier:
        line = f"revision {revision.revision}, {revision.changed_at:%Y-%m-%d %H:%M} UTC: {', '.join(revision.changed)}"
        console.print(line, markup=False)
    console.print()
    console.print(plain_text(article.content_html) or article.summary, markup=False)


def _facts(article: Article) -> dict[str, object]:
    return {name: getattr(article, name) for name in Article.__slots__}
