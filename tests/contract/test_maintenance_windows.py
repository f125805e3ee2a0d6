"""Maintenance windows, held on agent, fleet simulator and moto by boto3 and by our own client."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.contract.servers import AGENT, FLEET, MOTO, Boto3Caller, Caller, Refused, Server

pytestmark = pytest.mark.parametrize("server", [AGENT, FLEET, MOTO], indirect=True)

LEAST: dict[str, Any] = {
    "Schedule": "cron(15 12 * * ? *)",
    "Duration": 2,
    "Cutoff": 1,
    "AllowUnassociatedTargets": False,
}
OPTIONAL = {
    "Description": "Only to try it",
    "ScheduleTimezone": "Europe/London",
    "ScheduleOffset": 1,
    "StartDate": "2021-11-01",
    "EndDate": "2021-12-31",
}


@pytest.fixture
def name() -> str:
    return f"Contract-{uuid4().hex[:8]}"


@pytest.fixture
def window_id(caller: Caller, name: str) -> Iterator[str]:
    """A window that is there for the test."""
    made = str(caller.call("CreateMaintenanceWindow", Name=name, **LEAST)["WindowId"])
    yield made
    caller.call("DeleteMaintenanceWindow", WindowId=made)


def found(caller: Caller, *names: str) -> list[dict[str, Any]]:
    answer = caller.call("DescribeMaintenanceWindows", Filters=[{"Key": "Name", "Values": list(names)}])
    return list(answer["WindowIdentities"])


def test_a_window_has_what_it_was_given_and_no_more(caller: Caller, name: str, window_id: str) -> None:
    (listed,) = found(caller, name)
    told = caller.call("GetMaintenanceWindow", WindowId=window_id)
    given = {name: value for name, value in LEAST.items() if name != "AllowUnassociatedTargets"}
    for window in (listed, told):
        assert (given | {"WindowId": window_id, "Name": name, "Enabled": True}).items() <= window.items()
        assert OPTIONAL.keys().isdisjoint(window)


def test_a_window_keeps_every_field(caller: Caller, name: str) -> None:
    made = caller.call("CreateMaintenanceWindow", Name=name, **LEAST, **OPTIONAL)["WindowId"]
    (listed,) = found(caller, name)
    assert OPTIONAL.items() <= listed.items()
    caller.call("DeleteMaintenanceWindow", WindowId=made)
    assert found(caller, name) == []


def test_windows_are_found_by_several_names(caller: Caller, name: str) -> None:
    names = [f"{name}-{number}" for number in range(4)]
    made = [caller.call("CreateMaintenanceWindow", Name=each, **LEAST)["WindowId"] for each in names]
    assert [each["WindowId"] for each in found(caller, names[0], names[2])] == [made[0], made[2]]
    for window_id in made:
        caller.call("DeleteMaintenanceWindow", WindowId=window_id)


def test_tags_go_on_windows(caller: Caller, name: str) -> None:
    tags = [{"Key": "k2", "Value": "v2"}]
    made = caller.call("CreateMaintenanceWindow", Name=name, Tags=tags, **LEAST)["WindowId"]
    resource = {"ResourceType": "MaintenanceWindow", "ResourceId": made}
    assert caller.call("ListTagsForResource", **resource)["TagList"] == tags
    caller.call("AddTagsToResource", Tags=[{"Key": "k3", "Value": "v3"}], **resource)
    assert caller.call("ListTagsForResource", **resource)["TagList"] == [*tags, {"Key": "k3", "Value": "v3"}]
    caller.call("RemoveTagsFromResource", TagKeys=["k3"], **resource)
    assert caller.call("ListTagsForResource", **resource)["TagList"] == tags
    caller.call("DeleteMaintenanceWindow", WindowId=made)


def test_targets_are_registered_and_taken_away(caller: Caller, window_id: str) -> None:
    targets = [{"Key": "tag:Name", "Values": ["my-instance"]}]
    members = {"WindowId": window_id, "ResourceType": "INSTANCE", "Targets": targets}
    target_id = caller.call("RegisterTargetWithMaintenanceWindow", **members)["WindowTargetId"]
    (target,) = caller.call("DescribeMaintenanceWindowTargets", WindowId=window_id)["Targets"]
    assert (members | {"WindowTargetId": target_id}).items() <= target.items()
    caller.call("DeregisterTargetFromMaintenanceWindow", WindowId=window_id, WindowTargetId=target_id)
    assert caller.call("DescribeMaintenanceWindowTargets", WindowId=window_id)["Targets"] in ([], ())


def test_tasks_are_registered_and_taken_out(caller: Caller, window_id: str) -> None:
    assert not caller.call("DescribeMaintenanceWindowTasks", WindowId=window_id)["Tasks"]
    target_id = caller.call(
        "RegisterTargetWithMaintenanceWindow",
        WindowId=window_id,
        ResourceType="INSTANCE",
        Targets=[{"Key": "tag:Name", "Values": ["my-instance"]}],
    )["WindowTargetId"]
    members: dict[str, Any] = {
        "TaskArn": "AWS-RunShellScript",
        "MaxConcurrency": "1",
        "MaxErrors": "1",
        "WindowId": window_id,
    }
    members |= {"Targets": [{"Key": "WindowTargetIds", "Values": [target_id]}]}
    task_id = caller.call("RegisterTaskWithMaintenanceWindow", TaskType="RUN_COMMAND", **members)["WindowTaskId"]
    (task,) = caller.call("DescribeMaintenanceWindowTasks", WindowId=window_id)["Tasks"]
    assert (members | {"WindowTaskId": task_id}).items() <= task.items()
    caller.call("DeregisterTaskFromMaintenanceWindow", WindowId=window_id, WindowTaskId=task_id)
    assert not caller.call("DescribeMaintenanceWindowTasks", WindowId=window_id)["Tasks"]


def test_nothing_is_an_empty_list(server: Server, window_id: str) -> None:
    client = server.boto3_client()
    named = [{"Key": "Name", "Values": ["Nobody-called-it-so"]}]
    assert client.describe_maintenance_windows(Filters=named)["WindowIdentities"] == []
    assert client.describe_maintenance_window_targets(WindowId=window_id)["Targets"] == []
    assert client.describe_maintenance_window_tasks(WindowId=window_id)["Tasks"] == []
    client.close()


@pytest.mark.parametrize("name", ["GetMaintenanceWindow", "DeleteMaintenanceWindow"])
def test_what_is_no_id_names_a_window_that_there_is_none_of(server: Server, window_id: str, name: str) -> None:
    # Our own client refuses to send it.
    caller = Boto3Caller(server)
    with pytest.raises(Refused) as refused:
        caller.call(name, WindowId=f"{window_id}more")
    assert refused.value.code == "DoesNotExistException"
    assert refused.value.message == f"Maintenance window {window_id}more does not exist"
    caller.close()


def test_tags_go_on_a_window_that_had_none(caller: Caller, window_id: str) -> None:
    resource = {"ResourceType": "MaintenanceWindow", "ResourceId": window_id}
    assert not caller.call("ListTagsForResource", **resource)["TagList"]
    caller.call("AddTagsToResource", Tags=[{"Key": "k1", "Value": "v1"}], **resource)
    assert caller.call("ListTagsForResource", **resource)["TagList"] == [{"Key": "k1", "Value": "v1"}]
