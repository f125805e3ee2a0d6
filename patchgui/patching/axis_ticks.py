"""The marks of a time axis: round moments by the clock on the wall, right on days on which clocks change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

_STEPS_S: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200)
_FINE_STEPS_MS: Final = (50, 100, 200, 500)
_DAY_STEPS: Final = (1, 2, 7, 14, 30, 90, 365)
_DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark. A mark that begins a day carries the day, not the clock."""

    moment: datetime
    label: str
    begins_day: bool = False


def ticks(first: datetime, last: datetime, least_s: float, zone: tzinfo | None = None) -> list[Tick]:
    """Return the round moments from ``first`` to ``last`` (aware), at least ``least_s`` seconds apart.

    ``zone`` is whose wall clock counts; None is this machine's.
    """
    if least_s < 1:
        return _fine_ticks(first, last, least_s, zone)
    for step_s in _STEPS_S:
        if step_s >= least_s:
            return [_tick(moment, step_s) for moment in _within_days(first, last, step_s, zone)]
    days = next((step for step in _DAY_STEPS if step * _DAY_S >= least_s), None) or round(least_s / _DAY_S) + 1
    return [Tick(moment, _day(moment), begins_day=True) for moment in _days(first, last, days, zone)]


def _fine_ticks(first: datetime, last: datetime, least_s: float, zone: tzinfo | None) -> list[Tick]:
    step_ms = next((step for step in _FINE_STEPS_MS if step >= least_s * 1000), 1000)
    local = first.astimezone(zone)
    over_ms = (local.microsecond / 1000) % step_ms
    moment = local + timedelta(milliseconds=(step_ms - over_ms) % step_ms)
    found = []
    while moment <= last:
        found.append(Tick(moment, f"{moment:%H:%M:%S}.{round(moment.microsecond / 1e5) % 10}"))
        moment += timedelta(milliseconds=step_ms)
    return found


def _within_days(first: datetime, last: datetime, step_s: int, zone: tzinfo | None) -> Iterator[datetime]:
    moment = _rounded_up(first, step_s, zone)
    while moment <= last:
        yield moment
        # Elapsed time first, then the wall clock: an hour that comes twice is marked twice, one left out never.
        moment = _rounded_up(_later(moment, 1, zone), step_s, zone)


def _rounded_up(moment: datetime, step_s: int, zone: tzinfo | None) -> datetime:
    local = _later(moment, 0, zone)
    for _ in range(3):  # a clock change between here and there moves the goal: look again from there
        over_s = (local.hour * 3600 + local.minute * 60 + local.second + local.microsecond / 1e6) % step_s
        if not over_s:
            break
        local = _later(local, step_s - over_s, zone)
    return local.replace(microsecond=0) if local.microsecond < 1000 else local


def _later(moment: datetime, by_s: float, zone: tzinfo | None) -> datetime:
    return (moment.astimezone(UTC) + timedelta(seconds=by_s)).astimezone(zone)


def _days(first: datetime, last: datetime, step: int, zone: tzinfo | None) -> Iterator[datetime]:
    day = first.astimezone(zone).date()
    number = -(-day.toordinal() // step) * step
    while True:
        moment = _midnight(date.fromordinal(number), zone)
        if moment > last:
            return
        if moment >= first:
            yield moment
        number += step


def _midnight(day: date, zone: tzinfo | None) -> datetime:
    # Through UTC and back: where clocks leave midnight out, the day begins at the next moment that exists.
    return _later(datetime.combine(day, time(), zone), 0, zone)


def _tick(moment: datetime, step_s: int) -> Tick:
    if moment.hour == moment.minute == moment.second == 0:
        return Tick(moment, _day(moment), begins_day=True)
    return Tick(moment, f"{moment:%H:%M}" if step_s >= 60 else f"{moment:%H:%M:%S}")


def _day(moment: datetime) -> str:
    return f"{moment:%a} {moment.day} {moment:%b}"
