"""Articles over the API: programs send them, look at them and withdraw them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import orjson
from aiohttp import web

from feedsvc.accounts import idempotency
from feedsvc.accounts.idempotency import Clash
from feedsvc.errors import InFlight, KeyReused, UsageError
from feedsvc.ingest.submit import push as pushing
from feedsvc.ingest.submit.push import Happened, Name, PushResult
from feedsvc.model.token import Scope, Token
from feedsvc.storage import tokens
from feedsvc.storage.idempotency import Answer, Claim
from feedsvc.storage.types import Conn
from feedsvc.web import keys
from feedsvc.web.api import bodies, documents
from feedsvc.web.api.admission import admit, is_dry_run, must_be_signed
from feedsvc.web.middleware import PRIVATE

IDEMPOTENCY_KEY = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request that may be made: by whom, whether in earnest, and the claim on its Idempotency-Key, if it has one."""

    request: web.Request
    token: Token
    dry_run: bool
    claim: Claim | None = None

    async def note(self, conn: Conn, result: PushResult) -> None:
        """Written together with the work: that the token was used, and the answer under its key. Raises InFlight."""
        await tokens.used(conn, self.token, self.request.app[keys.CLOCK].now())
        if self.claim and not await idempotency.finish(conn, self.claim, self.answer(result)):
            raise _in_flight()

    def answer(self, result: PushResult) -> Answer:
        """What is answered, now and when the same request comes again."""
        site = self.request.app[keys.SETTINGS].site
        body = documents.outcome(result, site.base_url, site.timezone, self.dry_run)
        if result.happened is not Happened.CREATED or self.dry_run:
            return Answer(200, {}, orjson.dumps(body).decode())
        location = f"{site.base_url}/api/v1/articles/{result.standing.article.id}"
        return Answer(201, {"Location": location}, orjson.dumps(body).decode())


async def create(request: web.Request) -> web.Response:
    """Take an article, or a correction of one (`articles:write`); `?dry_run=1` only says what would happen."""
    token = await admit(request, Scope.WRITE)
    dry_run, key = is_dry_run(request), _key(request)
    body = await bodies.read(request)
    must_be_signed(request, token, body)
    wanted = documents.read(bodies.parse(body))
    db, base_url = request.app[keys.DATABASE], request.app[keys.SETTINGS].site.base_url
    now = request.app[keys.CLOCK].now()
    asked = _Asked(request, token, dry_run)
    if not key:
        result = await pushing.push(db, base_url, token, wanted, now, asked.note, dry_run)
        return _respond(asked.answer(result))
    print_ = idempotency.fingerprint(request.method, request.path, str(dry_run), body)
    async with _once(request, idempotency.Request(token.id, key, print_), dry_run) as held:
        if isinstance(held, Answer):
            return _respond(held, replayed=True)
        asked = _Asked(request, token, dry_run, held)
        result = await pushing.push(db, base_url, token, wanted, now, asked.note, dry_run)
    return _respond(asked.answer(result))


async def show(request: web.Request) -> web.Response:
    """What is held of an article, by our id (`articles:read`): state, revision, categories."""
    return await _show(request, Name(request.match_info["id"]))


async def show_by_own_id(request: web.Request) -> web.Response:
    """What is held of an article, by the id that its source gave it (`articles:read`)."""
    return await _show(request, _own_name(request))


async def withdraw(request: web.Request) -> web.Response:
    """Withdraw an article everywhere, by our id (`articles:write`); again changes nothing and answers the same."""
    return await _withdraw(request, Name(request.match_info["id"]))


async def withdraw_by_own_id(request: web.Request) -> web.Response:
    """Withdraw an article everywhere, by the id that its source gave it (`articles:write`)."""
    return await _withdraw(request, _own_name(request))


def _own_name(request: web.Request) -> Name:
    return Name(request.match_info["id"], request.match_info["source"])


async def _show(request: web.Request, name: Name) -> web.Response:
    token = await admit(request, Scope.READ)
    must_be_signed(request, token)
    site = request.app[keys.SETTINGS].site
    here = await pushing.look(request.app[keys.DATABASE], token, name)
    return _respond(Answer(200, {}, orjson.dumps(documents.article(here, site.base_url, site.timezone)).decode()))


async def _withdraw(request: web.Request, name: Name) -> web.Response:
    token = await admit(request, Scope.WRITE)
    asked = _Asked(request, token, is_dry_run(request))
    must_be_signed(request, token)
    now = request.app[keys.CLOCK].now()
    result = await pushing.withdraw(request.app[keys.DATABASE], token, name, now, asked.note, asked.dry_run)
    return _respond(asked.answer(result))


def _key(request: web.Request) -> str:
    given = request.headers.getall(IDEMPOTENCY_KEY, [])
    if not given:
        return ""
    key = idempotency.read_key(given[0]) if len(given) == 1 else None
    if key is None:
        msg = f"{IDEMPOTENCY_KEY} must be one text of 1 to 255 visible ASCII characters, such as a UUID."
        raise UsageError(msg)
    return key


@asynccontextmanager
async def _once(
    request: web.Request, wanted: idempotency.Request, dry_run: bool
) -> AsyncIterator[Claim | Answer | None]:
    """A claim on the key for as long as the block lasts, or the answer that stands under it; of a dry run nothing stays.

    Raises KeyReused, InFlight, StorageError. Where the block fails, the key is free again.
    """
    db, now = request.app[keys.DATABASE], request.app[keys.CLOCK].now()
    held = await (idempotency.look if dry_run else idempotency.begin)(db, wanted, now)
    if held is Clash.REUSED:
        msg = f"This {IDEMPOTENCY_KEY} was used for another request within a day. Choose a new one."
        raise KeyReused(msg)
    if held is Clash.IN_FLIGHT:
        raise _in_flight()
    assert not isinstance(held, Clash)
    try:
        yield held
    except BaseException:
        if isinstance(held, Claim):
            await idempotency.give_back(db, held)
        raise


def _in_flight() -> InFlight:
    return InFlight("The same request is being worked on. Send it again in a moment to get its answer.")


def _respond(answer: Answer, replayed: bool = False) -> web.Response:
    headers = {**PRIVATE, **answer.headers}
    if replayed:
        headers[REPLAYED] = "true"
    return web.Response(status=answer.status, text=answer.body, content_type=bodies.JSON, headers=headers)
