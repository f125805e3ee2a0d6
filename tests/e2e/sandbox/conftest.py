"""Real sandbox nodes, entered with bubblewrap, without an agent around them."""

import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from patchgui import resource
from patchgui.agent.sandbox import SandboxFleet, SandboxNode

PATCH_FOLDER = "var/log/amazon/ssm/patch-configuration"


@dataclass
class NodeShell:
    """A node, and a way to run a script in it; every script has the node's processes to itself."""

    node: SandboxNode
    boots: int = 1
    command_id: str = "1f9b1e4c-0000-4000-8000-000000000001"

    def sh(self, script: str, *, mounts: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        """Run a script as a step would; ``mounts`` are further arguments for bubblewrap."""
        self.node.worker_command(f"boot-{self.boots}")
        argv = self.node.inside(["sh", "-c", f"export SSM_COMMAND_ID={self.command_id}\n{script}"])
        at = argv.index("--dev")
        argv = [*argv[:at], *mounts, *argv[at:]]
        return subprocess.run(
            argv, capture_output=True, text=True, check=False, timeout=60, stdin=subprocess.DEVNULL, cwd="/"
        )

    def patch(
        self, operation: str, *options: str, mounts: tuple[str, ...] = (), before: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run the patch program as AWS-RunPatchBaseline does."""
        words = " ".join((f"--operation {operation} --reboot-option NoReboot --lock-timeout-s 0", *options))
        return self.sh(f'{before}\neval "$PATCHGUI_PATCH" {words}', mounts=mounts)

    def reboot(self) -> None:
        """Let the next script find a node that was started anew."""
        self.boots += 1

    def next_command(self) -> None:
        """Let the next script belong to another command."""
        self.command_id = f"{self.command_id[:-1]}{int(self.command_id[-1], 16) + 1:x}"

    def without_repository(self, folder: Path) -> "NodeShell":
        """Return the same node, with nothing where its package repository was."""
        return replace(self, node=replace(self.node, repository=folder))

    @property
    def root(self) -> Path:
        """The node's own files."""
        return self.node.places.root

    @property
    def counts(self) -> Mapping[str, int]:
        """The counts of the last patch report."""
        counts: Mapping[str, int] = self.report["counts"]
        return counts

    @property
    def report(self) -> Mapping[str, Any]:
        """The last patch report."""
        report: Mapping[str, Any] = json.loads((self.root / PATCH_FOLDER / "patch-report.json").read_text())
        return report

    def states(self) -> dict[str, str]:
        """Return the state of each package in the last report."""
        return {patch["kb_id"].removesuffix(".all"): patch["state"] for patch in self.report["patches"]}

    def versions(self) -> dict[str, str]:
        """Return the versions that dpkg has installed."""
        listed = self.sh("dpkg-query --show --showformat '${Package} ${Version}\\n'").stdout
        return dict(line.split() for line in listed.splitlines())


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> SandboxFleet:
    """One sandbox for all tests of a session; its packages are built once."""
    fleet = SandboxFleet(tmp_path_factory.mktemp("sandbox"))
    fleet.prepare_now()
    return fleet


@pytest.fixture
def shells(fleet: SandboxFleet) -> Mapping[str, NodeShell]:
    """The three nodes, unpatched."""
    fleet.reset_now()
    return {node.name: NodeShell(node) for node in fleet.prepare_now()}


@pytest.fixture
def web(shells: Mapping[str, NodeShell]) -> NodeShell:
    """An unpatched web node."""
    return shells["web-1"]


@pytest.fixture
def db(shells: Mapping[str, NodeShell]) -> NodeShell:
    """The unpatched database node."""
    return shells["db-1"]


def _script(path: Path, step: str) -> str:
    content = yaml.safe_load(path.read_text())["content"]
    (inputs,) = (each["inputs"] for each in content["mainSteps"] if each["name"] == step)
    return "\n".join(inputs["runCommand"]) + "\n"


@pytest.fixture
def step_script() -> Callable[..., str]:
    """The script of a step of a shipped document, with parameters filled in."""

    def script(document: str, step: str, **parameters: str) -> str:
        (path,) = resource.folder().rglob(f"{document}.yaml")
        text = _script(path, step)
        for name, value in parameters.items():
            text = text.replace(f"{{{{ {name} }}}}", value)
        return text

    return script
