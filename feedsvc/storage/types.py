"""Column types that mean the same on both engines."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Dialect, TypeDecorator
from sqlalchemy.ext.asyncio import AsyncConnection

Conn = AsyncConnection
"""An open transaction. Storage functions take it first and never commit."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as whole microseconds since 1970 in UTC: exact, ordered and alike on every engine.

    A naive datetime is refused with ValueError (SQLAlchemy wraps it in StatementError): no zone is ever guessed.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 (its interface)
        """To microseconds."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a naive datetime cannot be stored: give it its zone"
            raise ValueError(msg)
        return (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (its interface)
        """From microseconds, aware, in UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)
