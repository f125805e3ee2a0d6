"""A plan made once more: for the nodes that failed, as a retry, or for all of them."""

import uuid
from collections.abc import Sequence
from typing import Any

from patchgui.patching.plan import PatchPlan, RebootChoice


def retry(plan: PatchPlan, instance_ids: Sequence[str], run_id: str) -> PatchPlan:
    """Return the plan of ``run_id`` for some of its nodes only, linked to that run."""
    who = {"instance_ids": tuple(instance_ids), "targets": (), "target_count": 0}
    return _renewed(plan, {**who, "retry_of": run_id})


def patch_again(plan: PatchPlan) -> PatchPlan:
    """Return the same plan for the same nodes, as a run of its own."""
    return _renewed(plan, {"retry_of": ""})


def _renewed(plan: PatchPlan, changes: dict[str, Any]) -> PatchPlan:
    """Return the plan with what belongs to one run made anew.

    The snapshot is a new one: those of before are no longer valid a day later, and patches approved since then count.
    A reboot that was put off is not put off twice: the associations of the first run still stand, or have fired.
    """
    same = {name: getattr(plan, name) for name in PatchPlan.model_fields}
    anew: dict[str, Any] = {"snapshot_id": str(uuid.uuid4())}
    if plan.scheduled_reboot is not None:
        anew |= {"scheduled_reboot": None, "reboot": RebootChoice.NO_REBOOT}
    return PatchPlan.model_validate({**same, **anew, **changes})
