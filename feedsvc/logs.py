"""Logging: one line an event, readable on a terminal and JSON elsewhere, never an address or a token.

Modules call `log = get_logger(__name__)` and then `log.info("poll finished", source="usst", new=3)`: a short constant
sentence and the facts as keys.
"""

import logging
import sys
from typing import Any, cast

import structlog

# Keys that would carry a person's address or a secret are dropped whatever a caller passes.
PRIVATE_KEYS = frozenset({"email", "address", "recipient", "token", "password", "secret", "authorization", "cookie"})


class Logger:
    """What the code uses of a structured logger."""

    def __init__(self, name: str) -> None:
        self._name = name

    def debug(self, event: str, **facts: Any) -> None:
        """For whoever is looking for a fault."""
        self._write("debug", event, facts)

    def info(self, event: str, **facts: Any) -> None:
        """Something worth knowing happened."""
        self._write("info", event, facts)

    def warning(self, event: str, **facts: Any) -> None:
        """Something went wrong that mends itself or costs little."""
        self._write("warning", event, facts)

    def error(self, event: str, **facts: Any) -> None:
        """Something went wrong that a person should look at."""
        self._write("error", event, facts)

    def exception(self, event: str, **facts: Any) -> None:
        """As `error`, with the traceback of the exception that is being handled."""
        self._write("error", event, {**facts, "exc_info": True})

    def _write(self, level: str, event: str, facts: dict[str, Any]) -> None:
        getattr(structlog.get_logger(self._name), level)(event, logger=self._name, **facts)


def get_logger(name: str) -> Logger:
    """The logger of a module."""
    return Logger(name)


def _drop_private(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    for key in PRIVATE_KEYS & event.keys():
        event[key] = "(hidden)"
    return event


def configure(level: str = "info", style: str = "auto") -> None:
    """Write to standard error from now on. `style`: auto, text or json."""
    as_json = style == "json" or (style == "auto" and not sys.stderr.isatty())
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        # Plain, because the usual one prints what the variables held: addresses and tokens among it.
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    tail: list[Any] = [structlog.processors.format_exc_info] if as_json else []
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _drop_private,
            *tail,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(cast("int", getattr(logging, level.upper()))),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(
        level=max(logging.WARNING, getattr(logging, level.upper())),
        stream=sys.stderr,
        format="%(levelname)s %(name)s: %(message)s",
    )
