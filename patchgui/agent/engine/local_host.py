"""This machine as a host for a document that runs without an agent."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from patchgui.agent.engine.errors import DocumentInvalid, EngineError
from patchgui.agent.engine.text import load_document
from patchgui.agent.settings import AGENT_VERSION

_ENDINGS = (".json", ".yaml", ".yml")


def os_release() -> dict[str, str]:
    """Return the fields of this machine's os-release file; nothing when there is none."""
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}


@dataclass
class LocalHost:
    """This machine, with nested documents coming from folders."""

    orchestration: Path
    documents: Sequence[Path] = ()
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    cwd: Path = field(default_factory=Path.cwd)
    instance_id: str = "mi-00000000000000000"
    region: str = "local"
    platform_type: str = "Linux"
    agent_version: str = AGENT_VERSION
    command_id: str = "00000000-0000-0000-0000-000000000000"

    @cached_property
    def _release(self) -> dict[str, str]:
        return os_release()

    @property
    def platform_name(self) -> str:
        """NAME of this machine's os-release."""
        return self._release.get("NAME", "Linux")

    @property
    def platform_version(self) -> str:
        """VERSION_ID of this machine's os-release; rolling distributions have none."""
        return self._release.get("VERSION_ID", "")

    def launch(self, argv: Sequence[str]) -> list[str]:
        """Return the command line of a script as it is: nobody asks later whether it had begun."""
        return list(argv)

    def fetch_document(self, name: str, version: str) -> str:  # noqa: ARG002 - files have one version
        """Return the document in the file that has its name.

        Raises:
            EngineError: when no folder has one.
        """
        for folder in self.documents:
            for ending in _ENDINGS:
                path = folder / f"{Path(name).name}{ending}"
                if path.is_file():
                    return _document_in(path.read_text(encoding="utf-8"))
        searched = " and ".join(str(folder) for folder in self.documents)
        raise EngineError(f"InvalidDocument: Document with name {name} does not exist in {searched}.")

    def fetch_parameters(self, names: Sequence[str]) -> Mapping[str, Any]:
        """Refuse: there is no parameter store without an agent.

        Raises:
            EngineError: always.
        """
        raise EngineError(
            f"The document refers to Parameter Store ({', '.join(names)}), which a file that runs here can't reach."
        )


def _document_in(text: str) -> str:
    """Return the document in a file as JSON, as the service does; a built-in one has it in ``content``."""
    try:
        content = load_document(text)
    except DocumentInvalid:
        return text
    return json.dumps(content["content"] if isinstance(content.get("content"), dict) else content)
