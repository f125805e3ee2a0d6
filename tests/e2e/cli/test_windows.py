"""``patchgui windows``: the sandbox's window and one that opens soon, for people and for programs."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.e2e.cli.conftest import CommandLine

pytestmark = pytest.mark.xdist_group("cli")

SCHEDULE = "cron(30 23 ? * TUE#3 *)"


@pytest.fixture
def nightly(patchgui: "CommandLine", monkeypatch: pytest.MonkeyPatch) -> Any:
    """The id of a window that is enabled, in a zone of its own."""
    monkeypatch.setenv("TZ", "UTC")
    ssm = patchgui.ssm()
    made = ssm.create_maintenance_window(
        Name="Nightly",
        Schedule=SCHEDULE,
        ScheduleTimezone="Europe/Berlin",
        Duration=4,
        Cutoff=1,
        AllowUnassociatedTargets=True,
    )["WindowId"]
    yield made
    ssm.delete_maintenance_window(WindowId=made)


def test_windows_are_listed_in_words_and_as_json(patchgui: "CommandLine", nightly: str) -> None:
    said = patchgui("windows").stdout.splitlines()
    assert said[0] == "BlogPostDemo  ○ disabled  Every Sunday at 02:00, UTC"
    assert said[1] == "Nightly       ● enabled   On the third Tuesday of each month at 23:30, Europe/Berlin"
    assert said[2].strip().startswith("opens next Tue ")
    status, told = patchgui.json("windows", "list")
    assert (status, [each["Name"] for each in told]) == (0, ["BlogPostDemo", "Nightly"])
    assert told[1]["ScheduleInWords"] == "On the third Tuesday of each month at 23:30, Europe/Berlin"


def test_one_window_is_shown_whole(patchgui: "CommandLine", nightly: str) -> None:
    said = patchgui("windows", "show", "BlogPostDemo").stdout
    assert "WebServers: tag:PatchGroup = web-servers" in said
    assert "1 PatchingTask: RUN_COMMAND AWS-RunPatchBaseline\n      Operation = Install" in said
    status, told = patchgui.json("windows", "show", nightly)
    assert (status, told["Schedule"], told["Tasks"], told["Executions"]) == (0, SCHEDULE, [], [])


def test_the_next_runs_are_told_by_both_clocks(patchgui: "CommandLine", nightly: str) -> None:
    said = patchgui("windows", "next", "Nightly", "--limit", "12").stdout.splitlines()
    assert len(said) == 12
    for line in said:
        assert " 23:30 +0" in line
        assert line.endswith((", here Tue 22:30 UTC", ", here Tue 21:30 UTC"))
    status, told = patchgui.json("windows", "next")
    assert (status, {each["WindowId"] for each in told}, len(told)) == (0, {nightly}, 10)
    assert patchgui("windows", "next", "BlogPostDemo").stdout.endswith("none will open.\n")


def test_a_window_that_there_is_none_of_is_said_with_those_there_are(patchgui: "CommandLine", nightly: str) -> None:
    done = patchgui("windows", "show", "Weekly")
    assert done.returncode == 2
    assert "There is no maintenance window “Weekly”.\nThere are: BlogPostDemo, Nightly." in done.stderr
