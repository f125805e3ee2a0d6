"""From the list of runs to two runs side by side, over a real archive, and from there to a node of one of them."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from patchgui.ui.compare.choice import CompareChoice
from patchgui.ui.compare.view import CompareView
from tests.ui.run.scenes import APP_1, OK, WEB_2, node_at
from tests.ui.runs.conftest import History, put, run_at

_BETTER = node_at(WEB_2.instance_id, "web-2", OK, OK, OK, OK, OK, OK)


def _compare(history: History) -> CompareView:
    async def fill() -> None:
        await put(history.archive, run_at("older", 1, "Failed", error_count=1), nodes=(APP_1, WEB_2))
        await put(history.archive, run_at("newer", 2, error_count=0), nodes=(APP_1, _BETTER))

    history.loop.run_until_complete(fill())
    history.show()
    history.until(lambda: history.ids == ["newer", "older"])
    history.page.compare_wanted.emit("older", "newer")
    comparing = history.stage.window.pages.comparing
    assert comparing is not None
    compare = comparing.view
    history.until(lambda: compare.nodes.rowCount() == 2)
    return compare


def test_two_runs_of_the_list_are_compared_from_the_archive(history: History) -> None:
    compare = _compare(history)
    assert compare.isVisible()
    assert compare.verdict.text == "2 nodes in the second run: 0 worse, 1 better, 1 same."
    assert ("Status", "Failed", "Success") in [(f.name, f.first, f.second) for f in compare.facts.shown]


def test_a_node_of_the_comparison_opens_in_its_run(history: History) -> None:
    compare = _compare(history)
    compare.run_wanted.emit("older", WEB_2.instance_id)
    history.until(lambda: history.page.view.pane.name.text() == "web-2")
    assert history.page.run.run_id == "older"
    assert history.page.shows_run
    history.page.view.back_wanted.emit()
    assert compare.isVisible()
    compare.back_wanted.emit()
    assert history.page.list.isVisible()
    history.page.open_run("newer")
    history.page.view.back_wanted.emit()
    assert history.page.list.isVisible()


def test_back_from_a_comparison_is_the_list(history: History) -> None:
    compare = _compare(history)
    compare.back_wanted.emit()
    assert history.page.list.isVisible()
    assert not compare.isVisible()


def test_the_menu_of_a_run_asks_with_which_other_and_the_older_one_is_the_first(history: History) -> None:
    compare = _compare(history)
    comparing = history.stage.window.pages.comparing
    assert comparing is not None
    history.page.open_run("newer")
    history.until(lambda: history.page.run.summary is not None)
    comparing.action.trigger()
    sheet = history.page.findChild(CompareChoice)
    assert sheet is not None
    history.until(lambda: sheet.runs.rowCount() == 1)
    assert not sheet.go.isEnabled()
    sheet.box.setText("nothing like that")
    history.until(sheet.empty.isVisible)
    sheet.box.setText("status:failed")
    history.until(lambda: sheet.runs.rowCount() == 1)
    QTest.keyClick(sheet.box, Qt.Key.Key_Down)
    QTest.mouseClick(sheet.go, Qt.MouseButton.LeftButton)
    history.until(compare.isVisible)
    assert comparing.presenter.runs == ("older", "newer")
