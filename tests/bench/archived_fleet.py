"""A million invocations for the archive's bench: made from a seed, the same every time."""

import asyncio
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final
from unittest.mock import patch

from patchgui.console.archive import writing
from patchgui.console.archive.archive import Archive
from patchgui.console.archive.entries import ArchivedCommand, ArchivedRun, Launched, Origin
from patchgui.console.archive.node_shape import EncodedNode, encode
from patchgui.console.connection import aws_connection
from patchgui.console.events import RunEnded
from patchgui.console.rows import RunSummary, StepOutput
from patchgui.patching.phases import Phase, PhaseSpec, Pipeline
from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState, StepProgress
from patchgui.patching.wording import between

RUNS: Final = 400
LARGEST: Final = 10_000
INVOCATIONS: Final = 1_000_000
NEWEST: Final = datetime(2026, 11, 26, 22, 0, tzinfo=UTC)
LARGEST_RUN: Final = "run-000"
_WITH_OUTPUT: Final = 0.12
"""Share of the nodes that went well whose outputs are kept: of large runs, those that failed and a part of the rest."""
_DOCUMENT = "AWS-RunPatchBaselineWithHooks"
_STEPS: Final = {
    Phase.SCAN: ("PreInstallScan", "VerifyLocalPatchStates"),
    Phase.BEFORE_INSTALL: ("RunPreInstallHook",),
    Phase.INSTALL: ("InstallPatches", "VerifyInstall"),
    Phase.AFTER_INSTALL: ("RunPostInstallHook",),
    Phase.REBOOT: ("VerifyIfShouldReboot", "RebootAndReport"),
    Phase.ON_EXIT: ("RunOnExitHook",),
}
_HOOKS: Final = ((Phase.BEFORE_INSTALL, "Shop-StopGracefully"), (Phase.ON_EXIT, "Shop-StartAndVerify"))
PIPELINE: Final = Pipeline(
    tuple(PhaseSpec(phase, steps, dict(_HOOKS).get(phase)) for phase, steps in _STEPS.items()),
    "Install",
    "RebootIfNeeded",
)
_CONNECTIONS: Final = tuple(
    aws_connection(label=label, profile=label.lower(), region="eu-central-1")
    for label in ("Production", "Staging", "Lab", "Branches")
)
_PEOPLE: Final = ("alice", "bob", "carol", "dmitri", "erin")
_ROLES: Final = ("web", "db", "cache", "queue", "app", "build", "mail", "proxy")
_PACKAGES: Final = (
    *("openssl 3.0.2-0ubuntu1.12", "libc6 2.35-0ubuntu3.8", "curl 7.81.0-1ubuntu1.16", "bash 5.1-6ubuntu1.1"),
    *("linux-image-generic 5.15.0.112", "systemd 249.11-0ubuntu3.12", "python3.10 3.10.12-1~22.04.5"),
    *("nginx 1.18.0-6ubuntu14.4", "vim 2:8.2.3995-1ubuntu2.17", "tzdata 2024a-0ubuntu0.22.04.1"),
)
_CAUSES: Final = (
    "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process {pid} (unattended-upgr)",
    "E: Failed to fetch http://mirror.example.com/ubuntu/pool/main/o/openssl_{pid}.deb  Could not connect",
    "dpkg: error processing archive: failed to write (No space left on device)",
    "systemd[1]: shop.service: Main process exited, code=exited, status={code}/FAILURE",
)


@dataclass(frozen=True, slots=True)
class Fleet:
    """Ids and names of the nodes."""

    nodes: tuple[tuple[str, str], ...]


def fleet() -> Fleet:
    """Return ten thousand nodes."""
    dice = Random(6)
    return Fleet(
        tuple(
            (f"mi-{dice.getrandbits(68):017x}", f"{_ROLES[number % len(_ROLES)]}-{number // len(_ROLES):04d}")
            for number in range(LARGEST)
        )
    )


async def fill(archive: Archive, runs: int = RUNS, invocations: int = INVOCATIONS) -> None:
    """Write the runs, oldest first, as they would have been written.

    Nodes that went the same way are taken apart once: the file is the same, and the bench is not about that.
    """
    taken_apart: dict[int, EncodedNode] = {}

    def once(node: NodeProgress) -> EncodedNode:
        key = id(node.phases)
        if key not in taken_apart:
            taken_apart[key] = encode(node)
        return taken_apart[key]

    with patch.object(writing, "encode", once):
        await _fill(archive, runs, invocations, taken_apart)


