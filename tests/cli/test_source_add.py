"""`source add`: what is found is shown, agreed to, and pinned."""

import os
import pty
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from feedsvc.cli import exits
from feedsvc.cli.source_proposal import not_added, print_discovery
from feedsvc.ingest.discovery.judging import Scene, missed, ranked
from feedsvc.model.discovery import Discovery, Method
from feedsvc.model.newsroom import SourceKind
from tests.cli.conftest import University
from tests.cli.desk import Desk

NONE_YET = "No sources yet. `feedsvc source add URL` adds one, `feedsvc apply FILE` a whole newsroom.\n"
SCENE = Scene("https://x.example/")
NOBODY = "http://127.0.0.1:9/feed.xml"


def sources(desk: Desk) -> list[dict[str, object]]:
    """The sources there are."""
    found = desk.ok("source", "list", "--json").json
    return [one["source"] for one in found]


def test_what_is_found_is_shown_and_added(desk: Desk, university: University) -> None:
    desk.ok("apply", desk.write("room.toml", '[[category]]\nslug = "news"\ntitle = "News"\n'))
    url = f"{university.address}/library/rss.xml"
    added = ("source", "add", url, "--category", "news", "--slug", "library", "--allow-private", "--yes")
    said = desk.ok(*added)
    assert "1. feed, 3 stories, the newest of " in said.out
    assert "  <- proposed\n" in said.out
    assert '   kind = "feed"\n' in said.out
    assert "The first 3 articles as they would be ingested:\n" in said.out
    assert " | by University Library | in news | without a picture\n" in said.out
    assert said.out.endswith("Added as library. `feedsvc source poll library` reads it now.\n")
    assert sources(desk)[0]["timezone"] == "Asia/Shanghai"
    again = desk.run(*added)
    assert (again.code, again.out) == (exits.USAGE, "")
    assert again.sentence == "There is a source library already. Give this one another name with --slug."


def test_without_anyone_to_agree_it_is_shown_and_not_added(desk: Desk, university: University) -> None:
    said = desk.run("source", "add", f"{university.address}/News_Events.htm", "--allow-private")
    assert said.code == exits.USAGE
    assert "1. list of the CMS vsb, " in said.out
    assert said.sentence == (
        "Nothing was added, because nobody is at a terminal to agree. Look at the above, and add --yes."
    )
    assert sources(desk) == []


@pytest.mark.parametrize(
    ("answer", "last", "added"),
    [
        ("y\n", "Added as ", 1),
        ("n\n", "Nothing was added.", 0),
        pytest.param("\x04", "Nothing was added.", 0, id="Ctrl-D"),
    ],
)
def test_on_a_terminal_it_asks(desk: Desk, university: University, answer: str, last: str, added: int) -> None:
    code = exits.UNANSWERED if answer == "\x04" else 0
    ours, theirs = pty.openpty()
    process = desk.start(
        "source", "add", f"{university.address}/News_Events.htm", "--allow-private",
        stdin=theirs, stdout=theirs, stderr=subprocess.PIPE,
    )  # fmt: skip
    os.close(theirs)
    os.write(ours, answer.encode())
    told = b""
    try:
        while chunk := os.read(ours, 4096):
            told += chunk
    except OSError:
        # The terminal is gone with the process.
        pass
    os.close(ours)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err.strip()) == (code, "")
    assert "Add this source?" in told.decode()
    assert told.decode().count(last) == 1
    assert len(sources(desk)) == added


def test_a_name_is_made_from_the_address_and_the_preset_is_pinned(desk: Desk, university: University) -> None:
    url = f"{university.address}/News_Events.htm"
    assert "Added as 127-0-0-1-news-events." in desk.ok("source", "add", url, "--allow-private", "--yes").out
    assert (sources(desk)[0]["preset"], sources(desk)[0]["kind"]) == ("vsb", "page")


def test_a_host_name_leads_to_the_news(desk: Desk, university: University) -> None:
    host = university.address.removeprefix("http://")
    said = desk.ok("source", "add", host, "--allow-private", "--yes")
    assert sources(desk)[0]["url"] == f"{university.address}/News_Events.htm"
    assert "Added as 127-0-0-1-news-events." in said.out


