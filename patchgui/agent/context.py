"""Everything that a handler of the API may reach; the composition root (`main`) fills it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from patchgui.agent.clock import Clock
from patchgui.agent.documents import DocumentStore
from patchgui.agent.nodes import Fleet, NodeRegistry
from patchgui.agent.patch_store import PatchStore
from patchgui.agent.settings import AgentSettings
from patchgui.agent.store.database import Database
from patchgui.agent.tags import TagStore

if TYPE_CHECKING:
    from patchgui.agent.commands.service import CommandService


@dataclass
class AgentContext:
    """The parts of a running agent.

    ``commands`` is built by `main` from the other parts, then started. It offers, beside what its own
    handlers use: ``async start()`` (workers up), ``async stop()`` (at SIGTERM: idle workers end, busy ones
    finish alone), ``is_idle``, and for a reset ``async suspend()`` (ends all workers; raises when one is busy)
    and ``async resume()``.
    """

    settings: AgentSettings
    clock: Clock
    database: Database
    documents: DocumentStore
    nodes: NodeRegistry
    tags: TagStore
    patches: PatchStore
    fleet: Fleet
    commands: "CommandService"
