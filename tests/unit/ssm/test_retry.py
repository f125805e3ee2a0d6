import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.ssm.errors import (
    AccessDenied,
    ClockSkew,
    Conflict,
    InvalidInput,
    NotFound,
    PatchError,
    ProtocolError,
    ServiceError,
    Throttled,
    TimedOut,
    TlsRefused,
    Unreachable,
)
from patchgui.ssm.retry import RetryPolicy

LONGEST = RetryPolicy(random=lambda: 1.0)
FAULT = ServiceError("failed", http_status=500)


def delays_s(error: PatchError, *, is_repeatable: bool = True) -> list[float]:
    found: list[float] = []
    while (delay_s := LONGEST.delay_s(error, len(found) + 1, is_repeatable=is_repeatable)) is not None:
        found.append(delay_s)
    return found


def test_the_bound_doubles_up_to_a_cap() -> None:
    assert delays_s(Throttled("slower"))[:9] == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 20.0, 20.0]


@given(st.floats(0, 1, exclude_max=True), st.integers(1, 8))
def test_the_wait_is_anywhere_below_the_bound(chance: float, attempt: int) -> None:
    delay_s = RetryPolicy(random=lambda: chance).delay_s(Throttled("slower"), attempt, is_repeatable=True)
    assert delay_s is not None
    assert 0 <= delay_s <= 0.2 * 2 ** (attempt - 1)


@pytest.mark.parametrize("error", [Unreachable("gone"), TimedOut("silent")])
def test_a_broken_connection_is_tried_twice_more(error: PatchError) -> None:
    assert len(delays_s(error)) == 2


def test_a_failing_service_is_tried_thrice_more() -> None:
    assert len(delays_s(FAULT)) == 3


@pytest.mark.parametrize("error", [Unreachable("gone"), TimedOut("silent"), FAULT])
def test_a_call_that_does_harm_twice_is_not_made_twice(error: PatchError) -> None:
    assert delays_s(error, is_repeatable=False) == []


def test_a_throttled_call_did_nothing_and_may_always_be_made_again() -> None:
    assert len(delays_s(Throttled("slower"), is_repeatable=False)) == 39


@pytest.mark.parametrize(
    "error",
    [
        AccessDenied("no", http_status=400),
        NotFound("no", http_status=400),
        InvalidInput("no", http_status=400),
        Conflict("no", http_status=400),
        ClockSkew("no"),
        ProtocolError("what?"),
        TlsRefused("no"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_stays_wrong_is_not_tried_again(error: PatchError) -> None:
    assert delays_s(error) == []
