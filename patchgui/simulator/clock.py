"""The fleet's own time: it runs as fast as it is told, or stands still and is stepped."""

import time
from collections.abc import Callable
from typing import NamedTuple


class _Stretch(NamedTuple):
    """From a moment of the fleet, which is a moment of the wall, time ran at one speed."""

    fleet_at: float
    wall_at: float
    speed: float


class FleetClock:
    """Moments are epoch seconds; ``speed`` is how many seconds of the fleet pass in one of ours, 0 for a stepped clock.

    Callers compare what they are told with their own clocks. So every moment in an answer is ``shown``: the moment of
    the wall at which the fleet got there. A stepped clock has no wall and shows its own time.
    """

    def __init__(
        self,
        speed: float = 1.0,
        *,
        start_at: float | None = None,
        wall: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall_start = wall() if start_at is None else start_at
        self._ticks = ticks
        self._ticks_start = ticks()
        self._stretches = [_Stretch(self._wall_start, self._wall_start, speed)]

    @property
    def speed(self) -> float:
        """Seconds of the fleet in one of ours; 0 when it is stepped."""
        return self._stretches[-1].speed

    @property
    def is_stepped(self) -> bool:
        """Whether time passes only by ``advance``."""
        return self.speed == 0

    def now(self) -> float:
        """Return the fleet's moment."""
        last = self._stretches[-1]
        return last.fleet_at + (self._wall() - last.wall_at) * last.speed

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        self._begin(self.now() + seconds, self.speed)

    def set_speed(self, speed: float) -> None:
        """Go on at another speed."""
        self._begin(self.now(), speed)

    def in_fleet_time(self, seconds: float) -> float:
        """Return how long on this clock a caller's seconds are."""
        return seconds * (self.speed or 1.0)

    def shown(self, moment: float) -> float:
        """Return a moment of the fleet as callers are told it."""
        if self.is_stepped:
            return moment
        stretch = next((each for each in reversed(self._stretches) if each.fleet_at <= moment), None)
        if stretch is None:
            # Before the fleet was there, time ran as everywhere.
            return moment
        return stretch.wall_at + (moment - stretch.fleet_at) / (stretch.speed or 1.0)

    def _wall(self) -> float:
        # Not the wall itself: somebody may set that back.
        return self._wall_start + self._ticks() - self._ticks_start

    def _begin(self, fleet_at: float, speed: float) -> None:
        self._stretches.append(_Stretch(fleet_at, self._wall(), speed))
