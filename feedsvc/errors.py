"""Every error feedsvc raises on purpose.

    FeedsvcError
    ├── UsageError            usage            the command line asked for something that does not exist
    │   └── NotJson           not_json         a request's body is not plain JSON by its headers
    ├── SettingsError         settings         the settings file or the environment is wrong
    │   └── SecretMissing     secret_missing   no secret key where one is needed
    ├── NewsroomError         newsroom         a newsroom file is wrong (file, line and key are named)
    ├── NotFound              not_found        a named source, category, list, digest or reader is not there
    ├── InputError            input            data given by a person cannot be used (a CSV row, an address)
    │   ├── FieldsWrong       fields           fields of what a program sent cannot be used; each is named
    │   └── KeyReused         key_reused       an Idempotency-Key was used before, for something else
    ├── Unauthenticated       unauthenticated  no token, or one that is not good (any more)
    │   └── SignatureRefused  signature        the request's signature is missing, wrong or too old
    ├── Forbidden             forbidden        the token is good, but not for this
    ├── InFlight              in_flight        the same request is being worked on at this moment
    ├── TooFast               too_fast         too many requests with one token
    ├── StorageError          storage          the database said no
    │   ├── DatabaseBusy      database_busy    another process holds the write lock
    │   ├── DatabaseBehind    database_behind  its schema is older than the code
    │   └── DatabaseNewer     database_newer   its schema is newer than the code
    ├── PortInUse             port_in_use      the address to listen on is taken
    ├── FetchError            fetch            an upstream page could not be fetched
    │   ├── AddressRefused    address_refused  it resolves to a private or special address
    │   └── WaitNotOver       wait_not_over    its site asked us to wait, and that is not over
    ├── ReadError             read             it was fetched, but could not be read as what it should be
    ├── RenderError           render           a feed, page or mail could not be rendered
    ├── RelayError            relay            the mail relay could not be used at all
    └── DemoFailed            demo             a step of the demo did not happen

A message is a sentence for a person that says what happened and what to do next; `code` is stable, for programs.
`feedsvc/docs/errors.md` describes each code; two total tables (`cli.exits`, `web.problems`) map each class.
"""

from collections.abc import Sequence
from datetime import datetime


class FeedsvcError(Exception):
    """Something feedsvc could not do; the message says what to do next."""

    code = "internal"


class UsageError(FeedsvcError):
    """The command line asked for something that does not exist."""

    code = "usage"


class NotJson(UsageError):
    """A request's body is, by its headers, something else than JSON, or compressed."""

    code = "not_json"


class SettingsError(FeedsvcError):
    """The settings file or the environment is wrong."""

    code = "settings"


class SecretMissing(SettingsError):
    """No secret key is set where one is needed."""

    code = "secret_missing"


class NewsroomError(FeedsvcError):
    """A newsroom file is wrong; the message names file, line and key."""

    code = "newsroom"


class NotFound(FeedsvcError):
    """A named source, category, list, digest, issue, article or subscriber is not there."""

    code = "not_found"


class InputError(FeedsvcError):
    """Data given by a person cannot be used."""

    code = "input"


class FieldsWrong(InputError):
    """Fields of what a program sent cannot be used.

    `faults` are pairs of a JSON pointer (RFC 6901) and a sentence.
    """

    code = "fields"

    def __init__(self, message: str, *, faults: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.faults = tuple(faults)

    @classmethod
    def naming(cls, faults: Sequence[tuple[str, str]]) -> "FieldsWrong":
        """The error of these faults; its message is the first of them, and how many more there are."""
        pointer, sentence = faults[0]
        more = f" (And {len(faults) - 1} more.)" if len(faults) > 1 else ""
        return cls(f"{pointer[1:] or 'The document'}: {sentence}{more}", faults=faults)


class KeyReused(InputError):
    """An Idempotency-Key was used before, for something else."""

    code = "key_reused"


class Unauthenticated(FeedsvcError):
    """No token, or one that is unknown, expired or revoked: the answer is the same."""

    code = "unauthenticated"


class SignatureRefused(Unauthenticated):
    """A request's signature is missing, malformed, wrong or too old."""

    code = "signature"


class Forbidden(FeedsvcError):
    """The token is good, but not for this; `scope` names the scope that it lacks, if that is what it lacks."""

    code = "forbidden"

    def __init__(self, message: str, *, scope: str = "") -> None:
        super().__init__(message)
        self.scope = scope


class InFlight(FeedsvcError):
    """The same request is being worked on at this moment."""

    code = "in_flight"


class TooFast(FeedsvcError):
    """Too many requests with one token; `retry_after` says in how many seconds the next one may come."""

    code = "too_fast"

    def __init__(self, message: str, *, retry_after: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class StorageError(FeedsvcError):
    """The database said no."""

    code = "storage"


class DatabaseBusy(StorageError):
    """Another process holds the write lock for longer than we wait."""

    code = "database_busy"


class DatabaseBehind(StorageError):
    """The database's schema is older than the code."""

    code = "database_behind"


class DatabaseNewer(StorageError):
    """The database's schema is newer than the code."""

    code = "database_newer"


class PortInUse(FeedsvcError):
    """The address to listen on is taken."""

    code = "port_in_use"


class FetchError(FeedsvcError):
    """An upstream page could not be fetched.

    `status` is the HTTP status where there was an answer; `retry_after` the seconds the server asked us to wait.
    """

    code = "fetch"

    def __init__(self, message: str, *, retry_after: float | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.status = status


class AddressRefused(FetchError):
    """An upstream host resolves to a private or special address."""

    code = "address_refused"


class WaitNotOver(FetchError):
    """An upstream page was not asked for: its site (`origin`) wished for a wait, which lasts `until` then (UTC)."""

    code = "wait_not_over"

    def __init__(
        self, message: str, *, retry_after: float | None = None, origin: str = "", until: datetime | None = None
    ) -> None:
        super().__init__(message, retry_after=retry_after)
        self.origin = origin
        self.until = until


class ReadError(FeedsvcError):
    """A page or feed was fetched, but could not be read as what it should be."""

    code = "read"


class RenderError(FeedsvcError):
    """A feed, a page or a mail could not be rendered."""

    code = "render"


class RelayError(FeedsvcError):
    """The mail relay could not be used at all: nothing is known about any recipient."""

    code = "relay"


class DemoFailed(FeedsvcError):
    """A step of the demo did not happen."""

    code = "demo"


def all_errors() -> list[type[FeedsvcError]]:
    """Every error class, the root first, in order of definition."""
    return _with_descendants(FeedsvcError)


def _with_descendants(cls: type[FeedsvcError]) -> list[type[FeedsvcError]]:
    return [cls, *(found for child in cls.__subclasses__() for found in _with_descendants(child))]
