"""The Windows page on a real agent: what there is, what becomes of it, and what an operator does to it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from patchgui.ui.console_pages import PATCH_NOW, WINDOWS
from patchgui.ui.shell.palette import Palette
from patchgui.ui.windows.page import WindowsPage
from patchgui.ui.windows.part_rows import TaskRow
from patchgui.ui.windows.windows_model import NEXT
from tests.ui.windows.conftest import Desk

Until = Callable[[Callable[[], bool]], None]


def button(parent: QWidget, name: str) -> QPushButton:
    return next(
        each
        for each in parent.findChildren(QPushButton)
        if name in {each.text(), each.accessibleName()} and each.isVisible()
    )


def test_the_list_says_in_words_when_each_window_opens(desk: Desk, until: Until) -> None:
    page = desk.open()
    until(lambda: page.presenter.model.total == 1)
    model = page.presenter.model
    shown = [str(model.index(0, column).data()) for column in range(model.columnCount())]
    assert shown == ["BlogPostDemo", "Disabled", "Every Sunday at 02:00", "–", "2 h"]
    until(lambda: page.detail.findChild(TaskRow) is not None)
    assert page.detail.counts == (1, 1)
    assert [index.row() for index in page.table.selectionModel().selectedRows()] == [0]


def test_a_window_is_enabled_at_once_and_the_way_back_is_offered(desk: Desk, until: Until) -> None:
    page = desk.open()
    until(lambda: page.detail.enabled.isVisible() and page.detail.counts[1] == 1)
    page.detail.enabled.click()
    until(lambda: "“BlogPostDemo” is enabled." in desk.words)
    assert desk.named("BlogPostDemo")["Enabled"] is True
    until(lambda: page.detail.chip.text == "Enabled")
    button(desk.window.shell, "Undo").click()
    until(lambda: desk.named("BlogPostDemo")["Enabled"] is False)
    until(lambda: page.detail.chip.text == "Disabled")


def test_the_filter_keeps_what_matches_and_copies_as_a_table(desk: Desk, until: Until) -> None:
    page = desk.open()
    until(lambda: page.presenter.model.total == 1)
    page.list.box.setText("state:running")
    assert page.presenter.model.rowCount() == 0
    assert "0 of 1" in desk.words
    page.list.box.setText("state:disabled schedule:sunday")
    assert page.presenter.model.rowCount() == 1
    page.list.box.setText("colour:red")
    until(lambda: "“colour:” is not known." in desk.words)
    page.list.box.clear()
    page.table.selectAll()
    QTest.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines()[1].startswith("BlogPostDemo\tDisabled\tEvery Sunday")


def test_the_editor_of_a_task_opens_and_leads_back_to_its_window(desk: Desk, until: Until) -> None:
    page = desk.open()
    until(lambda: page.detail.counts[1] == 1)
    home = desk.window.pages.windows_home()
    for name, title in (("Edit PatchingTask", "BlogPostDemo › PatchingTask"), ("Add task…", "BlogPostDemo › New task")):
        button(page.detail, name).click()
        until(partial(_says, home, title))
        assert home.is_editing
        button(home, "Back to the windows").click()
        assert (home.is_editing, page.window_id) == (False, desk.named("BlogPostDemo")["WindowId"])


def _says(parent: QWidget, text: str) -> bool:
    return any(each.text() == text for each in parent.findChildren(QLabel) if each.isVisible())


def test_the_keyboard_goes_through_the_page_in_the_order_of_the_eye(desk: Desk, until: Until) -> None:
    page = desk.open()
    until(lambda: desk.window.shell.focusWidget() is page.table and page.detail.counts[1] == 1)
    desk.window.shell.activateWindow()
    until(desk.window.shell.isActiveWindow)
    expected = (
        page.detail.enabled,
        page.detail.edit,
        page.detail.delete,
        page.detail.targets.button,
        button(page, "Deregister WebServers"),
        page.detail.tasks.button,
        button(page, "Edit PatchingTask"),
        button(page, "Remove PatchingTask"),
    )
    passed = []
    for _ in expected:
        QTest.keyClick(desk.window.shell.focusWidget(), Qt.Key.Key_Tab)
        passed.append(desk.window.shell.focusWidget())
    assert passed == [*expected]


def test_widths_of_columns_are_remembered(desk: Desk, until: Until) -> None:
    page = desk.open()
    until(lambda: page.presenter.is_listed)
    page.table.setColumnWidth(NEXT, 333)
    desk.window.shell.go_to(PATCH_NOW)
    again = WindowsPage(page.presenter, desk.state, lambda: ())
    assert again.table.columnWidth(NEXT) == 333
    again.deleteLater()


def test_ctrl_k_finds_a_window_that_is_known(desk: Desk, until: Until) -> None:
    page = desk.open()
    until(lambda: page.presenter.is_listed)
    desk.window.shell.go_to(PATCH_NOW)
    desk.window.shell.open_palette()
    palette = desk.window.shell.findChild(Palette)
    assert palette is not None
    (found,) = [item for item in palette.search("blogpost sunday") if item.key.startswith("window:")]
    palette.hide()
    desk.window.pages.open_window(found.key.removeprefix("window:"))
    assert desk.window.shell.current_page == WINDOWS
    assert page.detail.name.text() == "BlogPostDemo"
