"""The places where bytes from outside come in. A target takes any bytes and may only end well.

An input is read, or refused with the error of its place; whatever else is raised is a crash. To play a crash again, put
its bytes into the corpus folder of its target: ``pytest tests/fuzz`` runs every seed.
"""

import asyncio
import contextlib
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from patchgui.agent.engine import DocumentInvalid, StepResult, load_document, validate_document
from patchgui.agent.engine.local_host import LocalHost
from patchgui.agent.engine.message import read_message
from patchgui.agent.engine.parameters import check_parameters
from patchgui.agent.engine.plugins.run_document import child_parameters
from patchgui.agent.engine.prepare import prepare
from patchgui.agent.engine.reading import read_document, read_document_text
from patchgui.agent.engine.text import read_json
from patchgui.agent.engine.values import compact_json, shown
from patchgui.agent.supervisor.words import understood
from patchgui.agent.worker.journal_folder import JournalFolder
from patchgui.agent.worker.messages import LineBuffer
from patchgui.agent.worker.output_log import OutputLog
from patchgui.agent.worker.progress import Progress
from patchgui.agent.worker.steps import outline
from patchgui.ssm.errors import ProtocolError
from tests.unit.agent_api.harness import JSON_TYPE, Harness, open_harness, signed

Target = Callable[[bytes], None]

HOST = LocalHost(Path("/nonexistent"), environment={})


def document_text(data: bytes) -> None:
    """Read a document's text as CreateDocument and as the engine does, and check it."""
    text = data.decode("utf-8", "replace")
    with contextlib.suppress(DocumentInvalid):
        content = load_document(text)
        outline(content)
        validate_document(content)
    with contextlib.suppress(DocumentInvalid):
        prepare(read_document_text(text), {}, HOST)


def message(data: bytes) -> None:
    """Read a whole message and make its document ready."""
    with contextlib.suppress(DocumentInvalid):
        content, parameters = read_message(data.decode("utf-8", "replace"))
        prepare(read_document(content), parameters, HOST)


def parameters(data: bytes) -> None:
    """Check parameters against a document and fill them in, at the top and in a nested document."""
    try:
        values = read_json(data.decode("utf-8", "replace"))
    except ValueError:
        return
    members = values if isinstance(values, dict) else {}
    declared, given, text = (members.get(name) for name in ("declared", "given", "text"))
    if not isinstance(declared, dict) or not isinstance(given, dict):
        return
    step = {"name": "s", "action": "aws:runShellScript", "inputs": {"runCommand": [text], "more": text}}
    content = {"schemaVersion": "2.2", "parameters": declared, "mainSteps": [step]}
    with contextlib.suppress(DocumentInvalid):
        check_parameters(declared, given)
    for nested in (False, True):
        with contextlib.suppress(DocumentInvalid):
            for filled in prepare(read_document(content), given, HOST, nested=nested):
                shown(filled.inputs)
                compact_json(filled.inputs)


def yaml_child(data: bytes) -> None:
    """Read a nested document and the parameters for one."""
    text = data.decode("utf-8-sig", "replace")
    with contextlib.suppress(DocumentInvalid):
        child_parameters(text)
    with contextlib.suppress(DocumentInvalid):
        document = read_document_text(text)
        prepare(document, {name: declared.default for name, declared in document.parameters.items()}, HOST, nested=True)


def journal(data: bytes) -> None:
    """Start on a journal and an output log that were left behind."""
    # What is put aside is told on stderr, thousands of times here.
    with tempfile.TemporaryDirectory(prefix="patchgui-fuzz-") as folder, contextlib.redirect_stderr(io.StringIO()):
        Path(folder, "c.jsonl").write_bytes(data)
        Path(folder, "c.output").write_bytes(data)
        OutputLog(Path(folder, "c.output")).close()
        for each in JournalFolder(Path(folder)).load():
            progress = Progress.of(each.records)
            _ = progress.previous, progress.skipped(), progress.command_id
            each.close()


def worker_words(data: bytes) -> None:
    """Listen to a node."""
    try:
        for words in LineBuffer().feed(data):
            if understood(words)["type"] == "report" and words["record"]["type"] in {"step_ended", "interrupted"}:
                _ = StepResult.from_json(words["record"]["result"]).reply
    except (ProtocolError, ValueError, RecursionError):
        return


def request(data: bytes) -> None:
    """Answer a request: its first line is the operation, rightly signed; without one, headers come first."""
    first, _, body = data.partition(b"\n")
    target = first.decode("latin-1").strip()
    headers = {"content-type": JSON_TYPE, "x-amz-target": f"AmazonSSM.{target}"}
    with _an_agent() as agent:
        if target.startswith("{"):
            with contextlib.suppress(ValueError, RecursionError):
                given = json.loads(target)
                headers = {str(name).lower(): str(value) for name, value in given.items()}
        elif target.isalnum() and target.isascii():
            headers = signed(body.decode("latin-1"), headers) if body.isascii() else headers
        else:
            return
        with contextlib.suppress(UnicodeEncodeError):  # what no HTTP server would let through
            "".join(headers.values()).encode("latin-1")
            answer = asyncio.run(agent.post(headers, body))
            if answer.status not in {200, 400, 403, 413}:
                raise AssertionError(f"answered with {answer.status}: {answer.body[:200]!r}")


TARGETS: dict[str, Target] = {
    "document": document_text,
    "message": message,
    "parameters": parameters,
    "yaml": yaml_child,
    "journal": journal,
    "worker": worker_words,
    "request": request,
}

_agents: list[Harness] = []
_open_agents = contextlib.ExitStack()


@contextmanager
def _an_agent() -> Iterator[Harness]:
    """Yield the one agent of this process; its state goes with it."""
    if not _agents:
        folder = _open_agents.enter_context(tempfile.TemporaryDirectory(prefix="patchgui-fuzz-"))
        _agents.append(_open_agents.enter_context(open_harness(Path(folder))))
    yield _agents[0]


def close() -> None:
    """Close what targets have kept open."""
    _agents.clear()
    _open_agents.close()
