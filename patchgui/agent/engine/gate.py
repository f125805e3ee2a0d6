"""Whether a step is let in: flow control, platform, precondition (engine.md §3)."""

from collections.abc import Collection
from enum import Enum, auto
from typing import NamedTuple

from patchgui.agent.engine.preconditions import judge
from patchgui.agent.engine.prepare import Step

_KNOWN = frozenset(
    f"aws:{name}"
    for name in (
        *("applications", "cloudWatch", "configureDaemon", "configureDocker", "configurePackage", "domainJoin"),
        *("downloadContent", "psModule", "refreshAssociation", "runDockerAction", "runDocument"),
        *("runPowerShellScript", "runShellScript", "softwareInventory", "updateAgent", "updateSsmAgent"),
    )
)
_NO_HANDLER_ON_LINUX = frozenset({"aws:applications", "aws:psModule", "aws:updateAgent", "aws:configureDaemon"})


class Decision(Enum):
    """What is done with a step."""

    RUN = auto()
    SKIP = auto()
    FAIL = auto()


class Gate(NamedTuple):
    """The decision on a step and, unless it runs, the reason."""

    decision: Decision
    reason: str = ""


def is_known(action: str) -> bool:
    """Return whether the real agent knows the action; case matters."""
    return action in _KNOWN


def has_handler(action: str) -> bool:
    """Return whether the real agent runs the action on Linux."""
    return action in _KNOWN and action not in _NO_HANDLER_ON_LINUX


def decide(step: Step, platform_type: str) -> Gate:
    """Return what is done with a step that flow control lets through."""
    return _decide_by_platform(step, platform_type) if step.has_preconditions else _decide_without_platforms(step)


def skipped_by_flow(step: Step) -> Gate:
    """Return the gate of a step that an earlier one's exit skips."""
    return Gate(
        Decision.SKIP,
        f"Plugin with name {step.action} and id {step.name} skipped due to prior step with an exit condition",
    )


def _decide_without_platforms(step: Step) -> Gate:
    """Decide for the schemas before 2.2, where nothing is ever skipped."""
    if not is_known(step.action):
        return _unknown(step)
    if step.preconditions:
        return Gate(
            Decision.FAIL,
            f"Precondition is not supported for document schema version prior to 2.2. Step name: {step.name}",
        )
    if not has_handler(step.action):
        return Gate(Decision.FAIL, f"Plugin with name {step.action} not found. Step name: {step.name}")
    return Gate(Decision.RUN)


def _decide_by_platform(step: Step, platform_type: str) -> Gate:
    verdict = judge(step.preconditions, platform_type)
    if verdict.holds and not is_known(step.action):
        return _unknown(step)
    if not has_handler(step.action):
        return Gate(
            Decision.SKIP, f"Step execution skipped due to unsupported plugin: {step.action}. Step name: {step.name}"
        )
    remarks = _listed(verdict.remarks)
    if not verdict.holds:
        return Gate(
            Decision.SKIP, f"Step execution skipped due to unsatisfied preconditions: {remarks}. Step name: {step.name}"
        )
    if verdict.remarks:
        return Gate(
            Decision.FAIL,
            f"Unrecognized precondition(s): {remarks}, please update agent to latest version. Step name: {step.name}",
        )
    return Gate(Decision.RUN)


def _unknown(step: Step) -> Gate:
    return Gate(
        Decision.FAIL,
        f"Plugin with name {step.action} is not supported by this version of ssm agent, "
        f"please update to latest version. Step name: {step.name}",
    )


def _listed(remarks: Collection[str]) -> str:
    return f"'{', '.join(remarks)}'"
