"""The documentation as pages: all of it, with links and anchors that lead somewhere."""

import re
from pathlib import Path
from urllib.parse import urldefrag

import feedsvc
from feedsvc.errors import all_errors
from tests.web.rooms import Pages

FOLDER = Path(feedsvc.__file__).parent / "docs"
NAMES = sorted(str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.glob("**/*.md"))


def hrefs(page: str) -> list[str]:
    return re.findall(r'href="([^"]*)"', page.partition('class="docs"')[2].partition("</main>")[0])


async def test_every_page_is_shown_and_every_link_and_anchor_leads_somewhere(pages: Pages) -> None:
    bodies: dict[str, str] = {}
    for name in NAMES:
        answer = await pages.get(f"/docs/{name}")
        assert answer.status == 200, name
        assert answer.text.count("<h1>") == 1, name
        assert 'aria-current="page"' in answer.text, name
        bodies[f"/docs/{name}"] = answer.text
    for address, page in bodies.items():
        ids = re.findall(r'\bid="([^"]*)"', page)
        assert len(ids) == len(set(ids)), address
        for href in hrefs(page):
            target, anchor = urldefrag(href)
            if target.startswith("/"):
                assert target in bodies, f"{address} leads to {href}"
                assert not anchor or f'id="{anchor}"' in bodies[target], f"{address} leads to {href}"
            else:
                assert target.startswith("https://"), f"{address} leads to {href}"


async def test_the_contents_name_every_page_the_guide_first(pages: Pages) -> None:
    page = (await pages.get("/docs")).text
    listed = list(dict.fromkeys(href for href in hrefs(page) if href.startswith("/docs/") and "#" not in href))
    assert listed[0] == "/docs/guide"
    assert {href.removeprefix("/docs/") for href in listed} == set(NAMES)
    assert 'href="/docs/settings"' in page


async def test_the_type_of_every_problem_is_an_anchor(pages: Pages) -> None:
    page = (await pages.get("/docs/errors")).text
    for error in all_errors():
        if error.__module__ == "feedsvc.errors":
            assert f'id="{error.code}"' in page


async def test_links_keep_below_a_base_address_with_a_path(below: Pages) -> None:
    page = (await below.get("/press/news/docs/addresses")).text
    assert 'href="/press/news/docs/errors"' in page


async def test_no_other_file_is_shown(pages: Pages) -> None:
    for name in ("nothing", "../settings", "..%2fsettings", "guide.md", "%2e%2e/errors", "/etc/passwd", "decisions"):
        assert (await pages.get(f"/docs/{name}")).status == 404, name


async def test_tables_have_no_empty_headings_and_code_can_be_scrolled_by_keyboard(pages: Pages) -> None:
    for path in ("/docs/commands", "/docs/api"):
        page = (await pages.get(path)).text
        assert "<th></th>" not in page
        assert "<pre>" not in page
        assert '<pre tabindex="0">' in page
