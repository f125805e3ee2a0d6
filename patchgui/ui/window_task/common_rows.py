"""The fields of the form that every task has, and those of every command."""

from collections.abc import Mapping
from typing import Any

from patchgui.patching.window_tasks.fields import (
    CUTOFF_BEHAVIOR,
    LOGS_ENABLED,
    NAME,
    NOTIFICATION_EVENTS,
    RUN_COMMAND,
    Path,
)
from patchgui.patching.window_tasks.names import name_of
from patchgui.ui.window_task.rows import ChoiceRow, FieldRow, LineRow, number_or_text

PRIORITY: Path = ("Priority",)
AT_A_TIME: Path = ("MaxConcurrency",)
STOP_AFTER: Path = ("MaxErrors",)
_TOPIC: Path = (*RUN_COMMAND, "NotificationConfig")


def rate_rows() -> Mapping[Path, FieldRow]:
    """Return the fields of a task's turn and pace."""
    return {
        PRIORITY: LineRow(name_of(PRIORITY), placeholder="1", of_text=number_or_text),
        AT_A_TIME: LineRow(name_of(AT_A_TIME), placeholder="5 or 10%"),
        STOP_AFTER: LineRow(name_of(STOP_AFTER), placeholder="0 or 10%"),
    }


def seldom_rows(*, runs_a_command: bool) -> Mapping[Path, FieldRow]:
    """Return the fields that few changes need."""
    cutoff = (("CONTINUE_TASK", "What runs goes on"), ("CANCEL_TASK", "It is cancelled"))
    common: dict[Path, FieldRow] = {
        NAME: _line(NAME, "3 to 128 letters, digits, dots, hyphens and underscores"),
        ("Description",): _line(("Description",), "none"),
        CUTOFF_BEHAVIOR: ChoiceRow(name_of(CUTOFF_BEHAVIOR), cutoff, to_text=lambda value: value or "CONTINUE_TASK"),
        ("ServiceRoleArn",): _line(("ServiceRoleArn",), "that of Systems Manager"),
    }
    return common | _command_rows() if runs_a_command else common


def _command_rows() -> dict[Path, FieldRow]:
    logs = (("off", "Off"), ("on", "On"))
    each = (("Command", "Command"), ("Invocation", "Node"))
    timeout: Path = (*RUN_COMMAND, "TimeoutSeconds")
    told_each: Path = (*_TOPIC, "NotificationType")
    return {
        (*RUN_COMMAND, "Comment"): _line((*RUN_COMMAND, "Comment"), "none"),
        timeout: LineRow(name_of(timeout), placeholder="3600", of_text=number_or_text),
        (*RUN_COMMAND, "OutputS3BucketName"): _line((*RUN_COMMAND, "OutputS3BucketName"), "not kept in S3"),
        (*RUN_COMMAND, "OutputS3KeyPrefix"): _line((*RUN_COMMAND, "OutputS3KeyPrefix"), "none"),
        LOGS_ENABLED: ChoiceRow(name_of(LOGS_ENABLED), logs, to_text=_on_off, of_text=lambda text: text == "on"),
        (*RUN_COMMAND, "CloudWatchOutputConfig", "CloudWatchLogGroupName"): _line(
            (*RUN_COMMAND, "CloudWatchOutputConfig", "CloudWatchLogGroupName"), "/aws/ssm/ and the document"
        ),
        (*_TOPIC, "NotificationArn"): _line((*_TOPIC, "NotificationArn"), "nobody is told"),
        NOTIFICATION_EVENTS: LineRow(
            name_of(NOTIFICATION_EVENTS), placeholder="Failed, TimedOut", to_text=_listed, of_text=_list_of
        ),
        told_each: ChoiceRow(name_of(told_each), each),
        (*RUN_COMMAND, "ServiceRoleArn"): _line((*RUN_COMMAND, "ServiceRoleArn"), "arn:aws:iam::…:role/…"),
    }


def _line(path: Path, placeholder: str) -> LineRow:
    return LineRow(name_of(path), placeholder=placeholder)


def _on_off(value: Any) -> str:
    return "on" if value is True else "off"


def _listed(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else ""


def _list_of(text: str) -> list[str] | None:
    return [each.strip() for each in text.split(",") if each.strip()] or None
