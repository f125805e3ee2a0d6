"""The machine that the agent runs on, as a managed node: scanned by any user, patched by root."""

import asyncio
import hashlib
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from patchgui.agent.distribution import os_release
from patchgui.agent.patching.launch import command_line
from patchgui.agent.settings import REBOOT_DELAY_S
from patchgui.ssm.errors import AgentError

_MACHINE_ID_FILES = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_SOCKET = "worker.sock"
_REBOOT = ("shutdown", "-r", "now", "Patch Now restarts this machine: installed patches wait for it.")


@dataclass(frozen=True)
class ThisMachine:
    """This machine. It restarts itself; a worker that finds itself in a new boot goes on where the last one stood."""

    folder: Path
    region: str = "local"
    reboot_delay_s: float = REBOOT_DELAY_S

    @property
    def instance_id(self) -> str:
        """The id of this machine."""
        return machine_instance_id()

    @property
    def name(self) -> str:
        """The host name."""
        return socket.gethostname()

    @property
    def computer_name(self) -> str:
        """The host name."""
        return socket.gethostname()

    @property
    def platform_type(self) -> str:
        """Systems Manager's word for the kind of system."""
        return "Linux"

    @property
    def platform_name(self) -> str:
        """The distribution."""
        return os_release().get("NAME", "Linux")

    @property
    def platform_version(self) -> str:
        """The distribution's version."""
        return os_release().get("VERSION_ID", "")

    @property
    def ip_address(self) -> str:
        """The address that this machine reaches the network from, its loopback when it has no network."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                # Nothing is sent: connecting only asks the routing table. The address is reserved for documentation.
                probe.connect(("192.0.2.1", 9))
            except OSError:
                return "127.0.0.1"
            address: str = probe.getsockname()[0]
            return address

    @property
    def initial_tags(self) -> Mapping[str, str]:
        """The tags that the node is born with."""
        return {"Name": self.name}

    @property
    def socket(self) -> Path:
        """The socket of the worker."""
        return self.folder / _SOCKET

    @property
    def restarts_by_supervisor(self) -> bool:
        """The machine restarts itself."""
        return False

    async def reboot(self) -> None:
        """Restart this machine.

        Raises:
            AgentError: this user may not, or the machine refused.
        """
        if os.geteuid() != 0:
            raise AgentError("Restarting this machine needs root.", hint="Run the agent as root or restart it by hand.")
        process = await asyncio.create_subprocess_exec(*_REBOOT, stderr=asyncio.subprocess.PIPE)
        _, words = await process.communicate()
        if process.returncode:
            raise AgentError(f"This machine did not restart: {words.decode(errors='replace').strip()}")

    def worker_environment(self) -> dict[str, str]:
        """Return the agent's environment, less what is Python's own; an ordinary user's records lie with its node."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        own["PATCHGUI_PATCH"] = command_line()
        if os.geteuid() != 0:
            own["PATCHGUI_PATCH_FOLDER"] = str(self._patch_folder)
        return own

    def worker_command(self, boot_id: str) -> list[str]:  # noqa: ARG002 - this machine has a boot id of its own
        """Return the argv of the worker."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        words = [sys.executable, "-I", "-m", "patchgui.agent.worker", "--node-dir", str(self.folder)]
        words += ["--socket", str(self.socket), "--instance-id", self.instance_id, "--region", self.region]
        # The boot script is a sandbox node's; a machine has a boot of its own.
        words += ["--boot-script", "/nonexistent", "--boot-log", str(self.folder / "boot.log")]
        if os.geteuid() != 0:
            # No command is cut short for a reboot that this user may not have.
            words += ["--never-cut-short"]
            words += ["--patch-report", str(self._patch_folder / "patch-configuration" / "patch-report.json")]
        return words

    @property
    def _patch_folder(self) -> Path:
        return self.folder / "patching"


class ThisMachineFleet:
    """The one node that this machine is."""

    def __init__(self, folder: Path, *, region: str = "local", reboot_delay_s: float | None = None) -> None:
        node = ThisMachine(folder.absolute(), region)
        self._node = node if reboot_delay_s is None else replace(node, reboot_delay_s=reboot_delay_s)

    async def prepare(self) -> Sequence[ThisMachine]:
        """Return the node; there is nothing to make."""
        return (self._node,)

    async def reset(self) -> None:
        """Refuse: what was installed on a machine stays.

        Raises:
            AgentError: always.
        """
        raise AgentError("This machine cannot be reset.", hint="Only the sandbox has an unpatched state to go back to.")


@cache
def machine_instance_id() -> str:
    """Return the id of this machine, the same for as long as its machine id is."""
    for path in _MACHINE_ID_FILES:
        try:
            machine_id = path.read_text(encoding="ascii").strip()
        except OSError:
            continue
        if machine_id:
            break
    else:
        # A container may have none; its host name is what it keeps.
        machine_id = socket.gethostname()
    # The machine id itself is not to be shown around (machine-id(5)).
    digest = hashlib.sha256(f"patchgui {machine_id}".encode()).hexdigest()
    return f"mi-0{digest[:16]}"
