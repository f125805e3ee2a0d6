"""Calls of our own, beside Systems Manager's: what goes wrong, how fast time passes, how much was asked."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from patchgui import __version__
from patchgui.agent.api.operation import Operation
from patchgui.simulator.faults import Fault, FaultKind
from patchgui.simulator.parts import FleetParts
from patchgui.ssm.shapes.base import Shape

_Seconds = Annotated[float, Field(ge=0, le=366 * 86400)]


class AddFaultRequest(Shape):
    """Let something go wrong: see `Fault`. ``Calls`` empty means all calls."""

    kind: FaultKind
    calls: tuple[str, ...] = ()
    for_seconds: _Seconds | None = None
    times: Annotated[int, Field(ge=1)] | None = None
    amount: float = 0.0


class ClearFaultsRequest(Shape):
    """Let everything go right again, or only what these kinds spoil."""

    kinds: tuple[FaultKind, ...] = ()


class SetClockRequest(Shape):
    """Go on at another speed, or let time pass at once."""

    speed: Annotated[float, Field(ge=0, le=10_000)] | None = None
    advance_seconds: _Seconds | None = None


class StatusRequest(Shape):
    """Ask how the fleet is."""


class FaultShown(Shape):
    """A fault that is on, with what is left of it."""

    kind: str
    calls: tuple[str, ...]
    for_seconds: float | None
    times: int | None
    amount: float


class StatusResult(Shape):
    """How the fleet is; ``calls`` counts the requests that came, by call."""

    version: str = __version__
    node_count: int = 0
    command_count: int = 0
    now: float = 0.0
    speed: float = 1.0
    faults: tuple[FaultShown, ...] = ()
    calls: dict[str, int] = Field(default_factory=dict)


async def add_fault(parts: FleetParts, request: AddFaultRequest) -> StatusResult:
    """Let something go wrong from now on."""
    parts.faults.add(
        Fault(request.kind, frozenset(request.calls), request.for_seconds, request.times, amount=request.amount)
    )
    return _status(parts)


async def clear_faults(parts: FleetParts, request: ClearFaultsRequest) -> StatusResult:
    """Let everything go right again."""
    parts.faults.clear(request.kinds)
    return _status(parts)


async def set_clock(parts: FleetParts, request: SetClockRequest) -> StatusResult:
    """Change how time passes."""
    if request.speed is not None:
        parts.fleet.clock.set_speed(request.speed)
    if request.advance_seconds is not None:
        parts.fleet.clock.advance(request.advance_seconds)
    return _status(parts)


async def status(parts: FleetParts, _request: StatusRequest) -> StatusResult:
    """Return how the fleet is."""
    return _status(parts)


def _status(parts: FleetParts) -> StatusResult:
    fleet = parts.fleet
    now = fleet.catch_up()
    faults = tuple(
        FaultShown(
            kind=each.kind,
            calls=tuple(sorted(each.calls)),
            for_seconds=each.for_s,
            times=each.times,
            amount=each.amount,
        )
        for each in parts.faults.on()
    )
    return StatusResult(
        node_count=len(fleet.population),
        command_count=fleet.command_count,
        now=now,
        speed=fleet.clock.speed,
        faults=faults,
        calls=dict(parts.calls),
    )


OPERATIONS: Mapping[str, Operation[FleetParts]] = {
    "AddFault": Operation(AddFaultRequest, add_fault),
    "ClearFaults": Operation(ClearFaultsRequest, clear_faults),
    "SetClock": Operation(SetClockRequest, set_clock),
    "Status": Operation(StatusRequest, status),
}
