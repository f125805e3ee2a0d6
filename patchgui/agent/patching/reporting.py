"""The reports of an operation: for scripts on the node, and for the agent."""

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from patchgui.agent.patching import records
from patchgui.agent.patching.assessment import (
    FAILED,
    INSTALLED,
    INSTALLED_OTHER,
    INSTALLED_PENDING_REBOOT,
    INSTALLED_REJECTED,
    MISSING,
    NON_COMPLIANT,
    Patch,
)
from patchgui.agent.patching.baseline import Baseline
from patchgui.agent.patching.options import Options
from patchgui.agent.patching.refresh import COMMAND_ID

_COUNTED = {
    "installed": INSTALLED,
    "installed_other": INSTALLED_OTHER,
    "installed_pending_reboot": INSTALLED_PENDING_REBOOT,
    "installed_rejected": INSTALLED_REJECTED,
    "missing": MISSING,
    "failed": FAILED,
}


# From the least to the gravest (engine.md §12.8); a level that is not named here counts as the least.
_LEVELS = ("UNSPECIFIED", "INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL")


class Operation(NamedTuple):
    """One operation that has ended; moments are epoch seconds UTC."""

    options: Options
    baseline: Baseline
    started_at: float
    ended_at: float
    installed_without_reboot_at: float
    override_list: str = ""


class _Wrong(NamedTuple):
    """A patch that is not in the state that it should be in."""

    level: str
    is_security: bool


def count(patches: Sequence[Patch]) -> dict[str, int]:
    """Return how many patches are in each state, and how grave those are that should not be in theirs."""
    counts = {name: sum(patch.state == state for patch in patches) for name, state in _COUNTED.items()}
    return {**counts, "not_applicable": 0, **_gravity(_wrong(patches))}


def _wrong(patches: Sequence[Patch]) -> list[_Wrong]:
    return [_Wrong(patch.compliance_level, patch.is_security) for patch in patches if patch.state in NON_COMPLIANT]


def _gravity(wrong: Sequence[_Wrong]) -> dict[str, int]:
    """Return the three counts of what is wrong; a critical security patch is in two of them, as on AWS."""
    return {
        "critical_non_compliant": sum(each.level == "CRITICAL" for each in wrong),
        "security_non_compliant": sum(each.is_security for each in wrong),
        "other_non_compliant": sum(each.level != "CRITICAL" and not each.is_security for each in wrong),
    }


def _gravest(wrong: Sequence[_Wrong]) -> str:
    """Return the gravest level of what is wrong; where no level is given, that is INFORMATIONAL."""
    ranks = [_LEVELS.index(each.level) for each in wrong if each.level in _LEVELS]
    return _LEVELS[max((_LEVELS.index("INFORMATIONAL"), *ranks))]


def write(operation: Operation, patches: Sequence[Patch]) -> None:
    """Write all records of an operation; the agent's own report comes last, as the word that the others are there."""
    counts = count(patches)
    records.write(patches, operation.installed_without_reboot_at)
    _write_summary(operation, counts, _wrong(patches))
    records.write_json(records.REPORT, _report(operation, patches, counts))


def settle_after_reboot() -> int:
    """Turn what waited for a reboot into installed in all records, without asking apt; return how many it was.

    Amazon's agent leaves this to the next scan. The node has just restarted for these patches: we say so at once.
    """
    report, summary, states = (records.read_json(path) for path in (records.REPORT, records.SUMMARY, records.STATES))
    if not (isinstance(report, dict) and isinstance(summary, dict) and isinstance(states, dict)):
        return 0
    waiting = [patch for patch in report["patches"] if patch["state"] == INSTALLED_PENDING_REBOOT]
    for patch in [*waiting, *states["patchStates"].values()]:
        if patch["state"] == INSTALLED_PENDING_REBOOT:
            patch["state"] = INSTALLED
    wrong = [
        _Wrong(patch.get("compliance_level", ""), patch["classification"] == "Security")
        for patch in report["patches"]
        if patch["state"] in NON_COMPLIANT
    ]
    counts = report["counts"]
    counts.update(_gravity(wrong), installed=counts["installed"] + len(waiting), installed_pending_reboot=0)
    _fill(summary["Content"][0], counts, wrong)
    records.write_json(records.STATES, states, durable=True)
    records.write_json(records.SUMMARY, summary)
    records.write_json(records.REPORT, report)
    return len(waiting)


def _report(operation: Operation, patches: Sequence[Patch], counts: dict[str, int]) -> dict[str, Any]:
    options = operation.options
    return {
        "operation": options.operation,
        "operation_start_at": operation.started_at,
        "operation_end_at": operation.ended_at,
        "baseline_id": operation.baseline.baseline_id,
        "snapshot_id": options.snapshot_id,
        "install_override_list": operation.override_list,
        "reboot_option": options.reboot_option,
        "last_no_reboot_install_at": operation.installed_without_reboot_at,
        "counts": counts,
        "patches": [_entry(patch) for patch in patches],
    }


def _entry(patch: Patch) -> dict[str, Any]:
    package = patch.package
    is_present = patch.version == package.version
    return {
        "title": patch.title,
        "kb_id": package.identifier,
        "classification": "Security" if patch.is_security else "Other",
        "severity": package.priority.capitalize(),
        "compliance_level": patch.compliance_level,
        "state": patch.state,
        "installed_time": package.installed_at if is_present and package.installed_at else None,
        "cve_ids": "",
    }


def _write_summary(operation: Operation, counts: dict[str, int], wrong: Sequence[_Wrong]) -> None:
    """Write the inventory item AWS:PatchSummary; one count a line, as the hooks document picks them out with grep."""
    options = operation.options
    content = {
        "BaselineId": operation.baseline.baseline_id,
        "PatchGroup": operation.baseline.patch_group,
        "SnapshotId": options.snapshot_id,
        "ExecutionId": COMMAND_ID,
        "OperationType": options.operation,
        "OperationStartTime": _iso(operation.started_at),
        "OperationEndTime": _iso(operation.ended_at),
        "RebootOption": options.reboot_option,
    }
    if operation.override_list:
        content["InstallOverrideList"] = operation.override_list
    if operation.installed_without_reboot_at:
        content["LastNoRebootInstallOperationTime"] = _iso(operation.installed_without_reboot_at)
    _fill(content, counts, wrong)
    item = {
        "TypeName": "AWS:PatchSummary",
        "SchemaVersion": "1.0",
        "CaptureTime": _iso(operation.ended_at),
        "Content": [content],
    }
    records.write_json(records.SUMMARY, item)


def _fill(content: dict[str, str], counts: dict[str, int], wrong: Sequence[_Wrong]) -> None:
    """Write counts into the summary, and how grave the gravest of what is wrong is; a compliant node has none."""
    for name, number in counts.items():
        content["".join(word.capitalize() for word in name.split("_")) + "Count"] = str(number)
    content.pop("NonCompliantSeverity", None)
    if wrong:
        content["NonCompliantSeverity"] = _gravest(wrong)


def _iso(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
