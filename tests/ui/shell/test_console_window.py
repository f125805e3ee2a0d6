"""The whole window on a scripted session: connecting, a run that is at work, losing the agent, closing."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import qasync
from PySide6.QtWidgets import QApplication, QDialog, QPushButton

from patchgui.console.connection import SANDBOX
from patchgui.console.events import ArchiveTrouble, ImportProgress
from patchgui.ssm.errors import AgentError, Unreachable
from patchgui.ui.console_pages import PATCH_NOW, RUNS
from patchgui.ui.shell.question import Question
from patchgui.ui.theme import ThemeChoice
from tests.ui.scripted_window import Stage, summary, words

Until = Callable[[Callable[[], bool]], None]
HERE = replace(SANDBOX, endpoint_url="http://127.0.0.1:1")


@pytest.fixture
def stage(qloop: qasync.QEventLoop, qapp: QApplication, tmp_path: Path) -> Iterator[Stage]:
    made = Stage(qapp, tmp_path, HERE)
    made.window.shell.show()
    yield made
    qloop.run_until_complete(made.aclose())
    made.window.close()
    made.window.shell.deleteLater()


def test_the_window_connects_by_itself_and_says_so(stage: Stage, until: Until) -> None:
    stage.window.start()
    until(lambda: "3 nodes · 3 online" in stage.words)
    assert "Connected" in stage.words
    assert "local · 127.0.0.1:1" in stage.words


def test_a_run_at_work_is_shown_where_it_stands(stage: Stage, until: Until) -> None:
    stage.session.known = (summary("InProgress"),)
    stage.window.start()
    until(lambda: stage.session.watched == ["run-7"])
    assert stage.window.shell.current_page == RUNS


def test_runs_that_have_ended_leave_the_page_alone(stage: Stage, until: Until) -> None:
    stage.session.known = (summary("Success"),)
    stage.window.start()
    until(lambda: stage.window._runs_were_listed)
    assert stage.window.shell.current_page == PATCH_NOW


def test_the_status_bar_tells_how_far_an_import_into_the_archive_has_come(stage: Stage, until: Until) -> None:
    stage.session.imported = (ImportProgress(11, 40),)
    stage.window.start()
    until(lambda: "Importing 12 of 40 runs" in stage.words)
    stage.session.imported = (ImportProgress(39, 40), ImportProgress(40, 40))
    stage.window.workspaces.now.gate.connected.emit(stage.session)
    until(lambda: "Importing" not in stage.words)


def test_a_run_that_is_not_archived_is_told_in_a_toast(stage: Stage, until: Until) -> None:
    stage.session.known = (summary("InProgress"),)
    stage.session.told = (ArchiveTrouble("There is no space left.", "Make room."),)
    stage.window.start()
    until(lambda: "This run is not being archived: There is no space left." in stage.words)
    assert "Make room." in stage.words


def test_an_agent_that_does_not_start_says_why_and_is_tried_again(stage: Stage, until: Until) -> None:
    stage.error = AgentError("bubblewrap is not installed.", hint="Install it: apt install bubblewrap")
    stage.window.start()
    until(lambda: "bubblewrap is not installed." in stage.words)
    assert "No connection" in stage.words
    stage.error = None
    stage.window.patch_now.reload()
    until(lambda: "3 nodes · 3 online" in stage.words)


def test_an_agent_that_comes_back_is_noticed_without_a_click(stage: Stage, until: Until) -> None:
    stage.window.start()
    until(lambda: "3 nodes" in stage.words)
    stage.session.gone = Unreachable("The agent does not answer.")
    stage.window.patch_now.reload()
    until(lambda: "The agent does not answer." in stage.words)
    stage.session.gone = None
    stage.window._on_refresh_due()
    until(lambda: "The agent does not answer." not in stage.words)


def test_a_launched_run_is_opened(stage: Stage, until: Until) -> None:
    stage.window.start()
    until(lambda: stage.window.patch_now.model.total == 3)
    stage.window.patch_now.scan_again()
    until(lambda: stage.session.watched == ["run-1"])
    assert stage.window.shell.current_page == RUNS


def test_the_sandbox_is_reset_only_after_a_question(stage: Stage, until: Until) -> None:
    stage.window.start()
    until(lambda: stage.window.patch_now.model.total == 3)
    stage.window.shell.actions_list.run("action:reset")
    question = stage.window.shell.findChild(Question)
    assert question is not None
    assert "Reset 3 sandbox nodes?" in words(question)
    next(b for b in question.findChildren(QPushButton) if b.text() == "Reset the sandbox").click()
    until(lambda: stage.session.resets == 1)
    until(lambda: "The sandbox is unpatched again." in stage.words)


def test_ctrl_k_knows_nodes_runs_and_documents(stage: Stage, until: Until) -> None:
    stage.session.known = (summary("Success"),)
    stage.window.start()
    until(lambda: stage.window.patch_now.model.total == 3 and stage.window._runs_were_listed)
    stage.window.shell.open_palette()
    palette = stage.window.shell._palette
    assert palette is not None
    assert palette.search("web-1")[0].title == "web-1"
    assert palette.search("patch now, 3")[0].key == "run:run-7"
    assert any(item.key == "document:Stop" for item in palette.search("stop"))
    palette.hide()
    stage.window.pages.open_node(stage.window.patch_now.model.row_at(1).instance_id)
    assert stage.window.pages.patch_page().who.table.currentIndex().row() == 1
    stage.window.pages.open_document("Stop")
    until(lambda: any(d.windowTitle() == "Stop" for d in stage.window.shell.findChildren(QDialog)))


def test_the_theme_that_was_chosen_is_kept(stage: Stage, qapp: QApplication) -> None:
    stage.window.shell.actions_list.run("action:theme-dark")
    assert stage.state.theme is ThemeChoice.DARK
    assert qapp.palette().window().color().lightness() < 128
    stage.window.shell.actions_list.run("action:theme-light")
    assert qapp.palette().window().color().lightness() > 128


def test_closing_in_the_middle_of_a_run_only_detaches(stage: Stage, qloop: qasync.QEventLoop, until: Until) -> None:
    stage.session.known = (summary("InProgress"),)
    stage.window.start()
    until(lambda: bool(stage.session.watched))
    asked: list[int] = []
    stage.window.close_requested.connect(lambda: asked.append(1))
    stage.window.shell.close()
    assert asked == [1]
    qloop.run_until_complete(stage.scope.close())
    stage.window.close()
    assert not stage.window.shell.isVisible()
