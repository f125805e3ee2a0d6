"""Before and after on the screen: sums, nodes that did not improve first, and honesty about what was not read."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from patchgui.console.archive.entries import PatchCounts, PatchStateChange
from patchgui.console.events import RunEnded
from patchgui.patching.estimates import NodeDurations
from patchgui.patching.phases import Pipeline
from patchgui.ssm.errors import NotFound, PatchError, StoreBusy
from patchgui.ui.run.before_after.page import BeforeAfterPage
from tests.ui.run.conftest import Screen
from tests.ui.run.scenes import APP_1, DB_1, NODES, START, WEB_1, WEB_2, ended_summary, opened

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
_TAB = 3
ENDED = START + timedelta(seconds=61)


def _counts(missing: int, security: int, installed: int, pending: int = 0, failed: int = 0) -> PatchCounts:
    return PatchCounts(missing, security, installed, pending, failed, ENDED)


CHANGES = (
    PatchStateChange(WEB_1.instance_id, _counts(12, 4, 300), _counts(0, 0, 312, 1)),
    PatchStateChange(WEB_2.instance_id, _counts(9, 2, 280), _counts(9, 2, 280)),
    PatchStateChange(DB_1.instance_id, _counts(3, 1, 200), None),
)


class PatchArchive:
    """An archive that keeps the patch states of one run."""

    def __init__(self, changes: Sequence[PatchStateChange] = CHANGES) -> None:
        self.changes = tuple(changes)
        self.error: PatchError | None = None
        self.asked = 0

    async def durations(self, instance_ids: Sequence[str], document: str, operation: str) -> NodeDurations:
        return NodeDurations()

    async def patch_states(self, run_id: str) -> tuple[PatchStateChange, ...]:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return self.changes


def _open(screen: Screen, archive: PatchArchive, *, live: bool = False) -> BeforeAfterPage:
    screen.presenter.use_archive(archive)
    screen.service.events = [opened()] if live else [opened(summary=ended_summary())]
    screen.open()
    screen.loop.until(lambda: screen.presenter.tally.nodes == len(NODES))
    screen.view.matrix.tabs.setCurrentIndex(_TAB)
    screen.loop.until(lambda: archive.asked)
    return screen.view.matrix.before_after


def _row(page: BeforeAfterPage, place: int) -> list[str]:
    return [page.nodes.cell_at(place, column).text for column in range(8)]


def test_nodes_that_did_not_improve_stand_first_and_sums_are_on_top(screen: Screen) -> None:
    page = _open(screen, PatchArchive())
    screen.loop.until(lambda: page.nodes.rowCount() == 4)
    assert [_row(page, place)[:2] for place in range(4)] == [
        ["web-2", "not improved"],
        ["app-el-1", "not read"],
        ["db-1", "not read"],
        ["web-1", "nothing missing"],
    ]
    assert _row(page, 3)[2:7] == ["12 → 0", "4 → 0", "300 → 312", "0 → 1", "0"]
    assert _row(page, 2)[2] == "3 → ?"
    assert _row(page, 2)[7] == "How it stands after the run was not read."
    assert [part.accessibleName() for part in page.sums[:3]] == [
        "Missing: 21 → 9 −12",
        "Security: 6 → 2 −4",
        "Installed: 580 → 592 +12",
    ]
    assert page.ground.text == "Sums of 2 of 4 nodes; of the others one side was not read · 1 node did not improve"


def test_a_click_shows_the_node_and_a_head_sorts(screen: Screen) -> None:
    page = _open(screen, PatchArchive())
    screen.loop.until(lambda: page.nodes.rowCount() == 4)
    spot = page.table.visualRect(page.nodes.index(3, 0)).center()
    screen.loop.call(lambda: QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=spot))
    assert screen.view.pane.name.text() == "web-1"
    page.table.horizontalHeader().sectionClicked.emit(2)
    assert [page.nodes.row_at(place).name for place in range(4)] == ["web-1", "db-1", "web-2", "app-el-1"]


def test_the_filter_box_filters_these_rows_too(screen: Screen) -> None:
    page = _open(screen, PatchArchive())
    screen.loop.until(lambda: page.nodes.rowCount() == 4)
    screen.view.matrix.box.setText("db")
    screen.loop.until(lambda: page.nodes.rowCount() == 1)


def test_a_run_that_goes_on_shows_what_was_read_so_far_and_its_end_brings_the_rest(screen: Screen) -> None:
    archive = PatchArchive([replace(change, after=None) for change in CHANGES])
    page = _open(screen, archive, live=True)
    screen.loop.until(lambda: page.nodes.rowCount() == 4)
    assert page.ground.text == "Sums of 0 of 4 nodes; the others have not reported yet"
    assert _row(page, 0)[7] == "Not read yet." or _row(page, 3)[7] == "Not read yet."
    archive.changes = CHANGES
    screen.loop.call(lambda: screen.presenter.apply(RunEnded("Failed", ENDED, "1 of 4 nodes failed.")))
    screen.loop.until(lambda: "Sums of 2" in page.ground.text)


@pytest.mark.parametrize("error", [None, NotFound("There is no such run.", code="InvalidCommandId")])
def test_a_run_without_patch_states_says_why(screen: Screen, error: PatchError | None) -> None:
    archive = PatchArchive([])
    archive.error = error
    page = _open(screen, archive)
    screen.loop.until(lambda: page.empty.accessibleName() == "No patch states of this run were read.")
    assert "keeps the newest state of a node only" in page.empty.accessibleDescription()


def test_an_archive_that_cannot_answer_is_asked_again_on_demand(screen: Screen) -> None:
    archive = PatchArchive()
    archive.error = StoreBusy("The archive is busy.")
    page = _open(screen, archive)
    screen.loop.until(lambda: page.empty.accessibleName() == "The archive is busy.")
    archive.error = None
    screen.loop.call(page.try_again.emit)
    screen.loop.until(lambda: page.nodes.rowCount() == 4)


def test_nothing_is_read_while_nobody_looks(screen: Screen) -> None:
    archive = PatchArchive()
    screen.presenter.use_archive(archive)
    screen.service.events = [opened()]
    screen.open()
    screen.loop.until(lambda: screen.presenter.tally.nodes == 4)
    assert archive.asked == 0


def test_a_run_that_patches_nothing_or_is_not_archived_has_no_such_tab(screen: Screen) -> None:
    screen.service.events = [opened()]
    screen.open()
    assert not screen.view.matrix.tabs.isTabVisible(_TAB)
    screen.presenter.use_archive(PatchArchive())
    event = opened(summary=replace(ended_summary(), run_id="run-2"))
    screen.loop.call(lambda: screen.presenter.apply(event))
    assert screen.view.matrix.tabs.isTabVisible(_TAB)
    plain = replace(event, run=replace(event.run, pipeline=Pipeline(event.run.pipeline.phases[:1])))
    plain = replace(plain, run=replace(plain.run, summary=replace(event.run.summary, run_id="run-3")))
    screen.loop.call(lambda: screen.presenter.apply(plain))
    assert not screen.view.matrix.tabs.isTabVisible(_TAB)
    assert APP_1 in event.run.nodes
