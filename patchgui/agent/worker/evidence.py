"""Whether a step that had been let in had begun when its worker was killed."""

from pathlib import Path

from patchgui.agent.engine.folders import below

# File times lag behind the clock by up to a tick of the kernel.
_TICK_S = 0.05

_RUN_SCRIPTS = frozenset({"aws:runShellScript", "aws:runPowerShellScript", "aws:runDocument"})


def has_begun(orchestration: Path, name: str, action: str, since: float) -> bool:
    """Whether anything of a step may have happened.

    A script is written before it is started, so as long as there is none, nothing has happened and the step may
    run as if the worker had never been killed. Of other actions nothing is known: they count as begun.

    Args:
        orchestration: The command's folder.
        name: The step.
        action: What it does.
        since: When it was let in, in epoch seconds; scripts from before a reboot are older.
    """
    if action not in _RUN_SCRIPTS:
        return True
    scripts = below(orchestration, name).rglob("_script.*")
    return any(script.stat().st_mtime >= since - _TICK_S for script in scripts)
