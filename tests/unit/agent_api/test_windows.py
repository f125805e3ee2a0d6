"""Maintenance windows through the API: kept as asked for, changed with AWS's meaning, refused with its codes."""

from typing import Any

import pytest

from patchgui.agent.windows.demo import seed
from tests.unit.agent_api.harness import DB_1, WEB_1, Harness
from tests.unit.agent_api.windows import PARTS, SHELL, target, task, window

pytestmark = pytest.mark.anyio

FULL_WINDOW: dict[str, Any] = PARTS | {
    "Description": "Every third Tuesday",
    "Schedule": "cron(30 23 ? * TUE#3 *)",
    "ScheduleTimezone": "Europe/Berlin",
    "ScheduleOffset": 2,
    "StartDate": "2026-01-01T00:00:00+01:00",
    "EndDate": "2199-01-01T00:00:00+01:00",
}
FULL_RUN: dict[str, Any] = {
    "Comment": "nightly",
    "DocumentVersion": "1",
    "DocumentHash": "0" * 64,
    "DocumentHashType": "Sha256",
    "NotificationConfig": {
        "NotificationArn": "arn:aws:sns:eu-central-1:1:t",
        "NotificationEvents": ["All"],
        "NotificationType": "Command",
    },
    "OutputS3BucketName": "bucket",
    "OutputS3KeyPrefix": "prefix",
    "Parameters": {"commands": ["true"]},
    "ServiceRoleArn": "arn:aws:iam::1:role/publish",
    "TimeoutSeconds": 600,
    "CloudWatchOutputConfig": {"CloudWatchLogGroupName": "group", "CloudWatchOutputEnabled": True},
}
FULL_TASK: dict[str, Any] = {
    "TaskArn": SHELL,
    "TaskType": "RUN_COMMAND",
    "Targets": [{"Key": "InstanceIds", "Values": [WEB_1.instance_id]}],
    "ServiceRoleArn": "arn:aws:iam::1:role/window",
    "TaskInvocationParameters": {"RunCommand": FULL_RUN},
    "Priority": 3,
    "MaxConcurrency": "2",
    "MaxErrors": "1",
    "Name": "Whole",
    "Description": "with every field",
    "CutoffBehavior": "CANCEL_TASK",
    "AlarmConfiguration": {"Alarms": [{"Name": "cpu"}], "IgnorePollAlarmFailure": True},
}


async def test_a_window_is_kept_as_it_was_asked_for_and_tells_its_next_run_in_its_own_zone(agent: Harness) -> None:
    window_id = (await agent.ok("CreateMaintenanceWindow", **FULL_WINDOW))["WindowId"]
    told = await agent.ok("GetMaintenanceWindow", WindowId=window_id)
    assert FULL_WINDOW.items() <= told.items()
    assert told["Enabled"] is True
    assert told["NextExecutionTime"][10:] in {"T23:30:00+01:00", "T23:30:00+02:00"}
    assert told["CreatedDate"] == told["ModifiedDate"] == pytest.approx(agent.clock.now.timestamp(), abs=0.01)
    runs = await agent.ok("DescribeMaintenanceWindowSchedule", WindowId=window_id, MaxResults=3)
    assert [each["Name"] for each in runs["ScheduledWindowExecutions"]] == ["Nightly"] * 3
    assert runs["ScheduledWindowExecutions"][0]["ExecutionTime"] == told["NextExecutionTime"]
    assert runs["NextToken"]


async def test_an_update_changes_what_it_names_and_with_replace_takes_the_rest_away(agent: Harness) -> None:
    window_id = (await agent.ok("CreateMaintenanceWindow", **FULL_WINDOW))["WindowId"]
    named = await agent.ok("UpdateMaintenanceWindow", WindowId=window_id, Duration=5, Enabled=False)
    assert (FULL_WINDOW | {"Duration": 5, "Enabled": False}).items() <= named.items()
    assert "NextExecutionTime" not in await agent.ok("GetMaintenanceWindow", WindowId=window_id)
    least = {"Name": "Other", "Schedule": "rate(7 days)", "Duration": 3, "Cutoff": 0, "AllowUnassociatedTargets": False}
    replaced = await agent.ok("UpdateMaintenanceWindow", WindowId=window_id, Replace=True, **least)
    assert replaced == least | {"WindowId": window_id, "Enabled": False}
    refused = await agent.call("UpdateMaintenanceWindow", WindowId=window_id, Replace=True, Name="Other")
    assert (refused.code, "Schedule, Duration, Cutoff" in refused.message) == ("ValidationException", True)


