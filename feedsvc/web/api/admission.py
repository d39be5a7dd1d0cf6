"""Who asks, and may they: the token, its pace, its scope, the signature. Nothing here writes to any table."""

from collections.abc import Mapping

from aiohttp import web

from feedsvc.accounts import signatures, tokens
from feedsvc.accounts.signatures import HEADER, Verdict
from feedsvc.errors import Forbidden, SignatureRefused, TooFast, Unauthenticated, UsageError
from feedsvc.model.token import Scope, Token
from feedsvc.web import keys

_SAYS = {
    Verdict.MISSING: f"This token's requests must be signed: send the header {HEADER}: t=<unix seconds>,v1=<hex>.",
    Verdict.MALFORMED: f"The header {HEADER} cannot be read: write t=<unix seconds>,v1=<64 lowercase hex digits>.",
    Verdict.WRONG: f"The signature does not fit. {HEADER} signs <t>.<body> with this token's signing secret.",
    Verdict.STALE: "The signature is more than five minutes off: check the sender's clock, and sign each request anew.",
}


async def admit(request: web.Request, scope: Scope) -> Token:
    """The token that the request bears, in its Authorization header alone (RFC 6750, section 2.1).

    Raises Unauthenticated (alike for no token, an unknown, an expired and a revoked one), TooFast, Forbidden.
    """
    now = request.app[keys.CLOCK].now()
    async with request.app[keys.DATABASE].read() as conn:
        token = await tokens.authenticate(conn, _bearer(request), now)
    if token is None:
        msg = "Send a good token in the header Authorization: Bearer <token>. `feedsvc token create` makes one."
        raise Unauthenticated(msg)
    wait = request.app[keys.PACES].wait(token.id, now)
    if wait:
        msg = "Too many requests came with this token. Wait as long as Retry-After says."
        raise TooFast(msg, retry_after=wait)
    if not token.may(scope):
        msg = f"This token lacks the scope {scope.value}. `feedsvc token create` makes one that has it."
        raise Forbidden(msg, scope=scope.value)
    return token


def must_be_signed(request: web.Request, token: Token, body: bytes = b"") -> None:
    """Check the signature of a request where its token asks for one, or where it bears one. Raises SignatureRefused.

    Where there is no body, method and path stand in its place, so that a signature is good for nothing else.
    """
    header = ",".join(request.headers.getall(HEADER, []))
    if not token.signed and not header:
        return
    payload = body or f"{request.method} {request.raw_path}".encode()
    secrets = [signatures.secret_for(key, token.id) for key in request.app[keys.SETTINGS].signing_keys()]
    verdict = signatures.verify(header, payload, secrets, request.app[keys.CLOCK].now())
    if verdict is not Verdict.GOOD:
        raise SignatureRefused(_SAYS[verdict])


def is_dry_run(request: web.Request) -> bool:
    """Does `?dry_run=1` ask for a rehearsal? Raises UsageError for any other query: a misspelt one would be in earnest."""
    query: Mapping[str, str] = request.query
    value = query.get("dry_run", "0")
    if set(query) - {"dry_run"} or len(request.query) > 1 or value not in ("0", "1"):
        msg = "The address takes no query but dry_run=1."
        raise UsageError(msg)
    return value == "1"


def _bearer(request: web.Request) -> str:
    given = request.headers.getall("Authorization", [])
    scheme, _, text = given[0].strip().partition(" ") if len(given) == 1 else ("", "", "")
    return text.strip() if scheme.lower() == "bearer" else ""
