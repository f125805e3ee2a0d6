"""Where the sandbox's files lie, on the host and inside a node."""

from dataclasses import dataclass
from pathlib import Path

NODE_DIR = Path("/var/lib/patchgui")
"""Inside a node: the worker's own folder."""

LINK_DIR = Path("/run/patchgui-link")
"""Inside a node: the folder of the socket that the worker listens on."""

REPOSITORY_DIR = Path("/srv/repository")
"""Inside a node: the package repository, read-only and the same for all nodes."""

OWN_FOLDERS = ("etc", "home", "opt", "root", "run", "srv", "tmp", "var")
"""The top folders that are a node's own; all others come from the host, read-only, or from the kernel."""


@dataclass(frozen=True)
class NodePlaces:
    """The folders of one node, on the host."""

    top: Path

    @property
    def root(self) -> Path:
        """The folders that the node sees as its own file system; replaced by a reset."""
        return self.top / "root"

    @property
    def state(self) -> Path:
        """The worker's folder (`NODE_DIR` inside); a reset leaves it."""
        return self.top / "state"

    @property
    def link(self) -> Path:
        """The folder of the worker's socket (`LINK_DIR` inside)."""
        return self.top / "link"

    @property
    def identity(self) -> Path:
        """The file that keeps the node's instance id."""
        return self.top / "identity.json"

    @property
    def boot_id(self) -> Path:
        """The file that a node sees as ``/proc/sys/kernel/random/boot_id``."""
        return self.top / "boot_id"


@dataclass(frozen=True)
class FleetPlaces:
    """The folders of the sandbox, on the host."""

    top: Path

    @property
    def repository(self) -> Path:
        """The package repository."""
        return self.top / "repository"

    @property
    def templates(self) -> Path:
        """The unpatched roots, one for each role of nodes."""
        return self.top / "templates"

    @property
    def stamp(self) -> Path:
        """The file that says from which shipped files repository and templates were made."""
        return self.top / "made-from"

    def node(self, name: str) -> NodePlaces:
        """Return the folders of a node."""
        return NodePlaces(self.top / "nodes" / name)
