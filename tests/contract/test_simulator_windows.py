"""Maintenance windows of the fleet simulator: they open on its clock, and keep what a later release would put in."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from patchgui.simulator.faults import Fault, FaultKind
from patchgui.simulator.future import MEMBER
from tests.fleet import KEYS, START_AT, Fleet
from tests.unit.agent_api.harness import signed

HOUR_S = 3600
LATER = f"at({datetime.fromtimestamp(START_AT + HOUR_S, UTC):%Y-%m-%dT%H:%M:%S})"
PATCHING: dict[str, Any] = {"RunCommand": {"Parameters": {"Operation": ["Install"]}, "TimeoutSeconds": 600}}


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    with Fleet() as fleet:
        yield fleet


def window_with_task(client: Any, **task: Any) -> tuple[str, str]:
    """Make a window of the production web servers that opens in an hour; return it and its task."""
    made = client.create_maintenance_window(
        Name="Nightly", Schedule=LATER, Duration=2, Cutoff=1, AllowUnassociatedTargets=True
    )
    registered = client.register_task_with_maintenance_window(
        WindowId=made["WindowId"],
        TaskArn="AWS-RunPatchBaseline",
        TaskType="RUN_COMMAND",
        MaxConcurrency="100%",
        MaxErrors="100%",
        Targets=[{"Key": "tag:Role", "Values": ["web"]}],
        TaskInvocationParameters=PATCHING,
        **task,
    )
    return made["WindowId"], registered["WindowTaskId"]


def call(fleet: Fleet, name: str, **members: Any) -> Any:
    """Make a call as a client of a later release would: nothing is dropped on either side."""
    body = json.dumps(members)
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"AmazonSSM.{name}"}
    given = signed(body, headers, keys=KEYS, region=fleet.settings.region)
    answer = httpx.post(f"{fleet.endpoint_url}/", content=body, headers=given)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_window_opens_on_the_fleets_clock_and_patches_its_nodes(fleet: Fleet) -> None:
    client = fleet.boto3_client()
    window_id, _ = window_with_task(client)
    assert client.describe_maintenance_window_executions(WindowId=window_id)["WindowExecutions"] == []
    fleet.step(HOUR_S)
    (execution,) = client.describe_maintenance_window_executions(WindowId=window_id)["WindowExecutions"]
    assert execution["Status"] == "IN_PROGRESS"
    execution_id = execution["WindowExecutionId"]
    (task,) = client.describe_maintenance_window_execution_tasks(WindowExecutionId=execution_id)[
        "WindowExecutionTaskIdentities"
    ]
    (invocation,) = client.describe_maintenance_window_execution_task_invocations(
        WindowExecutionId=execution_id, TaskId=task["TaskExecutionId"]
    )["WindowExecutionTaskInvocationIdentities"]
    (command,) = client.list_commands(CommandId=invocation["ExecutionId"])["Commands"]
    web = fleet.do(lambda parts: [node for node in parts.fleet.population if node.role == "web"])
    assert command["TargetCount"] == len(web) > 10
    fleet.step(0.9 * HOUR_S)
    (execution,) = client.describe_maintenance_window_executions(WindowId=window_id)["WindowExecutions"]
    assert execution["Status"] in {"SUCCESS", "FAILED", "TIMED_OUT"}
    (command,) = client.list_commands(CommandId=invocation["ExecutionId"])["Commands"]
    assert command["CompletedCount"] == len(web)


def test_an_execution_is_cancelled_with_its_command(fleet: Fleet) -> None:
    client = fleet.boto3_client()
    window_id, _ = window_with_task(client)
    fleet.step(HOUR_S)
    (execution,) = client.describe_maintenance_window_executions(WindowId=window_id)["WindowExecutions"]
    client.cancel_maintenance_window_execution(WindowExecutionId=execution["WindowExecutionId"])
    # Nothing runs between two requests: the command is cancelled with the next one, and ends some seconds later.
    client.list_commands()
    fleet.step(60)
    (execution,) = client.describe_maintenance_window_executions(WindowId=window_id)["WindowExecutions"]
    assert execution["Status"] == "CANCELLED"


def test_every_fleet_has_a_window_that_sleeps(fleet: Fleet) -> None:
    (window,) = fleet.boto3_client().describe_maintenance_windows()["WindowIdentities"]
    assert (window["Name"], window["Enabled"]) == ("BlogPostDemo", False)
    assert "NextExecutionTime" not in window


def test_a_task_keeps_what_only_a_later_release_knows(fleet: Fleet) -> None:
    window_id, task_id = window_with_task(fleet.boto3_client())
    which = {"WindowId": window_id, "WindowTaskId": task_id}
    new: dict[str, Any] = {"RunCommand": {**PATCHING["RunCommand"], MEMBER: {"Kind": "structure", "Values": [1, None]}}}
    call(fleet, "UpdateMaintenanceWindowTask", **which, TaskInvocationParameters=new, **{MEMBER: "kept"})
    told = call(fleet, "GetMaintenanceWindowTask", **which)
    assert (told["TaskInvocationParameters"], told[MEMBER]) == (new, "kept")
    call(fleet, "UpdateMaintenanceWindowTask", **which, Priority=7)
    assert call(fleet, "GetMaintenanceWindowTask", **which) == {**told, "Priority": 7}


def test_a_task_of_tomorrow_may_be_sent_back_as_it_came(fleet: Fleet) -> None:
    window_id, task_id = window_with_task(fleet.boto3_client(), Name="Patching", Priority=3)
    which = {"WindowId": window_id, "WindowTaskId": task_id}
    fleet.fault(Fault(FaultKind.FUTURE))
    told = call(fleet, "GetMaintenanceWindowTask", **which)
    assert MEMBER in told
    assert MEMBER in told["TaskInvocationParameters"]["RunCommand"]
    sent = {name: value for name, value in told.items() if name != "TaskType"}
    call(fleet, "UpdateMaintenanceWindowTask", **sent)
    fleet.calm()
    assert call(fleet, "GetMaintenanceWindowTask", **which) == told
