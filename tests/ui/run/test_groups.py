"""The matrix in groups, and the counts on the pipeline, as an operator uses them."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester

from patchgui.console.events import NodesChanged
from patchgui.patching.phases import Phase
from patchgui.patching.progress import PhaseState
from patchgui.ui.run.grouping import BY_PHASE, BY_STATUS, NONE
from patchgui.ui.run.matrix_filter import parse_filter
from patchgui.ui.run.matrix_model import MatrixModel
from tests.ui.run.conftest import Screen
from tests.ui.run.scenes import (
    BAD,
    DB_1,
    LATE_1,
    NODES,
    OK,
    PHASES,
    RUN,
    SKIP,
    SUMMARY,
    WAIT,
    WEB_1,
    node_at,
    opened,
)

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def run(screen: Screen) -> Screen:
    screen.service.events = [opened()]
    screen.service.tagged = {node.instance_id: {"Role": node.name.split("-")[0]} for node in NODES}
    screen.open()
    screen.loop.until(lambda: screen.view.pane.name.text() == "web-2")
    return screen


def _rows(model: MatrixModel) -> list[str]:
    """Return the rows as they read: headers in capitals."""
    found = []
    for place in range(model.rowCount()):
        header = model.header_at(place)
        found.append(header.key.label.upper() if header else model.node_at(place).name)
    return found


def _choose_group(screen: Screen, words: str) -> None:
    button = screen.view.matrix.groups
    button.refresh()
    action = next(action for action in button.menu().actions() if action.text() == words)
    screen.loop.call(action.trigger)


def test_the_grouped_model_keeps_qts_rules(qapp: QApplication, qtmodeltester: ModelTester) -> None:
    model = MatrixModel()
    model.open([phase.label for phase in PHASES], NODES)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    for grouping in (BY_PHASE, BY_STATUS, NONE, BY_PHASE):
        model.group(grouping, {})
        model.replace(replace(WEB_1, status="Success"))
        model.replace(LATE_1)
        model.publish()
        model.set_filter(parse_filter("web"))
        model.fold(0, folded=True)
        model.sort(2, Qt.SortOrder.DescendingOrder)
        model.set_filter(parse_filter(""))
        model.fold(0, folded=False)


def test_nodes_stand_under_the_phase_that_they_are_in_or_failed_in(run: Screen) -> None:
    _choose_group(run, "Phase")
    assert _rows(run.presenter.model) == [
        "INSTALL", "db-1", "AFTER INSTALL", "web-2", "REBOOT", "web-1", "ALL PHASES DONE", "app-el-1",
    ]  # fmt: skip
    assert run.view.matrix.groups.text() == "By phase"


def test_only_tags_that_the_nodes_have_are_offered(run: Screen) -> None:
    run.view.matrix.groups.refresh()
    offered = [action.text() for action in run.view.matrix.groups.menu().actions() if action.text()]
    assert offered == ["No groups", "Phase", "Status", "Tag Role"]
    _choose_group(run, "Tag Role")
    assert [row for row in _rows(run.presenter.model) if row.isupper()] == ["ROLE: APP", "ROLE: DB", "ROLE: WEB"]
    run.service.tagged = {}
    run.view.matrix.groups.refresh()
    assert not [action for action in run.view.matrix.groups.menu().actions() if action.text().startswith("Tag")]


def test_a_node_moves_to_its_next_group_while_the_chosen_row_stays_chosen(run: Screen) -> None:
    _choose_group(run, "Phase")
    table = run.view.matrix.table
    run.loop.call(lambda: run.presenter.pick_node(DB_1.instance_id))
    run.loop.until(lambda: table.currentIndex().row() == 1)
    moved = node_at(DB_1.instance_id, "db-1", OK, OK, OK, OK, OK, RUN)
    run.presenter.apply(NodesChanged((moved, LATE_1)))
    run.loop.until(lambda: "ON EXIT" in _rows(run.presenter.model))
    rows = _rows(run.presenter.model)
    assert rows[rows.index("ON EXIT") + 1] == "db-1"
    assert "INSTALL" not in rows
    assert [index.row() for index in table.selectionModel().selectedRows()] == [rows.index("db-1")]
    assert rows[rows.index("NOT STARTED") + 1] == "legacy-1"


def test_a_click_or_a_key_folds_a_group_and_opens_it(run: Screen) -> None:
    _choose_group(run, "Status")
    table, model = run.view.matrix.table, run.presenter.model
    spot = table.visualRect(model.index(0, 0)).center()
    run.loop.call(lambda: QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot))
    assert _rows(model)[:2] == ["FAILED", "REBOOTING"]
    assert "1 failed" in str(model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole))
    assert table.currentIndex().row() == 0
    QTest.keyClick(table, Qt.Key.Key_Right)
    assert _rows(model)[:2] == ["FAILED", "web-2"]
    QTest.keyClick(table, Qt.Key.Key_Left)
    QTest.keyClick(table, Qt.Key.Key_Space)
    assert _rows(model)[:2] == ["FAILED", "web-2"]
    assert run.view.pane.name.text() == "web-2"


def test_the_filter_goes_on_working_in_groups_and_counts_nodes_only(run: Screen) -> None:
    _choose_group(run, "Status")
    run.view.matrix.box.setText("web")
    run.loop.until(lambda: _rows(run.presenter.model) == ["FAILED", "web-2", "REBOOTING", "web-1"])
    assert run.view.matrix.count.text() == "2 of 4"
    run.view.matrix.table.selectAll()
    lines = run.view.matrix.table.copied_text().splitlines()
    assert [line.split("\t")[0] for line in lines] == ["Node", "web-2", "web-1"]


def test_another_run_opens_without_groups(run: Screen) -> None:
    _choose_group(run, "Status")
    run.presenter.apply(opened(summary=replace(SUMMARY, run_id="run-2")))
    run.loop.until(lambda: _rows(run.presenter.model) == [node.name for node in NODES])
    assert run.view.matrix.groups.text() == "Group"


# -- counts on the pipeline --------------------------------------------------------------------------------------------


def _click_count(screen: Screen, phase: Phase, state: PhaseState) -> None:
    spot = screen.view.strip.spot_of(phase, state)
    assert spot is not None
    screen.loop.call(lambda: QTest.mouseClick(screen.view.strip, Qt.MouseButton.LeftButton, pos=spot))


def test_the_pipeline_counts_done_running_failed_and_skipped_per_phase(run: Screen) -> None:
    assert run.view.strip.accessibleDescription() == (
        "Scan: 4 success; Before install: 3 success, 1 not needed; Install: 2 success, 1 running, 1 not needed; "
        "After install: 1 success, 1 failed, 1 not needed, 1 waiting; "
        "Reboot: 1 rebooting, 1 skipped, 1 not needed, 1 waiting; On exit: 2 success, 2 waiting"
    )


def test_a_click_on_a_count_shows_its_nodes_and_a_second_one_all_again(run: Screen) -> None:
    _click_count(run, Phase.AFTER_INSTALL, BAD)
    run.loop.until(lambda: _rows(run.presenter.model) == ["web-2"])
    assert run.view.matrix.box.text() == "after-install:failed"
    assert run.view.matrix.box.isVisible()
    run.view.matrix.tabs.setCurrentIndex(1)
    assert len(run.view.matrix.timeline.view.rows) == 1
    _click_count(run, Phase.AFTER_INSTALL, BAD)
    run.loop.until(lambda: len(_rows(run.presenter.model)) == 4)


def test_counts_are_picked_by_keyboard(run: Screen) -> None:
    strip = run.view.strip
    run.loop.call(lambda: [QTest.keyClick(strip, Qt.Key.Key_Right) for _ in range(2)])
    run.loop.call(lambda: QTest.keyClick(strip, Qt.Key.Key_Return))
    run.loop.until(lambda: run.view.matrix.box.text() == "before-install:not-needed")


def test_rows_come_and_go_with_the_phase_that_is_filtered(run: Screen) -> None:
    _click_count(run, Phase.INSTALL, RUN)
    run.loop.until(lambda: _rows(run.presenter.model) == ["db-1"])
    run.presenter.apply(NodesChanged((node_at(DB_1.instance_id, "db-1", OK, OK, OK, RUN, WAIT, WAIT),)))
    run.loop.until(lambda: _rows(run.presenter.model) == [])


def test_counts_of_a_large_run_are_whole_at_1280(screen: Screen) -> None:
    lives = [(OK, OK, OK, BAD, SKIP, OK), (OK, OK, RUN, WAIT, WAIT, WAIT), (OK, OK, OK, OK, OK, OK)]
    nodes = [node_at(f"mi-{number}", f"node-{number}", *lives[number % 3]) for number in range(3000)]
    screen.view.resize(1098, 640)
    screen.service.events = [opened(nodes)]
    screen.open()
    screen.loop.until(lambda: screen.presenter.tally.nodes == 3000)
    strip = screen.view.strip
    for number, phase in enumerate(PHASES):
        for state, _count in screen.presenter.tally.of_phase(number):
            spot = strip.spot_of(phase, state)
            assert spot is not None
            assert strip.rect().contains(spot)
    assert strip.childAt(QPoint(0, 0)) is None
    QGuiApplication.processEvents()
    grounds = [(count.ground.left(), count.ground.right()) for count in strip._placed]
    assert all(right <= strip.width() for _left, right in grounds)
