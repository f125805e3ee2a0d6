"""What all sources of aws:downloadContent share: reading their details, finding the file to write."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from patchgui.agent.engine.errors import EngineError
from patchgui.agent.engine.folders import make_folder
from patchgui.agent.engine.parameter_store import secure_reference
from patchgui.agent.engine.surroundings import Host


def detail(source: Mapping[str, Any], name: str) -> str:
    """Return a detail of a source, without blanks around it; empty when absent.

    Raises:
        EngineError: when it is no text.
    """
    value = source.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise EngineError(f"SourceInfo.{name} must be a string")
    return value.strip()


def needed(source: Mapping[str, Any], name: str) -> str:
    """Return a detail that a source can't do without.

    Raises:
        EngineError: when it is absent.
    """
    if not (text := detail(source, name)):
        raise EngineError(f"SourceInfo.{name} must be specified")
    return text


def secret(source: Mapping[str, Any], name: str, host: Host) -> str:
    """Return a detail that may stand in the parameter store, as ``{{ ssm-secure:name }}``.

    Raises:
        EngineError: when the store doesn't have it as a SecureString.
    """
    text = detail(source, name)
    if (parameter := secure_reference(text)) is None:
        return text
    stored = host.fetch_parameters([parameter]).get(parameter)
    if stored is None or stored["Type"] != "SecureString":
        raise EngineError(f"SourceInfo.{name} refers to {parameter}, which is no SecureString parameter")
    return str(stored["Value"])


def file_at(destination: str, name: str) -> Path:
    """Return the file to write: the destination itself, or one of the name when it is a folder; its folder is made."""
    path = Path(destination)
    if destination.endswith(os.sep) or path.is_dir():
        path /= name
    make_folder(path.parent)
    return path


def save(path: Path, content: bytes) -> Path:
    """Write a file for its owner only, and return its path."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o700)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return path
