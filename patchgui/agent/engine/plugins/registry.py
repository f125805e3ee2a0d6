"""Which plugin runs which action."""

from patchgui.agent.engine.plugins import docker, out_of_reach
from patchgui.agent.engine.plugins.download_content import download_content
from patchgui.agent.engine.plugins.run_document import run_document_step
from patchgui.agent.engine.plugins.run_script import run_power_shell_script, run_shell_script
from patchgui.agent.engine.step_run import Plugin

_PLUGINS: dict[str, Plugin] = {
    "aws:cloudWatch": out_of_reach.cloud_watch,
    "aws:configureDocker": docker.configure_docker,
    "aws:configurePackage": out_of_reach.configure_package,
    "aws:domainJoin": out_of_reach.domain_join,
    "aws:downloadContent": download_content,
    "aws:refreshAssociation": out_of_reach.refresh_association,
    "aws:runDockerAction": docker.run_docker_action,
    "aws:runDocument": run_document_step,
    "aws:runPowerShellScript": run_power_shell_script,
    "aws:runShellScript": run_shell_script,
    "aws:softwareInventory": out_of_reach.software_inventory,
    "aws:updateSsmAgent": out_of_reach.update_ssm_agent,
}


def plugin_for(action: str) -> Plugin:
    """Return what runs an action that the gate has let through: it knows every one that it lets through."""
    return _PLUGINS[action]
