"""aws:downloadContent: bring files to the node (engine.md §7, at its end)."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from patchgui.agent.engine.errors import DocumentInvalid, EngineError
from patchgui.agent.engine.folders import downloads_beside
from patchgui.agent.engine.reading import JsonFields
from patchgui.agent.engine.statuses import StepStatus
from patchgui.agent.engine.step_run import StepRun, StepState
from patchgui.agent.engine.values import compact_json, shown

_SOURCES = ("GitHub", "Git", "HTTP", "S3", "SSMDocument")


class Inputs(NamedTuple):
    """The inputs of the step; ``source`` is what ``sourceInfo`` says, as JSON values."""

    source_type: str
    source: Mapping[str, Any]
    destination: str


def download_content(run: StepRun, state: StepState) -> None:
    """Bring what the inputs name to the destination, every file executable for its owner."""
    try:
        inputs = read_inputs(run.inputs)
        destination = _destination(run, inputs.destination)
        for file in _download(run, inputs, destination):
            file.chmod(0o700)
    except EngineError as error:
        state.fail(str(error))
    except OSError as error:
        state.fail(f"The content can't be saved: {error.strerror or error} ({error.filename}).")
    else:
        state.end(StepStatus.SUCCESS, 0)
        state.output.stdout.write(f"Content downloaded to {destination}".encode())


def read_inputs(value: Any) -> Inputs:
    """Return the inputs of the step; names count regardless of case.

    Raises:
        DocumentInvalid: when one is missing or wrong.
    """
    try:
        fields = JsonFields.of(
            {} if value is None else value, "inputs", ("sourceType", "sourceInfo", "destinationPath")
        )
        source_type, destination = fields.text("sourceType"), fields.text("destinationPath")
    except DocumentInvalid as error:
        raise DocumentInvalid(f"invalid format in plugin properties {shown(value)}; \nerror {error}") from error
    if not source_type:
        raise DocumentInvalid("invalid input: SourceType must be specified")
    if source_type not in _SOURCES:
        raise DocumentInvalid("invalid input: Unsupported source type")
    info = fields.value("sourceInfo")
    if info in (None, ""):
        raise DocumentInvalid("invalid input: SourceInfo must be specified")
    return Inputs(source_type, _source(info, source_type), destination)


def _source(info: Any, source_type: str) -> Mapping[str, Any]:
    from patchgui.agent.engine.text import read_json

    try:
        source = read_json(info if isinstance(info, str) else compact_json(info))
    except ValueError as error:
        raise DocumentInvalid(f"SourceInfo of a {source_type} source is no JSON: {error}") from error
    if not isinstance(source, dict):
        raise DocumentInvalid(f"SourceInfo of a {source_type} source must be a JSON object")
    return source


def _destination(run: StepRun, wanted: str) -> str:
    """Return where the content goes; a slash at the end says that it is a folder."""
    if wanted.startswith("/"):
        return wanted
    return f"{downloads_beside(run.folder, run.step.name)}{os.sep}{wanted}"


def _download(run: StepRun, inputs: Inputs, destination: str) -> list[Path]:
    """Return the files that were brought."""
    # Each kind of source loads what it needs only when a document asks for it.
    host = run.document.host
    match inputs.source_type:
        case "SSMDocument":
            from patchgui.agent.engine.plugins.download_document import download_document

            return download_document(inputs.source, destination, host)
        case "HTTP":
            from patchgui.agent.engine.plugins.download_http import download_http

            return download_http(inputs.source, destination, host)
        case "S3":
            from patchgui.agent.engine.plugins.download_s3 import download_s3

            return download_s3(inputs.source, destination, host)
        case "Git":
            from patchgui.agent.engine.plugins.download_git import download_git

            return download_git(inputs.source, destination, host)
        case _:
            from patchgui.agent.engine.plugins.download_github import download_github

            return download_github(inputs.source, destination, host)
