"""Resource Groups: some groups of the fleet by role and by environment, as targets of a run."""

from collections.abc import Mapping
from typing import Any

from patchgui.agent.api.operation import RestCall
from patchgui.agent.refusal import Refusal
from patchgui.simulator.groups import GROUPS
from patchgui.simulator.parts import FleetParts

PATHS = {"groups-list": "ListGroups", "list-group-resources": "ListGroupResources"}
"""The calls by their paths."""
_MOST = 50


def list_groups(parts: FleetParts, fields: Mapping[str, str], _body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a page of the names of groups."""
    start, size = _page(fields.get("nextToken"), fields.get("maxResults"))
    names = sorted(GROUPS)[start : start + size]
    found = [{"GroupName": name, "GroupArn": _arn(parts, "resource-groups", f"group/{name}")} for name in names]
    return {"GroupIdentifiers": found, "Groups": [], **_token(start + size, len(GROUPS))}


def list_group_resources(parts: FleetParts, _fields: Mapping[str, str], body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a page of the nodes in a group.

    Raises:
        Refusal: NotFoundException.
    """
    name = str(body.get("Group") or body.get("GroupName") or "").rpartition("/")[2]
    if name not in GROUPS:
        raise Refusal("NotFoundException", f"Cannot find group: {name}", http_status=404)
    start, size = _page(body.get("NextToken"), body.get("MaxResults"))
    key, value = GROUPS[name]
    members = [each for each in parts.fleet.population if parts.selections.tags_of(each.instance_id).get(key) == value]
    found = []
    for node in members[start : start + size]:
        service, kind = ("ssm", "managed-instance") if node.is_hybrid else ("ec2", "instance")
        resource = {
            "ResourceArn": _arn(parts, service, f"{kind}/{node.instance_id}"),
            "ResourceType": "AWS::SSM::ManagedInstance" if node.is_hybrid else "AWS::EC2::Instance",
        }
        found.append(resource)
    return {"ResourceIdentifiers": found, "Resources": [], **_token(start + size, len(members))}


def _page(token: Any, size: Any) -> tuple[int, int]:
    if token is not None and not str(token).isdecimal():
        raise Refusal("BadRequestException", "The pagination token is not valid.")
    return int(token or 0), min(_MOST, int(size or _MOST))


def _token(end: int, count: int) -> dict[str, str]:
    return {"NextToken": str(end)} if end < count else {}


def _arn(parts: FleetParts, service: str, resource: str) -> str:
    return f"arn:aws:{service}:{parts.settings.region}:{parts.settings.account_id}:{resource}"


CALLS: Mapping[str, RestCall[FleetParts]] = {
    "groups-list": RestCall("resource-groups", list_groups),
    "list-group-resources": RestCall("resource-groups", list_group_resources),
}
