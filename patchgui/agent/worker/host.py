"""The node as the engine sees it."""

import json
import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from patchgui.agent.engine.errors import EngineError
from patchgui.agent.patching.launch import command_line
from patchgui.agent.settings import AGENT_VERSION
from patchgui.agent.worker.options import Options
from patchgui.agent.worker.questions import told_text
from patchgui.agent.worker.start_mark import StartMark


class DocumentSource(Protocol):
    """Whoever can be asked for a document that did not come with the command."""

    def ask(self, name: str, version: str) -> str:
        """Return the text of a document.

        Raises:
            EngineError: there is none, or nobody answers.
        """


@dataclass(frozen=True)
class CommandHost:
    """One command's surroundings on this node; the documents it needs came with it, as far as was foreseeable."""

    orchestration: Path
    environment: Mapping[str, str]
    cwd: Path
    instance_id: str
    region: str
    platform_name: str
    platform_version: str
    command_id: str
    documents: Mapping[str, str]
    renewed: Mapping[str, Mapping[str, str]]
    source: DocumentSource
    platform_type: str = "Linux"
    agent_version: str = AGENT_VERSION
    mark: StartMark | None = None

    def launch(self, argv: Sequence[str]) -> list[str]:
        """Return the command line that starts a script; an exit hook's first one leaves a mark that it has begun."""
        return list(argv) if self.mark is None else self.mark.launch(argv)

    def fetch_document(self, name: str, version: str) -> str:
        """Return a document as this node was last told that it is; ask when it was told nothing.

        Raises:
            EngineError: there is none (any more), or nobody answers.
        """
        path = f"{name}:{version}" if version else name
        if path in self.renewed:
            return told_text(self.renewed[path], name)
        sent = self.documents.get(path)
        return self.source.ask(name, version) if sent is None else sent

    def fetch_parameters(self, names: Sequence[str]) -> Mapping[str, Any]:
        """Refuse: this agent has no Parameter Store.

        Raises:
            EngineError: always.
        """
        raise EngineError(f"Parameter Store is not available on the local agent: {', '.join(names)}")


def command_host(
    command: Mapping[str, Any], renewed: Mapping[str, Mapping[str, str]], options: Options, source: DocumentSource
) -> CommandHost:
    """Return the surroundings for a command, with its folder and its patch baseline made ready.

    ``renewed`` is what the control plane has told of documents since the command came, and grows as it tells more.

    Raises:
        OSError: the disk is full or broken.
    """
    command_id = str(command["command_id"])
    folder = options.orchestration / command_id
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    release = _os_release()
    return CommandHost(
        orchestration=folder,
        environment={**_environment(), **_patch_program(command, folder)},
        cwd=options.cwd,
        instance_id=options.instance_id,
        region=options.region,
        platform_name=release.get("NAME", "Linux"),
        platform_version=release.get("VERSION_ID", ""),
        command_id=command_id,
        documents=command.get("documents", {}),
        renewed=renewed,
        source=source,
    )


def _patch_program(command: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """Return the variable that names the node's patch program, with the baseline that came with the command."""
    baseline = command.get("baseline")
    if not baseline:
        return {"PATCHGUI_PATCH": command_line()}
    path = folder / "baseline.json"
    path.write_text(json.dumps(baseline))
    return {"PATCHGUI_PATCH": command_line(path)}


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def _os_release() -> dict[str, str]:
    try:
        lines = Path("/etc/os-release").read_text().splitlines()
    except OSError:
        return {}
    pairs = (line.split("=", 1) for line in lines if "=" in line)
    return {key: "".join(shlex.split(value)[:1]) for key, value in pairs}
