"""Which nodes a command goes to."""

from collections.abc import Sequence

from patchgui.agent.nodes import NodeRegistry, RegisteredNode
from patchgui.agent.refusal import Refusal
from patchgui.ssm.shapes import SendCommandRequest, Target


def resolve(request: SendCommandRequest, nodes: NodeRegistry) -> list[RegisteredNode]:
    """Return the nodes of a request: exactly those it names, or those that fit all its targets.

    Raises:
        Refusal: it names nodes twice or that do not exist, or says nothing of nodes at all.
    """
    if bool(request.instance_ids) == bool(request.targets):
        raise Refusal("ValidationException", "Give either InstanceIds or Targets.")
    if request.instance_ids:
        return named(request.instance_ids, nodes)
    return [record for record in nodes if all(_fits(target, record, nodes) for target in request.targets or ())]


def named(instance_ids: Sequence[str], nodes: NodeRegistry) -> list[RegisteredNode]:
    """Return the nodes of that ids.

    Raises:
        Refusal: DuplicateInstanceId, InvalidInstanceId.
    """
    if len(set(instance_ids)) != len(instance_ids):
        raise Refusal("DuplicateInstanceId", "You cannot specify a managed node ID in more than one place.")
    found = [nodes.get(instance_id) for instance_id in instance_ids]
    missing = [instance_id for instance_id, record in zip(instance_ids, found, strict=True) if record is None]
    if missing:
        raise Refusal("InvalidInstanceId", f"Instances [[{', '.join(missing)}]] not in a valid state for this account.")
    return [record for record in found if record is not None]


def _fits(target: Target, record: RegisteredNode, nodes: NodeRegistry) -> bool:
    kind, _, key = target.key.partition(":")
    tags = nodes.tags_of(record.instance_id)
    if kind == "tag" and key:
        return tags.get(key) in target.values
    if target.key == "tag-key":
        return any(value in tags for value in target.values)
    if target.key == "InstanceIds":
        return "*" in target.values or record.instance_id in target.values
    if kind == "resource-groups":
        # This agent has no resource groups, so none has a member.
        return False
    raise Refusal("InvalidTarget", f"{target.key} is not a valid target key: use tag:…, tag-key or InstanceIds.")
