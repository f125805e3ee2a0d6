"""Puts a theme on the application, and follows the desktop when asked to."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from patchgui.ui.stylesheet import stylesheet
from patchgui.ui.theme import Theme, ThemeChoice, palette_of, theme_named

STYLE = ("-style", "fusion")
"""What the application is to be started with: setting a style later loads PySide's account of all styles, 20 ms."""


class Appearance(QObject):
    """Owns the theme of the application for as long as it runs. It is made for Qt's *Fusion*: see :data:`STYLE`."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._choice = ThemeChoice.SYSTEM
        self._shown = ""
        hints = app.styleHints()
        hints.colorSchemeChanged.connect(self._on_system_changed)
        hints.accessibility().contrastPreferenceChanged.connect(self._on_system_changed)

    @property
    def choice(self) -> ThemeChoice:
        """What the user chose."""
        return self._choice

    def choose(self, choice: ThemeChoice) -> None:
        """Show ``choice`` now, on every widget."""
        self._choice = choice
        self._apply(theme_named(self._theme_name()))

    def _theme_name(self) -> str:
        hints = self._app.styleHints()
        dark = hints.colorScheme() == Qt.ColorScheme.Dark
        if self._choice is not ThemeChoice.SYSTEM:
            dark = self._choice is ThemeChoice.DARK
        high = hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast
        return ("dark" if dark else "light") + ("-contrast" if high else "")

    def _apply(self, theme: Theme) -> None:
        if theme.name == self._shown:
            return
        self._shown = theme.name
        self._app.setPalette(palette_of(theme))
        sheet = stylesheet(theme, self._app.font())
        if sheet != self._app.styleSheet():
            # Qt reads it anew for every widget that there is, whether anything has changed or not.
            self._app.setStyleSheet(sheet)

    def _on_system_changed(self) -> None:
        self._apply(theme_named(self._theme_name()))
