"""What the sandbox consists of, read from ``resources/sandbox/fleet.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from patchgui import resource


class Suite(StrEnum):
    """The parts of the sandbox's package repository, named as Debian names its own."""

    MAIN = "stable"
    UPDATES = "stable-updates"
    SECURITY = "stable-security"


@dataclass(frozen=True)
class PackageDefinition:
    """A package of the sandbox and the versions there are of it; no ``roles`` means: on every node."""

    name: str
    section: str
    priority: str
    summary: str
    installed: str
    security: str = ""
    updates: str = ""
    from_security: bool = False
    needs_reboot: bool = False
    depends: str = ""
    conffile: str = ""
    roles: tuple[str, ...] = ()

    def versions(self) -> dict[str, Suite]:
        """Return the suite that each version is published in, the one installed at first before the newer ones."""
        found = {self.installed: Suite.SECURITY if self.from_security else Suite.MAIN}
        if self.updates:
            found[self.updates] = Suite.UPDATES
        if self.security:
            found[self.security] = Suite.SECURITY
        return found

    def is_for(self, role: str) -> bool:
        """Tell whether nodes of a role have this package."""
        return not self.roles or role in self.roles


@dataclass(frozen=True)
class NodeDefinition:
    """A node of the sandbox: its name, what it is for, and the tags it is born with.

    ``sh`` names the program that its ``/bin/sh`` is; the host's own where it is empty, or the host lacks that program.
    """

    name: str
    role: str
    sh: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FleetDefinition:
    """All of the sandbox."""

    nodes: tuple[NodeDefinition, ...]
    packages: tuple[PackageDefinition, ...]

    @property
    def roles(self) -> tuple[str, ...]:
        """The kinds of nodes there are, in the order of their first node."""
        return tuple(dict.fromkeys(node.role for node in self.nodes))


def folder() -> Path:
    """Return the folder of the sandbox's shipped files."""
    return resource.folder() / "sandbox"


def demo_documents() -> tuple[Path, ...]:
    """Return the files of the documents that the sandbox gives its user to begin with."""
    return tuple(sorted((folder() / "documents").glob("*.yaml")))


def load() -> FleetDefinition:
    """Read the definition that ships with the program."""
    import yaml

    content: dict[str, Any] = yaml.safe_load((folder() / "fleet.yaml").read_text(encoding="utf-8"))
    packages = (dict(package) for package in content["packages"])
    return FleetDefinition(
        nodes=tuple(NodeDefinition(**node) for node in content["nodes"]),
        packages=tuple(PackageDefinition(**{**each, "roles": tuple(each.get("roles", ()))}) for each in packages),
    )
