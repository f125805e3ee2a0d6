"""The plan behind a run: as it was recorded, else read from the commands that SSM remembers."""

from collections.abc import Mapping, Sequence

from patchgui.patching.document_steps import NO_HOOK
from patchgui.patching.plan import INSTALL_DOCUMENT, SCAN_DOCUMENT, Hooks, Operation, PatchPlan, RebootChoice
from patchgui.patching.rate import RateControl
from patchgui.ssm.errors import Conflict
from patchgui.ssm.shapes import Command

_READ = frozenset(
    {
        *("Operation", "RebootOption", "SnapshotId"),
        *("PreInstallHookDocName", "PostInstallHookDocName", "OnExitHookDocName"),
    }
)
_MODES = {Operation.SCAN: SCAN_DOCUMENT, Operation.INSTALL: INSTALL_DOCUMENT}


def plan_of_commands(commands: Sequence[Command]) -> PatchPlan:
    """Return the plan that these commands of one run say.

    Raises:
        Conflict: they do something that a plan cannot say, so nothing may be sent in their place.
    """
    first = commands[0]
    values = {name: each[0] for name, each in first.parameters.items() if each and each[0]}
    operation = next((mode for mode, name in _MODES.items() if _is(first, values, mode, name)), None)
    if operation is None:
        raise Conflict(
            f"This run of {first.document_name} cannot be sent again from here.",
            hint="It was not started by Patch Now, and does more than a patch plan says. Send the command anew.",
        )
    picked = tuple(dict.fromkeys(each for command in commands for each in command.instance_ids))
    targets = () if picked else tuple((target.key, tuple(target.values)) for target in first.targets)
    installs = operation is Operation.INSTALL
    return PatchPlan(
        instance_ids=picked,
        targets=targets,
        target_count=first.target_count if targets else 0,
        operation=operation,
        reboot=RebootChoice(values.get("RebootOption", RebootChoice.IF_NEEDED)) if installs else RebootChoice.IF_NEEDED,
        hooks=_hooks(values) if installs else Hooks(),
        rate=_rate(commands),
    )


def _is(command: Command, values: Mapping[str, str], mode: Operation, document: str) -> bool:
    said_otherwise = {name for name in values if name not in _READ}
    return command.document_name == document and values.get("Operation") == mode.value and not said_otherwise


def _rate(commands: Sequence[Command]) -> RateControl | None:
    """Return the rate of a single command; of several each has a share, and Patch Now's own rate stands for all."""
    first = commands[0]
    if len(commands) > 1 or not (first.max_concurrency and first.max_errors):
        return None
    return RateControl(max_concurrency=first.max_concurrency, max_errors=first.max_errors)


def _hooks(values: Mapping[str, str]) -> Hooks:
    def hook(name: str) -> str | None:
        document = values.get(name, "")
        return document if document not in {"", NO_HOOK} else None

    return Hooks(
        before_install=hook("PreInstallHookDocName"),
        after_install=hook("PostInstallHookDocName"),
        on_exit=hook("OnExitHookDocName"),
    )
