"""A button whose words end in … where room is short, and then stand whole in its tooltip."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget
from typing_extensions import override

_LEAST_WORDS = "mmm…"
_SLACK_PX = 4
"""Words are measured in fractions of a pixel, and cut where the last of them is missing."""


class ElidedButton(QPushButton):
    """Takes the room that its words need, or less where there is less; ``text()`` is what is seen of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_words(self, words: str) -> None:
        """Show other words."""
        if words != self._words:
            self._words = words
            self.setText(words)
            self._fit()

    @override
    def sizeHint(self) -> QSize:
        return self._hint(self._words) + QSize(_SLACK_PX, 0)

    @override
    def minimumSizeHint(self) -> QSize:
        return self._hint(min(_LEAST_WORDS, self._words, key=len))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _hint(self, words: str) -> QSize:
        """Return what the button needs to show ``words``."""
        hint, metrics = super().sizeHint(), self.fontMetrics()
        more_px = metrics.horizontalAdvance(words) - metrics.horizontalAdvance(self.text())
        return QSize(hint.width() + more_px, hint.height())

    def _fit(self) -> None:
        around_px = self._hint("").width()
        shown = self.fontMetrics().elidedText(
            self._words, Qt.TextElideMode.ElideRight, max(self.width() - around_px, 0)
        )
        if shown != self.text():
            self.setText(shown)
        self.setToolTip(self._words if shown != self._words else "")
