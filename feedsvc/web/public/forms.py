"""The sign-up form: what it offers, what was sent, and the traps for machines."""

import asyncio
from datetime import datetime
from urllib.parse import parse_qsl

from aiohttp import web
from multidict import MultiDict, MultiDictProxy

from feedsvc.model.subscriber import Choice
from feedsvc.pages import views
from feedsvc.storage.types import Conn
from feedsvc.subscribers.offer import Offer, Refusal, read_offer
from feedsvc.text import tokens
from feedsvc.web import keys

Fields = MultiDictProxy[str]

TRAP_SECONDS = 2
"""A form that comes back sooner was not filled in by a person."""
FORM_SECONDS = 24 * 3600
READ_SECONDS = 10
STARTED = "started"
FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 400


async def read(request: web.Request) -> Fields:
    """The fields of a form as browsers send it; what is not UTF-8 is replaced. No body is a form without fields.

    Raises HTTPRequestTimeout for one that trickles, HTTPRequestEntityTooLarge for a large one, HTTPBadRequest for one
    that breaks off or has too many fields, HTTPUnsupportedMediaType for anything else than a form.
    """
    if "Content-Encoding" in request.headers:
        raise web.HTTPUnsupportedMediaType
    if not request.can_read_body:
        return MultiDictProxy(MultiDict())
    if request.content_type != FORM:
        raise web.HTTPUnsupportedMediaType
    try:
        async with asyncio.timeout(READ_SECONDS):
            body = await request.read()
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except TimeoutError as error:
        raise web.HTTPRequestTimeout from error
    except (ValueError, ConnectionError, web.RequestPayloadError) as error:
        raise web.HTTPBadRequest from error
    return MultiDictProxy(MultiDict(pairs))


def text(fields: Fields, name: str) -> str:
    """One field; empty where it is missing."""
    return fields.get(name, "")


def choices(fields: Fields, name: str) -> tuple[str, ...]:
    """Every value of a field that may come several times."""
    return tuple(fields.getall(name, []))


def choice(fields: Fields, language: str) -> Choice:
    """What a sign-up or preferences form chose. Every topic ticked, or none, means all."""
    return Choice(
        choices(fields, "lists"),
        choices(fields, "categories"),
        text(fields, "frequency"),
        text(fields, "name"),
        language,
    )


def started(request: web.Request) -> str:
    """The signed time at which the form was shown."""
    now = request.app[keys.CLOCK].now()
    return tokens.sign(request.app[keys.SETTINGS].signing_keys(), STARTED, str(int(now.timestamp())))


def trap(request: web.Request, fields: Fields) -> views.Fault | None:
    """What gives a machine away, or a form that is too old; None for a person."""
    parts = tokens.verify(request.app[keys.SETTINGS].signing_keys(), STARTED, text(fields, STARTED))
    if parts is None or len(parts) != 1:
        return views.Fault.FORM_EXPIRED
    age = request.app[keys.CLOCK].now().timestamp() - int(parts[0])
    if age > FORM_SECONDS:
        return views.Fault.FORM_EXPIRED
    return views.Fault.TOO_FAST if age < TRAP_SECONDS else None


async def join_form(conn: Conn, request: web.Request, form: views.JoinForm) -> views.JoinForm:
    """The sign-up form with what there is to choose from; `form` holds what was filled in."""
    offer = await read_offer(conn)
    lists = offer.open_lists()
    # A form that was not sent yet has the first list ticked: most sites have one that most people want.
    fresh = not form.faults and not form.chosen_lists
    return views.JoinForm(
        lists=tuple(list_choice(offer, item.slug) for item in lists),
        categories=offer.categories,
        started=started(request),
        email=form.email,
        name=form.name,
        chosen_lists=frozenset(item.slug for item in lists[:1]) if fresh else form.chosen_lists,
        chosen_categories=form.chosen_categories,
        frequency=form.frequency,
        faults=form.faults,
    )


def filled(fields: Fields, faults: tuple[views.Fault, ...]) -> views.JoinForm:
    """What a visitor had filled in, with what is wrong with it."""
    return views.JoinForm(
        email=text(fields, "email"),
        name=text(fields, "name"),
        chosen_lists=frozenset(choices(fields, "lists")),
        chosen_categories=frozenset(choices(fields, "categories")),
        frequency=text(fields, "frequency"),
        faults=faults,
    )


def faults(refusals: tuple[Refusal, ...]) -> tuple[views.Fault, ...]:
    """Refusals as the pages name them: the words are the same, a test holds the two together."""
    return tuple(views.Fault(refusal.value) for refusal in refusals)


def list_choice(offer: Offer, slug: str) -> views.ListChoice:
    """A list with the digests that come to its readers. Raises StopIteration for one that is not offered."""
    return views.ListChoice(next(item for item in offer.lists if item.slug == slug), offer.digests_of(slug))


def list_choices(offer: Offer, slugs: tuple[str, ...]) -> tuple[views.ListChoice, ...]:
    """Several lists, in the order of the offer; those that are gone are left out."""
    return tuple(list_choice(offer, item.slug) for item in offer.lists_of(slugs))


def seen_at(request: web.Request) -> datetime:
    """The present instant, for a handler."""
    return request.app[keys.CLOCK].now()
