"""A task as one flat set of fields; members that this release does not know are fields as well."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

Path = tuple[str, ...]
"""Where a field is, in SSM's spelling: ``("TaskInvocationParameters", "RunCommand", "Comment")``."""
Fields = Mapping[Path, Any]
"""The JSON value of every field. A structure is taken apart, a list is one value; an empty structure is a field."""

RUN_COMMAND: Final[Path] = ("TaskInvocationParameters", "RunCommand")
PARAMETERS: Final[Path] = (*RUN_COMMAND, "Parameters")
DOCUMENT: Final[Path] = ("TaskArn",)
DOCUMENT_VERSION: Final[Path] = (*RUN_COMMAND, "DocumentVersion")
DOCUMENT_HASHES: Final[tuple[Path, ...]] = ((*RUN_COMMAND, "DocumentHash"), (*RUN_COMMAND, "DocumentHashType"))
TARGETS: Final[Path] = ("Targets",)
NAME: Final[Path] = ("Name",)
TASK_TYPE: Final[Path] = ("TaskType",)
CUTOFF_BEHAVIOR: Final[Path] = ("CutoffBehavior",)
LOGS_ENABLED: Final[Path] = (*RUN_COMMAND, "CloudWatchOutputConfig", "CloudWatchOutputEnabled")
NOTIFICATION_EVENTS: Final[Path] = (*RUN_COMMAND, "NotificationConfig", "NotificationEvents")
ABSENT_MEANS: Final[Fields] = {CUTOFF_BEHAVIOR: "CONTINUE_TASK", LOGS_ENABLED: False}
"""What the service does where a field is absent."""
WINDOW_ID: Final[Path] = ("WindowId",)
TASK_ID: Final[Path] = ("WindowTaskId",)


def fields_of(members: Mapping[str, Any]) -> dict[Path, Any]:
    """Return the fields of a task's members."""
    return dict(_walk(members, ()))


def _walk(members: Mapping[str, Any], above: Path) -> Iterator[tuple[Path, Any]]:
    for name, value in members.items():
        path = (*above, name)
        if isinstance(value, Mapping) and value:
            yield from _walk(value, path)
        else:
            yield path, value


def members_of(fields: Fields) -> dict[str, Any]:
    """Return the members that consist of these fields; the other way round than :func:`fields_of`."""
    made: dict[str, Any] = {}
    for path, value in fields.items():
        inside = made
        for name in path[:-1]:
            inside = inside.setdefault(name, {})
        if isinstance(value, Mapping):
            # Empty, or it would have been taken apart; what was put into it since stays.
            inside.setdefault(path[-1], {})
        else:
            inside[path[-1]] = value
    return made


def parameter(name: str) -> Path:
    """Return the path of a document's parameter in a RUN_COMMAND task."""
    return (*PARAMETERS, name)


def is_parameter(path: Path) -> bool:
    """Return whether a field is a parameter of the document."""
    return path[: len(PARAMETERS)] == PARAMETERS and len(path) == len(PARAMETERS) + 1


def is_nothing(path: Path, value: Any) -> bool:
    """Return whether a value says no more than its absence: the service sends members empty that nobody has set.

    A parameter is what was given, even where that is empty.
    """
    return value is None or (not is_parameter(path) and value in ("", [], {}))


def is_same(path: Path, first: Any, second: Any) -> bool:
    """Return whether two values of a field, None for absent, mean the same."""
    if is_nothing(path, first) and is_nothing(path, second):
        return True
    # To Python True is 1; to JSON it is not.
    return bool(first == second) and isinstance(first, bool) == isinstance(second, bool)
