"""What a RUN_COMMAND task sends: one command for each registered target, one for the nodes that it names itself.

The invocations of one task run one after the other, as RegisterTargetWithMaintenanceWindow's documentation has it.
"""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from sqlite3 import Row
from typing import Any, Protocol

from patchgui.agent.commands.targets import matcher
from patchgui.agent.refusal import Refusal
from patchgui.agent.windows.pseudo_parameters import is_per_node, substituted
from patchgui.agent.windows.registry import REGISTERED
from patchgui.ssm.shapes import Target

_PASSED_ON = (
    *("Comment", "CloudWatchOutputConfig", "DocumentHash", "DocumentHashType", "DocumentVersion", "NotificationConfig"),
    *("OutputS3BucketName", "OutputS3KeyPrefix", "ServiceRoleArn", "TimeoutSeconds"),
)


class Node(Protocol):
    """A node that has an id."""

    @property
    def instance_id(self) -> str:
        """The node's id."""


class Nodes(Protocol):
    """All managed nodes, of the agent or of a fleet."""

    def __iter__(self) -> Iterator[Node]:
        """Go through them."""

    def __contains__(self, instance_id: object) -> bool:
        """Tell whether there is a node of that id."""

    def tags_of(self, instance_id: str) -> Mapping[str, str]:
        """Return a node's tags."""


@dataclass(frozen=True)
class Planned:
    """A command that a task is to send; ``request`` is SendCommand's, in SSM's spelling."""

    invocation_id: str
    request: Mapping[str, Any]
    window_target_id: str = ""
    owner_information: str | None = None


@dataclass(frozen=True)
class Occasion:
    """The task of the execution that is planned, and the targets that are registered with its window."""

    window_id: str
    execution_id: str
    task: Row
    registered: Sequence[Row]
    allows_unassociated: bool


def plan(occasion: Occasion, nodes: Nodes) -> list[Planned]:
    """Return the commands of a task, in order.

    Raises:
        Refusal: why none can be sent.
    """
    settings = json.loads(occasion.task["settings"])
    if settings["TaskType"] != "RUN_COMMAND":
        raise Refusal(
            "FeatureNotAvailableException",
            f"A task of type {settings['TaskType']} runs on AWS only: this agent runs RUN_COMMAND tasks.",
        )
    planned = [
        each
        for row, targets in _groups(occasion, settings)
        for each in _commands(occasion, settings, row, targets if row else _admitted(occasion, targets, nodes), nodes)
    ]
    if not planned:
        raise Refusal("InvalidTarget", "None of the targets that the task names is registered with the window.")
    return planned


def _groups(occasion: Occasion, settings: Mapping[str, Any]) -> Iterator[tuple[Row | None, list[Any]]]:
    """Yield the targets of each command to be, and the registered target that they come from."""
    by_id = {row["id"]: row for row in occasion.registered}
    for each in settings.get("Targets", ()):
        if each["Key"] == REGISTERED:
            yield from (
                (by_id[value], json.loads(by_id[value]["settings"])["Targets"])
                for value in each["Values"]
                if value in by_id
            )
    own = [each for each in settings.get("Targets", ()) if each["Key"] != REGISTERED]
    if own:
        yield None, own


def _admitted(occasion: Occasion, targets: list[Any], nodes: Nodes) -> list[Any]:
    """Return a task's own targets as they are, or only the registered nodes among them where the window says so."""
    if occasion.allows_unassociated:
        return targets
    tests = [_matcher(json.loads(row["settings"])["Targets"]) for row in occasion.registered]
    fits = _matcher(targets)
    found = [
        record.instance_id
        for record in nodes
        if fits(record.instance_id, nodes.tags_of(record.instance_id))
        and any(test(record.instance_id, nodes.tags_of(record.instance_id)) for test in tests)
    ]
    if not found:
        raise Refusal("InvalidTarget", "The window takes registered targets only, and these nodes are not registered.")
    return [{"Key": "InstanceIds", "Values": found}]


def _matcher(targets: list[Any]) -> Callable[[str, Mapping[str, str]], bool]:
    return matcher([Target.from_wire(each) for each in targets])


def _commands(
    occasion: Occasion, settings: Mapping[str, Any], row: Row | None, targets: list[Any], nodes: Nodes
) -> Iterator[Planned]:
    given = settings.get("TaskInvocationParameters", {}).get("RunCommand", {})
    fits = _matcher(targets)
    if is_per_node(given):
        ids = [each.instance_id for each in nodes if fits(each.instance_id, nodes.tags_of(each.instance_id))]
        groups = [(node, [{"Key": "InstanceIds", "Values": [node]}]) for node in ids]
    else:
        groups = [("", targets)]
    owner = json.loads(row["settings"]).get("OwnerInformation") if row is not None else None
    for node, where in groups:
        invocation_id = str(uuid.uuid4())
        values = {
            "WINDOW_ID": occasion.window_id,
            "WINDOW_TASK_ID": occasion.task["window_task_id"],
            "WINDOW_TARGET_ID": row["id"] if row is not None else "",
            "WINDOW_EXECUTION_ID": occasion.execution_id,
            "TASK_EXECUTION_ID": occasion.task["id"],
            "INVOCATION_ID": invocation_id,
            "TARGET_ID": node,
            "RESOURCE_ID": node,
            "TARGET_TYPE": "INSTANCE",
        }
        request = _request(settings, substituted(given, values), where)
        yield Planned(invocation_id, request, row["id"] if row is not None else "", owner)


def _request(settings: Mapping[str, Any], given: Mapping[str, Any], targets: list[Any]) -> dict[str, Any]:
    request = {name: given[name] for name in _PASSED_ON if name in given}
    old_form = {name: each["Values"] for name, each in settings.get("TaskParameters", {}).items()}
    logs = settings.get("LoggingInfo", {})
    if logs and "OutputS3BucketName" not in request:
        request |= {"OutputS3BucketName": logs["S3BucketName"], "OutputS3Region": logs["S3Region"]}
        request |= {"OutputS3KeyPrefix": logs["S3KeyPrefix"]} if "S3KeyPrefix" in logs else {}
    if settings.get("ServiceRoleArn"):
        request.setdefault("ServiceRoleArn", settings["ServiceRoleArn"])
    rate = {name: settings[name] for name in ("MaxConcurrency", "MaxErrors") if name in settings}
    parameters = given.get("Parameters", old_form)
    return {"DocumentName": settings["TaskArn"], "Parameters": parameters, "Targets": targets, **rate, **request}
