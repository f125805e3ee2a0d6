"""The run view on a real event loop: what an operator sees and does."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QTextBlock, QTextDocument, QTextFragment
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from typing_extensions import override

from patchgui.console.events import NodesChanged, RunChanged, RunEnded, WatchRecovered, WatchTrouble
from patchgui.console.rows import RunCounts, StepOutput
from patchgui.patching.phases import Phase
from patchgui.ssm.errors import Unreachable
from patchgui.ui.appearance import Appearance
from patchgui.ui.run.cancel_box import CancelBox
from patchgui.ui.theme import ThemeChoice, theme_named
from tests.ui.run.conftest import Screen
from tests.ui.run.scenes import (
    BAD,
    DB_1,
    NODES,
    OK,
    RUN,
    SKIP,
    WAIT,
    WEB_1,
    WEB_2,
    WORDS,
    ended_summary,
    node_at,
    opened,
)

# The offscreen platform says so of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def run(screen: Screen) -> Screen:
    screen.service.events = [opened()]
    screen.open()
    screen.loop.until(lambda: screen.view.pane.isVisible() and screen.view.pane.name.text())
    return screen


def _output(screen: Screen) -> str:
    return screen.view.pane.output.text.toPlainText()


def test_the_failed_node_and_its_scripts_own_words_are_there_without_a_click(run: Screen) -> None:
    run.loop.until(lambda: WORDS in _output(run))
    assert run.view.pane.name.text() == "web-2"
    assert "After install failed: exit 4." in run.view.pane.banner.text
    assert WORDS in run.view.pane.banner.text
    assert [index.row() for index in run.view.matrix.table.selectionModel().selectedRows()] == [1]


def test_clicking_a_cell_shows_that_phase_of_that_node(run: Screen) -> None:
    table = run.view.matrix.table
    spot = table.visualRect(run.presenter.model.index(0, 2)).center()
    run.loop.call(lambda: QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot))
    run.loop.until(lambda: ("output", "run-1", WEB_1.instance_id, "before_install") in run.service.asked)
    assert run.view.pane.name.text() == "web-1"


def test_the_keyboard_alone_walks_nodes_and_phases(run: Screen) -> None:
    table = run.view.matrix.table
    run.loop.call(lambda: QTest.keyClick(table, Qt.Key.Key_Up))
    run.loop.until(lambda: run.view.pane.name.text() == "web-1")
    run.loop.call(lambda: QTest.keyClick(run.view.pane.phases, Qt.Key.Key_Home))
    run.loop.until(lambda: any(ask[-1] == "VerifyLocalPatchStates" for ask in run.service.asked))


def test_a_skipped_phase_says_why_instead_of_showing_output(run: Screen) -> None:
    run.loop.call(lambda: run.presenter.pick_step(4))
    run.loop.until(run.view.pane.output.empty.isVisible)
    assert run.view.pane.output.empty.accessibleName() == "Skipped because After install failed."


def test_the_view_stays_where_the_operator_looks_while_others_fail(run: Screen) -> None:
    run.loop.call(lambda: run.presenter.pick_node(DB_1.instance_id))
    failed = node_at(WEB_1.instance_id, "web-1", OK, BAD, SKIP, SKIP, SKIP, OK)
    run.presenter.apply(NodesChanged((failed,)))
    run.loop.until(lambda: run.presenter.tally.failed == 2)
    assert run.view.pane.name.text() == "db-1"
    assert run.view.matrix.tabs.tabText(2) == "Failures · 2"


def test_the_pane_follows_its_node_from_phase_to_phase(run: Screen) -> None:
    run.loop.call(lambda: run.presenter.pick_node(DB_1.instance_id))
    assert run.view.pane.phases.currentIndex().row() == 2
    later = node_at(DB_1.instance_id, "db-1", OK, OK, OK, OK, OK, BAD)
    run.presenter.apply(NodesChanged((later,)))
    run.loop.until(lambda: "On exit failed" in run.view.pane.banner.text)
    run.loop.until(lambda: ("output", "run-1", DB_1.instance_id, "on_exit") in run.service.asked)


def test_output_is_asked_for_again_while_the_step_writes_and_not_after(run: Screen) -> None:
    run.service.outputs = {Phase.INSTALL.value: StepOutput("one\n")}
    run.loop.call(lambda: run.presenter.pick_node(DB_1.instance_id))
    run.loop.until(lambda: _output(run) == "one\n")
    run.service.outputs = {Phase.INSTALL.value: StepOutput("one\ntwo\n", is_complete=True)}
    run.loop.until(lambda: "two" in _output(run))
    asked = len(run.service.asked)
    run.loop.call(lambda: run.presenter.pick_node(WEB_2.instance_id))
    run.loop.call(lambda: run.presenter.pick_node(DB_1.instance_id))
    run.loop.until(lambda: "two" in _output(run))
    assert len(run.service.asked) == asked


def test_output_that_cannot_be_fetched_says_so_and_is_asked_again(run: Screen) -> None:
    run.service.output_error = Unreachable("The agent does not answer.", hint="Start it.")
    run.loop.call(lambda: run.presenter.pick_step(2))
    run.loop.until(lambda: "The agent does not answer." in run.view.pane.output.note.text())


def test_scrolling_up_stops_following_and_scrolling_down_follows_again(run: Screen) -> None:
    pane = run.view.pane.output
    run.service.outputs = {Phase.INSTALL.value: StepOutput("line\n" * 400, is_complete=True)}
    run.loop.call(lambda: run.presenter.pick_step(2))
    run.loop.until(lambda: pane.text.verticalScrollBar().maximum() > 0)
    bar = pane.text.verticalScrollBar()
    assert bar.value() == bar.maximum()
    bar.setValue(3)
    assert not pane.follow.isChecked()
    bar.setValue(bar.maximum())
    assert pane.follow.isChecked()


def test_the_output_can_be_copied_and_saved_by_stream(run: Screen, tmp_path: Path) -> None:
    run.loop.until(lambda: WORDS in _output(run))
    pane = run.view.pane.output
    pane.tabs.setCurrentIndex(2)
    assert pane.tabs.tabText(2) == "stderr 2"
    pane.copy.click()
    assert QGuiApplication.clipboard().text().startswith(WORDS)
    pane.tabs.setCurrentIndex(1)
    pane.write_file(str(tmp_path / "out.log"))
    assert (tmp_path / "out.log").read_text().endswith("Migrating schema 41 → 42\n")


def test_a_step_that_is_known_to_have_failed_after_its_output_was_whole_is_marked_then(run: Screen) -> None:
    before = node_at(WEB_2.instance_id, "web-2", OK, OK, OK, RUN, WAIT, WAIT)
    run.presenter.apply(NodesChanged((before,)))
    run.loop.call(lambda: run.presenter.pick_node(WEB_2.instance_id, 3))
    run.loop.until(lambda: WORDS in _output(run) and not run.view.pane.output.text.extraSelections())
    run.presenter.apply(NodesChanged((WEB_2,)))
    run.loop.until(run.view.pane.output.text.extraSelections)
    (mark,) = run.view.pane.output.text.extraSelections()
    assert mark.cursor.block().text() == WORDS


def test_find_looks_in_the_output_while_the_keyboard_is_there_and_else_for_nodes(run: Screen) -> None:
    run.loop.until(lambda: WORDS in _output(run))
    run.view.activateWindow()
    run.view.pane.output.text.setFocus()
    QTest.keyClick(run.view.pane.output.text, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert run.view.pane.output.finder.isVisible()
    QTest.keyClick(run.view.pane.output.finder.box, Qt.Key.Key_Escape)
    run.view.matrix.table.setFocus()
    QTest.keyClick(run.view.matrix.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert not run.view.pane.output.finder.isVisible()


def test_a_file_that_cannot_be_written_is_said_with_its_reason(run: Screen, tmp_path: Path) -> None:
    run.loop.until(lambda: WORDS in _output(run))
    run.view.pane.output.write_file(str(tmp_path / "no" / "such" / "place"))
    assert "could not be written" in run.view.banner.text


def test_cancel_asks_first_and_the_safe_answer_is_the_default(run: Screen) -> None:
    run.view.header.cancel.click()
    box = run.view.findChild(CancelBox)
    assert box is not None
    assert "2 nodes are still being patched:" in box.informativeText()
    assert box.defaultButton().text() == "Let it run"
    run.loop.call(box.defaultButton().click)
    assert ("cancel", "run-1") not in run.service.asked


def test_a_confirmed_cancel_is_sent_once_and_shown(run: Screen) -> None:
    run.view.header.cancel.click()
    box = run.view.findChild(CancelBox)
    assert box is not None
    stop = next(button for button in box.findChildren(QPushButton) if button.text() == "Cancel the run")
    run.loop.call(stop.click)
    run.loop.until(lambda: ("cancel", "run-1") in run.service.asked)
    assert not run.view.header.cancel.isEnabled()
    assert run.view.header.chip.text == "Cancelling"


def test_a_cancel_that_did_not_reach_ssm_says_that_the_run_goes_on(run: Screen) -> None:
    run.service.cancel_error = Unreachable("The agent does not answer.", hint="Try again.")
    run.loop.call(run.presenter.cancel)
    run.loop.until(lambda: "was not cancelled" in run.view.banner.text)
    assert run.view.header.cancel.isEnabled()


def test_a_run_that_ends_takes_the_cancel_away(run: Screen) -> None:
    run.presenter.apply(RunChanged("InProgress", RunCounts()))
    run.presenter.apply(RunEnded("Failed", datetime.now(UTC), "1 of 4 nodes failed."))
    assert not run.view.header.cancel.isVisible()
    assert run.view.header.chip.text == "Failed"


def test_a_lost_endpoint_is_a_banner_with_the_time_of_the_next_try(run: Screen) -> None:
    trouble = WatchTrouble("The agent does not answer.", "Start it.", datetime.now(UTC) + timedelta(seconds=30))
    run.presenter.apply(trouble)
    assert run.view.banner.isVisible()
    assert "Trying again in" in run.view.banner.text
    assert run.view.matrix.table.isVisible()
    run.presenter.apply(WatchRecovered())
    assert not run.view.banner.isVisible()


def test_a_run_that_cannot_be_opened_says_why_and_offers_another_try(screen: Screen) -> None:
    screen.service.error = Unreachable("The agent does not answer.", hint="Start it.")
    screen.loop.call(lambda: screen.presenter.watch("run-1"))
    screen.loop.until(screen.view.failure.isVisible)
    assert screen.view.failure.accessibleName() == "The agent does not answer."
    screen.service.error = None
    screen.service.events = [opened()]
    screen.loop.call(screen.view.failure.acted.emit)
    screen.loop.until(screen.view.matrix.table.isVisible)


def test_a_run_without_nodes_says_so(screen: Screen) -> None:
    screen.service.events = [opened(())]
    screen.loop.call(lambda: screen.presenter.watch("run-1"))
    screen.loop.until(screen.view.matrix.empty.isVisible)
    assert screen.view.matrix.empty.accessibleName() == "No nodes yet."


def test_in_a_narrow_window_the_node_is_a_drawer_that_escape_closes(run: Screen) -> None:
    run.view.resize(1080, 640)
    run.loop.until(lambda: run.view.sides.is_narrow)
    assert not run.view.pane.isVisible()
    run.loop.call(lambda: QTest.keyClick(run.view.matrix.table, Qt.Key.Key_Return))
    assert run.view.sides.is_open
    gone: list[bool] = []
    run.view.back_wanted.connect(lambda: gone.append(True))
    run.loop.call(lambda: QTest.keyClick(run.view.pane.output.text, Qt.Key.Key_Escape))
    assert not run.view.sides.is_open
    assert not gone
    run.loop.call(lambda: QTest.keyClick(run.view.matrix.table, Qt.Key.Key_Escape))
    assert gone


def test_another_run_begins_at_its_own_failure_not_at_the_last_choice(run: Screen) -> None:
    run.loop.call(lambda: run.presenter.pick_node(DB_1.instance_id))
    failed = node_at(WEB_1.instance_id, "web-1", OK, BAD, SKIP, SKIP, SKIP, OK)
    others = (DB_1, failed)
    run.presenter.apply(opened(others, replace(ended_summary(), run_id="run-2")))
    run.loop.until(lambda: run.view.pane.name.text() == "web-1")
    assert run.view.matrix.table.currentIndex().row() == 1


def test_every_control_has_a_name_for_a_screen_reader(run: Screen) -> None:
    nameless = [
        button.objectName() or button.text()
        for button in run.view.findChildren(QPushButton)
        if not (button.isHidden() or button.accessibleName() or button.text())
    ]
    assert not nameless
    assert run.view.matrix.table.accessibleName()
    assert run.view.strip.accessibleDescription().startswith("Scan: 4 success;")
    assert "success" in run.view.header.bar.accessibleDescription()
    assert run.view.findChildren(QLabel)


def test_ten_thousand_nodes_are_folded_over_frames_and_all_arrive(screen: Screen) -> None:
    nodes = tuple(replace(NODES[n % 4], instance_id=f"mi-{n:017x}", name=f"node-{n}") for n in range(10_000))
    screen.presenter.apply(opened(nodes))
    assert screen.presenter.tally.nodes < 10_000
    screen.loop.until(lambda: screen.presenter.tally.nodes == 10_000)
    assert screen.presenter.tally.failed == 2_500
    screen.view.matrix.box.setText("status:failed node-1")
    screen.loop.until(lambda: screen.view.matrix.count.text().endswith(" of 10,000"))


def test_output_is_not_fetched_while_nobody_looks(run: Screen) -> None:
    run.service.outputs = {Phase.INSTALL.value: StepOutput("one\n")}
    run.loop.call(lambda: run.presenter.pick_node(DB_1.instance_id))
    run.loop.until(lambda: _output(run) == "one\n")
    run.loop.call(run.view.hide)
    run.service.outputs = {Phase.INSTALL.value: StepOutput("one\ntwo\n", is_complete=True)}
    asked = len(run.service.asked)
    run.presenter.apply(NodesChanged((replace(DB_1, status_details="still"),)))
    run.loop.until(lambda: run.presenter.model.node(DB_1.instance_id) != DB_1)
    assert len(run.service.asked) == asked
    run.loop.call(run.view.show)
    run.loop.until(lambda: "two" in _output(run))


def test_the_first_node_is_marked_even_when_the_keyboard_was_there_before(screen: Screen) -> None:
    screen.view.matrix.table.setFocus()
    screen.service.events = [opened((WEB_2, WEB_1))]
    screen.open()
    table = screen.view.matrix.table
    screen.loop.until(lambda: [index.row() for index in table.selectionModel().selectedRows()] == [0])


def test_the_view_fits_a_small_window(run: Screen) -> None:
    assert run.view.minimumSizeHint().width() <= 780


def test_output_is_repainted_in_the_colours_of_another_theme(run: Screen, qapp: QApplication) -> None:
    run.loop.until(lambda: WORDS in _output(run))
    Appearance(qapp).choose(ThemeChoice.DARK)
    text = run.view.pane.output.text
    inks = {span.charFormat().foreground().color().name() for line in _lines(text.document()) for span in _spans(line)}
    dark = theme_named("dark")
    assert inks == {dark.text.name(), dark.dim.name(), dark.role("failed").fg.name()}
    Appearance(qapp).choose(ThemeChoice.LIGHT)
    run.loop.until(lambda: WORDS in _output(run))


def _lines(document: QTextDocument) -> Iterator[QTextBlock]:
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def _spans(block: QTextBlock) -> Iterator[QTextFragment]:
    spans = block.begin()
    while not spans.atEnd():
        yield spans.fragment()
        spans += 1


class _Paints(QObject):
    """Counts how often a widget is drawn."""

    count = 0

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.Paint
        return False


def test_a_change_out_of_sight_draws_nothing(screen: Screen) -> None:
    counts = list[int]()
    many = [node_at(f"mi-{number}", f"node-{number}", *[OK] * 6) for number in range(200)]
    screen.service.events = [opened(many)]
    screen.open()
    model, table = screen.presenter.model, screen.view.matrix.table
    screen.loop.until(lambda: model.total == 200 and screen.view.pane.name.text())
    paints = _Paints()
    table.viewport().installEventFilter(paints)

    def drawn_after(number: int) -> int:
        QApplication.processEvents()
        paints.count = 0
        model.replace(replace(many[number], headline="x"))
        model.publish()
        QApplication.processEvents()
        return paints.count

    table.set_live(live=False)
    # Columns are measured in a turn of its own, which draws everything.
    screen.loop.until(lambda: not table._sizing.isActive())
    screen.loop.call(lambda: counts.extend((drawn_after(199), drawn_after(0))))
    assert counts == [0, 1]
