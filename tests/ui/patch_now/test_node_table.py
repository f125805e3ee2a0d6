"""How often the rows of the node table are drawn, and what makes them look otherwise."""

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from typing_extensions import override

from patchgui.ui import theme
from patchgui.ui.patch_now.node_cells import Column
from patchgui.ui.patch_now.node_model import NodeTableModel
from patchgui.ui.patch_now.node_painter import ROW_PX
from patchgui.ui.patch_now.node_table import NodeTable
from patchgui.ui.widgets.pictured_rows import Spans
from tests.ui.patch_now.scenes import node


class _Counting(NodeTable):
    """Tells which rows were drawn."""

    def __init__(self, model: NodeTableModel) -> None:
        self.drawn: list[int] = []
        super().__init__(model)

    @override
    def paint_row(self, painter: QPainter, row: int, spans: Spans) -> None:
        self.drawn.append(row)
        super().paint_row(painter, row, spans)

    def drawn_now(self) -> list[int]:
        """Return which rows a look at the whole table draws anew."""
        self.drawn.clear()
        self.grab()
        return sorted(self.drawn)


@pytest.fixture
def table(qtbot: QtBot) -> _Counting:
    model = NodeTableModel()
    model.replace_all([node(number, f"web-{number:04}") for number in range(0, 400, 2)])
    made = _Counting(model)
    qtbot.addWidget(made)
    made.resize(900, 12 * ROW_PX)
    made.show()
    assert made.drawn_now() or made.drawn
    return made


def _row(table: NodeTable, row: int) -> QImage:
    return table.viewport().grab().toImage().copy(0, row * ROW_PX, table.viewport().width(), ROW_PX)


def test_a_row_is_drawn_once_however_often_the_table_is(table: _Counting) -> None:
    assert table.drawn_now() == []
    table.nodes.publish()
    assert table.drawn_now() == []


def test_nodes_that_come_in_between_cost_their_own_rows_only(table: _Counting) -> None:
    table.nodes.take([node(3, "web-0003"), node(399, "web-0399")])
    table.nodes.publish()
    assert table.drawn_now() == [2]


def test_a_row_is_drawn_anew_where_its_node_its_pick_or_the_keyboard_changed(table: _Counting) -> None:
    table.nodes.take([node(2, "web-0002", missing=9)])
    table.nodes.publish()
    assert table.drawn_now() == [1]
    table.nodes.set_picked(3, 4, picked=True)
    assert table.drawn_now() == [3, 4]
    table.setFocus()
    table.setCurrentIndex(table.nodes.index(5, Column.NAME))
    assert table.drawn_now() == ([5] if table.hasFocus() else [])


def test_another_width_column_font_or_theme_draws_all_anew(table: _Counting, qapp: QApplication) -> None:
    table.resize(1000, 12 * ROW_PX)
    assert len(table.drawn_now()) >= 10
    table.setColumnHidden(Column.GROUP, not table.isColumnHidden(Column.GROUP))
    assert len(table.drawn_now()) >= 10
    before = qapp.palette()
    was_dark = theme.current().is_dark
    qapp.setPalette(theme.palette_of(theme.theme_named("light" if was_dark else "dark")))
    try:
        assert len(table.drawn_now()) >= 10
    finally:
        qapp.setPalette(before)


def test_the_row_under_the_pointer_is_lit_until_the_pointer_leaves_it(table: _Counting) -> None:
    plain = _row(table, 2)
    QTest.mouseMove(table.viewport(), QPointF(200, 2.5 * ROW_PX).toPoint())
    lit = _row(table, 2)
    assert lit != plain
    QTest.mouseMove(table.viewport(), QPointF(200, 4.5 * ROW_PX).toPoint())
    assert _row(table, 2) == plain
    assert table.is_hovered(4)


def test_scrolled_sideways_each_column_stays_under_its_title(table: _Counting) -> None:
    table.resize(300, 12 * ROW_PX)
    for column in Column:
        table.setColumnHidden(column, False)
        table.setColumnWidth(column, 120)
    bar = table.horizontalScrollBar()
    assert bar.maximum() >= 50
    shown_px = table.viewport().width() - table.columnViewportPosition(Column.NODE_ID)
    assert shown_px > 30
    before = _row(table, 1).copy(table.columnViewportPosition(Column.NODE_ID), 0, shown_px, ROW_PX)
    bar.setValue(50)
    assert _row(table, 1).copy(table.columnViewportPosition(Column.NODE_ID), 0, shown_px, ROW_PX) == before


def test_a_table_of_many_screens_keeps_a_few_of_them(table: _Counting) -> None:
    table.nodes.replace_all([node(number, f"web-{number:05}") for number in range(1500)])
    for row in range(0, 1500, 25):
        table.verticalScrollBar().setValue(row)
        table.grab()
    assert len(table.pictures) < 200
    assert table.nodes.index(0, Column.PICK).data(Qt.ItemDataRole.CheckStateRole) is Qt.CheckState.Unchecked
