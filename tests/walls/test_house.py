"""The house stays as it is laid out: what lies at the top, which tests belong to what, and reasons for exceptions."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.walls import ROOT

TOP = {"feedsvc", "config", "tests", "pyproject.toml", "Dockerfile", "README.md", "LICENSE"}
# Tests that belong to no single package.
ACROSS = {"walls", "journeys", "fakes", "bench"}
EXCEPTION = re.compile(r"#\s*(noqa|type:\s*ignore)\b(.*)")


@cache
def files() -> list[Path]:
    """What is, or would be, in git."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode:
        pytest.skip("This is not a git clone.")
    return [Path(line) for line in answer.stdout.splitlines() if (ROOT / line).is_file()]


def python_files() -> list[Path]:
    return [path for path in files() if path.suffix == ".py" and "versions" not in path.parts]


def packages(below: str) -> set[str]:
    return {path.parts[1] for path in python_files() if path.parts[0] == below and len(path.parts) > 2}


def test_nothing_else_lies_at_the_top() -> None:
    assert {path.parts[0] for path in files() if not path.parts[0].startswith(".")} == TOP


def test_no_lock_file_that_names_registry_hosts_is_kept() -> None:
    locks = {"uv.lock", "poetry.lock", "Pipfile.lock", "package-lock.json", "pylock.toml"}
    assert not [path for path in files() if path.name in locks]


def test_pins_name_no_host_and_no_folder_and_agree() -> None:
    texts = [(ROOT / "config" / name).read_text("utf-8") for name in ("constraints.txt", "constraints-dev.txt")]
    pins = []
    for text in texts:
        assert not re.search(r"https?:|/|--(?!hash=sha256:)", text)
        # Requirement by requirement: a name, a version, perhaps a marker, and at least one hash.
        blocks = re.split(r"\n(?=\S)", text.strip())
        assert all("--hash=sha256:" in block for block in blocks)
        pins.append(set(blocks))
    assert pins[0] <= pins[1], "the pins of the gate are those of the service and more: run `poe lock`"


def test_tests_mirror_the_packages() -> None:
    tested = packages("tests") - ACROSS
    assert tested <= packages("feedsvc"), "tests of a package that does not exist"
    assert packages("feedsvc") <= tested, "packages without tests of their own"


def test_every_test_folder_is_a_package() -> None:
    folders = {path.parent for path in python_files() if path.parts[0] == "tests"}
    assert not [folder for folder in folders if not (ROOT / folder / "__init__.py").is_file()]


def test_every_exception_from_a_rule_gives_its_reason() -> None:
    silent = [
        f"{path}:{number}: {line.strip()}"
        for path in python_files()
        for number, line in enumerate((ROOT / path).read_text("utf-8").splitlines(), 1)
        if (found := EXCEPTION.search(line)) and path.name != Path(__file__).name and not reason(found[2])
    ]
    assert not silent, "say why in parentheses, as in `# noqa: S104 (nothing is bound)`"


def reason(after: str) -> bool:
    """Is there a reason, in parentheses, after the rule's name?"""
    return bool(re.search(r"\(\S.*\)", after))


def test_no_text_names_a_folder_of_the_machine_it_was_written_on() -> None:
    telling = re.compile(r"(/work|/home|/root|/Users)/\w")
    kinds = {".py", ".md", ".toml", ".txt", ".yaml", ".conf", ".html", ".css", ".js", ".po"}
    found = [path for path in files() if path.suffix in kinds and telling.search((ROOT / path).read_text("utf-8"))]
    assert [path for path in found if path.name != Path(__file__).name] == []
