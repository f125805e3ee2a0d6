"""Which nodes a command goes to."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from patchgui.agent.nodes import NodeRegistry, RegisteredNode
from patchgui.agent.refusal import Refusal
from patchgui.ssm.shapes import SendCommandRequest, Target

Found_co = TypeVar("Found_co", covariant=True)


class Directory(Protocol[Found_co]):
    """Where nodes are looked up by their id."""

    def get(self, instance_id: str) -> Found_co | None:
        """Return a node, or None when there is none of that id."""


def resolve(request: SendCommandRequest, nodes: NodeRegistry) -> list[RegisteredNode]:
    """Return the nodes of a request: exactly those it names, or those that fit all its targets.

    Raises:
        Refusal: it names nodes twice or that do not exist, or says nothing of nodes at all.
    """
    check_choice(request)
    if request.instance_ids:
        return named(request.instance_ids, nodes)
    fits = matcher(request.targets or ())
    return [record for record in nodes if fits(record.instance_id, nodes.tags_of(record.instance_id))]


def check_choice(request: SendCommandRequest) -> None:
    """Let a request pass that names nodes in one way.

    Raises:
        Refusal: ValidationException.
    """
    if bool(request.instance_ids) == bool(request.targets):
        raise Refusal("ValidationException", "Give either InstanceIds or Targets.")


def named(instance_ids: Sequence[str], nodes: Directory[Found_co]) -> list[Found_co]:
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


def matcher(targets: Sequence[Target]) -> Callable[[str, Mapping[str, str]], bool]:
    """Return the test whether a node, by its id and tags, fits all targets.

    Raises:
        Refusal: InvalidTarget.
    """
    tests = [_matcher_of(target) for target in targets]
    return lambda instance_id, tags: all(fits(instance_id, tags) for fits in tests)


def _matcher_of(target: Target) -> Callable[[str, Mapping[str, str]], bool]:
    kind, _, key = target.key.partition(":")
    values = frozenset(target.values)
    if kind == "tag" and key:
        return lambda _, tags: tags.get(key) in values
    if target.key == "tag-key":
        return lambda _, tags: not values.isdisjoint(tags)
    if target.key == "InstanceIds":
        return lambda instance_id, _: "*" in values or instance_id in values
    if kind == "resource-groups":
        # There are no resource groups here, so none has a member.
        return lambda _, __: False
    raise Refusal("InvalidTarget", f"{target.key} is not a valid target key: use tag:…, tag-key or InstanceIds.")
