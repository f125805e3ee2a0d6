"""Nodes and tags through the API."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.agent_api.harness import DB_1, WEB_1, WEB_2, DescribedNode, Harness, open_harness

pytestmark = pytest.mark.anyio


async def names(agent: Harness, **members: Any) -> list[str]:
    """Return the names of the nodes that a request chooses."""
    answer = await agent.ok("DescribeInstanceInformation", **members)
    return [node["Name"] for node in answer["InstanceInformationList"]]


async def test_a_node_is_described(agent: Harness) -> None:
    agent.context.nodes.connected(WEB_1.instance_id)
    filters = [{"Key": "InstanceIds", "Values": [WEB_1.instance_id]}]
    answer = await agent.ok("DescribeInstanceInformation", Filters=filters)
    (node,) = answer["InstanceInformationList"]
    now = pytest.approx(agent.clock.now.timestamp(), abs=0.001)
    assert node == {
        "InstanceId": WEB_1.instance_id,
        "PingStatus": "Online",
        "LastPingDateTime": now,
        "AgentVersion": "3.3.2746.0",
        "IsLatestVersion": True,
        "PlatformType": "Linux",
        "PlatformName": "Debian GNU/Linux",
        "PlatformVersion": "12",
        "RegistrationDate": now,
        "ResourceType": "ManagedInstance",
        "Name": "web-1",
        "IPAddress": "127.0.0.1",
        "ComputerName": "web-1",
        "SourceId": WEB_1.instance_id,
        "SourceType": "AWS::SSM::ManagedInstance",
    }


async def properties(agent: Harness, **members: Any) -> list[str]:
    """Return the names of the nodes that a request of the newer call chooses."""
    answer = await agent.ok("DescribeInstanceProperties", **members)
    return [node["Name"] for node in answer["InstanceProperties"]]


async def test_the_newer_call_tells_the_same_of_a_node(agent: Harness) -> None:
    (old,) = (await agent.ok("DescribeInstanceInformation", MaxResults=5))["InstanceInformationList"][1:2]
    (new,) = (await agent.ok("DescribeInstanceProperties", MaxResults=1000))["InstanceProperties"][1:2]
    assert new == {name: value for name, value in old.items() if name != "IsLatestVersion"}


@pytest.mark.parametrize(
    ("key", "operator", "values", "chosen"),
    [
        ("tag:Role", "Equal", ["web"], ["web-1", "web-2"]),
        ("tag:Role", "NotEqual", ["web"], ["db-1"]),
        ("InstanceIds", "BeginWith", [DB_1.instance_id], ["db-1"]),
        ("PlatformTypes", "BeginWith", ["Win", "Lin"], ["db-1", "web-1", "web-2"]),
        ("AgentVersion", "LessThan", ["3.10.0.0"], ["db-1", "web-1", "web-2"]),
        ("AgentVersion", "GreaterThan", ["3.10.0.0"], []),
    ],
)
async def test_the_newer_call_compares(
    agent: Harness, key: str, operator: str, values: list[str], chosen: list[str]
) -> None:
    wanted = [{"Key": key, "Values": values, "Operator": operator}]
    assert await properties(agent, FiltersWithOperator=wanted) == chosen


async def test_the_newer_call_refuses_what_it_does_not_know(agent: Harness) -> None:
    wrong = [{"key": "PingStatus", "valueSet": ["Asleep"]}]
    answer = await agent.call("DescribeInstanceProperties", InstancePropertyFilterList=wrong)
    assert answer.code == "InvalidInstancePropertyFilterValue"
    unknown = [{"Key": "Colour", "Values": ["red"], "Operator": "BeginWith"}]
    assert (await agent.call("DescribeInstanceProperties", FiltersWithOperator=unknown)).code == "InvalidFilterKey"


async def test_nodes_come_in_the_order_of_their_names(agent: Harness) -> None:
    assert await names(agent) == ["db-1", "web-1", "web-2"]


@pytest.mark.parametrize(
    ("key", "values", "chosen"),
    [
        ("tag:Role", ["web"], ["web-1", "web-2"]),
        ("tag:Role", ["web", "db"], ["db-1", "web-1", "web-2"]),
        ("tag:Role", ["mail"], []),
        ("tag:Patch Group", ["back"], ["web-2"]),
        ("tag-key", ["PatchGroup"], ["web-1"]),
        ("InstanceIds", [DB_1.instance_id, "mi-0aaaaaaaaaaaaaaaa"], ["db-1"]),
        ("PingStatus", ["Online"], ["web-2"]),
        ("PingStatus", ["ConnectionLost", "Inactive"], ["db-1", "web-1"]),
        ("PlatformTypes", ["Linux"], ["db-1", "web-1", "web-2"]),
        ("PlatformTypes", ["Windows"], []),
        ("ResourceType", ["EC2Instance"], []),
        ("AgentVersion", ["3.3.2746.0"], ["db-1", "web-1", "web-2"]),
        ("IamRole", ["any"], []),
    ],
)
async def test_filters_choose_nodes(agent: Harness, key: str, values: list[str], chosen: list[str]) -> None:
    agent.context.nodes.connected(WEB_2.instance_id)
    assert await names(agent, Filters=[{"Key": key, "Values": values}]) == chosen
    if not key.startswith("tag"):
        assert await names(agent, InstanceInformationFilterList=[{"key": key, "valueSet": values}]) == chosen


async def test_all_filters_must_fit(agent: Harness) -> None:
    both = [{"Key": "tag:Role", "Values": ["web"]}, {"Key": "tag-key", "Values": ["Patch Group"]}]
    assert await names(agent, Filters=both) == ["web-2"]


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("Colour", "red", "InvalidFilterKey"),
        ("PingStatus", "Asleep", "InvalidInstanceInformationFilterValue"),
        ("PlatformTypes", "linux", "InvalidInstanceInformationFilterValue"),
        ("ResourceType", "Toaster", "InvalidInstanceInformationFilterValue"),
    ],
)
async def test_wrong_filters_are_refused(agent: Harness, key: str, value: str, code: str) -> None:
    answer = await agent.call("DescribeInstanceInformation", Filters=[{"Key": key, "Values": [value]}])
    assert (answer.status, answer.code) == (400, code)


async def test_many_nodes_come_in_pages_of_ten_unless_asked_otherwise(tmp_path: Path) -> None:
    nodes = [DescribedNode(f"mi-{number:017x}", f"node-{number:02}") for number in range(23)]
    with open_harness(tmp_path, nodes) as agent:
        first = await agent.ok("DescribeInstanceInformation")
        assert len(first["InstanceInformationList"]) == 10
        second = await agent.ok("DescribeInstanceInformation", MaxResults=13, NextToken=first["NextToken"])
        assert len(second["InstanceInformationList"]) == 13
        assert "NextToken" not in second


async def test_the_last_ping_stands_still_while_a_node_is_away(agent: Harness) -> None:
    registry = agent.context.nodes
    registry.connected(WEB_1.instance_id)
    agent.clock.move(seconds=10)
    registry.connected(WEB_1.instance_id)
    left_at = agent.clock.now
    registry.lost(WEB_1.instance_id)
    agent.clock.move(seconds=18)
    registry.lost(WEB_1.instance_id)
    node = registry.get(WEB_1.instance_id)
    assert node is not None
    assert (node.ping_status, node.last_ping_at) == ("ConnectionLost", left_at)


async def test_a_node_is_known_again_after_a_restart(tmp_path: Path) -> None:
    with open_harness(tmp_path) as agent:
        registered_at = agent.clock.now
        await agent.ok(
            "AddTagsToResource",
            ResourceType="ManagedInstance",
            ResourceId=WEB_1.instance_id,
            Tags=[{"Key": "Role", "Value": "mail"}],
        )
        await agent.ok(
            "RemoveTagsFromResource",
            ResourceType="ManagedInstance",
            ResourceId=WEB_1.instance_id,
            TagKeys=["PatchGroup", "never was"],
        )
    with open_harness(tmp_path) as agent:
        node = agent.context.nodes.get(WEB_1.instance_id)
        assert node is not None
        assert node.registered_at == registered_at
        assert agent.context.nodes.tags_of(WEB_1.instance_id) == {"Role": "mail"}


async def test_tags_are_added_changed_listed_and_removed(agent: Harness) -> None:
    resource = {"ResourceType": "ManagedInstance", "ResourceId": DB_1.instance_id}
    added = [{"Key": "Role", "Value": "cache"}, {"Key": "Überwacht", "Value": "ja, sicher".replace(",", "")}]
    assert await agent.ok("AddTagsToResource", **resource, Tags=added) == {}
    assert await agent.ok("ListTagsForResource", **resource) == {"TagList": added}
    assert await agent.ok("RemoveTagsFromResource", **resource, TagKeys=["Role"]) == {}
    assert await agent.ok("ListTagsForResource", **resource) == {"TagList": added[1:]}


@pytest.mark.parametrize(
    ("resource_type", "resource_id"),
    [("Document", "AWS-Noop"), ("PatchBaseline", "")],
)
async def test_documents_and_baselines_carry_tags(agent: Harness, resource_type: str, resource_id: str) -> None:
    if not resource_id:
        found = await agent.ok("GetDefaultPatchBaseline", OperatingSystem="DEBIAN")
        resource_id = found["BaselineId"].rpartition("/")[2]
    resource = {"ResourceType": resource_type, "ResourceId": resource_id}
    tags = [{"Key": "team", "Value": ""}]
    await agent.ok("AddTagsToResource", **resource, Tags=tags)
    assert await agent.ok("ListTagsForResource", **resource) == {"TagList": tags}


@pytest.mark.parametrize(
    ("resource_type", "resource_id", "code"),
    [
        ("ManagedInstance", "mi-0aaaaaaaaaaaaaaaa", "InvalidResourceId"),
        ("Document", "Nowhere", "InvalidResourceId"),
        ("PatchBaseline", "pb-00000000000000000", "InvalidResourceId"),
        ("Parameter", "anything", "InvalidResourceType"),
        ("Toaster", "anything", "ValidationException"),
    ],
)
@pytest.mark.parametrize("operation", ["AddTagsToResource", "RemoveTagsFromResource", "ListTagsForResource"])
async def test_what_is_not_there_has_no_tags(
    agent: Harness, operation: str, resource_type: str, resource_id: str, code: str
) -> None:
    rest: dict[str, Any] = {"AddTagsToResource": {"Tags": []}, "RemoveTagsFromResource": {"TagKeys": []}}.get(
        operation, {}
    )
    answer = await agent.call(operation, ResourceType=resource_type, ResourceId=resource_id, **rest)
    assert (answer.status, answer.code) == (400, code)


async def test_fifty_tags_are_enough(agent: Harness) -> None:
    resource = {"ResourceType": "ManagedInstance", "ResourceId": DB_1.instance_id}
    tags = [{"Key": f"key-{number}", "Value": ""} for number in range(50)]
    assert (await agent.call("AddTagsToResource", **resource, Tags=tags)).code == "TooManyTagsError"
    await agent.ok("AddTagsToResource", **resource, Tags=tags[:49])
    assert (await agent.call("AddTagsToResource", **resource, Tags=tags[49:])).code == "TooManyTagsError"


async def test_keys_of_awss_own_are_refused(agent: Harness) -> None:
    answer = await agent.call(
        "AddTagsToResource",
        ResourceType="ManagedInstance",
        ResourceId=DB_1.instance_id,
        Tags=[{"Key": "aws:stack", "Value": "x"}],
    )
    assert answer.code == "ValidationException"