async def test_every_field_of_a_task_survives_a_change_of_one(agent: Harness) -> None:
    window_id = await window(agent)
    task_id = await task(agent, window_id, **FULL_TASK)
    told = await agent.ok("GetMaintenanceWindowTask", WindowId=window_id, WindowTaskId=task_id)
    assert told == FULL_TASK | {"WindowId": window_id, "WindowTaskId": task_id}
    await agent.ok("UpdateMaintenanceWindowTask", WindowId=window_id, WindowTaskId=task_id, Description="changed")
    told = await agent.ok("GetMaintenanceWindowTask", WindowId=window_id, WindowTaskId=task_id)
    assert told == FULL_TASK | {"WindowId": window_id, "WindowTaskId": task_id, "Description": "changed"}
    (listed,) = (await agent.ok("DescribeMaintenanceWindowTasks", WindowId=window_id))["Tasks"]
    assert (listed["Type"], listed["Priority"], listed["Name"]) == ("RUN_COMMAND", 3, "Whole")
    assert "TaskInvocationParameters" not in listed


async def test_invocation_parameters_are_replaced_whole_and_replace_takes_the_rest_away(agent: Harness) -> None:
    window_id = await window(agent)
    task_id = await task(agent, window_id, **FULL_TASK)
    ids = {"WindowId": window_id, "WindowTaskId": task_id}
    other = {"RunCommand": {"Parameters": {"commands": ["false"]}}}
    changed = await agent.ok("UpdateMaintenanceWindowTask", **ids, TaskInvocationParameters=other)
    assert changed["TaskInvocationParameters"] == other
    targets = FULL_TASK["Targets"]
    await agent.ok("UpdateMaintenanceWindowTask", **ids, Replace=True, TaskArn="AWS-RunPatchBaseline", Targets=targets)
    assert await agent.ok("GetMaintenanceWindowTask", **ids) == {
        **ids,
        "TaskArn": "AWS-RunPatchBaseline",
        "TaskType": "RUN_COMMAND",
        "Targets": targets,
        "Priority": 1,
    }


async def test_other_types_of_tasks_are_kept_whole(agent: Harness) -> None:
    window_id = await window(agent)
    function = {"Lambda": {"ClientContext": "e30=", "Qualifier": "$LATEST", "Payload": "e30="}}
    for kind, parameters in (
        ("LAMBDA", function),
        ("AUTOMATION", {"Automation": {"DocumentVersion": "1", "Parameters": {"InstanceId": ["{{TARGET_ID}}"]}}}),
        ("STEP_FUNCTIONS", {"StepFunctions": {"Input": "{}", "Name": "run"}}),
    ):
        arn = "arn:aws:lambda:eu-central-1:1:function:f"
        task_id = await task(agent, window_id, TaskType=kind, TaskArn=arn, TaskInvocationParameters=parameters)
        told = await agent.ok("GetMaintenanceWindowTask", WindowId=window_id, WindowTaskId=task_id)
        assert (told["TaskType"], told["TaskInvocationParameters"]) == (kind, parameters)


async def test_the_same_token_gives_the_same_answer_and_never_a_second_window(agent: Harness) -> None:
    made = [await window(agent, ClientToken="once") for _ in range(2)]
    assert made[0] == made[1]
    target_ids = [await target(agent, made[0], ClientToken="once") for _ in range(2)]
    task_ids = [await task(agent, made[0], ClientToken="once") for _ in range(2)]
    assert (target_ids[0], task_ids[0]) == (target_ids[1], task_ids[1])
    asked = PARTS | {"Schedule": "rate(1 day)", "ClientToken": "once"}
    assert (await agent.call("CreateMaintenanceWindow", **asked)).code == "IdempotentParameterMismatch"
    assert len((await agent.ok("DescribeMaintenanceWindows"))["WindowIdentities"]) == 1


