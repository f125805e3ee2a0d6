"""Which steps are let in, which are skipped, which fail at the gate."""

from typing import Any

import pytest

from patchgui.agent.engine.gate import Decision, decide
from patchgui.agent.engine.preconditions import Operand
from patchgui.agent.engine.prepare import Step

SHELL = "aws:runShellScript"
WINDOWS_ONLY = "aws:psModule"
UNKNOWN = "aws:nope"

ON_LINUX = {"StringEquals": (Operand("platformType", "platformType"), Operand("Linux", "Linux"))}
ON_WINDOWS = {"StringEquals": (Operand("platformType", "platformType"), Operand("Windows", "Windows"))}
MALFORMED = {"StringLike": (Operand("a", "a"),)}


def decided(action: str, preconditions: Any, *, has_preconditions: bool = True) -> Decision:
    step = Step("s", action, {}, preconditions=preconditions, has_preconditions=has_preconditions)
    return decide(step, "Linux").decision


@pytest.mark.parametrize(
    ("action", "preconditions", "decision"),
    [
        (SHELL, {}, Decision.RUN),
        (UNKNOWN, {}, Decision.FAIL),
        ("aws:RunShellScript", {}, Decision.FAIL),
        (WINDOWS_ONLY, {}, Decision.SKIP),
        (SHELL, ON_LINUX, Decision.RUN),
        (UNKNOWN, ON_LINUX, Decision.FAIL),
        (UNKNOWN, ON_WINDOWS, Decision.SKIP),
        (WINDOWS_ONLY, ON_LINUX, Decision.SKIP),
        (SHELL, ON_WINDOWS, Decision.SKIP),
        (SHELL, {**ON_WINDOWS, **MALFORMED}, Decision.SKIP),
        (SHELL, {**ON_LINUX, **MALFORMED}, Decision.FAIL),
        (SHELL, MALFORMED, Decision.FAIL),
        (UNKNOWN, MALFORMED, Decision.FAIL),
        (WINDOWS_ONLY, MALFORMED, Decision.SKIP),
    ],
)
def test_schema_2_2_skips_what_is_not_for_this_platform(action: str, preconditions: Any, decision: Decision) -> None:
    assert decided(action, preconditions) is decision


@pytest.mark.parametrize(
    ("action", "preconditions", "decision"),
    [
        (SHELL, {}, Decision.RUN),
        (UNKNOWN, {}, Decision.FAIL),
        (WINDOWS_ONLY, {}, Decision.FAIL),
        (SHELL, ON_LINUX, Decision.FAIL),
        (SHELL, ON_WINDOWS, Decision.FAIL),
    ],
)
def test_older_schemas_never_skip(action: str, preconditions: Any, decision: Decision) -> None:
    assert decided(action, preconditions, has_preconditions=False) is decision


@pytest.mark.parametrize(
    ("left", "right", "decision"),
    [
        (("platformType", None), ("linux", None), Decision.RUN),
        (("LINUX", None), ("platformType", None), Decision.RUN),
        (("platformType", None), ("MacOS", None), Decision.SKIP),
        (("platformType", None), ("platformType", None), Decision.FAIL),
        (("platformType", None), ("{{ p }}", "Linux"), Decision.FAIL),
        (("platformType", None), ("{{ p }}", "{{ P }}"), Decision.SKIP),
        (("PlatformType", None), ("Linux", None), Decision.FAIL),
        (("x", None), ("x", None), Decision.FAIL),
        (("x", None), ("y", None), Decision.FAIL),
        (("{{ p }}", "Install"), ("Install", None), Decision.RUN),
        (("{{ p }}", "Install"), ("install", None), Decision.SKIP),
        (("{{ p }}", "a"), ("{{ q }}", "a"), Decision.RUN),
        (("{{ nope }}", None), ("x", None), Decision.FAIL),
        (("{{ ssm:x }}", None), ("x", None), Decision.FAIL),
        (("{{ p }}", "x"), ("{{ssm-secure:x}}", None), Decision.FAIL),
    ],
)
def test_comparison(left: tuple[str, str | None], right: tuple[str, str | None], decision: Decision) -> None:
    operands = tuple(Operand(written, filled or written) for written, filled in (left, right))
    assert decided(SHELL, {"StringEquals": operands}) is decision


@pytest.mark.parametrize("number", [0, 1, 3])
def test_comparison_takes_two_operands(number: int) -> None:
    assert decided(SHELL, {"StringEquals": (Operand("{{ p }}", "x"),) * number}) is Decision.FAIL
