"""Makes the record of a run that has ended whole: outputs that were told in part, and how patches stand after it.

What is fetched follows from the run alone, never from what somebody happened to look at: a run that was watched and
one that was imported later are the same in the archive.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from patchgui.console.archive.entries import PatchStateChange
from patchgui.console.archive.patch_states import change_by_run, reported_from
from patchgui.console.archive.redaction import Redactor
from patchgui.console.archive.told import snapshot_of
from patchgui.console.node_details import NodeDetails
from patchgui.console.output import OutputReader, told_of
from patchgui.console.rows import RunView, StepOutput
from patchgui.console.together import together
from patchgui.ssm.client import SsmClient
from patchgui.ssm.errors import AccessDenied, InvalidInput, NotFound
from patchgui.ssm.shapes import Command, CommandInvocation

if TYPE_CHECKING:
    from patchgui.console.archive.archive import Archive

_ALL_READ = 50
"""Up to so many nodes every output is fetched whole; of more only that of nodes that did not succeed."""
_MOST_READ = 400
"""Outputs that are fetched whole for one run: beyond that, one failure looks like the other."""
_AT_ONCE = 4
_OUTPUT_LOOKS = 6
_OUTPUT_WAIT_S = 2.0
"""A node uploads its whole output a moment after a step has ended."""
_STATE_WAITS_S = (0.0, 1.0, 2.0, 5.0, 10.0)
"""Between the looks for the states that nodes report after a run."""
_REPORTED_WITHIN = timedelta(minutes=1)
"""What a node has not reported by then, it does not report any more."""


@dataclass(frozen=True, slots=True)
class SeenRun:
    """A run that has ended, as a watch saw it last."""

    view: RunView
    commands: tuple[Command, ...]
    invocations: tuple[CommandInvocation, ...]
    redactor: Redactor


@dataclass(frozen=True, slots=True)
class _Step:
    """A step whose output is fetched, and what was told of it."""

    command_id: str
    instance_id: str
    name: str
    told: StepOutput


class Sealer:
    """Seals runs of one connection. Cancelled at any point, it is done again from the start, by whoever comes next."""

    def __init__(
        self,
        archive: "Archive",
        client: SsmClient,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._archive = archive
        self._client = client
        self._outputs = OutputReader(client)
        self._sleep = sleep
        self._clock = clock

    async def seal(self, run: SeenRun) -> None:
        """Fetch what is still missing, archive it, and mark the run as whole.

        Raises:
            PatchError: something could not be fetched or archived now; the run stays as it was.
        """
        run_id = run.view.summary.run_id
        steps = list(_worth_reading(run.invocations))[:_MOST_READ]
        for at in range(0, len(steps), _AT_ONCE):
            part = steps[at : at + _AT_ONCE]
            read = await together(self._whole(step) for step in part)
            outputs = [
                (step.instance_id, step.name, run.redactor.output(output))
                for step, output in zip(part, read, strict=True)
            ]
            await self._archive.take_outputs(run_id, outputs)
        if run.view.pipeline.operation:
            await self._archive.take_patch_states(run_id, await self._states(run))
        await self._archive.seal(run_id)

    async def _whole(self, step: _Step) -> StepOutput:
        output = step.told
        for look in range(_OUTPUT_LOOKS):
            if look:
                await self._sleep(_OUTPUT_WAIT_S)
            try:
                output = await self._outputs.read(step.command_id, step.instance_id, step.name)
            except AccessDenied as denied:
                return replace(step.told, note=f"Only the beginning was archived: this profile lacks {denied.action}.")
            except (NotFound, InvalidInput):
                return step.told
            if output.is_complete:
                break
        return replace(output, is_complete=True)

    async def _states(self, run: SeenRun) -> Sequence[PatchStateChange]:
        """Return the run's patch states; nodes report theirs a moment after the run has ended."""
        started_at, snapshot = run.view.summary.started_at, snapshot_of(run.commands)
        if started_at is None:
            return ()
        ended_at = max((node.ended_at for node in run.view.nodes if node.ended_at), default=None)
        due = {node.instance_id: reported_from(node) for node in run.view.nodes}
        found: dict[str, PatchStateChange | None] = {}
        details, awaited = NodeDetails(self._client), sorted(due)
        for wait_s in _STATE_WAITS_S:
            await self._sleep(wait_s)
            for instance_id, state in (await details.states(awaited)).items():
                since = due[instance_id]
                if since is None or state.operation_end_time >= since:
                    found[instance_id] = change_by_run(state, snapshot, started_at, ended_at)
            awaited = [each for each in awaited if each not in found and due[each] is not None]
            is_over = ended_at is None or self._clock() - ended_at > _REPORTED_WITHIN
            if is_over or not awaited or not details.states_are_known:
                break
        return [change for _, change in sorted(found.items()) if change is not None]


def _worth_reading(invocations: Sequence[CommandInvocation]) -> Iterator[_Step]:
    """Yield the steps that were told in part, and those that failed: their errors are told apart only one by one."""
    is_large = len(invocations) > _ALL_READ
    for invocation in sorted(invocations, key=lambda each: each.instance_id):
        if is_large and invocation.status == "Success":
            continue
        for plugin in invocation.command_plugins:
            if not plugin.status.is_final or plugin.response_start_date_time is None:
                continue
            told = told_of(plugin)
            if told.is_cut or plugin.status != "Success":
                yield _Step(invocation.command_id, invocation.instance_id, plugin.name, told)
