"""The timeline in a real window: choosing, zooming, panning, sorting, by mouse and by keyboard."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest

from patchgui.console.events import NodesChanged
from patchgui.patching.progress import NodeProgress
from patchgui.ui import theme
from patchgui.ui.run.timeline.head import STRIP_PX
from patchgui.ui.run.timeline.order import Order
from patchgui.ui.run.timeline.view import TimelineView
from tests.ui.run.conftest import Screen
from tests.ui.run.scenes import (
    AWAY,
    BAD,
    DB_1,
    NODES,
    NONE,
    OK,
    RUN,
    SKIP,
    START,
    SUMMARY,
    WAIT,
    WEB_1,
    WEB_2,
    node_at,
    opened,
)

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def run(screen: Screen) -> Screen:
    screen.service.events = [opened()]
    screen.open()
    screen.view.matrix.tabs.setCurrentIndex(1)
    screen.loop.until(_timeline(screen).isVisible)
    screen.loop.until(lambda: screen.view.pane.name.text() == "web-2")
    return screen


def _timeline(screen: Screen) -> TimelineView:
    return screen.view.matrix.timeline.view


def _spot(view: TimelineView, node: NodeProgress, phase: int) -> QPoint:
    """Return the middle of a bar, found as an operator would: by looking along the node's row."""
    row = view.rows.place_of(node.instance_id)
    assert row is not None
    y = row * 32 + 16 - view.verticalScrollBar().value()
    for x in range(view.names_px, view.viewport().width()):
        found = view.bar_at(QPointF(x, y))
        if found is not None and found[1] is not None and found[1].number == phase:
            middle = view.names_px + (max(found[1].left, 0) + min(found[1].right, view.scale_width)) / 2
            return QPoint(round(middle), y)
    raise AssertionError(f"{node.name} has no bar of phase {phase}")


def _wheel(view: TimelineView, at: QPoint, notches: int, keys: Qt.KeyboardModifier) -> None:
    event = QWheelEvent(
        at.toPointF(), view.viewport().mapToGlobal(at).toPointF(), QPoint(), QPoint(0, notches * 120),
        Qt.MouseButton.NoButton, keys, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QGuiApplication.sendEvent(view.viewport(), event)


def test_the_timeline_marks_the_node_and_phase_that_the_pane_shows(run: Screen) -> None:
    assert _timeline(run).chosen == (WEB_2.instance_id, 3)


def test_a_click_on_a_bar_shows_that_phase_of_that_node(run: Screen) -> None:
    view = _timeline(run)
    spot = _spot(view, WEB_1, 2)
    run.loop.call(lambda: QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot))
    run.loop.until(lambda: ("output", "run-1", WEB_1.instance_id, "install") in run.service.asked)
    assert run.view.pane.name.text() == "web-1"


def test_the_keyboard_alone_walks_nodes_and_phases_and_zooms(run: Screen) -> None:
    view = _timeline(run)
    run.loop.call(lambda: QTest.keyClick(view, Qt.Key.Key_Down))
    run.loop.until(lambda: run.view.pane.name.text() == "db-1")
    run.loop.call(lambda: QTest.keyClick(view, Qt.Key.Key_Home))
    run.loop.until(lambda: run.view.pane.name.text() == "web-1")
    run.loop.call(lambda: QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier))
    run.loop.until(lambda: view.chosen[1] >= 0)
    QTest.keyClick(view, Qt.Key.Key_Z)
    assert not view.window_shown.is_whole
    start_s = view.window_shown.start_s
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.window_shown.start_s < start_s
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.window_shown.is_whole


def test_ctrl_and_the_wheel_zoom_around_the_pointer(run: Screen) -> None:
    view = _timeline(run)
    spot = QPoint(view.names_px + 200, 20)
    before = view.window_shown.moment(200, view.scale_width)
    _wheel(view, spot, 4, Qt.KeyboardModifier.ControlModifier)
    assert view.window_shown.span_s < view.window_shown.total_s / 2
    assert view.window_shown.moment(200, view.scale_width) == pytest.approx(before, abs=0.05)
    assert view.horizontalScrollBar().maximum() > 0


