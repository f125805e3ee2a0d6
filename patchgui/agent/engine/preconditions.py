"""Whether a step's precondition holds (engine.md §3.6, §3.7)."""

from collections.abc import Mapping
from typing import NamedTuple

from patchgui.agent.engine.parameter_store import has_reference, has_secure_reference

_PLATFORM = "platformType"


class Operand(NamedTuple):
    """One side of a comparison: as written, and with its parameters filled in."""

    written: str
    filled: str

    @property
    def has_parameters(self) -> bool:
        """Whether filling in changed it."""
        return self.written != self.filled


Preconditions = Mapping[str, tuple[Operand, ...]]


class Verdict(NamedTuple):
    """What came of a step's preconditions; ``remarks`` name those that are malformed or don't hold."""

    holds: bool
    remarks: tuple[str, ...]


def judge(preconditions: Preconditions, platform_type: str) -> Verdict:
    """Return whether all conditions hold on a platform, and what is to say about those that don't or can't."""
    outcomes = [_judge_one(operator, operands, platform_type) for operator, operands in preconditions.items()]
    return Verdict(
        holds=all(holds for holds, _ in outcomes),
        remarks=tuple(remark for _, remark in outcomes if remark),
    )


def _judge_one(operator: str, operands: tuple[Operand, ...], platform_type: str) -> tuple[bool, str]:
    """Return whether a condition holds (a malformed one is left to its remark), and the remark on it."""
    if operator != "StringEquals":
        return True, f'unrecognized operator: "{operator}"'
    if len(operands) != 2:
        return True, '"StringEquals": operator accepts exactly 2 arguments'
    left, right = operands
    if malformed := _malformed(left, right):
        return True, f'"StringEquals": {malformed}'
    if _PLATFORM in {left.written, right.written}:
        wanted = right if left.written == _PLATFORM else left
        holds = wanted.written.lower() == platform_type.lower()
    else:
        holds = left.filled == right.filled
    return holds, "" if holds else f'"StringEquals": [{left.written}, {right.written}]'


def _malformed(left: Operand, right: Operand) -> str:
    both = (left, right)
    if left.written == right.written:
        same_platform = f"[{_PLATFORM} {_PLATFORM}]"
        return same_platform if left.written == _PLATFORM else "operator's arguments can't be identical"
    if any(has_reference(side.written) for side in both):
        return "operator's arguments can't contain SSM parameters"
    if any(has_secure_reference(side.written) for side in both):
        return "operator's arguments can't contain secure SSM parameters"
    if _PLATFORM in {left.written, right.written}:
        wanted = right if left.written == _PLATFORM else left
        if wanted.written.lower() != wanted.filled.lower():
            return "the second argument for the platformType variable can't contain document parameters"
        return ""
    if not any(side.has_parameters for side in both):
        return "at least one of operator's arguments must contain a valid document parameter"
    return ""
