"""Which exit code each error ends the command with: the sysexits of BSD, so that scripts can tell faults apart."""

from feedsvc import errors

UNANSWERED = 1
USAGE = 64
DATA = 65
NO_INPUT = 66
UNAVAILABLE = 69
SOFTWARE = 70
OS = 71
IO = 74
TEMPORARY = 75
PERMISSION = 77
CONFIG = 78
INTERRUPTED = 130
BROKEN_PIPE = 141

EXITS: dict[type[errors.FeedsvcError], int] = {
    errors.FeedsvcError: SOFTWARE,
    errors.UsageError: USAGE,
    errors.NotJson: USAGE,
    errors.SettingsError: CONFIG,
    errors.SecretMissing: CONFIG,
    errors.NewsroomError: DATA,
    errors.NotFound: NO_INPUT,
    errors.InputError: DATA,
    errors.FieldsWrong: DATA,
    errors.KeyReused: DATA,
    errors.Unauthenticated: PERMISSION,
    errors.SignatureRefused: PERMISSION,
    errors.Forbidden: PERMISSION,
    errors.InFlight: TEMPORARY,
    errors.TooFast: TEMPORARY,
    errors.StorageError: IO,
    errors.DatabaseBusy: TEMPORARY,
    errors.DatabaseBehind: CONFIG,
    errors.DatabaseNewer: CONFIG,
    errors.PortInUse: OS,
    errors.FetchError: UNAVAILABLE,
    errors.AddressRefused: UNAVAILABLE,
    errors.WaitNotOver: TEMPORARY,
    errors.ReadError: DATA,
    errors.RenderError: SOFTWARE,
    errors.RelayError: TEMPORARY,
    errors.DemoFailed: SOFTWARE,
}


def exit_code(error: errors.FeedsvcError) -> int:
    """The exit code for an error; a test holds the table total."""
    return EXITS[type(error)]
