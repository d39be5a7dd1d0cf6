"""How each error is told over HTTP: problem+json (RFC 9457) for programs, a page in plain words for people."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from feedsvc import errors

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Problem:
    """An HTTP status and the short, constant title of a kind of problem."""

    status: int
    title: str


PROBLEMS: dict[type[errors.FeedsvcError], Problem] = {
    errors.FeedsvcError: Problem(500, "Something went wrong here"),
    errors.UsageError: Problem(400, "The request does not make sense"),
    errors.NotJson: Problem(415, "This address takes JSON"),
    errors.SettingsError: Problem(500, "The service is not set up rightly"),
    errors.SecretMissing: Problem(500, "The service is not set up rightly"),
    errors.NewsroomError: Problem(422, "The newsroom file is wrong"),
    errors.NotFound: Problem(404, "There is nothing here"),
    errors.InputError: Problem(422, "What was sent cannot be used"),
    errors.FieldsWrong: Problem(422, "Fields of what was sent cannot be used"),
    errors.KeyReused: Problem(422, "That Idempotency-Key was used for another request"),
    errors.Unauthenticated: Problem(401, "A good token is needed"),
    errors.SignatureRefused: Problem(401, "The signature does not hold"),
    errors.Forbidden: Problem(403, "This token may not do that"),
    errors.InFlight: Problem(409, "The same request is being worked on"),
    errors.TooFast: Problem(429, "Too many requests"),
    errors.StorageError: Problem(503, "The database is away"),
    errors.DatabaseBusy: Problem(503, "The database is busy"),
    errors.DatabaseBehind: Problem(503, "The database waits for its migration"),
    errors.DatabaseNewer: Problem(503, "The database is newer than the service"),
    errors.PortInUse: Problem(500, "The service is not set up rightly"),
    errors.FetchError: Problem(502, "An upstream page could not be fetched"),
    errors.AddressRefused: Problem(422, "That address may not be fetched"),
    errors.WaitNotOver: Problem(502, "An upstream site asked us to wait"),
    errors.ReadError: Problem(502, "An upstream page could not be read"),
    errors.RenderError: Problem(500, "Something went wrong here"),
    errors.RelayError: Problem(503, "The mail relay is away"),
    errors.DemoFailed: Problem(500, "The demo did not work"),
}

STATUS_TITLES = {
    400: "The request does not make sense",
    403: "This is not allowed",
    404: "There is nothing here",
    405: "This address does not take that method",
    406: "This cannot be had in that form",
    408: "The request took too long to arrive",
    410: "This is gone",
    413: "That is too large",
    415: "This address does not take that kind of content",
    422: "What was sent cannot be used",
    429: "Too many requests",
    503: "The service is briefly away",
}


def problem_of(error: errors.FeedsvcError) -> Problem:
    """How an error is told: by its class, or the nearest class above it that the table names."""
    return next(PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS)


def title_of(status: int) -> str:
    """The title of a failure that HTTP itself tells, without an error of ours."""
    return STATUS_TITLES.get(status, "Something went wrong here" if status >= 500 else STATUS_TITLES[400])


def problem_json(
    base_url: str,
    problem: Problem,
    code: str,
    detail: str = "",
    reference: str = "",
    faults: Sequence[tuple[str, str]] = (),
) -> bytes:
    """A problem document: `code` is stable for programs, `detail` is a sentence for people (never of a 5xx's inside).

    `http` is the code of what the status alone says; its type is `about:blank` (RFC 9457, section 4.2.1). `faults` are
    the fields that cannot be used, as pairs of a JSON pointer (RFC 6901) and a sentence.
    """
    kind = "about:blank" if code == "http" else f"{base_url}/docs/errors#{code}"
    body: dict[str, object] = {"type": kind, "title": problem.title, "status": problem.status, "code": code}
    if detail:
        body["detail"] = detail
    if reference:
        body["reference"] = reference
    if faults:
        body["errors"] = [{"field": pointer, "detail": sentence} for pointer, sentence in faults]
    return orjson.dumps(body)


def headers_of(error: errors.FeedsvcError) -> dict[str, str]:
    """The headers that an error's answer must bear: how to authenticate (RFC 6750, section 3), when to come again."""
    headers = {}
    if isinstance(error, errors.Unauthenticated | errors.Forbidden):
        headers["WWW-Authenticate"] = 'Bearer realm="feedsvc"'
    if isinstance(error, errors.Forbidden) and error.scope:
        headers["WWW-Authenticate"] += f', error="insufficient_scope", scope="{error.scope}"'
    if isinstance(error, errors.TooFast):
        headers["Retry-After"] = str(math.ceil(error.retry_after))
    if isinstance(error, errors.InFlight):
        headers["Retry-After"] = "1"
    return headers
