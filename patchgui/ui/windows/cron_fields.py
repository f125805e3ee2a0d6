"""The fields of a cron expression side by side, each under its name; the one that is wrong stands out."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.widgets.text import fixed_font

_HEIGHT_PX: Final = 42
_GAP_PX: Final = 4
_SHORT: Final = {"Day-of-month": "Day of month", "Day-of-week": "Day of week"}


class CronFields(QWidget):
    """A legend of the expression line; hidden where there are no fields to tell of."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields: tuple[tuple[str, str], ...] = ()
        self._wrong = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def wrong(self) -> str:
        """The name of the field that stands out; empty for none."""
        return self._wrong

    def show_fields(self, fields: Sequence[tuple[str, str]], wrong: str) -> None:
        """Show names with values; ``wrong`` names the one that is to be mended."""
        self._fields, self._wrong = tuple(fields), wrong if wrong in dict(fields) else ""
        told = ", ".join(f"{name} {value}{' (wrong)' if name == wrong else ''}" for name, value in fields)
        self.setAccessibleName(f"Fields of the expression: {told}")
        self.setVisible(bool(fields))
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT_PX)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, danger = theme.current(), theme.role("failed")
        small = QFont(self.font())
        small.setPointSizeF(max(small.pointSizeF() - 1.75, 6.5))
        names = [_SHORT.get(name, name) for name, _ in self._fields]
        shares = [max(QFontMetricsF(small).horizontalAdvance(name), 34.0) for name in names]
        spare = self.width() - sum(shares) - _GAP_PX * (len(names) - 1)
        left = 0.0
        for (name, value), words, share in zip(self._fields, names, shares, strict=True):
            width = share + spare / len(names)
            is_wrong = name == self._wrong
            painter.setFont(small)
            painter.setPen(danger.fg if is_wrong else colours.dim)
            painter.drawText(QRectF(left, 0, width, 15), Qt.AlignmentFlag.AlignCenter, words)
            ground = QRectF(left + 0.5, 16.5, width - 1, 23)
            painter.setBrush(danger.soft if is_wrong else colours.window)
            painter.setPen(danger.fg if is_wrong else colours.line)
            painter.drawRoundedRect(ground, 4, 4)
            painter.setFont(fixed_font(self.font()))
            painter.setPen(danger.fg if is_wrong else colours.text)
            shown = painter.fontMetrics().elidedText(value, Qt.TextElideMode.ElideRight, int(width) - 6)
            painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, shown)
            left += width + _GAP_PX