def test_another_of_the_ways_may_be_chosen(desk: Desk, university: University) -> None:
    url = f"{university.address}/"
    ways = desk.ok("source", "add", url, "--allow-private", "--json").json["discovery"]["candidates"]
    number = next(one["number"] for one in ways if one["kind"] == "feed")
    desk.ok("source", "add", url, "--allow-private", "--candidate", str(number), "--yes")
    assert sources(desk)[0]["url"] == f"{university.address}/library/rss.xml"
    wrong = desk.run("source", "add", url, "--allow-private", "--candidate", "99", "--slug", "x", "--yes")
    assert wrong.code == exits.USAGE
    assert wrong.sentence.startswith("There is no candidate 99")


def test_a_kind_may_be_asked_for(desk: Desk, university: University) -> None:
    url = f"{university.address}/News_Events.htm"
    none = desk.run("source", "add", url, "--kind", "feed", "--allow-private", "--yes")
    assert none.code == exits.DATA
    assert f"{url} was not added as a feed: " in none.sentence
    none = desk.run("source", "add", url, "--kind", "feed", "--allow-private", "--json")
    assert (none.code, none.json["candidate"], none.json["added"]) == (exits.DATA, 0, False)
    assert sources(desk) == []


def test_json_shows_and_adds_nothing_by_itself(desk: Desk, university: University) -> None:
    url = f"{university.address}/yw/list.htm"
    told = desk.ok("source", "add", url, "--allow-private", "--json").json
    assert (told["added"], told["candidate"], told["source"]["preset"]) == (False, 1, "webplus")
    assert told["source"]["language"] == "zh"
    assert len(told["articles"]) == 3
    assert sources(desk) == []
    told = desk.ok("source", "add", url, "--allow-private", "--json", "--yes", "--interval", "1h", "--approval").json
    assert told["added"]
    assert (sources(desk)[0]["interval"], sources(desk)[0]["approval"]) == (3600.0, True)


def test_a_push_source_needs_no_address(desk: Desk) -> None:
    said = desk.ok("source", "add", "--kind", "push", "--slug", "cms")
    assert said.out == "Added as cms. `feedsvc token create cms --source cms` makes the key to push with.\n"
    assert (sources(desk)[0]["kind"], sources(desk)[0]["url"]) == ("push", "")
    check = desk.ok("source", "check", "cms")
    assert check.out == "There is nothing to check: the articles of this source are pushed.\n"
    nameless = desk.run("source", "add", "--kind", "push")
    assert (nameless.code, nameless.sentence) == (
        exits.USAGE,
        "A push source needs a name, because there is no address to make one from: add --slug.",
    )
    assert desk.run("source", "add", "--kind", "push", "--slug", "cms").code == exits.USAGE
    addressed = desk.run("source", "add", "https://x.example/", "--kind", "push", "--slug", "other")
    assert (addressed.code, addressed.out) == (exits.USAGE, "")
    assert addressed.sentence == (
        "A push source has no address, because nothing is read for it: leave https://x.example/ out, and name it with "
        "--slug."
    )
    assert len(sources(desk)) == 1


def test_an_address_is_read_by_one_source(desk: Desk, university: University) -> None:
    url = f"{university.address}/News_Events.htm"
    desk.ok("source", "add", url, "--allow-private", "--slug", "usst", "--yes")
    for words in (["--slug", "other"], []):
        again = desk.run("source", "add", f"{url}?utm_source=x", "--allow-private", "--yes", *words)
        assert (again.code, again.out) == (exits.USAGE, "")
        assert " is read by the source usst already; `feedsvc source show usst` tells of it." in again.sentence
    assert len(sources(desk)) == 1
    # A newsroom may hold the address as another kind.
    room = f'[[source]]\nslug = "map"\nkind = "sitemap"\nurl = "{university.address}/library/rss.xml"\nallow_private = true\n'
    desk.ok("apply", desk.write("room.toml", room))
    desk.ok("source", "add", f"{university.address}/library/rss.xml", "--allow-private", "--yes")


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (
            "x answered 429. We asked too often for this site: it is tried again later; give the source a longer interval.",
            "x answered 429. We asked too often for this site. Nothing was added; try again later.",
        ),
        (
            "x answered 503. The site has a fault of its own: it is tried again later.",
            "x answered 503. The site has a fault of its own. Nothing was added; try again later.",
        ),
        (
            "x did not answer in full within 5 seconds. It is tried again later; if this stays, check that the site is up.",
            "x did not answer in full within 5 seconds. Nothing was added; try again later.",
        ),
        (
            "x asked us to wait; it will be tried again in 5 minutes.",
            "x asked us to wait. Nothing was added; try again in 5 minutes.",
        ),
        ("x answered 404. Check the address.", "x answered 404. Check the address."),
    ],
)
def test_nothing_is_promised_for_what_was_not_added(reason: str, told: str) -> None:
    assert not_added(reason) == told


