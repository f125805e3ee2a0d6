"""What Systems Manager told of a run, as it is kept: commands without secrets, and what steps wrote."""

import json
from collections.abc import Iterable, Iterator, Sequence

from patchgui.console.archive.entries import ArchivedCommand
from patchgui.console.archive.redaction import Redactor, kept_parameters, secret_values
from patchgui.console.output import told_of
from patchgui.console.rows import StepOutput
from patchgui.patching.plan import find_run
from patchgui.ssm.shapes import Command, CommandInvocation

Key = tuple[str, str]
"""A step on a node: instance id and step name."""

_COUNTERS = {"completed_count", "error_count", "delivery_timed_out_count", "status", "status_details"}
"""What changes while a command runs is in the run's own row."""
_BEGINNING = "The list of invocations tells no more than 2,500 characters."


def redactor_of(commands: Iterable[Command]) -> Redactor:
    """Return what takes the secrets of these commands out of everything that is kept."""
    return Redactor(secret for command in commands for secret in secret_values(command.parameters))


def kept_commands(commands: Sequence[Command], redactor: Redactor) -> tuple[ArchivedCommand, ...]:
    """Return commands as they are kept."""
    return tuple(ArchivedCommand(each.command_id, _kept_json(each, redactor)) for each in commands)


def comment_of(commands: Sequence[Command], redactor: Redactor) -> str:
    """Return what somebody wrote into the commands; nothing where it is only this console's mark."""
    comment = commands[0].comment if commands else ""
    return "" if find_run(comment) else redactor.text(comment)


def snapshot_of(commands: Sequence[Command]) -> str:
    """Return the snapshot of patches that all nodes of a run use; empty when each node takes its own."""
    values = commands[0].parameters.get("SnapshotId", ()) if commands else ()
    return values[0] if values else ""


def ended_outputs(invocation: CommandInvocation) -> Iterator[tuple[str, StepOutput]]:
    """Yield what the steps that have ended wrote on a node, as far as the list of invocations tells."""
    for plugin in invocation.command_plugins:
        if plugin.status.is_final and plugin.output:
            told = told_of(plugin)
            note = _BEGINNING if told.is_cut else ""
            yield plugin.name, StepOutput(told.stdout, told.stderr, is_complete=True, is_cut=told.is_cut, note=note)


def _kept_json(command: Command, redactor: Redactor) -> str:
    kept = command.model_copy(
        update={"parameters": kept_parameters(command.parameters), "comment": redactor.text(command.comment)}
    )
    members = kept.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=_COUNTERS)
    return json.dumps(members, sort_keys=True)
