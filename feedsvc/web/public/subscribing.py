"""Sign-up, confirmation, preferences, leaving. A GET shows, a POST acts; no page tells whether an address is known."""

from collections.abc import Sequence

from aiohttp import web

from feedsvc.model.newsroom import Category
from feedsvc.model.subscriber import Choice, SubscriberState
from feedsvc.pages import render, views
from feedsvc.settings import Settings
from feedsvc.subscribers import confirm as confirming
from feedsvc.subscribers import join as joining
from feedsvc.subscribers import leave as leaving
from feedsvc.subscribers import preferences as choosing
from feedsvc.subscribers.confirm import Confirmation
from feedsvc.subscribers.leave import Leaving
from feedsvc.subscribers.offer import Offer
from feedsvc.subscribers.preferences import Preferences, Saved
from feedsvc.text import links
from feedsvc.web import keys
from feedsvc.web.asking import chrome, client_address
from feedsvc.web.middleware import PRIVATE
from feedsvc.web.public import forms
from feedsvc.web.public.reading import html

TOO_MANY_SECONDS = 3600
"""When a network that sent too many forms may try again: the window in which they are counted."""
_DONE = {
    choosing.Done.SAVED: views.Done.SAVED,
    choosing.Done.PAUSED: views.Done.PAUSED,
    choosing.Done.RESUMED: views.Done.RESUMED,
}


async def form(request: web.Request) -> web.Response:
    """The sign-up form."""
    async with request.app[keys.DATABASE].read() as conn:
        # A category's page leads here with its own topic ticked.
        topics = frozenset(request.query.getall("categories", []))
        shown = await forms.join_form(conn, request, views.JoinForm(chosen_categories=topics))
    return html(render.subscribe(chrome(request), views.SubscribePage(shown)), cache="no-store")


async def join(request: web.Request) -> web.Response:
    """Take a sign-up; the answer is the same for every address that could be one."""
    fields = await forms.read(request)
    settings, db = request.app[keys.SETTINGS], request.app[keys.DATABASE]
    if forms.text(fields, "hp"):
        # A machine filled in what no person sees: it is told what everybody is told, and nothing happens.
        return _on_its_way(request, fields)
    caught = forms.trap(request, fields)
    faults: tuple[views.Fault, ...] = (caught,) if caught else ()
    if not faults:
        wish = forms.choice(fields, chrome(request).language)
        asked = joining.JoinRequest(
            email=forms.text(fields, "email"),
            lists=wish.lists,
            categories=wish.categories,
            frequency=wish.frequency,
            name=wish.name,
            language=wish.language,
            remote=client_address(request),
        )
        faults = forms.faults((await joining.join(db, settings, forms.seen_at(request), asked)).refusals)
    if not faults:
        return _on_its_way(request, fields)
    async with db.read() as conn:
        shown = await forms.join_form(conn, request, forms.filled(fields, faults))
    page = render.subscribe(chrome(request), views.SubscribePage(shown))
    if views.Fault.TOO_MANY not in faults:
        return _private(page, 422)
    response = _private(page, 429)
    response.headers["Retry-After"] = str(TOO_MANY_SECONDS)
    return response


def _on_its_way(request: web.Request, fields: forms.Fields) -> web.Response:
    return _private(render.check_mail(chrome(request), views.CheckMailPage(forms.text(fields, "email"))))


async def look_at_confirmation(request: web.Request) -> web.Response:
    """What a confirmation link would join."""
    async with request.app[keys.DATABASE].read() as conn:
        found = await confirming.look(conn, _keys(request), _token(request), forms.seen_at(request))
    if found is None:
        return _expired(request, views.LinkKind.CONFIRM)
    return _confirmed(request, found) if found.done else _private(render.confirm(chrome(request), _confirm_page(found)))


async def confirm(request: web.Request) -> web.Response:
    """Join what was asked for."""
    db = request.app[keys.DATABASE]
    found = await confirming.confirm(db, _keys(request), _token(request), forms.seen_at(request))
    return _confirmed(request, found) if found else _expired(request, views.LinkKind.CONFIRM)


def _confirm_page(found: Confirmation) -> views.ConfirmPage:
    chosen = found.choice
    return views.ConfirmPage(
        found.subscriber.email,
        forms.list_choices(found.offer, chosen.lists),
        _topics(found.offer, chosen),
        chosen.frequency,
    )


def _confirmed(request: web.Request, found: Confirmation) -> web.Response:
    page = _confirm_page(found)
    path = _preferences_path(request, found.subscriber.id, found.subscriber.nonce)
    shown = views.ConfirmedPage(page.email, page.lists, page.categories, page.frequency, path)
    return _private(render.confirmed(chrome(request), shown))


async def look_at_preferences(request: web.Request) -> web.Response:
    """A subscriber's own form, filled."""
    async with request.app[keys.DATABASE].read() as conn:
        found = await choosing.look(conn, _keys(request), _token(request))
    return _form(request, found) if found else _expired(request, views.LinkKind.PREFERENCES)


