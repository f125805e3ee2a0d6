"""The cases recorded on the real engine, replayed on ours (their README says how they compare).

``PATCHGUI_CONFORMANCE`` names another folder of cases. Every case must agree.
"""

import json
import os
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from patchgui.agent.engine import (
    CancelToken,
    DocumentInvalid,
    DocumentResult,
    EngineError,
    StepResult,
    StepStatus,
    Stream,
    run_document,
)
from patchgui.agent.engine.message import read_message
from patchgui.agent.engine.prepare import prepare
from patchgui.agent.engine.reading import read_document

FOLDER = Path(os.environ.get("PATCHGUI_CONFORMANCE") or Path(__file__).parent / "cases")

# The length of @ORCH@ on the machine that recorded the cases; sizes of files that hold the path depend on it.
RECORDED_ORCH_LENGTH = 76

SH_IS_BASH = Path("/bin/sh").resolve().name == "bash"

JSON = dict[str, Any]


@dataclass
class OracleHost:
    """A node like the one that recorded the cases."""

    orchestration: Path
    setup: JSON
    cwd: Path = Path("/usr/bin")
    instance_id: str = "i-0123456789abcdef0"
    region: str = "us-east-1"
    platform_type: str = "Linux"
    agent_version: str = "3.3.0.0"
    command_id: str = "11111111-2222-3333-4444-555555555555"
    environment: Mapping[str, str] = field(
        default_factory=lambda: {"PATH": os.environ["PATH"], "HOME": "/root", "LANG": "C.UTF-8"}
    )

    @property
    def platform_name(self) -> str:
        return os_release()["NAME"]

    @property
    def platform_version(self) -> str:
        return os_release()["VERSION_ID"]

    def launch(self, argv: Sequence[str]) -> list[str]:
        return list(argv)

    def fetch_document(self, name: str, version: str) -> str:
        full_name = f"{name}:{version}" if version else name
        try:
            content = self.setup["ssmDocuments"][full_name]
        except KeyError:
            raise EngineError(f"InvalidDocument: Document with name {name} does not exist.") from None
        return content if isinstance(content, str) else json.dumps(content, separators=(",", ":"))

    def fetch_parameters(self, names: Sequence[str]) -> Mapping[str, Any]:
        found = {}
        for name in names:
            bare, _, version = name.partition(":")
            stored = self.setup.get("ssmParameters", {}).get(bare)
            if stored is not None and version in {"", str(stored["version"])}:
                found[name] = {"Type": stored["type"], "Value": stored["value"]}
        return found


class Recorder:
    """An observer that keeps the results of one boot, and checks the order of what it is told."""

    def __init__(self) -> None:
        self.results: list[StepResult] = []
        self.live: dict[tuple[str, Stream], bytes] = {}
        self.started: list[str] = []

    def step_started(self, name: str, action: str, at: datetime) -> None:
        self.started.append(name)

    def step_output(self, name: str, stream: Stream, data: bytes) -> None:
        assert name == self.started[-1]
        assert 0 < len(data) <= 64 * 1024
        self.live[name, stream] = self.live.get((name, stream), b"") + data

    def step_ended(self, result: StepResult) -> None:
        self.results.append(result)


def os_release() -> dict[str, str]:
    lines = Path("/etc/os-release").read_text().splitlines()
    return {name: value.strip('"') for name, _, value in (line.partition("=") for line in lines)}


def case_files() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.json")):
        yield pytest.param(path, id=path.stem)


@pytest.mark.parametrize("path", list(case_files()))
def test_case_ends_as_on_the_real_engine(path: Path, tmp_path: Path) -> None:
    case = json.loads(path.read_text())
    expected = case.get("expectedShIsBash", case["expected"]) if SH_IS_BASH else case["expected"]
    actual = Replay(case, tmp_path).run()
    assert comparable(actual, case["compare"]) == comparable(expected, case["compare"])


