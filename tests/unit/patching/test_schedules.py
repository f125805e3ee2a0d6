"""Schedules, held to the user guide's own examples and to a calculation that knows nothing of how they are made."""

import os
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchgui.patching.schedules.invalid import ScheduleInvalid
from patchgui.patching.schedules.schedule import Schedule
from patchgui.patching.schedules.wording import sentence

EXAMPLES = int(os.environ.get("PATCHGUI_SCHEDULE_EXAMPLES", "200"))
"""The long form: PATCHGUI_SCHEDULE_EXAMPLES=10000."""

SET_AT = datetime(2026, 11, 26, 18, 0, tzinfo=UTC)
WEEK = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
YEAR = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def runs(text: str, count: int = 3, *, after: datetime = SET_AT, **members: object) -> list[str]:
    schedule = Schedule.of(text, since=after, **members)  # type: ignore[arg-type]  # the members of each case
    return [f"{run.astimezone(schedule.zone):%a %Y-%m-%d %H:%M:%S}" for run in schedule.upcoming(after, count)]


@pytest.mark.parametrize(
    ("text", "expected", "said"),
    [
        ("cron(0 10 * * ? *)", "Fri 2026-11-27 10:00:00", "Every day at 10:00, UTC"),
        ("cron(15 12 * * ? *)", "Fri 2026-11-27 12:15:00", "Every day at 12:15, UTC"),
        ("cron(0 18 ? * MON-FRI *)", "Fri 2026-11-27 18:00:00", "Monday to Friday at 18:00, UTC"),
        ("cron(0 8 1 * ? *)", "Tue 2026-12-01 08:00:00", "On the 1st of each month at 08:00, UTC"),
        ("cron(0/15 * * * ? *)", "Thu 2026-11-26 18:15:00", "Every 15 minutes, UTC"),
        ("cron(0/10 * ? * MON-FRI *)", "Thu 2026-11-26 18:10:00", "Monday to Friday, every 10 minutes, UTC"),
        (
            "cron(0/5 8-17 ? * MON-FRI *)",
            "Fri 2026-11-27 08:00:00",
            "Monday to Friday, every 5 minutes between 08:00 and 17:59, UTC",
        ),
        ("cron(0/30 * * * ? *)", "Thu 2026-11-26 18:30:00", "Every 30 minutes, UTC"),
        ("cron(0 0/1 * * ? *)", "Thu 2026-11-26 19:00:00", "Every hour, at minute 0, UTC"),
        ("cron(0 0/8 * * ? *)", "Fri 2026-11-27 00:00:00", "Every day at 00:00, 08:00 and 16:00, UTC"),
        ("cron(15 13 ? * MON *)", "Mon 2026-11-30 13:15:00", "Every Monday at 13:15, UTC"),
        ("cron(30 09 ? * * *)", "Fri 2026-11-27 09:30:00", "Every day at 09:30, UTC"),
        ("cron(24 30 09 ? * * *)", "Fri 2026-11-27 09:30:24", "Every day at 09:30:24, UTC"),
        ("cron(0 2 ? * THU#3 *)", "Thu 2026-12-17 02:00:00", "On the third Thursday of each month at 02:00, UTC"),
        ("cron(0 0 2 ? 1/1 THU#3 *)", "Thu 2026-12-17 02:00:00", "On the third Thursday of each month at 02:00, UTC"),
        ("cron(0 2 L * ? *)", "Mon 2026-11-30 02:00:00", "On the last day of each month at 02:00, UTC"),
        ("cron(15 10 ? * 6L *)", "Fri 2026-11-27 10:15:00", "On the last Friday of each month at 10:15, UTC"),
        ("cron(0 16 ? * TUE *)", "Tue 2026-12-01 16:00:00", "Every Tuesday at 16:00, UTC"),
        ("rate(30 minutes)", "Thu 2026-11-26 18:30:00", "Every 30 minutes"),
        ("rate(1 hour)", "Thu 2026-11-26 19:00:00", "Every hour"),
        ("rate(25 days)", "Mon 2026-12-21 18:00:00", "Every 25 days"),
        ("at(2027-07-07T13:15:30)", "Wed 2027-07-07 13:15:30", "Once, on 2027-07-07 at 13:15:30, UTC"),
    ],
)
def test_the_examples_of_the_user_guide_run_and_read_as_it_says(text: str, expected: str, said: str) -> None:
    assert runs(text, 1) == [expected]
    assert sentence(Schedule.of(text, since=SET_AT)) == said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # 2027: 1 August is a Sunday, 15 August too; 31 July is a Saturday; 1 May is a Saturday.
        ("cron(0 3 15W * ? 2027)", ["Fri 2027-01-15", "Mon 2027-02-15", "Mon 2027-03-15", "Thu 2027-04-15"]),
        ("cron(0 3 1W 5,8 ? 2027)", ["Mon 2027-05-03", "Mon 2027-08-02"]),
        ("cron(0 3 31W * ? 2027)", ["Fri 2027-01-29", "Wed 2027-03-31", "Mon 2027-05-31", "Fri 2027-07-30"]),
        ("cron(0 3 LW 1-3 ? 2027)", ["Fri 2027-01-29", "Fri 2027-02-26", "Wed 2027-03-31"]),
        ("cron(0 3 L-3 2 ? 2027,2028)", ["Thu 2027-02-25", "Sat 2028-02-26"]),
        ("cron(0 3 L,15W FEB ? 2027)", ["Mon 2027-02-15", "Sun 2027-02-28"]),
        ("cron(0 3 29 2 ? *)", ["Tue 2028-02-29", "Sun 2032-02-29", "Fri 2036-02-29"]),
        ("cron(0 3 ? * MON#5 2027)", ["Mon 2027-03-29", "Mon 2027-05-31", "Mon 2027-08-30", "Mon 2027-11-29"]),
        ("cron(0 3 ? 1 1#1,SAT#2 2027)", ["Sun 2027-01-03", "Sat 2027-01-09"]),
        ("cron(0 3 ? 1 L 2027)", ["Sat 2027-01-02", "Sat 2027-01-09", "Sat 2027-01-16"]),
        ("cron(0 3 ? NOV-FEB FRIL *)", ["Fri 2026-11-27", "Fri 2026-12-25", "Fri 2027-01-29", "Fri 2027-02-26"]),
        ("cron(0 3 ? 1 FRI-SUN 2027)", ["Fri 2027-01-01", "Sat 2027-01-02", "Sun 2027-01-03", "Fri 2027-01-08"]),
    ],
)
def test_days_are_chosen_as_the_marks_say(text: str, expected: list[str]) -> None:
    assert runs(text, len(expected)) == [f"{day} 03:00:00" for day in expected]