async def _fill(archive: Archive, runs: int, invocations: int, taken_apart: dict[int, EncodedNode]) -> None:
    nodes = fleet().nodes
    each = -(-(invocations - LARGEST) // (runs - 1))
    for number in range(runs - 1, -1, -1):
        size = LARGEST if number == 0 else each
        first = number * 977 % LARGEST
        chosen = [nodes[(first + place) % LARGEST] for place in range(size)]
        await _run(archive, number, chosen, Random(number))
        taken_apart.clear()


async def _run(archive: Archive, number: int, nodes: list[tuple[str, str]], dice: Random) -> None:
    run = _entry(number, len(nodes), dice)
    started = run.summary.started_at or NEWEST
    ways = [_way(dice, started) for _ in range(64)]
    await archive.begin(run, "{}", [ArchivedCommand(each) for each in run.summary.command_ids], PIPELINE)
    states, outputs, bad = [], [], 0
    for instance_id, name in nodes:
        way = dice.choice(ways)
        bad += way.status != "Success"
        states.append(_node(way, instance_id, name))
        if way.status != "Success" or dice.random() < _WITH_OUTPUT:
            outputs.append((instance_id, "InstallPatches", _output(way, instance_id, dice)))
    await archive.take(run.run_id, states, {instance_id: "Ubuntu 22.04" for instance_id, _ in nodes})
    await archive.take_outputs(run.run_id, outputs)
    headline = f"{bad} of {len(nodes)} nodes did not succeed." if bad else f"All {len(nodes)} nodes succeeded."
    await archive.end(run.run_id, RunEnded("Failed" if bad else "Success", started + timedelta(hours=1), headline))
    await archive.seal(run.run_id)


def _entry(number: int, size: int, dice: Random) -> ArchivedRun:
    connection, who = dice.choice(_CONNECTIONS), dice.choice(_PEOPLE)
    summary = RunSummary(
        f"run-{number:03d}",
        f"Patch now, {size:,} nodes",
        _DOCUMENT,
        "Install",
        "RebootIfNeeded",
        "InProgress",
        NEWEST - timedelta(hours=22 * number),
        None,
        size,
        0,
        0,
        hooks=_HOOKS,
        command_ids=tuple(f"{dice.getrandbits(128):032x}" for _ in range(size // 50 + 1)),
        is_ours=True,
        connection=connection,
    )
    origin = Origin(connection, Launched.WINDOW, "123456789012", f"arn:aws:iam::123456789012:user/{who}", "desk", who)
    return ArchivedRun(summary, origin, comment=f"Change CHG{48_000 + number} of week {number // 7}")


def _way(dice: Random, started: datetime) -> NodeProgress:
    """Return how one node may go through a run."""
    bad_phase = (
        dice.choice((Phase.BEFORE_INSTALL, Phase.INSTALL, Phase.AFTER_INSTALL)) if dice.random() < 0.04 else None
    )
    at, phases, is_stopped = started + timedelta(milliseconds=dice.randrange(90_000)), [], False
    for phase, names in _STEPS.items():
        state = PhaseState.FAILED if phase is bad_phase else PhaseState.SUCCESS
        state = PhaseState.SKIPPED if is_stopped and phase is not Phase.ON_EXIT else state
        steps = []
        for name in names:
            ran = state is not PhaseState.SKIPPED
            until = at + timedelta(milliseconds=dice.randrange(200, 60_000))
            code = {PhaseState.SUCCESS: 0, PhaseState.FAILED: 100}.get(state)
            steps.append(StepProgress(name, state, code, at if ran else None, until if ran else None))
            at = until if ran else at
        reason = f"{phase.label} failed: exit 100." if state is PhaseState.FAILED else ""
        began, ended = steps[0].started_at, steps[-1].ended_at
        text = between(began, ended) if state is PhaseState.SUCCESS else state.label
        phases.append(PhaseProgress(phase, state, text, reason, steps[-1].exit_code, began, ended, tuple(steps)))
        is_stopped = is_stopped or state is PhaseState.FAILED
    status = "Failed" if bad_phase else "Success"
    headline = f"{bad_phase.label} failed: exit 100. Reboot was skipped because of it." if bad_phase else ""
    return NodeProgress("", "", status, status, tuple(phases), headline, None, True, phases[0].started_at, at)


def _node(way: NodeProgress, instance_id: str, name: str) -> NodeProgress:
    return NodeProgress(
        instance_id,
        name,
        way.status,
        way.status_details,
        way.phases,
        way.headline,
        None,
        True,
        way.started_at,
        way.ended_at,
    )


def _output(way: NodeProgress, instance_id: str, dice: Random) -> StepOutput:
    """Return what the install wrote on a node: most of it as on any other, some of it its own."""
    role, count = dice.choice(_ROLES), dice.randrange(90)
    installed = "\n".join(f"Setting up {dice.choice(_PACKAGES)} ..." for _ in range(3))
    report = f"{instance_id} PatchGroup: {role} BaselineId: pb-0123 SnapshotId: {dice.getrandbits(32):08x}"
    out = f"Reading package lists...\nBuilding dependency tree...\n{installed}\n{report}\nInstalledCount: {count}\n"
    if way.status == "Success":
        return StepOutput(out, "", is_complete=True)
    cause = dice.choice(_CAUSES).format(pid=dice.randrange(400, 32_000), code=dice.randrange(1, 9))
    return StepOutput(out, f"{cause}\nfailed to run commands: exit status 100\n", is_complete=True)


async def _write(path: Path) -> None:
    async with Archive(path) as archive:
        await fill(archive)


if __name__ == "__main__":
    asyncio.run(_write(Path(sys.argv[1])))
