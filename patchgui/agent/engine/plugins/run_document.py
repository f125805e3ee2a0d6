"""aws:runDocument: a document inside a step (engine.md §7)."""

import os
import posixpath
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from patchgui.agent.engine.errors import DocumentInvalid, EngineError
from patchgui.agent.engine.folders import downloads_beside, make_folder
from patchgui.agent.engine.prepare import Step, prepare
from patchgui.agent.engine.reading import JsonFields, read_document_text
from patchgui.agent.engine.statuses import StepStatus
from patchgui.agent.engine.step_run import Place, StepRun, StepState
from patchgui.agent.engine.values import shown

_DEEPEST = 3
_NOOP = "AWS-Noop"

# Many times what the service takes as a document.
_MOST_BYTES = 1024 * 1024


class Inputs(NamedTuple):
    """The inputs of the step, types checked."""

    document_type: str
    document_path: str
    parameters: Any


def run_document_step(run: StepRun, state: StepState) -> None:
    """Run another document and take over its texts and the worst status of its steps."""
    try:
        inputs = read_inputs(run.inputs)
        _check_depth(run)
    except EngineError as error:
        state.fail(str(error))
        return
    if inputs.document_path == _NOOP:
        state.end(StepStatus.SUCCESS, 0)
        return
    try:
        text = _document_text(run, inputs, state)
        steps = _prepared(text, inputs.parameters, run)
    except DocumentInvalid as error:
        state.fail(f"There was an error while preparing documents - {error}")
        return
    _take_over(run, state, steps)


def read_inputs(value: Any) -> Inputs:
    """Return the inputs of the step; names count regardless of case.

    Raises:
        DocumentInvalid: when one is missing or wrong.
    """
    try:
        names = ("documentType", "documentPath", "documentParameters")
        fields = JsonFields.of({} if value is None else value, "inputs", names)
        inputs = Inputs(fields.text("documentType"), fields.text("documentPath"), fields.value("documentParameters"))
    except DocumentInvalid as error:
        raise DocumentInvalid(f"invalid format in plugin properties {shown(value)}; \nerror {error}") from error
    if not inputs.document_type:
        raise DocumentInvalid("invalid input: Document Type must be specified to either by SSMDocument or LocalPath.")
    if inputs.document_type not in {"SSMDocument", "LocalPath"}:
        raise DocumentInvalid("invalid input: Document type specified in invalid")
    if not inputs.document_path:
        raise DocumentInvalid("invalid input: Document Path must be provided")
    return inputs


def name_and_version(path: str) -> tuple[str, str]:
    """Return name (or ARN) and version of a document path; the version is empty when there is none."""
    version = [*posixpath.basename(path).split(":"), ""][1]
    return path.removesuffix(f":{version}"), version


def child_parameters(value: Any) -> dict[str, Any]:
    """Return the parameters for a nested document: an object, or a text that is JSON or YAML; nulls are dropped.

    Raises:
        DocumentInvalid: when the text is neither, or the value is something else.
    """
    if isinstance(value, str):
        value = _parameters_in_text(value)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise DocumentInvalid("parameter type specified to run document is unknown")
    return {name: item for name, item in value.items() if item is not None}


def _parameters_in_text(text: str) -> Any:
    from patchgui.agent.engine.text import read_json

    try:
        parameters = read_json(text)
        if parameters is None or isinstance(parameters, dict):
            return parameters
        reason = "it is no JSON object"
    except ValueError as error:
        reason = str(error)
    return _parameters_in_yaml(text, reason)


def _parameters_in_yaml(text: str, not_json: str) -> Any:
    from patchgui.agent.engine.yaml_text import YamlInvalid, compose, value_of

    wrong = (
        "Unmarshalling document parameters failed. Please make sure the parameters are specified in the right format"
    )
    try:
        parameters = value_of(compose(text))
    except YamlInvalid as error:
        raise DocumentInvalid(f"{wrong}: as JSON, {not_json}; as YAML, {error}") from error
    if parameters is not None and not isinstance(parameters, dict):
        raise DocumentInvalid(f"{wrong}: as JSON, {not_json}; as YAML, it is no mapping")
    return parameters


def _check_depth(run: StepRun) -> None:
    if run.step.settings is not None and run.document.depth == 0:
        raise DocumentInvalid("There was an error obtaining the depth of execution")
    depth = run.document.depth + 1
    if depth > _DEEPEST:
        raise DocumentInvalid(
            "Maximum depth for document execution exceeded. "
            f"Maximum depth permitted - {_DEEPEST} and current depth - {depth}"
        )


def _document_text(run: StepRun, inputs: Inputs, state: StepState) -> str:
    """Return the text of the document; empty, and the step failed for a document of the service, when there is none."""
    if inputs.document_type == "LocalPath":
        path = inputs.document_path
        if not path.startswith("/"):
            path = os.path.normpath(f"{downloads_beside(run.folder, run.step.name)}/{path}")
        return _file_text(Path(path))
    name, version = name_and_version(inputs.document_path)
    try:
        text = run.document.host.fetch_document(name, version)
        _save(text, run.folder / "downloads", posixpath.basename(name))
    except (EngineError, OSError, ValueError) as error:
        state.fail(str(error))
        return ""
    return text


def _save(text: str, folder: Path, name: str) -> None:
    make_folder(folder)
    path = folder / f"{name}.json"
    path.write_text(text)
    path.chmod(0o600)


def _file_text(path: Path) -> str:
    """Return what a file holds; nothing if it can't be read, which is told in the same words (engine.md §7.2).

    Raises:
        DocumentInvalid: when it is a device or a pipe, which could hold the step for ever, or too large.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return ""
    try:
        kind = os.fstat(file).st_mode
        if not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):
            raise DocumentInvalid(f"{path} is no file that could hold a document.")
        data = b""
        while len(data) <= _MOST_BYTES and (more := os.read(file, _MOST_BYTES)):
            data += more
    except OSError:
        return ""
    finally:
        os.close(file)
    if len(data) > _MOST_BYTES:
        raise DocumentInvalid(f"{path} is larger than {_MOST_BYTES >> 20} MiB.")
    return data.decode("utf-8-sig", "replace")


def _prepared(text: str, parameters: Any, run: StepRun) -> tuple[Step, ...]:
    given = child_parameters(parameters)
    if not text:
        raise DocumentInvalid("File is empty!")
    return prepare(read_document_text(text), given, run.document.host, nested=True)


def _take_over(run: StepRun, state: StepState, steps: tuple[Step, ...]) -> None:
    """Run the nested steps and merge what came of them; codes are lost on the way (engine.md §7.5, §7.6)."""
    nested = run.document._replace(
        # Unlike everywhere else, colons stay (execdoc.go joins the two as they are).
        place=Place(scripts=run.folder, outputs=Path(f"{run.folder}{os.path.normpath(f'/{run.step.name}')}")),
        # A nested document runs to its end even when the command is cancelled (engine.md §7.9).
        cancel=None,
        depth=run.document.depth + 1,
    )
    for result in run.run_steps(steps, nested).values():
        state.output.stdout.add(result.stdout)
        state.output.stderr.add(result.stderr)
        if result.error:
            state.fail(result.error)
        state.merge_status(result.status)
