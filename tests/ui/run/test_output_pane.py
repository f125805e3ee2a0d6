"""The output of a step: as a terminal shows it, searched, its failing line in view, and no size that stalls."""

from collections.abc import Callable, Iterator
from time import thread_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from patchgui.console.rows import StepOutput
from patchgui.ui import theme
from patchgui.ui.appearance import Appearance
from patchgui.ui.run.output_feed import OutputShown
from patchgui.ui.run.output_pane import OutputPane
from patchgui.ui.run.output_search import find_all
from patchgui.ui.theme import ThemeChoice, contrast, readable, theme_named

_MEGABYTES_4 = 4 * 1024 * 1024
_PATIENCE_TURNS = 4000
_OUT = st.sampled_from(["", "a", "b\n", "c\r", "\x1b[31m", "🚀\n"])
_ERR = st.sampled_from(["", "x\n", "y"])


@pytest.fixture
def pane(qapp: QApplication) -> Iterator[OutputPane]:
    Appearance(qapp).choose(ThemeChoice.LIGHT)
    pane = OutputPane()
    pane.resize(560, 420)
    pane.show()
    yield pane
    pane.close()
    pane.deleteLater()
    qapp.sendPostedEvents(pane, QEvent.Type.DeferredDelete)


def _until(holds: Callable[[], object]) -> None:
    for _ in range(_PATIENCE_TURNS):
        if holds():
            return
        QTest.qWait(1)
    pytest.fail("did not become true")


def _show(pane: OutputPane, stdout: str = "", stderr: str = "", *, complete: bool = True, failed: bool = False) -> None:
    shown = OutputShown("mi-1", "step", StepOutput(stdout, stderr, is_complete=complete))
    pane.show_output(shown, marks_failure=failed)
    _until(lambda: not pane.text.is_filling)


def _ink_of(pane: OutputPane, words: str) -> QColor:
    cursor = pane.text.document().find(words)
    assert not cursor.isNull()
    return cursor.charFormat().foreground().color()


def test_colours_are_shown_and_nothing_of_the_escapes(pane: OutputPane) -> None:
    _show(pane, "\x1b[32mok\x1b[0m plain\n\x1b[1;38;2;255;255;0myellow\x1b[0m\n")
    assert pane.text.toPlainText() == "ok plain\nyellow\n"
    assert _ink_of(pane, "plain") == theme.current().text
    assert _ink_of(pane, "ok") != theme.current().text
    assert pane.shown_text() == "ok plain\nyellow\n"


@pytest.mark.parametrize("name", ["light", "dark", "light-contrast", "dark-contrast"])
@pytest.mark.parametrize(
    "colour", [(0, 0, 0), (255, 255, 255), (0, 0, 238), (229, 229, 229), (255, 255, 0), (127, 127, 127)]
)
def test_any_colour_of_a_terminal_can_be_read_in_any_theme(name: str, colour: tuple[int, int, int]) -> None:
    ground = theme_named(name).window
    assert contrast(readable(colour, ground.rgb()), ground) >= 4.5


def test_a_bar_of_progress_is_one_line_while_it_grows(pane: OutputPane) -> None:
    text = "Fetching\n"
    for percent in (10, 50, 100):
        text += f"\r{percent} %"
        _show(pane, text, complete=False)
        assert pane.text.toPlainText() == f"Fetching\n{percent} %"
    _show(pane, f"{text}\ndone\n")
    assert pane.text.toPlainText() == "Fetching\n100 %\ndone\n"


def test_stderr_follows_stdout_and_stays_behind_it_while_both_grow(pane: OutputPane) -> None:
    _show(pane, "one\n", "first trouble\n", complete=False)
    _show(pane, "one\ntwo", "first trouble\n", complete=False)
    assert pane.text.toPlainText() == "one\ntwo\nfirst trouble\n"
    _show(pane, "one\ntwo three\n", "first trouble\nsecond\n", complete=False)
    assert pane.text.toPlainText() == "one\ntwo three\nfirst trouble\nsecond\n"
    assert _ink_of(pane, "second") == theme.role("failed").fg
    assert _ink_of(pane, "three") == theme.current().text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(_OUT, _ERR),
        max_size=8,
    )
)
def test_however_both_streams_grow_the_text_is_what_it_would_be_at_once(
    pane: OutputPane, parts: list[tuple[str, str]]
) -> None:
    stdout = stderr = ""
    pane.show_output(OutputShown("other", "other", StepOutput("before")))
    for more_out, more_err in parts:
        stdout, stderr = stdout + more_out, stderr + more_err
        _show(pane, stdout, stderr, complete=False)
    grown = pane.text.toPlainText()
    pane.show_output(OutputShown("other", "other", StepOutput("before")))
    _show(pane, stdout, stderr, complete=False)
    if stdout or stderr:
        assert pane.text.toPlainText() == grown


def test_the_line_that_says_why_is_marked_and_brought_into_view(pane: OutputPane) -> None:
    noise = "".join(f"line {number}\n" for number in range(300))
    stderr = f"E: Could not get lock /var/lib/dpkg/lock\n{'+ trace' + chr(10) * 1}" + "+ more\n" * 200
    _show(pane, noise, stderr, failed=True)
    _until(pane.text.extraSelections)
    (mark,) = pane.text.extraSelections()
    assert mark.cursor.block().text() == "E: Could not get lock /var/lib/dpkg/lock"
    first, last = pane.text.spots_in_view()
    assert first <= mark.cursor.position() < last
    assert not pane.follow.isChecked()


