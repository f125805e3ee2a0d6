"""The agent's own calls: how it is, and the way back to the unpatched sandbox."""

from dataclasses import replace
from unittest.mock import AsyncMock

import pytest

from patchgui.ssm.errors import SandboxUnavailable
from tests.unit.agent_api.harness import WEB_1, Harness, StillFleet
from tests.unit.agent_api.test_patches import REPORT

pytestmark = pytest.mark.anyio


class IdleCommands:
    """What a reset uses of the commands; notes what it is asked."""

    def __init__(self, *, is_idle: bool = True) -> None:
        self.is_idle = is_idle
        self.asked: list[str] = []

    async def suspend(self) -> None:
        self.asked.append("suspend")

    async def resume(self) -> None:
        self.asked.append("resume")


async def test_the_agent_tells_how_it_is(agent: Harness) -> None:
    answer = await agent.call("Status", prefix="PatchNowAgent.")
    assert answer.json == {"Version": "0.1.0", "Nodes": "sandbox", "NodeCount": 3, "IsIdle": True}


async def test_a_reset_needs_a_signature_as_any_call(agent: Harness) -> None:
    answer = await agent.post({"x-amz-target": "PatchNowAgent.ResetSandbox"}, b"{}")
    assert answer.code == "MissingAuthenticationTokenException"


async def test_a_reset_ends_the_workers_first_and_forgets_what_nodes_reported(agent: Harness) -> None:
    commands = IdleCommands()
    agent.context.commands = commands  # type: ignore[assignment]
    agent.context.patches.record(WEB_1.instance_id, REPORT)
    answer = await agent.call("ResetSandbox", prefix="PatchNowAgent.")
    assert (answer.status, answer.json) == (200, {})
    fleet = agent.context.fleet
    assert isinstance(fleet, StillFleet)
    assert (fleet.resets, commands.asked) == (1, ["suspend", "resume"])
    assert agent.context.patches.state(WEB_1.instance_id) is None


async def test_a_running_command_is_not_swept_away(agent: Harness) -> None:
    agent.context.commands = IdleCommands(is_idle=False)  # type: ignore[assignment]
    answer = await agent.call("ResetSandbox", prefix="PatchNowAgent.")
    assert (answer.status, answer.code) == (400, "ResourceInUseException")


async def test_this_machine_has_no_state_to_go_back_to(agent: Harness) -> None:
    agent.context.settings = replace(agent.context.settings, nodes="this-machine")
    assert (await agent.call("ResetSandbox", prefix="PatchNowAgent.")).code == "ValidationException"


async def test_workers_come_back_when_a_reset_fails(agent: Harness) -> None:
    commands = IdleCommands()
    agent.context.commands = commands  # type: ignore[assignment]
    agent.context.fleet.reset = AsyncMock(side_effect=SandboxUnavailable("No apt.", hint="Get it."))  # type: ignore[method-assign]
    answer = await agent.call("ResetSandbox", prefix="PatchNowAgent.")
    assert (answer.status, answer.message) == (500, "No apt. Get it.")
    assert commands.asked == ["suspend", "resume"]
