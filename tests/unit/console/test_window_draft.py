"""What a person types of a window or a target: what is wrong is found before anything is sent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.console.target_draft import TargetDraft, TargetKind
from patchgui.console.window_calendar import coming_runs, moments_before
from patchgui.console.window_draft import WindowDraft, field_at_fault
from patchgui.ssm.shapes.maintenance_windows import GetMaintenanceWindowResult, MaintenanceWindowIdentity

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
GOOD = WindowDraft(name="PatchTuesday")


@pytest.mark.parametrize(
    ("field", "value", "where", "said"),
    [
        ("name", "no spaces please", "name", "no spaces"),
        ("description", "x" * 129, "description", "At most 128"),
        ("schedule", "cron(0 25 ? * SUN *)", "schedule", "Hours: “25” is not allowed"),
        ("schedule", "every day", "schedule", "is no schedule"),
        ("zone", "Europe/Berlyn", "zone", "“Europe/Berlyn” is no time zone"),
        ("cutoff_h", 3, "cutoff_h", "Must be less than the duration"),
        ("start", "soon", "start", "“soon” is no date"),
        ("end", "2020-01-01", "end", "This date is over"),
    ],
)
def test_what_is_wrong_stands_at_its_field(field: str, value: Any, where: str, said: str) -> None:
    found = replace(GOOD, **{field: value}).problems(NOW)
    assert list(found) == [where]
    assert said in found[where]


def test_a_draft_that_is_right_has_no_problems() -> None:
    assert GOOD.problems(NOW) == {}
    assert field_at_fault(GOOD) == ""


def test_an_offset_goes_with_cron_only() -> None:
    assert list(replace(GOOD, schedule="rate(7 days)", offset_days=2).problems(NOW)) == ["offset_days"]


def test_the_cron_field_at_fault_is_named() -> None:
    assert field_at_fault(replace(GOOD, schedule="cron(0 2 ? * XXX *)")) == "Day-of-week"


def test_dates_are_by_the_clocks_of_the_window() -> None:
    members = replace(GOOD, zone="Europe/Berlin", start="2026-12-01 00:00", end="2026-12-31T23:00:00Z").members()
    assert (members["start_date"], members["end_date"]) == ("2026-12-01T00:00:00+01:00", "2026-12-31T23:00:00Z")


@given(
    draft=st.builds(
        WindowDraft,
        name=st.just("Nightly"),
        description=st.sampled_from(["", "About"]),
        schedule=st.sampled_from(["cron(0 2 ? * SUN *)", "rate(7 days)"]),
        zone=st.sampled_from(["UTC", "Europe/Berlin"]),
        offset_days=st.integers(0, 6),
        duration_h=st.integers(1, 24),
        cutoff_h=st.integers(0, 23),
        start=st.sampled_from(["", "2026-12-01 00:00", "2026-12-01T00:00:00+01:00"]),
        end=st.sampled_from(["", "2030-01-01"]),
        allows_unassociated=st.booleans(),
        is_enabled=st.booleans(),
    )
)
def test_a_window_that_was_made_of_a_draft_differs_from_it_in_nothing(draft: WindowDraft) -> None:
    window = GetMaintenanceWindowResult(**draft.members())
    assert WindowDraft.of(window).differences(draft) == ()


def test_what_differs_is_told_in_words() -> None:
    assert replace(GOOD, zone="Asia/Tokyo", duration_h=4).differences(GOOD) == ("time zone", "duration")


# -- the calendar ------------------------------------------------------------------------------------------------------


def window(schedule: str, next_at: str, **members: Any) -> MaintenanceWindowIdentity:
    return MaintenanceWindowIdentity(
        window_id="mw-0123456789abcdef0", enabled=True, schedule=schedule, next_execution_time=next_at, **members
    )


def test_the_calendar_goes_on_from_the_run_that_the_service_tells() -> None:
    weekly = window("cron(0 2 ? * SUN *)", "2026-11-29T02:00Z")
    assert [run.day for run in coming_runs(weekly, NOW + timedelta(days=20))] == [29, 6, 13]
    rate = window("rate(36 hours)", "2026-11-27T03:30Z")
    assert [f"{run:%d %H:%M}" for run in coming_runs(rate, NOW + timedelta(days=4))] == [
        "27 03:30",
        "28 15:30",
        "30 03:30",
    ]
    assert [f"{run:%d %H:%M}" for run in moments_before(rate, datetime(2026, 11, 27, 4, tzinfo=UTC))][:2] == [
        "27 03:30",
        "25 15:30",
    ]


def test_what_is_disabled_or_over_or_not_understood_does_not_open() -> None:
    until = NOW + timedelta(days=20)
    assert list(coming_runs(window("cron(0 2 ? * SUN *)", ""), until)) == []
    disabled = window("cron(0 2 ? * SUN *)", "2026-11-29T02:00Z").model_copy(update={"enabled": False})
    assert list(coming_runs(disabled, until)) == []
    assert [run.day for run in coming_runs(window("sometimes()", "2026-11-29T02:00Z"), until)] == [29]


# -- targets -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draft", "where"),
    [
        (TargetDraft(), "tags"),
        (TargetDraft(tags=(("Role", ""),)), "tags"),
        (TargetDraft(tags=(("Role", "web"), ("Role", "db"))), "tags"),
        (TargetDraft(TargetKind.NODES, ids="web-1"), "ids"),
        (TargetDraft(TargetKind.NODES), "ids"),
        (TargetDraft(TargetKind.GROUP), "group"),
        (TargetDraft(tags=(("Role", "web"),), name="a b"), "name"),
    ],
)
def test_a_target_that_means_nothing_is_not_sent(draft: TargetDraft, where: str) -> None:
    assert list(draft.problems()) == [where]


def test_values_and_ids_are_set_apart_by_commas() -> None:
    tags = TargetDraft(tags=(("Role", "web, app"), ("Stage", "prod"))).target()
    assert tags.pairs == (("tag:Role", ("web", "app")), ("tag:Stage", ("prod",)))
    nodes = TargetDraft(TargetKind.NODES, ids=" mi-0123456789abcdef0,i-0123abcd ")
    assert nodes.problems() == {}
    assert nodes.target().pairs == (("InstanceIds", ("mi-0123456789abcdef0", "i-0123abcd")),)