async def test_a_target_that_a_task_names_is_not_taken_away_safely(agent: Harness) -> None:
    window_id = await window(agent)
    target_id = await target(agent, window_id, OwnerInformation="shop", Name="Webs")
    await task(agent, window_id, Targets=[{"Key": "WindowTargetIds", "Values": [target_id]}])
    ids = {"WindowId": window_id, "WindowTargetId": target_id}
    assert (await agent.call("DeregisterTargetFromMaintenanceWindow", **ids, Safe=True)).code == "TargetInUseException"
    changed = await agent.ok("UpdateMaintenanceWindowTarget", **ids, Description="front")
    assert (changed["OwnerInformation"], changed["Name"], changed["Description"]) == ("shop", "Webs", "front")
    nodes = [{"Key": "InstanceIds", "Values": [DB_1.instance_id]}]
    replaced = await agent.ok("UpdateMaintenanceWindowTarget", **ids, Replace=True, Targets=nodes)
    assert replaced == ids | {"Targets": nodes}
    assert await agent.ok("DeregisterTargetFromMaintenanceWindow", **ids) == ids
    assert (await agent.ok("DescribeMaintenanceWindowTargets", WindowId=window_id))["Targets"] == []


async def test_windows_are_found_by_name_state_and_by_the_nodes_that_they_patch(agent: Harness) -> None:
    first, second = await window(agent, Name="First"), await window(agent, Name="Second")
    await agent.ok("UpdateMaintenanceWindow", WindowId=second, Enabled=False)
    await target(agent, first)

    async def found(call: str, **members: Any) -> list[str]:
        return [each["WindowId"] for each in (await agent.ok(call, **members))["WindowIdentities"]]

    by = [{"Key": "Name", "Values": ["Second", "first"]}]
    assert await found("DescribeMaintenanceWindows", Filters=by) == [second]
    assert await found("DescribeMaintenanceWindows", Filters=[{"Key": "Enabled", "Values": ["true"]}]) == [first]
    for targets, expected in (
        ({"Key": "InstanceIds", "Values": [WEB_1.instance_id]}, [first]),
        ({"Key": "InstanceIds", "Values": [DB_1.instance_id]}, []),
        ({"Key": "InstanceIds", "Values": ["i-0123456789abcdef0"]}, []),
        ({"Key": "tag:Role", "Values": ["web"]}, [first]),
        ({"Key": "tag:Role", "Values": ["db"]}, []),
    ):
        asked = {"Targets": [targets], "ResourceType": "INSTANCE"}
        assert await found("DescribeMaintenanceWindowsForTarget", **asked) == expected
    wrong = await agent.call("DescribeMaintenanceWindows", Filters=[{"Key": "Colour", "Values": ["red"]}])
    assert wrong.code == "ValidationException"


