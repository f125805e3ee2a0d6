"""Fetches what a step wrote on a node: whole where SSM keeps it, else the 2,500 characters of the invocation."""

from patchgui.console.rows import StepOutput
from patchgui.ssm.client import SsmClient
from patchgui.ssm.shapes import CommandPlugin, GetCommandInvocationRequest, ListCommandInvocationsRequest

_STDOUT_CHARS = 24_000
_STDERR_CHARS = 8_000
"""GetCommandInvocation gives no more (service model); the local agent's live output keeps to it too."""
_SHORTEST_NAME = 4
"""GetCommandInvocation refuses shorter step names, though documents may have them (service model)."""
_ERROR_TITLE = "\n----------ERROR-------\n"


async def fetch_output(client: SsmClient, command_id: str, instance_id: str, step: str) -> StepOutput:
    """Return both streams of one step. Raises NotFound when the command does not run on that node."""
    if len(step) < _SHORTEST_NAME:
        return _from_plugin(await _plugin(client, command_id, instance_id, step))
    got = await client.get_command_invocation(
        GetCommandInvocationRequest(command_id=command_id, instance_id=instance_id, plugin_name=step)
    )
    stdout, stderr = got.standard_output_content, got.standard_error_content
    if not stdout and not stderr and not got.status.is_final:
        # AWS fills the streams once the step has ended; the invocation's own text may be there before.
        return _from_plugin(await _plugin(client, command_id, instance_id, step))
    is_cut = len(stdout) >= _STDOUT_CHARS - 20 or len(stderr) >= _STDERR_CHARS
    return StepOutput(stdout, stderr, is_complete=got.status.is_final, is_cut=is_cut)


async def _plugin(client: SsmClient, command_id: str, instance_id: str, step: str) -> CommandPlugin | None:
    request = ListCommandInvocationsRequest(command_id=command_id, instance_id=instance_id, details=True)
    for invocation in (await client.list_command_invocations(request)).command_invocations:
        for plugin in invocation.command_plugins:
            if plugin.name == step:
                return plugin
    return None


def _from_plugin(plugin: CommandPlugin | None) -> StepOutput:
    if plugin is None:
        return StepOutput()
    stdout, _, stderr = plugin.output.partition(_ERROR_TITLE)
    return StepOutput(
        stdout, stderr, is_complete=plugin.status.is_final, is_cut="output truncated" in plugin.output.lower()
    )
