"""Baselines, and what nodes reported, through the API."""

from typing import Any

import pytest

from patchgui.agent.baselines import operating_system_of
from patchgui.ssm.shapes import OperatingSystem
from tests.unit.agent_api.harness import DB_1, WEB_1, WEB_2, Harness

pytestmark = pytest.mark.anyio

PATCHES: list[dict[str, Any]] = [
    {
        "title": "tls.all:3.0.15",
        "kb_id": "tls.all",
        "classification": "Security",
        "severity": "Important",
        "state": "Missing",
        "installed_time": None,
        "cve_ids": ["CVE-2026-1", "CVE-2026-2"],
    },
    {
        "title": "editor.all:9.0",
        "kb_id": "editor.all",
        "classification": "Other",
        "severity": "Optional",
        "state": "InstalledOther",
        "installed_time": 1_700_000_000.0,
        "cve_ids": "",
    },
    {
        "title": "kernel.all:6.1",
        "kb_id": "kernel.all",
        "classification": "Security",
        "severity": "Required",
        "state": "InstalledPendingReboot",
        "installed_time": 1_700_000_100.0,
        "cve_ids": "",
    },
]
REPORT: dict[str, Any] = {
    "operation": "Install",
    "operation_start_at": 1_700_000_000.0,
    "operation_end_at": "2023-11-14T22:15:00Z",
    "baseline_id": "",
    "snapshot_id": "521c3536-930c-4aa9-950e-01234567abcd",
    "reboot_option": "NoReboot",
    "last_no_reboot_install_at": 1_700_000_100.0,
    "counts": {
        "missing": 1,
        "installed_other": 1,
        "installed_pending_reboot": 1,
        "security_non_compliant": 2,
        "odd": 3,
    },
    "patches": PATCHES,
}


async def test_a_summary_says_what_the_node_reported(agent: Harness) -> None:
    agent.context.patches.record(WEB_1.instance_id, REPORT)
    answer = await agent.ok("DescribeInstancePatchStates", InstanceIds=[DB_1.instance_id, WEB_1.instance_id])
    (state,) = answer["InstancePatchStates"]
    baseline = await agent.ok("GetDefaultPatchBaseline", OperatingSystem="DEBIAN")
    expected = {
        "InstanceId": WEB_1.instance_id,
        "PatchGroup": "front",
        "BaselineId": baseline["BaselineId"],
        "SnapshotId": REPORT["snapshot_id"],
        "Operation": "Install",
        "OperationStartTime": 1_700_000_000.0,
        "OperationEndTime": 1_700_000_100.0,
        "LastNoRebootInstallOperationTime": 1_700_000_100.0,
        "RebootOption": "NoReboot",
        "InstalledCount": 0,
        "InstalledOtherCount": 1,
        "InstalledPendingRebootCount": 1,
        "InstalledRejectedCount": 0,
        "MissingCount": 1,
        "FailedCount": 0,
        "NotApplicableCount": 0,
        "SecurityNonCompliantCount": 2,
    }
    assert state == expected


async def test_a_patch_group_may_be_spelt_with_a_space(agent: Harness) -> None:
    agent.context.patches.record(WEB_2.instance_id, REPORT)
    answer = await agent.ok("DescribeInstancePatchStates", InstanceIds=[WEB_2.instance_id])
    assert answer["InstancePatchStates"][0]["PatchGroup"] == "back"


async def test_a_new_report_replaces_the_old_one(agent: Harness) -> None:
    agent.context.patches.record(WEB_1.instance_id, REPORT)
    agent.context.patches.record(
        WEB_1.instance_id, {**REPORT, "operation": "Scan", "counts": {}, "patches": PATCHES[:1]}
    )
    (state,) = (await agent.ok("DescribeInstancePatchStates", InstanceIds=[WEB_1.instance_id]))["InstancePatchStates"]
    assert (state["Operation"], state["MissingCount"], state["InstalledOtherCount"]) == ("Scan", 1, 0)
    assert len((await agent.ok("DescribeInstancePatches", InstanceId=WEB_1.instance_id))["Patches"]) == 1


async def test_patches_are_listed_by_title(agent: Harness) -> None:
    agent.context.patches.record(WEB_1.instance_id, REPORT)
    patches = (await agent.ok("DescribeInstancePatches", InstanceId=WEB_1.instance_id))["Patches"]
    assert [patch["Title"] for patch in patches] == ["editor.all:9.0", "kernel.all:6.1", "tls.all:3.0.15"]
    assert patches[2] == {
        "Title": "tls.all:3.0.15",
        "KBId": "tls.all",
        "Classification": "Security",
        "Severity": "Important",
        "State": "Missing",
        "InstalledTime": 0.0,
        "CVEIds": "CVE-2026-1,CVE-2026-2",
    }


