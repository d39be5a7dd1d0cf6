"""Any accent colour is legible in light and in dark."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.text.accent import DARK, LEAST, LIGHT, Scheme, accent_css, contrast, fit, parse

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
SCHEMES = pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])


@SCHEMES
@given(colour=COLOURS)
def test_accent_and_hover_are_legible_on_every_surface(scheme: Scheme, colour: str) -> None:
    fitted = fit(colour, scheme)
    for shade in (fitted.accent, fitted.hover):
        for surface in (scheme.paper, scheme.wash, parse(fitted.tint)):
            assert contrast(parse(shade), surface) >= LEAST
        assert contrast(parse(fitted.on_accent), parse(shade)) >= LEAST


@SCHEMES
@given(colour=COLOURS)
def test_a_fitted_accent_fits_as_it_is(scheme: Scheme, colour: str) -> None:
    once = fit(colour, scheme)
    assert fit(once.accent, scheme) == once


def test_a_legible_accent_is_left_as_it_was_chosen() -> None:
    assert fit("#0b4f8a", LIGHT).accent == "#0b4f8a"


def test_a_faint_accent_turns_darker_in_light_and_lighter_in_dark() -> None:
    assert sum(parse(fit("#ffd500", LIGHT).accent)) < sum(parse("#ffd500"))
    assert sum(parse(fit("#0b4f8a", DARK).accent)) > sum(parse("#0b4f8a"))


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#0b4f8a", "#0b4f8a", 1.0)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(parse(one), parse(other)) == pytest.approx(ratio, abs=0.005)
    assert contrast(parse(other), parse(one)) == contrast(parse(one), parse(other))


@given(colour=COLOURS)
def test_the_sheet_holds_nothing_but_its_four_colours_twice(colour: str) -> None:
    sheet = accent_css(colour)
    for name in ("--accent:", "--accent-hover:", "--accent-tint:", "--on-accent:"):
        assert sheet.count(name) == 2
    assert sheet.count("{") == sheet.count("}") == 4 - 1
    assert sheet.index(fit(colour, LIGHT).accent) < sheet.index("prefers-color-scheme: dark")
