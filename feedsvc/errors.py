"""Every error feedsvc raises on purpose.

    FeedsvcError
    ├── UsageError            usage            the command line asked for something that does not exist
    ├── SettingsError         settings         the settings file or the environment is wrong
    │   └── SecretMissing     secret_missing   no secret key where one is needed
    ├── NewsroomError         newsroom         a newsroom file is wrong (file, line and key are named)
    ├── NotFound              not_found        a named source, category, list, digest or reader is not there
    ├── InputError            input            data given by a person cannot be used (a CSV row, an address)
    ├── StorageError          storage          the database said no
    │   ├── DatabaseBusy      database_busy    another process holds the write lock
    │   ├── DatabaseBehind    database_behind  its schema is older than the code
    │   └── DatabaseNewer     database_newer   its schema is newer than the code
    ├── PortInUse             port_in_use      the address to listen on is taken
    ├── FetchError            fetch            an upstream page could not be fetched
    │   └── AddressRefused    address_refused  it resolves to a private or special address
    ├── ReadError             read             it was fetched, but could not be read as what it should be
    ├── RenderError           render           a feed, page or mail could not be rendered
    ├── RelayError            relay            the mail relay could not be used at all
    └── DemoFailed            demo             a step of the demo did not happen

A message is a sentence for a person that says what happened and what to do next; `code` is stable, for programs.
`feedsvc/docs/errors.md` describes each code; two total tables (`cli.exits`, `web.problems`) map each class.
"""


class FeedsvcError(Exception):
    """Something feedsvc could not do; the message says what to do next."""

    code = "internal"


class UsageError(FeedsvcError):
    """The command line asked for something that does not exist."""

    code = "usage"


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
