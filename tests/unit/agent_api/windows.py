"""What the tests of maintenance windows have in common."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.unit.agent_api.harness import WEB_1, Harness

PARTS: dict[str, Any] = {"Duration": 2, "Cutoff": 1, "AllowUnassociatedTargets": True, "Name": "Nightly"}
SHELL = "AWS-RunShellScript"


async def window(agent: Harness, in_s: float = 60, **members: Any) -> str:
    """Make a window that opens in so many seconds."""
    schedule = f"at({agent.clock.now + timedelta(seconds=in_s):%Y-%m-%dT%H:%M:%S})"
    made: str = (await agent.ok("CreateMaintenanceWindow", **(PARTS | {"Schedule": schedule} | members)))["WindowId"]
    return made


async def task(agent: Harness, window_id: str, text: str = "true", **members: Any) -> str:
    """Give a window a task that runs a command on a node of its own."""
    asked = {
        "TaskArn": SHELL,
        "TaskType": "RUN_COMMAND",
        "Targets": [{"Key": "InstanceIds", "Values": [WEB_1.instance_id]}],
        "TaskInvocationParameters": {"RunCommand": {"Parameters": {"commands": [text]}}},
    }
    made: str = (await agent.ok("RegisterTaskWithMaintenanceWindow", WindowId=window_id, **(asked | members)))[
        "WindowTaskId"
    ]
    return made


async def target(agent: Harness, window_id: str, **members: Any) -> str:
    """Register the web servers with a window."""
    asked = {"ResourceType": "INSTANCE", "Targets": [{"Key": "tag:Role", "Values": ["web"]}]}
    made: str = (await agent.ok("RegisterTargetWithMaintenanceWindow", WindowId=window_id, **(asked | members)))[
        "WindowTargetId"
    ]
    return made


def run_at(agent: Harness, **later: float) -> None:
    """Let time go by, then do what is due."""
    agent.clock.move(**later)
    agent.context.windows.run_due()


async def executions(agent: Harness, window_id: str) -> list[dict[str, Any]]:
    """Return a window's executions, newest first."""
    answer = await agent.ok("DescribeMaintenanceWindowExecutions", WindowId=window_id)
    found: list[dict[str, Any]] = answer["WindowExecutions"]
    return found


async def tasks(agent: Harness, execution: dict[str, Any]) -> list[dict[str, Any]]:
    """Return an execution's tasks, by priority."""
    answer = await agent.ok("DescribeMaintenanceWindowExecutionTasks", WindowExecutionId=execution["WindowExecutionId"])
    found: list[dict[str, Any]] = answer["WindowExecutionTaskIdentities"]
    return found


async def invocations(agent: Harness, one: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a task of an execution has started."""
    answer = await agent.ok(
        "DescribeMaintenanceWindowExecutionTaskInvocations",
        WindowExecutionId=one["WindowExecutionId"],
        TaskId=one["TaskExecutionId"],
    )
    found: list[dict[str, Any]] = answer["WindowExecutionTaskInvocationIdentities"]
    return found


async def sent(agent: Harness) -> list[dict[str, Any]]:
    """Return the commands that were sent, oldest first."""
    found: list[dict[str, Any]] = (await agent.ok("ListCommands"))["Commands"]
    return found[::-1]


def texts(commands: list[dict[str, Any]]) -> list[str]:
    """Return what each command runs."""
    return [command["Parameters"]["commands"][0] for command in commands]


def finish(agent: Harness, command_id: str, status: str = "Success") -> None:
    """Let a command end on all its nodes, as their workers would report it, and do what is due then."""
    at = agent.clock().timestamp()
    records = [{"type": "accepted"}, {"type": "ended", "status": status, "reason": ""}]
    for row in agent.context.commands.repository.invocations(command_id):
        messages = [
            {"type": "report", "command": command_id, "record": {"n": number, "at": at, **record}}
            for number, record in enumerate(records, start=1)
        ]
        agent.context.commands.received([(row["instance_id"], messages)])
    agent.context.windows.run_due()


def moment(value: float) -> datetime:
    """Return a moment of the wire."""
    return datetime.fromtimestamp(value, UTC)
