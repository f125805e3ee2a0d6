"""Which boot this is, and what the node does at the start of one."""

import subprocess
import sys
from pathlib import Path

from patchgui.agent.worker.options import Options

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

_LIMIT_S = 10.0


def boot_id() -> str:
    """Return the id of the running boot; in a sandbox node it is the node's own."""
    return BOOT_ID.read_text(encoding="ascii").strip()


def run_boot_script(options: Options, this_boot: str) -> None:
    """Run the node's boot script once in each boot, in a session of its own, and wait a while for it.

    Commands go on after it, as services are up again before an operator's script looks for them.
    """
    booted = options.node_dir / "booted"
    if not _is_executable(options.boot_script) or (booted.exists() and booted.read_text() == this_boot):
        return
    try:
        booted.write_text(this_boot)
        _run(options)
    except OSError as error:
        # A node whose boot script is broken can still be repaired by commands.
        print(f"boot script {options.boot_script}: {error}", file=sys.stderr)


def _run(options: Options) -> None:
    with options.boot_log.open("ab") as log:
        process = subprocess.Popen(
            [options.boot_script], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    try:
        process.wait(_LIMIT_S)
    except subprocess.TimeoutExpired:
        # It starts things one after another, or hangs: the node is there all the same.
        return


def _is_executable(path: Path) -> bool:
    return path.is_file() and bool(path.stat().st_mode & 0o111)
