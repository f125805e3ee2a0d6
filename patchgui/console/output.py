"""Fetches what a step wrote on a node: what SSM tells of it, and the whole of it where S3 or a log keep it."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from patchgui.console.rows import StepOutput
from patchgui.ssm.client import SsmClient
from patchgui.ssm.errors import AccessDenied, NotFound, PatchError
from patchgui.ssm.shapes import (
    CloudWatchOutputConfig,
    CommandPlugin,
    GetCommandInvocationRequest,
    GetCommandInvocationResult,
    ListCommandInvocationsRequest,
)

_STDOUT_CHARS = 24_000
_STDERR_CHARS = 8_000
"""GetCommandInvocation gives no more (service model); the local agent's live output keeps to it too."""
_SHORTEST_NAME = 4
"""GetCommandInvocation refuses shorter step names, though documents may have them (service model)."""
_ERROR_TITLE = "\n----------ERROR-------\n"
_TRUNCATED = re.compile(r"(?:output|error) truncated", re.IGNORECASE)
"""The agent's own note in a list of invocations, after either stream (engine.md, Output)."""
_MOST_CHARS = 4 * 1024 * 1024
"""More of a log than this nobody reads, and no window shows."""
_PATIENCE = 5
"""So often the whole output is looked for after the step has ended: nodes upload it a moment later."""
_KEPT = 64
_GROUP_PREFIX = "/aws/ssm/"
_NOT_IN_A_GROUP = re.compile(r"[^a-zA-Z0-9_\-/.#]")
"""SSM's agent puts a dot for these when it names a log group after a document."""
_NOT_IN_A_STREAM = re.compile(r"[:*]")


@dataclass(slots=True)
class _Tail:
    """A log stream as far as it was read."""

    text: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class _Stream:
    """What SSM tells of one stream of a step: its text, where the whole of it is, and whether the text was cut."""

    text: str
    url: str
    log: str
    is_cut: bool


class OutputReader:
    """Reads the outputs of steps on one connection; a log is read on from where the last look ended."""

    def __init__(self, client: SsmClient) -> None:
        self._client = client
        self._tails: dict[tuple[str, str], _Tail] = {}
        self._looks: dict[tuple[str, str, str], int] = {}

    async def read(self, command_id: str, instance_id: str, step: str) -> StepOutput:
        """Return both streams of one step as far as they are known.

        Raises:
            NotFound: the command does not run on that node, or the service does not know yet that it does.
        """
        if len(step) < _SHORTEST_NAME:
            return told_of(await _plugin(self._client, command_id, instance_id, step))
        request = GetCommandInvocationRequest(command_id=command_id, instance_id=instance_id, plugin_name=step)
        got = await self._client.get_command_invocation(request)
        group = log_group_of(got.cloud_watch_output_config, got.document_name)
        stdout, stderr = _streams(got, f"{command_id}/{instance_id}/{_NOT_IN_A_STREAM.sub('-', step)}")
        if not got.status.is_final:
            return await self._running(request, stdout, stderr, group)
        told = StepOutput(stdout.text, stderr.text, is_complete=True, is_cut=stdout.is_cut or stderr.is_cut)
        if not told.is_cut or not (group or stdout.url):
            return told
        return await self._whole(told, (command_id, instance_id, step), stdout, stderr, group)

    async def _running(
        self, request: GetCommandInvocationRequest, stdout: _Stream, stderr: _Stream, group: str
    ) -> StepOutput:
        if group:
            try:
                return StepOutput(await self._tail(group, stdout.log), await self._tail(group, stderr.log))
            except PatchError:
                # The log may not be there yet, or not to be read: what SSM tells is shown, and the end tells the rest.
                pass
        if stdout.text or stderr.text:
            return StepOutput(stdout.text, stderr.text, is_cut=stdout.is_cut or stderr.is_cut)
        # AWS fills the streams once the step has ended; the invocation's own text may be there before.
        step = request.plugin_name or ""
        return told_of(await _plugin(self._client, request.command_id, request.instance_id, step))

    async def _whole(
        self, told: StepOutput, key: tuple[str, str, str], stdout: _Stream, stderr: _Stream, group: str
    ) -> StepOutput:
        """Return the whole output of a step that has ended, or what was told of it and why there is no more."""
        place = "S3" if stdout.url else "CloudWatch Logs"
        read = self._from_s3 if stdout.url else self._from(group)
        try:
            found = [stream if not stream.is_cut else await _longer(stream, read) for stream in (stdout, stderr)]
        except AccessDenied as denied:
            return replace(told, note=f"The whole output is in {place}; this profile lacks {denied.action}.")
        except NotFound:
            looks = self._looks[key] = self._looks.get(key, 0) + 1
            note = f"The whole output is not in {place}: perhaps the node may not write there."
            # Asked for again: a node uploads it a moment after the step has ended.
            return replace(told, note=note) if looks >= _PATIENCE else replace(told, is_complete=False)
        except PatchError as error:
            return replace(told, note=f"The whole output in {place} could not be read: {error}")
        self._looks.pop(key, None)
        is_cut = any(len(stream.text) >= _MOST_CHARS for stream in found)
        note = "Only the first 4 MB are shown; the rest is where the output is kept." if is_cut else ""
        return StepOutput(found[0].text, found[1].text, is_complete=True, is_cut=is_cut, note=note)

    async def _from_s3(self, stream: _Stream) -> str:
        return (await self._client.s3.read(stream.url)).decode(errors="replace")

    def _from(self, group: str) -> Callable[[_Stream], Awaitable[str]]:
        return lambda stream: self._tail(group, stream.log)

    async def _tail(self, group: str, log: str) -> str:
        """Return a log stream as far as it is written, reading only what is new."""
        tail = self._tails.pop((group, log), None) or _Tail()
        while len(tail.text) < _MOST_CHARS:
            try:
                part = await self._client.logs.read(group, log, tail.token)
            except NotFound:
                # A stream that nothing was written to is never made.
                if tail.token:
                    raise
                break
            is_at_end = part.token == tail.token
            tail = _Tail(tail.text + part.text, part.token)
            if is_at_end or not part.text:
                break
        self._tails[group, log] = tail
        while len(self._tails) > _KEPT:
            del self._tails[next(iter(self._tails))]
        return tail.text


