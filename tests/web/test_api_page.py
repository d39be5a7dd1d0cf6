"""The examples of the API's page are run as they stand, and answer what the page says."""

import asyncio
import json
import re
from typing import Any

import pytest

from feedsvc.clock import SystemClock
from feedsvc.web.api.documents import ArticleDocument
from tests.walls.reference import DOCS
from tests.web.pushing import Program, program, sources
from tests.web.rooms import BASE, Pages

PAGE = (DOCS / "api.md").read_text("utf-8")
EXAMPLES = re.findall(r"```(sh|json)\n(.*?)```", PAGE, re.DOTALL)
# What differs each time.
PASSING = {"id", "guid", "url", "first_seen_at", "updated_at"}


async def run(script: str, caller: Program) -> Any:
    """What a shell prints that runs an example against the service; it must be JSON."""
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "FEEDSVC_TOKEN": caller.made.text,
        "FEEDSVC_SECRET": caller.made.signing_secret,
        "no_proxy": "*",
    }
    process = await asyncio.create_subprocess_exec(
        "sh",
        "-euc",
        script.replace(BASE, caller.pages.address),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert (process.returncode, err) == (0, b""), err.decode()
    return json.loads(out)


@pytest.mark.usefixtures("shell_tools")
async def test_every_example_does_what_the_page_says(pages: Pages) -> None:
    # The examples are signed at the machine's own time.
    pages.clock.set(SystemClock().now())
    await sources(pages)
    cms, signed = await program(pages, sources=("cms",)), await program(pages, signed=True)
    answers = []
    for kind, text in EXAMPLES:
        if kind == "sh":
            answers.append(await run(text, signed if "Feedsvc-Signature" in text else cms))
            continue
        told, got = json.loads(text), answers[-1]
        assert list(told) == list(got)
        if "errors" in told:
            assert told == got
        else:
            assert {key: told[key] for key in told if key not in PASSING} == {
                key: got[key] for key in got if key not in PASSING
            }
    created, wrong, shown, withdrawn, again = answers
    assert (created["happened"], wrong["status"], shown["id"]) == ("created", 422, created["id"])
    assert (withdrawn["happened"], again["happened"]) == ("withdrawn", "created")


def test_the_page_names_every_field_and_no_other() -> None:
    table = re.findall(r"^\| `(\w+)` \| (?:required)? ?\|", PAGE, re.MULTILINE)
    assert set(table) == set(ArticleDocument.model_fields)
    required = re.findall(r"^\| `(\w+)` \| required \|", PAGE, re.MULTILINE)
    assert required == [name for name, field in ArticleDocument.model_fields.items() if field.is_required()]
