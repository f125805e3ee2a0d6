"""How nodes become rows: which call lists them, what is put to them, and what is shown where a permission lacks."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from patchgui.console.lacks import Lacks
from patchgui.console.nodes import node_rows
from patchgui.console.rows import NodeRow
from patchgui.ssm.errors import AccessDenied, Throttled
from patchgui.ssm.shapes import (
    DescribeInstancePatchStatesRequest,
    DescribeInstancePatchStatesResult,
    InstancePatchState,
    ListTagsForResourceRequest,
    ListTagsForResourceResult,
)
from tests.unit.console.scripted import START, ScriptedSsm, node

pytestmark = pytest.mark.anyio


class ScriptedEc2:
    def __init__(self) -> None:
        self.asked: list[Sequence[str]] = []
        self.denied: AccessDenied | None = None

    async def tags(self, instance_ids: Sequence[str]) -> dict[str, Mapping[str, str]]:
        self.asked.append(instance_ids)
        if self.denied:
            raise self.denied
        return {each: {"Name": f"name of {each}", "Role": "web"} for each in instance_ids}


class Fleet(ScriptedSsm):
    """Instances of EC2, all scanned."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.ec2: Any = ScriptedEc2()
        self.page_size = 1000
        self.infos = {f"i-{at:017x}": node(f"i-{at:017x}", "") for at in range(count)}

    async def describe_instance_patch_states(
        self, request: DescribeInstancePatchStatesRequest
    ) -> DescribeInstancePatchStatesResult:
        self._enter("DescribeInstancePatchStates")
        assert len(request.instance_ids) <= 50
        states = [
            InstancePatchState(
                instance_id=each,
                patch_group="prod",
                baseline_id="pb",
                operation_start_time=START,
                operation_end_time=START,
                operation="Scan",
                missing_count=3,
            )
            for each in request.instance_ids
        ]
        return DescribeInstancePatchStatesResult(instance_patch_states=tuple(states))

    async def list_tags_for_resource(self, request: ListTagsForResourceRequest) -> ListTagsForResourceResult:
        raise AssertionError("tags of EC2's nodes are EC2's")


async def pages_of(fleet: ScriptedSsm, lacks: Lacks | None = None) -> list[tuple[NodeRow, ...]]:
    return [page async for page in node_rows(fleet, lacks)]


async def test_a_small_fleet_comes_whole_at_once() -> None:
    (page,) = await pages_of(Fleet(3))
    assert [(row.name, row.missing_count, row.patch_group) for row in page] == [
        (f"name of i-{at:017x}", 3, "prod") for at in range(3)
    ]


async def test_a_large_fleet_is_listed_first_and_told_of_afterwards() -> None:
    fleet = Fleet(1200)
    pages = await pages_of(fleet)
    assert fleet.calls[:2] == ["DescribeInstanceProperties"] * 2
    listed = [row for page in pages for row in page][:1200]
    assert [row.instance_id for row in listed] == list(fleet.infos)
    assert {row.missing_count for row in listed} == {None}
    newest = {row.instance_id: row for page in pages for row in page}
    assert len(newest) == 1200
    assert {(row.missing_count, row.tags["Role"]) for row in newest.values()} == {(3, "web")}
    assert max(len(page) for page in pages) <= 250
    assert len(fleet.ec2.asked) == 6


async def test_every_node_is_listed_once_whatever_the_size_of_pages() -> None:
    for size in (10, 50, 51, 60):
        fleet = Fleet(120)
        fleet.page_size = size
        rows = [row for page in await pages_of(fleet) for row in page]
        assert [row.instance_id for row in rows][:120] == list(fleet.infos)
        assert len(rows) == 240


@pytest.mark.parametrize("denied", [False, True], ids=["unknown", "denied"])
async def test_the_older_call_lists_nodes_where_the_newer_is_not_to_be_had(denied: bool) -> None:
    fleet = Fleet(120)
    fleet.has_properties = denied
    if denied:
        fleet.failures["DescribeInstanceProperties"] = [AccessDenied("no", code="AccessDeniedException")]
    fleet.page_size = 50
    assert len({row.instance_id for page in await pages_of(fleet) for row in page}) == 120
    assert fleet.calls[:4] == ["DescribeInstanceProperties", *["DescribeInstanceInformation"] * 3]


async def test_another_failure_of_the_newer_call_stands() -> None:
    fleet = Fleet(3)
    fleet.failures["DescribeInstanceProperties"] = [Throttled("slower", code="ThrottlingException")]
    with pytest.raises(Throttled):
        await pages_of(fleet)


async def test_nodes_show_without_what_may_not_be_read_and_the_permission_is_named() -> None:
    fleet, lacks = Fleet(600), Lacks()
    fleet.ec2.denied = denial("ec2:DescribeInstances")
    fleet.failures["DescribeInstancePatchStates"] = [denial("ssm:DescribeInstancePatchStates")] * 20
    newest = {row.instance_id: row for page in await pages_of(fleet, lacks) for row in page}
    assert {(row.missing_count, len(row.tags)) for row in newest.values()} == {(None, 0)}
    assert set(lacks.sentences()) == {
        "Names and tags from EC2 are not shown: this profile lacks ec2:DescribeInstances.",
        "What nodes miss is not shown: this profile lacks ssm:DescribeInstancePatchStates.",
    }
    fleet.ec2.denied = None
    fleet.failures.clear()
    await pages_of(fleet, lacks)
    assert lacks.sentences() == ()


def denial(action: str) -> AccessDenied:
    error = AccessDenied("no", code="AccessDeniedException")
    error.action = action
    return error