async def _longer(stream: _Stream, read: Callable[[_Stream], Awaitable[str]]) -> _Stream:
    """Return a stream with its whole text.

    Raises:
        NotFound: what is kept elsewhere is not as long yet as what SSM tells.
    """
    text = await read(stream)
    if len(text) < len(stream.text):
        raise NotFound("The output is not whole yet.")
    return replace(stream, text=text)


def log_group_of(config: CloudWatchOutputConfig | None, document: str) -> str:
    """Return the log group that gets a command's output; empty when none does."""
    if config is None or not config.cloud_watch_output_enabled:
        return ""
    return config.cloud_watch_log_group_name or _NOT_IN_A_GROUP.sub(".", f"{_GROUP_PREFIX}{document}")


def _streams(got: GetCommandInvocationResult, log: str) -> tuple[_Stream, _Stream]:
    out, err = got.standard_output_content, got.standard_error_content
    return (
        # SSM's own note that it was cut counts as well.
        _Stream(out, got.standard_output_url, f"{log}/stdout", len(out) >= _STDOUT_CHARS - 20),
        _Stream(err, got.standard_error_url, f"{log}/stderr", len(err) >= _STDERR_CHARS),
    )


async def _plugin(client: SsmClient, command_id: str, instance_id: str, step: str) -> CommandPlugin | None:
    request = ListCommandInvocationsRequest(command_id=command_id, instance_id=instance_id, details=True)
    for invocation in (await client.list_command_invocations(request)).command_invocations:
        for plugin in invocation.command_plugins:
            if plugin.name == step:
                return plugin
    return None


def told_of(plugin: CommandPlugin | None) -> StepOutput:
    """Return what a list of invocations tells of a step: 2,500 characters at most, both streams together."""
    if plugin is None:
        return StepOutput()
    stdout, _, stderr = plugin.output.partition(_ERROR_TITLE)
    return StepOutput(
        stdout, stderr, is_complete=plugin.status.is_final, is_cut=_TRUNCATED.search(plugin.output) is not None
    )
