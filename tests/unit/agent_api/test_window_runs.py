"""Windows that open at their moment, by a clock that the tests step: once, in order, until their cutoff."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from patchgui.agent.clock import utc_now
from tests.unit.agent_api.harness import DB_1, WEB_1, WEB_2, Harness, open_harness
from tests.unit.agent_api.windows import (
    executions,
    finish,
    invocations,
    run_at,
    sent,
    target,
    task,
    tasks,
    texts,
    window,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Harness]:
    with open_harness(tmp_path, signed_by=utc_now) as harness:
        yield harness


ON_BOTH = [{"Key": "InstanceIds", "Values": [WEB_1.instance_id, DB_1.instance_id]}]


async def test_a_window_opens_once_at_its_moment_and_ends_with_its_command(agent: Harness) -> None:
    window_id = await window(agent)
    await task(agent, window_id, "patch", MaxConcurrency="1", MaxErrors="0")
    run_at(agent)
    assert await sent(agent) == []
    for _ in range(2):
        run_at(agent, seconds=61)
    (command,) = await sent(agent)
    assert (texts([command]), command["MaxConcurrency"]) == (["patch"], "1")
    (execution,) = await executions(agent, window_id)
    assert (execution["Status"], "EndTime" in execution) == ("IN_PROGRESS", False)
    finish(agent, command["CommandId"])
    (execution,) = await executions(agent, window_id)
    assert (execution["Status"], execution["EndTime"] >= execution["StartTime"]) == ("SUCCESS", True)
    (one,) = await tasks(agent, execution)
    (invocation,) = await invocations(agent, one)
    assert (one["Status"], invocation["Status"]) == ("SUCCESS", "SUCCESS")
    assert invocation["ExecutionId"] == command["CommandId"]
    assert json.loads(invocation["Parameters"])["Parameters"] == {"commands": ["patch"]}
    ids = {"WindowExecutionId": execution["WindowExecutionId"], "TaskId": one["TaskExecutionId"]}
    whole = await agent.ok("GetMaintenanceWindowExecution", WindowExecutionId=ids["WindowExecutionId"])
    assert whole["TaskIds"] == [ids["TaskId"]]
    assert (await agent.ok("GetMaintenanceWindowExecutionTask", **ids))["Priority"] == 1
    same = await agent.ok("GetMaintenanceWindowExecutionTaskInvocation", **ids, InvocationId=invocation["InvocationId"])
    assert same == invocation


async def test_a_window_opens_again_at_each_of_its_moments(agent: Harness) -> None:
    window_id = await window(agent, Schedule="rate(1 day)")
    await task(agent, window_id)
    for _ in range(3):
        run_at(agent, days=1)
        finish(agent, (await sent(agent))[-1]["CommandId"])
    assert [each["Status"] for each in await executions(agent, window_id)] == ["SUCCESS"] * 3


async def test_lower_priorities_go_first_and_equal_ones_together(agent: Harness) -> None:
    window_id = await window(agent)
    for text, priority in (("third", 5), ("first", 0), ("second", 1), ("second too", 1)):
        await task(agent, window_id, text, Priority=priority)
    run_at(agent, seconds=61)
    assert texts(await sent(agent)) == ["first"]
    # One that failed does not hold up the next.
    finish(agent, (await sent(agent))[0]["CommandId"], "Failed")
    assert texts(await sent(agent)) == ["first", "second", "second too"]
    finish(agent, (await sent(agent))[1]["CommandId"])
    assert len(await sent(agent)) == 3
    finish(agent, (await sent(agent))[2]["CommandId"])
    assert texts(await sent(agent))[3:] == ["third"]
    finish(agent, (await sent(agent))[3]["CommandId"])
    (execution,) = await executions(agent, window_id)
    assert execution["Status"] == "FAILED"
    assert [each["Status"] for each in await tasks(agent, execution)] == ["FAILED", "SUCCESS", "SUCCESS", "SUCCESS"]


async def test_a_task_runs_on_its_registered_targets_one_after_the_other(agent: Harness) -> None:
    window_id = await window(agent, AllowUnassociatedTargets=False)
    webs = await target(agent, window_id, OwnerInformation="shop")
    db = await target(agent, window_id, Targets=[{"Key": "InstanceIds", "Values": [DB_1.instance_id]}])
    await task(agent, window_id, Targets=[{"Key": "WindowTargetIds", "Values": [webs, db]}])
    run_at(agent, seconds=61)
    (first,) = await sent(agent)
    assert first["Targets"] == [{"Key": "tag:Role", "Values": ["web"]}]
    finish(agent, first["CommandId"])
    _, second = await sent(agent)
    assert second["Targets"] == [{"Key": "InstanceIds", "Values": [DB_1.instance_id]}]
    finish(agent, second["CommandId"])
    (execution,) = await executions(agent, window_id)
    (one,) = await tasks(agent, execution)
    told = [(each["WindowTargetId"], each.get("OwnerInformation")) for each in await invocations(agent, one)]
    assert (execution["Status"], told) == ("SUCCESS", [(webs, "shop"), (db, None)])


async def test_too_many_errors_keep_the_next_targets_from_being_started(agent: Harness) -> None:
    window_id = await window(agent)
    ids = [
        await target(agent, window_id, Targets=[{"Key": "InstanceIds", "Values": [node.instance_id]}])
        for node in (WEB_1, WEB_2, DB_1)
    ]
    await task(agent, window_id, Targets=[{"Key": "WindowTargetIds", "Values": ids}], MaxErrors="1", MaxConcurrency="1")
    run_at(agent, seconds=61)
    for number in range(2):
        finish(agent, (await sent(agent))[number]["CommandId"], "Failed")
    assert len(await sent(agent)) == 2
    (execution,) = await executions(agent, window_id)
    (one,) = await tasks(agent, execution)
    assert [each["Status"] for each in await invocations(agent, one)] == ["FAILED", "FAILED", "CANCELLED"]
    assert execution["Status"] == "FAILED"


async def test_words_in_braces_stand_for_what_is_only_known_then(agent: Harness) -> None:
    window_id = await window(agent)
    task_id = await task(
        agent, window_id, "{{WINDOW_ID}} {{ WINDOW_TASK_ID }} {{WINDOW_EXECUTION_ID}} {{TARGET_TYPE}} {{Other}}"
    )
    run_at(agent, seconds=61)
    (execution,) = await executions(agent, window_id)
    assert texts(await sent(agent)) == [
        f"{window_id} {task_id} {execution['WindowExecutionId']} INSTANCE {{{{Other}}}}"
    ]


async def test_a_task_that_names_the_node_gives_each_node_a_command_of_its_own(agent: Harness) -> None:
    window_id = await window(agent)
    await task(agent, window_id, "{{TARGET_ID}} is {{RESOURCE_ID}}", Targets=ON_BOTH)
    run_at(agent, seconds=61)
    finish(agent, (await sent(agent))[0]["CommandId"])
    finish(agent, (await sent(agent))[1]["CommandId"])
    expected = {f"{node.instance_id} is {node.instance_id}" for node in (WEB_1, DB_1)}
    assert set(texts(await sent(agent))) == expected
    assert (await executions(agent, window_id))[0]["Status"] == "SUCCESS"


async def test_what_a_task_says_of_its_command_is_sent_with_it(agent: Harness) -> None:
    window_id = await window(agent)
    run = {
        "Comment": "nightly",
        "DocumentVersion": "$LATEST",
        "OutputS3BucketName": "bucket",
        "OutputS3KeyPrefix": "logs",
        "TimeoutSeconds": 120,
        "ServiceRoleArn": "arn:aws:iam::1:role/publish",
        "CloudWatchOutputConfig": {"CloudWatchLogGroupName": "group", "CloudWatchOutputEnabled": True},
        "Parameters": {"commands": ["true"]},
    }
    await task(agent, window_id, TaskInvocationParameters={"RunCommand": run}, MaxErrors="2", MaxConcurrency="3")
    run_at(agent, seconds=61)
    (command,) = await sent(agent)
    members = ("Comment", "OutputS3BucketName", "OutputS3KeyPrefix", "TimeoutSeconds", "CloudWatchOutputConfig")
    assert {name: command[name] for name in members} == {name: run[name] for name in members}
    assert (command["ServiceRole"], command["DocumentVersion"]) == (run["ServiceRoleArn"], "$LATEST")
    assert (command["MaxErrors"], command["MaxConcurrency"]) == ("2", "3")


@pytest.mark.parametrize(("kind", "name"), [("AUTOMATION", "Automation"), ("LAMBDA", "Lambda")])
async def test_a_task_that_needs_aws_fails_with_the_reason(agent: Harness, kind: str, name: str) -> None:
    window_id = await window(agent)
    await task(agent, window_id, TaskType=kind, TaskArn="anything", TaskInvocationParameters={name: {}})
    run_at(agent, seconds=61)
    (execution,) = await executions(agent, window_id)
    (one,) = await tasks(agent, execution)
    assert (execution["Status"], one["Status"], one["TaskType"]) == ("FAILED", "FAILED", kind)
    assert one["StatusDetails"] == f"A task of type {kind} runs on AWS only: this agent runs RUN_COMMAND tasks."


async def test_a_document_that_is_gone_fails_the_task_with_the_reason(agent: Harness) -> None:
    window_id = await window(agent)
    await task(agent, window_id, TaskArn="Nonesuch")
    run_at(agent, seconds=61)
    (execution,) = await executions(agent, window_id)
    (one,) = await tasks(agent, execution)
    assert (execution["Status"], "Nonesuch does not exist" in one["StatusDetails"]) == ("FAILED", True)


async def test_a_disabled_window_stays_closed_until_it_is_enabled(agent: Harness) -> None:
    window_id = await window(agent, Schedule="rate(1 hour)")
    await task(agent, window_id)
    await agent.ok("UpdateMaintenanceWindow", WindowId=window_id, Enabled=False)
    run_at(agent, hours=2)
    assert await executions(agent, window_id) == []
    assert not agent.context.windows.is_waiting
    await agent.ok("UpdateMaintenanceWindow", WindowId=window_id, Enabled=True)
    run_at(agent)
    assert await executions(agent, window_id) == []
    run_at(agent, hours=1)
    assert len(await executions(agent, window_id)) == 1


async def test_a_window_that_is_still_open_is_not_opened_again(agent: Harness) -> None:
    window_id = await window(agent, Schedule="rate(1 hour)")
    await task(agent, window_id)
    for _ in range(2):
        run_at(agent, hours=1)
    newest, first = await executions(agent, window_id)
    assert (first["Status"], newest["Status"]) == ("IN_PROGRESS", "SKIPPED_OVERLAPPING")
    assert len(await sent(agent)) == 1


@pytest.mark.parametrize(
    ("behavior", "at_cutoff", "at_end"),
    [("CONTINUE_TASK", "IN_PROGRESS", "SUCCESS"), ("CANCEL_TASK", "CANCELLING", "TIMED_OUT")],
)
async def test_at_the_cutoff_nothing_starts_and_what_runs_goes_on_or_is_cancelled(
    agent: Harness, behavior: str, at_cutoff: str, at_end: str
) -> None:
    window_id = await window(agent)
    await task(agent, window_id, "long", CutoffBehavior=behavior)
    await task(agent, window_id, "later", Priority=2)
    run_at(agent, seconds=61)
    agent.context.commands.received([(WEB_1.instance_id, [_accepted((await sent(agent))[0], agent)])])
    run_at(agent, minutes=60)
    (execution,) = await executions(agent, window_id)
    running, waiting = await tasks(agent, execution)
    assert (running["Status"], waiting["Status"]) == (at_cutoff, "TIMED_OUT")
    finish(agent, (await sent(agent))[0]["CommandId"], "Success" if behavior == "CONTINUE_TASK" else "Cancelled")
    (execution,) = await executions(agent, window_id)
    running, _ = await tasks(agent, execution)
    assert (running["Status"], execution["Status"], len(await sent(agent))) == (at_end, "TIMED_OUT", 1)


def _accepted(command: dict[str, Any], agent: Harness) -> dict[str, Any]:
    record = {"n": 1, "at": agent.clock().timestamp(), "type": "accepted"}
    return {"type": "report", "command": command["CommandId"], "record": record}


async def test_a_cancelled_execution_cancels_what_runs_and_starts_nothing_more(agent: Harness) -> None:
    window_id = await window(agent)
    await task(agent, window_id, "first")
    await task(agent, window_id, "second", Priority=2)
    run_at(agent, seconds=61)
    (execution,) = await executions(agent, window_id)
    await agent.ok("CancelMaintenanceWindowExecution", WindowExecutionId=execution["WindowExecutionId"])
    run_at(agent)
    (execution,) = await executions(agent, window_id)
    # The node was not reached yet: there is nothing to wait for.
    assert (execution["Status"], [each["Status"] for each in await tasks(agent, execution)]) == (
        "CANCELLED",
        ["CANCELLED", "CANCELLED"],
    )
    assert [each["Status"] for each in await sent(agent)] == ["Cancelled"]
    unknown = await agent.call(
        "CancelMaintenanceWindowExecution", WindowExecutionId="0" * 8 + "-0000" * 3 + "-" + "0" * 12
    )
    assert unknown.code == "DoesNotExistException"


async def test_nodes_that_are_registered_no_more_are_left_alone(agent: Harness) -> None:
    window_id = await window(agent)
    await target(agent, window_id)
    await task(agent, window_id, Targets=ON_BOTH)
    await agent.ok("UpdateMaintenanceWindow", WindowId=window_id, AllowUnassociatedTargets=False)
    run_at(agent, seconds=61)
    (command,) = await sent(agent)
    assert command["Targets"] == [{"Key": "InstanceIds", "Values": [WEB_1.instance_id]}]


async def test_an_agent_that_was_down_opens_late_and_says_so(tmp_path: Path) -> None:
    with open_harness(tmp_path, signed_by=utc_now) as agent:
        window_id = await window(agent)
        await task(agent, window_id)
        now = agent.clock.now
    with open_harness(tmp_path, signed_by=utc_now) as agent:
        agent.clock.now = now
        assert agent.context.windows.is_waiting
        for _ in range(2):
            run_at(agent, minutes=29)
        (execution,) = await executions(agent, window_id)
        assert execution["Status"] == "IN_PROGRESS"
        assert "Opened late: it was due at" in execution["StatusDetails"]
        assert len(await sent(agent)) == 1


async def test_a_window_that_was_missed_until_its_cutoff_is_left_out(tmp_path: Path) -> None:
    with open_harness(tmp_path, signed_by=utc_now) as agent:
        window_id = await window(agent, Schedule="rate(1 day)")
        await task(agent, window_id)
        now = agent.clock.now
    with open_harness(tmp_path, signed_by=utc_now) as agent:
        agent.clock.now = now
        run_at(agent, days=3, hours=1)
        assert await executions(agent, window_id) == []
        # Of those that went by, one may still be open.
        run_at(agent, days=2, minutes=-30)
        assert len(await executions(agent, window_id)) == 1


async def test_a_crash_leaves_each_command_sent_once(agent: Harness) -> None:
    window_id = await window(agent)
    await task(agent, window_id)
    repository = agent.context.windows.executions

    class Crash(BaseException):
        pass

    whole = repository.set
    calls = 0

    def crash(*arguments: Any, **values: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == crash_at:
            raise Crash
        whole(*arguments, **values)

    agent.clock.move(seconds=61)
    repository.set = crash  # type: ignore[method-assign]  # a process that ends there
    for crash_at in (1, 2, 3):  # noqa: B007 - `crash` looks at it
        calls = 0
        with suppress(Crash):
            agent.context.windows.run_due()
    repository.set = whole  # type: ignore[method-assign]
    agent.context.windows.run_due()
    assert len(await sent(agent)) == 1
    finish(agent, (await sent(agent))[0]["CommandId"])
    assert [each["Status"] for each in await executions(agent, window_id)] == ["SUCCESS"]


async def test_a_window_without_tasks_ends_at_once(agent: Harness) -> None:
    window_id = await window(agent)
    run_at(agent, seconds=61)
    (execution,) = await executions(agent, window_id)
    assert (execution["Status"], execution["StatusDetails"]) == ("SUCCESS", "The window has no tasks.")


async def test_executions_are_forgotten_after_thirty_days_as_commands_are(agent: Harness) -> None:
    window_id = await window(agent, Schedule="rate(20 days)")
    for days in (20, 20):
        run_at(agent, days=days)
    agent.clock.move(days=11)
    agent.context.windows.start()
    await agent.context.windows.stop()
    assert len(await executions(agent, window_id)) == 1
