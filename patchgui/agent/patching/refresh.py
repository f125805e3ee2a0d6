"""Refreshing apt's package lists. Imports next to nothing: it starts before the rest of the program is loaded."""

import os

FOLDER = os.environ.get("PATCHGUI_PATCH_FOLDER", "/var/log/amazon/ssm")
"""Where the reports and marks of patching go; another one is for those who may not write this."""

COMMAND_ID = os.environ.get("SSM_COMMAND_ID", "")
"""The command that this operation belongs to; empty when a person runs the program."""

_FETCHED = f"{FOLDER}/patch-lists-fetched-for"

REBOOT_MARK = f"{FOLDER}/patch-baseline-operations-reboot-"
"""The folder that says that a reboot was asked for; the exit code that it stands for is added (engine.md §12.12)."""

REBOOT_CODES = (194, 195, 196)

ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LC_ALL": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
    "APT_LISTCHANGES_FRONTEND": "none",
    "NEEDRESTART_SUSPEND": "1",
    **{name: os.environ[name] for name in ("http_proxy", "https_proxy", "no_proxy") if name in os.environ},
}
"""What apt and dpkg run with: their messages are read by this program, and nobody is there to answer questions."""

# A list that cannot be fetched is an error: apt by itself goes on with old lists, and a scan would take them for true.
_COMMAND = ("apt-get", "update", "-qq", "-o", "APT::Update::Error-Mode=any")


class Refresh:
    """A running ``apt-get update``."""

    def __init__(self, pid: int, output: int) -> None:
        self._pid = pid
        self._output = output
        self._ended: tuple[int, str] | None = None

    def finish(self) -> tuple[int, str]:
        """Wait for it; return its exit status and its words."""
        if self._ended is None:
            self._ended = self._wait()
        return self._ended

    def _wait(self) -> tuple[int, str]:
        words = b""
        while data := os.read(self._output, 65536):
            words += data
        os.close(self._output)
        _, status = os.waitpid(self._pid, 0)
        return os.waitstatus_to_exitcode(status), words.decode(errors="replace")


def is_resuming() -> bool:
    """Tell whether this is the run after a reboot that an earlier one asked for: nothing is fetched then."""
    return any(os.path.isdir(f"{REBOOT_MARK}{code}") for code in REBOOT_CODES)  # noqa: PTH112 - pathlib loads too much


def is_needed() -> bool:
    """Tell whether the lists are to be fetched: once for each command, so that it installs just what its scan found.

    Users who may not write the lists scan against those that are there.
    """
    return os.geteuid() == 0 and not (COMMAND_ID and _read(_FETCHED) == COMMAND_ID)


def start() -> Refresh | None:
    """Start fetching the lists; None where there is no apt."""
    reading, writing = os.pipe()
    actions = [(os.POSIX_SPAWN_DUP2, writing, 1), (os.POSIX_SPAWN_DUP2, writing, 2)]
    try:
        pid = os.posix_spawnp(_COMMAND[0], _COMMAND, ENVIRONMENT, file_actions=actions)
    except FileNotFoundError:
        os.close(reading)
        return None
    finally:
        os.close(writing)
    return Refresh(pid, reading)


def remember() -> None:
    """Note that the lists were fetched for this command."""
    os.makedirs(FOLDER, exist_ok=True)  # noqa: PTH103
    with open(_FETCHED, "w", encoding="ascii") as file:  # noqa: PTH123
        file.write(COMMAND_ID)


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:  # noqa: PTH123
            return file.read()
    except OSError:
        return ""
