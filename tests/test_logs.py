"""The log: one line an event, and no secret in it whatever a caller passes."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from feedsvc.logs import PRIVATE_KEYS, configure, get_logger


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Logging is the process's own: put it back as it was."""
    root = logging.getLogger()
    handlers, level, before = list(root.handlers), root.level, structlog.get_config()
    yield
    structlog.configure(**before)
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
    root.setLevel(level)


def test_an_event_is_one_line_of_json_with_its_facts(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "json")
    get_logger("feedsvc.ingest.run").info("poll finished", source="usst", new=3, title="第一\n行")
    said = capsys.readouterr()
    assert said.out == ""
    line = json.loads(said.err)
    assert said.err.count("\n") == 1
    assert {"event": "poll finished", "level": "info", "logger": "feedsvc.ingest.run", "new": 3}.items() <= line.items()
    assert line["title"] == "第一\n行"
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("style", ["json", "text"])
@pytest.mark.parametrize("key", sorted(PRIVATE_KEYS))
def test_what_is_private_is_hidden(capsys: pytest.CaptureFixture[str], style: str, key: str) -> None:
    configure("debug", style)
    get_logger("x").warning("something", **{key: "swordfish@example.edu"})
    said = capsys.readouterr().err
    assert "swordfish" not in said
    assert "(hidden)" in said


@given(st.text())
@effort(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_no_text_breaks_a_line_of_json(capsys: pytest.CaptureFixture[str], text: str) -> None:
    configure("info", "json")
    get_logger("x").info("event", title=text)
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert json.loads(said)["title"] == text


def test_less_than_the_level_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    configure("warning", "json")
    log = get_logger("x")
    log.debug("a")
    log.info("b")
    log.warning("c")
    log.error("d")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["c", "d"]


def test_a_traceback_is_part_of_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "json")
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        get_logger("x").exception("could not divide")
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "ZeroDivisionError" in json.loads(said)["exception"]


@pytest.mark.parametrize("style", ["json", "text"])
def test_a_traceback_does_not_tell_what_the_variables_held(capsys: pytest.CaptureFixture[str], style: str) -> None:
    configure("info", style)
    email = "-".join(("sword", "fish"))
    try:
        raise ZeroDivisionError(len(email))
    except ZeroDivisionError:
        get_logger("x").exception("could not divide")
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said
    assert email not in said


def test_text_breaks_no_line_either(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "text")
    get_logger("x").info("event", title="one\ntwo\x1b[31m")
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "\x1b[31m" not in said