def test_a_step_that_did_well_has_no_mark(pane: OutputPane) -> None:
    _show(pane, "fine\n", "warning: old\n")
    assert pane.text.extraSelections() == []


def test_words_are_found_counted_and_stepped_through_with_the_keyboard(pane: OutputPane) -> None:
    _show(pane, "".join(f"🚀 Fetch {number}\n" for number in range(300)))
    pane.text.setFocus()
    QTest.keyClick(pane.text, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert pane.finder.isVisible()
    QTest.keyClicks(pane.finder.box, "fetch 29")
    _until(lambda: pane.finder.count.text().endswith("of 11"))
    at_first = pane.finder.count.text()
    QTest.keyClick(pane.finder.box, Qt.Key.Key_F3)
    assert pane.finder.count.text() != at_first
    QTest.keyClick(pane.finder.box, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert pane.finder.count.text() == at_first
    _until(pane.text.extraSelections)
    marked = [mark.cursor.selectedText() for mark in pane.text.extraSelections()]
    assert marked
    assert set(marked) == {"Fetch 29"}


def test_escape_ends_the_search_and_takes_its_marks_away(pane: OutputPane) -> None:
    _show(pane, "a b a\n")
    pane.finder.open_bar()
    pane.finder.box.setText("a")
    _until(lambda: pane.finder.count.text() == "1 of 2")
    pane.finder.box.clear()
    QTest.keyClick(pane.finder.box, Qt.Key.Key_Escape)
    assert pane.finder.isHidden()
    _until(lambda: not pane.text.extraSelections())


def test_what_is_not_there_is_said(pane: OutputPane) -> None:
    _show(pane, "abc\n")
    pane.finder.open_bar()
    pane.finder.box.setText("xyz")
    _until(lambda: pane.finder.count.text() == "none")
    assert not pane.finder.next.isEnabled()


def test_new_text_is_searched_too_and_the_spot_stays(pane: OutputPane) -> None:
    _show(pane, "a1 a2\n", complete=False)
    pane.finder.open_bar()
    pane.finder.box.setText("a")
    _until(lambda: pane.finder.count.text() == "1 of 2")
    pane.finder.step()
    _show(pane, "a1 a2\na3\n", complete=False)
    _until(lambda: pane.finder.count.text() == "2 of 3")


@given(st.text(alphabet="ab🚀İß\n", max_size=30), st.text(alphabet="ab🚀ß", min_size=1, max_size=3))
def test_every_spot_that_is_found_is_the_words_in_qts_own_count(text: str, words: str) -> None:
    units = text.encode("utf-16-le")
    for first, last in find_all(text, words):
        assert units[2 * first : 2 * last].decode("utf-16-le").lower() == words.lower()


def test_a_selection_stays_while_the_output_grows(pane: OutputPane) -> None:
    _show(pane, "keep this\n", complete=False)
    cursor = pane.text.document().find("keep")
    pane.text.setTextCursor(cursor)
    _show(pane, "keep this\nand more\n", complete=False)
    assert pane.text.textCursor().selectedText() == "keep"
    pane.copy.click()
    assert QGuiApplication.clipboard().text() == "keep"


def test_four_megabytes_come_in_without_a_turn_that_is_felt(pane: OutputPane, qapp: QApplication) -> None:
    line = "Get:12 http://deb.debian.org/debian bookworm/main amd64 libssl3 amd64 3.0.15 [2,023 kB]\n"
    text = line * (_MEGABYTES_4 // len(line))
    worst_s = 0.0
    before = thread_time()
    pane.show_output(OutputShown("mi-1", "step", StepOutput(text, is_complete=True)))
    worst_s = thread_time() - before
    while pane.text.is_filling:
        before = thread_time()
        qapp.processEvents()
        worst_s = max(worst_s, thread_time() - before)
    assert pane.text.document().blockCount() == text.count("\n") + 1
    assert worst_s < 0.066, f"{worst_s * 1000:.0f} ms"


def test_one_line_without_an_end_is_broken_and_more_lines_than_anybody_reads_are_left_out(pane: OutputPane) -> None:
    _show(pane, "x" * 20_000)
    assert pane.text.document().blockCount() == 5
    assert pane.shown_text() == "x" * 20_000 + "\n"
    _show(pane, "\n" * 150_000 + "end\n")
    assert pane.text.document().blockCount() == 100_001
    assert pane.text.toPlainText().endswith("end\n")


def test_another_theme_draws_the_same_text_in_its_colours(pane: OutputPane, qapp: QApplication) -> None:
    _show(pane, "plain \x1b[34mblue\x1b[0m\n", "bad\n")
    Appearance(qapp).choose(ThemeChoice.DARK)
    _until(lambda: not pane.text.is_filling and _ink_of(pane, "plain") == theme_named("dark").text)
    assert pane.text.toPlainText() == "plain blue\nbad\n"
    Appearance(qapp).choose(ThemeChoice.LIGHT)
