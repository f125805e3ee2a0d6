"""Changing maintenance windows against a service whose answers get lost: made once, and never over somebody else."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest

from patchgui.console.target_draft import TargetDraft
from patchgui.console.window_changes import WindowChanges
from patchgui.console.window_draft import WindowDraft
from patchgui.console.windows import Windows
from patchgui.simulator.faults import Fault, FaultKind
from patchgui.ssm.client import SsmClient
from patchgui.ssm.errors import Conflict, PatchError
from tests.fleet import Fleet

pytestmark = pytest.mark.anyio
DRAFT = WindowDraft(name="PatchTuesday", description="Web", zone="Europe/Berlin", offset_days=2)


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    with Fleet() as fleet:
        yield fleet


@pytest.fixture
async def client(fleet: Fleet) -> AsyncIterator[SsmClient]:
    made = fleet.client()
    yield made
    await made.aclose()


@pytest.fixture
def changes(fleet: Fleet, client: SsmClient) -> Iterator[WindowChanges]:
    for window in there(fleet):
        fleet.boto3_client().delete_maintenance_window(WindowId=window["WindowId"])

    async def at_once(_seconds: float) -> None:
        return None

    yield WindowChanges(client, at_once)
    fleet.calm()


def there(fleet: Fleet) -> list[Any]:
    return [*fleet.boto3_client().describe_maintenance_windows()["WindowIdentities"]]


async def test_a_window_whose_answers_get_lost_is_made_once(fleet: Fleet, changes: WindowChanges) -> None:
    fleet.fault(Fault(FaultKind.LOSE, frozenset({"CreateMaintenanceWindow"}), times=2))
    before = fleet.calls("CreateMaintenanceWindow")
    window_id = await changes.create(replace(DRAFT, is_enabled=False))
    assert fleet.calls("CreateMaintenanceWindow") == before + 3
    assert [(each["WindowId"], each["Enabled"]) for each in there(fleet)] == [(window_id, False)]


async def test_a_window_that_is_refused_is_not_asked_for_again(fleet: Fleet, changes: WindowChanges) -> None:
    fleet.fault(Fault(FaultKind.DENY, frozenset({"CreateMaintenanceWindow"})))
    before = fleet.calls("CreateMaintenanceWindow")
    with pytest.raises(PatchError, match="CreateMaintenanceWindow"):
        await changes.create(DRAFT)
    assert fleet.calls("CreateMaintenanceWindow") == before + 1
    assert there(fleet) == []


async def test_a_target_whose_answer_gets_lost_is_registered_once(fleet: Fleet, changes: WindowChanges) -> None:
    window_id = await changes.create(DRAFT)
    fleet.fault(Fault(FaultKind.LOSE, frozenset({"RegisterTargetWithMaintenanceWindow"}), times=1))
    target_id = await changes.register_target(window_id, TargetDraft(tags=(("Role", "web"),)).target())
    targets = fleet.boto3_client().describe_maintenance_window_targets(WindowId=window_id)["Targets"]
    assert [each["WindowTargetId"] for each in targets] == [target_id]


async def test_only_what_was_changed_is_changed_and_what_is_emptied_goes(
    client: SsmClient, changes: WindowChanges
) -> None:
    window_id = await changes.create(DRAFT)
    after = replace(DRAFT, schedule="cron(0 3 ? * SAT *)", description="", offset_days=0)
    await changes.update(window_id, DRAFT, after)
    now = WindowDraft.of(await Windows(client).window(window_id))
    assert now == after


async def test_somebody_elses_change_is_not_overwritten(fleet: Fleet, changes: WindowChanges) -> None:
    window_id = await changes.create(DRAFT)
    fleet.boto3_client().update_maintenance_window(WindowId=window_id, Duration=5)
    with pytest.raises(Conflict, match="duration"):
        await changes.update(window_id, DRAFT, replace(DRAFT, cutoff_h=0))
    assert there(fleet)[0]["Cutoff"] == 1


async def test_a_target_that_a_task_names_stays(fleet: Fleet, changes: WindowChanges) -> None:
    window_id = await changes.create(DRAFT)
    target_id = await changes.register_target(window_id, TargetDraft(tags=(("Role", "web"),)).target())
    fleet.boto3_client().register_task_with_maintenance_window(
        WindowId=window_id,
        TaskArn="AWS-RunPatchBaseline",
        TaskType="RUN_COMMAND",
        Targets=[{"Key": "WindowTargetIds", "Values": [target_id]}],
        MaxConcurrency="1",
        MaxErrors="1",
    )
    with pytest.raises(Conflict):
        await changes.deregister_target(window_id, target_id)
