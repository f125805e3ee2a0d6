"""Targets, tasks and statuses of windows in words."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from patchgui.patching.document_steps import NO_HOOK
from patchgui.patching.wording import listed

if TYPE_CHECKING:
    from patchgui.ssm.shapes import Target
    from patchgui.ssm.shapes.maintenance_windows import GetMaintenanceWindowTaskResult, MaintenanceWindowTarget

_STATUSES = {
    "PENDING": ("waiting", "Pending"),
    "IN_PROGRESS": ("running", "In progress"),
    "SUCCESS": ("success", "Success"),
    "FAILED": ("failed", "Failed"),
    "TIMED_OUT": ("timed_out", "Timed out"),
    "CANCELLING": ("cancelled", "Cancelling"),
    "CANCELLED": ("cancelled", "Cancelled"),
    "SKIPPED_OVERLAPPING": ("skipped", "Skipped"),
}
_HOOKS = (
    ("PreInstallHookDocName", "Before install"),
    ("PostInstallHookDocName", "After install"),
    ("OnExitHookDocName", "On exit"),
)
_NAMED = 3


def status_look(status: str) -> tuple[str, str]:
    """Return the look and the word of an execution's status; one that is not known is shown as it is."""
    return _STATUSES.get(status, ("unknown", status or "Unknown"))


def target_words(targets: "Sequence[Target]", registered: Mapping[str, str]) -> str:
    """Return what targets stand for: ``tag PatchGroup = web-servers``; ``registered`` are names by target id."""
    told = []
    for target in targets:
        values = [registered.get(value, value) for value in target.values]
        match target.key:
            case "WindowTargetIds":
                told.append(listed(values, _NAMED))
            case "InstanceIds":
                told.append(f"node {values[0]}" if len(values) == 1 else f"nodes {listed(values, _NAMED)}")
            case "resource-groups:Name":
                told.append(f"resource group {listed(values, _NAMED)}")
            case "resource-groups:ResourceTypeFilters":
                told.append(f"of type {listed(values, _NAMED)}")
            case "tag-key":
                told.append(f"any tag {listed(values, _NAMED)}")
            case key:
                told.append(f"tag {key.removeprefix('tag:')} = {' or '.join(values) or '(empty)'}")
    return "; ".join(told)


def target_name(target: "MaintenanceWindowTarget") -> str:
    """Return what a registered target is called: its name, else what it stands for."""
    return target.name or target_words(target.targets, {}) or target.window_target_id or ""


def kind_words(task: "GetMaintenanceWindowTaskResult") -> str:
    """Return the kind of a task in words: ``Run Command``."""
    return str(task.task_type or "").replace("_", " ").title()


def document_of(task: "GetMaintenanceWindowTaskResult") -> str:
    """Return the document or function that a task runs, with the version that it pins."""
    given = task.task_invocation_parameters
    version = given.run_command.document_version if given and given.run_command else None
    return f"{task.task_arn}:{version}" if version else task.task_arn or ""


def hooks_of(task: "GetMaintenanceWindowTaskResult") -> tuple[tuple[str, str], ...]:
    """Return the hooks of a task: in which phase, and which document."""
    given = task.task_invocation_parameters
    parameters = (given.run_command.parameters if given and given.run_command else None) or {}
    values = ((phase, parameters.get(name, ())) for name, phase in _HOOKS)
    return tuple((phase, value[0]) for phase, value in values if value and value[0] not in {"", NO_HOOK})


def doing_words(task: "GetMaintenanceWindowTaskResult") -> str:
    """Return what a patch task does: ``Install, RebootIfNeeded``; empty for others."""
    given = task.task_invocation_parameters
    parameters = (given.run_command.parameters if given and given.run_command else None) or {}
    values = (parameters.get(name, ()) for name in ("Operation", "RebootOption"))
    return ", ".join(value[0] for value in values if value and value[0])


def rate_words(task: "GetMaintenanceWindowTaskResult") -> str:
    """Return a task's rate control: ``1 at a time, stops after 1 error``."""
    at_once = f"{task.max_concurrency} at a time" if task.max_concurrency else ""
    errors = task.max_errors
    stops = f"stops after {errors} error{'' if errors == '1' else 's'}" if errors else ""
    return ", ".join(filter(None, (at_once, stops)))
