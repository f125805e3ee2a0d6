"""A reboot that was put off: an association that runs once at its moment, over real nodes and through kill -9."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.e2e.agent.conftest import AgentProcess

REBOOT = "AWS-InstanceRebootWithHooks"
BOOT_ID = "/proc/sys/kernel/random/boot_id"
LOG = "/root/after"


def executions(agent: "AgentProcess", association_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = agent.ssm.describe_association_executions(AssociationId=association_id)[
        "AssociationExecutions"
    ]
    return found


def test_a_reboot_put_off_happens_once_although_the_agent_was_down_at_its_moment(agent: "AgentProcess") -> None:
    agent.create("After", ("after", f"cat {BOOT_ID} >> {LOG}"))
    agent.create("Before", ("before", f"cat {BOOT_ID}"))
    install = {"Operation": ["Install"], "RebootOption": ["NoReboot"]}
    for node in ("web-1", "web-2", "db-1"):
        command_id = agent.send("AWS-RunPatchBaselineWithHooks", node, Parameters=install)
        assert agent.ended(command_id)["Status"] == "Success"
    states = agent.ssm.describe_instance_patch_states(InstanceIds=list(agent.nodes.values()))["InstancePatchStates"]
    waiting = [each["InstanceId"] for each in states if each.get("InstalledPendingRebootCount")]
    assert waiting, "no node waits for a reboot"
    node = agent.name_of(waiting[0])
    before = agent.send("Before", node)
    assert agent.ended(before)["Status"] == "Success"
    boot = agent.steps(before, node)["before"]["Output"]
    moment = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=2)
    made = agent.ssm.create_association(
        Name=REBOOT,
        AssociationName="PatchNow-reboot-test",
        Targets=[{"Key": "InstanceIds", "Values": waiting}],
        ScheduleExpression=f"at({moment:%Y-%m-%dT%H:%M:%S})",
        ApplyOnlyAtCronInterval=True,
        Parameters={"PostRebootHookDocName": ["After"]},
    )
    association_id = made["AssociationDescription"]["AssociationId"]

    agent.kill()
    agent.until(lambda: datetime.now(UTC) > moment)
    agent.start()
    agent.until(lambda: executions(agent, association_id))
    agent.kill()
    agent.start()

    (execution,) = agent.until(
        lambda: [each for each in executions(agent, association_id) if each["Status"] in {"Success", "Failed"}]
    )
    assert execution["Status"] == "Success"
    sent = [each for each in agent.ssm.list_commands()["Commands"] if each["DocumentName"] == REBOOT]
    assert len(sent) == 1
    after = agent.inside(LOG, node).read_text().splitlines()
    assert len(after) == 1
    assert after[0] != boot.strip(), "the node was not restarted"