@pytest.mark.parametrize(
    ("text", "field", "said"),
    [
        ("cron(60 2 * * ? *)", "Minutes", "Minutes: “60” is not allowed. Use 0-59, and , - * /"),
        ("cron(0 24 * * ? *)", "Hours", "Hours: “24” is not allowed. Use 0-23, and , - * /"),
        ("cron(0 0 32 * ? *)", "Day-of-month", "Day-of-month: “32” is not allowed. Use 1-31, and , - * ? / L W"),
        ("cron(0 0 ? 13 MON *)", "Month", "Month: “13” is not allowed. Use 1-12 or JAN-DEC, and , - * /"),
        ("cron(0 0 ? * 0 *)", "Day-of-week", "Day-of-week: “0” is not allowed. Use 1-7 or SUN-SAT, and , - * ? / L #"),
        ("cron(0 0 ? * MON#6 *)", "Day-of-week", "Day-of-week: “MON#6” is not allowed"),
        ("cron(0 0 ? * MON 1969)", "Year", "Year: “1969” is not allowed. Use 1970-2199"),
        ("cron(0 0 ? * MON 2030-2028)", "Year", "Year: “2030-2028” ends before it begins"),
        ("cron(61 0 0 ? * MON *)", "Seconds", "Seconds: “61” is not allowed. Use 0-59"),
        ("cron(0/0 0 ? * MON *)", "Minutes", "Minutes: “0/0” steps by 0: use 1 to 59"),
        ("cron(0 0 1 * MON *)", "Day-of-week", "one of Day-of-month and Day-of-week must be ?"),
        ("cron(0 0 ? * ? *)", "Day-of-month", "one of Day-of-month and Day-of-week must be ?"),
        ("cron(0 0 30 FEB ? *)", "Day-of-month", "there is no day 30 in month FEB"),
        ("cron(0 0 1 * ?)", "", "cron has 5 fields; give six (Minutes Hours"),
        ("cron(0 , 1 * ? *)", "Hours", "“” is not allowed"),
        ("rate(1 hours)", "rate", "write rate(1 hour)"),
        ("rate(5 hour)", "rate", "write rate(5 hours)"),
        ("rate(0 hours)", "rate", "use 1 or more"),
        ("rate(2 weeks)", "rate", "Use minutes, hours or days"),
        ("at(2026-02-30T00:00:00)", "at", "is no moment"),
        ("at(tomorrow)", "at", "Write it as in at(2026-11-27T03:00:00)"),
        ("every day", "", "is no schedule. Use cron("),
    ],
)
def test_what_is_wrong_is_said_with_the_field_and_what_it_may_hold(text: str, field: str, said: str) -> None:
    with pytest.raises(ScheduleInvalid) as raised:
        Schedule.of(text, since=SET_AT)
    assert raised.value.field == field
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"zone_name": "Europe/Atlantis"}, "ScheduleTimezone"),
        ({"zone_name": "../../etc/passwd"}, "ScheduleTimezone"),
        ({"zone_name": "Europe"}, "ScheduleTimezone"),
        ({"start_date": "next week"}, "StartDate"),
        ({"start_date": "2027-01-02", "end_date": "2027-01-01"}, "EndDate"),
    ],
)
def test_members_that_mean_nothing_are_named(members: dict[str, str], field: str) -> None:
    with pytest.raises(ScheduleInvalid) as raised:
        Schedule.of("cron(0 0 1 * ? *)", since=SET_AT, **members)  # type: ignore[arg-type]
    assert raised.value.field == field