class Replay:
    """One case, set up in a scratch folder and run from boot to boot."""

    def __init__(self, case: JSON, folder: Path) -> None:
        self.scratch = folder / "tmp"
        self.scratch.mkdir(mode=0o755)
        self.orchestration = folder / "orchestration"
        self.orchestration.mkdir(mode=0o700)
        self.case: JSON = json.loads(self.with_paths(json.dumps(case)))
        self.setup: JSON = self.case.get("setup") or {}
        self.host = OracleHost(self.orchestration, self.setup)
        for name, content in self.setup.get("files", {}).items():
            self.write(self.scratch / name, content)
        for name, content in self.setup.get("downloads", {}).items():
            self.write(self.orchestration / "downloads" / name, content)

    @staticmethod
    def write(path: Path, content: Any) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))

    def with_paths(self, text: str) -> str:
        return text.replace("@TMP@", str(self.scratch)).replace("@ORCH@", str(self.orchestration))

    def without_paths(self, value: Any) -> Any:
        text = json.dumps(value).replace(str(self.scratch), "@TMP@").replace(str(self.orchestration), "@ORCH@")
        return json.loads(text)

    def run(self) -> JSON:
        payload = self.setup.get("rawPayload")
        try:
            content, parameters = (
                (self.case["document"], self.case.get("parameters") or {}) if payload is None else read_message(payload)
            )
            inputs = [step.inputs for step in prepare(read_document(content), parameters, self.host)]
        except DocumentInvalid as error:
            return {"documentStatus": "Failed", "parseError": str(error), "steps": None}
        actual = {**self.boots(content, parameters), "resolvedInputs": inputs}
        if self.setup.get("tree"):
            actual["tree"] = dict(self.tree())
        cleaned: JSON = self.without_paths(actual)
        return cleaned

    def boots(self, content: JSON, parameters: JSON) -> JSON:
        steps: list[JSON] = []
        statuses: list[str] = []
        result = DocumentResult(StepStatus.SUCCESS_AND_REBOOT)
        recorder = Recorder()
        while result.status is StepStatus.SUCCESS_AND_REBOOT and len(statuses) <= self.setup.get("maxResumes", 0):
            recorder = Recorder()
            # Persist and reload, as a worker does over a reboot.
            previous = [StepResult.from_json(json.loads(json.dumps(step.to_json()))) for step in result.steps]
            cancel = CancelToken()
            with cancelled_after(cancel, self.setup.get("cancelAfterMs")):
                result = run_document(content, parameters, self.host, recorder, previous=previous, cancel=cancel)
            assert result.parse_error == ""
            statuses.append(result.status.value)
            steps += [reported(step, result, run=len(statuses)) for step in recorder.results]
        counts = Counter(step.status.value for step in recorder.results)
        return {
            "documentStatus": statuses[-1],
            "runtimeStatusCounts": dict(counts),
            "steps": steps,
            "runs": len(statuses),
            "runStatuses": statuses,
        }

    def tree(self) -> Iterator[tuple[str, str]]:
        for root in (self.orchestration, self.scratch):
            for path in [root, *sorted(root.rglob("*"))]:
                mode = "".join(
                    letter if path.stat().st_mode >> (8 - i) & 1 else "-" for i, letter in enumerate("rwxrwxrwx")
                )
                if path.is_dir():
                    yield f"{path}/", f"-{mode}"
                else:
                    content = path.read_bytes().replace(str(self.orchestration).encode(), b"@" * RECORDED_ORCH_LENGTH)
                    yield str(path), f"-{mode} {len(content)}"


class cancelled_after:  # noqa: N801 - reads as a sentence
    """Cancels a run some time after its start."""

    def __init__(self, token: CancelToken, after_ms: int | None) -> None:
        self.timer = threading.Timer((after_ms or 0) / 1000, token.cancel) if after_ms is not None else None

    def __enter__(self) -> None:
        if self.timer:
            self.timer.start()

    def __exit__(self, *_: object) -> None:
        if self.timer:
            self.timer.cancel()
            self.timer.join()


def reported(step: StepResult, result: DocumentResult, run: int) -> JSON:
    # A reply without a step's name is the document's, and carries its status.
    document_status = StepStatus.IN_PROGRESS if step.name else result.status
    return {
        "name": step.name,
        "action": step.action,
        "status": step.status.value,
        "code": step.code,
        "stdout": step.stdout,
        "stderr": step.stderr,
        "output": step.output,
        "error": step.error,
        "reply": {
            "status": step.reply.status.value,
            "code": step.reply.code,
            "output": step.reply.output,
            "documentStatus": document_status.value,
        },
        "run": run,
    }


def comparable(outcome: JSON, compare: str) -> JSON:
    """Return what must agree: with ``flow``, of each text only whether it is empty."""

    def text(value: Any) -> Any:
        return (value or "") if compare == "text" else bool(value)

    steps = [
        {
            **step,
            **{key: text(step[key]) for key in ("stdout", "stderr", "output", "error")},
            "reply": {**step["reply"], "output": text(step["reply"]["output"])},
            "run": step.get("run", 1),
        }
        for step in outcome["steps"] or []
    ]
    return {**outcome, "steps": steps, "parseError": bool(outcome.get("parseError"))}


def test_folder_holds_cases() -> None:
    assert any(FOLDER.glob("*.json")), f"{FOLDER} holds no cases"
