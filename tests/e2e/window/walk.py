"""The console's own process with an operator in it: the whole way from an empty window to a patched fleet.

``python -m tests.e2e.window.walk WALK[:DETAIL] STATE_DIR PICTURES_DIR`` opens the real console on the embedded agent,
does what the walk of that name does, and prints one line of JSON: the run's id and status, and what the window said of
each node and phase.
"""

import asyncio
import json
import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPushButton, QTableView

from patchgui.app import run_console
from patchgui.place import Place
from patchgui.ui.patch_now.node_table import NodeTable
from patchgui.ui.run.node_pane import NodePane
from patchgui.ui.run.output_pane import OutputPane
from patchgui.ui.run.presenter import RunPresenter
from patchgui.ui.runs.page import RunsPage
from patchgui.ui.shell.window import Shell
from tests.e2e.window.operator import Operator

if TYPE_CHECKING:
    from patchgui.ui.compare.view import CompareView

NODES = 3
_OPENS_IN_S = 6
HOOKS = {
    "Before install": "PatchingDemo-StopAppGracefully",
    "After install": "PatchingDemo-UpdateApp",
    "On exit": "PatchingDemo-StartAppandVerify",
}
Work = Callable[[Operator], Awaitable[dict[str, Any]]]


async def patch_everything(operator: Operator) -> dict[str, Any]:
    """Pick all nodes, install with the three demo hooks, confirm, and watch until the end."""
    await launch(operator, "", HOOKS)
    seen = await watch_to_the_end(operator)
    return seen | {"timeline": await look_at_timeline(operator), "patches": await look_before_and_after(operator)}


async def look_at_timeline(operator: Operator) -> dict[str, list[str]]:
    """Look along each row of the timeline: which bars come one after the other."""
    from patchgui.ui.run.timeline.view import TimelineView

    page = await runs_page(operator)
    page.view.matrix.tabs.setCurrentIndex(1)
    view = await operator.find(TimelineView)
    operator.picture("timeline")
    seen: dict[str, list[str]] = {}
    for row in range(len(view.rows)):
        found = (view.bar_at(QPointF(x, row * 32 + 16)) for x in range(view.names_px, view.viewport().width()))
        bars = [at[1].phase.phase.label for at in found if at is not None and at[1] is not None]
        seen[view.rows.node(row).name] = list(dict.fromkeys(bars))
    return seen


async def look_before_and_after(operator: Operator) -> dict[str, list[str]]:
    """Look at the patches of each node before and after the run."""
    from patchgui.ui.run.before_after.page import BeforeAfterPage

    page = await runs_page(operator)
    page.view.matrix.tabs.setCurrentIndex(3)
    patches = await operator.find(BeforeAfterPage)
    await operator.until(
        lambda: patches.found is not None and all(node.after_at for node in patches.found.nodes), "states after the run"
    )
    operator.picture("before-after")
    model = patches.nodes
    return {
        model.row_at(place).name: [model.cell_at(place, column).text for column in (1, 2, 3, 4, 7)]
        for place in range(model.rowCount())
    }


def _has_ended(view: "CompareView") -> bool:
    """Return whether the second run is archived to its end; look once more where it is not."""
    endings = {view.nodes.cell_at(place, 4).text for place in range(view.nodes.rowCount())}
    if endings <= {"success"}:
        return True
    view.again()
    return False


async def fail_at(operator: Operator, place: str) -> dict[str, Any]:
    """Patch one node with a hook that fails at ``place``; look at what the window says by itself."""
    await launch(operator, "web-1", HOOKS | {place: "HookThatFails"})
    seen = await watch_to_the_end(operator)
    output = await operator.find(OutputPane)
    await operator.until(lambda: "not content" in output.shown_text(), "the hook's own words")
    operator.picture("failed")
    pane = await operator.find(NodePane)
    seen |= {"output": output.shown_text(), "banner": pane.banner.text}
    return seen | {"found": await find_again(operator, '"not content" status:failed')}


