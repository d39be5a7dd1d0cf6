"""Whatever is asked, the answer is ours: never a 5xx, never unguarded (hypothesis)."""

from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedsvc.web.routes import ROUTES
from tests.web.rooms import Pages
from tests.web.test_every_answer import is_guarded

PARTS = sorted({part for route in ROUTES for part in route.path.split("/") if part and "{" not in part})
part = st.one_of(
    st.sampled_from(
        [*PARTS, "..", ".", "", "news", "all.rss", "news+research.atom", "1", "weekly", "%", "%zz", "%FF%FE"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(lambda text: quote(text, safe="")),
)
path = st.lists(part, max_size=5).map(lambda parts: "/" + "/".join(parts))
query = st.one_of(
    st.just(""),
    st.tuples(st.sampled_from(["before", "language", "categories", "v", ""]), part).map(
        lambda pair: f"?{pair[0]}={pair[1]}"
    ),
    st.text(st.sampled_from("&=;%+?/ab0-\"'<>{}|^`\\"), max_size=20).map(lambda text: "?" + text),
)
value = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)
names = st.sampled_from(
    ["Accept", "Accept-Encoding", "If-None-Match", "If-Modified-Since", "Range", "Content-Type", "Cookie"]
)
headers = st.dictionaries(names, value, max_size=3)
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


@QUICK
@given(path, query, headers)
async def test_any_get(pages: Pages, path: str, query: str, headers: dict[str, str]) -> None:
    answer = await pages.ask("GET", path + query, headers=headers)
    assert answer.status < 500
    is_guarded(answer)


@QUICK
@given(path, st.sampled_from(["POST", "PUT", "OPTIONS", "HEAD", "FOO"]), st.binary(max_size=200), headers)
async def test_any_other_method(pages: Pages, path: str, method: str, body: bytes, headers: dict[str, str]) -> None:
    answer = await pages.ask(method, path, data=body, headers=headers)
    assert answer.status < 500
    is_guarded(answer)


field = st.tuples(
    st.sampled_from(["email", "name", "lists", "categories", "frequency", "started", "hp", "action", "x"]),
    st.one_of(
        st.sampled_from(["alumni", "news", "weekly", "a@example.edu", ""]),
        st.text(st.characters(exclude_categories=["Cs"])),
    ),
)


@QUICK
@given(st.lists(field, max_size=8))
async def test_any_form(pages: Pages, fields: list[tuple[str, str]]) -> None:
    answer = await pages.post("/subscribe", [*fields, ("started", pages.started())])
    assert answer.status in (200, 422, 429)
    is_guarded(answer)
