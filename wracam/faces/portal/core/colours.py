"""A shop's own colour, moved towards dark or light until text on it, and it on the page, can be read.

Contrast is that of WCAG 2.2 (relative luminance, 1.4.3); 4.5 is enough for text of any size.
"""

from __future__ import annotations

from dataclasses import dataclass

CONTRAST_MIN = 4.6
PAPER_LIGHT = (250, 248, 242)
PAPER_DARK = (36, 42, 38)
INK_ON_LIGHT_ACCENT = (20, 27, 23)
WHITE = (255, 255, 255)
STEPS = 100
Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accent:
    """The colour for light and for dark pages, each with the colour of text on it, as `#rrggbb`."""

    light: str
    on_light: str
    dark: str
    on_dark: str


def readable_accent(colour: str) -> Accent:
    """Return *colour* (`#rrggbb`) as it may be used: unchanged where it can be read, else as near as possible."""
    wanted = _parse(colour)
    light = _until_readable(wanted, towards=(0, 0, 0), against=PAPER_LIGHT)
    dark = _until_readable(wanted, towards=WHITE, against=PAPER_DARK)
    return Accent(light=_hex(light), on_light=_hex(WHITE), dark=_hex(dark), on_dark=_hex(INK_ON_LIGHT_ACCENT))


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    return _contrast(_parse(first), _parse(second))


def _until_readable(colour: Rgb, *, towards: Rgb, against: Rgb) -> Rgb:
    for step in range(STEPS + 1):
        mixed = _mix(colour, towards, step / STEPS)
        if _contrast(mixed, against) >= CONTRAST_MIN:
            return mixed
    return towards


def _mix(colour: Rgb, towards: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, towards, strict=True))
    return red, green, blue


def _contrast(first: Rgb, second: Rgb) -> float:
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Rgb) -> float:
    red, green, blue = (_linear(channel / 255) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _parse(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(colour: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
