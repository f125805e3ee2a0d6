"""The Runs page: the list, its states, and opening a run from it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester

from patchgui.ssm.errors import Unreachable
from patchgui.ui.appearance import Appearance
from patchgui.ui.runs.page import RunsPage
from patchgui.ui.runs.runs_model import BY, DURATION, NODES, RunsModel
from patchgui.ui.theme import ThemeChoice
from tests.ui.run.conftest import Loop
from tests.ui.run.scenes import SUMMARY, ScriptedService, ended_summary, opened

# The offscreen platform says so of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

OLD = replace(ended_summary("Success"), run_id="run-0", title="Scan, 3 nodes", operation="Scan", is_ours=False)
FAILED = replace(ended_summary(), run_id="run-9")


@dataclass
class Page:
    loop: Loop
    service: ScriptedService
    page: RunsPage

    def show(self) -> None:
        self.loop.call(self.page.show)


@pytest.fixture
def page(qloop: Loop, qapp: QApplication) -> Iterator[Page]:
    Appearance(qapp).choose(ThemeChoice.DARK)
    service = ScriptedService([SUMMARY, FAILED, OLD], [opened()])
    made = RunsPage(service, qloop.scope)
    made.resize(1300, 800)
    yield Page(qloop, service, made)
    qloop.close_scope()
    made.close()
    made.deleteLater()


def test_runs_are_listed_newest_first_with_what_matters(page: Page) -> None:
    page.show()
    model = page.page.runs.model
    page.loop.until(lambda: model.rowCount() == 3)
    row = [str(model.index(1, column).data()) for column in range(model.columnCount())]
    assert row[:5] == ["Patch now, 4 nodes", "", "Install, reboot if needed", "4", "Failed"]
    assert row[DURATION:] == ["1 min 01 s", "This console"]
    assert str(model.index(2, BY).data()) == "Elsewhere"


def test_the_model_keeps_qts_rules(qtmodeltester: ModelTester) -> None:
    model = RunsModel()
    model.show_runs([SUMMARY, FAILED])
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    model.show_runs([SUMMARY, FAILED, OLD])
    model.set_filter("scan")


def test_a_run_that_moves_is_repainted_without_losing_the_selection() -> None:
    model = RunsModel()
    model.show_runs([SUMMARY, FAILED])
    resets: list[bool] = []
    model.modelReset.connect(lambda: resets.append(True))
    model.show_runs([replace(SUMMARY, completed_count=3), FAILED])
    assert model.index(0, NODES).data() == "3 of 4"
    assert not resets


@pytest.mark.parametrize(
    ("text", "shown"), [("status:failed", 1), ("scan", 1), ("status:inprogress", 1), ("nothing", 0)]
)
def test_the_filter_box_understands_words_and_statuses(text: str, shown: int) -> None:
    model = RunsModel()
    model.show_runs([SUMMARY, FAILED, OLD])
    model.set_filter(text)
    assert model.rowCount() == shown


def test_one_click_opens_a_run_and_escape_goes_back_to_its_row(page: Page) -> None:
    page.show()
    page.loop.until(lambda: page.page.runs.model.rowCount() == 3)
    table = page.page.list.table
    spot = table.visualRect(page.page.runs.model.index(0, 0)).center()
    page.loop.call(lambda: QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot))
    page.loop.until(page.page.view.matrix.table.isVisible)
    assert page.page.shows_run
    page.loop.call(lambda: QTest.keyClick(page.page.view.matrix.table, Qt.Key.Key_Escape))
    assert not page.page.shows_run
    assert table.currentIndex().row() == 0


def test_enter_opens_a_run_and_alt_left_goes_back(page: Page) -> None:
    page.show()
    page.loop.until(lambda: page.page.runs.model.rowCount() == 3)
    page.page.list.table.setCurrentIndex(page.page.runs.model.index(0, 0))
    page.loop.call(lambda: QTest.keyClick(page.page.list.table, Qt.Key.Key_Return))
    page.loop.until(page.page.view.matrix.table.isVisible)
    page.page.activateWindow()
    page.loop.call(lambda: QTest.keyClick(page.page.view, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier))
    assert not page.page.shows_run


def test_going_back_to_a_live_run_shows_it_where_it_stands_without_asking_again(page: Page) -> None:
    page.show()
    page.loop.call(lambda: page.page.open_run("run-1"))
    page.loop.until(lambda: page.page.run.tally.nodes == 4)
    page.loop.call(page.page.show_list)
    page.loop.call(lambda: page.page.open_run("run-1"))
    assert page.page.view.matrix.table.isVisible()
    assert page.service.asked.count(("watch", "run-1")) == 1


def test_no_runs_yet_points_to_patch_now(page: Page) -> None:
    page.service.listed = ()
    page.show()
    page.loop.until(page.page.list.empty.isVisible)
    assert page.page.list.empty.accessibleName() == "No runs yet."
    wanted: list[bool] = []
    page.page.patch_now_wanted.connect(lambda: wanted.append(True))
    page.page.list.empty.acted.emit()
    assert wanted


def test_a_list_that_cannot_be_fetched_keeps_the_last_one_and_says_so(page: Page) -> None:
    page.show()
    page.loop.until(lambda: page.page.runs.model.rowCount() == 3)
    page.service.error = Unreachable("The agent does not answer.", hint="Start it.")
    page.loop.call(page.page.runs.start)
    page.loop.until(page.page.list.banner.isVisible)
    assert "The list is as it was last seen." in page.page.list.banner.text
    assert page.page.list.table.isVisible()
    page.service.error = None
    page.loop.call(page.page.list.banner.acted.emit)
    page.loop.until(lambda: not page.page.list.banner.isVisible())


def test_the_number_of_active_runs_is_told(page: Page) -> None:
    told: list[object] = []
    page.page.active_changed.connect(told.append)
    page.show()
    page.loop.until(lambda: told == [1])


def test_a_run_that_ssm_forgot_is_not_active_for_ever() -> None:
    model = RunsModel()
    model.show_runs([replace(SUMMARY, status="Unknown")])
    assert model.active == 0
    assert model.index(0, DURATION).data() == "–"
