"""The walk-through of the sandbox's window, by API: its task gets hooks, it opens by itself and really patches."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.e2e.agent.conftest import AgentProcess

HOOKS = {
    "PreInstallHookDocName": ["PatchingDemo-StopAppGracefully"],
    "PostInstallHookDocName": ["PatchingDemo-UpdateApp"],
    "OnExitHookDocName": ["PatchingDemo-StartAppandVerify"],
}
FINAL = {"SUCCESS", "FAILED", "TIMED_OUT", "CANCELLED"}


def missing(agent: "AgentProcess") -> dict[str, int]:
    states = agent.ssm.describe_instance_patch_states(InstanceIds=list(agent.nodes.values()))["InstancePatchStates"]
    return {agent.name_of(each["InstanceId"]): each["MissingCount"] for each in states}


def test_the_next_run_of_a_window_patches_with_hooks_once_although_the_agent_was_killed(agent: "AgentProcess") -> None:
    (demo,) = agent.ssm.describe_maintenance_windows()["WindowIdentities"]
    window = {"WindowId": demo["WindowId"]}
    (task,) = agent.ssm.describe_maintenance_window_tasks(**window)["Tasks"]
    agent.ended(agent.send("AWS-RunPatchBaseline", *agent.nodes, Parameters={"Operation": ["Scan"]}))
    before = missing(agent)
    assert all(before.values())

    agent.ssm.update_maintenance_window_task(
        **window,
        WindowTaskId=task["WindowTaskId"],
        TaskArn="AWS-RunPatchBaselineWithHooks",
        TaskInvocationParameters={"RunCommand": {"Parameters": {"Operation": ["Install"], **HOOKS}}},
    )
    opens_at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=4)
    schedule = f"cron({opens_at.second} {opens_at.minute} {opens_at.hour} {opens_at.day} {opens_at.month} ? *)"
    agent.ssm.update_maintenance_window(**window, Schedule=schedule, Enabled=True)

    agent.kill()
    agent.until(lambda: datetime.now(UTC) > opens_at)
    agent.start()
    agent.until(lambda: agent.ssm.describe_maintenance_window_executions(**window)["WindowExecutions"])
    agent.kill()
    agent.start()

    def over() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = agent.ssm.describe_maintenance_window_executions(**window)["WindowExecutions"]
        return [each for each in found if each["Status"] in FINAL]

    (execution,) = agent.until(over)
    assert execution["Status"] == "SUCCESS", agent.log()[-2000:]
    sent = [
        each
        for each in agent.ssm.list_commands()["Commands"]
        if each["DocumentName"] == "AWS-RunPatchBaselineWithHooks"
    ]
    assert [each["Targets"] for each in sent] == [[{"Key": "tag:PatchGroup", "Values": ["web-servers"]}]]
    for node in ("web-1", "web-2"):
        steps = agent.steps(sent[0]["CommandId"], node)
        assert {each["Status"] for each in steps.values()} == {"Success"}
        assert "ready to install patches" in steps["CustomerProvidedPrePatchHook"]["Output"]
        assert f"on {node} is well" in steps["CustomerProvidedOnExitHook"]["Output"]
    assert missing(agent) == {"web-1": 0, "web-2": 0, "db-1": before["db-1"]}