def test_a_time_that_clocks_leave_out_is_skipped_and_one_shown_twice_runs_at_the_first() -> None:
    berlin = {"zone_name": "Europe/Berlin"}
    spring = datetime(2027, 3, 27, 12, tzinfo=UTC)
    assert runs("cron(30 2 * * ? *)", 2, after=spring, **berlin) == [
        "Mon 2027-03-29 02:30:00",
        "Tue 2027-03-30 02:30:00",
    ]
    autumn = Schedule.of("cron(30 2 * * ? *)", since=spring, zone_name="Europe/Berlin")
    first, second = autumn.upcoming(datetime(2027, 10, 30, 12, tzinfo=UTC), 2)
    assert (first, second) == (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 11, 1, 1, 30, tzinfo=UTC))
    assert autumn.previous_before(datetime(2027, 10, 31, 1, 15, tzinfo=UTC)) == first
    with pytest.raises(ScheduleInvalid, match="clocks in Europe/Berlin leave out 2027-03-28T02:30:00"):
        Schedule.of("at(2027-03-28T02:30:00)", since=spring, zone_name="Europe/Berlin")


def test_an_offset_comes_so_many_days_later_and_not_for_a_day_that_was_over() -> None:
    third_tuesday = "cron(30 23 ? * TUE#3 *)"
    on_monday, on_wednesday = datetime(2026, 12, 14, tzinfo=UTC), datetime(2026, 12, 16, tzinfo=UTC)
    assert runs(third_tuesday, 1, after=on_monday, offset_days=2) == ["Thu 2026-12-17 23:30:00"]
    assert runs(third_tuesday, 1, after=on_wednesday, offset_days=2) == ["Thu 2027-01-21 23:30:00"]
    schedule = Schedule.of(third_tuesday, since=on_monday, offset_days=2, zone_name="Europe/Berlin")
    assert sentence(schedule) == "On the third Tuesday of each month at 23:30, 2 days later, Europe/Berlin"
    each_second = Schedule.of("cron(* * * * * ? *)", since=on_monday, offset_days=1)
    assert each_second.previous_before(on_monday) is None
    first = datetime(2026, 12, 15, tzinfo=UTC)
    assert each_second.next_after(datetime(2000, 1, 1, tzinfo=UTC)) == first
    assert each_second.previous_before(first + timedelta(seconds=1)) == first
    with pytest.raises(ScheduleInvalid, match="goes with cron only"):
        Schedule.of("rate(7 days)", since=on_monday, offset_days=2)