def test_a_list_that_could_not_be_read_has_no_empty_bracket(capsys: pytest.CaptureFixture[str]) -> None:
    lost = missed(Method.LIST, SourceKind.PAGE, "https://x.example/news/", "It answered 404 Not Found.")
    print_discovery(Discovery("https://x.example/", "https://x.example/", candidates=ranked([lost], SCENE)), 0, "UTC")
    assert "1. list on the page\n   https://x.example/news/\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["foo"], "'foo' is not a web address: write it whole, with https:// or http://."),
        (["ftp://x/y"], "'ftp://x/y' is not a web address"),
        (["http://x/", "--slug", "Bad Slug"], "The source's slug: 'Bad Slug' is not a slug"),
        (["http://x/", "--timezone", "Foo/Bar"], "The source's timezone: 'Foo/Bar' is not a time zone"),
        (["http://x/", "--category", "nws"], "The source's categories: there is no category 'nws'"),
        (["http://x/", "--interval", "soon"], "The source's interval: "),
    ],
)
def test_what_cannot_be_a_source_is_not_asked_for(desk: Desk, words: list[str], told: str) -> None:
    said = desk.run("source", "add", *words)
    assert (said.code, said.out) == (exits.DATA, "")
    assert said.sentence.startswith(told)


def test_no_address_at_all(desk: Desk) -> None:
    said = desk.run("source", "add")
    assert (said.code, said.sentence) == (
        exits.USAGE,
        "Give the address of a news page, a feed, a sitemap or a site: feedsvc source add URL.",
    )


def test_what_cannot_be_read_is_not_added(desk: Desk, university: University) -> None:
    private = desk.run("source", "add", f"{university.address}/library/rss.xml", "--yes")
    assert private.sentence.endswith("Here, add --allow-private.")
    for words in ((), ("--allow-private",)):
        never = desk.run("source", "add", "http://169.254.169.254/latest", "--yes", *words)
        assert never.code == exits.DATA
        assert never.sentence.endswith(" leads to a special address, which is never fetched. Give a public address.")
    silent = desk.run("source", "add", NOBODY, "--allow-private", "--yes")
    assert "tried again" not in silent.sentence
    missing = desk.run("source", "add", f"{university.address}/nothing", "--allow-private", "--yes")
    assert "404" in missing.sentence
    for said in (private, silent, missing):
        assert said.code == exits.DATA
        assert " was not added: " in said.sentence
    assert desk.ok("source", "list").out == NONE_YET


class _Unlinked(BaseHTTPRequestHandler):
    """A site whose home page links nothing, and whose sitemap has days without times."""

    def do_GET(self) -> None:
        """Answer with the sitemap or the home page."""
        there = f"http://{self.headers['Host']}/news/"
        days = "".join(f"<url><loc>{there}{n}.html</loc><lastmod>2026-11-2{n}</lastmod></url>" for n in range(3))
        body = {"/": "<p>Welcome.</p>", "/sitemap.xml": f"<urlset>{days}</urlset>"}.get(self.path)
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html" if self.path == "/" else "application/xml")
        self.end_headers()
        self.wfile.write((body or "").encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the standard library's name)
        """Say nothing."""


@pytest.fixture
def unlinked_map() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Unlinked) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Los_Angeles"])
def test_a_day_without_a_time_stays_that_day(desk: Desk, unlinked_map: str, zone: str) -> None:
    said = desk.run("source", "add", unlinked_map, "--allow-private", "--timezone", zone)
    assert said.code == exits.DATA
    assert "1. sitemap, 3 stories, the newest of 2026-11-22\n" in said.out


def test_what_was_asked_for_and_is_not_there_is_named(desk: Desk, university: University) -> None:
    url = f"{university.address}/library/rss.xml"
    said = desk.run("source", "add", url, "--allow-private", "--kind", "sitemap")
    assert said.sentence == (
        f"{url} was not added as a sitemap: No sitemap was found at {url} or near it, but a feed is there: leave --kind "
        "out to see what to take."
    )