def test_a_drag_pans_and_chooses_nothing(run: Screen) -> None:
    view = _timeline(run)
    view.zoom(4)
    middle, chosen = view.window_shown.start_s, view.chosen
    port = view.viewport()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=QPoint(400, 20))
    for x in (380, 340, 300):
        QTest.mouseMove(port, QPoint(x, 20))
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=QPoint(300, 20))
    assert view.window_shown.start_s - middle == pytest.approx(
        100 / view.scale_width * view.window_shown.span_s, rel=0.05
    )
    assert view.chosen == chosen


def test_a_drag_on_the_axis_zooms_to_that_stretch_and_the_scroll_bar_pans(run: Screen) -> None:
    view = _timeline(run)
    wanted = [view.window_shown.moment(x, view.scale_width) for x in (100, 250)]
    QTest.mousePress(view.head, Qt.MouseButton.LeftButton, pos=QPoint(100, STRIP_PX + 8))
    QTest.mouseMove(view.head, QPoint(180, STRIP_PX + 8))
    QTest.mouseMove(view.head, QPoint(250, STRIP_PX + 8))
    QTest.mouseRelease(view.head, Qt.MouseButton.LeftButton, pos=QPoint(250, STRIP_PX + 8))
    assert [view.window_shown.start_s, view.window_shown.end_s] == pytest.approx(wanted, abs=0.2)
    view.horizontalScrollBar().setValue(0)
    assert view.window_shown.start_s == 0


