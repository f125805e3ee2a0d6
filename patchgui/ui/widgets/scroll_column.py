"""A column of fields or sentences that scrolls where it is taller than its place."""

from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget


class ScrollColumn(QScrollArea):
    """Fill :attr:`column`; the ground that the area lies on shows through.

    ``right_px`` is the air between the column and the scroll bar.
    """

    def __init__(self, parent: QWidget | None = None, *, right_px: int = 2) -> None:
        super().__init__(parent)
        # Asked for Qt's own viewport, PySide loads every class of widgets there is to find out which of them it is.
        self.setViewport(QWidget())
        self.setWidgetResizable(True)
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(0, 0, right_px, 0)
        # In its place before it is filled: Qt works the style out anew for all that moves.
        self.setWidget(inner)
        inner.setAutoFillBackground(False)