def test_start_and_end_dates_bound_the_runs() -> None:
    # The guide's example: Wednesdays at nine in Los Angeles, active from the first of January 2021 there.
    members = {"zone_name": "America/Los_Angeles", "start_date": "2021-01-01T00:00:00-08:00"}
    before = datetime(2020, 12, 1, tzinfo=UTC)
    assert runs("cron(0 09 ? * WED *)", 1, after=before, **members) == ["Wed 2021-01-06 09:00:00"]
    bounded = Schedule.of("cron(0 09 ? * WED *)", since=before, end_date="2021-01-13T09:00:00-08:00", **members)  # type: ignore[arg-type]
    assert [run.day for run in bounded.upcoming(before, 9)] == [6, 13]
    assert bounded.previous_before(datetime(2030, 1, 1, tzinfo=UTC)) == datetime(2021, 1, 13, 17, tzinfo=UTC)
    assert bounded.previous_before(datetime(2021, 1, 2, tzinfo=UTC)) is None
    rate = Schedule.of("rate(7 days)", since=before, start_date="2021-01-01T00:00:00Z")
    assert [run.day for run in rate.upcoming(before, 2)] == [1, 8]


# -- an independent calculation --------------------------------------------------------------------------------------

NUMBERS = st.integers


def terms(low: int, high: int, words: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    number = NUMBERS(low, high)
    word = number.map(lambda n: words[n - low] if words else str(n))
    return st.one_of(
        st.just("*"),
        word,
        st.tuples(word, word).map("-".join) if low != 1970 else word,
        st.tuples(number, NUMBERS(1, high - low)).map(lambda pair: f"{pair[0]}/{pair[1]}"),
        st.lists(word, min_size=2, max_size=4).map(",".join),
    )


DAY = st.one_of(
    terms(1, 31),
    st.sampled_from(["L", "LW", "L-1", "L-5", "L-30", "1W", "15W", "31W", "L,15W", "1,LW"]),
    NUMBERS(1, 31).map(lambda n: f"{n}W"),
)
WEEKDAY = st.one_of(
    terms(1, 7),
    terms(1, 7, WEEK),
    st.just("L"),
    NUMBERS(1, 7).map(lambda n: f"{n}L"),
    st.tuples(st.sampled_from(WEEK), NUMBERS(1, 5)).map(lambda pair: f"{pair[0]}#{pair[1]}"),
)
DAY_FIELDS = st.one_of(DAY.map(lambda day: (day, "?")), WEEKDAY.map(lambda day: ("?", day)))
FEW_SECONDS = st.one_of(st.just("0"), terms(0, 59))


def listed(text: str, low: int, high: int, words: tuple[str, ...] = ()) -> set[int]:
    """Read a field by trying each of its numbers, one after the other."""
    found = set()
    for term in text.split(","):
        body, _, step = term.partition("/")
        body = str(low + words.index(body)) if body in words else body
        if body == "*":
            chain = list(range(low, high + 1))
        elif "-" in body:
            first, last = (low + words.index(end) if end in words else int(end) for end in body.split("-"))
            chain = [first]
            while chain[-1] != last:
                chain.append(low if chain[-1] == high else chain[-1] + 1)
        else:
            chain = list(range(int(body), high + 1)) if step else [int(body)]
        found |= {number for index, number in enumerate(chain) if index % int(step or 1) == 0}
    return found


def workday_of(day: datetime, number: int) -> bool:
    """Tell whether a day is the working day nearest to a day of its month: by looking at all others."""
    last = monthrange(day.year, day.month)[1]
    if number > last:
        return False
    working = [n for n in range(1, last + 1) if day.replace(day=n).isoweekday() <= 5]
    return day.day == min(working, key=lambda n: abs(n - number))


def fits_weekday(day: datetime, term: str) -> bool:
    number = day.isoweekday() % 7 + 1
    if term == "L":
        return number == 7
    if "#" in term:
        word, nth = term.split("#")
        return WEEK.index(word) + 1 == number and (day.day - 1) // 7 + 1 == int(nth)
    if term[-1] == "L":
        return int(term[:-1]) == number and day.day + 7 > monthrange(day.year, day.month)[1]
    return number in listed(term, 1, 7, WEEK)


def fits_date(day: datetime, term: str) -> bool:
    last = monthrange(day.year, day.month)[1]
    if term == "L":
        return day.day == last
    if term == "LW":
        return workday_of(day, last)
    if term.startswith("L-"):
        return day.day == last - int(term[2:])
    if term.endswith("W"):
        return workday_of(day, int(term[:-1]))
    return day.day in listed(term, 1, 31)


def fits_day(day: datetime, day_text: str, week_text: str) -> bool:
    if day_text == "?":
        return any(fits_weekday(day, term) for term in week_text.split(","))
    return any(fits_date(day, term) for term in day_text.split(","))


def brute_force(
    parts: tuple[str, ...], zone: ZoneInfo, start: datetime, days: int, *, offset: int = 0, since: datetime = SET_AT
) -> Iterator[datetime]:
    """Walk over every day and time that there is, as the clocks show it, and yield the moments in order."""
    second, minute, hour, day_text, month, week_text, year = parts
    hours, minutes, seconds = listed(hour, 0, 23), listed(minute, 0, 59), listed(second, 0, 59)
    months, years = listed(month, 1, 12, YEAR), listed(year, 1970, 2199)
    first = start.astimezone(zone).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0) - timedelta(
        days=2 + offset
    )
    # No clock leaves out or shows twice more than a day: what is two hours further back is over, whatever they do.
    last_seen = start.astimezone(zone).replace(tzinfo=None) - timedelta(days=1 + offset, hours=2)
    for index in range(days + 4 + offset):
        day = first + timedelta(days=index)
        if day.year not in years or day.month not in months or not fits_day(day, day_text, week_text):
            continue
        for h in sorted(hours):
            if day.replace(hour=h) < last_seen:
                continue
            for m in sorted(minutes):
                for s in sorted(seconds):
                    planned = day.replace(hour=h, minute=m, second=s)
                    if offset and planned.replace(tzinfo=zone).astimezone(UTC) < since:
                        continue
                    local = (planned + timedelta(days=offset)).replace(tzinfo=zone)
                    moment = local.astimezone(UTC)
                    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
                        yield moment


