"""What is told of the runs to come: which times clocks leave out or show twice, and when clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.patching.schedules.clock_changes import clock_changes
from patchgui.patching.schedules.cron import named_fields
from patchgui.patching.schedules.preview import next_runs, runs_around_change
from patchgui.patching.schedules.schedule import Schedule

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = sorted(available_timezones() - {"Factory", "localtime"})


def schedule(text: str, zone: str = "Europe/Berlin", **members: object) -> Schedule:
    return Schedule.of(text, since=datetime(2020, 1, 1, tzinfo=UTC), zone_name=zone, **members)  # type: ignore[arg-type]


def test_a_time_that_clocks_leave_out_is_told_as_left_out() -> None:
    told = next_runs(schedule("cron(30 2 * * ? *)"), datetime(2027, 3, 26, 12, tzinfo=UTC), 3)
    assert [(f"{run.local:%d %H:%M}", run.at is None) for run in told] == [
        ("27 02:30", False),
        ("28 02:30", True),
        ("29 02:30", False),
        ("30 02:30", False),
    ]
    assert told[2].change is not None
    assert told[2].change.words == "clocks go forward 1 h"


def test_of_a_time_that_clocks_show_twice_it_is_told_so() -> None:
    told = next_runs(schedule("cron(30 2 ? * SUN *)"), datetime(2027, 10, 25, tzinfo=UTC), 2)
    assert [(f"{run.local:%d}", run.is_doubled) for run in told] == [("31", True), ("07", False)]
    assert told[0].at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_the_runs_around_the_next_change_are_found_months_ahead() -> None:
    told = runs_around_change(schedule("cron(0 2 ? * SUN *)"), datetime(2026, 11, 26, tzinfo=UTC))
    assert [(f"{run.local:%Y-%m-%d}", run.at is None) for run in told] == [
        ("2027-03-21", False),
        ("2027-03-28", True),
        ("2027-04-04", False),
    ]


@pytest.mark.parametrize(("text", "zone"), [("at(2026-12-24T02:00:00)", "Europe/Berlin"), ("cron(0 2 * * ? *)", "UTC")])
def test_where_no_change_matters_none_is_told(text: str, zone: str) -> None:
    assert runs_around_change(schedule(text, zone), datetime(2026, 11, 26, tzinfo=UTC)) == []


def test_a_schedule_that_is_over_has_no_runs() -> None:
    assert next_runs(schedule("at(2020-01-01T00:00:00)"), datetime(2026, 11, 26, tzinfo=UTC), 10) == []


@given(
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    zone=st.sampled_from(ZONES),
    offset=st.integers(0, 6),
    at=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - made aware below
)
def test_what_is_told_are_the_runs_and_beside_them_only_times_that_no_clock_shows(
    hour: int, minute: int, zone: str, offset: int, at: datetime
) -> None:
    made = schedule(f"cron({minute} {hour} ? * SUN *)", zone, offset_days=offset)
    after = at.replace(tzinfo=UTC)
    told = next_runs(made, after, 10)
    assert [run.at for run in told if run.at is not None] == made.upcoming(after, 10)
    assert [run.local for run in told] == sorted(run.local for run in told)
    for run in told:
        if run.at is None:
            shown = run.local.replace(tzinfo=made.zone).astimezone(UTC).astimezone(made.zone)
            assert shown.replace(tzinfo=None) != run.local
        else:
            assert run.at.astimezone(made.zone).replace(tzinfo=None) == run.local


@given(zone=st.sampled_from(ZONES), at=st.datetimes(datetime(1975, 1, 1), datetime(2035, 1, 1)))  # noqa: DTZ001
def test_clocks_change_where_the_offset_does_to_the_second(zone: str, at: datetime) -> None:
    start = at.replace(tzinfo=UTC)
    for change in clock_changes(ZoneInfo(zone), start, start + timedelta(days=400)):
        before, after = (
            (change.at - step).astimezone(ZoneInfo(zone)).utcoffset() for step in (timedelta(seconds=1), timedelta())
        )
        assert before is not None
        assert after is not None
        assert after - before == change.by


def test_the_fields_of_an_expression_are_told_by_their_names() -> None:
    assert dict(named_fields("cron(0 2 ? * SUN *)"))["Day-of-week"] == "SUN"
    assert named_fields("cron(15 0 2 ? * SUN *)")[0] == ("Seconds", "15")
    assert named_fields("cron(0 2)") == named_fields("rate(1 day)") == ()