async def find_again(operator: Operator, line: str) -> dict[str, Any]:
    """Go back to the list, search it for words of an output, and open the run where they were found."""
    page = await runs_page(operator)
    page.show_list()
    box = page.list.line.box
    box.setFocus()
    QTest.keyClicks(box, line)
    await operator.until(lambda: [row.hit is not None for row in page.runs.model.rows] == [True], "the run that failed")
    row = page.runs.model.row_at(0)
    await operator.until(lambda: _is_whole(page), "the archive to have all of it")
    page.run.leave()
    operator.picture("found")
    await operator.press(box, Qt.Key.Key_Return)
    await operator.press(page.list.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    output = await operator.find(OutputPane)
    await operator.until(lambda: "not content" in output.shown_text(), "what was found, in the output")
    assert row.hit is not None
    archived = page.run.archived is not None and page.view.header.archived.isVisible()
    return {"node": row.hit.node, "line": row.hit.snippet, "is_archived": archived}


def _is_whole(page: RunsPage) -> bool:
    """Look again, as the list does from time to time, and tell whether the first run is archived whole."""
    page.runs.start()
    entry = page.runs.model.row_at(0).archived
    return entry is not None and entry.is_whole


async def retry_until_well(operator: Operator, nodes: str) -> dict[str, Any]:
    """Patch a node whose hook complains, see why, mend it, retry the group, go from the new run to the old one."""
    from patchgui.ui.patch_now.confirm import ConfirmDialog
    from patchgui.ui.run.again.sheet import AgainSheet
    from patchgui.ui.run.failures.group_card import GroupCard

    await launch(operator, "web-1", {"Before install": "HookThatComplains"})
    first = await watch_to_the_end(operator)
    page = await runs_page(operator)
    page.view.matrix.tabs.setCurrentIndex(2)
    card = await operator.find(GroupCard)
    operator.picture("failures")
    said = {"line": card.line.text(), "cause": card.title.text(), "place": card.place.text}
    await asyncio.to_thread(_mend, nodes)
    await operator.until(card.retry.isEnabled, "the group's own button")
    card.retry.click()
    await operator.find(AgainSheet)
    await operator.until(lambda: _is_ready(operator, "Patch now · 1 node"), "what will happen")
    operator.picture("retry")
    await operator.click(QPushButton, "Patch now ·")
    dialog = await operator.find(ConfirmDialog)
    operator.picture("retry-confirm")
    await operator.press(dialog.go, Qt.Key.Key_Return)
    await operator.until(lambda: page.run.run_id != first["run_id"] and page.run.summary is not None, "the new run")
    second = await watch_to_the_end(operator)
    operator.picture("retried")
    patches = await look_before_and_after(operator)
    await operator.click(QPushButton, "Retry of ")
    await operator.until(lambda: page.run.run_id == first["run_id"] and page.run.summary is not None, "the first run")
    retried_by = (await operator.find(QPushButton, "Retried by ")).property("run_id")
    operator.picture("retried-by")
    compared = await compare_with_the_newest(operator)
    seen = {"first": first, "second": second, "retried_by": retried_by, "patches": patches}
    return seen | {"compared": compared, **said}


async def compare_with_the_newest(operator: Operator) -> dict[str, Any]:
    """Choose *Compare with…* in the menu of the run on screen, and the newest other run; open its node from there."""
    from patchgui.ui.compare.choice import CompareChoice
    from patchgui.ui.compare.view import CompareView

    page = await runs_page(operator)
    first = page.run.run_id
    next(each for each in page.view.header.menu.actions() if each.text() == "Compare with…").trigger()
    sheet = await operator.find(CompareChoice)
    await operator.until(lambda: sheet.runs.rowCount() > 0, "the other runs")
    operator.picture("compare-choice")
    await operator.press(sheet.box, Qt.Key.Key_Down)
    await operator.press(sheet.table, Qt.Key.Key_Return)
    view = await operator.find(CompareView)
    await operator.until(lambda: view.nodes.rowCount() > 0, "the comparison")
    await operator.until(partial(_has_ended, view), "the end of the second run in the archive")
    operator.picture("compare")
    places, columns = range(view.nodes.rowCount()), (0, 1, 2, 4)
    rows = [[view.nodes.cell_at(place, column).text for column in columns] for place in places]
    await operator.press(view.node_table, Qt.Key.Key_Down)
    await operator.press(view.node_table, Qt.Key.Key_Return)
    await operator.until(lambda: page.run.run_id != first and page.shows_run, "the node in the second run")
    return {"verdict": view.verdict.text, "rows": rows, "differs": [fact.name for fact in view.facts.shown]}


async def leave_in_mid_run(operator: Operator) -> dict[str, Any]:
    """Start a run whose first hook waits, see it wait, and close the window."""
    await launch(operator, "db-1", {"Before install": "HookThatWaits"})
    run = (await runs_page(operator)).run
    await operator.until(lambda: _states(run).get("db-1", {}).get("Before install") == "RUNNING", "the hook at work")
    return _seen(run)


async def come_back(operator: Operator, go: str) -> dict[str, Any]:
    """Open the window again: the run is shown where it stands; let its hook go on, and watch until the end."""
    run = (await runs_page(operator)).run
    await operator.until(lambda: _states(run).get("db-1", {}).get("Before install") == "RUNNING", "the hook at work")
    await asyncio.to_thread(Path(go).touch)
    return await watch_to_the_end(operator)


async def patch_on_another(operator: Operator) -> dict[str, Any]:
    """Go to the connection *Lab*, patch a node there after typing its name, see where it ran."""
    from patchgui.ui.connections.table import ConnectionsTable
    from patchgui.ui.patch_now.confirm import ConfirmDialog
    from patchgui.ui.runs.run_row import Column

    await operator.until(lambda: _nodes_now() == NODES, "the sandbox's nodes")
    shell = await operator.find(Shell)
    await operator.click(QAbstractButton, "Connections")
    table = await operator.find(ConnectionsTable)
    await operator.until(lambda: table.model().rowCount() == 3, "the connection that was set up")
    for _ in range(2):
        await operator.press(table, Qt.Key.Key_Down)
    operator.picture("connections")
    await operator.press(table, Qt.Key.Key_Return)
    await operator.until(lambda: shell.top_bar.connection.label == "Lab" and _nodes_now() == NODES, "the lab's nodes")
    await pick(operator, "db-1")
    await operator.until(lambda: _is_ready(operator, "Patch now · 1 node"), "the button")
    await operator.click(QPushButton, "Patch now ·")
    dialog = await operator.find(ConfirmDialog)
    operator.picture("guarded")
    was_open = dialog.go.isEnabled()
    QTest.keyClicks(dialog.typed, "Lab")
    await operator.press(dialog.typed, Qt.Key.Key_Return)
    seen = await watch_to_the_end(operator)
    page = await runs_page(operator)
    page.show_list()
    model = page.runs.model
    await operator.until(
        lambda: model.rowCount() > 0 and bool(model.index(0, Column.CONNECTION).data()), "where it ran"
    )
    operator.picture("runs-of-two")
    return seen | {
        "was_open": was_open,
        "where": {str(model.index(r, Column.CONNECTION).data()) for r in range(model.rowCount())},
    }


async def edit_task(operator: Operator) -> dict[str, Any]:
    """Put three hooks into the task of the sandbox's window, let it open soon, and watch the run that it starts."""
    await operator.click(QAbstractButton, "Windows")
    await operator.click(QPushButton, "Edit PatchingTask")
    said = await put_hooks_into_the_task(operator)
    await operator.click(QPushButton, "Back to the windows")
    await let_it_open_soon(operator)
    await operator.click(QPushButton, "Execution of")
    operator.picture("window-runs")
    await operator.click(QPushButton, "Open the run of")
    return said | await watch_to_the_end(operator)


async def let_it_open_soon(operator: Operator) -> None:
    """Enable the window, with a schedule that nobody has to wait for until Sunday night."""
    from patchgui.ui.windows.window_form import WindowForm

    await operator.click(QPushButton, "Edit the window")
    form = await operator.find(WindowForm)
    form.enabled.click()
    line = form.editor.line
    line.selectAll()
    opens_at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=_OPENS_IN_S)
    QTest.keyClicks(line, f"at({opens_at:%Y-%m-%dT%H:%M:%S})")
    await operator.press(form.go, Qt.Key.Key_Space)
    await operator.until(lambda: not form.isVisible(), "the window to be saved")


