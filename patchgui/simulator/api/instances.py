"""EC2's DescribeInstances: the names and tags of the nodes that are instances, which Systems Manager does not tell."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from starlette.responses import Response

from patchgui.agent.api.errors import XML_TYPE
from patchgui.agent.api.operation import Fields, Query
from patchgui.agent.refusal import Refusal
from patchgui.simulator.api.nodes import instance_type_of, joined_at, zone_of
from patchgui.simulator.parts import FleetParts
from patchgui.simulator.population import SyntheticNode

_NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
_MOST = 1000
_Test = Callable[[SyntheticNode], bool]


def describe_instances(parts: FleetParts, fields: Fields, request_id: str) -> Response:
    """Return a page of the instances that fit; hybrid nodes are none.

    Raises:
        Refusal: InvalidParameterValue, InvalidNextToken, InvalidInstanceID.NotFound.
    """
    population = parts.fleet.population
    named = _numbered(fields, "InstanceId")
    filters = _filters(fields)
    ids = named or filters.pop("instance-id", [])
    tests = [_test(parts, name, values) for name, values in filters.items()]
    found = [population.get(each) for each in ids]
    if named and None in found:
        raise Refusal("InvalidInstanceID.NotFound", f"The instance IDs '{', '.join(named)}' do not exist")
    indices: Sequence[int] = [index for index in found if index is not None] if ids else range(len(population))
    start, size = _start(fields), min(_MOST, int(fields.get("MaxResults", ["1000"])[0]))
    items: list[str] = []
    at = start
    while at < len(indices) and len(items) < size:
        node = population.node(indices[at])
        at += 1
        if not node.is_hybrid and all(fits(node) for fits in tests):
            items.append(_reservation(parts, node))
    token = f"<nextToken>{at}</nextToken>" if at < len(indices) else ""
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><DescribeInstancesResponse xmlns="{_NAMESPACE}">'
        f"<requestId>{request_id}</requestId><reservationSet>{''.join(items)}</reservationSet>{token}"
        "</DescribeInstancesResponse>"
    )
    return Response(body, 200, {"x-amzn-requestid": request_id, "content-type": XML_TYPE})


def _numbered(fields: Fields, name: str) -> list[str]:
    """Return the values of a list: ``InstanceId.1``, ``InstanceId.2`` and so on."""
    found, number = [], 1
    while f"{name}.{number}" in fields:
        found.append(fields[f"{name}.{number}"][0])
        number += 1
    return found


def _filters(fields: Fields) -> dict[str, list[str]]:
    found, number = {}, 1
    while f"Filter.{number}.Name" in fields:
        found[fields[f"Filter.{number}.Name"][0]] = _numbered(fields, f"Filter.{number}.Value")
        number += 1
    return found


def _test(parts: FleetParts, name: str, values: Sequence[str]) -> _Test:
    if name.startswith("tag:"):
        key = name.removeprefix("tag:")
        return lambda node: parts.selections.tags_of(node.instance_id).get(key) in values
    if name == "tag-key":
        return lambda node: any(each in parts.selections.tags_of(node.instance_id) for each in values)
    if name == "instance-state-name":
        return lambda _: "running" in values
    raise Refusal("InvalidParameterValue", f"The filter '{name}' is invalid")


def _start(fields: Fields) -> int:
    token = fields.get("NextToken", ["0"])[0]
    if not token.isdecimal():
        raise Refusal("InvalidNextToken", "The specified token is not valid.")
    return int(token)


def _reservation(parts: FleetParts, node: SyntheticNode) -> str:
    tags = "".join(
        f"<item><key>{escape(key)}</key><value>{escape(value)}</value></item>"
        for key, value in parts.selections.tags_of(node.instance_id).items()
    )
    launched = datetime.fromtimestamp(joined_at(parts, node.index), UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    windows = "<platform>windows</platform>" if node.platform_type == "Windows" else ""
    return (
        f"<item><reservationId>r{node.instance_id[1:]}</reservationId><ownerId>{parts.settings.account_id}</ownerId>"
        f"<groupSet/><instancesSet><item><instanceId>{node.instance_id}</instanceId>"
        f"<instanceState><code>16</code><name>running</name></instanceState>{windows}"
        f"<instanceType>{instance_type_of(parts.settings.seed, node.index)}</instanceType>"
        f"<launchTime>{launched}</launchTime>"
        f"<placement><availabilityZone>{zone_of(parts.settings.region, node.index)}</availabilityZone></placement>"
        f"<privateIpAddress>{node.ip_address}</privateIpAddress><tagSet>{tags}</tagSet></item></instancesSet></item>"
    )


QUERIES: Mapping[str, Query[FleetParts]] = {"DescribeInstances": Query("ec2", describe_instances)}
