"""Rows of the state file as the shapes that the API answers with."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from sqlite3 import Row
from typing import Any

from pydantic_core import to_json

from patchgui.agent.commands.live_output import LiveOutput
from patchgui.ssm.shapes import Command, GetCommandInvocationResult

OUTPUT_LIMIT = 2500
STDOUT_LIMIT = 24000
STDERR_LIMIT = 8000
"""Characters of the API's members (engine.md §9.3, §9.4)."""

_ERROR_TITLE = "\n----------ERROR-------\n"
_NO_LOGS = {"CloudWatchLogGroupName": "", "CloudWatchOutputEnabled": False}
_NO_NOTIFICATION = {"NotificationArn": "", "NotificationEvents": [], "NotificationType": ""}


def command_view(row: Row) -> Command:
    """Return a command as ListCommands shows it."""
    request = json.loads(row["request"])
    return Command.from_wire(
        {
            **shared(row["command_id"], request),
            "ExpiresAfter": row["expires_at"],
            "Parameters": request.get("Parameters", {}),
            # Nodes that were found by targets are only listed as invocations.
            "InstanceIds": request.get("InstanceIds", []),
            "Targets": request.get("Targets", []),
            "RequestedDateTime": row["requested_at"],
            "Status": row["status"],
            "StatusDetails": row["status_details"],
            **_output_places(request),
            "MaxConcurrency": request.get("MaxConcurrency", "50"),
            "MaxErrors": request.get("MaxErrors", "0"),
            "TargetCount": row["target_count"],
            "CompletedCount": row["completed_count"],
            "ErrorCount": row["error_count"],
            "DeliveryTimedOutCount": row["delivery_timed_out_count"],
            "TimeoutSeconds": int(row["deliver_until"] - row["requested_at"] + 0.5),
            "AlarmConfiguration": request.get("AlarmConfiguration"),
            "TriggeredAlarms": [],
        }
    )


@dataclass(frozen=True)
class InvocationPage:
    """The answer of ListCommandInvocations. Hundreds of steps are in it, so it is put together without shapes."""

    invocations: Sequence[Mapping[str, Any]]
    next_token: str | None

    def to_wire_json(self) -> bytes:
        """Return the body, in SSM's spelling."""
        token = {} if self.next_token is None else {"NextToken": self.next_token}
        return to_json({"CommandInvocations": self.invocations, **token}, inf_nan_mode="null")


class InvocationView:
    """Shows a command's invocations as ListCommandInvocations does."""

    def __init__(self, command: Row, live: LiveOutput) -> None:
        request = json.loads(command["request"])
        self._live = live
        self._shared = {
            **shared(command["command_id"], request),
            "StandardOutputUrl": "",
            "StandardErrorUrl": "",
        }
        self._places = {"StandardOutputUrl": "", "StandardErrorUrl": "", **_output_places(request)}

    def invocation(self, row: Row, steps: Sequence[Row]) -> dict[str, Any]:
        """Return an invocation with those of its steps that were asked for."""
        return {
            **self._shared,
            "InstanceId": row["instance_id"],
            "InstanceName": row["instance_name"],
            "RequestedDateTime": row["requested_at"],
            "Status": row["status"],
            "StatusDetails": row["status_details"],
            "TraceOutput": row["trace"][:OUTPUT_LIMIT],
            "CommandPlugins": [self._plugin(step) for step in steps],
        }

    def _plugin(self, step: Row) -> dict[str, Any]:
        """Return a step; while it runs, with what it has written so far."""
        plugin = {
            "Name": step["name"],
            "Status": step["status"],
            "StatusDetails": step["status_details"],
            "ResponseCode": step["code"],
            "Output": (step["output"] or _live_text(step, self._live))[:OUTPUT_LIMIT],
            **self._places,
        }
        if (started_at := step["started_at"]) is not None:
            plugin["ResponseStartDateTime"] = started_at
        if (ended_at := step["ended_at"]) is not None:
            plugin["ResponseFinishDateTime"] = ended_at
        return plugin


def step_view(step: Row, command: Row, *, plugin_name: str, live: LiveOutput) -> GetCommandInvocationResult:
    """Return a step as GetCommandInvocation shows it."""
    request = json.loads(command["request"])
    return GetCommandInvocationResult.from_wire(
        {
            **shared(command["command_id"], request),
            "InstanceId": step["instance_id"],
            "PluginName": plugin_name,
            "ResponseCode": step["code"],
            "ExecutionStartDateTime": iso(step["started_at"]),
            "ExecutionElapsedTime": elapsed(step["started_at"], step["ended_at"]),
            "ExecutionEndDateTime": iso(step["ended_at"]),
            "Status": step["status"],
            "StatusDetails": step["status_details"],
            "StandardOutputContent": _stream(step, "stdout", live)[:STDOUT_LIMIT],
            "StandardOutputUrl": "",
            "StandardErrorContent": _stream(step, "stderr", live)[:STDERR_LIMIT],
            "StandardErrorUrl": "",
        }
    )


def shared(command_id: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that a command, its invocations and its steps have in common."""
    return {
        "CommandId": command_id,
        "DocumentName": request["DocumentName"],
        "DocumentVersion": request.get("DocumentVersion", "$DEFAULT"),
        "Comment": request.get("Comment", ""),
        "ServiceRole": request.get("ServiceRoleArn", ""),
        "NotificationConfig": request.get("NotificationConfig", _NO_NOTIFICATION),
        "CloudWatchOutputConfig": request.get("CloudWatchOutputConfig", _NO_LOGS),
    }


def _output_places(request: dict[str, Any]) -> dict[str, str]:
    return {name: request.get(name, "") for name in ("OutputS3Region", "OutputS3BucketName", "OutputS3KeyPrefix")}


def _stream(step: Row, stream: str, live: LiveOutput) -> str:
    ended: str = step[stream]
    key = (step["command_id"], step["instance_id"], step["name"])
    # A skipped step or one that could not start has no streams; its reason must be found all the same.
    return ended or live.text(key, stream) or (step["output"] if stream == "stdout" and not step["stderr"] else "")


def _live_text(step: Row, live: LiveOutput) -> str:
    key = (step["command_id"], step["instance_id"], step["name"])
    stdout, stderr = live.text(key, "stdout"), live.text(key, "stderr")
    return f"{stdout}{_ERROR_TITLE}{stderr}" if stderr else stdout


def iso(moment: float | None) -> str:
    """Return epoch seconds as GetCommandInvocation writes a moment; empty for none yet."""
    if moment is None:
        return ""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def elapsed(start: float | None, end: float | None) -> str:
    """Return a duration as GetCommandInvocation writes it, such as ``PT1M2.5S``; empty until it has ended."""
    if start is None or end is None:
        return ""
    seconds = max(0.0, end - start)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    text = f"{seconds:.3f}".rstrip("0").rstrip(".")
    return "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + f"{text}S"
