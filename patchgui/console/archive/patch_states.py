"""How patches stood before a run and after it: Systems Manager keeps a node's newest state only, so each is kept here.

A state is told apart by the run's snapshot where it has one, else by its moments: what ended before the run began is
how the node stood before it, and what ended later, and not after another operation, is what the run left behind.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from patchgui.console.archive.entries import PatchCounts, PatchStateChange
from patchgui.console.hooks import matching
from patchgui.console.node_details import NodeDetails
from patchgui.console.rows import NodeRow
from patchgui.patching.phases import Phase
from patchgui.patching.plan import PatchPlan
from patchgui.patching.progress import NodeProgress, PhaseState
from patchgui.ssm.client import SsmClient
from patchgui.ssm.errors import PatchError
from patchgui.ssm.shapes import InstancePatchState

_LATER = timedelta(minutes=5)
"""A node reports its state within so long after the run has ended; what begins later is another operation."""
_MOST_READ_BEFORE = 500
"""Nodes whose states are read before a run is sent: ten calls. Of more, what the list of nodes told is kept."""
_PATIENCE_S = 3.0
"""So long at most a launch waits for the states before it."""
_PATCHES = (Phase.SCAN, Phase.INSTALL, Phase.REBOOT)


async def read_states(client: SsmClient, instance_ids: Sequence[str]) -> dict[str, InstancePatchState]:
    """Return the newest patch states of nodes, by id; nothing where the profile may not read them."""
    return await NodeDetails(client).states(instance_ids)


async def states_before(
    client: SsmClient, plan: PatchPlan, listed: Mapping[str, NodeRow]
) -> tuple[PatchStateChange, ...]:
    """Return how the nodes of a plan stand before it is sent to them; ``listed`` are nodes as they were last listed.

    A launch never waits long for it, and never fails of it.
    """
    ids, read = plan.instance_ids, dict[str, InstancePatchState]()
    try:
        async with asyncio.timeout(_PATIENCE_S):
            if plan.targets and plan.target_count <= _MOST_READ_BEFORE:
                ids = tuple(await matching(client, plan.targets))
            if len(ids) <= _MOST_READ_BEFORE:
                read = await read_states(client, ids)
    except (PatchError, TimeoutError):
        pass
    found: list[PatchStateChange] = []
    for each in ids:
        if each in read:
            state = read[each]
            found.append(PatchStateChange(each, before=counts(state), baseline_id=state.baseline_id))
        elif (row := listed.get(each)) is not None and row.last_scan_at is not None:
            found.append(PatchStateChange(each, before=_counts_of_row(row)))
    return tuple(found)


def change_by_run(
    state: InstancePatchState, snapshot_id: str, started_at: datetime, ended_at: datetime | None
) -> PatchStateChange | None:
    """Return what a node's newest state tells of a run: how it stood before, or after; None when it is another's."""
    is_the_run_s = bool(snapshot_id) and state.snapshot_id == snapshot_id
    if not is_the_run_s and state.operation_end_time <= started_at:
        return PatchStateChange(state.instance_id, before=counts(state), baseline_id=state.baseline_id)
    is_another_s = ended_at is not None and state.operation_start_time > ended_at + _LATER
    if is_another_s or (snapshot_id and state.snapshot_id and not is_the_run_s):
        return None
    return PatchStateChange(
        state.instance_id, after=counts(state), baseline_id=state.baseline_id, snapshot_id=state.snapshot_id or ""
    )


def reported_from(node: NodeProgress) -> datetime | None:
    """Return when the last phase began that reported the node's state; a state that ended later is the run's last.

    None where no phase reported any.
    """
    phases = (node.phase(phase) for phase in _PATCHES)
    return max(
        (phase.started_at for phase in phases if phase and phase.state is PhaseState.SUCCESS and phase.started_at),
        default=None,
    )


def counts(state: InstancePatchState) -> PatchCounts:
    """Return the numbers of a state that are kept."""
    return PatchCounts(
        missing=state.missing_count,
        security_missing=state.security_non_compliant_count,
        installed=state.installed_count,
        installed_pending_reboot=state.installed_pending_reboot_count,
        failed=state.failed_count,
        at=state.operation_end_time,
    )


def _counts_of_row(row: NodeRow) -> PatchCounts:
    return PatchCounts(
        missing=row.missing_count,
        security_missing=row.security_missing,
        installed_pending_reboot=row.pending_reboot,
        failed=row.failed,
        at=row.last_scan_at,
    )
