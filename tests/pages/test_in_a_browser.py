"""Every page as a browser lays it out: nothing sticks out, everything is legible, everything can be touched."""

from importlib import resources
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route

from feedsvc.text.accent import accent_css
from tests.pages.sample import ALL, BASE, SITE, made

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

STATIC = resources.files("feedsvc.web") / "static"
POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src https:; form-action 'self'; base-uri 'none'"
TYPES = {"css": "text/css", "js": "text/javascript"}
MEASURE = """() => {
  const seen = e => { const r = e.getBoundingClientRect(); return r.width > 1 && r.height > 1 && r.left > -500; };
  const numbers = text => text.match(/[\\d.]+/g).map(Number);
  const linear = v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = c => [0.2126, 0.7152, 0.0722].reduce((sum, w, i) => sum + w * linear(c[i] / 255), 0);
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = numbers(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  const faults = [];
  if (document.documentElement.scrollWidth > innerWidth) faults.push("wider than the window");
  const touched = "button, .button, .feed-link, input[type=email], input[type=text], label.choice, .top-nav a, .foot a";
  for (const e of document.querySelectorAll(touched)) {
    const height = e.getBoundingClientRect().height;
    if (seen(e) && !e.closest(".trap") && height < 43.5) faults.push(`${e.textContent.trim()}: ${height}px high`);
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const words = texts.currentNode.textContent.trim();
    const e = texts.currentNode.parentElement;
    if (!words || !seen(e)) continue;
    const [a, b] = [light(numbers(getComputedStyle(e).color)), light(behind(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faults.push(`${words.slice(0, 30)}: contrast ${ratio.toFixed(2)}`);
  }
  return faults;
}"""


async def answer(route: Route) -> None:
    """What the service would answer: a page by its name, the styles, and no picture."""
    path = urlsplit(route.request.url).path.removeprefix("/stories/")
    if path == "static/accent.css":
        await route.fulfill(body=accent_css(SITE.accent), content_type="text/css")
    elif path.startswith("static/"):
        body = (STATIC / path.removeprefix("static/")).read_text("utf-8")
        await route.fulfill(body=body, content_type=TYPES[path.rpartition(".")[2]])
    elif path.startswith("show/"):
        _, language, number = path.split("/")
        headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8"}
        await route.fulfill(body=made(list(ALL)[int(number)], language), headers=headers)
    else:
        await route.fulfill(status=404)


async def show(page: Page, name: str, language: str = "en") -> list[str]:
    """Open a page; returns what the browser complained about (a refused script or style would be there)."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    await page.goto(f"{BASE}/show/{language}/{list(ALL).index(name)}")
    return [text for text in complaints if "404" not in text]


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("en", 320, "light"), ("en", 1280, "dark"), ("zh", 320, "dark"), ("zh", 1280, "light")],
)
async def test_every_page_fits_and_can_be_read_and_touched(
    browser: BrowserContext, language: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    page = await browser.new_page()
    await page.route("**/*", answer)
    await page.set_viewport_size({"width": width, "height": 800})
    await page.emulate_media(color_scheme=scheme)
    faults = {}
    for name in ALL:
        complaints = await show(page, name, language)
        faults[name] = complaints + await page.evaluate(MEASURE)
    assert {name: found for name, found in faults.items() if found} == {}


async def test_a_copy_button_copies_and_says_so(browser: BrowserContext) -> None:
    await browser.grant_permissions(["clipboard-read", "clipboard-write"])
    page = await browser.new_page()
    await page.route("**/*", answer)
    await show(page, "category")
    button = page.get_by_role("button", name="Copy the address of the Atom feed")
    await button.click()
    assert await page.get_by_role("button", name="Copied").text_content() == "Copied"
    assert await page.evaluate("navigator.clipboard.readText()") == f"{BASE}/feeds/news.atom"


@pytest.mark.parametrize(("key", "language"), [("Enter", "en"), ("Space", "zh")])
async def test_a_copy_button_works_by_keyboard_and_is_read_out(
    browser: BrowserContext, key: str, language: str
) -> None:
    await browser.grant_permissions(["clipboard-read", "clipboard-write"])
    page = await browser.new_page()
    await page.route("**/*", answer)
    await show(page, "feed", language)
    status = page.get_by_role("status")
    assert await status.text_content() == ""
    await page.locator("#address").focus()
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.dataset.copy") == f"{BASE}/feeds/news.atom"
    await page.keyboard.press(key)
    said = {"en": "The address of the Atom feed is copied.", "zh": "Atom 订阅地址已复制。"}[language]
    await status.filter(has_text=said).wait_for(state="attached")
    assert await page.evaluate("navigator.clipboard.readText()") == f"{BASE}/feeds/news.atom"
    assert await page.evaluate("document.activeElement.dataset.copy") == f"{BASE}/feeds/news.atom"


async def test_a_copy_that_the_browser_refuses_is_said_where_it_is_seen(browser: BrowserContext) -> None:
    # Who was asked for one permission and gave another has refused this one.
    await browser.grant_permissions(["geolocation"])
    page = await browser.new_page()
    await page.route("**/*", answer)
    await show(page, "builder, filled")
    await page.get_by_role("button", name="Copy the address of the Atom feed").click()
    refused = page.get_by_role("status").filter(has_text="The browser did not copy it.")
    await refused.wait_for(state="visible")
    assert await page.get_by_role("button", name="Copied").count() == 0
    assert await page.evaluate(MEASURE) == []


async def test_the_builder_works_without_scripts(running_browser: Browser) -> None:
    context = await running_browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.route("**/*", answer)
    await show(page, "builder, filled")
    assert await page.get_by_role("button", name="Copy the address").count() == 0
    assert await page.get_by_label("Address of the feed").input_value() == f"{BASE}/feeds/news+yaowen.atom"
    await show(page, "builder", "zh")
    await page.get_by_label("学校要闻").check()
    await page.get_by_label("Atom").check()
    async with page.expect_request(f"{BASE}/feeds?*") as asked:
        await page.get_by_role("button", name="获取地址").click()
    assert (await asked.value).url == f"{BASE}/feeds?language=zh&categories=yaowen&format=atom"
    await context.close()


async def test_the_first_tab_stop_leads_to_the_content_and_focus_is_seen(page: Page) -> None:
    await page.route("**/*", answer)
    await show(page, "home")
    await page.keyboard.press("Tab")
    style = await page.evaluate(
        "(({outlineStyle, outlineWidth}) => [outlineStyle, outlineWidth])(getComputedStyle(document.activeElement))"
    )
    assert style == ["solid", "3px"]
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "content"


async def test_no_tab_stop_is_in_the_honeypot(page: Page) -> None:
    await page.route("**/*", answer)
    await show(page, "subscribe")
    names = []
    for _ in range(25):
        await page.keyboard.press("Tab")
        names.append(await page.evaluate("document.activeElement.name || ''"))
    assert "email" in names
    assert "hp" not in names