async def put_hooks_into_the_task(operator: Operator) -> dict[str, Any]:
    """Choose the document with hooks and three of them, look at the difference, save."""
    from patchgui.ui.window_task.changes import ChangesView

    await operator.choose_document("Document", "AWS-RunPatchBaselineWithHooks")
    for field, document in HOOKS.items():
        await operator.choose_document(field, document)
    changes = await operator.find(ChangesView)
    await operator.until(changes.go.isEnabled, "the button that saves")
    difference, says = changes.diff.toPlainText(), changes.go.text()
    operator.picture("window-task")
    await operator.click(QPushButton, "Save 4 changes")
    await operator.until(changes.done.isVisible, "the task to be saved")
    operator.picture("task-saved")
    return {"difference": difference, "says": says}


def _mend(nodes: str) -> None:
    """Give the hook of web-1 what it looks for."""
    (folder,) = Path(nodes).glob("**/web-1/root/run")
    (folder / "well").touch()


def _nodes_now() -> int:
    table = next((w for w in QApplication.allWidgets() if isinstance(w, NodeTable) and w.isVisible()), None)
    return table.model().rowCount() if table is not None else 0


async def launch(operator: Operator, nodes: str, hooks: Mapping[str, str]) -> None:
    """Pick what matches the filter ``nodes``, choose the hooks, press the button and answer the question."""
    await pick(operator, nodes)
    await operator.click(QAbstractButton, "Use lifecycle hooks")
    for field, document in hooks.items():
        await operator.choose_document(field, document)
    count = "1 node" if nodes else f"{NODES} nodes"
    await operator.until(lambda: _is_ready(operator, f"Patch now · {count}"), "the button that says how many nodes")
    operator.picture("patch-now")
    await operator.click(QPushButton, "Patch now ·")
    await confirm(operator)


