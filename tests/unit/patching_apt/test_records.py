"""The files that patching keeps: believed only when they can be true, replaced as a whole."""

import json
from pathlib import Path
from typing import Any

import pytest

from patchgui.agent.patching import reboot, records, reporting
from patchgui.agent.patching.assessment import (
    FAILED,
    INSTALLED,
    INSTALLED_OTHER,
    INSTALLED_PENDING_REBOOT,
    INSTALLED_REJECTED,
    MISSING,
    Patch,
)
from patchgui.agent.patching.baseline import default_baseline
from patchgui.agent.patching.inventory import Installed
from patchgui.agent.patching.options import Options

NOW = 1_000_000.0

# What GetInventorySchema names for AWS:PatchSummary.
_ATTRIBUTES = {
    *("PatchGroup", "BaselineId", "SnapshotId", "OwnerInformation", "ExecutionId", "OperationType"),
    *("OperationStartTime", "OperationEndTime", "RebootOption", "InstallOverrideList"),
    *("LastNoRebootInstallOperationTime", "NonCompliantSeverity", "UnreportedNotApplicableCount"),
    *("InstalledCount", "InstalledOtherCount", "InstalledPendingRebootCount", "InstalledRejectedCount"),
    *("NotApplicableCount", "MissingCount", "FailedCount"),
    *("CriticalNonCompliantCount", "SecurityNonCompliantCount", "OtherNonCompliantCount"),
}


