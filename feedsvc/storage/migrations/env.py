"""Alembic's environment: runs on the connection that `storage.migrate` hands over."""

from typing import Any, Literal

from alembic import context

from feedsvc.storage.revisions import METADATA
from feedsvc.storage.types import Instant


def _render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our own types by what they are in the database, so that old migrations never depend on today's code."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.BigInteger()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    compare_type=True,
    compare_server_default=True,
    render_item=_render_item,
)
with context.begin_transaction():
    context.run_migrations()
