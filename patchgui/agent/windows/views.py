"""Windows and their executions in SSM's shapes."""

import json
from datetime import UTC, datetime
from sqlite3 import Row
from typing import Any

from patchgui.agent.refusal import Refusal
from patchgui.agent.windows.registry import schedule_of


def window_members(row: Row) -> dict[str, Any]:
    """Return a window's members, in SSM's spelling."""
    members: dict[str, Any] = json.loads(row["settings"])
    members |= {"WindowId": row["window_id"], "CreatedDate": row["created_at"], "ModifiedDate": row["modified_at"]}
    if row["next_at"] is not None:
        members["NextExecutionTime"] = local_iso(members, row["next_at"])
    return members


def local_iso(settings: dict[str, Any], at: float) -> str:
    """Return a moment as the window's own clocks show it, in ISO 8601."""
    moment = datetime.fromtimestamp(round(at), UTC)
    try:
        zone = schedule_of(settings, at).zone
    except Refusal:
        zone = UTC
    text = moment.astimezone(zone).isoformat()
    return text.replace("+00:00", "Z") if zone is UTC else text


def part_members(row: Row, identity: str) -> dict[str, Any]:
    """Return the members of a target or a task; ``identity`` names the member of its id."""
    return {**json.loads(row["settings"]), "WindowId": row["window_id"], identity: row["id"]}


def times(row: Row) -> dict[str, Any]:
    """Return what every execution, task and invocation tells of itself."""
    members = {"Status": row["status"], "StatusDetails": row["status_details"]}
    names = {"StartTime": row["started_at"], "EndTime": row["ended_at"]}
    return members | {name: at for name, at in names.items() if at is not None}


def execution_task_members(row: Row) -> dict[str, Any]:
    """Return the members of a task of an execution."""
    settings = json.loads(row["settings"])
    members = {
        "WindowExecutionId": row["execution_id"],
        "TaskExecutionId": row["id"],
        "TaskArn": settings["TaskArn"],
        "TaskType": settings["TaskType"],
        "Type": settings["TaskType"],
        "ServiceRole": settings.get("ServiceRoleArn"),
        "TaskParameters": [settings["TaskParameters"]] if "TaskParameters" in settings else [],
        "Priority": row["priority"],
        **times(row),
    }
    same = ("MaxConcurrency", "MaxErrors", "AlarmConfiguration")
    return members | {name: settings[name] for name in same if name in settings}


def invocation_members(row: Row, task: Row) -> dict[str, Any]:
    """Return the members of what a task has started."""
    return {
        "WindowExecutionId": task["execution_id"],
        "TaskExecutionId": task["id"],
        "InvocationId": row["id"],
        "ExecutionId": row["command_id"],
        "TaskType": json.loads(task["settings"])["TaskType"],
        "Parameters": row["request"],
        "OwnerInformation": row["owner_information"],
        "WindowTargetId": row["window_target_id"] or None,
        **times(row),
    }
