"""Colours: a pure function of the palette, readable in every theme."""

import pytest
from PySide6.QtGui import QColor, QPalette

from patchgui.ui.state_look import STATE_LOOKS, look
from patchgui.ui.theme import Theme, contrast, of_palette, palette_of, theme_named

READABLE = 4.5
THEMES = ("light", "dark", "light-contrast", "dark-contrast")


def pairs(theme: Theme) -> list[tuple[str, QColor, QColor]]:
    grounds = (("window", theme.window), ("card", theme.card))
    found = [(f"text on {name}", theme.text, ground) for name, ground in (*grounds, ("hover", theme.hover))]
    found += [(f"dim on {name}", theme.dim, ground) for name, ground in grounds]
    found += [(f"accent on {name}", theme.accent, ground) for name, ground in grounds]
    found += [("accent on selection", theme.accent, theme.selection), ("on accent", theme.on_accent, theme.accent)]
    found += [("text on selection", theme.text, theme.selection)]
    found += [
        ("dim on selection", theme.on_selection_dim, theme.selection),
        ("off", theme.on_selection_dim, theme.hover),
    ]
    for name, tone in theme.tones.items():
        found += [(f"{name} on its soft", tone.fg, tone.soft), (f"text on soft {name}", theme.text, tone.soft)]
        found += [(f"{name} on card", tone.fg, theme.card)]
    return found


@pytest.mark.parametrize("name", THEMES)
def test_every_text_can_be_read_on_its_ground(name: str) -> None:
    measured = [(what, round(contrast(fg, bg), 2)) for what, fg, bg in pairs(theme_named(name))]
    poor = [(what, ratio) for what, ratio in measured if ratio < READABLE]
    assert not poor


@pytest.mark.parametrize("name", ["light-contrast", "dark-contrast"])
def test_high_contrast_is_high(name: str) -> None:
    theme = theme_named(name)
    assert contrast(theme.text, theme.card) == 21
    assert all(contrast(tone.fg, tone.soft) >= 7 for tone in theme.tones.values())


@pytest.mark.parametrize("name", THEMES)
def test_the_palette_leads_back_to_its_theme(name: str) -> None:
    assert of_palette(palette_of(theme_named(name))).name == name


@pytest.mark.parametrize(("ground", "name"), [("#202020", "dark"), ("#f0f0f0", "light")])
def test_a_foreign_palette_gets_the_theme_of_its_lightness(ground: str, name: str) -> None:
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Window, QColor(ground))
    assert of_palette(palette).name == name


def test_black_on_white_has_the_contrast_that_wcag_says() -> None:
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("white")) == pytest.approx(4.48, abs=0.01)


def test_every_state_has_a_glyph_a_word_and_a_tone_of_its_own_theme() -> None:
    for state in STATE_LOOKS.values():
        assert state.icon
        assert state.word
        assert state.tone in theme_named("light").tones


def test_a_state_nobody_knows_looks_unknown() -> None:
    assert look("Delayed").word == "Unknown"
    assert look("Timed Out").word == "Timed out"
