"""A part of the window's detail: a title, what belongs to it, and what is the matter where it cannot be read."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from patchgui.ui.errors import Trouble
from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.card import line
from patchgui.ui.widgets.skeleton import Skeleton
from patchgui.ui.widgets.tab_order import put_after
from patchgui.ui.widgets.text import label

_LOADING_ROWS = 2


class Section(QWidget):
    """Rows under a title; loading, empty and failed each look their own."""

    acted = Signal()
    """The button beside the title was pressed."""

    def __init__(self, title: str, empty: str, action: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self._head = QHBoxLayout()
        self._head.setSpacing(6)
        self._title = label(title, "strong")
        self._count = label("", "dim")
        self.button = QPushButton(action)
        self.button.setProperty("kind", "link")
        self.button.setVisible(bool(action))
        self.button.clicked.connect(self.acted)
        self._head.addWidget(self._title)
        self._head.addWidget(self._count)
        self._head.addStretch(1)
        self._head.addWidget(self.button)
        self._trouble = Banner("error")
        self._trouble.hide()
        self._loading = Skeleton(rows=_LOADING_ROWS, row_px=30, what=f"Loading {title.lower()}")
        self._loading.setFixedHeight(30 * _LOADING_ROWS)
        self._empty = label(empty, "dim", wrap=True)
        self._empty.hide()
        self._rows: tuple[QWidget, ...] = ()
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(4)
        whole.addWidget(line())
        whole.addSpacing(4)
        whole.addLayout(self._head)
        whole.addWidget(self._trouble)
        whole.addWidget(self._loading)
        whole.addWidget(self._empty)
        whole.addLayout(self.body)

    def show_loading(self) -> None:
        """Show that nothing is known yet."""
        self._put(())
        self._count.setText("")
        self._trouble.hide()
        self._empty.hide()
        self._loading.show()

    def show_rows(self, rows: Sequence[QWidget], count: str = "") -> None:
        """Show these rows, of which there are so many in all."""
        self._loading.hide()
        self._put(tuple(rows))
        self._empty.setVisible(not rows)
        self._count.setText(count or (f"· {len(rows):,}" if rows else ""))

    def show_trouble(self, trouble: Trouble | None) -> None:
        """Say why it cannot be read; rows that are known stay."""
        self._trouble.setVisible(trouble is not None)
        if trouble is not None:
            self._trouble.show_trouble(trouble)
            self._loading.hide()
            self._empty.hide()

    def show_lack(self, sentence: str) -> None:
        """Rest the button where a permission is missing for it, and say which."""
        self.button.setEnabled(not sentence)
        self.button.setToolTip(sentence)

    def _put(self, rows: tuple[QWidget, ...]) -> None:
        if rows == self._rows:
            return
        for old in self._rows:
            if old not in rows:
                self.body.removeWidget(old)
                old.hide()
                old.deleteLater()
        for place, row in enumerate(rows):
            if self.body.indexOf(row) != place:
                self.body.insertWidget(place, row)
                row.show()
        for row in reversed(rows):
            put_after(self.button, row)
        self._rows = rows
