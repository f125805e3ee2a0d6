"""One node of the sandbox: who it is, and how its worker is started."""

import asyncio
import json
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from patchgui.agent.distribution import os_release
from patchgui.agent.patching.launch import command_line
from patchgui.agent.sandbox import bubblewrap, cgroup, tree
from patchgui.agent.sandbox.definition import NodeDefinition
from patchgui.agent.sandbox.places import LINK_DIR, NODE_DIR, OWN_FOLDERS, REPOSITORY_DIR, NodePlaces
from patchgui.agent.settings import REBOOT_DELAY_S
from patchgui.ssm.errors import AgentError

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SOCKET = "worker.sock"
_AWAY_S = 2.0
"""A restart of such a node takes no time; one that nobody can see would teach nobody what a reboot looks like."""


@dataclass(frozen=True)
class SandboxNode:
    """A small root of its own, entered with bubblewrap; its reboot is a new worker in a new namespace."""

    definition: NodeDefinition
    places: NodePlaces
    repository: Path
    instance_id: str
    region: str = "local"
    reboot_delay_s: float = REBOOT_DELAY_S

    @property
    def name(self) -> str:
        """The name that people use."""
        return self.definition.name

    @property
    def computer_name(self) -> str:
        """The host name inside."""
        return self.definition.name

    @property
    def platform_type(self) -> str:
        """Systems Manager's word for the kind of system."""
        return "Linux"

    @property
    def platform_name(self) -> str:
        """The host's distribution: its programs are the node's."""
        return os_release().get("NAME", "Linux")

    @property
    def platform_version(self) -> str:
        """The version of the host's distribution."""
        return os_release().get("VERSION_ID", "")

    @property
    def ip_address(self) -> str:
        """The only address there is: a node's network ends at its own loopback."""
        return "127.0.0.1"

    @property
    def initial_tags(self) -> Mapping[str, str]:
        """The tags that the node is born with."""
        return self.definition.tags

    @property
    def folder(self) -> Path:
        """The worker's folder, as the host sees it."""
        return self.places.state

    @property
    def socket(self) -> Path:
        """The socket of the worker, as the host sees it."""
        return self.places.link / _SOCKET

    @property
    def restarts_by_supervisor(self) -> bool:
        """A reboot is a new namespace."""
        return True

    async def reboot(self) -> None:
        """Stay away for a moment; the node's processes are dead, and the supervisor starts its worker again."""
        await asyncio.sleep(_AWAY_S)

    def worker_environment(self) -> dict[str, str]:
        """Return the environment inside; nothing of the agent's own is in it."""
        return {"PATH": _PATH, "HOME": "/root", "LANG": "C.UTF-8", "PATCHGUI_PATCH": command_line()}

    def worker_command(self, boot_id: str) -> list[str]:
        """Return the argv of the node's worker, after a new boot has been written into the node.

        A boot that the node has not seen yet empties ``/run`` and ``/tmp``, as a restart does.

        Raises:
            AgentError: the node's files cannot be written.
        """
        try:
            self._boot(boot_id)
            self._clear_mount_points()
        except OSError as error:
            raise AgentError(f"Node {self.name} cannot be started: {error.strerror}: {error.filename}.") from error
        options = {"--node-dir": NODE_DIR, "--socket": LINK_DIR / _SOCKET, "--instance-id": self.instance_id}
        words = [str(word) for option in options.items() for word in option]
        return self.inside([sys.executable, "-I", "-m", "patchgui.agent.worker", *words, "--region", self.region])

    def inside(self, program: list[str]) -> list[str]:
        """Return the argv that runs a program in the node, in a namespace of its own."""
        return bubblewrap.command(self._enclosure(), self.worker_environment(), program)

    def _enclosure(self) -> bubblewrap.Enclosure:
        python = {path: path for path in bubblewrap.python_parts()}
        own = {Path("/", name): self.places.root / name for name in OWN_FOLDERS}
        return bubblewrap.Enclosure(
            hostname=self.name,
            writable=own | {NODE_DIR: self.places.state, LINK_DIR: self.places.link},
            readable={REPOSITORY_DIR: self.repository, **python, **bubblewrap.alternatives()},
            boot_id=self.places.boot_id,
            group=cgroup.group_for(self.places.top),
            sh=shutil.which(self.definition.sh) if self.definition.sh else None,
        )

    def _clear_mount_points(self) -> None:
        """Make real folders of the way to everything that is bound into folders of the node.

        bubblewrap makes missing mount points, and would follow a link that a script has left there out of the node.
        """
        enclosure = self._enclosure()
        for inside in (*enclosure.writable, *enclosure.readable):
            top, *between = inside.parts[1:]
            if top not in OWN_FOLDERS:
                continue
            path = self.places.root / top
            for name in between:
                path /= name
                if path.is_symlink():
                    path.unlink()
                    break

    def _boot(self, boot_id: str) -> None:
        known = self.places.boot_id
        if known.exists() and known.read_text(encoding="ascii").strip() == boot_id:
            return
        for name in ("run", "tmp"):
            tree.empty(self.places.root / name)
        told = self.places.root / "run" / "patchgui"
        told.mkdir()
        boot = {"boot_id": boot_id, "booted_at": round(time.time(), 3)}
        (told / "boot.json").write_text(json.dumps(boot), encoding="ascii")
        # A new file: the old one may still be bound into a namespace that is just ending.
        known.unlink(missing_ok=True)
        known.write_text(boot_id + "\n", encoding="ascii")
