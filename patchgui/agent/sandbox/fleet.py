"""The sandbox fleet: makes the repository and the nodes at first start, and brings the unpatched state back."""

import asyncio
import hashlib
import json
import secrets
import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import patchgui
from patchgui.agent.sandbox import bubblewrap, cgroup, definition, repository, root, tree
from patchgui.agent.sandbox.definition import FleetDefinition, NodeDefinition
from patchgui.agent.sandbox.node import SandboxNode
from patchgui.agent.sandbox.places import FleetPlaces
from patchgui.ssm.errors import SandboxUnavailable


class SandboxFleet:
    """The nodes of the sandbox, below one folder that belongs to them alone.

    What takes long (the packages, one unpatched root for each role) is made once and kept; a node is a copy.
    """

    def __init__(
        self, folder: Path, *, region: str = "local", reboot_delay_s: float | None = None, sh: str | None = None
    ) -> None:
        self._places = FleetPlaces(folder.absolute())
        self._region = region
        self._reboot_delay_s = reboot_delay_s
        self._sh = sh
        self._definition: FleetDefinition | None = None

    async def prepare(self) -> Sequence[SandboxNode]:
        """Make what does not exist yet and return the nodes.

        Raises:
            SandboxUnavailable: a program is missing or failed; the text names the remedy.
        """
        return await asyncio.to_thread(self.prepare_now)

    async def reset(self) -> None:
        """Give every node its unpatched root again; its id, and what the worker keeps, stay. No worker may run.

        Raises:
            SandboxUnavailable: a program is missing or failed.
        """
        await asyncio.to_thread(self.reset_now)

    def prepare_now(self) -> tuple[SandboxNode, ...]:
        """Do the work of `prepare` in this thread."""
        check()
        if self._sh is not None and shutil.which(self._sh) is None:
            raise SandboxUnavailable(
                f"The nodes cannot have {self._sh} for their sh: this machine has none.",
                hint=f"Install it with: sudo apt-get install {self._sh} - or leave --sandbox-sh out.",
            )
        cgroup.sweep()
        fleet = self._definition = self._definition or definition.load()
        self._build_templates(fleet)
        return tuple(self._node(each) for each in fleet.nodes)

    def reset_now(self) -> None:
        """Do the work of `reset` in this thread."""
        for node in self.prepare_now():
            fresh, old = node.places.top / "root.new", node.places.top / "root.old"
            self._copy_root(node.definition, fresh)
            tree.remove(old)
            node.places.root.rename(old)
            fresh.rename(node.places.root)
            # The next start is the first boot of the new root.
            node.places.boot_id.unlink(missing_ok=True)
            tree.remove(old)

    def _build_templates(self, fleet: FleetDefinition) -> None:
        """Build repository and templates, unless they were made from just these shipped files."""
        stamp = _stamp()
        places = self._places
        if places.stamp.exists() and places.stamp.read_text(encoding="ascii") == stamp:
            return
        places.top.mkdir(parents=True, exist_ok=True, mode=0o700)
        places.stamp.unlink(missing_ok=True)
        for folder in (places.repository, places.templates):
            tree.remove(folder)
        repository.build(fleet.packages, places.repository)
        with ThreadPoolExecutor() as pool:
            made = [
                pool.submit(root.build, role, fleet.packages, places.repository, places.templates / role)
                for role in fleet.roles
            ]
            for each in made:
                each.result()
        places.stamp.write_text(stamp, encoding="ascii")

    def _node(self, node: NodeDefinition) -> SandboxNode:
        places = self._places.node(node.name)
        for folder in (places.state, places.link):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not places.root.is_dir():
            fresh = places.top / "root.new"
            self._copy_root(node, fresh)
            fresh.rename(places.root)
        defined = node if self._sh is None else replace(node, sh=self._sh)
        made = SandboxNode(defined, places, self._places.repository, _instance_id(places.identity), self._region)
        return made if self._reboot_delay_s is None else replace(made, reboot_delay_s=self._reboot_delay_s)

    def _copy_root(self, node: NodeDefinition, target: Path) -> None:
        tree.remove(target)
        shutil.copytree(self._places.templates / node.role, target, symlinks=True)
        root.name_node(target, node.name, secrets.token_hex(16))


def check() -> None:
    """Raise when the machine cannot have a sandbox.

    Raises:
        SandboxUnavailable: a program is missing, or namespaces are forbidden; the hint says what to do.
    """
    if missing := bubblewrap.missing_packages():
        raise SandboxUnavailable(
            f"The sandbox needs programs that this machine lacks: {', '.join(missing)}.",
            hint=f"Install them with: sudo apt-get install {' '.join(missing)} - or patch this machine itself.",
        )
    if words := bubblewrap.refusal():
        raise SandboxUnavailable(f"bubblewrap cannot set up a node here: {words}", hint=_HINT)


_HINT = (
    "It needs user namespaces. Where the system or a container forbids them to ordinary users, allow them or run the "
    "agent as root; patching this machine itself works without."
)


def _instance_id(identity: Path) -> str:
    """Return the id that a node has had since it was made."""
    if identity.exists():
        known: str = json.loads(identity.read_text(encoding="ascii"))["instance_id"]
        return known
    made = f"mi-0{secrets.token_hex(8)}"
    fresh = identity.with_suffix(".new")
    fresh.write_text(json.dumps({"instance_id": made}), encoding="ascii")
    fresh.rename(identity)
    return made


def _stamp() -> str:
    """Return what the templates depend on: the shipped files, this code, and the Python of the application."""
    own = sorted(Path(__file__).parent.glob("*.py"))
    shipped = sorted(path for path in definition.folder().rglob("*") if path.is_file())
    digest = hashlib.sha256(f"{patchgui.__version__} {sys.executable}".encode())
    for path in (*own, *shipped):
        digest.update(path.read_bytes())
    return digest.hexdigest()
