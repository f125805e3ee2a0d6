"""How a worker is started."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PATCH_REPORT = Path("/var/log/amazon/ssm/patch-configuration/patch-report.json")
"""Where the patch program writes what it found and did."""


@dataclass(frozen=True)
class Options:
    """What a worker is told at its start; paths are as the node sees them."""

    node_dir: Path
    socket: Path
    instance_id: str
    region: str
    cwd: Path = Path("/")
    boot_script: Path = Path("/etc/patchgui/boot")
    boot_log: Path = Path("/var/log/boot.log")
    patch_report: Path = PATCH_REPORT
    idle_exit_s: float = 60.0
    reboot_delay_s: float = 60.0
    never_cut_short: bool = False
    reboot_refused: str = ""
    boot_id: str = ""

    @property
    def orchestration(self) -> Path:
        """Where commands have their folders."""
        return self.node_dir / "orchestration"


def parse(argv: Sequence[str]) -> Options:
    """Read the command line of a worker."""
    parser = argparse.ArgumentParser(prog="patchgui.agent.worker", description="Run commands on one node.")
    parser.add_argument("--node-dir", type=Path, required=True, help="the node's own folder")
    parser.add_argument("--socket", type=Path, required=True, help="where the control plane connects")
    parser.add_argument("--instance-id", required=True)
    parser.add_argument("--region", required=True)
    parser.add_argument("--cwd", type=Path, default=Options.cwd, help="where scripts run by default")
    parser.add_argument("--boot-script", type=Path, default=Options.boot_script, help="run once in each boot")
    parser.add_argument("--boot-log", type=Path, default=Options.boot_log)
    parser.add_argument("--patch-report", type=Path, default=Options.patch_report)
    parser.add_argument("--idle-exit-s", type=float, default=60.0, help="end when alone and idle for so long")
    parser.add_argument(
        "--reboot-delay-s",
        type=float,
        default=Options.reboot_delay_s,
        help="how long a reboot that a step asked for waits for the node's other commands",
    )
    parser.add_argument(
        "--never-cut-short", action="store_true", help="let a reboot wait for other commands without end"
    )
    parser.add_argument("--reboot-refused", default="", help="why the reboot that a step asked for did not happen")
    parser.add_argument("--boot-id", default="", help="the id of this boot, where it is not the kernel's")
    return Options(**vars(parser.parse_args(argv)))
