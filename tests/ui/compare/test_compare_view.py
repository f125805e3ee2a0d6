"""Two runs side by side in a real window: facts, phases, nodes, and the way into either run."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import qasync
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from patchgui.console.archive.entries import ArchivedCommand, ArchivedRun, HistoryPage, HistoryQuery, Origin
from patchgui.console.connection import Connection, ConnectionKind
from patchgui.console.rows import RunCounts, RunView
from patchgui.patching.progress import NodeProgress
from patchgui.ssm.errors import NotFound, PatchError
from patchgui.ui.compare.presenter import ComparePresenter
from patchgui.ui.compare.view import CompareView
from patchgui.ui.task_scope import TaskScope
from tests.ui.run.scenes import BAD, NONE, OK, PIPELINE, SKIP, START, SUMMARY, node_at

Until = Callable[[Callable[[], bool]], None]
_GOOD, _FAILED = (OK, OK, OK, OK, OK, OK), (OK, OK, OK, BAD, SKIP, OK)
_FIRST = (
    node_at("mi-1", "web-1", *_GOOD),
    node_at("mi-2", "web-2", *_FAILED),
    node_at("mi-3", "db-1", *_GOOD),
    node_at("mi-4", "old-1", *_GOOD),
)
_SECOND = (
    node_at("mi-1", "web-1", *_FAILED),
    node_at("mi-2", "web-2", *_GOOD),
    node_at("mi-3", "db-1", OK, NONE, NONE, NONE, NONE, OK),
    node_at("mi-5", "new-1", *_GOOD, times=(2, 1, 42, 3, 18, 2)),
)
_CONNECTION = Connection("aws:eu-central-1", "Production", ConnectionKind.AWS, "eu-central-1")


class TwoRuns:
    """An archive with two runs in it."""

    def __init__(self) -> None:
        self.nodes = {"a": _FIRST, "b": _SECOND}
        self.error: PatchError | None = None

    def _entry(self, run_id: str) -> ArchivedRun:
        days = 7 if run_id == "a" else 0
        summary = replace(
            SUMMARY, run_id=run_id, started_at=START - timedelta(days=days), status="Failed",
            ended_at=START - timedelta(days=days) + timedelta(seconds=60), node_count=len(self.nodes[run_id]),
        )  # fmt: skip
        who = "alice" if run_id == "a" else "bob"
        return ArchivedRun(summary, Origin(_CONNECTION, started_by=f"arn:aws:iam::123456789012:user/{who}"))

    async def run(self, run_id: str) -> ArchivedRun:
        if self.error is not None:
            raise self.error
        return self._entry(run_id)

    async def commands(self, run_id: str) -> tuple[ArchivedCommand, ...]:
        told = {"DocumentVersion": "3", "MaxConcurrency": "1" if run_id == "a" else "10%", "MaxErrors": "1"}
        return (ArchivedCommand(run_id, json.dumps(told)),)

    async def search(self, query: HistoryQuery, cursor: str = "", limit: int = 200) -> HistoryPage:
        return HistoryPage(tuple(self._entry(run_id) for run_id in ("b", "a")))

    async def open(self, run_id: str) -> RunView:
        nodes: tuple[NodeProgress, ...] = self.nodes[run_id]
        return RunView(self._entry(run_id).summary, PIPELINE, nodes, RunCounts(total=len(nodes)))


class Stage:
    def __init__(self, loop: qasync.QEventLoop) -> None:
        self.loop = loop
        self.source = TwoRuns()
        self.failures: list[Exception] = []
        self.scope = TaskScope("compare", lambda _name, error: self.failures.append(error))
        self.owner = QObject()
        self.view = CompareView(ComparePresenter(self.source, self.scope, self.owner))
        self.opened: list[tuple[str, str]] = []
        self.view.run_wanted.connect(lambda run_id, node: self.opened.append((run_id, node)))
        self.view.resize(1098, 640)
        self.view.show()

    def names(self) -> list[str]:
        return [self.view.nodes.row_at(place).name for place in range(self.view.nodes.rowCount())]


@pytest.fixture
def stage(qloop: qasync.QEventLoop, qapp: QApplication) -> Iterator[Stage]:
    stage = Stage(qloop)
    yield stage
    qloop.run_until_complete(stage.scope.close())
    stage.view.close()
    stage.view.deleteLater()
    assert not stage.failures


@pytest.fixture
def shown(stage: Stage, until: Until) -> Stage:
    stage.view.open("a", "b")
    until(lambda: stage.view.nodes.rowCount() > 0)
    return stage


def test_it_says_what_came_of_the_second_run_and_nodes_that_came_out_worse_stand_first(shown: Stage) -> None:
    assert shown.view.verdict.text == (
        "5 nodes in the second run: 1 worse, 1 better, 1 same, 2 in one of the runs only."
    )
    assert shown.names() == ["web-1", "web-2", "db-1", "old-1", "new-1"]
    row = [shown.view.nodes.cell_at(0, column).text for column in range(7)]
    assert row[1:3] == ["worse", "success"]
    assert row[4] == "After install failed: exit 4"
    assert row[6] == "After install failed: exit 4. Reboot was skipped because of it; on exit ran."


def test_only_facts_that_differ_are_on_show_until_all_are_asked_for(shown: Stage) -> None:
    facts = shown.view.facts
    assert [fact.name for fact in facts.shown] == ["Started", "Started by", "At a time"]
    alike = facts.alike.text()
    assert alike.endswith(" facts alike")
    QTest.mouseClick(facts.alike, Qt.MouseButton.LeftButton)
    assert len(facts.shown) == 3 + int(alike.split()[0])
    assert ("Document version", "3") in [(fact.name, fact.second) for fact in facts.shown]
    assert ("Document", "AWS-RunPatchBaselineWithHooks") in [(fact.name, fact.second) for fact in facts.shown]


def test_phases_stand_side_by_side_with_counts_and_durations(shown: Stage) -> None:
    phases = shown.view.phases
    rows = {
        phases.cell_at(place, 0).text: [phases.cell_at(place, column).text for column in range(1, 6)]
        for place in range(phases.rowCount())
    }
    assert rows["Install"] == ["4 success", "12 s", "3 success, 1 not needed", "12 s", "same"]
    assert rows["After install"][0] == "3 success, 1 failed"


def test_a_tab_shows_the_nodes_of_one_change_and_the_box_filters_them(shown: Stage) -> None:
    tabs = shown.view.tabs
    words = [tabs.tabText(number) for number in range(tabs.count()) if tabs.isTabVisible(number)]
    assert words == [
        "All · 5",
        "Worse · 1",
        "Better · 1",
        "Same · 1",
        "Only in the first · 1",
        "Only in the second · 1",
    ]
    tabs.setCurrentIndex(2)
    assert shown.names() == ["web-2"]
    tabs.setCurrentIndex(0)
    shown.view.box.setText("web exit")
    assert shown.names() == ["web-1", "web-2"]
    shown.view.box.setText("nowhere")
    assert shown.view.empty.isVisible()


def test_a_head_sorts_by_its_column_and_back(shown: Stage) -> None:
    table = shown.view.node_table
    for wanted in (["db-1", "new-1", "old-1", "web-1", "web-2"], ["web-2", "web-1", "old-1", "new-1", "db-1"]):
        table.horizontalHeader().sectionClicked.emit(0)
        assert shown.names() == wanted
    table.horizontalHeader().sectionClicked.emit(0)
    assert shown.names() == ["web-1", "web-2", "db-1", "old-1", "new-1"]


def test_enter_opens_a_node_in_the_second_run_or_in_the_one_that_has_it(shown: Stage) -> None:
    table = shown.view.node_table
    table.setCurrentIndex(shown.view.nodes.index(0, 0))
    QTest.keyClick(table, Qt.Key.Key_Return)
    table.setCurrentIndex(shown.view.nodes.index(3, 0))
    QTest.keyClick(table, Qt.Key.Key_Return)
    QTest.mouseClick(shown.view.facts.opens[0], Qt.MouseButton.LeftButton)
    assert shown.opened == [("b", "mi-1"), ("a", "mi-4"), ("a", "")]


def test_swap_lets_the_runs_trade_places(shown: Stage, until: Until) -> None:
    QTest.mouseClick(shown.view.swap, Qt.MouseButton.LeftButton)
    until(lambda: shown.names()[0] == "web-2")
    assert shown.view.nodes.cell_at(0, 1).text == "worse"
    assert shown.view.verdict.text.startswith("5 nodes in the second run: 1 worse, 1 better, 1 same")


def test_ctrl_c_copies_the_nodes(shown: Stage) -> None:
    QTest.keyClick(shown.view.node_table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("Node\tSecond run was\tFirst run\tTook")
    assert len(lines) == 6


def test_a_run_that_is_not_there_is_said_and_tried_again(stage: Stage, until: Until) -> None:
    stage.source.error = NotFound("There is no run a.", code="InvalidCommandId", hint="It may have been removed.")
    stage.view.open("a", "b")
    until(stage.view.failure.isVisible)
    assert stage.view.failure.accessibleName() == "There is no run a."
    stage.source.error = None
    stage.view.failure.acted.emit()
    until(lambda: stage.view.nodes.rowCount() == 5)
