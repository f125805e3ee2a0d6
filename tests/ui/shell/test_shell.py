"""The window around the pages: rail, Ctrl+K, messages, closing, what it remembers."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from patchgui.console.connection import aws_connection
from patchgui.ui.errors import ErrorSurface, trouble_of
from patchgui.ui.link_state import LinkState
from patchgui.ui.shell.actions import Action
from patchgui.ui.shell.help_sheet import HelpSheet
from patchgui.ui.shell.palette import Palette
from patchgui.ui.shell.question import Question
from patchgui.ui.shell.window import PageSpec, Shell
from patchgui.ui.theme import ThemeChoice
from patchgui.ui.view_state import ViewState
from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.pick_item import PickItem, PickSource


@pytest.fixture
def built() -> list[str]:
    return []


@pytest.fixture
def shell(qtbot: QtBot, tmp_path: Path, built: list[str]) -> Shell:
    made = Shell(ViewState(tmp_path / "window.ini"))
    qtbot.addWidget(made)

    def page(name: str) -> Callable[[], QWidget]:
        def build() -> QWidget:
            built.append(name)
            return QWidget()

        return build

    made.add_page(PageSpec("one", "One", "Ctrl+1", page("one")))
    made.add_page(PageSpec("two", "Two", "Ctrl+2", page("two")))
    made.go_to("one")
    made.show()
    return made


def said(widget: QWidget) -> str:
    return "\n".join(found.text() for found in widget.findChildren(QLabel) if found.isVisible())


def test_a_page_is_built_at_its_first_visit(shell: Shell, built: list[str]) -> None:
    assert built == ["one"]
    shell.go_to("two")
    shell.go_to("one")
    shell.go_to("two")
    assert built == ["one", "two"]
    assert shell.current_page == "two"


def test_the_rail_goes_to_a_page_and_tells_how_many_are_at_work(shell: Shell) -> None:
    two = next(item for item in shell.rail.findChildren(QAbstractButton) if item.text() == "Two")
    QTest.mouseClick(two, Qt.MouseButton.LeftButton)
    assert shell.current_page == "two"
    shell.rail.set_count("two", 3)
    assert two.accessibleDescription() == "3 at work"


def test_shortcuts_of_a_page_rest_on_the_others(shell: Shell, qtbot: QtBot) -> None:
    done: list[str] = []
    shell.actions_list.add(Action("x", "Filter", lambda: done.append("one"), "Ctrl+F", "one"))
    shell.activateWindow()
    qtbot.waitUntil(shell.isActiveWindow)
    shell.go_to("two")
    QTest.keyClick(shell, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert done == []
    shell.go_to("one")
    QTest.keyClick(shell, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert done == ["one"]


def test_ctrl_k_finds_actions_and_what_pages_know(shell: Shell, qtbot: QtBot) -> None:
    opened: list[str] = []

    def search(found_words: tuple[str, ...]) -> list[PickItem]:
        return [PickItem("node:1", "web-1")] if all(word in "web-1" for word in found_words) else []

    shell.add_source(PickSource(search, opened.append))
    shell.open_palette()
    palette = shell.findChild(Palette)
    assert palette is not None
    assert [item.key for item in palette.search("web")] == ["node:1"]
    assert "page:two" in [item.key for item in palette.search("go to")]
    assert palette.search("nothing of the kind") == []


def test_ctrl_k_works_by_keyboard_alone(shell: Shell) -> None:
    shell.open_palette()
    palette = shell.findChild(Palette)
    assert palette is not None
    line = palette.findChild(QWidget, options=Qt.FindChildOption.FindChildrenRecursively)
    assert line is not None
    box = palette._list.line
    QTest.keyClicks(box, "two")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert shell.current_page == "two"


def test_escape_first_empties_ctrl_k_and_then_closes_it(shell: Shell) -> None:
    shell.open_palette()
    palette = shell.findChild(Palette)
    assert palette is not None
    box = palette._list.line
    QTest.keyClicks(box, "two")
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert palette.isVisible()
    assert box.text() == ""
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_closing_asks_whoever_owns_the_work_and_waits_for_the_answer(shell: Shell) -> None:
    asked: list[int] = []
    shell.close_requested.connect(lambda: asked.append(1))
    shell.close()
    assert asked == [1]
    assert shell.isVisible()
    shell.allow_close()
    assert not shell.isVisible()


def test_an_error_stays_until_it_is_closed_and_can_be_copied(shell: Shell) -> None:
    surface = ErrorSurface()
    surface.raised.connect(shell.toasts.show_trouble)
    surface.report("reading", RuntimeError("the very cause"))
    surface.report("reading", RuntimeError("the very cause"))
    (banner,) = shell.toasts.findChildren(Banner)
    assert shell.toasts.height() >= banner.heightForWidth(banner.width()) > 0, "the first of all has room"
    assert "an error of its own" in said(banner)
    assert "the very cause" not in said(banner)
    copy = next(b for b in banner.findChildren(QAbstractButton) if b.accessibleName() == "Copy this message")
    copy.click()
    assert "RuntimeError: the very cause" in QGuiApplication.clipboard().text()
    banner.dismiss()
    assert not shell.toasts.isVisible()


def test_no_more_than_three_messages_lie_over_the_page(shell: Shell) -> None:
    for number in range(5):
        shell.toasts.show_note(f"Note {number}")
    assert [n for n in range(5) if f"Note {n}" in said(shell.toasts)] == [2, 3, 4]


def test_the_window_remembers_where_it_was(shell: Shell, qtbot: QtBot, tmp_path: Path) -> None:
    shell.resize(960, 640)
    shell.keep_state()
    again = Shell(ViewState(tmp_path / "window.ini"))
    qtbot.addWidget(again)
    again.open_window()
    assert again.size() == shell.size()


def test_the_theme_is_remembered_and_nonsense_is_forgotten(tmp_path: Path) -> None:
    state = ViewState(tmp_path / "window.ini")
    state.theme = ThemeChoice.DARK
    state.save()
    assert ViewState(tmp_path / "window.ini").theme is ThemeChoice.DARK
    (tmp_path / "window.ini").write_text("[General]\nversion=1\ntheme=purple\n")
    assert ViewState(tmp_path / "window.ini").theme is ThemeChoice.SYSTEM
    (tmp_path / "window.ini").write_bytes(b"\x00\xff not an ini")
    assert ViewState(tmp_path / "window.ini").theme is ThemeChoice.SYSTEM


def test_the_help_sheet_lists_every_shortcut(shell: Shell) -> None:
    shell.actions_list.add(Action("action:turn", "Turn the page", lambda: None, "F7", "two"))
    sheet = HelpSheet(shell.actions_list.all(), shell.page_titles(), shell)
    sheet.show()
    lines = said(sheet).splitlines()
    assert lines.index("Everywhere") < lines.index("Find anything") < lines.index("Go to Two")
    assert lines.index("Go to Two") < lines.index("Two") < lines.index("Turn the page") < lines.index("In lists")


def test_enter_presses_the_button_that_has_the_keyboard(shell: Shell, qtbot: QtBot) -> None:
    pressed: list[int] = []
    button = QPushButton("Turn", shell.page("one"))
    button.clicked.connect(lambda: pressed.append(1))
    button.show()
    shell.activateWindow()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert pressed == [1]


def test_a_question_starts_with_its_safe_answer(shell: Shell) -> None:
    question = Question("Reset 3 nodes?", "All is lost.", "Reset", shell)
    accepted: list[int] = []
    question.accepted.connect(lambda: accepted.append(1))
    question.show()
    QTest.keyClick(question, Qt.Key.Key_Return)
    assert accepted == []
    assert not question.isVisible()


@pytest.mark.parametrize("state", list(LinkState))
def test_the_connection_is_said_in_words_too(shell: Shell, state: LinkState) -> None:
    shell.top_bar.connection.show_connection(aws_connection(label="prod-eu", region="eu-central-1"), state)
    shell.status_bar.show_link(state)
    assert state.word in shell.top_bar.connection.accessibleName()
    assert state.word in said(shell.status_bar)


def test_only_words_meant_for_people_reach_them() -> None:
    trouble = trouble_of(KeyError("secret"))
    assert trouble.is_bug
    assert "secret" not in trouble.message + trouble.hint
