"""The Runs page as the history of all connections: found, filtered, opened and copied from a real archive."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QPushButton

from patchgui.console.connection import SANDBOX
from patchgui.ssm.errors import Unreachable
from patchgui.ui.console_pages import PATCH_NOW, RUNS
from patchgui.ui.run.spans import clock_text, utc_now
from patchgui.ui.runs.run_row import Column
from tests.ui.run.scenes import WEB_2, WORDS, opened
from tests.ui.runs.conftest import AFTER, PROD, History, run_at

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def action(menu: QMenu, words: str) -> QAction:
    """Find what a menu, or a menu in it, offers."""
    for each in menu.actions():
        sub = each.menu()
        if each.text().startswith(words) and sub is None:
            return each
        if isinstance(sub, QMenu) and any(inner.text().startswith(words) for inner in sub.actions()):
            return action(sub, words)
    raise AssertionError(f"{words} is not offered")


def test_archived_runs_of_closed_connections_and_live_ones_are_one_list(history: History) -> None:
    history.fill(run_at("old", 0), run_at("older", -24))
    history.stage.session.known = (run_at("live", 2, "InProgress"), run_at("ended", -1))
    history.show()
    history.until(lambda: history.ids == ["live", "old", "ended", "older"])
    model = history.page.runs.model
    assert [model.index(row, Column.CONNECTION).data() for row in range(2)] == [SANDBOX.label, "Production"]
    assert [model.index(row, Column.BY).data() for row in range(2)] == ["This console", "jo"]
    assert not history.page.list.table.isColumnHidden(Column.CONNECTION)


def test_the_list_has_the_keyboard_once_it_is_there_whatever_key_brought_it(history: History) -> None:
    history.fill(run_at("old", 0), run_at("older", -24))
    history.show()
    table = history.page.list.table
    # Until runs are there, what is typed goes into the search; it stays there if anything was typed.
    shell = history.stage.window.shell
    assert shell.focusWidget() is history.page.list.line.box
    history.until(lambda: history.ids == ["old", "older"])
    history.until(lambda: shell.focusWidget() is table)
    QTest.keyClick(table, Qt.Key.Key_Down)
    for page in (PATCH_NOW, RUNS):
        shell.go_to(page)
    assert shell.focusWidget() is table
    assert [row.key for row in table.selected] == ["older"]


def test_asking_for_the_page_again_leads_from_a_run_back_to_the_list(history: History) -> None:
    history.fill(run_at("old", 0), run_at("older", -24))
    history.show()
    history.until(lambda: history.ids == ["old", "older"])
    history.page.open_run("older")
    assert history.page.shows_run
    history.stage.window.shell.rail.chosen.emit(RUNS)
    assert not history.page.shows_run
    assert [row.key for row in history.page.list.table.selected] == ["older"]


def test_a_live_run_that_is_archived_already_is_listed_once_and_as_it_stands(history: History) -> None:
    history.fill(run_at("live", 2, "InProgress", completed_count=0), connection=SANDBOX)
    history.stage.session.known = (run_at("live", 2, "InProgress", completed_count=3),)
    history.show()
    history.until(lambda: history.ids == ["live"] and history.page.runs.model.cells_at(0)[Column.NODES] == "3 of 4")


def test_words_of_the_output_find_the_run_the_node_and_the_step(history: History) -> None:
    history.fill_failed()
    history.fill(run_at("fine", 2), run_at("fine-too", 3))
    history.show()
    history.until(lambda: len(history.ids) == 3)
    history.page.list.line.take_keyboard()
    QTest.keyClicks(history.page.list.line.box, '"sku already exists" status:failed')
    history.until(lambda: history.ids == ["failed"] and history.count == "1 of 3")
    hit = history.page.runs.model.row_at(0).hit
    assert hit is not None
    assert (hit.node, hit.step, WORDS in hit.snippet) == ("web-2", AFTER, True)
    # With the keyboard alone: to the result, and into it where it was found.
    QTest.keyClick(history.page.list.line.box, Qt.Key.Key_Down)
    QTest.keyClick(history.page.list.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    history.until(lambda: WORDS in history.page.view.pane.output.shown_text())
    shown = history.page.run._shown
    assert shown is not None
    assert (shown.node.instance_id, shown.step) == (WEB_2.instance_id, AFTER)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("night shift", ["failed"]),
        ("phase:after_install", ["failed"]),
        ("node:web-2", ["failed"]),
        ("by:jo connection:production", ["fine", "failed"]),
        ("status:success", ["fine"]),
        ("until:2026-11-22", []),
        ("since:2026-11-23", ["fine", "failed"]),
    ],
)
def test_filters_are_operators_in_the_search_line(history: History, line: str, found: list[str]) -> None:
    history.fill_failed()
    history.fill(run_at("fine", 2))
    history.show()
    history.until(lambda: len(history.ids) == 2)
    history.page.list.line.box.setText(line)
    history.until(lambda: history.page.runs.query.is_empty is False and history.ids == found)


def test_the_menu_adds_filters_and_chips_take_them_out(history: History) -> None:
    history.fill_failed()
    history.fill(run_at("fine", 2))
    history.show()
    line = history.page.list.line
    history.until(lambda: history.page.runs.choices.connections == ("Production",))
    line.filter.click()
    action(line.menu, "Failed").trigger()
    action(line.menu, "Last 7 days").trigger()
    action(line.menu, "Production").trigger()
    assert line.box.text() == "status:failed since:7d connection:Production"
    history.until(lambda: history.page.runs.query.statuses == ("Failed",))
    action(line.menu, "Last 30 days").trigger()
    assert "since:30d" in line.box.text()
    assert "since:7d" not in line.box.text()

    def chips() -> list[QPushButton]:
        return [each for each in line.chips.findChildren(QPushButton) if each.isVisible()]

    history.until(lambda: [chip.text() for chip in chips()] == ["status:failed", "connection:Production", "since:30d"])
    chips()[0].click()
    assert line.box.text() == "connection:Production since:30d"
    line.menu.hide()


def test_a_period_is_two_dates(history: History) -> None:
    history.show()
    line = history.page.list.line
    line.filter.click()
    action(line.menu, "From").trigger()
    line.menu.hide()
    sheet = line.sheet
    assert sheet is not None
    first = sheet.last.date().addDays(-2)
    sheet.first.setDate(first)
    sheet.show_runs.click()
    assert line.box.text().startswith(f"since:{first.toString(Qt.DateFormat.ISODate)} until:")


def test_an_operator_that_says_nothing_is_said_to_be_searched_as_words(history: History) -> None:
    history.show()
    history.page.list.line.box.setText("since:whenever")
    history.until(lambda: "since:whenever is searched as words: it names no since." in history.stage.words)


def test_an_archived_run_opens_frozen_with_no_connection_to_it(history: History) -> None:
    history.fill_failed()
    history.stage.error = Unreachable("The agent does not answer.")
    history.show()
    history.until(lambda: history.ids == ["failed"])
    history.page.list.table.choose("failed")
    QTest.keyClick(history.page.list.table, Qt.Key.Key_Return)
    history.until(lambda: history.page.run.tally.nodes == 2)
    assert history.page.run.archived is not None
    assert not history.page.run.is_live
    assert history.page.view.header.archived.isVisible()
    assert not history.page.note.isVisible()
    assert history.page.run.headline.startswith("1 of 2 nodes failed")
    assert "on Production" in history.page.view.header.about.text
    assert clock_text(run_at("", 1).started_at, utc_now()) in history.page.view.header.about.text
    history.until(lambda: WORDS in history.page.view.pane.output.shown_text())
    assert history.stage.session.watched == []


def test_a_run_that_was_live_on_a_closed_connection_offers_to_open_it(history: History) -> None:
    history.fill(run_at("going", 2, "InProgress"))
    history.show()
    history.until(lambda: history.ids == ["going"])
    history.stage.window.pages.open_run("going")
    history.until(history.page.note.isVisible)
    assert history.page.note.text.startswith("This run had not ended when it was seen last.")
    header = history.page.view.header
    assert (header.archived.isVisible(), header.cancel.isVisible(), header.chip.text) == (True, False, "Unknown")
    button = next(each for each in history.page.note.findChildren(QPushButton) if each.text() == "Open Production")
    button.click()
    history.until(lambda: history.stage.at(PROD).watched == ["going"])
    assert history.stage.window.workspaces.now.connection.id == PROD.id


def test_a_run_that_goes_on_here_is_watched_where_it_runs(history: History) -> None:
    history.fill(run_at("going", 2, "InProgress"), connection=SANDBOX)
    history.show()
    history.until(lambda: history.ids == ["going"])
    history.stage.window.pages.open_run("going")
    history.until(lambda: history.stage.session.watched == ["going"])
    assert not history.page.note.isVisible()


def test_one_click_opens_a_run_and_escape_goes_back_to_its_row(history: History) -> None:
    history.fill(run_at("a", 1), run_at("b", 2))
    history.show()
    history.until(lambda: len(history.ids) == 2)
    table = history.page.list.table
    spot = table.visualRect(history.page.runs.model.index(1, 0)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    history.until(lambda: history.page.run.tally.nodes == 1)
    assert history.page.shows_run
    QTest.keyClick(history.page.view, Qt.Key.Key_Escape)
    assert not history.page.shows_run
    assert table.currentIndex().row() == 1


def test_a_click_on_the_line_that_was_found_opens_the_run_there(history: History) -> None:
    history.fill_failed()
    history.show()
    history.page.list.line.box.setText("migrat")
    history.until(lambda: [row.hit is not None for row in history.page.runs.model.rows] == [True])
    table = history.page.list.table
    line = table.visualRect(history.page.runs.model.index(0, 0)).bottomLeft() + QPoint(20, -8)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=line)
    history.until(lambda: WORDS in history.page.view.pane.output.shown_text())
    shown = history.page.run._shown
    assert shown is not None
    assert (shown.node.instance_id, shown.step) == (WEB_2.instance_id, AFTER)
    finder = history.page.view.pane.output.finder
    history.until(lambda: finder.isVisible() and finder.box.text() == "Migrat")
    assert finder.count.text().startswith("1 of ")


def test_a_click_with_a_key_held_down_selects_and_opens_nothing(history: History) -> None:
    history.fill(run_at("a", 1), run_at("b", 2))
    history.show()
    history.until(lambda: len(history.ids) == 2)
    table = history.page.list.table
    table.clearSelection()
    for row in range(2):
        spot = table.visualRect(history.page.runs.model.index(row, 0)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, spot)
    assert not history.page.shows_run
    assert [row.key for row in table.selected] == ["b", "a"]


def test_going_back_to_a_live_run_shows_it_without_asking_again(history: History) -> None:
    history.stage.session.known = (run_at("live", 2, "InProgress"),)
    history.show()
    history.until(lambda: history.ids == ["live"])
    history.stage.window.pages.open_run("live")
    history.until(lambda: history.stage.session.watched == ["live"])
    history.page.run.apply(opened(summary=run_at("live", 2, "InProgress")))
    history.page.show_list()
    history.page.open_run("live")
    assert history.page.shows_run
    assert history.stage.session.watched == ["live"]


def test_the_number_of_active_runs_is_told(history: History) -> None:
    told: list[object] = []
    history.page.active_changed.connect(told.append)
    history.stage.session.known = (run_at("live", 2, "InProgress"), run_at("forgotten", 1, "Unknown"))
    history.show()
    history.until(lambda: told == [1])


def test_more_runs_come_as_somebody_scrolls(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("patchgui.ui.runs.presenter._PAGE", 30)
    history.fill(*(run_at(f"run-{number}", number) for number in range(70)))
    history.show()
    history.until(lambda: len(history.ids) == 30)
    assert history.count == "70"
    table = history.page.list.table
    table.choose("run-69")
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    history.until(lambda: len(history.ids) == 60)
    QTest.keyClick(table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    history.until(lambda: len(history.ids) == 70)
    assert history.ids == [f"run-{number}" for number in range(69, -1, -1)]
    QTest.keyClick(table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert table.currentIndex().row() == 69


def test_everything_that_matches_is_copied_fetched_or_not(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("patchgui.ui.runs.presenter._PAGE", 30)
    history.fill(*(run_at(f"run-{number}", number) for number in range(50)))
    history.show()
    history.until(lambda: len(history.ids) == 30)
    table = history.page.list.table
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert history.count == "50 · 50 selected"
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    history.until(lambda: len(QGuiApplication.clipboard().text().splitlines()) == 51)
    assert QGuiApplication.clipboard().text().startswith("Run\t")


def test_two_runs_can_be_compared_and_any_number_exported(history: History) -> None:
    history.fill(run_at("a", 1), run_at("b", 2), run_at("c", 3))
    compared: list[tuple[str, str]] = []
    exported: list[object] = []
    history.page.compare_wanted.connect(lambda older, newer: compared.append((older, newer)))
    history.page.export_wanted.connect(exported.append)
    history.show()
    history.until(lambda: len(history.ids) == 3)
    table = history.page.list.table
    table.choose("c")
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(table, Qt.Key.Key_Menu)
    table.menu_wanted.emit(table.mapToGlobal(table.rect().center()))
    menu = next(each for each in reversed(history.page.findChildren(QMenu)) if each.parent() is history.page)
    action(menu, "Compare two runs").trigger()
    action(menu, "Export").trigger()
    menu.hide()  # before the sheet that asks how to export takes it away
    history.until(lambda: exported == [("c", "b")])
    assert compared == [("b", "c")]


def test_nothing_yet_and_no_match_each_say_what_to_do(history: History) -> None:
    history.show()
    history.until(history.page.list.empty.isVisible)
    assert history.page.list.empty.accessibleName() == "No runs yet."
    history.fill(run_at("a", 1))
    history.page.runs.start()
    history.until(lambda: history.ids == ["a"])
    history.page.list.line.box.setText("nowhere")
    history.until(lambda: history.page.list.empty.accessibleName() == "No run matches.")
    assert history.page.list.empty.accessibleDescription().startswith("1 run in all.")
    history.page.list.empty.acted.emit()
    history.until(lambda: history.ids == ["a"])


def test_a_connection_that_does_not_answer_keeps_the_archived_runs_on_screen(history: History) -> None:
    history.fill(run_at("a", 1))
    history.stage.error = Unreachable("The agent does not answer.", hint="Start it.")
    history.show()
    history.until(history.page.list.banner.isVisible)
    history.until(lambda: history.ids == ["a"])
    assert "What is archived is shown" in history.page.list.banner.text
    history.stage.error = None
    history.page.list.banner.acted.emit()
    history.until(lambda: not history.page.list.banner.isVisible())


def test_one_of_two_connections_that_is_away_is_named(history: History) -> None:
    history.show()
    history.stage.at(PROD).gone = Unreachable("Production is away.")
    history.until(lambda: history.stage.window.connections.row(PROD.id) is not None)
    history.stage.window.pages.open_connection(PROD.id)
    history.page.runs.start()
    history.until(lambda: "Production does not answer" in history.page.list.banner.text)


def test_an_archive_of_a_newer_release_is_left_alone_and_live_runs_are_listed_and_watched(history: History) -> None:
    history.fill(run_at("a", 1))
    history.loop.run_until_complete(history.archive.aclose())
    import sqlite3

    with sqlite3.connect(history.archive.path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    history.stage.service.reopen_archive()
    history.stage.session.known = (run_at("live", 2, "InProgress"),)
    history.show()
    history.until(history.page.list.trouble.isVisible)
    assert "newer release" in history.page.list.trouble.text
    history.until(lambda: history.ids == ["live"])
    history.stage.window.pages.open_run("live")
    history.until(lambda: history.stage.session.watched == ["live"])


def test_a_damaged_archive_is_set_aside_and_the_operator_told(history: History) -> None:
    history.fill(run_at("a", 1))
    history.loop.run_until_complete(history.archive.aclose())
    history.archive.path.write_bytes(b"this was an archive once" * 500)
    history.stage.service.reopen_archive()
    history.show()
    history.until(history.page.list.notice.isVisible)
    assert "set aside" in history.page.list.notice.text
    assert list(history.archive.path.parent.glob("archive.damaged-*.db"))
    history.page.list.notice.dismiss()
    history.page.runs.start()
    history.fill(run_at("b", 1))
    history.page.runs.start()
    history.until(lambda: history.ids == ["b"])
    assert not history.page.list.notice.isVisible()


def test_columns_are_as_they_were_left_the_day_before(history: History) -> None:
    history.show()
    columns = history.page.list.table.columns
    history.page.list.table.horizontalHeader().customContextMenuRequested.emit(history.page.rect().center())
    action(columns.menu, "Operation").trigger()
    columns.menu.hide()
    history.page.keep_state()
    other = replace(history, stage=history.stage)
    assert not other.stage.state.blob("runs/columns").isEmpty()
