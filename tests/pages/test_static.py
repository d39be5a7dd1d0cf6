"""The style sheets and the one script: the tokens hold what they must, and nothing comes from elsewhere."""

import re
from importlib import resources

import pytest

from feedsvc.settings import Site
from feedsvc.text.accent import DARK, LEAST, LIGHT, contrast, fit, parse

STATIC = resources.files("feedsvc.web") / "static"
TOKENS = (STATIC / "tokens.css").read_text("utf-8")
SHEET = (STATIC / "site.css").read_text("utf-8")
SCRIPT = (STATIC / "copy.js").read_text("utf-8")
DEFAULT_ACCENT = str(Site.model_fields["accent"].default)


def colours(text: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", text))


LIGHT_HALF, DARK_HALF = TOKENS.split("@media (prefers-color-scheme: dark)")
IN_LIGHT, IN_DARK = colours(LIGHT_HALF), colours(DARK_HALF)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_tokens_hold_the_default_accent(scheme: str) -> None:
    fitted = fit(DEFAULT_ACCENT, {"light": LIGHT, "dark": DARK}[scheme])
    tokens = {"light": IN_LIGHT, "dark": IN_DARK}[scheme]
    shown = (tokens["accent"], tokens["accent-hover"], tokens["accent-tint"], tokens["on-accent"])
    assert shown == (fitted.accent, fitted.hover, fitted.tint, fitted.on_accent)


@pytest.mark.parametrize("tokens", [IN_LIGHT, IN_DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "soft", "good", "warn", "bad", "accent"])
@pytest.mark.parametrize("surface", ["paper", "wash", "accent-tint"])
def test_every_ink_is_legible_on_every_surface(tokens: dict[str, str], ink: str, surface: str) -> None:
    if (ink, surface) not in {("good", "accent-tint"), ("warn", "accent-tint"), ("bad", "accent-tint")}:
        assert contrast(parse(tokens[ink]), parse(tokens[surface])) >= LEAST


def test_the_accent_is_computed_for_the_papers_that_the_tokens_show() -> None:
    for tokens, scheme in ((IN_LIGHT, LIGHT), (IN_DARK, DARK)):
        assert (parse(tokens["paper"]), parse(tokens["wash"])) == (scheme.paper, scheme.wash)


def test_both_schemes_name_the_same_colours() -> None:
    assert set(IN_LIGHT) == set(IN_DARK)


def test_every_token_that_is_used_exists_and_the_reverse() -> None:
    defined = set(re.findall(r"(--[a-z0-9-]+):", TOKENS))
    used = set(re.findall(r"var\((--[a-z0-9-]+)\)", SHEET))
    assert used <= defined
    assert defined - used <= {"--good"}


def test_spaces_and_type_are_those_of_the_scale() -> None:
    assert sorted(int(size) for size in re.findall(r"--text-(\d+):", TOKENS)) == [14, 16, 18, 22, 28, 36]
    assert sorted(int(space) for space in re.findall(r"--space-(\d+):", TOKENS)) == [4, 8, 12, 16, 24, 32, 48, 72]
    assert not re.search(r"(?:padding|margin|gap)[a-z-]*:[^;]*\b(?:[4-9]|\d\d)px", SHEET)
    assert not re.search(r"#[0-9a-f]{3,6}\b", SHEET)


def test_nothing_comes_from_elsewhere() -> None:
    for text in (TOKENS, SHEET, SCRIPT):
        assert "http" not in text
        assert "@import" not in text
        assert "url(" not in text
    assert "innerHTML" not in SCRIPT


def test_motion_is_asked_for_first() -> None:
    before, _, after = SHEET.partition("@media (prefers-reduced-motion: no-preference)")
    assert "transition" not in before
    assert "animation" not in before
    assert "transition" in after