def test_a_press_on_the_strip_brings_that_moment_to_the_middle(run: Screen) -> None:
    view = _timeline(run)
    view.zoom(4)
    QTest.mousePress(view.head, Qt.MouseButton.LeftButton, pos=QPoint(view.head.width() // 2, 5))
    QTest.mouseRelease(view.head, Qt.MouseButton.LeftButton, pos=QPoint(view.head.width() // 2, 5))
    middle = view.window_shown.start_s + view.window_shown.span_s / 2
    assert middle == pytest.approx(view.window_shown.total_s / 2, rel=0.02)


def test_the_buttons_zoom_and_say_what_they_do(run: Screen) -> None:
    page = run.view.matrix.timeline
    assert not page.corner.zooms["fit"].isEnabled()
    QTest.mouseClick(page.corner.zooms["plus"], Qt.MouseButton.LeftButton)
    assert not page.view.window_shown.is_whole
    QTest.mouseClick(page.corner.zooms["fit"], Qt.MouseButton.LeftButton)
    assert page.view.window_shown.is_whole
    assert all(button.accessibleName() and button.toolTip() for button in page.corner.zooms.values())


def test_a_tooltip_says_node_phase_times_and_exit_code(run: Screen) -> None:
    from patchgui.ui.run.timeline.bars import tooltip

    words = tooltip(WEB_2, WEB_2.phases[3], START + timedelta(seconds=60)).splitlines()
    began, ended = (moment.astimezone() for moment in (WEB_2.phases[3].started_at, WEB_2.phases[3].ended_at) if moment)
    assert words[:4] == [
        "web-2",
        "After install: failed",
        "PatchingDemo-UpdateApp",
        f"{began:%H:%M:%S} – {ended:%H:%M:%S}, 3 s",
    ]
    assert "Exit code 4" in words


def test_rows_sort_by_start_duration_and_end_and_newcomers_stand_last(run: Screen) -> None:
    late = replace(DB_1, instance_id="mi-late", name="late-1", started_at=START - timedelta(seconds=5))
    times = {
        WEB_1.instance_id: (5, 50), WEB_2.instance_id: (1, 20), DB_1.instance_id: (3, None),
    }  # fmt: skip
    known = []
    for node in NODES:
        began, ended = times.get(node.instance_id, (None, None))
        known.append(
            replace(
                node,
                started_at=START + timedelta(seconds=began) if began else None,
                ended_at=START + timedelta(seconds=ended) if ended else None,
            )
        )
    run.presenter.apply(NodesChanged(tuple(known)))
    run.loop.until(lambda: run.presenter.model.node(WEB_1.instance_id) == known[0])
    view = _timeline(run)

    def names() -> list[str]:
        return [view.rows.node(place).name for place in range(len(view.rows))]

    view.sort(Order.START)
    assert names() == ["web-2", "db-1", "web-1", "app-el-1"]
    view.sort(Order.END, descending=True)
    assert names() == ["web-1", "web-2", "db-1", "app-el-1"]
    view.sort(Order.DURATION)
    assert names()[:2] in (["web-2", "web-1"], ["web-2", "db-1"])
    view.sort(Order.NAME)
    run.presenter.apply(NodesChanged((late,)))
    run.loop.until(lambda: run.presenter.tally.nodes == 5)
    assert names() == ["app-el-1", "db-1", "web-1", "web-2", "late-1"]


def test_the_filter_of_the_matrix_holds_here_too(run: Screen) -> None:
    run.view.matrix.box.setText("web")
    view = _timeline(run)
    run.loop.until(lambda: len(view.rows) == 2)
    run.view.matrix.box.setText("nothing like that")
    run.loop.until(run.view.matrix.empty.isVisible)


def test_ctrl_c_copies_what_the_chosen_node_did_when(run: Screen) -> None:
    QTest.keyClick(_timeline(run), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t") == ["Node", "Phase", "State", "Start", "End", "Exit code"]
    assert lines[4].split("\t")[:3] == ["web-2", "After install", "failed"]
    assert lines[4].endswith("\t4")


def _colours_along(view: TimelineView, node: NodeProgress, phase: int) -> set[str]:
    spot = _spot(view, node, phase)
    picture = view.viewport().grab().toImage()
    return {QColor(picture.pixel(spot.x(), spot.y() + dy)).name() for dy in range(-7, 8)}


def test_trouble_work_hooks_and_reboots_look_different(run: Screen, each_theme: object) -> None:
    view = _timeline(run)
    colours = theme.current()
    assert colours.role("failed").fg.name() in _colours_along(view, WEB_2, 3)
    assert colours.role("success").fg.name() in _colours_along(view, WEB_2, 2)
    assert colours.role("success").soft.name() in _colours_along(view, WEB_1, 3)
    assert colours.role("reboot").fg.name() in _colours_along(view, WEB_1, 4)


def test_only_a_run_that_goes_on_has_a_now_line(run: Screen) -> None:
    view = _timeline(run)
    accent = theme.current().accent.name()

    def inks() -> set[str]:
        picture, below = view.viewport().grab().toImage(), len(view.rows) * 32 + 10
        places = itertools.product(range(view.names_px, view.viewport().width()), range(below, below + 12))
        return {QColor(picture.pixel(x, y)).name() for x, y in places}

    def last_of_strip() -> str:
        picture = view.head.grab().toImage()
        return QColor(picture.pixel(picture.width() - 1, picture.height() // 3)).name()

    assert accent in inks()
    assert last_of_strip() == theme.current().window.name()
    view.show_span(START, START + timedelta(seconds=61))
    assert accent not in inks()


def test_the_strip_says_how_many_nodes_are_in_which_phase(run: Screen) -> None:
    words = _timeline(run).head.words_at(2.0)
    assert "Scan: 4 nodes" in words
    assert "Install: 1 node" in _timeline(run).head.words_at(40.0)


_LIVES = (
    (OK, OK, OK, OK, AWAY, WAIT),
    (OK, OK, OK, BAD, SKIP, OK),
    (OK, OK, RUN, WAIT, WAIT, WAIT),
    (OK, NONE, NONE, NONE, NONE, OK),
)


@pytest.fixture
def many(screen: Screen) -> Screen:
    nodes = [node_at(f"mi-{number}", f"node-{number}", *_LIVES[number % 4]) for number in range(2000)]
    screen.service.events = [opened(nodes, replace(SUMMARY, node_count=len(nodes)))]
    screen.open()
    screen.view.matrix.tabs.setCurrentIndex(1)
    screen.loop.until(lambda: screen.presenter.tally.nodes == len(nodes))
    return screen


def test_only_the_rows_on_screen_are_ever_looked_at(many: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    view, looked_at = _timeline(many), set[int]()
    node = view.rows.node

    def counted(place: int) -> NodeProgress:
        looked_at.add(place)
        return node(place)

    monkeypatch.setattr(view.rows, "node", counted)
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    view.viewport().grab()
    assert max(looked_at) == 1999
    assert len(looked_at) <= view.viewport().height() // 32 + 2
