"""What a baseline approves, rejects, and how a package then stands."""

import time
from datetime import datetime
from typing import Any

import pytest

from patchgui.agent.baselines import default_baseline as shown_by_the_agent
from patchgui.agent.patching.assessment import Patch, assess, newer_but_not_approved
from patchgui.agent.patching.baseline import Baseline, default_baseline, matches, read_baseline
from patchgui.agent.patching.inventory import Installed, Inventory, Offer
from patchgui.agent.patching.trouble import Trouble
from patchgui.ssm.shapes import OperatingSystem

EDITOR = Installed("vim:amd64", "vim", "amd64", "9.0-1", "editors", "optional", 100)
SECURITY, PLAIN = Offer("9.0-2+sec", is_security=True), Offer("9.1-1", is_security=False)


def baseline(**content: Any) -> Baseline:
    """Read a baseline that approves what its one rule says, by default all security updates."""
    rule = {"PatchFilterGroup": {"PatchFilters": content.pop("filters", [])}, **content.pop("rule", {})}
    return read_baseline({"BaselineId": "pb-1", "ApprovalRules": {"PatchRules": [rule]}, **content}, "debian12")


def state(*offers: Offer, against: Baseline, package: Installed = EDITOR) -> Patch:
    (patch,) = assess(Inventory({package.name: package}, {package.name: offers}, ()), against)
    return patch


def test_a_security_update_is_missing() -> None:
    patch = state(SECURITY, against=default_baseline("debian12"))

    assert (patch.state, patch.title) == ("Missing", "vim.amd64:9.0-2+sec")


def test_another_update_is_not_approved_by_default_and_is_named() -> None:
    inventory = Inventory({EDITOR.name: EDITOR}, {EDITOR.name: (PLAIN,)}, ())
    patches = assess(inventory, default_baseline("debian12"))

    assert patches[0].state == "InstalledOther"
    assert newer_but_not_approved(inventory, patches) == [(EDITOR, "9.1-1")]


def test_the_newest_approved_version_is_the_candidate_even_when_a_newer_one_is_not_approved() -> None:
    older = Offer("9.0-2", is_security=True)

    assert state(older, PLAIN, SECURITY, against=baseline()).version == "9.0-2+sec"


def test_a_rule_may_take_in_other_updates() -> None:
    assert state(SECURITY, PLAIN, against=baseline(rule={"EnableNonSecurity": True})).version == "9.1-1"


def test_an_installed_version_from_a_security_source_counts_as_installed() -> None:
    assert state(Offer("9.0-1", is_security=True), against=baseline()).state == "Installed"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([{"Key": "SECTION", "Values": ["editors"]}], "Missing"),
        ([{"Key": "SECTION", "Values": ["Editors", "libs"]}, {"Key": "PRIORITY", "Values": ["Optional"]}], "Missing"),
        ([{"Key": "PRODUCT", "Values": ["Debian12"]}], "Missing"),
        ([{"Key": "PRODUCT", "Values": ["Debian11"]}], "InstalledOther"),
        ([{"Key": "PRIORITY", "Values": ["Required"]}], "InstalledOther"),
        ([{"Key": "PRIORITY", "Values": ["*"]}], "Missing"),
    ],
)
def test_filters_must_all_match_whatever_their_case(filters: list[dict[str, Any]], expected: str) -> None:
    assert state(SECURITY, against=baseline(filters=filters)).state == expected


def test_global_filters_hold_for_all_rules() -> None:
    narrowed = baseline(GlobalFilters={"PatchFilters": [{"Key": "SECTION", "Values": ["libs"]}]})

    assert state(SECURITY, against=narrowed).state == "InstalledOther"


def test_a_rejected_patch_is_not_missing() -> None:
    assert state(SECURITY, against=baseline(RejectedPatches=["vim"])).state == "InstalledOther"


def test_a_blocked_patch_that_is_installed_is_reported_as_rejected() -> None:
    blocked = baseline(RejectedPatches=["vim"], RejectedPatchesAction="BLOCK")

    assert state(SECURITY, against=blocked).state == "InstalledRejected"


