"""A run is sent once more: for the nodes that failed, linked to it, or for all of them."""

from datetime import UTC, datetime

from patchgui.patching.again import patch_again, retry
from patchgui.patching.plan import Hooks, Operation, PatchPlan, RebootChoice
from patchgui.patching.rate import RateControl
from patchgui.patching.scheduled_reboot import ScheduledReboot

_HOOKS = Hooks(before_install="Stop", on_exit="Start")
_RATE = RateControl(max_concurrency="2", max_errors="0")
_PLAN = PatchPlan(instance_ids=("mi-1", "mi-2", "mi-3"), hooks=_HOOKS, rate=_RATE, delivery_timeout_s=60)


def test_a_retry_does_the_same_on_the_nodes_that_failed_and_names_the_run() -> None:
    again = retry(_PLAN, ("mi-2",), "run-1")
    assert (again.instance_ids, again.retry_of) == (("mi-2",), "run-1")
    assert (again.hooks, again.rate, again.delivery_timeout_s) == (_HOOKS, _RATE, 60)
    assert again.snapshot_id != _PLAN.snapshot_id


def test_a_retry_of_a_target_names_the_nodes_themselves() -> None:
    again = retry(PatchPlan(targets=(("tag:Role", ("web",)),), target_count=9), ("mi-2",), "run-1")
    assert (again.instance_ids, again.targets, again.node_count) == (("mi-2",), (), 1)


def test_patching_again_keeps_the_nodes_and_is_no_retry() -> None:
    again = patch_again(retry(_PLAN, ("mi-2",), "run-1"))
    assert (again.instance_ids, again.retry_of) == (("mi-2",), "")
    assert patch_again(PatchPlan(targets=(("tag:Role", ("web",)),), target_count=9)).targets


def test_a_reboot_that_was_put_off_is_not_put_off_twice() -> None:
    later = ScheduledReboot(at=datetime(2030, 1, 1, tzinfo=UTC))
    plan = PatchPlan(instance_ids=("mi-1",), reboot=RebootChoice.NO_REBOOT, scheduled_reboot=later)
    again = retry(plan, ("mi-1",), "run-1")
    assert (again.scheduled_reboot, again.reboot) == (None, RebootChoice.NO_REBOOT)
    assert again.association_requests("run-2") == []


def test_a_scan_is_repeated_as_a_scan() -> None:
    assert patch_again(PatchPlan(instance_ids=("mi-1",), operation=Operation.SCAN)).operation is Operation.SCAN
