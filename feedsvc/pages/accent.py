"""The accent colour and its kin: computed, so that any university's colour is legible in light and in dark.

Contrast is that of WCAG 2.2 (relative luminance, 1.4.3). What holds afterwards, in either scheme, is at least 4.5:1 for
accent and hover on paper, on wash and on the tint, and for text-on-accent on accent and hover.
"""

from dataclasses import dataclass

Colour = tuple[int, int, int]

LEAST = 4.5
"""The least contrast of text (WCAG 2.2, success criterion 1.4.3, level AA)."""

_STEPS = 100
_HOVER = 0.22


@dataclass(frozen=True, slots=True)
class Scheme:
    """The surfaces an accent stands on, where it turns when it is too faint, and how much of it tints the paper."""

    paper: Colour
    wash: Colour
    toward: Colour
    tint: float


@dataclass(frozen=True, slots=True)
class Accent:
    """An accent fitted to a scheme. Each is #rrggbb."""

    accent: str
    hover: str
    tint: str
    on_accent: str


LIGHT = Scheme(paper=(255, 255, 255), wash=(0xF6, 0xF7, 0xF9), toward=(0, 0, 0), tint=0.07)
DARK = Scheme(paper=(0x14, 0x17, 0x1A), wash=(0x1C, 0x20, 0x24), toward=(255, 255, 255), tint=0.12)


def parse(colour: str) -> Colour:
    """`#rrggbb` as three numbers from 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def fit(accent: str, scheme: Scheme) -> Accent:
    """The accent in a scheme: unchanged where it is legible, else moved away from the paper by as little as does it."""
    given = parse(accent)
    fitted = next(
        candidate
        for candidate in (_mix(given, scheme.toward, step / _STEPS) for step in range(_STEPS + 1))
        if _legible(candidate, scheme)
    )
    return Accent(
        accent=_hex(fitted),
        hover=_hex(_mix(fitted, scheme.toward, _HOVER)),
        tint=_hex(_tint(fitted, scheme)),
        on_accent=_hex(scheme.paper),
    )


def accent_css(accent: str) -> str:
    """The style sheet served as /static/accent.css, from a colour as #rrggbb; loaded after tokens.css."""
    light, dark = _declarations(fit(accent, LIGHT)), _declarations(fit(accent, DARK))
    return f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"


def _declarations(fitted: Accent) -> str:
    return (
        f"--accent: {fitted.accent}; --accent-hover: {fitted.hover}; "
        f"--accent-tint: {fitted.tint}; --on-accent: {fitted.on_accent};"
    )


def _legible(candidate: Colour, scheme: Scheme) -> bool:
    surfaces = (scheme.paper, scheme.wash, _tint(candidate, scheme))
    return all(contrast(candidate, surface) >= LEAST for surface in surfaces)


def _tint(accent: Colour, scheme: Scheme) -> Colour:
    return _mix(scheme.paper, accent, scheme.tint)


def _mix(start: Colour, end: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(start, end, strict=True))
    return red, green, blue


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(channel / 255) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
