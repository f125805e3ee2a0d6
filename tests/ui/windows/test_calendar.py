"""The calendar of the next runs: which day, which window, by mouse and by keyboard."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from patchgui.ssm.shapes.maintenance_windows import MaintenanceWindowIdentity
from patchgui.ui.theme import ThemeChoice
from patchgui.ui.windows.calendar import RunCalendar
from patchgui.ui.windows.calendar_sheet import DAYS, MANY, CalendarSheet, line_of, sheet_of
from patchgui.ui.windows.rows import WindowRow

NOW = datetime(2027, 3, 20, 12, tzinfo=UTC)


def row(number: int, name: str, schedule: str, opens: datetime, **members: object) -> WindowRow:
    window = MaintenanceWindowIdentity(
        window_id=f"mw-{number:017x}",
        name=name,
        enabled=True,
        schedule=schedule,
        next_execution_time=opens.isoformat(),
        **members,
    )
    return WindowRow.of(window, is_open=False)


def calendar(*rows: WindowRow) -> CalendarSheet:
    return sheet_of([line_of(each, NOW) for each in rows], NOW)


SUNDAYS = row(1, "Sundays", "cron(0 12 ? * SUN *)", datetime(2027, 3, 21, 12, tzinfo=UTC))
ONCE = row(2, "Once", "at(2027-03-25T12:00:00)", datetime(2027, 3, 25, 12, tzinfo=UTC))
BERLIN = row(
    3,
    "Berlin",
    "cron(0 12 * * ? *)",
    datetime(2027, 3, 21, 11, tzinfo=UTC),
    schedule_timezone="Europe/Berlin",
)
LATER = row(4, "NextYear", "at(2028-01-01T12:00:00)", datetime(2028, 1, 1, 12, tzinfo=UTC))


def test_windows_and_days_meet_where_a_window_opens() -> None:
    sheet = calendar(SUNDAYS, ONCE, BERLIN, LATER)
    assert (len(sheet.days), sheet.days[0]) == (DAYS, NOW.astimezone().date())
    lines = {line.name: line for line in sheet.lines}
    assert list(lines) == ["Berlin", "Sundays", "Once"]
    assert [day.isoformat() for day in lines["Sundays"].runs] == [
        "2027-03-21",
        "2027-03-28",
        "2027-04-04",
        "2027-04-11",
    ]
    assert len(lines["Berlin"].runs) == DAYS - 1
    assert lines["Berlin"].changes == {datetime(2027, 3, 28).date(): "Europe/Berlin: clocks go forward 1 h"}  # noqa: DTZ001


def test_a_window_that_opens_each_minute_is_on_every_day_and_costs_little() -> None:
    often = row(5, "Often", "rate(1 minute)", NOW + timedelta(minutes=1))
    (line,) = calendar(often).lines
    assert len(line.runs) == DAYS
    assert {len(runs) for runs in line.runs.values()} == {MANY}


@pytest.fixture
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_days_are_those_of_my_clocks_and_their_change_is_marked(in_berlin: None) -> None:
    late = row(6, "Late", "cron(30 23 * * ? *)", datetime(2027, 3, 20, 23, 30, tzinfo=UTC))
    sheet = calendar(late)
    assert list(sheet.changes) == [datetime(2027, 3, 28).date()]  # noqa: DTZ001 - a day
    assert next(iter(sheet.changes.values())).endswith("clocks go forward 1 h")
    assert [f"{run.astimezone():%d %H:%M}" for runs in sheet.lines[0].runs.values() for run in runs][6:9] == [
        "27 00:30",
        "28 00:30",
        "29 01:30",
    ]


def test_a_click_and_the_keyboard_choose_the_window_of_a_run(qtbot: QtBot, each_theme: ThemeChoice) -> None:
    shown = RunCalendar()
    qtbot.addWidget(shown)
    shown.show_sheet(calendar(SUNDAYS, ONCE, BERLIN))
    shown.resize(900, shown.sizeHint().height())
    shown.show()
    chosen: list[str] = []
    shown.chosen.connect(chosen.append)
    day = (NOW + timedelta(days=5)).date()
    QTest.mouseClick(shown, Qt.MouseButton.LeftButton, pos=shown.spot_of(ONCE.window_id, day))
    QTest.mouseClick(shown, Qt.MouseButton.LeftButton, pos=QPoint(300, 10))
    assert chosen == [ONCE.window_id]
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(shown, key)
    assert chosen[-1] == SUNDAYS.window_id
    assert "Sundays: Sunday, 4 April 2027" in shown.accessibleDescription()
    assert not shown.grab().isNull()
