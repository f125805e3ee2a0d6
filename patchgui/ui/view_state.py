"""What the window remembers from one day to the next: places, widths, the theme. Never what to patch."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from patchgui.ui.theme import ThemeChoice

_VERSION = 1


class ViewState:
    """A small INI file. A file of another version, or one that cannot be read, is the same as none."""

    def __init__(self, path: Path) -> None:
        self._settings = QSettings(str(path), QSettings.Format.IniFormat)
        if str(self._settings.value("version")) != str(_VERSION):
            self._settings.clear()
            self._settings.setValue("version", _VERSION)

    def blob(self, key: str) -> QByteArray:
        """Return the bytes kept under ``key``: empty when there are none."""
        value = self._settings.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def keep_blob(self, key: str, value: QByteArray) -> None:
        """Keep what a Qt widget says of its own state."""
        self._settings.setValue(key, value)

    def kept(self, key: str) -> object:
        """Return the small value kept under ``key``; None when there is none, or it cannot be read."""
        import json

        try:
            return json.loads(str(self._settings.value(key, "null")))
        except ValueError:
            return None

    def keep(self, key: str, value: object) -> None:
        """Keep a small value: texts, numbers, lists and maps of them. Never a secret."""
        import json

        self._settings.setValue(key, json.dumps(value))

    @property
    def theme(self) -> ThemeChoice:
        """The theme that the user chose last."""
        value = str(self._settings.value("theme", ThemeChoice.SYSTEM.value))
        return ThemeChoice(value) if value in set(ThemeChoice) else ThemeChoice.SYSTEM

    @theme.setter
    def theme(self, choice: ThemeChoice) -> None:
        self._settings.setValue("theme", choice.value)

    def save(self) -> None:
        """Write the file now."""
        self._settings.sync()