def patch(name: str, state: str, *, is_security: bool = True, level: str = "UNSPECIFIED") -> Patch:
    return Patch(Installed(name, name, "all", "1", "libs", "important", 100), "1", state, is_security, level)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for the records."""
    for name, file in (("STATES", "states.json"), ("SUMMARY", "summary.json"), ("REPORT", "report.json")):
        monkeypatch.setattr(records, name, str(tmp_path / "records" / file))
    monkeypatch.setattr(reboot, "REBOOT_MARK", str(tmp_path / "mark-"))
    return tmp_path / "records"


def write(patches: list[Patch], installed_without_reboot_at: float = NOW, override_list: str = "") -> None:
    options = Options("Install", "NoReboot")
    baseline = default_baseline("debian12")._replace(patch_group="web-servers")
    times = (NOW - 5, NOW, installed_without_reboot_at)
    reporting.write(reporting.Operation(options, baseline, *times, override_list), patches)


def test_what_waits_for_a_reboot_is_remembered_until_the_next_boot() -> None:
    write([patch("kernel", INSTALLED_PENDING_REBOOT), patch("tls", INSTALLED)])

    known = records.read(NOW + 1)

    assert known.still_pending(NOW - 100) == ("kernel.all:1",)
    assert known.still_pending(NOW + 0.5) == ()


def test_unreadable_records_are_put_aside(folder: Path) -> None:
    folder.mkdir()
    (folder / "states.json").write_text("{ no")

    assert records.read(NOW) == records.Records((), 0)
    assert (folder / "states.json.unreadable").read_text() == "{ no"


@pytest.mark.parametrize("moment", [-1.0, NOW + 10])
def test_records_from_a_time_that_cannot_be_are_not_believed(moment: float) -> None:
    write([patch("kernel", INSTALLED_PENDING_REBOOT)], moment)

    assert records.read(NOW) == records.Records((), 0)


def test_the_report_counts_what_is_listed(folder: Path) -> None:
    write([patch("kernel", INSTALLED_PENDING_REBOOT), patch("tls", MISSING), patch("vim", MISSING, is_security=False)])

    report = _read(folder / "report.json")
    assert report["counts"]["missing"] == 2
    assert report["counts"]["security_non_compliant"] == 2
    assert report["counts"]["other_non_compliant"] == 1
    assert [each["classification"] for each in report["patches"]] == ["Security", "Security", "Other"]


def test_what_is_missing_or_failed_has_no_state_to_remember(folder: Path) -> None:
    states = (INSTALLED, INSTALLED_OTHER, INSTALLED_REJECTED, INSTALLED_PENDING_REBOOT, MISSING, FAILED)
    write([patch(state, state) for state in states])

    remembered = _read(folder / "states.json")["patchStates"]

    assert [each["state"] for each in remembered.values()] == list(states[:4])
    assert remembered["Installed.all:1"] == {"id": "Installed.all", "installedTime": 100, "state": "Installed"}


def test_the_summary_is_the_inventory_item_that_amazons_program_sends(folder: Path) -> None:
    write([patch("kernel", INSTALLED_PENDING_REBOOT)], override_list="https://example.com/list.yaml")

    item = _read(folder / "summary.json")

    (content,) = item["Content"]
    assert (item["TypeName"], item["SchemaVersion"], item["CaptureTime"]) == (
        "AWS:PatchSummary",
        "1.0",
        "1970-01-12T13:46:40Z",
    )
    assert set(content) == _ATTRIBUTES - {"OwnerInformation", "UnreportedNotApplicableCount"}
    assert {type(value) for value in content.values()} == {str}
    assert (content["PatchGroup"], content["NonCompliantSeverity"]) == ("web-servers", "INFORMATIONAL")
    assert content["LastNoRebootInstallOperationTime"] == content["OperationEndTime"] == item["CaptureTime"]


@pytest.mark.parametrize(
    ("levels", "severity", "counts"),
    [
        ([], None, "000"),
        (["UNSPECIFIED"], "INFORMATIONAL", "010"),
        (["LOW", "HIGH", "MEDIUM"], "HIGH", "030"),
        (["CRITICAL", "HIGH"], "CRITICAL", "120"),
    ],
)
def test_the_gravest_of_what_is_wrong_is_told(
    folder: Path, levels: list[str], severity: str | None, counts: str
) -> None:
    write([patch("tls", INSTALLED, level="CRITICAL"), *(patch(level, MISSING, level=level) for level in levels)])

    (content,) = _read(folder / "summary.json")["Content"]

    assert content.get("NonCompliantSeverity") == severity
    kinds = ("Critical", "Security", "Other")
    assert "".join(content[f"{kind}NonCompliantCount"] for kind in kinds) == counts


def test_after_the_reboot_only_what_is_still_wrong_counts(folder: Path) -> None:
    waits = patch("kernel", INSTALLED_PENDING_REBOOT, level="CRITICAL")
    write([waits, patch("vim", FAILED, is_security=False, level="LOW")])

    reporting.settle_after_reboot()

    (content,) = _read(folder / "summary.json")["Content"]
    assert [content[f"{kind}NonCompliantCount"] for kind in ("Critical", "Security", "Other")] == ["0", "0", "1"]
    assert content["NonCompliantSeverity"] == "LOW"


def test_after_the_reboot_all_three_files_say_so(folder: Path) -> None:
    write([patch("kernel", INSTALLED_PENDING_REBOOT), patch("tls", INSTALLED)])

    assert reporting.settle_after_reboot() == 1

    report, summary, states = (_read(folder / f"{name}.json") for name in ("report", "summary", "states"))
    assert {each["state"] for each in report["patches"]} == {INSTALLED}
    assert (report["counts"]["installed"], report["counts"]["installed_pending_reboot"]) == (2, 0)
    assert report["counts"]["security_non_compliant"] == 0
    assert summary["Content"][0]["InstalledPendingRebootCount"] == "0"
    assert {each["state"] for each in states["patchStates"].values()} == {INSTALLED}


def test_a_reboot_mark_counts_and_is_forgotten() -> None:
    assert reboot.find() is None
    reboot.ask(195)
    reboot.ask(195)

    mark = reboot.find()

    assert mark is not None
    assert (mark.code, mark.times, mark.exit_code) == (195, 2, 1)
    assert not mark.was_rebooted
    reboot.forget()
    assert reboot.find() is None


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text())
    return content