@pytest.mark.parametrize(
    ("key", "values", "titles"),
    [
        ("State", ["Missing"], ["tls.all:3.0.15"]),
        ("State", ["INSTALLED_PENDING_REBOOT", "MISSING"], ["kernel.all:6.1", "tls.all:3.0.15"]),
        ("Classification", ["Security"], ["kernel.all:6.1", "tls.all:3.0.15"]),
        ("Severity", ["Optional"], ["editor.all:9.0"]),
        ("KBId", ["kernel.all"], ["kernel.all:6.1"]),
    ],
)
async def test_filters_choose_patches(agent: Harness, key: str, values: list[str], titles: list[str]) -> None:
    agent.context.patches.record(WEB_1.instance_id, REPORT)
    filters = [{"Key": key, "Values": values}]
    patches = (await agent.ok("DescribeInstancePatches", InstanceId=WEB_1.instance_id, Filters=filters))["Patches"]
    assert [patch["Title"] for patch in patches] == titles


async def test_wrong_questions_about_patches_are_refused(agent: Harness) -> None:
    unknown = await agent.call("DescribeInstancePatches", InstanceId="mi-0aaaaaaaaaaaaaaaa")
    assert unknown.code == "InvalidInstanceId"
    filters = [{"Key": "Colour", "Values": ["red"]}]
    wrong = await agent.call("DescribeInstancePatches", InstanceId=WEB_1.instance_id, Filters=filters)
    assert wrong.code == "InvalidFilter"


async def test_a_node_that_never_reported_has_no_patches(agent: Harness) -> None:
    assert await agent.ok("DescribeInstancePatches", InstanceId=DB_1.instance_id) == {"Patches": []}
    assert await agent.ok("DescribeInstancePatchStates", InstanceIds=[DB_1.instance_id]) == {"InstancePatchStates": []}


async def test_each_operating_system_has_a_default_baseline(agent: Harness) -> None:
    listed = await agent.ok("DescribePatchBaselines")
    assert {each["OperatingSystem"] for each in listed["BaselineIdentities"]} == {
        each.value for each in OperatingSystem
    }
    for system in OperatingSystem:
        found = await agent.ok("GetDefaultPatchBaseline", OperatingSystem=system.value)
        baseline = await agent.ok("GetPatchBaseline", BaselineId=found["BaselineId"])
        assert baseline["OperatingSystem"] == system.value


async def test_windows_is_the_system_that_is_meant_when_none_is_named(agent: Harness) -> None:
    assert (await agent.ok("GetDefaultPatchBaseline"))["OperatingSystem"] == "WINDOWS"


async def test_debians_baseline_approves_security_updates_at_once(agent: Harness) -> None:
    found = await agent.ok("GetDefaultPatchBaseline", OperatingSystem="DEBIAN")
    short = found["BaselineId"].rpartition("/")[2]
    baseline = await agent.ok("GetPatchBaseline", BaselineId=short)
    assert baseline["Name"] == "AWS-DebianDefaultPatchBaseline"
    (rule,) = baseline["ApprovalRules"]["PatchRules"]
    assert (rule["ApproveAfterDays"], rule["EnableNonSecurity"]) == (0, False)
    filters = {each["Key"]: each["Values"] for each in rule["PatchFilterGroup"]["PatchFilters"]}
    assert filters == {"PRODUCT": ["*"], "PRIORITY": ["Required", "Important", "Standard", "Optional", "Extra"]}
    assert agent.context.patches.effective_baseline(WEB_1.instance_id) == baseline


@pytest.mark.parametrize(
    ("key", "value", "count"),
    [("NAME_PREFIX", "AWS-Deb", 1), ("OPERATING_SYSTEM", "UBUNTU", 1), ("OWNER", "AWS", 15), ("OWNER", "Self", 0)],
)
async def test_baselines_are_listed_by_filters(agent: Harness, key: str, value: str, count: int) -> None:
    answer = await agent.ok("DescribePatchBaselines", Filters=[{"Key": key, "Values": [value]}])
    assert len(answer["BaselineIdentities"]) == count


@pytest.mark.parametrize(
    ("baseline_id", "code"),
    [("pb-00000000000000000", "DoesNotExistException"), ("no-baseline-at-all-here", "InvalidResourceId")],
)
async def test_an_unknown_baseline_is_said_to_be_unknown(agent: Harness, baseline_id: str, code: str) -> None:
    assert (await agent.call("GetPatchBaseline", BaselineId=baseline_id)).code == code


@pytest.mark.parametrize(
    ("platform", "system"),
    [
        ("Debian GNU/Linux", "DEBIAN"),
        ("Ubuntu", "UBUNTU"),
        ("Amazon Linux 2023", "AMAZON_LINUX_2023"),
        ("Amazon Linux 2", "AMAZON_LINUX_2"),
        ("SLES", "SUSE"),
        ("Something else", "DEBIAN"),
    ],
)
def test_a_node_is_patched_against_the_baseline_of_its_system(platform: str, system: str) -> None:
    assert operating_system_of(platform) == system