@cache
def zones() -> list[str]:
    return sorted(name for name in available_timezones() if name != "localtime")


@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_runs_agree_with_an_independent_calculation_in_every_zone(data: st.DataObject) -> None:
    second, minute, hour = data.draw(FEW_SECONDS), data.draw(terms(0, 59)), data.draw(terms(0, 23))
    day, week_day = data.draw(DAY_FIELDS)
    month = data.draw(st.one_of(st.just("*"), terms(1, 12), terms(1, 12, YEAR)))
    year = data.draw(st.one_of(st.just("*"), st.just("*"), st.just("2026-2030"), st.just("2027/2")))
    parts = (second, minute, hour, day, month, week_day, year)
    zone_name = data.draw(st.sampled_from(zones()))
    zone = ZoneInfo(zone_name)
    seconds = data.draw(NUMBERS(0, 4 * 365 * 86_400))
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    text = f"cron({' '.join(parts)})"
    if next(brute_force((*parts[:6], "*"), ZoneInfo("UTC"), start, 28 * 366), None) is None:
        with pytest.raises(ScheduleInvalid, match="there is no day"):
            Schedule.of(text, since=start, zone_name=zone_name)
        return
    offset = data.draw(st.sampled_from([0, 0, 1, 6]))
    since = start - timedelta(hours=data.draw(NUMBERS(0, 400)))
    schedule = Schedule.of(text, since=since, zone_name=zone_name, offset_days=offset)
    every = brute_force(parts, zone, start, 120, offset=offset, since=since)
    expected = first_of((m for m in every if m > start), 3)
    until = start + timedelta(days=120)
    assert [run for run in schedule.upcoming(start, 3) if run <= until] == [run for run in expected if run <= until]
    if expected:
        last = expected[-1]
        before = [m for m in [*expected, start] if m < last and m != start]
        assert schedule.previous_before(last) == (before[-1] if before else schedule.previous_before(start + EPSILON))
        assert schedule.previous_before(last + EPSILON) == last


