"""What the run view says: counts, consequences, rows of the node pane, a script's own words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from patchgui.patching.node_state import first_trouble, node_state, telling_step
from patchgui.patching.progress import NodeProgress, PhaseState
from patchgui.ui.run.cancelling import consequence
from patchgui.ui.run.header import about, how_far, operation_words, status_look
from patchgui.ui.run.phase_rows import phase_rows
from patchgui.ui.run.tally import Tally
from tests.ui.run.scenes import (
    APP_1,
    DB_1,
    LATE_1,
    NODES,
    PIPELINE,
    START,
    SUMMARY,
    WEB_1,
    WEB_2,
    ended_summary,
    node_at,
)

NOW = START + timedelta(seconds=48)


def _tally(*nodes: NodeProgress) -> Tally:
    tally = Tally(6)
    for node in nodes:
        tally.replace(None, node)
    return tally


def test_a_node_counts_once_however_often_it_changes() -> None:
    tally = _tally(*NODES)
    tally.replace(DB_1, replace(DB_1, is_final=True, status="Success"))
    assert (tally.nodes, tally.ended, tally.failed, tally.in_work, tally.waiting) == (4, 3, 1, 1, 0)


def test_the_bar_of_an_ended_run_is_full_although_phases_were_not_needed() -> None:
    assert sum(share for _state, share in _tally(WEB_2, APP_1).bar()) == pytest.approx(1)


def test_nodes_that_were_not_read_yet_leave_their_room_in_the_bar_empty() -> None:
    assert sum(share for _state, share in _tally(WEB_2, APP_1).bar(unread=6)) == pytest.approx(0.25)


def test_the_bar_of_a_run_without_nodes_is_empty() -> None:
    assert _tally().bar() == []


def test_counts_of_a_phase_name_each_state_that_occurs() -> None:
    counts = dict(_tally(*NODES).of_phase(4))
    assert counts == {
        PhaseState.REBOOTING: 1,
        PhaseState.SKIPPED: 1,
        PhaseState.NOT_NEEDED: 1,
        PhaseState.WAITING: 1,
    }


def test_cancelling_says_in_numbers_and_words_what_it_leaves_behind() -> None:
    words = consequence(_tally(*NODES, LATE_1), PIPELINE)
    assert "2 nodes are still being patched:" in words
    assert "• 1 node restarting: it comes back by itself, and what was to come then does not run." in words
    assert "• 1 node installing: it is not interrupted" in words
    assert "1 node has not begun and will not be patched." in words
    assert "2 nodes have ended and stay as they are." in words
    assert "On exit (PatchingDemo-StartAppandVerify) does not run where it has not begun." in words
    assert "What Before install (PatchingDemo-StopAppGracefully) stopped stays stopped." in words


def test_cancelling_a_scan_says_nothing_of_installs_and_hooks() -> None:
    scanning = node_at("mi-1", "web-1", PhaseState.RUNNING, *[PhaseState.WAITING] * 5)
    words = consequence(_tally(scanning), replace(PIPELINE, operation="Scan"))
    assert "still being scanned" in words
    assert "the scan is stopped" in words
    assert "installed" not in words
    assert "On exit" not in words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (0, "scanning: it goes on to its end and changes nothing."),
        (1, "in Before install (PatchingDemo-StopAppGracefully): it goes on to its own end."),
        (3, "in After install (PatchingDemo-UpdateApp): it goes on to its own end."),
        (4, "about to restart: a restart that was asked for still comes."),
        (5, "in On exit (PatchingDemo-StartAppandVerify): it goes on to its own end."),
    ],
)
def test_cancelling_says_what_becomes_of_the_phase_that_a_node_is_in(at: int, words: str) -> None:
    states = [PhaseState.SUCCESS] * at + [PhaseState.RUNNING] + [PhaseState.WAITING] * (5 - at)
    assert f"• 1 node {words}" in consequence(_tally(node_at("mi-1", "web-1", *states)), PIPELINE)


def test_cancelling_does_not_take_a_reboot_back_that_was_put_off() -> None:
    assert "is not cancelled: take it back" in consequence(_tally(WEB_1), PIPELINE, NOW + timedelta(hours=9))
    assert "put off" not in consequence(_tally(WEB_1), PIPELINE)


def test_a_failed_phase_outweighs_what_the_node_does_now() -> None:
    assert node_state(WEB_2) is PhaseState.FAILED
    assert first_trouble(WEB_2) == 3
    assert first_trouble(WEB_1) == 4
    assert first_trouble(LATE_1) is None


def test_the_telling_step_is_the_failed_one() -> None:
    step = telling_step(WEB_2.phases[3])
    assert step is not None
    assert step.name == "after_install"


def test_the_node_pane_gives_exit_codes_durations_and_reasons() -> None:
    notes = {row.text: row.note for row in phase_rows(WEB_2, 3, NOW)}
    assert notes["After install · PatchingDemo-UpdateApp"] == "exit 4 · 3 s"
    assert notes["Reboot"] == "skipped because After install failed"
    assert notes["Install"] == "12 s"


def test_a_phase_that_is_looked_at_shows_its_steps() -> None:
    rows = [row for row in phase_rows(WEB_1, 0, NOW) if row.step]
    assert [row.step for row in rows] == ["PreInstallScan", "VerifyLocalPatchStates"]


def test_a_rebooting_node_says_how_long_it_is_away() -> None:
    away_since = NOW - timedelta(seconds=18)
    rows = phase_rows(replace(WEB_1, away_since=away_since), None, NOW)
    assert rows[4].note == "away 18 s"


def test_the_header_says_what_when_and_how_long() -> None:
    assert about(SUMMARY, NOW).startswith("AWS-RunPatchBaselineWithHooks · Install, reboot if needed · started ")
    assert about(SUMMARY, NOW).endswith(" · 48 s")
    assert about(ended_summary(), NOW).endswith("took 1 min 01 s")
    assert how_far(_tally(*NODES)) == "2 of 4 nodes ended · 1 failed"
    assert how_far(_tally(*NODES), unread=6) == "2 of 10 nodes ended, as far as read: 4 · 1 failed"
    assert how_far(_tally(WEB_2, APP_1)) == "1 of 2 nodes failed"


def test_a_scan_says_nothing_of_reboots() -> None:
    assert operation_words(replace(SUMMARY, operation="Scan", reboot="NoReboot"), NOW) == "Scan"


def test_a_reboot_that_is_put_off_is_not_called_no_reboot() -> None:
    put_off = replace(SUMMARY, reboot="NoReboot", reboot_at=NOW.astimezone().replace(hour=3) + timedelta(days=1))
    assert f"Install, reboot tomorrow 03:{NOW.astimezone():%M}" in about(put_off, NOW)
    assert "no reboot" in about(replace(put_off, reboot_at=None), NOW)


def test_a_status_of_a_newer_service_is_shown_as_it_is() -> None:
    assert status_look("Paused") == ("unknown", "Paused")


def test_a_cancelled_node_is_counted_and_shown_where_it_was_stopped() -> None:
    states = (PhaseState.SUCCESS, *[PhaseState.CANCELLED] * 5)
    node = replace(node_at("mi-1", "web-1", *states), status="Cancelled", is_final=True)
    assert first_trouble(node) == 1
    assert how_far(_tally(node)) == "1 of 1 node cancelled"