async def pick(operator: Operator, nodes: str) -> None:
    """Pick what matches the filter ``nodes``."""
    table = await operator.find(QTableView)
    await operator.until(lambda: table.model().rowCount() == NODES, "the nodes in the table")
    if nodes:
        QTest.keyClicks(await operator.find(QLineEdit, "Filter nodes"), nodes)
        await operator.until(lambda: table.model().rowCount() == 1, "one node that matches")
    table.setFocus()
    await operator.press(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)


async def confirm(operator: Operator) -> None:
    """Answer the question that names the consequences."""
    from patchgui.ui.patch_now.confirm import ConfirmDialog

    dialog = await operator.find(ConfirmDialog)
    operator.picture("confirm")
    await operator.press(dialog.go, Qt.Key.Key_Return)


async def runs_page(operator: Operator) -> RunsPage:
    """Return the Runs page once it shows a run."""
    page = await operator.find(RunsPage)
    await operator.until(lambda: page.shows_run and page.run.summary is not None, "a run on screen")
    return page


async def watch_to_the_end(operator: Operator) -> dict[str, Any]:
    """Follow the run that the window shows, and tell how it ended there."""
    run = (await runs_page(operator)).run
    await operator.until(lambda: any(node.is_final for node in run.model.nodes()), "the first node's end")
    operator.picture("run")
    await operator.until(lambda: run.summary is not None and run.summary.is_final, "the end of the run")
    await operator.until(lambda: all(node.is_final for node in run.model.nodes()), "the end of every node")
    operator.picture("run-ended")
    return _seen(run)


def _seen(run: RunPresenter) -> dict[str, Any]:
    assert run.summary is not None
    return {"run_id": run.run_id, "status": run.summary.status, "headline": run.headline, "nodes": _states(run)}


def _states(run: RunPresenter) -> dict[str, dict[str, str]]:
    """Return each phase's state on each node, by the names that people read."""
    return {node.name: {each.phase.label: each.state.name for each in node.phases} for node in run.model.nodes()}


def _is_ready(operator: Operator, words: str) -> bool:
    button = operator.seen(QPushButton, words)
    return button is not None and button.isEnabled()


def drive(work: Work, state_dir: Path, pictures: Path | None) -> int:
    """Run the console with an operator at work in it; print what the work returns."""
    outcome: dict[str, Any] = {}

    async def act() -> None:
        try:
            outcome.update(await work(Operator(pictures)))
        except Exception:  # noqa: BLE001 - told to whoever started this process
            outcome["error"] = traceback.format_exc()
        for window in QApplication.topLevelWidgets():
            if isinstance(window, Shell):
                window.close()

    tasks: list[asyncio.Task[None]] = []
    started = lambda: QTimer.singleShot(0, lambda: tasks.append(asyncio.ensure_future(act())))  # noqa: E731
    status = run_console(Place(state_dir=state_dir), on_painted=started)
    print(json.dumps(outcome, default=sorted))
    return status


WALKS: dict[str, Callable[..., Awaitable[dict[str, Any]]]] = {
    walk.__name__: walk
    for walk in (patch_everything, fail_at, retry_until_well, leave_in_mid_run, come_back, patch_on_another, edit_task)
}
_DETAILS = {"fail_at": "place", "retry_until_well": "nodes", "come_back": "go"}

if __name__ == "__main__":
    _name, _, _detail = sys.argv[1].partition(":")
    _work = partial(WALKS[_name], **({_DETAILS[_name]: _detail} if _detail else {}))
    raise SystemExit(drive(_work, Path(sys.argv[2]), Path(sys.argv[3])))
