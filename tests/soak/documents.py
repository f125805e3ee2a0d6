"""Documents whose steps leave a line in a log outside of the node's disk: the witness of what ran."""

from pathlib import Path
from typing import Any

Document = dict[str, Any]


def shell(name: str, *lines: str, **more: Any) -> Document:
    """Return a shell step."""
    return {"name": name, "action": "aws:runShellScript", "inputs": {"runCommand": list(lines), **more}}


def of(*steps: Document) -> Document:
    """Return a document of the steps; the last one runs whatever failed before."""
    steps[-1]["inputs"]["finallyStep"] = True
    return {"schemaVersion": "2.2", "mainSteps": list(steps)}


def plain(log: Path, *names: str) -> Document:
    """Return a document of steps that say that they ran."""
    return of(*(shell(name, f"echo {name} >> {log}") for name in names))
