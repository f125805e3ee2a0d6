"""Associations through the API: taken in, told of, run once at their moment, also by an agent that was down then."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.agent_api.harness import DB_1, WEB_1, WEB_2, Harness, open_harness

pytestmark = pytest.mark.anyio

REBOOT = "AWS-InstanceRebootWithHooks"


def at(agent: Harness, seconds: float) -> str:
    from datetime import timedelta

    return f"at({agent.clock.now + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S})"


async def created(agent: Harness, in_s: float = 3600, **members: Any) -> dict[str, Any]:
    asked = {"Name": REBOOT, "Targets": [{"Key": "InstanceIds", "Values": [WEB_1.instance_id, DB_1.instance_id]}]}
    answer = await agent.ok("CreateAssociation", **(asked | {"ScheduleExpression": at(agent, in_s)} | members))
    description: dict[str, Any] = answer["AssociationDescription"]
    return description


async def listed(agent: Harness, **members: Any) -> list[str]:
    return [each["AssociationId"] for each in (await agent.ok("ListAssociations", **members))["Associations"]]


async def commands(agent: Harness) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await agent.ok("ListCommands"))["Commands"]
    return found


async def test_an_association_is_kept_as_it_was_asked_for(agent: Harness) -> None:
    made = await created(agent, AssociationName="PatchNow-reboot-1", Parameters={"PostRebootHookDocName": ["AWS-Noop"]})
    assert made["AssociationVersion"] == "1"
    assert made["Overview"] == {
        "Status": "Pending",
        "DetailedStatus": "Pending",
        "AssociationStatusAggregatedCount": {},
    }
    asked = await agent.ok("DescribeAssociation", AssociationId=made["AssociationId"])
    assert asked["AssociationDescription"] == made
    for key, value in (("Name", REBOOT), ("AssociationName", "PatchNow-reboot-1"), ("InstanceId", DB_1.instance_id)):
        assert await listed(agent, AssociationFilterList=[{"key": key, "value": value}]) == [made["AssociationId"]]
    assert await listed(agent, AssociationFilterList=[{"key": "InstanceId", "value": WEB_2.instance_id}]) == []


async def test_an_association_runs_once_when_its_moment_has_come(agent: Harness) -> None:
    made = await created(agent, in_s=60)
    agent.context.associations.run_due()
    assert await commands(agent) == []
    agent.clock.move(seconds=61)
    for _ in range(2):
        agent.context.associations.run_due()
    (command,) = await commands(agent)
    assert command["DocumentName"] == REBOOT
    ran_on = (await agent.ok("ListCommandInvocations", CommandId=command["CommandId"]))["CommandInvocations"]
    assert [each["InstanceId"] for each in ran_on] == [DB_1.instance_id, WEB_1.instance_id]
    executions = await agent.ok("DescribeAssociationExecutions", AssociationId=made["AssociationId"])
    (execution,) = executions["AssociationExecutions"]
    assert (execution["Status"], execution["ResourceCountByStatus"]) == ("InProgress", "{InProgress=2}")
    targets = await agent.ok(
        "DescribeAssociationExecutionTargets",
        AssociationId=made["AssociationId"],
        ExecutionId=execution["ExecutionId"],
        Filters=[{"Key": "ResourceId", "Value": WEB_1.instance_id}],
    )
    (target,) = targets["AssociationExecutionTargets"]
    assert target["OutputSource"] == {"OutputSourceId": command["CommandId"], "OutputSourceType": "RunCommand"}
    described = (await agent.ok("DescribeAssociation", AssociationId=made["AssociationId"]))["AssociationDescription"]
    assert described["LastExecutionDate"] == pytest.approx(agent.clock.now.timestamp(), abs=0.01)


async def test_an_association_without_a_schedule_runs_at_once(agent: Harness) -> None:
    members = {"Name": REBOOT, "InstanceId": WEB_1.instance_id}
    await agent.ok("CreateAssociation", **members)
    agent.context.associations.run_due()
    assert [command["InstanceIds"] for command in await commands(agent)] == [[WEB_1.instance_id]]
    again = await agent.call("CreateAssociation", **members)
    assert again.code == "AssociationAlreadyExists"


async def test_an_association_that_was_deleted_does_not_run(agent: Harness) -> None:
    made = await created(agent, in_s=60)
    await agent.ok("DeleteAssociation", AssociationId=made["AssociationId"])
    agent.clock.move(seconds=61)
    agent.context.associations.run_due()
    assert await commands(agent) == []
    for call in ("DescribeAssociation", "DeleteAssociation", "DescribeAssociationExecutions", "UpdateAssociation"):
        gone = await agent.call(call, AssociationId=made["AssociationId"])
        assert gone.code == "AssociationDoesNotExist"


async def test_a_changed_association_runs_at_its_new_moment(agent: Harness) -> None:
    made = await created(agent, in_s=60, AssociationName="Reboot")
    targets = [{"Key": "tag:Role", "Values": ["web"]}]
    changed = await agent.ok(
        "UpdateAssociation",
        AssociationId=made["AssociationId"],
        ScheduleExpression=at(agent, 120),
        Targets=targets,
    )
    description = changed["AssociationDescription"]
    assert (description["AssociationVersion"], description["Targets"]) == ("2", targets)
    assert "AssociationName" not in description
    agent.clock.move(seconds=61)
    agent.context.associations.run_due()
    assert await commands(agent) == []
    agent.clock.move(seconds=61)
    agent.context.associations.run_due()
    assert [command["TargetCount"] for command in await commands(agent)] == [2]


async def test_what_cannot_run_at_its_moment_is_an_execution_that_failed(agent: Harness) -> None:
    content = '{"schemaVersion": "2.2", "mainSteps": [{"action": "aws:runShellScript", "name": "one", "inputs": {}}]}'
    await agent.ok("CreateDocument", Name="Own-Reboot", Content=content, DocumentType="Command")
    made = await created(agent, in_s=60, Name="Own-Reboot")
    await agent.ok("DeleteDocument", Name="Own-Reboot")
    agent.clock.move(seconds=61)
    for _ in range(2):
        agent.context.associations.run_due()
    executions = await agent.ok("DescribeAssociationExecutions", AssociationId=made["AssociationId"])
    assert [each["Status"] for each in executions["AssociationExecutions"]] == ["Failed"]


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"ScheduleExpression": "cron(0 3 * * ? *)"}, "InvalidSchedule"),
        ({"ScheduleExpression": "at(2026-02-30T00:00:00)"}, "InvalidSchedule"),
        ({"ScheduleExpression": "at(2020-01-01T00:00:00)"}, "InvalidSchedule"),
        ({"Name": "Nonesuch"}, "InvalidDocument"),
        ({"Parameters": {"Colour": ["red"]}}, "InvalidParameters"),
        ({"Targets": [{"Key": "Colour", "Values": ["red"]}]}, "InvalidTarget"),
        ({"Targets": []}, "InvalidTarget"),
        ({"CalendarNames": ["arn:aws:ssm:eu-central-1:1:document/Holidays"]}, "ValidationException"),
        ({"MaxErrors": "many"}, "ValidationException"),
    ],
)
async def test_what_cannot_be_meant_is_refused(agent: Harness, members: dict[str, Any], code: str) -> None:
    asked = {"Name": REBOOT, "Targets": [{"Key": "InstanceIds", "Values": [WEB_1.instance_id]}]}
    answer = await agent.call("CreateAssociation", **(asked | {"ScheduleExpression": at(agent, 60)} | members))
    assert answer.code == code
    assert await listed(agent) == []


async def test_an_agent_that_was_down_at_the_moment_runs_it_late_and_once(tmp_path: Path) -> None:
    with open_harness(tmp_path) as agent:
        await created(agent, in_s=60)
        assert agent.context.associations.is_waiting
        now = agent.clock.now
    with open_harness(tmp_path) as agent:
        agent.clock.now = now
        agent.clock.move(hours=5)
        agent.context.associations.run_due()
        assert len(agent.context.commands.repository.open_commands()) == 1
        assert not agent.context.associations.is_waiting
    with open_harness(tmp_path) as agent:
        agent.context.associations.run_due()
        assert len(agent.context.commands.repository.open_commands()) == 1


async def test_a_crash_between_command_and_execution_leaves_neither(agent: Harness, tmp_path: Path) -> None:
    await created(agent, in_s=60)
    agent.clock.move(seconds=61)
    repository = agent.context.associations.repository

    class Crash(BaseException):
        pass

    def crash(*_: object, **__: object) -> None:
        raise Crash

    whole, repository.record = repository.record, crash  # type: ignore[method-assign]
    with pytest.raises(Crash):
        agent.context.associations.run_due()
    assert await commands(agent) == []
    repository.record = whole  # type: ignore[method-assign]
    agent.context.associations.run_due()
    assert len(await commands(agent)) == 1
