"""Brings the nodes of a connection into the table's model, without holding the window up."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from patchgui.ui.garbage import many_rows
from patchgui.ui.patch_now.node_model import NodeTableModel
from patchgui.ui.patch_now.service import PatchService
from patchgui.ui.patch_now.states import Loading

if TYPE_CHECKING:
    from patchgui.console.rows import NodeRow

_PAGES_TOGETHER_S = 0.05
_ROWS_AT_ONCE = 50
"""Rows that are made in one go: making more would hold the window up."""


async def stream_nodes(model: NodeTableModel, service: PatchService, on_shown: Callable[[Loading], None]) -> None:
    """Show pages as they come: the rows of each are made at once, and all put in order now and then."""
    # Costs a tenth of the start-up, and nothing runs before the first paint.
    import asyncio

    loop = asyncio.get_running_loop()
    due = 0.0
    with many_rows():
        async for page in service.nodes():
            before = model.total
            await _take(model, page)
            if loop.time() >= due:
                model.publish()
                # Ever rarer: each time all rows are put in order anew.
                due = loop.time() + max(_PAGES_TOGETHER_S, model.total / 20_000)
                # A page without a new node is one of nodes that come again, with more known of them.
                on_shown(Loading.FILLING if model.total == before else Loading.PARTIAL)
        await _finish(model)


async def renew_nodes(model: NodeTableModel, service: PatchService) -> None:
    """Read all nodes, then put them in place of those on screen: nothing flickers meanwhile."""
    newest: dict[str, NodeRow] = {}
    with many_rows():
        async for page in service.nodes():
            newest.update({row.instance_id: row for row in page})
        rows = list(newest.values())
        await _take(model, rows)
        await _finish(model)
        model.keep_only(newest.keys())


async def _take(model: NodeTableModel, rows: "Sequence[NodeRow]") -> None:
    """Make the rows in pieces, between which the window is free."""
    import asyncio

    for at in range(0, len(rows), _ROWS_AT_ONCE):
        model.take(rows[at : at + _ROWS_AT_ONCE])
        await asyncio.sleep(0)


async def _finish(model: NodeTableModel) -> None:
    """Show the last rows, and read all for the filter: for ten thousand either takes a part of a frame."""
    import asyncio

    model.publish()
    await asyncio.sleep(0)
    model.prepare_filter()
    await asyncio.sleep(0)
