"""The scale of the timeline, and the timeline on the rows of the matrix."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from patchgui.ui.run.timeline_scale import TimeScale
from tests.ui.run.conftest import Screen
from tests.ui.run.scenes import opened

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
START = datetime(2026, 3, 4, 14, 2, 11, tzinfo=UTC)


def test_marks_stand_apart_and_count_from_the_clock() -> None:
    marks = TimeScale.of(START, START + timedelta(seconds=45)).marks(560, 90)
    assert marks[0][0] == 0
    assert [words for _place, words in marks[1:]] == ["+10 s", "+20 s", "+30 s"]
    assert all(later[0] - sooner[0] >= 90 for sooner, later in itertools.pairwise(marks))


@pytest.mark.parametrize("span_s", [0, 3, 600, 90_000, 10_000_000])
def test_any_length_of_run_has_readable_marks(span_s: int) -> None:
    marks = TimeScale.of(START, START + timedelta(seconds=span_s)).marks(560, 90)
    assert 1 <= len(marks) <= 7


def test_a_moment_outside_the_scale_stays_on_it() -> None:
    scale = TimeScale.of(START, START + timedelta(seconds=50))
    assert scale.place(START - timedelta(seconds=5), 100) == 0
    assert scale.place(START + timedelta(days=1), 100) == 100


def test_the_timeline_shares_the_chosen_row_with_the_matrix(screen: Screen) -> None:
    screen.service.events = [opened()]
    screen.open()
    screen.view.matrix.tabs.setCurrentIndex(1)
    screen.loop.until(screen.view.matrix.timeline.isVisible)
    assert screen.view.matrix.timeline.currentIndex().row() == 1
    screen.loop.call(lambda: QTest.keyClick(screen.view.matrix.timeline, Qt.Key.Key_Down))
    screen.loop.until(lambda: screen.view.pane.name.text() == "db-1")
