"""The history as a table: rows come in pages and in between, and nothing of what somebody looks at is lost."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from patchgui.ui.runs.run_row import Column, RunRow
from patchgui.ui.runs.runs_model import RunsModel
from patchgui.ui.runs.runs_table import RunsTable
from tests.ui.run.scenes import SUMMARY, ended_summary

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def row(number: int, status: str = "Success") -> RunRow:
    return RunRow(replace(ended_summary(status), run_id=f"run-{number}"))


def keys(model: RunsModel) -> list[str]:
    return [each.key for each in model.rows]


def test_the_model_keeps_qts_rules(qtmodeltester: ModelTester) -> None:
    model = RunsModel()
    model.show_rows([row(5), row(3)])
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    model.show_rows([row(6), row(5), row(4), row(3), row(2)], has_more=True)
    model.show_rows([row(4)])


def test_a_run_that_moves_is_repainted_and_new_ones_are_put_in_between() -> None:
    model = RunsModel()
    model.show_rows([RunRow(SUMMARY), row(3)])
    resets: list[bool] = []
    model.modelReset.connect(lambda: resets.append(True))
    model.show_rows([row(9), RunRow(replace(SUMMARY, completed_count=3)), row(4), row(3), row(2)])
    assert model.index(1, Column.NODES).data() == "3 of 4"
    assert keys(model) == ["run-9", SUMMARY.run_id, "run-4", "run-3", "run-2"]
    assert [model.place_of(key) for key in keys(model)] == list(range(5))
    assert not resets


@given(st.lists(st.integers(0, 20), unique=True), st.lists(st.integers(0, 20), unique=True))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_next_is_what_is_shown(qtbot: QtBot, first: list[int], then: list[int]) -> None:
    model = RunsModel()
    for numbers in (first, then):
        model.show_rows([row(number) for number in numbers])
        assert keys(model) == [f"run-{number}" for number in numbers]
        assert [model.place_of(key) for key in keys(model)] == list(range(len(numbers)))


@pytest.fixture
def table(qtbot: QtBot) -> RunsTable:
    model = RunsModel()
    made = RunsTable(model)
    made.resize(900, 200)
    qtbot.addWidget(made)
    model.show_rows([row(number) for number in range(100, 0, -1)])
    made.show()
    return made


def test_what_is_selected_and_what_is_in_sight_stay_when_newer_runs_come(table: RunsTable) -> None:
    model = table.model()
    assert isinstance(model, RunsModel)
    table.choose("run-60")
    table.scrollTo(model.index(40, 0), RunsTable.ScrollHint.PositionAtTop)
    top = model.row_at(table.rowAt(0)).key
    model.show_rows([row(number) for number in range(103, 0, -1)])
    assert model.row_at(table.rowAt(0)).key == top
    assert [each.key for each in table.selected] == ["run-60"]


def test_a_selection_outlives_a_list_that_is_made_anew(table: RunsTable) -> None:
    model = table.model()
    assert isinstance(model, RunsModel)
    table.choose("run-60")
    flags = QItemSelectionModel.SelectionFlag
    table.selectionModel().select(model.index(2, 0), flags.Select | flags.Rows)
    model.show_rows([row(60), row(98), row(7)])
    assert {each.key for each in table.selected} == {"run-60", "run-98"}


def test_everything_is_meant_until_something_else_is_selected(table: RunsTable) -> None:
    model = table.model()
    assert isinstance(model, RunsModel)
    QTest.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert table.is_everything_selected
    model.show_rows([row(number) for number in range(100, -20, -1)])
    assert (table.is_everything_selected, len(table.selected)) == (True, 120)
    table.choose("run-60")
    assert (table.is_everything_selected, len(table.selected)) == (False, 1)


def test_narrow_windows_spare_columns_and_wide_ones_show_all(table: RunsTable) -> None:
    assert Column.BY not in table.columns.visible()
    table.resize(1500, 200)
    assert {Column.BY, Column.DURATION, Column.FAILED_IN} <= set(table.columns.visible())


def test_columns_are_remembered_as_they_were_left(table: RunsTable, qtbot: QtBot) -> None:
    assert table.columns.keep().isEmpty()
    table.resize(1500, 200)
    header = table.horizontalHeader()
    header.moveSection(header.visualIndex(Column.STARTED), 0)
    header.customContextMenuRequested.emit(header.pos())
    next(action for action in table.columns.menu.actions() if action.text() == "Operation").trigger()
    other = RunsTable(RunsModel())
    qtbot.addWidget(other)
    other.columns.restore(table.columns.keep())
    assert other.columns.visible()[0] == Column.STARTED
    assert Column.OPERATION in other.columns.visible()