EPSILON = timedelta(microseconds=1)


def first_of(moments: Iterator[datetime], count: int) -> list[datetime]:
    found: list[datetime] = []
    for moment in moments:
        found.append(moment)
        if len(found) == count:
            break
    return found


def next_change(zone: ZoneInfo, start: datetime) -> datetime | None:
    """Return a moment within an hour before the next change of the clocks, None where there is none in a year."""
    for day in range(366):
        at = start + timedelta(days=day)
        if at.astimezone(zone).utcoffset() == (at + timedelta(days=1)).astimezone(zone).utcoffset():
            continue
        for _ in range(24):
            following = at + timedelta(hours=1)
            if at.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
                return at
            at = following
    return None


@cache
def changes() -> list[tuple[str, datetime]]:
    """Return for each zone whose clocks change in 2027 a moment just before: in spring and in autumn."""
    year = datetime(2027, 1, 1, tzinfo=UTC)
    found = []
    for name in zones():
        first = next_change(ZoneInfo(name), year)
        if first is not None:
            second = next_change(ZoneInfo(name), first + timedelta(days=1))
            found += [(name, change) for change in (first, second) if change]
    return found


@settings(max_examples=EXAMPLES // 2, deadline=None)
@given(data=st.data())
def test_runs_agree_with_an_independent_calculation_where_clocks_change(data: st.DataObject) -> None:
    zone_name, change = data.draw(st.sampled_from(changes()))
    zone = ZoneInfo(zone_name)
    shown = [(change + timedelta(minutes=15 * quarter)).astimezone(zone).hour for quarter in range(-8, 16)]
    hour = data.draw(st.one_of(st.just("*"), st.sampled_from(shown + [(h + 1) % 24 for h in shown]).map(str)))
    minute = data.draw(st.one_of(st.sampled_from(["0", "30", "0/15", "*"]), terms(0, 59)))
    parts = ("0", minute, hour, "*", "*", "?", "*")
    start = change + timedelta(minutes=data.draw(NUMBERS(-180, 240)))
    schedule = Schedule.of(f"cron({' '.join(parts)})", since=start, zone_name=zone_name)
    days = list(brute_force(parts, zone, start - timedelta(days=1), 3))
    after, before = [m for m in days if m > start], [m for m in days if m < start]
    count = min(len(after), 200)
    assert schedule.upcoming(start, count) == after[:count]
    assert schedule.previous_before(start) == before[-1]


@settings(max_examples=EXAMPLES // 3, deadline=None)
@given(
    value=st.integers(1, 5000),
    unit=st.sampled_from([("minute", 60), ("hour", 3600), ("day", 86_400)]),
    gone=st.integers(0, 10**8),
)
def test_a_rate_runs_at_whole_multiples_since_it_was_set(value: int, unit: tuple[str, int], gone: int) -> None:
    schedule = Schedule.of(
        f"rate({value} {unit[0]}{'s' if value > 1 else ''})", since=SET_AT, zone_name="Europe/Berlin"
    )
    now = SET_AT + timedelta(seconds=gone)
    following, previous = schedule.next_after(now), schedule.previous_before(now + EPSILON)
    every = value * unit[1]
    count = gone // every
    assert following == SET_AT + timedelta(seconds=every * (count + 1))
    assert previous == (SET_AT + timedelta(seconds=every * count) if count else None)
