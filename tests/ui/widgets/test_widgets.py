"""The shared widgets: each says its state in words, and each works from the keyboard."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.chip import Chip
from patchgui.ui.widgets.document_picker import DocumentOption, DocumentPicker
from patchgui.ui.widgets.drawer import Drawer
from patchgui.ui.widgets.empty import EmptyState
from patchgui.ui.widgets.flow import FlowLayout
from patchgui.ui.widgets.pick_popup import PickPopup
from patchgui.ui.widgets.search_box import SearchBox
from patchgui.ui.widgets.segmented import SegmentedControl
from patchgui.ui.widgets.skeleton import SKELETON_AFTER_MS, WORDS_AFTER_MS, Skeleton
from patchgui.ui.widgets.text import ElidedLabel
from patchgui.ui.widgets.toggle import Toggle

OPTIONS = (
    DocumentOption("PatchingDemo-StopAppGracefully", "yours · Linux"),
    DocumentOption("PatchingDemo-UpdateApp", "yours · Linux"),
    DocumentOption("AWS-Noop", "Amazon · Linux · Windows"),
)


def test_a_chip_says_state_and_text(qtbot: QtBot) -> None:
    chip = Chip("failed", "exit 4")
    qtbot.addWidget(chip)
    assert chip.accessibleName() == "Failed: exit 4"
    chip.set_state("not needed")
    assert chip.text == "Not needed"


def test_a_text_that_was_cut_is_in_the_tooltip_and_only_then(qtbot: QtBot) -> None:
    words = ElidedLabel("a rather long text that will not fit into little room")
    qtbot.addWidget(words)
    words.resize(60, 20)
    words.show()
    assert words.toolTip() == words.text
    words.resize(900, 20)
    assert words.toolTip() == ""


def test_arrows_move_the_segment_and_say_so_once(qtbot: QtBot) -> None:
    control = SegmentedControl("Reboot", (("a", "If needed"), ("b", "Do not reboot")))
    qtbot.addWidget(control)
    heard: list[str] = []
    control.changed.connect(heard.append)
    control.show()
    control.set_value("b")
    assert heard == []
    first = control.findChildren(QPushButton)[0]
    first.click()
    assert (control.value, heard) == ("a", ["a"])


def test_space_switches_a_toggle(qtbot: QtBot) -> None:
    switch = Toggle("Use lifecycle hooks")
    qtbot.addWidget(switch)
    switch.show()
    QTest.keyClick(switch, Qt.Key.Key_Space)
    assert switch.isChecked()
    assert switch.accessibleName() == "Use lifecycle hooks"


def test_escape_empties_a_search_and_enter_goes_to_the_results(qtbot: QtBot) -> None:
    box = SearchBox("Filter", "Filter", "Ctrl+F")
    qtbot.addWidget(box)
    wanted: list[int] = []
    box.results_wanted.connect(lambda: wanted.append(1))
    QTest.keyClicks(box, "web")
    QTest.keyClick(box, Qt.Key.Key_Return)
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert (box.text(), wanted) == ("", [1])


def test_a_long_wait_says_what_is_waited_for(qtbot: QtBot) -> None:
    skeleton = Skeleton(2, 32, "Loading the run", "Calls are shared.")
    qtbot.addWidget(skeleton)
    skeleton.resize(300, 200)
    skeleton.show()
    assert skeleton.words == ""
    quiet = skeleton.grab().toImage()
    qtbot.waitUntil(lambda: bool(skeleton.words), timeout=WORDS_AFTER_MS * 5)
    assert skeleton.words == "Loading the run… Calls are shared."
    assert skeleton.grab().toImage() != quiet


def test_a_quick_answer_never_flashes_a_skeleton(qtbot: QtBot) -> None:
    skeleton = Skeleton()
    qtbot.addWidget(skeleton)
    skeleton.show()
    assert not skeleton.is_drawn
    qtbot.waitUntil(lambda: skeleton.is_drawn, timeout=SKELETON_AFTER_MS * 10)
    skeleton.hide()
    skeleton.show()
    assert not skeleton.is_drawn


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["", "PatchingDemo-StopAppGracefully", "PatchingDemo-UpdateApp", "AWS-Noop"]),
        ("update", ["PatchingDemo-UpdateApp"]),
        ("demo stop", ["PatchingDemo-StopAppGracefully"]),
        ("windows", ["AWS-Noop"]),
        ("PatchingDemo-UpdateApp:3", ["PatchingDemo-UpdateApp:3"]),
        ("Nobody:3", []),
    ],
)
def test_documents_are_found_by_any_word_and_a_version_may_be_pinned(
    qtbot: QtBot, typed: str, found: list[str]
) -> None:
    picker = DocumentPicker("Before install")
    qtbot.addWidget(picker)
    picker.set_options(OPTIONS)
    assert [item.key for item in picker.search(typed)] == found


def test_a_document_is_picked_by_keyboard_alone(qtbot: QtBot) -> None:
    picker = DocumentPicker("Before install")
    qtbot.addWidget(picker)
    picker.set_options(OPTIONS)
    picker.show()
    heard: list[str] = []
    picker.chosen.connect(heard.append)
    QTest.keyClick(picker, Qt.Key.Key_Down)
    popup = picker.findChild(PickPopup)
    assert popup is not None
    QTest.keyClicks(popup.list.line, "update")
    QTest.keyClick(popup.list.line, Qt.Key.Key_Return)
    assert heard == ["PatchingDemo-UpdateApp"]
    assert picker.accessibleName() == "Before install: PatchingDemo-UpdateApp"
    QTest.keyClick(picker, Qt.Key.Key_Delete)
    assert heard[-1] == ""


def test_typing_on_the_field_opens_the_list_with_what_was_typed(qtbot: QtBot) -> None:
    picker = DocumentPicker("On exit")
    qtbot.addWidget(picker)
    picker.set_options(OPTIONS)
    picker.show()
    QTest.keyClick(picker, Qt.Key.Key_U)
    popup = picker.findChild(PickPopup)
    assert popup is not None
    assert popup.list.line.text() == "u"


def test_a_banner_offers_what_can_be_done(qtbot: QtBot) -> None:
    banner = Banner("error", "It failed.", "Do this.")
    qtbot.addWidget(banner)
    done: list[int] = []
    banner.acted.connect(lambda: done.append(1))
    banner.set_action("Try again")
    next(b for b in banner.findChildren(QPushButton) if b.text() == "Try again").click()
    assert done == [1]
    assert banner.text == "It failed.\nDo this."
    assert banner.accessibleName() == "Failed: It failed."


def test_an_empty_state_has_a_button_only_where_something_can_be_done(qtbot: QtBot) -> None:
    empty = EmptyState("Nothing here.")
    qtbot.addWidget(empty)
    empty.show()
    button = empty.findChildren(QPushButton)[0]
    assert not button.isVisible()
    empty.set_message("Nothing here.", "Because.", "Look again")
    assert button.isVisible()


def test_tab_stays_inside_an_open_drawer(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(800, 400)
    outside = QPushButton("outside", page)
    drawer = Drawer(page, 300)
    held = QWidget()
    one, two = QPushButton("one", held), QPushButton("two", held)
    two.move(0, 40)
    drawer.hold(held)
    page.show()
    drawer.open_drawer()
    one.setFocus()
    seen = []
    for _ in range(3):
        QTest.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
        seen.append(page.focusWidget())
    assert outside not in seen
    assert {one, two} == set(seen)
    QTest.keyClick(one, Qt.Key.Key_Escape)
    assert not drawer.isVisible()


def test_a_flow_breaks_its_lines_at_the_width(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    flow = FlowLayout(4, holder)
    for _ in range(6):
        part = QWidget()
        part.setFixedSize(50, 20)
        flow.addWidget(part)
    assert flow.heightForWidth(400) == 20
    assert flow.heightForWidth(170) == 44
