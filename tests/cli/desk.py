"""Commands as a person gives them, in this process or in one of their own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from feedsvc.cli import main

KEY = "a-key-for-tests-only-0123456789abcdef"


@dataclass(frozen=True)
class Said:
    """What a command printed, and the code it ended with."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be JSON and nothing else."""
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """What standard error says, which must be one line of `feedsvc: ...`."""
        assert "Traceback" not in self.err, self.err
        assert self.err.startswith("feedsvc: "), self.err
        assert self.err.count("\n") == 1, self.err
        return self.err.removeprefix("feedsvc: ").rstrip()


class Desk:
    """A folder, a database and an environment; `run` gives a command to the console script's own function."""

    def __init__(self, folder: Path, url: str, monkeypatch: pytest.MonkeyPatch, captured: pytest.CaptureFixture[str]):
        self.folder = folder
        self.values = {
            "FEEDSVC_DATABASE__URL": url,
            "FEEDSVC_DATABASE__BUSY_TIMEOUT": "0.2",
            "FEEDSVC_SECURITY__SECRET_KEY": KEY,
            "FEEDSVC_SITE__TIMEZONE": "Asia/Shanghai",
            "FEEDSVC_HTTP__PORT": "0",
            "FEEDSVC_MAIL__TLS": "none",
            "FEEDSVC_MAIL__PORT": "9",
        }
        self._monkeypatch = monkeypatch
        self._captured = captured

    def set(self, **values: str) -> None:
        """Change the environment: `desk.set(HTTP__PORT="8080")`."""
        self.values |= {f"FEEDSVC_{name}": value for name, value in values.items()}

    def run(self, *words: str) -> Said:
        """Give a command in this process; pytest's capture takes the place of a pipe."""
        self._monkeypatch.chdir(self.folder)
        for name in [name for name in os.environ if name.startswith("FEEDSVC_")]:  # noqa: TID251 (what commands read)
            self._monkeypatch.delenv(name)
        for name, value in self.values.items():
            self._monkeypatch.setenv(name, value)
        self._monkeypatch.setattr(sys, "argv", ["feedsvc", *words])
        self._captured.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.run()
        out, err = self._captured.readouterr()
        return Said(int(ended.value.code or 0), out, err)

    def ok(self, *words: str) -> Said:
        """Give a command that must go well."""
        said = self.run(*words)
        assert said.code == 0, said
        return said

    def write(self, name: str, text: str) -> str:
        """Make a file in the folder; returns its name."""
        (self.folder / name).write_text(text, "utf-8")
        return name

    def start(self, *words: str, **options: Any) -> "subprocess.Popen[str]":
        """Start a command in a process of its own, in which a warning of Python's is an error."""
        script = "from feedsvc.cli.main import run; run()"
        around = os.environ  # noqa: TID251 (what commands read)
        kept = {name: value for name, value in around.items() if not name.startswith("FEEDSVC_")}
        return subprocess.Popen(
            [sys.executable, "-W", "error", "-c", script, *words],
            cwd=self.folder,
            env=kept | self.values,
            text=True,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options,
        )

    def apart(self, *words: str, **options: Any) -> Said:
        """Run a command in a process of its own to its end."""
        process = self.start(*words, **options)
        out, err = process.communicate(timeout=60)
        return Said(process.returncode, out or "", err or "")
