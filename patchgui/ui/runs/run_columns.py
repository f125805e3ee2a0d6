"""Widths, order and choice of the history's columns: fitted to the window until the user has their own."""

from typing import Final

from PySide6.QtCore import QByteArray, QObject, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QHeaderView, QMenu, QTableView

from patchgui.ui.runs.run_row import TITLES, Column
from patchgui.ui.runs.runs_model import RunsModel
from patchgui.ui.widgets.list_style import column_px

_WIDTHS_EM: Final = {
    Column.CONNECTION: 17,
    Column.STATUS: 10.5,
    Column.FAILED_IN: 9,
    Column.NODES: 12,
    Column.BY: 9,
    Column.STARTED: 12,
    Column.DURATION: 7.5,
    Column.OPERATION: 18,
}
_LEAST_RUN_EM = 30
_SPARED: Final = (Column.BY, Column.DURATION, Column.FAILED_IN)
"""In this order columns go where too little is left for the run itself: its tooltip has them, or the run view."""


class RunColumns(QObject):
    """Looks after the columns of ``table``, which shows a :class:`RunsModel`."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table
        self._are_ours = True
        self.menu = QMenu(table)
        self.menu.triggered.connect(self._on_picked)
        header = table.horizontalHeader()
        header.setSectionsMovable(True)
        header.setSectionsClickable(False)
        header.setAccessibleName("Columns")
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_menu)
        header.sectionResized.connect(self._on_changed)
        header.sectionMoved.connect(self._on_changed)
        self._table.setColumnHidden(Column.OPERATION, True)
        self.fit()

    def keep(self) -> QByteArray:
        """Return widths, order and choice of the columns; nothing while the user has changed none of it."""
        return QByteArray() if self._are_ours else self._table.horizontalHeader().saveState()

    def restore(self, state: QByteArray) -> None:
        """Take up what :meth:`keep` gave; anything else is left alone."""
        header = self._table.horizontalHeader()
        if not state.isEmpty() and header.restoreState(state):
            self._are_ours = False
            header.setSectionResizeMode(Column.RUN, QHeaderView.ResizeMode.Stretch)

    def visible(self) -> list[int]:
        """Return the columns that are shown, in the order on screen."""
        header = self._table.horizontalHeader()
        logical = [header.logicalIndex(place) for place in range(header.count())]
        return [column for column in logical if not self._table.isColumnHidden(column)]

    def fit(self) -> None:
        """Give each column its width, and hide what can be spared where the window is narrow."""
        if not self._are_ours:
            return
        model = self._table.model()
        assert isinstance(model, RunsModel)
        self._table.setColumnHidden(Column.CONNECTION, not model.is_of_several)
        for column, width_em in _WIDTHS_EM.items():
            if column not in _SPARED and not self._table.isColumnHidden(column):
                self._table.setColumnWidth(column, column_px(self._table, width_em))
        self._spare()

    def _spare(self) -> None:
        table = self._table
        fixed = [column for column in _WIDTHS_EM if column not in _SPARED and not table.isColumnHidden(column)]
        needed = {column: column_px(table, _WIDTHS_EM[column]) for column in (*fixed, *_SPARED)}
        room = table.viewport().width() - column_px(table, _LEAST_RUN_EM)
        for column in _SPARED:
            is_too_much = sum(needed.values()) > room
            table.setColumnHidden(column, is_too_much)
            if is_too_much:
                del needed[column]
            else:
                table.setColumnWidth(column, needed[column])

    def _on_changed(self) -> None:
        # Qt says the same of its own stretching: only a pressed button is the user.
        if QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            self._are_ours = False

    def _on_menu(self) -> None:
        menu = self.menu
        menu.clear()
        for column in Column:
            if column is Column.RUN:
                continue
            action = menu.addAction(TITLES[column])
            action.setCheckable(True)
            action.setChecked(not self._table.isColumnHidden(column))
            action.setData(int(column))
        menu.popup(self._table.cursor().pos())

    def _on_picked(self, action: QAction) -> None:
        self._are_ours = False
        column = Column(action.data())
        self._table.setColumnHidden(column, not action.isChecked())
        if action.isChecked():
            self._table.setColumnWidth(column, column_px(self._table, _WIDTHS_EM[column]))