async def test_a_deleted_window_is_gone_with_its_parts_and_tags(agent: Harness) -> None:
    window_id = await window(agent, Tags=[{"Key": "Team", "Value": "shop"}])
    await task(agent, window_id)
    resource = {"ResourceType": "MaintenanceWindow", "ResourceId": window_id}
    assert (await agent.ok("ListTagsForResource", **resource))["TagList"] == [{"Key": "Team", "Value": "shop"}]
    for _ in range(2):
        assert await agent.ok("DeleteMaintenanceWindow", WindowId=window_id) == {"WindowId": window_id}
    assert (await agent.call("ListTagsForResource", **resource)).code == "InvalidResourceId"
    for call in ("GetMaintenanceWindow", "DescribeMaintenanceWindowTasks", "DescribeMaintenanceWindowTargets"):
        assert (await agent.call(call, WindowId=window_id)).code == "DoesNotExistException"
    agent.clock.move(seconds=61)
    agent.context.windows.run_due()
    assert (await agent.ok("DescribeMaintenanceWindowExecutions", WindowId=window_id))["WindowExecutions"] == []


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"Schedule": "cron(0 24 ? * MON *)"}, "Hours: “24” is not allowed. Use 0-23"),
        ({"Schedule": "weekly"}, "is no schedule"),
        ({"ScheduleTimezone": "Europe/Atlantis"}, "is no time zone"),
        ({"Cutoff": 2}, "Cutoff must be less than Duration"),
        ({"Schedule": "rate(1 day)", "ScheduleOffset": 1}, "ScheduleOffset: goes with cron only"),
        ({"Duration": 25}, "less than or equal to 24"),
        ({"Name": "no"}, "Member must"),
        ({"StartDate": "soon"}, "StartDate"),
    ],
)
async def test_a_window_that_means_nothing_is_refused(agent: Harness, members: dict[str, Any], said: str) -> None:
    refused = await agent.call("CreateMaintenanceWindow", **(PARTS | {"Schedule": "cron(0 3 * * ? *)"} | members))
    assert (refused.code, said in refused.message) == ("ValidationException", True), refused.message
    assert (await agent.ok("DescribeMaintenanceWindows"))["WindowIdentities"] == []


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"Targets": []}, "ValidationException"),
        ({"Targets": [{"Key": "Colour", "Values": ["red"]}]}, "InvalidTarget"),
        ({"Targets": [{"Key": "WindowTargetIds", "Values": ["nonesuch"]}]}, "DoesNotExistException"),
        ({"TaskInvocationParameters": {"Lambda": {"Qualifier": "1"}}}, "ValidationException"),
        ({"TaskType": "SHELL"}, "ValidationException"),
    ],
)
async def test_a_task_that_means_nothing_is_refused(agent: Harness, members: dict[str, Any], code: str) -> None:
    window_id = await window(agent)
    refused = await agent.call("RegisterTaskWithMaintenanceWindow", WindowId=window_id, **(FULL_TASK | members))
    assert refused.code == code
    assert (await agent.ok("DescribeMaintenanceWindowTasks", WindowId=window_id))["Tasks"] == []


async def test_a_window_of_registered_targets_takes_no_others(agent: Harness) -> None:
    window_id = await window(agent, AllowUnassociatedTargets=False)
    refused = await agent.call("RegisterTaskWithMaintenanceWindow", WindowId=window_id, **FULL_TASK)
    assert (refused.code, "AllowUnassociatedTargets" in refused.message) == ("ValidationException", True)


async def test_there_may_be_fifty_windows(agent: Harness) -> None:
    for number in range(50):
        await window(agent, Name=f"Window-{number}")
    refused = await agent.call("CreateMaintenanceWindow", **(PARTS | {"Schedule": "rate(1 day)"}))
    assert refused.code == "ResourceLimitExceededException"
    listed = await agent.ok("DescribeMaintenanceWindows", MaxResults=30)
    rest = await agent.ok("DescribeMaintenanceWindows", MaxResults=30, NextToken=listed["NextToken"])
    assert [len(listed["WindowIdentities"]), len(rest["WindowIdentities"])] == [30, 20]


async def test_the_sandbox_begins_with_a_window_that_surprises_nobody_and_is_given_once(agent: Harness) -> None:
    registry = agent.context.windows.registry
    seed(registry)
    (demo,) = (await agent.ok("DescribeMaintenanceWindows"))["WindowIdentities"]
    assert (demo["Name"], demo["Enabled"], "NextExecutionTime" in demo) == ("BlogPostDemo", False, False)
    assert not agent.context.windows.is_waiting
    (patching,) = (await agent.ok("DescribeMaintenanceWindowTasks", WindowId=demo["WindowId"]))["Tasks"]
    assert (patching["Name"], patching["TaskArn"], patching["Priority"]) == ("PatchingTask", "AWS-RunPatchBaseline", 1)
    (registered,) = (await agent.ok("DescribeMaintenanceWindowTargets", WindowId=demo["WindowId"]))["Targets"]
    assert registered["Targets"] == [{"Key": "tag:PatchGroup", "Values": ["web-servers"]}]
    await agent.ok("DeleteMaintenanceWindow", WindowId=demo["WindowId"])
    seed(registry)
    assert (await agent.ok("DescribeMaintenanceWindows"))["WindowIdentities"] == []
