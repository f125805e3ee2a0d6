"""What a managed node is to the agent, in a sandbox or this machine, and which nodes there are."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from patchgui.agent.clock import Clock
from patchgui.agent.settings import AGENT_VERSION
from patchgui.agent.store.database import Database
from patchgui.agent.tags import TagStore
from patchgui.agent.waiting import happens
from patchgui.ssm.shapes import PingStatus, ResourceType, ResourceTypeForTagging


class Node(Protocol):
    """One managed node: who it is, where its files are and how its worker is started."""

    @property
    def instance_id(self) -> str:
        """The managed-instance id, ``mi-`` and 17 hex digits."""

    @property
    def name(self) -> str:
        """The name that people use, such as ``web-1``."""

    @property
    def computer_name(self) -> str:
        """The node's host name."""

    @property
    def platform_type(self) -> str:
        """Systems Manager's word for the kind of system: ``Linux``."""

    @property
    def platform_name(self) -> str:
        """The distribution, such as ``Debian GNU/Linux``."""

    @property
    def platform_version(self) -> str:
        """The distribution's version, such as ``12``."""

    @property
    def ip_address(self) -> str:
        """The address shown for the node."""

    @property
    def initial_tags(self) -> Mapping[str, str]:
        """Tags that the node carries when it is first registered; later the user's own changes hold."""

    @property
    def folder(self) -> Path:
        """The node's own folder (journal and more), as the host sees it."""

    @property
    def socket(self) -> Path:
        """The socket that the node's worker listens on, as the host sees it."""

    @property
    def reboot_delay_s(self) -> float:
        """For how many seconds at most the node's other commands hold up a reboot that a script asked for."""

    @property
    def restarts_by_supervisor(self) -> bool:
        """Whether a reboot is made by killing and starting the worker's namespace (a sandbox)."""

    def worker_command(self, boot_id: str) -> list[str]:
        """Return the whole argv that starts the node's worker for the boot ``boot_id``."""

    def worker_environment(self) -> dict[str, str]:
        """Return the worker's environment."""

    async def reboot(self) -> None:
        """Restart the machine itself; does nothing where the supervisor restarts the node."""


class Fleet(Protocol):
    """Where the agent's nodes come from: the sandbox, or this machine."""

    async def prepare(self) -> Sequence[Node]:
        """Make the nodes where they do not exist yet and return them.

        Raises:
            AgentError: the machine lacks something; the text names it and the remedy.
        """

    async def reset(self) -> None:
        """Bring every node back to its first, unpatched state; called only while no worker runs.

        Raises:
            AgentError: the nodes of this fleet cannot be brought back.
        """


@dataclass
class RegisteredNode:
    """A node and what is known of it at this moment."""

    node: Node
    registered_at: datetime
    last_ping_at: datetime
    ping_status: PingStatus = PingStatus.CONNECTION_LOST
    agent_version: str = AGENT_VERSION

    @property
    def instance_id(self) -> str:
        """The node's managed-instance id."""
        return self.node.instance_id

    @property
    def platform_type(self) -> str:
        """Systems Manager's word for the kind of system: ``Linux``."""
        return self.node.platform_type

    @property
    def resource_type(self) -> ResourceType:
        """What the node is to the service: every node of this agent is a hybrid one."""
        return ResourceType.MANAGED_INSTANCE


class NodeRegistry:
    """The nodes of this agent by their id, in the order of their names.

    The supervisor tells when a node's worker answers (``connected``, ``seen``) and when it no
    longer does (``lost``): from then on the time of the last ping stands still.
    """

    def __init__(self, database: Database, tags: TagStore, clock: Clock) -> None:
        self._database = database
        self._tags = tags
        self._clock = clock
        self._nodes: dict[str, RegisteredNode] = {}
        self._all_online = asyncio.Event()

    def add(self, node: Node) -> RegisteredNode:
        """Take a node in; the first time, it is recorded and gets its initial tags."""
        now = self._clock()
        with self._database.write() as db:
            row = db.execute("SELECT * FROM node WHERE instance_id = ?", (node.instance_id,)).fetchone()
            if row is None:
                stamp = now.timestamp()
                db.execute("INSERT INTO node VALUES (?, ?, ?, ?)", (node.instance_id, node.name, stamp, stamp))
                self._tags.put(ResourceTypeForTagging.MANAGED_INSTANCE, node.instance_id, node.initial_tags)
                record = RegisteredNode(node, now, now)
            else:
                registered_at = datetime.fromtimestamp(row["registered_at"], UTC)
                record = RegisteredNode(node, registered_at, datetime.fromtimestamp(row["last_ping_at"], UTC))
        self._nodes[node.instance_id] = record
        self._nodes = dict(sorted(self._nodes.items(), key=lambda item: (item[1].node.name, item[0])))
        return record

    def __iter__(self) -> Iterator[RegisteredNode]:
        return iter(self._nodes.values())

    def __len__(self) -> int:
        return len(self._nodes)

    def __contains__(self, instance_id: object) -> bool:
        return instance_id in self._nodes

    def get(self, instance_id: str) -> RegisteredNode | None:
        """Return a node, or None when the agent has none of that id."""
        return self._nodes.get(instance_id)

    def tags_of(self, instance_id: str) -> Mapping[str, str]:
        """Return a node's tags."""
        return self._tags.get(ResourceTypeForTagging.MANAGED_INSTANCE, instance_id)

    async def wait_online(self, patience_s: float) -> bool:
        """Wait until every node's worker answers, for so long at most; return whether they all do."""
        return await happens(self._all_online, patience_s)

    def connected(self, instance_id: str) -> None:
        """A node's worker answers, or has just said something."""
        record = self._nodes[instance_id]
        record.last_ping_at = self._clock()
        if record.ping_status is PingStatus.ONLINE:
            return
        record.ping_status = PingStatus.ONLINE
        if all(each.ping_status is PingStatus.ONLINE for each in self):
            self._all_online.set()

    def lost(self, instance_id: str) -> None:
        """A node's worker no longer answers: it reboots, was ended or has crashed."""
        record = self._nodes[instance_id]
        if record.ping_status is not PingStatus.ONLINE:
            return
        record.ping_status = PingStatus.CONNECTION_LOST
        self._all_online.clear()
        self._database.execute(
            "UPDATE node SET last_ping_at = ? WHERE instance_id = ?", (record.last_ping_at.timestamp(), instance_id)
        )
