"""Colour roles of the window, as a pure function of the palette.

Nothing else in the program names a colour: widgets ask :func:`current`, style
sheets are built from a :class:`Theme`, and the tests measure the contrast of
every pair that is put on screen.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache, lru_cache
from types import MappingProxyType
from typing import NamedTuple

from PySide6.QtGui import QColor, QGuiApplication, QPalette


class ThemeChoice(StrEnum):
    """What the user asked for; ``SYSTEM`` follows the desktop, contrast included."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Tone(NamedTuple):
    """A state's colour: ``fg`` for glyph and word, ``soft`` for the ground under them."""

    fg: QColor
    soft: QColor


class Theme(NamedTuple):
    """Every colour on screen, by the part it plays."""

    name: str
    is_dark: bool
    window: QColor
    card: QColor
    line: QColor
    control_line: QColor
    text: QColor
    dim: QColor
    accent: QColor
    on_accent: QColor
    hover: QColor
    selection: QColor
    on_selection_dim: QColor
    tones: Mapping[str, Tone]
    marks: Mapping[str, QColor]
    """What tells connections apart, by the names that operators give colours: lines and squares, never words."""

    def role(self, name: str) -> Tone:
        """Return the tone called ``name``; an unknown name is the quiet one, never a crash."""
        return self.tones.get(name, self.tones["skipped"])


_PLAIN = ("window", "card", "line", "control_line", "text", "dim", "accent", "on_accent", "hover", "on_selection_dim")
_TONES = ("success", "failed", "warning", "running", "reboot", "skipped")
_MARKS = ("green", "blue", "violet", "amber", "red", "grey")
_ROWS: Mapping[str, tuple[str, str, str]] = {
    # name: (the plain roles, fg and soft of each tone, marks), in the order of the tuples above
    "light": (
        "#f6f7f9 #ffffff #e2e5ea #c3c9d3 #1c2129 #667085 #2457d6 #ffffff #eff1f5 #5b6576",
        "#177344 #e3f4ea #c0342b #fdeae8 #8a5c00 #fff3d6 #2457d6 #e4ecfd #7a4bd0 #f0e9fc #5b6576 #eef0f3",
        "#1f9254 #2f62e0 #8a55e0 #c67a00 #d23a30 #6b7484",
    ),
    "dark": (
        "#14171c #1b1f26 #2c323c #475162 #e6e9ef #97a1b2 #7aa2ff #0d1220 #252a33 #a7b0c0",
        "#5fd08f #173626 #ff8a80 #431d1b #f0c05a #3b2f12 #7aa2ff #20304f #c0a2ff #2e2447 #a7b0c0 #262b34",
        "#4cc583 #6e9bff #b48cff #f0b23e #ff7468 #98a2b3",
    ),
    "light-contrast": (
        "#ffffff #ffffff #000000 #000000 #000000 #1f1f1f #0037b3 #ffffff #e8e8e8 #1f1f1f",
        "#00490f #e3f4ea #8f0000 #fdeae8 #5c3b00 #fff3d6 #0037b3 #dbe6ff #4a1b9e #f0e9fc #2b2b2b #ebebeb",
        "#00692a #0037b3 #5a25b8 #8f5600 #b00000 #444444",
    ),
    "dark-contrast": (
        "#000000 #000000 #ffffff #ffffff #ffffff #e6e6e6 #a8c4ff #000000 #2a2a2a #e6e6e6",
        "#8cf0b4 #06260f #ffb3ad #330907 #ffd98a #2b1f00 #a8c4ff #10204a #d9c6ff #1e1338 #e0e0e0 #1c1c1c",
        "#8cf0b4 #a8c4ff #d9c6ff #ffd98a #ffb3ad #e0e0e0",
    ),
}

_READABLE = 4.5
"""WCAG 2, level AA, for text of this size."""
_MIDDLE = 0.18
"""A ground of this luminance is as far from black as from white."""
_LIGHTER_BY = 0.04


@cache
def theme_named(name: str) -> Theme:
    """Return the theme called ``light``, ``dark``, ``light-contrast`` or ``dark-contrast``."""
    plain_text, tone_text, mark_text = _ROWS[name]
    plain = dict(zip(_PLAIN, map(QColor, plain_text.split()), strict=True))
    pairs = [QColor(text) for text in tone_text.split()]
    tones = {key: Tone(pairs[2 * n], pairs[2 * n + 1]) for n, key in enumerate(_TONES)}
    return Theme(
        name=name,
        is_dark=name.startswith("dark"),
        selection=tones["running"].soft,
        tones=MappingProxyType(tones),
        marks=MappingProxyType(dict(zip(_MARKS, map(QColor, mark_text.split()), strict=True))),
        **plain,
    )


@cache
def _theme_of_ground(rgb: int) -> Theme:
    for name in _ROWS:
        if theme_named(name).window.rgb() == rgb:
            return theme_named(name)
    return theme_named("dark" if QColor.fromRgb(rgb).lightness() < 128 else "light")


def of_palette(palette: QPalette) -> Theme:
    """Return the theme that belongs to ``palette``: exact for ours, by lightness for a foreign one."""
    return _theme_of_ground(palette.color(QPalette.ColorRole.Window).rgb())


def current() -> Theme:
    """Return the theme on screen now. Ask again at each paint: it changes with the palette."""
    return of_palette(QGuiApplication.palette())


def role(name: str) -> Tone:
    """Return the tone called ``name`` in the theme on screen now."""
    return current().role(name)


def palette_of(theme: Theme) -> QPalette:
    """Return the Qt palette that draws ``theme`` with the standard widgets."""
    palette = QPalette()
    roles = QPalette.ColorRole
    for qt_role, colour in (
        (roles.Window, theme.window),
        (roles.WindowText, theme.text),
        (roles.Base, theme.card),
        (roles.AlternateBase, theme.window),
        (roles.Text, theme.text),
        (roles.PlaceholderText, theme.dim),
        (roles.Button, theme.card),
        (roles.ButtonText, theme.text),
        (roles.ToolTipBase, theme.card),
        (roles.ToolTipText, theme.text),
        (roles.Highlight, theme.selection),
        (roles.HighlightedText, theme.text),
        (roles.Accent, theme.accent),
        (roles.Link, theme.accent),
        (roles.LinkVisited, theme.accent),
        (roles.Mid, theme.line),
        (roles.Light, theme.card),
        (roles.Midlight, theme.hover),
        (roles.Dark, theme.control_line),
        (roles.Shadow, theme.line),
    ):
        palette.setColor(qt_role, colour)
    for qt_role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, qt_role, theme.dim)
    return palette


def contrast(first: QColor, second: QColor) -> float:
    """Return the WCAG 2 contrast ratio of two opaque colours, 1.0 to 21.0."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=512)
def readable(rgb: tuple[int, int, int], ground_rgb: int) -> QColor:
    """Return the colour nearest to red, green and blue (0 to 255) that can be read on the ground (a ``QRgb``)."""
    ground, ink = QColor.fromRgb(ground_rgb), QColor(*rgb)
    towards = 1 if _luminance(ground) < _MIDDLE else -1
    hue, saturation, lightness = ink.hslHueF(), ink.hslSaturationF(), ink.lightnessF()
    while contrast(ink, ground) < _READABLE and 0.0 <= lightness <= 1.0:
        lightness += towards * _LIGHTER_BY
        ink = QColor.fromHslF(max(hue, 0.0), saturation, min(max(lightness, 0.0), 1.0))
    return ink


def _luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())
