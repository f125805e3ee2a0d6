"""Which plugin runs which action."""

from patchgui.agent.engine.plugins.download_content import download_content
from patchgui.agent.engine.plugins.run_document import run_document_step
from patchgui.agent.engine.plugins.run_script import run_power_shell_script, run_shell_script
from patchgui.agent.engine.plugins.unavailable import unavailable
from patchgui.agent.engine.step_run import Plugin

_PLUGINS: dict[str, Plugin] = {
    "aws:downloadContent": download_content,
    "aws:runDocument": run_document_step,
    "aws:runPowerShellScript": run_power_shell_script,
    "aws:runShellScript": run_shell_script,
}


def plugin_for(action: str) -> Plugin:
    """Return what runs an action that the gate has let through."""
    return _PLUGINS.get(action, unavailable)
