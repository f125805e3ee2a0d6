"""The Windows page where things are missing: permissions, the connection, the windows themselves."""

from collections.abc import Callable

from patchgui.simulator.faults import Fault, FaultKind
from tests.fleet import Fleet
from tests.ui.windows.conftest import Desk

Until = Callable[[Callable[[], bool]], None]


def deny(fleet: Fleet, *calls: str) -> None:
    fleet.fault(Fault(FaultKind.DENY, frozenset(calls)))


def test_a_missing_permission_is_named_and_rests_what_needs_it(away: Desk, fleet: Fleet, until: Until) -> None:
    page = away.open()
    until(lambda: page.presenter.chosen.window.value is not None)
    deny(fleet, "UpdateMaintenanceWindow", "CreateMaintenanceWindow")
    page.detail.enabled.click()
    until(page.detail.banner.isVisible)
    assert "ssm:UpdateMaintenanceWindow" in page.detail.banner.text
    assert not page.detail.enabled.isEnabled()
    assert not page.detail.edit.isEnabled()
    assert page.detail.enabled.toolTip() == "This profile lacks ssm:UpdateMaintenanceWindow."
    until(lambda: not page.detail.enabled.isChecked())
    page.begin_new()
    page.form.name.setText("Another")
    page.form.go.click()
    until(page.form.banner.isVisible)
    assert "ssm:CreateMaintenanceWindow" in page.form.banner.text
    assert not page.list.new.isEnabled()


def test_what_may_not_be_read_says_so_in_its_own_place(away: Desk, fleet: Fleet, until: Until) -> None:
    deny(fleet, "DescribeMaintenanceWindowTargets", "DescribeMaintenanceWindowExecutions")
    page = away.open()
    until(lambda: page.presenter.chosen.tasks.value is not None)
    until(lambda: "ssm:DescribeMaintenanceWindowTargets" in away.words)
    until(lambda: "ssm:DescribeMaintenanceWindowExecutions" in away.words)
    assert page.detail.counts[1] == 1


def test_windows_are_listed_although_it_may_not_be_seen_whether_they_are_open(
    away: Desk, fleet: Fleet, until: Until
) -> None:
    away.ssm.create_maintenance_window(
        Name="AlwaysOpen", Schedule="rate(1 hour)", Duration=24, Cutoff=0, AllowUnassociatedTargets=True
    )
    fleet.step(7200)
    deny(fleet, "DescribeMaintenanceWindowExecutions")
    page = away.open()
    until(lambda: page.presenter.is_listed)
    assert {row.name for row in page.presenter.model.rows} == {"AlwaysOpen", "BlogPostDemo"}
    assert not page.list.banner.isVisible()


def test_a_list_that_may_not_be_read_names_the_permission(away: Desk, fleet: Fleet, until: Until) -> None:
    deny(fleet, "DescribeMaintenanceWindows")
    away.open()
    until(lambda: "ssm:DescribeMaintenanceWindows" in away.words)
    assert "The windows cannot be listed now." in away.words


def test_an_outage_leaves_what_was_seen_and_goes_by_itself(away: Desk, fleet: Fleet, until: Until) -> None:
    page = away.open()
    until(lambda: page.presenter.is_listed)
    fleet.fault(Fault(FaultKind.OUTAGE))
    page.read_again()
    until(page.list.banner.isVisible)
    assert "The list is as it was last seen." in page.list.banner.text
    assert page.presenter.model.rowCount() == 1
    fleet.calm()
    page.read_again()
    until(lambda: not page.list.banner.isVisible())


def test_without_a_window_the_page_says_what_one_is_for(away: Desk, until: Until) -> None:
    (window,) = away.ssm.describe_maintenance_windows()["WindowIdentities"]
    away.ssm.delete_maintenance_window(WindowId=window["WindowId"])
    page = away.open()
    until(lambda: "No maintenance windows yet." in away.words)
    assert not page.detail.name.isVisible()
    assert "No window is enabled: none will open." in away.words
