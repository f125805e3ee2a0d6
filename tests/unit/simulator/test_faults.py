import json

from patchgui.simulator.faults import Fault, FaultBook, FaultKind
from patchgui.simulator.future import MEMBER, of_tomorrow
from patchgui.simulator.limits import CallLimits


class Now:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_fault_strikes_the_calls_it_is_for_as_often_as_it_is_for() -> None:
    book = FaultBook(Now())
    book.add(Fault(FaultKind.LOSE, frozenset({"SendCommand"}), times=2))
    assert book.strikes(FaultKind.LOSE, "ListCommands") is None
    assert book.strikes(FaultKind.THROTTLE, "SendCommand") is None
    assert [book.strikes(FaultKind.LOSE, "SendCommand") is not None for _ in range(3)] == [True, True, False]


def test_a_fault_is_over_after_its_time_and_when_it_is_cleared() -> None:
    now = Now()
    book = FaultBook(now)
    book.add(Fault(FaultKind.OUTAGE, for_s=300))
    book.add(Fault(FaultKind.EXPIRE))
    now.at = 299
    assert book.strikes(FaultKind.OUTAGE, "ListCommands")
    assert [each.for_s for each in book.on()] == [1, None]
    now.at = 300
    assert book.strikes(FaultKind.OUTAGE, "ListCommands") is None
    book.clear([FaultKind.EXPIRE])
    assert book.on() == []


def test_limits_let_a_burst_through_and_then_so_many_a_second() -> None:
    now = Now()
    limits = CallLimits(now)
    assert sum(limits.admits("SendCommand") for _ in range(100)) == 20
    assert limits.admits("ListCommands")
    now.at = 1.0
    assert sum(limits.admits("SendCommand") for _ in range(100)) == 5


def test_tomorrow_adds_to_structures_and_leaves_maps_of_the_callers_alone() -> None:
    body = {"Commands": [{"Status": "InProgress", "Parameters": {"Operation": ["Install"]}}], "NextToken": "t"}
    (command,) = json.loads(of_tomorrow(json.dumps(body).encode()))["Commands"]
    assert command["Status"] == "Verifying"
    assert command["Parameters"] == {"Operation": ["Install"]}
    assert MEMBER in command
