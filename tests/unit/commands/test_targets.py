"""Which nodes a command goes to, and which commands are refused."""

from typing import TYPE_CHECKING, Any

import pytest

from patchgui.agent.refusal import Refusal

if TYPE_CHECKING:
    from tests.unit.commands.conftest import Desk

A, B, C, D, WINDOWS = (f"mi-{number:017x}" for number in range(1, 6))


@pytest.mark.parametrize(
    ("targets", "chosen"),
    [
        pytest.param([("tag:Role", ["web"])], {A, B}, id="by tag"),
        pytest.param([("tag:Role", ["web", "db"]), ("tag:Name", ["node-3"])], {C}, id="all targets must fit"),
        pytest.param([("tag-key", ["Role"])], {A, B, C, D, WINDOWS}, id="by key"),
        pytest.param([("InstanceIds", [A, D])], {A, D}, id="by id"),
        pytest.param([("InstanceIds", ["*"])], {A, B, C, D, WINDOWS}, id="all"),
        pytest.param([("tag:Role", ["cache"])], set(), id="none"),
        pytest.param([("resource-groups:Name", ["mine"])], set(), id="no resource groups here"),
    ],
)
def test_targets_choose_nodes(desk: "Desk", targets: list[tuple[str, list[str]]], chosen: set[str]) -> None:
    wire = [{"Key": key, "Values": values} for key, values in targets]
    command_id = desk.send(Targets=wire)

    rows = desk.service.repository.invocations(command_id)
    assert {row["instance_id"] for row in rows} == chosen
    if not chosen:
        assert desk.command(command_id) == ("Success", "NoInstancesInTag")


def test_a_node_of_the_wrong_platform_among_targets_is_not_sent_anything(desk: "Desk") -> None:
    (worker,) = desk.connect(WINDOWS)
    command_id = desk.send(Targets=[{"Key": "InstanceIds", "Values": [WINDOWS]}])

    assert desk.on(command_id, WINDOWS) == ("Failed", "InvalidPlatform")
    assert desk.command(command_id) == ("Failed", "Failed")
    assert desk.counts(command_id) == (1, 1, 0, 0)
    assert worker.commands() == []


@pytest.mark.parametrize(
    ("code", "members"),
    [
        ("InvalidInstanceId", {"InstanceIds": ["mi-0123456789abcdef0"]}),
        ("DuplicateInstanceId", {"InstanceIds": [A, A]}),
        ("UnsupportedPlatformType", {"InstanceIds": [WINDOWS]}),
        ("InvalidDocument", {"InstanceIds": [A], "DocumentName": "Missing"}),
        ("InvalidDocumentVersion", {"InstanceIds": [A], "DocumentVersion": "9"}),
        ("InvalidDocument", {"InstanceIds": [A], "DocumentHash": "0" * 64}),
        ("InvalidParameters", {"InstanceIds": [A], "Parameters": {"what": ["x"]}}),
        ("InvalidTarget", {"Targets": [{"Key": "colour", "Values": ["red"]}]}),
        ("ValidationException", {}),
        ("ValidationException", {"InstanceIds": [A], "Targets": [{"Key": "InstanceIds", "Values": [A]}]}),
    ],
)
def test_a_command_that_makes_no_sense_is_refused_and_leaves_no_trace(
    desk: "Desk", code: str, members: dict[str, Any]
) -> None:
    with pytest.raises(Refusal) as refused:
        desk.send(**members)

    assert refused.value.code == code
    assert desk.service.is_idle
