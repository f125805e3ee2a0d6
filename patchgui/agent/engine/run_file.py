"""Running a document file at once, without an agent: ``patchgui document run FILE``."""

import json
import re
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from patchgui import resource
from patchgui.agent.engine.cancel import CancelToken
from patchgui.agent.engine.errors import DocumentInvalid, EngineError
from patchgui.agent.engine.local_host import LocalHost
from patchgui.agent.engine.parameters import check_parameters
from patchgui.agent.engine.results import DocumentResult, StepResult
from patchgui.agent.engine.run import run_document
from patchgui.agent.engine.statuses import StepStatus
from patchgui.agent.engine.surroundings import Observer, Stream
from patchgui.agent.engine.text import load_document
from patchgui.agent.engine.values import decode
from patchgui.agent.settings import AGENT_VERSION

_MARKS = {
    StepStatus.SUCCESS: "✓",
    StepStatus.SKIPPED: "-",
    StepStatus.SUCCESS_AND_REBOOT: "↻",
}


def run_file(
    path: Path,
    parameters: Mapping[str, Any],
    observer: Observer,
    *,
    agent_version: str = AGENT_VERSION,
    cancel: CancelToken | None = None,
) -> DocumentResult:
    """Run the document in a file here, as the user who asks for it.

    Nested documents are looked for beside the file, then among the built-in ones. Scripts run in the current
    directory. Nothing is rebooted: a document that asks for it ends as SuccessAndReboot.

    Raises:
        EngineError: when the file can't be read.
        DocumentInvalid: when it is no document text.
    """
    content = load_document(_text(path))
    with tempfile.TemporaryDirectory(prefix="patchgui-document-") as folder:
        documents = (path.resolve().parent, resource.folder() / "documents")
        host = LocalHost(Path(folder), documents=documents, agent_version=agent_version)
        return run_document(content, parameters, host, observer, cancel=cancel)


def run_file_command(
    path: Path,
    parameters: str = "{}",
    *,
    agent_version: str | None = None,
    as_json: bool = False,
    out: TextIO | None = None,
    err: TextIO | None = None,
) -> int:
    """Do ``patchgui document run``: print what happens, or one JSON object at the end.

    Args:
        path: The document, JSON or YAML.
        parameters: Its parameters as a JSON object, values typed as the document has them.
        agent_version: The release of Amazon's agent to stand for, such as ``3.3.0.0``; ours if none is given.
        as_json: Whether to print the result as JSON and nothing else.
        out: Where the result goes; standard output if none is given.
        err: Where trouble goes; standard error if none is given.

    Returns:
        The exit status: 0 when the document ended in Success, 1 when it did not, 2 when it could not be run.
    """
    out, err = out or sys.stdout, err or sys.stderr
    try:
        given = _parameters(parameters)
        version = _agent_version(agent_version)
        _warn(path, given, err)
        with _cancelled_by_ctrl_c() as cancel:
            observer = _Silent() if as_json else _Live(out)
            result = run_file(path, given, observer, agent_version=version, cancel=cancel)
    except EngineError as error:
        print(error, file=err)
        return 2
    print(json.dumps(as_json_values(result), indent=2) if as_json else _summary(result), file=out)
    return 0 if result.status is StepStatus.SUCCESS else 1


def as_json_values(result: DocumentResult) -> dict[str, Any]:
    """Return a result as ``--json`` prints it."""
    members = ("name", "action", "status", "code", "stdout", "stderr", "output", "error")
    values: dict[str, Any] = {
        "documentStatus": result.status.value,
        "steps": [{member: getattr(step, member) for member in members} for step in result.steps],
    }
    if result.parse_error:
        values["parseError"] = result.parse_error
    return values


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise EngineError(f"{path} can't be read: {reason}.") from error


def _parameters(text: str) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EngineError(f"--parameters is no JSON: {error}.") from error
    if not isinstance(values, dict):
        raise EngineError('--parameters must be a JSON object, for example {"Operation": "Scan"}.')
    return values


def _agent_version(wanted: str | None) -> str:
    if wanted is None:
        return AGENT_VERSION
    if not re.fullmatch(r"[0-9]+(\.[0-9]+){3}", wanted):
        raise EngineError(f"--agent-version is {wanted!r}; use four numbers with dots, for example {AGENT_VERSION}.")
    return wanted


def _warn(path: Path, given: Mapping[str, Any], err: TextIO) -> None:
    """Say what AWS would refuse about the parameters; the agent itself runs the document all the same."""
    try:
        content = load_document(_text(path))
        problems = check_parameters(content.get("parameters") or {}, given)
    except DocumentInvalid:
        return
    for problem in problems:
        print(f"warning: AWS would refuse this: {problem}", file=err)


@contextmanager
def _cancelled_by_ctrl_c() -> Iterator[CancelToken]:
    """Make Ctrl+C cancel the document instead of killing the program, so that the result is still told."""
    cancel = CancelToken()
    before = signal.signal(signal.SIGINT, lambda *_: cancel.cancel())
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, before)


class _Silent:
    """An observer who says nothing."""

    def step_started(self, name: str, action: str, at: datetime) -> None:
        pass

    def step_output(self, name: str, stream: Stream, data: bytes) -> None:
        pass

    def step_ended(self, result: StepResult) -> None:
        pass


class _Live:
    """An observer who prints steps and their output as they come."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._at_line_start = True

    def step_started(self, name: str, action: str, at: datetime) -> None:  # noqa: ARG002 - the protocol's
        self._line(f"▶ {name} ({action})")

    def step_output(self, name: str, stream: Stream, data: bytes) -> None:  # noqa: ARG002 - the protocol's
        text = decode(data)
        self._out.write(text)
        self._out.flush()
        self._at_line_start = text.endswith("\n")

    def step_ended(self, result: StepResult) -> None:
        self._line(f"{_MARKS.get(result.status, '✗')} {_outcome(result)}")

    def _line(self, text: str) -> None:
        if not self._at_line_start:
            self._out.write("\n")
        print(text, file=self._out, flush=True)
        self._at_line_start = True


def _outcome(result: StepResult) -> str:
    reason = result.error or (result.output if result.status is StepStatus.SKIPPED else "")
    code = f", exit {result.code}" if result.code else ""
    seconds = ""
    if result.status is not StepStatus.SKIPPED and result.started_at and result.ended_at:
        seconds = f" after {(result.ended_at - result.started_at).total_seconds():.1f} s"
    return f"{result.name}: {result.status.value}{code}{seconds}{f' – {reason}' if reason else ''}"


def _summary(result: DocumentResult) -> str:
    if result.parse_error:
        return f"✗ No step ran: {result.parse_error}"
    if result.status is StepStatus.SUCCESS_AND_REBOOT:
        return "↻ The document asks for a reboot. On a node it would go on after it; run from a file, it ends here."
    return f"Document: {result.status.value}"
