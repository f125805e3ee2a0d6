"""Reboots: when the node was started, and the mark that tells the run after a reboot (engine.md §12.11, §12.12)."""

import os
import time
from typing import NamedTuple

from patchgui.agent.patching import records
from patchgui.agent.patching.refresh import COMMAND_ID, REBOOT_CODES, REBOOT_MARK

ASK_FOR_REBOOT = 194
"""The exit status by which a script asks the agent to restart the node and to run it again."""

_BOOT_FILE = "/run/patchgui/boot.json"
_REQUIRED = "/run/reboot-required"
_BOOT_ID = "/proc/sys/kernel/random/boot_id"
_MOST_REBOOTS = 5
_AFTER_REBOOT = {194: 0, 195: 1, 196: 2}


class Mark(NamedTuple):
    """A reboot that was asked for: for which result, in which boot, by which command, and how often so far."""

    code: int
    boot_id: str
    command_id: str
    times: int

    @property
    def is_of_this_command(self) -> bool:
        """Whether this run belongs to the command that asked; what a cancelled command left behind is not ours."""
        return not (COMMAND_ID and self.command_id) or self.command_id == COMMAND_ID

    @property
    def is_spent(self) -> bool:
        """Whether the node has been asked to restart too often."""
        return self.times >= _MOST_REBOOTS

    @property
    def exit_code(self) -> int:
        """The exit status of the operation, now that the node has restarted."""
        return _AFTER_REBOOT[self.code]

    @property
    def was_rebooted(self) -> bool:
        """Whether the node has been started anew since. Boots have names: their times may be too close to tell."""
        return self.boot_id != _boot_id()


def booted_at() -> float:
    """Return when the node was started, in epoch seconds. A sandbox node is told: it shares the uptime of its host."""
    told = records.read_json(_BOOT_FILE)
    if isinstance(told, dict) and "booted_at" in told:
        return float(told["booted_at"])
    with open("/proc/uptime", encoding="ascii") as file:  # noqa: PTH123 - pathlib loads too much
        return time.time() - float(file.read().split()[0])


def _boot_id() -> str:
    with open(_BOOT_ID, encoding="ascii") as file:  # noqa: PTH123 - pathlib loads too much
        return file.read().strip()


def packages_that_ask() -> tuple[str, ...]:
    """Return the packages that want the node restarted, as Debian's packages leave word of it."""
    if not os.path.exists(_REQUIRED):  # noqa: PTH110
        return ()
    try:
        with open(f"{_REQUIRED}.pkgs", encoding="utf-8") as file:  # noqa: PTH123
            return tuple(dict.fromkeys(file.read().split()))
    except OSError:
        return ("a package",)


def ask(code: int) -> None:
    """Leave word that a reboot was asked for."""
    mark = find()
    times = mark.times if mark else 0
    content = {"command_id": COMMAND_ID, "boot_id": _boot_id()}
    records.write_json(f"{REBOOT_MARK}{code}/{times + 1}.json", content, durable=True)


def find() -> Mark | None:
    """Return the reboot that was asked for, if there was one."""
    for code in REBOOT_CODES:
        folder = f"{REBOOT_MARK}{code}"
        if not os.path.isdir(folder):  # noqa: PTH112
            continue
        entries = sorted(os.listdir(folder))  # noqa: PTH208
        last = records.read_json(f"{folder}/{entries[-1]}") if entries else None
        if not isinstance(last, dict):
            last = {}
        return Mark(code, str(last.get("boot_id", "")), str(last.get("command_id", "")), len(entries))
    return None


def forget() -> None:
    """Remove the word."""
    for code in REBOOT_CODES:
        folder = f"{REBOOT_MARK}{code}"
        if os.path.isdir(folder):  # noqa: PTH112
            for name in os.listdir(folder):  # noqa: PTH208
                os.unlink(f"{folder}/{name}")  # noqa: PTH108
            os.rmdir(folder)  # noqa: PTH106
