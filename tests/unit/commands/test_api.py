"""The calls on commands through the API, as a client gets them."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from patchgui.agent.engine.results import StepResult
from patchgui.agent.engine.statuses import StepStatus
from tests.unit.agent_api.harness import DB_1, WEB_1, WEB_2, Harness, open_harness

pytestmark = pytest.mark.anyio

WEB = WEB_1.instance_id
SHELL = "aws:runShellScript"


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Harness]:
    with open_harness(tmp_path) as harness:
        yield harness


async def create(agent: Harness, name: str, *steps: str) -> None:
    main = [{"name": step, "action": SHELL, "inputs": {"runCommand": ["true"]}} for step in steps]
    content = json.dumps({"schemaVersion": "2.2", "description": name, "mainSteps": main})
    await agent.ok("CreateDocument", Name=name, Content=content, DocumentType="Command")


async def send(agent: Harness, document: str = "AWS-RunShellScript", **members: Any) -> dict[str, Any]:
    members = {"InstanceIds": [WEB], **members}
    if document == "AWS-RunShellScript":
        members.setdefault("Parameters", {"commands": ["true"]})
    answer = await agent.ok("SendCommand", DocumentName=document, **members)
    command: dict[str, Any] = answer["Command"]
    return command


def report(agent: Harness, command: dict[str, Any], *records: dict[str, Any], node: str = WEB, first: int = 1) -> None:
    at = agent.clock().timestamp()
    numbered = [{"n": number, "at": at, **record} for number, record in enumerate(records, start=first)]
    messages = [{"type": "report", "command": command["CommandId"], "record": record} for record in numbered]
    agent.context.commands.received([(node, messages)])


def ended(name: str, status: StepStatus = StepStatus.SUCCESS, **members: Any) -> dict[str, Any]:
    return {"type": "step_ended", "result": StepResult(name, SHELL, status, **members).to_json()}


async def test_a_command_is_echoed_as_the_service_echoes_it(agent: Harness) -> None:
    command = await send(agent, Comment="why", TimeoutSeconds=600, MaxConcurrency="10%", MaxErrors="1")

    assert command["Status"] == command["StatusDetails"] == "Pending"
    assert command["InstanceIds"] == [WEB]
    assert command["DocumentName"] == "AWS-RunShellScript"
    assert command["DocumentVersion"] == "$DEFAULT"
    assert command["Parameters"] == {"commands": ["true"]}
    assert (command["Comment"], command["TimeoutSeconds"]) == ("why", 600)
    assert (command["MaxConcurrency"], command["MaxErrors"], command["TargetCount"]) == ("10%", "1", 1)
    assert command["ExpiresAfter"] == command["RequestedDateTime"] + 600 + 3600


async def test_what_the_service_fills_in_is_filled_in(agent: Harness) -> None:
    command = await send(agent)

    assert (command["MaxConcurrency"], command["MaxErrors"], command["TimeoutSeconds"]) == ("50", "0", 3600)
    assert (command["CompletedCount"], command["ErrorCount"], command["DeliveryTimedOutCount"]) == (0, 0, 0)


async def test_invocations_show_steps_only_when_asked(agent: Harness) -> None:
    command = await send(agent)

    plain = await agent.ok("ListCommandInvocations", CommandId=command["CommandId"])
    detailed = await agent.ok("ListCommandInvocations", CommandId=command["CommandId"], Details=True)

    assert plain["CommandInvocations"][0]["CommandPlugins"] == []
    (plugin,) = detailed["CommandInvocations"][0]["CommandPlugins"]
    assert (plugin["Name"], plugin["Status"], plugin["ResponseCode"]) == ("aws:runShellScript", "Pending", -1)
    assert detailed["CommandInvocations"][0]["InstanceName"] == "web-1"


async def test_a_step_shows_its_output_times_and_code(agent: Harness) -> None:
    await create(agent, "Two", "first", "second")
    command = await send(agent, "Two")
    started = {"type": "step_started", "step": "first", "action": SHELL}
    result = {"code": 4, "stdout": "out\n", "stderr": "err\n", "output": "both"}
    report(agent, command, {"type": "accepted"}, started, ended("first", StepStatus.FAILED, **result))
    ids = {"CommandId": command["CommandId"], "InstanceId": WEB}

    one = await agent.ok("GetCommandInvocation", **ids, PluginName="first")
    two = await agent.ok("GetCommandInvocation", **ids, PluginName="second")

    assert (one["Status"], one["StatusDetails"], one["ResponseCode"]) == ("Failed", "Failed", 4)
    assert (one["StandardOutputContent"], one["StandardErrorContent"]) == ("out\n", "err\n")
    assert one["ExecutionStartDateTime"].endswith("Z")
    assert one["ExecutionElapsedTime"] == "PT0S"
    assert (two["Status"], two["ResponseCode"], two["ExecutionStartDateTime"]) == ("Pending", -1, "")
    listed = await agent.ok("ListCommandInvocations", CommandId=command["CommandId"], Details=True)
    assert listed["CommandInvocations"][0]["CommandPlugins"][0]["Output"] == "both"


async def test_output_is_cut_where_the_service_cuts_it(agent: Harness) -> None:
    await create(agent, "Loud", "one")
    command = await send(agent, "Loud")
    report(agent, command, {"type": "accepted"}, ended("one", stdout="o" * 24000, stderr="e" * 24000))

    step = await agent.ok("GetCommandInvocation", CommandId=command["CommandId"], InstanceId=WEB)

    assert (len(step["StandardOutputContent"]), len(step["StandardErrorContent"])) == (24000, 8000)


async def test_a_document_of_several_steps_wants_one_named(agent: Harness) -> None:
    await create(agent, "Two", "first", "second")
    command = await send(agent, "Two")
    ids = {"CommandId": command["CommandId"], "InstanceId": WEB}

    assert (await agent.call("GetCommandInvocation", **ids)).code == "InvalidPluginName"
    assert (await agent.call("GetCommandInvocation", **ids, PluginName="three")).code == "InvalidPluginName"
    elsewhere = {**ids, "InstanceId": WEB_2.instance_id}
    assert (await agent.call("GetCommandInvocation", **elsewhere)).code == "InvocationDoesNotExist"


async def test_commands_are_listed_newest_first_and_by_page(agent: Harness) -> None:
    sent = [(await send(agent))["CommandId"] for _ in range(5)]

    listed: list[str] = []
    token: dict[str, str] = {}
    while token or not listed:
        answer = await agent.ok("ListCommands", MaxResults=2, **token)
        listed += [command["CommandId"] for command in answer["Commands"]]
        token = {"NextToken": answer["NextToken"]} if "NextToken" in answer else {}

    assert listed == sent[::-1]


async def test_commands_are_found_by_filters(agent: Harness) -> None:
    await create(agent, "Mine", "one")
    ran = await send(agent, "Mine")
    report(agent, ran, {"type": "accepted"}, ended("one"), {"type": "ended", "status": "Success", "reason": ""})
    agent.clock.move(minutes=2)
    waits = await send(agent, InstanceIds=[DB_1.instance_id])
    a_minute_ago = (agent.clock() - timedelta(minutes=1)).isoformat()

    async def found(key: str, value: str) -> list[str]:
        answer = await agent.ok("ListCommands", Filters=[{"key": key, "value": value}])
        return [command["CommandId"] for command in answer["Commands"]]

    assert await found("Status", "Success") == [ran["CommandId"]]
    assert await found("Status", "Pending") == [waits["CommandId"]]
    assert await found("DocumentName", "Mine") == [ran["CommandId"]]
    assert await found("ExecutionStage", "Complete") == [ran["CommandId"]]
    assert await found("ExecutionStage", "Executing") == [waits["CommandId"]]
    assert await found("InvokedBefore", a_minute_ago) == [ran["CommandId"]]
    by_node = await agent.ok("ListCommands", InstanceId=WEB)
    assert [command["CommandId"] for command in by_node["Commands"]] == [ran["CommandId"]]


async def test_an_unknown_command_is_an_error_where_the_service_has_one(agent: Harness) -> None:
    nobody = "00000000-0000-0000-0000-000000000000"

    assert (await agent.call("ListCommands", CommandId=nobody)).code == "InvalidCommandId"
    assert (await agent.call("CancelCommand", CommandId=nobody)).code == "InvalidCommandId"
    assert (await agent.ok("ListCommandInvocations", CommandId=nobody))["CommandInvocations"] == []


async def test_a_command_is_cancelled(agent: Harness) -> None:
    command = await send(agent)

    assert await agent.ok("CancelCommand", CommandId=command["CommandId"]) == {}

    (listed,) = (await agent.ok("ListCommands", CommandId=command["CommandId"]))["Commands"]
    assert (listed["Status"], listed["CompletedCount"]) == ("Cancelled", 1)
