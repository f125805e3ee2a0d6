"""All nodes' supervisors together."""

import asyncio
import logging

from patchgui.agent.nodes import NodeRegistry
from patchgui.agent.supervisor.intake import Intake
from patchgui.agent.supervisor.node_supervisor import Listener, NodeSupervisor

log = logging.getLogger(__name__)

END_LIMIT_S = 3.0
"""How long idle workers may take to end before they are left alone."""


class FleetSupervisor:
    """Starts and stops one supervisor per node."""

    def __init__(self, nodes: NodeRegistry, listener: Listener) -> None:
        self._nodes = nodes
        self._listener = listener
        self._intake = Intake(listener.received)
        self._running: dict[NodeSupervisor, asyncio.Task[None]] = {}

    async def start(self) -> None:
        """Start a supervisor for every node; returns before the workers are up."""
        for record in self._nodes:
            supervisor = NodeSupervisor(record.node, self._nodes, self._listener, self._intake)
            task = asyncio.create_task(supervisor.run(), name=f"node {record.node.name}")
            self._running[supervisor] = task

    async def stop(self, *, must_end: bool = False) -> None:
        """Let all workers end; those that are busy are left to finish alone, unless all ``must_end``."""
        for supervisor in self._running:
            supervisor.stop()
        if self._running:
            _done, busy = await asyncio.wait(self._running.values(), timeout=END_LIMIT_S)
            log.info("%d workers ended, %d did not", len(self._running) - len(busy), len(busy))
            if must_end and busy:
                for supervisor in self._running:
                    supervisor.kill()
                await asyncio.wait(busy, timeout=END_LIMIT_S)
        for supervisor in self._running:
            await supervisor.detach()
        for task in self._running.values():
            task.cancel()
        results = await asyncio.gather(*self._running.values(), return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                log.error("a supervisor failed", exc_info=result)
        self._running.clear()
