"""A node to run documents on, and whoever follows the run."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from patchgui.agent.engine import DocumentResult, StepResult, Stream, run_document
from patchgui.agent.engine.local_host import LocalHost


@dataclass
class StoreHost(LocalHost):
    """This machine, with a parameter store."""

    parameters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def fetch_parameters(self, names: Sequence[str]) -> Mapping[str, Any]:
        return {name: self.parameters[name] for name in names if name in self.parameters}


@dataclass
class Recorder:
    """Keeps all that is told about a run, in order."""

    events: list[tuple[str, ...]] = field(default_factory=list)
    output: dict[tuple[str, str], bytes] = field(default_factory=dict)
    ended: list[StepResult] = field(default_factory=list)
    on_output: Callable[[], None] = lambda: None

    def step_started(self, name: str, action: str, at: datetime) -> None:
        self.events.append(("started", name))

    def step_output(self, name: str, stream: Stream, data: bytes) -> None:
        if not self.events or self.events[-1] != (stream, name):
            self.events.append((stream, name))
        self.output[name, stream] = self.output.get((name, stream), b"") + data
        self.on_output()

    def step_ended(self, result: StepResult) -> None:
        self.events.append(("ended", result.name))
        self.ended.append(result)


@pytest.fixture
def host(tmp_path: Path) -> StoreHost:
    orchestration = tmp_path / "orchestration"
    orchestration.mkdir(mode=0o700)
    documents = tmp_path / "documents"
    documents.mkdir()
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8"}
    return StoreHost(orchestration, documents=(documents,), environment=environment, cwd=Path("/"))


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def run(host: StoreHost, recorder: Recorder) -> Callable[..., DocumentResult]:
    """Runs steps, or a whole document, on the node."""

    def run_it(document: Any, parameters: Mapping[str, Any] | None = None, **options: Any) -> DocumentResult:
        content = {"schemaVersion": "2.2", "mainSteps": document} if isinstance(document, list) else document
        return run_document(content, parameters or {}, host, recorder, **options)

    return run_it


@pytest.fixture
def script() -> Callable[..., dict[str, Any]]:
    """Makes a script step."""

    def make(name: str, *lines: str, **inputs: Any) -> dict[str, Any]:
        return {"name": name, "action": "aws:runShellScript", "inputs": {"runCommand": list(lines), **inputs}}

    return make


@pytest.fixture
def store_document(host: StoreHost) -> Callable[[str, Any], None]:
    """Stores a document that nested runs find by its name."""

    def store(name: str, document: Any) -> None:
        content = {"schemaVersion": "2.2", "mainSteps": document} if isinstance(document, list) else document
        text = content if isinstance(content, str) else json.dumps(content)
        (host.documents[0] / f"{name}.json").write_text(text)

    return store
