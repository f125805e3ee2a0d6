"""What the fields of a task are called on screen, and how their values are shown."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from patchgui.patching.phases import phase_of_parameter
from patchgui.patching.window_tasks.fields import (
    DOCUMENT,
    DOCUMENT_HASHES,
    DOCUMENT_VERSION,
    NAME,
    PARAMETERS,
    RUN_COMMAND,
    TARGETS,
    Path,
    is_parameter,
)

_NAMES: Mapping[Path, str] = {
    DOCUMENT: "Document",
    DOCUMENT_VERSION: "Document version",
    DOCUMENT_HASHES[0]: "Document hash",
    DOCUMENT_HASHES[1]: "Type of the document hash",
    PARAMETERS: "Parameters",
    TARGETS: "Targets",
    ("Priority",): "Priority",
    ("MaxConcurrency",): "At a time",
    ("MaxErrors",): "Stop after errors",
    NAME: "Name",
    ("Description",): "Description",
    ("CutoffBehavior",): "At the cutoff",
    ("ServiceRoleArn",): "Service role",
    ("AlarmConfiguration", "Alarms"): "Alarm",
    ("AlarmConfiguration", "IgnorePollAlarmFailure"): "Go on without the alarm",
    ("LoggingInfo", "S3BucketName"): "S3 bucket (old form)",
    ("LoggingInfo", "S3KeyPrefix"): "S3 prefix (old form)",
    ("LoggingInfo", "S3Region"): "S3 region (old form)",
    (*RUN_COMMAND, "Comment"): "Comment",
    (*RUN_COMMAND, "TimeoutSeconds"): "Delivery time-out, seconds",
    (*RUN_COMMAND, "OutputS3BucketName"): "S3 bucket",
    (*RUN_COMMAND, "OutputS3KeyPrefix"): "S3 prefix",
    (*RUN_COMMAND, "ServiceRoleArn"): "Role for the topic",
    (*RUN_COMMAND, "NotificationConfig", "NotificationArn"): "SNS topic",
    (*RUN_COMMAND, "NotificationConfig", "NotificationEvents"): "Told of",
    (*RUN_COMMAND, "NotificationConfig", "NotificationType"): "Told of each",
    (*RUN_COMMAND, "CloudWatchOutputConfig", "CloudWatchLogGroupName"): "Log group",
    (*RUN_COMMAND, "CloudWatchOutputConfig", "CloudWatchOutputEnabled"): "Output to CloudWatch Logs",
}
_RANKS = {path: place for place, path in enumerate(_NAMES)}
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def name_of(path: Path) -> str:
    """Return a field's name; one that this release does not know is called as SSM spells it."""
    if is_parameter(path):
        return parameter_label(path[-1])
    if path in _NAMES:
        return _NAMES[path]
    if path[:1] == ("TaskParameters",):
        return f"{spoken(path[1])} (old form)" if len(path) > 1 else "Parameters (old form)"
    inside = path[2:] if path[:2] == RUN_COMMAND else path
    return ".".join(inside or path)


def rank(path: Path) -> int:
    """Return where a field stands among the others on screen: what runs first, what nobody knows last."""
    return _RANKS.get(PARAMETERS if is_parameter(path) else path, len(_RANKS))


def is_known(path: Path) -> bool:
    """Return whether this release knows a field, other than a parameter."""
    return path in _NAMES


def parameter_label(name: str) -> str:
    """Return what a parameter of a document is called: a hook by its phase, another one by its words."""
    phase = phase_of_parameter(name)
    return phase.label if phase else spoken(name)


def spoken(name: str) -> str:
    """Return a name in words: ``RebootOption`` becomes ``Reboot option``; abbreviations stay as they are."""
    words = _HUMP.sub(" ", name).split(" ")
    plain = [word if word.isupper() and len(word) > 1 else word.lower() for word in words]
    return " ".join([plain[0][:1].upper() + plain[0][1:], *plain[1:]])


def shown(path: Path, value: Any) -> str:
    """Return a field's value as one line; empty where there is none."""
    if value is None:
        return ""
    if path == TARGETS and isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(map(target_words, value))
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(each or "(empty)" for each in value)
    if isinstance(value, bool):
        return "on" if value else "off"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def target_words(target: Any) -> str:
    """Return one target as it is typed: ``tag:Role = web, db``."""
    if not (isinstance(target, Mapping) and isinstance(target.get("Values"), list)):
        return json.dumps(target, ensure_ascii=False)
    return f"{target.get('Key', '')} = {', '.join(map(str, target['Values']))}"
