"""`feedsvc token`."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from feedsvc.accounts import tokens
from feedsvc.accounts.tokens import Made, Wish
from feedsvc.app import App
from feedsvc.cli.printing import add_row, facts, print_json, say, show, table, when
from feedsvc.cli.running import execute
from feedsvc.errors import UsageError
from feedsvc.model.duration import parse_duration
from feedsvc.model.token import Scope, Token
from feedsvc.storage import tokens as token_rows

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="Tokens: the keys with which programs push articles.",
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_LONGEST_LIFE = timedelta(days=3650)


@app.command()
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who will use it, such as cms.")],
    scope: Annotated[
        list[Scope] | None, typer.Option(help="What it may do; may be repeated. Default: articles:write.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option(help="A source it may speak for; may be repeated. Default: any.")
    ] = None,
    expires: Annotated[str, typer.Option(help="How long it is good, such as 90d. Default: until it is revoked.")] = "",
    signed: Annotated[bool, typer.Option("--signed", help="Its requests must bear a signature, too.")] = False,
    json: Json = False,
) -> None:
    """Make a token and show it, this once. What is kept cannot be turned back into it.

    Example: feedsvc token create cms --source cms --expires 365d
    """
    wish = Wish(name, frozenset(scope or [Scope.WRITE]), tuple(source or ()), _lifetime(expires), signed)

    async def _action(app: App) -> tuple[Made, str]:
        # A signing secret is derived from the key; without --signed none is needed.
        keys = app.settings.signing_keys() if signed else ()
        return await tokens.create(app.db, keys, wish, app.clock.now()), app.settings.site.base_url

    made, base_url = execute(ctx, _action)
    if json:
        secret = {"signing_secret": made.signing_secret} if signed else {}
        print_json({"token": made.text, **secret, **_told(made.token)})
        return
    facts({"token": made.text, **({"signing secret": made.signing_secret} if signed else {})})
    say("Keep it now: it is not shown again.")
    say(f"It is sent in the header Authorization: Bearer TOKEN; {base_url}/docs/api has examples.")


@app.command("list")
def list_command(ctx: typer.Context, json: Json = False) -> None:
    """List the tokens, what each may do, and when it last wrote.

    Example: feedsvc token list
    """

    async def _action(app: App) -> tuple[list[Token], datetime]:
        async with app.db.read() as conn:
            return await token_rows.every(conn), app.clock.now()

    found, now = execute(ctx, _action)
    if json:
        print_json([{**_told(one), "state": one.state(now)} for one in found])
        return
    if not found:
        say("No tokens yet. `feedsvc token create NAME` makes one.")
        return
    listing = table("begins with", "name", "may", "for", "state", "last wrote", "expires", whole=("begins with", "may"))
    for one in found:
        may, sources = ", ".join(sorted(one.scopes)), ", ".join(one.sources) or "any source"
        state = f"{one.state(now)}, signed" if one.signed else str(one.state(now))
        add_row(listing, one.prefix, one.name, may, sources, state, when(one.last_used_at, now), _until(one))
    show(listing)


@app.command()
def revoke(
    ctx: typer.Context,
    named: Annotated[str, typer.Argument(metavar="PREFIX|ID", help="What it begins with, or its id.")],
    json: Json = False,
) -> None:
    """Let a token be good for nothing from now on. Again changes nothing.

    Example: feedsvc token revoke fsv_Xk3vQ9aB
    """

    async def _action(app: App) -> tuple[Token, datetime]:
        return await tokens.revoke(app.db, named, app.clock.now()), app.clock.now()

    revoked, now = execute(ctx, _action)
    if json:
        print_json({**_told(revoked), "state": revoked.state(now)})
        return
    say(f"{revoked.prefix} ({revoked.name}) is revoked. Articles that it brought stay.")


def _lifetime(text: str) -> timedelta | None:
    if not text:
        return None
    try:
        lifetime = parse_duration(text)
    except OverflowError:
        lifetime = timedelta.max
    except ValueError as error:
        msg = f"--expires: {error}."
        raise UsageError(msg) from error
    if not timedelta() < lifetime <= _LONGEST_LIFE:
        msg = "--expires must be between a second and 3650d."
        raise UsageError(msg)
    return lifetime


def _until(token: Token) -> str:
    return f"{token.expires_at:%Y-%m-%d}" if token.expires_at else "never"


def _told(token: Token) -> dict[str, object]:
    return {name: getattr(token, name) for name in Token.__slots__}
