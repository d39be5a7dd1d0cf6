"""One word for a source's condition."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from feedsvc.model.health import SourceHealth, SourceStatus

NOW = datetime(2020, 6, 8, tzinfo=UTC)
NEW = SourceHealth("usst", None, None, None, None, None, None, "", "", 0)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, SourceStatus.NEW),
        ({"last_success_at": NOW}, SourceStatus.HEALTHY),
        ({"last_success_at": NOW, "last_error": "It timed out."}, SourceStatus.FAILING),
        ({"last_error": "It timed out.", "gone_at": NOW}, SourceStatus.GONE),
        ({"gone_at": NOW, "paused_at": NOW}, SourceStatus.PAUSED),
    ],
)
def test_an_admins_decision_comes_first(fields: dict[str, Any], status: SourceStatus) -> None:
    assert replace(NEW, **fields).status is status