async def save_preferences(request: web.Request) -> web.Response:
    """Save, pause, resume or leave everything, by the button that was pressed."""
    fields = await forms.read(request)
    db, key, token, now = request.app[keys.DATABASE], _keys(request), _token(request), forms.seen_at(request)
    match forms.text(fields, "action"):
        case views.Action.PAUSE:
            saved = await choosing.pause(db, key, token, now)
        case views.Action.RESUME:
            saved = await choosing.resume(db, key, token, now)
        case views.Action.LEAVE:
            saved = await choosing.leave_all(db, key, token, now)
        case views.Action.SAVE:
            # The language that the page was chosen to speak is the one they want to be written to in.
            language = chrome(request).language if "language" in request.query else ""
            saved = await choosing.save(db, key, token, now, forms.choice(fields, language))
        case _:
            # Not sent by our page. An empty form must not pass for "no list any more".
            raise web.HTTPBadRequest
    if saved is None:
        return _expired(request, views.LinkKind.PREFERENCES)
    if saved.refusals:
        return _form(request, saved.preferences, forms.filled(fields, forms.faults(saved.refusals)))
    return _form(request, saved.preferences) if saved.done is None else _saved(request, saved, saved.done)


def _form(request: web.Request, found: Preferences, sent: views.JoinForm | None = None) -> web.Response:
    now = found.choice
    chosen = views.JoinForm(
        name=now.name,
        chosen_lists=frozenset(now.lists),
        chosen_categories=frozenset(now.categories),
        frequency=now.frequency,
    )
    filled = sent or chosen
    shown = views.JoinForm(
        lists=forms.list_choices(found.offer, found.lists),
        categories=found.offer.categories,
        email=found.subscriber.email,
        name=filled.name,
        chosen_lists=filled.chosen_lists,
        chosen_categories=filled.chosen_categories,
        frequency=filled.frequency,
        faults=filled.faults,
    )
    paused = found.subscriber.state is SubscriberState.PAUSED
    page = views.PreferencesPage(shown, paused, found.may_pause, found.may_leave)
    return _private(render.preferences(chrome(request), page), 422 if filled.faults else 200)


def _saved(request: web.Request, saved: Saved, done: choosing.Done) -> web.Response:
    found = saved.preferences
    person, now = found.subscriber, found.choice
    path = _preferences_path(request, person.id, person.nonce)
    if done is choosing.Done.LEFT:
        others = forms.list_choices(found.offer, tuple(item.slug for item in found.offer.open_lists()))
        return _private(render.goodbye(chrome(request), views.GoodbyePage(person.email, (), (), others, path)))
    if done is choosing.Done.ASKED:
        return _private(render.check_mail(chrome(request), views.CheckMailPage(person.email)))
    lists, topics = forms.list_choices(found.offer, now.lists), _topics(found.offer, now)
    page = views.PreferencesSavedPage(person.email, _DONE[done], lists, topics, now.frequency, path)
    return _private(render.preferences_saved(chrome(request), page))


async def look_at_leaving(request: web.Request) -> web.Response:
    """What the unsubscribe button would end. A link scanner that follows the link changes nothing."""
    async with request.app[keys.DATABASE].read() as conn:
        found = await leaving.look(conn, _keys(request), _token(request))
    if found is None:
        return _expired(request, views.LinkKind.UNSUBSCRIBE)
    page = views.LeavePage(
        found.subscriber.email,
        forms.list_choices(found.offer, found.leaving),
        forms.list_choices(found.offer, found.staying),
        _preferences_path(request, found.subscriber.id, found.subscriber.nonce),
    )
    return _private(render.leave(chrome(request), page))


async def leave(request: web.Request) -> web.Response:
    """Leave at one click (RFC 8058): no cookie, no redirect, whatever the body says."""
    found = await leaving.leave(request.app[keys.DATABASE], _keys(request), _token(request), forms.seen_at(request))
    return _goodbye(request, found) if found else _expired(request, views.LinkKind.UNSUBSCRIBE)


def _goodbye(request: web.Request, found: Leaving) -> web.Response:
    here = {*found.leaving, *found.staying}
    others = tuple(item.slug for item in found.offer.open_lists() if item.slug not in here)
    page = views.GoodbyePage(
        found.subscriber.email,
        forms.list_choices(found.offer, found.leaving),
        forms.list_choices(found.offer, found.staying),
        forms.list_choices(found.offer, others),
        _preferences_path(request, found.subscriber.id, found.subscriber.nonce),
    )
    return _private(render.goodbye(chrome(request), page))


def _topics(offer: Offer, chosen: Choice) -> tuple[Category, ...]:
    return tuple(category for category in offer.categories if category.slug in chosen.categories)


def _preferences_path(request: web.Request, subscriber_id: int, nonce: str) -> str:
    settings: Settings = request.app[keys.SETTINGS]
    base = settings.site.base_url
    return links.preferences_url(base, settings.signing_keys(), subscriber_id, nonce).removeprefix(base)


def _keys(request: web.Request) -> Sequence[bytes]:
    return request.app[keys.SETTINGS].signing_keys()


def _token(request: web.Request) -> str:
    return request.match_info["token"]


def _private(text: str, status: int = 200) -> web.Response:
    response = html(text, status)
    response.headers.update(PRIVATE)
    return response


def _expired(request: web.Request, kind: views.LinkKind) -> web.Response:
    return _private(render.link_expired(chrome(request), views.LinkExpiredPage(kind)), 410)
