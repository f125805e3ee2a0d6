"""Everything that a handler of the API may reach; the composition root (`main`) fills it."""

from collections.abc import Container
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from patchgui.agent.clock import Clock
from patchgui.agent.documents import DocumentStore
from patchgui.agent.nodes import Fleet, NodeRegistry
from patchgui.agent.patch_store import PatchStore
from patchgui.agent.settings import AgentSettings
from patchgui.agent.store.database import Database
from patchgui.agent.tags import TagStore

if TYPE_CHECKING:
    from patchgui.agent.associations.service import AssociationService
    from patchgui.agent.commands.service import CommandService
    from patchgui.agent.windows.service import WindowService


class Account(Protocol):
    """The names that a server of the API goes by."""

    @property
    def region(self) -> str:
        """The region that requests are signed for."""

    @property
    def account_id(self) -> str:
        """The account that users and documents belong to."""


class Named(Protocol):
    """A server of the API that knows who it is."""

    @property
    def settings(self) -> Account:
        """Who the server is."""


class Shelf(Named, Protocol):
    """The parts that calls on documents, tags and baselines need: those that the fleet simulator has too."""

    @property
    def documents(self) -> DocumentStore:
        """All documents."""

    @property
    def tags(self) -> TagStore:
        """All tags."""

    @property
    def nodes(self) -> Container[str]:
        """The ids of all managed nodes."""

    @property
    def window_ids(self) -> Container[str]:
        """The ids of all maintenance windows."""


class Windowed(Protocol):
    """The part of a server that calls on maintenance windows need."""

    @property
    def windows(self) -> "WindowService":
        """All maintenance windows."""


@dataclass
class AgentContext:
    """The parts of a running agent.

    ``associations`` and ``windows`` are started after ``commands`` and stopped before them.

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
    associations: "AssociationService"
    windows: "WindowService"

    @property
    def window_ids(self) -> Container[str]:
        """The ids of all maintenance windows."""
        return self.windows.registry
