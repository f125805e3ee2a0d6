"""Help while typing: the list under a search box, worked with the keyboard alone."""

from collections.abc import Iterator, Sequence

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from patchgui.ui.runs.operators import Choices, suggest
from patchgui.ui.widgets.pick_item import PickItem
from patchgui.ui.widgets.search_box import SearchBox
from patchgui.ui.widgets.word_help import WordHelp

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
KNOWN = Choices(("Production", "This machine · sandbox"), ("alice",), ("AWS-RunPatchBaselineWithHooks",))


def offers(word: str) -> Sequence[PickItem]:
    return suggest(word, KNOWN)


@pytest.fixture
def helped(qtbot: QtBot) -> Iterator[WordHelp]:
    box = SearchBox("Search", "words")
    qtbot.addWidget(box)
    made = WordHelp(box, "Operators", offers)
    box.resize(400, 32)
    box.show()
    box.setFocus()
    yield made
    made.popup.hide()


def box_of(helped: WordHelp) -> SearchBox:
    box = helped.parent()
    assert isinstance(box, SearchBox)
    return box


def test_an_operator_and_its_value_are_taken_with_arrows_and_enter(helped: WordHelp) -> None:
    box = box_of(helped)
    QTest.keyClicks(box, "openssl st")
    assert [item.key for item in helped.items] == ["status:"]
    QTest.keyClick(box, Qt.Key.Key_Down)
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.text() == "openssl status:"
    QTest.keyClicks(box, "fa")
    QTest.keyClick(box, Qt.Key.Key_Down)
    QTest.keyClick(box, Qt.Key.Key_Tab)
    assert box.text() == "openssl status:failed "
    assert not helped.popup.isVisible()


def test_a_name_with_blanks_is_put_in_quotes(helped: WordHelp) -> None:
    box = box_of(helped)
    QTest.keyClicks(box, "connection:sand")
    QTest.keyClick(box, Qt.Key.Key_Down)
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.text() == 'connection:"This machine · sandbox" '


def test_a_word_in_the_middle_is_completed_where_it_stands(helped: WordHelp) -> None:
    box = box_of(helped)
    box.setText("by: since:7d")
    box.setCursorPosition(3)
    QTest.keyClick(box, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(box, Qt.Key.Key_Down)
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.text() == "by:alice since:7d"


def test_enter_without_a_choice_goes_to_the_results_and_escape_only_closes_the_list(helped: WordHelp) -> None:
    box = box_of(helped)
    wanted: list[bool] = []
    box.results_wanted.connect(lambda: wanted.append(True))
    QTest.keyClicks(box, "st")
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert (box.text(), helped.popup.isVisible()) == ("st", False)
    QTest.keyClicks(box, "a")
    assert helped.popup.isVisible()
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert wanted == [True]


def test_words_that_are_no_operator_are_left_in_peace(helped: WordHelp) -> None:
    QTest.keyClicks(box_of(helped), "migration")
    assert not helped.popup.isVisible()
