"""The Patch now page: what an operator sees and does, by keyboard and by mouse."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QHeaderView, QLineEdit, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from patchgui.console.connection import Connection, ConnectionKind
from patchgui.console.reboots import PendingReboot
from patchgui.ssm.errors import AccessDenied, Unreachable
from patchgui.ui.patch_now.choice import PUT_OFF, Choice
from patchgui.ui.patch_now.confirm import ConfirmDialog
from patchgui.ui.patch_now.extra_settings import ExtraSettings
from patchgui.ui.patch_now.node_cells import Column
from patchgui.ui.patch_now.page import NARROW_PX, PatchNowPage
from patchgui.ui.patch_now.presenter import PatchNowPresenter
from patchgui.ui.patch_now.states import Loading, NodesState
from patchgui.ui.patch_now.target import ChosenTarget
from patchgui.ui.patch_now.target_menu import TargetMenu
from patchgui.ui.preview import Preview
from patchgui.ui.shell.question import Question
from patchgui.ui.theme import ThemeChoice
from patchgui.ui.view_state import ViewState
from patchgui.ui.widgets.segmented import SegmentedControl
from patchgui.ui.widgets.toggle import Toggle
from tests.ui.patch_now.scenes import THREE, ScriptedConsole, node

Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def ready(page: PatchNowPage, presenter: PatchNowPresenter, console: ScriptedConsole, until: Until) -> PatchNowPage:
    presenter.attach(console)
    until(lambda: presenter.nodes_state.loading is Loading.DONE)
    return page


def button(page: QWidget, text: str) -> QPushButton:
    return next(found for found in page.findChildren(QPushButton) if found.text() == text and found.isVisible())


def words(page: QWidget) -> str:
    from PySide6.QtWidgets import QLabel

    return "\n".join(found.text() for found in page.findChildren(QLabel) if found.isVisible())


def test_the_button_says_how_many(ready: PatchNowPage, presenter: PatchNowPresenter, until: Until) -> None:
    assert ready.happen.go.text() == "Patch now"
    assert not ready.happen.go.isEnabled()
    QTest.keyClick(ready.who.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    until(ready.happen.go.isEnabled)
    assert ready.happen.go.text() == "Patch now · 3 nodes"
    assert "3 of 3 nodes" in words(ready.who)


def test_a_whole_run_can_be_started_from_the_keyboard(
    ready: PatchNowPage, console: ScriptedConsole, presenter: PatchNowPresenter, until: Until
) -> None:
    ready.focus_filter()
    QTest.keyClicks(ready.who.search, "web")
    QTest.keyClick(ready.who.search, Qt.Key.Key_Return)
    table = ready.who.table
    QTest.keyClick(table, Qt.Key.Key_Space)
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert presenter.model.picked_count == 2
    until(ready.happen.go.isEnabled)
    ready.press_go()
    dialog = ready.findChild(ConfirmDialog)
    assert dialog is not None
    assert dialog.go.text() == "Patch 2 nodes"
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    until(lambda: bool(console.launched))
    assert console.launched[0].node_count == 2
    until(lambda: not presenter.is_launching)


def test_escape_at_the_question_starts_nothing(
    ready: PatchNowPage, console: ScriptedConsole, presenter: PatchNowPresenter, until: Until
) -> None:
    presenter.model.pick_everything_that_matches()
    until(ready.happen.go.isEnabled)
    ready.happen.go.click()
    dialog = ready.findChild(ConfirmDialog)
    assert dialog is not None
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert console.launched == []
    assert ready.happen.go.isEnabled()


def test_a_click_picks_and_shift_click_picks_on(ready: PatchNowPage, presenter: PatchNowPresenter) -> None:
    table = ready.who.table

    def click(row: int, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        spot = table.visualRect(presenter.model.index(row, Column.NAME)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, keys, spot)

    click(0)
    assert presenter.model.picked_count == 1
    click(2, Qt.KeyboardModifier.ShiftModifier)
    assert presenter.model.picked_count == 3
    click(1)
    assert presenter.model.picked_count == 2


def test_columns_that_find_no_room_go_as_a_whole_and_come_back(
    ready: PatchNowPage, presenter: PatchNowPresenter
) -> None:
    table = ready.who.table
    long = [
        node(at, f"app-production-{at:04}", missing=17, security_missing=14, patch_group="production")
        for at in range(60)
    ]
    presenter.model.take(long)
    presenter.model.publish()
    table.size_columns()
    table.resize(520, 400)
    assert table.isColumnHidden(Column.GROUP)
    assert table.isColumnHidden(Column.NODE_ID)
    assert not table.isColumnHidden(Column.COMPLIANCE)
    assert table.horizontalHeader().length() <= table.viewport().width(), [table.columnWidth(c) for c in Column]
    table.resize(1400, 400)
    assert not table.isColumnHidden(Column.NODE_ID)
    assert not table.isColumnHidden(Column.GROUP)


def test_ctrl_c_copies_the_picked_rows_as_a_table(ready: PatchNowPage, presenter: PatchNowPresenter) -> None:
    presenter.model.set_picked(0, 0, picked=True)
    QTest.keyClick(ready.who.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().text().splitlines()
    assert copied[0].startswith("Name\tNode id")
    assert len(copied) == 2


def test_the_filter_shows_chips_and_says_what_it_does_not_know(ready: PatchNowPage) -> None:
    ready.who.search.setText("tag:Role=web foo:1")
    assert "“foo:” is not known" in words(ready.who)
    chip = next(found for found in ready.who.findChildren(QPushButton) if found.property("term") == "tag:Role=web")
    chip.click()
    assert ready.who.search.text() == "foo:1"


def test_a_filter_that_matches_nothing_can_be_cleared(ready: PatchNowPage, presenter: PatchNowPresenter) -> None:
    ready.who.search.setText("nowhere")
    assert "No node matches this filter." in words(ready.who)
    button(ready.who, "Clear the filter").click()
    assert presenter.model.rowCount() == 3


def test_picks_that_the_filter_hides_are_counted(ready: PatchNowPage, presenter: PatchNowPresenter) -> None:
    presenter.model.pick_everything_that_matches()
    ready.who.search.setText("web")
    assert "1 picked node hidden by the filter" in words(ready.who)


def test_sorting_by_a_header_and_its_tick_box_keep_apart(ready: PatchNowPage, presenter: PatchNowPresenter) -> None:
    header = ready.who.table.horizontalHeader()

    def press(column: Column) -> None:
        x = header.sectionViewportPosition(column) + 8
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, 12))

    press(Column.NAME)
    assert presenter.model.sort_order is Qt.SortOrder.DescendingOrder
    press(Column.PICK)
    assert presenter.model.picked_count == 3
    assert presenter.model.sort_column is Column.NAME
    assert header.sortIndicatorSection() == Column.NAME


def test_a_scan_shows_neither_hooks_nor_reboot(ready: PatchNowPage, presenter: PatchNowPresenter) -> None:
    switch = ready.what.findChild(Toggle)
    assert switch is not None
    switch.click()
    operation = next(part for part in ready.what.findChildren(SegmentedControl) if part.accessibleName() == "Operation")
    button(operation, "Scan").click()
    assert not switch.isVisible()
    assert not any(p.isVisible() for p in ready.what.findChildren(SegmentedControl) if p.accessibleName() == "Reboot")
    assert "changes nothing" in words(ready.what)
    assert presenter.choice.hooks == ("", "", "")


def test_a_chosen_hook_is_previewed_and_foretold(
    ready: PatchNowPage, presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    presenter.model.set_picked(0, 0, picked=True)
    switch = ready.what.findChild(Toggle)
    assert switch is not None
    switch.click()
    picker = next(
        part for part in ready.what.findChildren(QPushButton) if part.accessibleName() == "Before install: none"
    )
    picker.take("Stop")  # type: ignore[attr-defined]
    until(lambda: "Before install" in words(ready.happen))
    assert console.foretold[-1].hooks.before_install == "Stop"
    until(lambda: any(code.toPlainText() == "echo Stop" for code in _codes(ready)))


def _codes(page: QWidget):  # type: ignore[no-untyped-def]
    from patchgui.ui.widgets.code_view import CodeView

    return page.findChildren(CodeView)


def test_no_nodes_at_all_says_so(
    page: PatchNowPage, presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    console.pages = []
    presenter.attach(console)
    until(lambda: presenter.nodes_state.loading is Loading.DONE)
    assert "There are no managed nodes here." in words(page.who)


def test_no_connection_says_what_to_do_and_tries_again(
    page: PatchNowPage, presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    good = console.pages
    console.pages = [Unreachable("The agent does not answer.", hint="Start it again.")]
    presenter.attach(console)
    until(lambda: presenter.nodes_state.loading is Loading.FAILED)
    assert "The agent does not answer." in words(page.who)
    console.pages = good
    button(page.who, "Try again").click()
    until(lambda: presenter.model.total == 3)


def test_losing_the_connection_keeps_the_nodes_with_a_banner_over_them(
    ready: PatchNowPage, presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    console.pages = [Unreachable("The agent does not answer.")]
    presenter.reload()
    until(lambda: presenter.nodes_state.loading is Loading.FAILED)
    assert "You see the nodes as of just now." in words(ready.who)
    assert ready.who.table.isVisible()


def test_a_run_that_does_not_start_says_so_beside_the_button(
    ready: PatchNowPage, presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    console.launch_error = Unreachable("The agent went away.", hint="Nothing was started. Try again.")
    presenter.model.pick_everything_that_matches()
    until(lambda: presenter.can_launch)
    presenter.ask_launch()
    presenter.launch()
    until(lambda: "The agent went away." in words(ready.happen))
    assert ready.happen.go.isEnabled()


def test_a_start_without_an_answer_says_what_it_waits_for_and_may_be_given_up(
    ready: PatchNowPage, presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    console.slow_start = "No answer came. Looking whether the run was started all the same."
    presenter.model.pick_everything_that_matches()
    until(lambda: presenter.can_launch)
    presenter.ask_launch()
    presenter.launch()
    until(lambda: console.slow_start in words(ready.happen))
    (stop,) = (button for button in ready.happen.findChildren(QPushButton) if button.text() == "Stop waiting")
    assert stop.isVisible()
    stop.click()
    until(lambda: "Whether the run was started is not known yet." in words(ready.happen))
    assert not stop.isVisible()
    assert not presenter.is_launching
    assert len(console.launched) == 1


def test_a_narrow_window_puts_the_third_column_into_a_drawer(
    ready: PatchNowPage, presenter: PatchNowPresenter, until: Until, qtbot: QtBot
) -> None:
    presenter.model.pick_everything_that_matches()
    until(lambda: presenter.can_launch)
    ready.resize(NARROW_PX - 60, 640)
    assert not ready.happen.isVisible()
    assert ready.review.text().startswith("Review 3 nodes")
    ready.review.click()
    assert ready.happen.isVisible()
    assert ready.happen.go.hasFocus()
    QTest.keyClick(ready.happen.go, Qt.Key.Key_Escape)
    assert not ready.happen.isVisible()
    ready.resize(NARROW_PX + 100, 640)
    assert ready.happen.isVisible()
    assert not ready.review.isVisible()


def _drag(header: QHeaderView, column: Column, to_px: int) -> None:
    edge = header.sectionViewportPosition(column) + header.sectionSize(column) - 1
    here = QPoint(edge, 12)
    QTest.mousePress(header.viewport(), Qt.MouseButton.LeftButton, pos=here)
    there = here + QPoint(to_px - header.sectionSize(column), 0)
    QTest.mouseMove(header.viewport(), there)
    QTest.mouseRelease(header.viewport(), Qt.MouseButton.LeftButton, pos=there)


def test_columns_are_remembered_once_the_user_changed_them(
    ready: PatchNowPage, presenter: PatchNowPresenter, qtbot: QtBot
) -> None:
    table = ready.who.table
    ready.keep_state()
    assert ready._state.blob("patch-now/columns").isEmpty()
    _drag(table.horizontalHeader(), Column.PLATFORM, 177)
    ready.keep_state()
    again = PatchNowPage(presenter, ready._state)
    qtbot.addWidget(again)
    assert again.who.table.columnWidth(Column.PLATFORM) == 177


def _stops(page: QWidget) -> list[QWidget]:
    """What Tab comes to, in order, from the first widget of the page on."""
    found, here = [], page.nextInFocusChain()
    while here is not None and here is not page:
        if here.focusPolicy() & Qt.FocusPolicy.TabFocus:
            found.append(here)
        here = here.nextInFocusChain()
    return found


def test_tab_comes_to_what_was_made_late_where_it_stands_on_the_page(ready: PatchNowPage) -> None:
    ready.what.offer_extras(ExtraSettings())
    ready.what.show_preview(Preview("Stop-App"))
    names = [stop.accessibleName() or getattr(stop, "text", str)() for stop in _stops(ready)]
    in_order = ["Filter nodes", "All", "Nodes", "Scan again", "On exit: none", "Scripts of the chosen document"]
    in_order += ["At a time", "Snapshot id", "S3 bucket", "Tell of each node", "Patch now"]
    assert [name for name in names if name in in_order] == in_order


def test_every_control_has_a_name_for_a_screen_reader(ready: PatchNowPage) -> None:
    nameless = [
        f"{type(part).__name__} {part.objectName()}"
        for part in ready.findChildren(QAbstractButton)
        if part.isVisible() and not (part.accessibleName() or part.text())
    ]
    assert not nameless


def test_the_page_draws_itself_in_each_theme(
    each_theme: ThemeChoice, ready: PatchNowPage, presenter: PatchNowPresenter, until: Until
) -> None:
    presenter.model.pick_everything_that_matches()
    until(ready.happen.go.isEnabled)
    picture = ready.grab().toImage()
    corner = picture.pixelColor(2, 2)
    assert (corner.lightness() < 128) is (each_theme is ThemeChoice.DARK)


def test_what_may_not_be_read_is_said_in_place_once_and_names_the_permission(
    page: PatchNowPage, presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    sentence = "Names and tags from EC2 are not shown: this profile lacks ec2:DescribeInstances."
    console.lacking = (sentence,)
    presenter.attach(console)
    until(lambda: sentence in words(page.who))
    cross = next(each for each in page.who.findChildren(QPushButton) if each.toolTip() == "Close" and each.isVisible())
    cross.click()
    read_at = presenter.nodes_state.read_at
    presenter.reload()
    until(lambda: presenter.nodes_state.read_at != read_at)
    assert sentence not in words(page.who)


NIGHT = PendingReboot(("a",), datetime(2030, 1, 1, 3, 0, tzinfo=UTC), (THREE[0].instance_id,), after="Start-App")
PROD = Connection("aws:prod:eu-central-1:", "prod", ConnectionKind.AWS, "eu-central-1")


def test_a_reboot_that_was_put_off_is_on_show_until_it_is_taken_back(
    page: PatchNowPage, presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    console.reboots = [NIGHT]
    presenter.attach(console)
    until(lambda: "web-1 restarts Tue 1 Jan" in words(page.who))
    assert "Then Start-App runs." in words(page.who)
    button(page.who.reboots, "Take back…").click()
    question = page.findChild(Question)
    assert question is not None
    assert "stay non-compliant" in words(question)
    button(question, "Take it back").click()
    until(lambda: not console.reboots and page.who.reboots.isHidden())


def test_a_reboot_is_put_off_to_a_moment_with_a_document_for_afterwards(
    ready: PatchNowPage, presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    button(ready.what, "Later").click()
    at = next(each for each in ready.what.findChildren(QLineEdit) if each.accessibleName() == "Reboot at")
    at.setText("25:00")
    assert "Reboot: a time to come" in words(ready.what)
    at.setText("2030-01-01 03:00")
    assert "Reboot:" not in words(ready.what)
    assert "Tue 1 Jan 03:00. Only nodes whose patches wait" in words(ready.what)
    presenter.model.pick_everything_that_matches()
    until(ready.happen.go.isEnabled)
    plan = console.foretold[-1]
    assert plan.reboot == "NoReboot"
    assert plan.scheduled_reboot is not None
    assert plan.scheduled_reboot.at == datetime(2030, 1, 1, 3, 0).astimezone()


def test_what_keeps_the_output_is_offered_on_aws_only_and_remembered_there(
    presenter: PatchNowPresenter, console: ScriptedConsole, until: Until, tmp_path: Path, qtbot: QtBot
) -> None:
    at = [Connection("local-sandbox", "Sandbox", ConnectionKind.SANDBOX, "local")]
    page = PatchNowPage(presenter, ViewState(tmp_path / "window.ini"), lambda: at[0])
    qtbot.addWidget(page)
    page.show()
    presenter.attach(console)
    until(lambda: presenter.nodes_state.loading is Loading.DONE)
    button(page.what, "Time-out, snapshot…").click()
    assert "S3 prefix" not in words(page.what)
    at[0], read_at = PROD, presenter.nodes_state.read_at
    presenter.reload()
    until(lambda: presenter.nodes_state.read_at != read_at)
    assert "S3 prefix" in words(page.what)
    line(page, "S3 bucket").setText("ab")
    assert "S3 bucket: the name of a bucket" in words(page.what)
    line(page, "S3 bucket").setText("outputs")
    line(page, "S3 prefix").setText("patching")
    assert page.what.choice.problems == ()
    again = PatchNowPage(presenter, ViewState(tmp_path / "window.ini"), lambda: PROD)
    qtbot.addWidget(again)
    presenter.nodes_changed.emit(presenter.nodes_state)
    assert again.what.choice.extras == ExtraSettings(s3_bucket="outputs", s3_prefix="patching")


def line(page: QWidget, name: str) -> QLineEdit:
    return next(each for each in page.findChildren(QLineEdit) if each.accessibleName() == name)


def test_nodes_are_chosen_by_a_tag_or_a_group_and_ssm_works_them_out(
    ready: PatchNowPage, presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    console.members = {"web": (THREE[0].instance_id, THREE[1].instance_id), "shop": (THREE[2].instance_id,)}
    console.groups = ("shop",)
    button(ready.who, "Target").click()
    menu = ready.who.findChild(TargetMenu)
    assert menu is not None
    offered = {action.text(): action for part in menu.findChildren(QMenu) for action in part.actions()}
    assert "web\t2" in offered
    until(lambda: "shop" in words_of_menus(menu))
    menu.close()
    offered["web\t2"].trigger()
    until(lambda: "Target: tag Role = web · 2 nodes now" in words(ready.who))
    assert [row.name for row in presenter.model.visible_rows()] == ["web-1", "web-2"]
    until(ready.happen.go.isEnabled)
    plan = console.foretold[-1]
    assert (plan.instance_ids, plan.targets, plan.target_count) == ((), (("tag:Role", ("web",)),), 2)
    presenter.set_target(ChosenTarget("resource-groups:Name", "shop"))
    until(lambda: "Target: resource group shop · 1 node now" in words(ready.who))
    until(ready.happen.go.isEnabled)
    ready.press_go()
    dialog = ready.findChild(ConfirmDialog)
    assert dialog is not None
    dialog.go.click()
    until(lambda: bool(console.launched))
    assert console.launched[0].targets == (("resource-groups:Name", ("shop",)),)


def words_of_menus(menu: QMenu) -> list[str]:
    return [action.text() for part in menu.findChildren(QMenu) for action in part.actions()]


def test_picking_by_hand_lets_go_of_a_target(
    ready: PatchNowPage, presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    console.members = {"web": (THREE[0].instance_id, THREE[1].instance_id)}
    presenter.set_target(ChosenTarget("tag:Role", "web"))
    until(lambda: presenter.target is not None)
    presenter.model.set_picked(0, 0, picked=False)
    assert ready.who.target.isHidden()
    assert presenter.model.rowCount() == 3
    until(ready.happen.go.isEnabled)
    assert console.foretold[-1].instance_ids == (THREE[1].instance_id,)


def test_a_target_that_cannot_be_looked_up_says_why(
    ready: PatchNowPage, presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    denied = AccessDenied("no", code="AccessDenied", hint="Ask for the permission resource-groups:ListGroups.")
    console.groups = denied
    button(ready.who, "Target").click()
    menu = ready.who.findChild(TargetMenu)
    assert menu is not None
    until(lambda: "Ask for the permission resource-groups:ListGroups." in words_of_menus(menu))
    menu.close()


def test_while_only_the_list_is_here_the_page_does_not_say_that_nodes_were_never_scanned(
    page: PatchNowPage, presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    console.pages = [tuple(replace(each, missing_count=None, is_scan_known=False, last_scan_at=None) for each in THREE)]
    presenter.attach(console)
    until(lambda: presenter.nodes_state.loading is Loading.DONE)
    assert "Never scanned" not in words(page.who)
    page.who.show_state(NodesState(Loading.PARTIAL))
    assert "0 of 3+ nodes" in words(page.who)
    page.who.show_state(NodesState(Loading.FILLING))
    assert "0 of 3 nodes · reading what they miss" in words(page.who)
    read_at = presenter.nodes_state.read_at
    console.pages = [THREE]
    presenter.reload()
    until(lambda: presenter.nodes_state.read_at != read_at)
    assert "Last scan" in words(page.who)


def test_a_page_that_arrives_leaves_the_list_where_it_was_scrolled_to(
    page: PatchNowPage, presenter: PatchNowPresenter, until: Until
) -> None:
    presenter.model.replace_all([node(number, f"web-{number:04}") for number in range(500)])
    page.who.show_state(NodesState(Loading.PARTIAL))
    bar = page.who.table.verticalScrollBar()
    until(lambda: bar.maximum() > 0)
    bar.setValue(200)
    page.who.table.setCurrentIndex(presenter.model.index(210, Column.NAME))
    presenter.model.take([node(number, f"web-{number:04}") for number in range(500, 1000)])
    presenter.model.publish()
    assert bar.value() == 200
    assert page.who.table.currentIndex().row() == 210


def test_a_missing_permission_to_patch_takes_the_button_away_and_names_itself_until_all_is_read_again(
    ready: PatchNowPage, presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    denied = AccessDenied("SendCommand was refused", code="AccessDeniedException")
    denied.action = "ssm:SendCommand"
    console.launch_error = denied
    presenter.model.pick_everything_that_matches()
    until(ready.happen.go.isEnabled)
    ready.press_go()
    dialog = ready.findChild(ConfirmDialog)
    assert dialog is not None
    dialog.go.click()
    until(lambda: "This profile lacks ssm:SendCommand." in words(ready.happen))
    assert not ready.happen.go.isEnabled()
    console.launch_error = None
    presenter.reload()
    until(ready.happen.go.isEnabled)


def test_without_the_permission_to_put_a_reboot_off_all_else_may_still_be_started(
    ready: PatchNowPage, presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    denied = AccessDenied("CreateAssociation was refused", code="AccessDeniedException")
    denied.action = "ssm:CreateAssociation"
    console.launch_error = denied
    presenter.set_choice(Choice(reboot=PUT_OFF, reboot_at="03:00"))
    presenter.model.pick_everything_that_matches()
    until(lambda: presenter.can_launch)
    presenter.ask_launch()
    presenter.launch()
    until(lambda: "Nothing was started: this profile lacks ssm:CreateAssociation" in words(ready.happen))
    assert not ready.happen.go.isEnabled()
    console.launch_error = None
    presenter.set_choice(Choice())
    until(lambda: presenter.can_launch)
    presenter.set_choice(Choice(reboot=PUT_OFF, reboot_at="03:00"))
    until(lambda: "Choose another reboot" in words(ready.happen))
    assert len(console.launched) == 1
