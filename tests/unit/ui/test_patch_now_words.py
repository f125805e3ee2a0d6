"""What the Patch now page says: pure functions, no window."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from patchgui.console.connection import Connection, ConnectionKind
from patchgui.console.rows import NodeRow
from patchgui.patching.plan import Operation, RebootChoice
from patchgui.ui.cli_words import aws_command
from patchgui.ui.patch_now.ago import ago
from patchgui.ui.patch_now.choice import NO_REBOOT, SCAN, Choice
from patchgui.ui.patch_now.consequences import consequences_of
from patchgui.ui.patch_now.node_cells import Column, cells_of, sort_key
from patchgui.ui.patch_now.plan_of import plan_of, rate_words
from patchgui.ui.patch_now.states import Loading, NodesState
from patchgui.ui.widgets.hook_preview import steps_of

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WEB = NodeRow("mi-0f3c", "web-1", "Linux", "Debian GNU/Linux", "12", "Online", NOW, missing_count=5, last_scan_at=NOW)


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(seconds=-5), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=3), "3 hours ago"),
        (timedelta(days=3), "3 days ago"),
    ],
)
def test_a_moment_is_said_in_its_largest_unit(gone: timedelta, said: str) -> None:
    assert ago(NOW - gone, NOW) == said


def test_never_is_never() -> None:
    assert ago(None, NOW) == "never"


@pytest.mark.parametrize(
    ("changes", "state", "said"),
    [
        ({}, "warning", "5 missing"),
        ({"missing_count": 7, "security_missing": 2}, "failed", "7 missing · 2 security"),
        ({"missing_count": 0}, "success", "Compliant"),
        ({"missing_count": None}, "unknown", "Never scanned"),
        ({"missing_count": 0, "pending_reboot": 2}, "rebooting", "Needs reboot"),
        ({"missing_count": 0, "failed": 1}, "failed", "1 failed"),
        ({"missing_count": 3, "pending_reboot": 1}, "warning", "3 missing · needs reboot"),
    ],
)
def test_compliance_says_the_worst_first(changes: dict[str, int | None], state: str, said: str) -> None:
    assert cells_of(replace(WEB, **changes), NOW).compliance == (state, said)  # type: ignore[arg-type]


def test_a_node_that_does_not_answer_says_since_when() -> None:
    lost = replace(WEB, ping="ConnectionLost", last_ping_at=NOW - timedelta(days=3))
    assert cells_of(lost, NOW).ping == ("offline", "3 days ago")
    assert cells_of(replace(WEB, ping="", last_ping_at=None), NOW).ping == ("offline", "Never seen")


def test_a_node_without_a_name_goes_by_its_id() -> None:
    assert cells_of(replace(WEB, name=""), NOW).texts[Column.NAME] == "mi-0f3c"


def test_every_column_can_be_sorted_by() -> None:
    other = NodeRow("mi-1", "")
    for column in set(Column) - {Column.AGENT, Column.ADDRESS}:
        assert sorted([WEB, other], key=lambda row: sort_key(row, column))


def test_agent_versions_sort_as_numbers() -> None:
    old, new = replace(WEB, agent_version="3.0.502.0"), replace(WEB, agent_version="3.10.1.0")
    assert sort_key(old, Column.AGENT) < sort_key(new, Column.AGENT)


def test_a_scan_asks_nothing() -> None:
    assert consequences_of([WEB], Choice(operation=SCAN)) is None


def test_an_install_says_how_many_nodes_and_patches_and_restarts() -> None:
    db = replace(WEB, name="db-1", missing_count=7, security_missing=2)
    asked = consequences_of([WEB, db], Choice())
    assert asked is not None
    assert (asked.title, asked.go) == ("Patch 2 nodes now?", "Patch 2 nodes")
    assert asked.lines[0][1] == "12 patches (2 security) will be installed on web-1 and db-1."
    assert asked.lines[1] == ("rebooting", "Up to 2 nodes will restart if an update asks for it.")


def test_without_restart_the_question_says_what_stays_pending() -> None:
    asked = consequences_of([WEB], Choice(reboot=NO_REBOOT))
    assert asked is not None
    assert "stay pending" in asked.lines[1][1]


def test_the_question_names_hooks_and_nodes_that_do_not_answer() -> None:
    away = replace(WEB, name="legacy-1", ping="ConnectionLost")
    choice = Choice(use_hooks=True, before_install="Stop", on_exit="Start")
    asked = consequences_of([WEB, away], choice)
    assert asked is not None
    told = " ".join(line for _, line in asked.lines)
    assert "Stop, Start" in told
    assert "legacy-1 does not answer now, and will be left out after 10 minutes." in told


def test_many_nodes_are_named_in_part() -> None:
    asked = consequences_of([replace(WEB, name=f"web-{n}") for n in range(1200)], Choice())
    assert asked is not None
    assert "and 1,194 more" in asked.lines[0][1]
    assert asked.go == "Patch 1,200 nodes"


def test_hooks_that_are_switched_off_are_not_sent() -> None:
    chosen = Choice(before_install="Stop", on_exit="Start")
    assert plan_of(("mi-1",), chosen).hooks.chosen() == ()
    assert len(plan_of(("mi-1",), replace(chosen, use_hooks=True)).hooks.chosen()) == 2


def test_a_scan_sends_no_hooks_though_they_are_still_chosen() -> None:
    plan = plan_of(("mi-1",), Choice(operation=SCAN, use_hooks=True, before_install="Stop"))
    assert plan.operation is Operation.SCAN
    assert plan.hooks.chosen() == ()


def test_the_plan_takes_over_rate_reboot_time_out_and_snapshot() -> None:
    guid = "6f2b5c1e-8f0a-4c57-9d52-0b1c2d3e4f50"
    choice = Choice(reboot=NO_REBOOT, max_concurrency="10%", delivery_timeout_s=60, snapshot_id=guid)
    plan = plan_of(("mi-1", "mi-2"), choice)
    assert plan.reboot is RebootChoice.NO_REBOOT
    assert plan.snapshot_id == guid
    rate = plan.effective_rate
    assert (rate.max_concurrency, rate.max_errors, rate.delivery_timeout_s) == ("10%", "1", 60)


def test_a_rate_that_was_not_touched_is_patch_nows_own() -> None:
    assert plan_of(("mi-1",), Choice()).rate is None


@pytest.mark.parametrize(
    ("nodes", "choice", "said"),
    [
        (3, Choice(), ("1 at a time", "up to 1 error")),
        (60, Choice(), ("5% at a time", "up to 5 errors")),
        (3, Choice(operation=SCAN), ("all at once", "whatever fails")),
        (5000, Choice(operation=SCAN), ("1000 at a time", "up to 1000 errors")),
        (0, Choice(), ("1 at a time", "up to 1 error")),
    ],
)
def test_the_automatic_rate_is_said_in_words(nodes: int, choice: Choice, said: tuple[str, str]) -> None:
    assert rate_words(nodes, choice) == said


@pytest.mark.parametrize(
    ("choice", "count"),
    [
        (Choice(), 0),
        (Choice(max_concurrency="0"), 1),
        (Choice(max_concurrency="10 %"), 1),
        (Choice(max_errors="-1", snapshot_id="yesterday"), 2),
        (Choice(max_concurrency="100%", max_errors="0"), 0),
    ],
)
def test_what_ssm_would_refuse_is_said_before(choice: Choice, count: int) -> None:
    assert len(choice.problems) == count


def test_the_preview_shows_scripts_and_names_other_steps() -> None:
    content = {
        "mainSteps": [
            {"action": "aws:runShellScript", "name": "start", "inputs": {"runCommand": ["a", "b"]}},
            {"action": "aws:runDocument", "name": "nested", "inputs": {"documentPath": "X"}},
            "nonsense",
        ]
    }
    assert steps_of(content) == [("start", "a\nb"), ("nested", "# nested: aws:runDocument")]
    assert steps_of({}) == []


def test_the_connection_can_be_said_to_the_aws_cli() -> None:
    from pathlib import Path

    connection = Connection(
        "x", "x", ConnectionKind.SANDBOX, "local", "http://127.0.0.1:1", "patchgui", Path("/state dir/credentials")
    )
    assert aws_command(connection) == (
        "AWS_SHARED_CREDENTIALS_FILE='/state dir/credentials' aws --profile patchgui --region local "
        "--endpoint-url http://127.0.0.1:1 ssm describe-instance-information"
    )


@pytest.mark.parametrize(
    ("name", "version", "short"),
    [
        ("Red Hat Enterprise Linux", "9.4", "RHEL 9.4"),
        ("Microsoft Windows Server 2022 Datacenter", "10.0.20348", "Windows 2022"),
        ("Debian GNU/Linux", "12", "Debian 12"),
        ("Amazon Linux", "2023", "Amazon Linux 2023"),
        ("", "", "Linux"),
    ],
)
def test_a_platform_is_short_in_its_cell_and_whole_in_the_tooltip(name: str, version: str, short: str) -> None:
    cells = cells_of(replace(WEB, platform_name=name, platform_version=version), NOW)
    assert cells.texts[Column.PLATFORM] == short
    assert f"Platform: {f'{name} {version}'.strip() or 'Linux'}" in cells.tooltip


@pytest.mark.parametrize(("count", "age_s", "due"), [(3, 14, True), (1000, 60, False), (1000, 120, True)])
def test_a_large_fleet_is_read_again_the_more_rarely(count: int, age_s: int, *, due: bool) -> None:
    assert NodesState(Loading.DONE, None, NOW).is_due(count, NOW + timedelta(seconds=age_s)) is due


def test_a_huge_fleet_and_one_that_is_still_read_are_not_read_again_unasked() -> None:
    assert not NodesState(Loading.DONE, None, NOW).is_due(10_000, NOW + timedelta(days=1))
    assert not NodesState(Loading.PARTIAL).is_due(3, NOW)
