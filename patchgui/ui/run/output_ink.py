"""How a stretch of output is drawn in the theme of now: a terminal's colours, made readable on our ground."""

from functools import lru_cache

from PySide6.QtGui import QColor, QFont, QTextCharFormat

from patchgui.ui import theme
from patchgui.ui.run.terminal_text import PLAIN, Style, rgb_of


def look_of(style: Style, tone: str) -> QTextCharFormat:
    """Return the format of text in ``style``; where that leaves the colour open, ``tone`` gives it.

    A tone is empty (plain text), ``dim`` (what the engine added), or a tone of the theme.
    """
    return _look(style, tone, theme.current().name)


@lru_cache(maxsize=512)
def _look(style: Style, tone: str, theme_name: str) -> QTextCharFormat:
    colours = theme.theme_named(theme_name)
    own = {"": colours.text, "dim": colours.dim}.get(tone) or colours.role(tone).fg
    look = QTextCharFormat()
    if style == PLAIN:
        look.setForeground(own)
        return look
    ground = QColor(*rgb_of(style.bg)) if style.bg is not None else colours.window
    ink = own if style.fg is None else QColor(*rgb_of(style.fg))
    if style.inverse:
        ink, ground = ground, ink
    if style.bg is not None or style.inverse:
        look.setBackground(ground)
    if style.dim and style.fg is None:
        ink = colours.dim
    look.setForeground(theme.readable((ink.red(), ink.green(), ink.blue()), ground.rgb()))
    if style.bold:
        look.setFontWeight(QFont.Weight.Bold)
    look.setFontItalic(style.italic)
    look.setFontUnderline(style.underline)
    return look
