"""The calls that following a run over a thousand nodes costs: by the console, and by one boto3 waiter for each node."""

import asyncio
import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

from botocore.exceptions import WaiterError

from patchgui.patching.plan import PatchPlan
from patchgui.patching.rate import RateControl
from patchgui.simulator.settings import FleetSettings
from tests.bench.figure import Figure
from tests.fleet import Fleet, stepped_clock
from tests.scale.scene import open_scene

NODES = 1000
SAMPLE = 10
"""Nodes that are followed by a real waiter each; the others cost as much on the average."""
POLL_S = 5.0
"""The pace of both: boto3's waiter for a command, and the console on a large run."""
_LAST_STEP = "CustomerProvidedOnExitHook"
_PLAN = PatchPlan(
    targets=(("InstanceIds", ("*",)),),
    target_count=NODES,
    rate=RateControl(max_concurrency="8%", max_errors="100"),
)


def measure() -> Iterator[Figure]:
    """Yield the calls of the console, from launch to end, beside those of the waiters on the same run."""
    with tempfile.TemporaryDirectory() as folder:
        ours = asyncio.run(_our_calls(Path(folder)))
    waiters = sum(_waiter_calls(number * NODES // SAMPLE) for number in range(SAMPLE)) * NODES // SAMPLE
    what = f"calls to follow a run over {NODES:,} nodes"
    yield Figure(what, float(ours), "calls", "≤ 0.05x", float(waiters), "a boto3 waiter per node")


async def _our_calls(folder: Path) -> int:
    async with open_scene(FleetSettings(nodes=NODES), folder) as scene, scene.console() as console:
        record = await console.launch(_PLAN)
        await console.follow(record.run_id, poll_s=POLL_S)
        return scene.parts.calls.total()


def _waiter_calls(index: int) -> int:
    """Return the calls of a waiter on one node of the same run, from the launch to the node's end."""
    (request,) = _PLAN.command_requests()
    with Fleet(FleetSettings(nodes=NODES, is_limited=False), stepped_clock()) as fleet:
        client = fleet.boto3_client()
        command_id = client.send_command(**request.to_wire())["Command"]["CommandId"]
        node = fleet.do(lambda parts: parts.fleet.population.id_of(index))
        # The waiter sleeps in time of the fleet; it raises when the node has failed, which ends the wait as well.
        with patch("botocore.waiter.time.sleep", fleet.step), contextlib.suppress(WaiterError):
            client.get_waiter("command_executed").wait(
                CommandId=command_id,
                InstanceId=node,
                PluginName=_LAST_STEP,
                WaiterConfig={"Delay": int(POLL_S), "MaxAttempts": 100_000},
            )
        client.close()
        return fleet.calls("GetCommandInvocation")
