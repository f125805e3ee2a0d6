"""The files that patching keeps on the node (engine.md §12.9): what waits for a reboot, and the last reports."""

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NamedTuple

from patchgui.agent.patching.assessment import (
    INSTALLED,
    INSTALLED_OTHER,
    INSTALLED_PENDING_REBOOT,
    INSTALLED_REJECTED,
    Patch,
)
from patchgui.agent.patching.refresh import FOLDER

CONFIGURATION = f"{FOLDER}/patch-configuration"
STATES = f"{CONFIGURATION}/patch-states-configuration.json"
SUMMARY = f"{CONFIGURATION}/patch-inventory-from-last-operation.json"
REPORT = f"{CONFIGURATION}/patch-report.json"

_ON_THE_NODE = (INSTALLED, INSTALLED_OTHER, INSTALLED_REJECTED, INSTALLED_PENDING_REBOOT)


class Records(NamedTuple):
    """What was installed without a reboot: by title, and when (epoch seconds UTC, 0 for never)."""

    pending: tuple[str, ...]
    installed_without_reboot_at: float

    def still_pending(self, booted_at: float) -> tuple[str, ...]:
        """Return the titles that wait for a reboot: none once the node was started after their installation."""
        return self.pending if booted_at < self.installed_without_reboot_at else ()


def read(now: float) -> Records:
    """Read the records; unreadable ones are put aside, ones from the future are not believed."""
    content = read_json(STATES)
    try:
        states: dict[str, dict[str, Any]] = content["patchStates"]
        moment = float(content["lastNoRebootInstallOperationTime"])
        pending = tuple(title for title, entry in states.items() if entry["state"] == INSTALLED_PENDING_REBOOT)
    except (KeyError, TypeError, ValueError, AttributeError):
        with suppress(FileNotFoundError):
            os.replace(STATES, f"{STATES}.unreadable")  # noqa: PTH105 - pathlib loads too much
        return Records((), 0)
    return Records(pending, moment) if 0 <= moment <= now else Records((), 0)


def write(patches: Iterable[Patch], installed_without_reboot_at: float) -> None:
    """Write the state of every patch that is installed; what is missing or has failed has none to remember."""
    states = {
        patch.title: {"id": patch.package.identifier, "installedTime": patch.package.installed_at, "state": patch.state}
        for patch in patches
        if patch.state in _ON_THE_NODE
    }
    content = {"patchStates": states, "lastNoRebootInstallOperationTime": installed_without_reboot_at}
    write_json(STATES, content, durable=True)


def read_json(path: str) -> Any:
    """Return what a file holds, None when it is not there or not JSON."""
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - pathlib loads too much
            return json.load(file)
    except (OSError, ValueError):
        return None


def write_json(path: str, content: Any, *, durable: bool = False) -> None:
    """Replace a file as a whole: who reads it sees the old or the new text; ``durable``: also after a power cut."""
    os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 - pathlib loads too much
    fresh = f"{path}.new"
    with open(fresh, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(json.dumps(content, indent=4) + "\n")
        if durable:
            file.flush()
            os.fsync(file.fileno())
    os.replace(fresh, path)  # noqa: PTH105