def test_an_approved_patch_needs_its_own_switch_for_other_updates() -> None:
    listed = {"ApprovedPatches": ["vim"], "filters": [{"Key": "SECTION", "Values": ["libs"]}]}

    assert state(PLAIN, against=baseline(**listed)).state == "InstalledOther"
    assert state(PLAIN, against=baseline(**listed, ApprovedPatchesEnableNonSecurity=True)).state == "Missing"


def test_the_compliance_level_is_that_of_the_rule_that_approves() -> None:
    assert state(SECURITY, against=baseline(rule={"ComplianceLevel": "CRITICAL"})).compliance_level == "CRITICAL"


@pytest.mark.parametrize(
    "pattern",
    ["vim", "VIM", "v*", "v?m", "[uv]im", "9.1-1", "vim.amd64", "vim-9.1-1", "amd64:9.1-1", "vim.amd64:9.1-1"],
)
def test_all_name_forms_of_patch_manager_are_understood(pattern: str) -> None:
    assert matches((pattern,), EDITOR, "9.1-1")


@pytest.mark.parametrize("pattern", ["vi", "vim-tiny", "9.0-1", "vim.arm64"])
def test_another_package_is_not_matched(pattern: str) -> None:
    assert not matches((pattern,), EDITOR, "9.1-1")


def test_the_baseline_that_the_agent_hands_out_is_understood() -> None:
    wire = shown_by_the_agent(OperatingSystem.DEBIAN, "local").to_wire()
    read = read_baseline(wire, "debian12")

    assert read.baseline_id == wire["BaselineId"]
    assert state(SECURITY, against=read).state == "Missing"
    assert state(PLAIN, against=read).state == "InstalledOther"


DAY_S = 24 * 3600


def released(days_ago: float) -> Offer:
    return SECURITY._replace(released_at=time.time() - days_ago * DAY_S)


@pytest.mark.parametrize(("days_ago", "expected"), [(6.9, "InstalledOther"), (7.1, "Missing")])
def test_a_version_is_approved_so_many_days_after_its_release(days_ago: float, expected: str) -> None:
    delayed = baseline(rule={"ApproveAfterDays": 7})

    assert delayed.asks_for_release_times
    assert state(released(days_ago), against=delayed).state == expected


@pytest.mark.parametrize(
    ("day_and_time", "expected"),
    [("2026-03-01T23:59:59+00:00", "Missing"), ("2026-03-02T00:00:00+00:00", "InstalledOther")],
)
def test_a_version_released_until_the_end_of_a_day_is_approved(day_and_time: str, expected: str) -> None:
    offer = SECURITY._replace(released_at=datetime.fromisoformat(day_and_time).timestamp())

    assert state(offer, against=baseline(rule={"ApproveUntilDate": "2026-03-01"})).state == expected


def test_an_older_version_is_the_candidate_while_a_newer_one_is_not_approved_yet() -> None:
    older = Offer("9.0-2", is_security=True, released_at=time.time() - 30 * DAY_S)

    assert state(older, released(1), against=baseline(rule={"ApproveAfterDays": 7})).version == "9.0-2"


@pytest.mark.parametrize("delay", [{"ApproveAfterDays": 7}, {"ApproveUntilDate": "2001-01-01"}])
def test_a_version_of_an_unknown_release_time_is_approved_at_once(delay: dict[str, Any]) -> None:
    assert state(SECURITY, against=baseline(rule=delay)).state == "Missing"


@pytest.mark.parametrize("rule", [{}, {"ApproveAfterDays": 0}])
def test_a_baseline_without_delays_asks_for_no_release_times(rule: dict[str, Any]) -> None:
    without = baseline(rule=rule)

    assert not without.asks_for_release_times
    assert state(released(0), against=without).state == "Missing"


def test_a_delay_concerns_its_rule_only_and_no_list_of_approved_patches() -> None:
    listed = baseline(rule={"ApproveAfterDays": 7}, ApprovedPatches=["vim"])

    assert state(released(1), against=listed).state == "Missing"


@pytest.mark.parametrize(
    "rule", [{"ApproveUntilDate": "next week"}, {"ApproveUntilDate": 7}, {"ApproveAfterDays": "soon"}]
)
def test_a_delay_that_is_none_is_refused_in_words(rule: dict[str, Any]) -> None:
    with pytest.raises(Trouble, match="can't be read"):
        baseline(rule=rule)
