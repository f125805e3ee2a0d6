"""The rules of Patch Now, each as a test, on the commands that a plan becomes."""

import re
import uuid

import pytest
from pydantic import ValidationError

from patchgui.patching.phases import Phase
from patchgui.patching.plan import Hooks, Operation, PatchPlan, RebootChoice, find_run, run_comment
from patchgui.patching.rate import RateControl

NODES = tuple(f"mi-{number:017x}" for number in range(120))
HOOKS = Hooks(before_install="Stop", after_install="Update:3", on_exit="Start")


def test_an_install_runs_the_wrapper_with_all_three_hooks() -> None:
    (request,) = PatchPlan(instance_ids=NODES[:3], hooks=HOOKS).command_requests()
    assert request.document_name == "AWS-RunPatchBaselineWithHooks"
    assert request.parameters is not None
    assert request.parameters["PreInstallHookDocName"] == ("Stop",)
    assert request.parameters["PostInstallHookDocName"] == ("Update:3",)
    assert request.parameters["OnExitHookDocName"] == ("Start",)


@pytest.mark.parametrize("reboot", list(RebootChoice))
def test_every_install_offers_every_hook_whether_it_reboots_or_not(reboot: RebootChoice) -> None:
    plan = PatchPlan(instance_ids=NODES[:1], hooks=HOOKS, reboot=reboot)
    assert plan.parameters()["RebootOption"] == (reboot.value,)
    assert [phase for phase, _ in plan.hooks.chosen()] == [Phase.BEFORE_INSTALL, Phase.AFTER_INSTALL, Phase.ON_EXIT]


def test_a_hook_that_is_not_chosen_runs_aws_noop() -> None:
    parameters = PatchPlan(instance_ids=NODES[:1], hooks=Hooks(on_exit="Start")).parameters()
    assert parameters["PreInstallHookDocName"] == ("AWS-Noop",)


def test_a_scan_never_runs_the_wrapper() -> None:
    (request,) = PatchPlan(instance_ids=NODES[:1], operation=Operation.SCAN).command_requests()
    assert request.document_name == "AWS-RunPatchBaseline"
    assert request.parameters is not None
    assert set(request.parameters) == {"Operation", "SnapshotId"}


def test_a_scan_offers_no_hooks() -> None:
    with pytest.raises(ValidationError, match="A scan changes nothing"):
        PatchPlan(instance_ids=NODES[:1], operation=Operation.SCAN, hooks=HOOKS)


def test_all_nodes_of_a_run_get_the_same_snapshot_and_another_run_gets_another() -> None:
    requests = PatchPlan(instance_ids=NODES).command_requests()
    snapshots = {request.parameters["SnapshotId"][0] for request in requests if request.parameters}
    assert len(snapshots) == 1
    assert str(uuid.UUID(snapshot := snapshots.pop())) == snapshot
    assert PatchPlan(instance_ids=NODES).snapshot_id != PatchPlan(instance_ids=NODES).snapshot_id


def test_a_command_takes_fifty_ids_at_most_and_no_node_is_lost() -> None:
    requests = PatchPlan(instance_ids=NODES).command_requests()
    assert [len(request.instance_ids or ()) for request in requests] == [50, 50, 20]
    assert tuple(each for request in requests for each in request.instance_ids or ()) == NODES


def test_the_commands_of_a_run_together_keep_to_the_rate_of_its_size() -> None:
    requests = PatchPlan(instance_ids=NODES).command_requests()  # 120 nodes: 8 % at a time, 10 errors
    assert [request.max_concurrency for request in requests] == ["4", "4", "1"]
    assert sum(int(request.max_errors or 0) for request in requests) == 10


def test_the_operators_rate_wins() -> None:
    plan = PatchPlan(instance_ids=NODES[:3], rate=RateControl(max_concurrency="100%", max_errors="0"))
    (request,) = plan.command_requests()
    assert (request.max_concurrency, request.max_errors) == ("100%", "0")


def test_targets_are_left_to_ssm_and_set_the_rate_by_their_number() -> None:
    plan = PatchPlan(targets=(("tag:Role", ("web", "db")),), target_count=30)
    (request,) = plan.command_requests()
    assert request.instance_ids is None
    assert request.targets is not None
    assert [(target.key, target.values) for target in request.targets] == [("tag:Role", ("web", "db"))]
    assert request.max_concurrency == "5%"


def test_the_run_id_travels_in_each_comment_and_is_read_back() -> None:
    requests = PatchPlan(instance_ids=NODES).command_requests("20261123-140211-4f9c2a1b")
    marks = [find_run(request.comment) for request in requests]
    assert marks == [("20261123-140211-4f9c2a1b", number, 3) for number in (1, 2, 3)]


@pytest.mark.parametrize(
    "comment", [None, "", "nightly", "Patch Now run x 1/1", "see Patch Now run 20261123-1-aaaa 1/1"]
)
def test_comments_of_others_are_no_runs_of_ours(comment: str | None) -> None:
    assert find_run(comment) is None


def test_a_comment_fits_ssms_hundred_characters() -> None:
    assert len(run_comment("20261123-140211-4f9c2a1b", 999, 999)) <= 100


@pytest.mark.parametrize("name", ["ab", "no blanks", "semi;colon", "x" * 201])
def test_a_hook_name_that_the_wrapper_refuses_is_refused_before(name: str) -> None:
    with pytest.raises(ValidationError, match=re.escape("is not a document name")):
        Hooks(before_install=name)


def test_a_plan_without_a_node_is_refused() -> None:
    with pytest.raises(ValidationError, match="No node is picked"):
        PatchPlan()


def test_nodes_are_picked_one_way_only() -> None:
    with pytest.raises(ValidationError, match="not both"):
        PatchPlan(instance_ids=NODES[:1], targets=(("tag:Role", ("web",)),))


def test_a_plan_survives_being_written_down() -> None:
    plan = PatchPlan(instance_ids=NODES[:2], hooks=HOOKS)
    assert PatchPlan.model_validate_json(plan.model_dump_json()) == plan
