"""Answers as a later release of the service might give them: members and statuses that nobody here has heard of."""

import json
from typing import Any

MEMBER = "MemberOfTomorrow"
_FREE_KEYS = frozenset({"Parameters", "TaskParameters", "InstanceAssociationStatusAggregatedCount"})
"""Members that are maps: their keys are the caller's, not the service's."""
_NEW_VALUES = {
    ("Status", "InProgress"): "Verifying",
    ("StatusDetails", "InProgress"): "Verifying",
    ("PingStatus", "ConnectionLost"): "Hibernating",
    ("PlatformType", "MacOS"): "Plan9",
    ("Operation", "Scan"): "Rehearse",
}


def of_tomorrow(body: bytes) -> bytes:
    """Return a JSON answer with new members in every structure and new statuses in place of some."""
    return json.dumps(_changed(json.loads(body))).encode()


def _changed(value: Any) -> Any:
    if isinstance(value, list):
        return [_changed(each) for each in value]
    if not isinstance(value, dict):
        return value
    members = {name: _changed_member(name, member) for name, member in value.items()}
    return {**members, MEMBER: {"Kind": "structure", "Values": [1, 2.5, None, "…"]}}


def _changed_member(name: str, member: Any) -> Any:
    if name in _FREE_KEYS:
        return member
    return _NEW_VALUES.get((name, member), member) if isinstance(member, str) else _changed(member)
