"""Several connections open at once: each keeps what was picked there, and the runs of all are in sight."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
import qasync
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from patchgui.console.connection import SANDBOX
from patchgui.ssm.errors import CodeNotGiven, CredentialsExpired, Unreachable
from patchgui.ui.connection_look import ConnectionTag
from patchgui.ui.console_pages import CONNECTIONS, PATCH_NOW, RUNS
from patchgui.ui.link_state import LinkState
from patchgui.ui.patch_now.confirm import ConfirmDialog
from patchgui.ui.patch_now.consequences import Consequences
from patchgui.ui.runs.page import RunsPage
from patchgui.ui.runs.run_row import Column
from patchgui.ui.widgets.command_button import CommandButton
from tests.ui.connections.conftest import PROD, STAGING
from tests.ui.patch_now.scenes import node
from tests.ui.scripted_window import STARTED, Stage, summary, words

Until = Callable[[Callable[[], bool]], None]


def open_prod(stage: Stage, until: Until) -> None:
    until(lambda: "3 nodes · 3 online" in stage.words and stage.window.connections.row(PROD.id) is not None)
    stage.at(PROD).pages = [(node(9, "prod-1"),)]
    stage.window.pages.open_connection(PROD.id)
    until(lambda: stage.window.patch_now.model.total == 1)


def runs_page(stage: Stage) -> RunsPage:
    page = stage.window.shell.page(RUNS)
    assert isinstance(page, RunsPage)
    return page


def test_each_keeps_its_nodes_its_filter_and_its_picks(stage: Stage, until: Until) -> None:
    until(lambda: stage.window.patch_now.model.total == 3)
    stage.window.patch_now.model.set_picked(0, 1, picked=True)
    open_prod(stage, until)
    assert stage.window.patch_now.model.picked_count == 0
    assert "1 node · 1 online" in stage.words
    stage.window.pages.open_connection(SANDBOX.id)
    assert stage.window.patch_now.model.picked_count == 2
    assert "3 nodes · 3 online" in stage.words


def test_the_colour_and_the_name_are_those_of_the_one_that_is_worked_on(stage: Stage, until: Until) -> None:
    assert stage.window.shell.strip.accessibleName().endswith("green")
    open_prod(stage, until)
    assert stage.window.shell.strip.accessibleName() == "Colour of Production: red"
    assert stage.window.shell.top_bar.connection.label == "Production"
    until(lambda: "account 123456789012 · eu-central-1 · AWS" in stage.words)


def test_the_runs_of_all_are_one_list_newest_first_and_each_says_where(stage: Stage, until: Until) -> None:
    stage.session.known = (summary("Success", "here"),)
    stage.at(PROD).known = (summary("Success", "there", STARTED + timedelta(minutes=1)),)
    open_prod(stage, until)
    stage.window.shell.go_to(RUNS)
    model = runs_page(stage).runs.model
    until(lambda: model.rowCount() == 2)
    assert [model.index(row, Column.CONNECTION).data() for row in range(2)] == ["Production", SANDBOX.label]
    assert not runs_page(stage).list.table.isColumnHidden(Column.CONNECTION)


def test_with_one_connection_the_list_of_runs_does_not_say_where(stage: Stage, until: Until) -> None:
    stage.session.known = (summary("Success"),)
    stage.window.shell.go_to(RUNS)
    until(lambda: runs_page(stage).runs.model.rowCount() == 1)
    assert runs_page(stage).list.table.isColumnHidden(Column.CONNECTION)


def test_a_run_is_watched_where_it_runs_whatever_is_worked_on(stage: Stage, until: Until) -> None:
    stage.session.known = (summary("Success", "here"),)
    stage.at(PROD).known = (summary("Success", "there"),)
    open_prod(stage, until)
    stage.window.shell.go_to(RUNS)
    until(lambda: runs_page(stage).runs.model.rowCount() == 2)
    stage.window.pages.open_run("here")
    until(lambda: stage.session.watched == ["here"])
    assert stage.at(PROD).watched == []


def test_a_launched_run_goes_on_being_watched_after_a_switch(stage: Stage, until: Until) -> None:
    open_prod(stage, until)
    stage.window.patch_now.scan_again()
    until(lambda: stage.at(PROD).watched == ["run-1"])
    stage.window.pages.open_connection(SANDBOX.id)
    runs_page(stage).run.watch_again()
    until(lambda: stage.at(PROD).watched == ["run-1", "run-1"])
    assert stage.session.watched == []


def test_a_slow_connection_does_not_hold_up_the_runs_of_the_others(
    stage: Stage, until: Until, qloop: qasync.QEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patchgui.ui.runs.every_run._TOGETHER_S", 0.05)
    stage.session.known = (summary("Success", "here"),)
    stage.at(PROD).slow = asyncio.Event()
    stage.at(PROD).known = (summary("Success", "there"),)
    open_prod(stage, until)
    stage.window.shell.go_to(RUNS)
    until(lambda: runs_page(stage).runs.model.rowCount() == 1)
    stage.at(PROD).slow.set()  # type: ignore[union-attr]  # it was made four lines before
    runs_page(stage).runs.start()
    until(lambda: runs_page(stage).runs.model.rowCount() == 2)


def test_one_that_cannot_be_reached_keeps_its_runs_of_before(stage: Stage, until: Until) -> None:
    stage.session.known = (summary("Success", "here"),)
    stage.at(PROD).known = (summary("InProgress", "there"),)
    open_prod(stage, until)
    until(lambda: runs_page(stage).runs.model.rowCount() == 2)
    stage.at(PROD).gone = Unreachable("Production is away.")
    runs_page(stage).runs.start()
    until(lambda: stage.window.workspaces.now.state is LinkState.TROUBLE)
    assert runs_page(stage).runs.model.rowCount() == 2


def test_closing_one_ends_its_work_and_leaves_the_others(stage: Stage, until: Until) -> None:
    stage.at(PROD).known = (summary("Success", "there"),)
    open_prod(stage, until)
    until(lambda: runs_page(stage).runs.model.rowCount() == 1)
    closing = stage.window.workspaces.now
    stage.window.connections.close(PROD.id)
    until(lambda: stage.service.closed == [PROD.id])
    assert closing._scope.has_ended
    assert stage.window.workspaces.now.connection.id == SANDBOX.id
    assert stage.window.shell.built(PATCH_NOW, PROD.id) is None
    until(lambda: runs_page(stage).runs.model.rowCount() == 0)
    stage.window.pages.open_connection(PROD.id)
    until(lambda: stage.window.patch_now.model.total == 1)


def test_a_run_that_is_watched_is_let_go_with_its_connection(stage: Stage, until: Until) -> None:
    stage.at(PROD).known = (summary("InProgress", "there"),)
    open_prod(stage, until)
    until(lambda: runs_page(stage).runs.model.rowCount() == 1)
    stage.window.pages.open_run("there")
    until(lambda: stage.at(PROD).watched[-1:] == ["there"])
    stage.window.connections.close(PROD.id)
    until(lambda: stage.service.closed == [PROD.id])
    assert not runs_page(stage).shows_run
    assert not runs_page(stage).run._scope.is_running("watch")
    until(lambda: runs_page(stage).runs.model.rowCount() == 0)
    stage.window.pages.open_connection(PROD.id)
    until(lambda: runs_page(stage).runs.model.rowCount() == 1)
    stage.window.pages.open_run("there")
    until(lambda: stage.at(PROD).watched[-2:] == ["there", "there"])


def test_the_last_one_stays_open(stage: Stage) -> None:
    stage.window.connections.close(SANDBOX.id)
    assert stage.window.workspaces.now.connection.id == SANDBOX.id


def test_the_menu_of_the_top_bar_lists_all_and_opens_one(stage: Stage, until: Until) -> None:
    until(lambda: len(stage.window.connections.rows) == 4)
    stage.window.shell.actions_list.run("action:connection")
    menu = stage.window.shell.top_bar.connection.menu_shown
    texts = [action.text() for action in menu.actions()]
    assert texts[:4] == [
        f"{SANDBOX.label}\tConnected", "This machine\tNot opened", "Production\tNot opened", "Staging\tNot opened"
    ]  # fmt: skip
    menu.actions()[3].trigger()
    menu.hide()
    assert stage.window.workspaces.now.connection == STAGING


def test_ctrl_k_works_on_a_connection(stage: Stage, until: Until) -> None:
    until(lambda: len(stage.window.connections.rows) == 4)
    stage.window.shell.open_palette()
    palette = stage.window.shell._palette
    assert palette is not None
    (found,) = [item for item in palette.search("work on prod") if item.key.startswith("connection:")]
    assert (found.title, found.detail) == ("Work on Production", "Not opened")
    palette._on_picked(found)
    assert stage.window.workspaces.now.connection == PROD


def test_a_sign_in_that_ended_says_its_command_and_goes_on_by_itself(
    stage: Stage, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patchgui.ui.workspace._SIGN_IN_LOOK_S", 0.01)
    error = CredentialsExpired("The single sign-on has ended.", command="aws sso login --profile staging")
    stage.at(STAGING).gone = stage.service.sign_in_error = error
    until(lambda: len(stage.window.connections.rows) == 4)
    stage.window.pages.open_connection(STAGING.id)
    until(lambda: "The single sign-on has ended." in stage.words)
    assert stage.window.workspaces.now.state is LinkState.SIGN_IN_ENDED
    page = stage.window.shell.page(PATCH_NOW)
    assert any(button.isVisible() and button.toolTip() == error.command for button in page.findChildren(CommandButton))
    stage.at(STAGING).gone = stage.service.sign_in_error = None
    until(lambda: stage.window.workspaces.now.state is LinkState.CONNECTED)
    until(lambda: "3 nodes · 3 online" in stage.words)


def test_try_again_asks_for_a_code_that_was_put_off(stage: Stage, until: Until) -> None:
    stage.at(PROD).gone = stage.service.sign_in_error = CodeNotGiven("It was put off.")
    until(lambda: len(stage.window.connections.rows) == 4)
    stage.window.pages.open_connection(PROD.id)
    until(lambda: "It was put off." in stage.words)
    assert stage.window.workspaces.now.state is LinkState.SIGNED_OUT
    assert stage.service.asked_again == []
    page = stage.window.shell.page(PATCH_NOW)
    next(b for b in page.findChildren(QPushButton) if b.text() == "Try again" and b.isVisible()).click()
    assert stage.service.asked_again == [PROD.id]


def test_a_guarded_connection_wants_its_name_before_anything_is_installed(stage: Stage) -> None:
    question = Consequences("Patch 3 nodes now?", (("info", "5 patches will be installed."),), "Patch 3 nodes")
    dialog = ConfirmDialog(question, stage.window.shell, PROD)
    dialog.open()
    accepted: list[bool] = []
    dialog.accepted.connect(lambda: accepted.append(True))
    assert not dialog.go.isEnabled()
    QTest.keyClick(dialog.typed, Qt.Key.Key_Return)
    QTest.keyClicks(dialog.typed, "productio")
    assert not dialog.go.isEnabled()
    assert accepted == []
    QTest.keyClicks(dialog.typed, "n")
    assert dialog.go.isEnabled()
    QTest.keyClick(dialog.typed, Qt.Key.Key_Return)
    assert accepted == [True]


def test_the_question_of_another_connection_only_says_where(stage: Stage) -> None:
    question = Consequences("Patch 3 nodes now?", (), "Patch 3 nodes")
    dialog = ConfirmDialog(question, stage.window.shell, STAGING)
    dialog.open()
    assert dialog.go.isEnabled()
    assert not dialog.typed.isVisible()
    assert [tag.accessibleName() for tag in dialog.findChildren(ConnectionTag)] == ["Connection: Staging"]
    assert "Patch 3 nodes now?" in words(dialog)
    dialog.close()


def test_the_sandbox_is_the_only_one_to_be_reset(stage: Stage, until: Until) -> None:
    open_prod(stage, until)
    stage.window.shell.actions_list.run("action:reset")
    assert "Production is not the sandbox: there is nothing to reset." in stage.words
    assert stage.at(PROD).resets == 0
    assert stage.window.shell.current_page != CONNECTIONS
