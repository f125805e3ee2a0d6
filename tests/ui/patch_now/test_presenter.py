"""The presenter: loading, foretelling, asking, launching; each failure said where it arose."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from patchgui.patching.fitness import Finding, Severity
from patchgui.patching.plan import Operation
from patchgui.ssm.errors import Unreachable
from patchgui.ui.errors import Trouble
from patchgui.ui.patch_now.choice import SCAN
from patchgui.ui.patch_now.consequences import Consequences
from patchgui.ui.patch_now.presenter import PatchNowPresenter
from patchgui.ui.patch_now.states import Loading
from patchgui.ui.preview import Preview
from tests.ui.patch_now.scenes import THREE, ScriptedConsole, node

Until = Callable[[Callable[[], bool]], None]
GONE = Unreachable("The agent does not answer.", hint="Start it again.")


class Heard:
    def __init__(self, signal: Any) -> None:
        self.values: list[Any] = []
        signal.connect(self._take)

    def _take(self, *values: Any) -> None:
        self.values.append(values[0] if values else None)


def loaded(presenter: PatchNowPresenter, console: ScriptedConsole, until: Until) -> None:
    presenter.attach(console)
    until(lambda: presenter.nodes_state.loading is Loading.DONE)


def picked(presenter: PatchNowPresenter, console: ScriptedConsole, until: Until) -> None:
    loaded(presenter, console, until)
    presenter.model.pick_everything_that_matches()
    until(lambda: presenter.can_launch)


def test_pages_of_nodes_are_shown_as_they_come(
    presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    console.pages = [THREE[:1], THREE[1:]]
    heard = Heard(presenter.nodes_changed)
    loaded(presenter, console, until)
    assert [state.loading for state in heard.values] == [Loading.FIRST, Loading.PARTIAL, Loading.DONE]
    assert presenter.model.total == 3


def test_a_node_that_comes_again_whole_takes_the_place_of_its_first_row(
    presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    bare = tuple(replace(each, missing_count=None, is_scan_known=False) for each in THREE)
    console.pages = [bare[:2], bare[2:], THREE[1:], THREE[:1]]
    loaded(presenter, console, until)
    assert presenter.model.total == 3
    assert {row.name: row.missing_count for row in presenter.model.rows} == {"web-1": 5, "web-2": 5, "db-1": 7}


def test_nodes_picked_while_the_list_loads_stay_picked_and_are_foretold_anew(
    presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    console.pages = [THREE[:1], *[THREE[1:]] * 3]
    presenter.attach(console)
    until(lambda: presenter.model.total >= 1)
    presenter.model.pick_ids([THREE[0].instance_id])
    until(lambda: presenter.nodes_state.loading is Loading.DONE)
    assert presenter.model.picked_ids == (THREE[0].instance_id,)
    until(lambda: presenter.can_launch)


def test_what_may_not_be_read_is_said_with_the_permission(
    presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    console.lacking = ("Names and tags from EC2 are not shown: this profile lacks ec2:DescribeInstances.",)
    loaded(presenter, console, until)
    assert presenter.nodes_state.lacks == console.lacking


def test_what_will_happen_is_asked_again_when_a_picked_node_was_scanned(
    presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    picked(presenter, console, until)
    asked, read_at = len(console.foretold), presenter.nodes_state.read_at
    presenter.refresh()
    until(lambda: presenter.nodes_state.read_at != read_at)
    assert not presenter.forecast_state.is_stale
    assert len(console.foretold) == asked
    console.pages = [tuple(replace(each, missing_count=0, last_scan_at=datetime.now(UTC)) for each in THREE)]
    presenter.refresh()
    until(lambda: len(console.foretold) == asked + 1)
    until(lambda: presenter.can_launch)


def test_nodes_that_cannot_be_read_leave_those_from_before_on_screen(
    presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    loaded(presenter, console, until)
    console.pages = [GONE]
    presenter.reload()
    until(lambda: presenter.nodes_state.loading is Loading.FAILED)
    assert presenter.model.total == 3
    assert presenter.nodes_state.trouble == Trouble("The agent does not answer.", "Start it again.")
    assert presenter.nodes_state.read_at is not None


def test_documents_are_offered_own_first(presenter: PatchNowPresenter, console: ScriptedConsole, until: Until) -> None:
    heard = Heard(presenter.documents_changed)
    loaded(presenter, console, until)
    until(lambda: bool(heard.values))
    assert [option.name for option in heard.values[0]] == ["Start", "Stop", "Update", "AWS-Noop"]


def test_documents_that_cannot_be_read_say_why(
    presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    console.names = GONE
    heard = Heard(presenter.documents_changed)
    loaded(presenter, console, until)
    until(lambda: bool(heard.values))
    assert heard.values == [Trouble("The agent does not answer.", "Start it again.")]


def test_what_will_happen_follows_every_choice_and_is_asked_for_once_per_pause(
    presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    loaded(presenter, console, until)
    for row in range(3):
        presenter.model.set_picked(row, row, picked=True)
        assert presenter.forecast_state.is_stale
        assert not presenter.can_launch
    until(lambda: presenter.can_launch)
    assert [plan.node_count for plan in console.foretold] == [3]


def test_a_forecast_that_was_overtaken_is_dropped(
    presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    loaded(presenter, console, until)
    console.hold = asyncio.Event()
    presenter.model.set_picked(0, 0, picked=True)
    presenter.model.set_picked(1, 1, picked=True)
    console.hold.set()
    until(lambda: presenter.can_launch)
    assert [plan.node_count for plan in console.foretold] == [2]


def test_without_nodes_there_is_nothing_to_foretell(
    presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    picked(presenter, console, until)
    presenter.model.pick_nothing()
    assert presenter.forecast_state.forecast is None
    assert not presenter.can_launch


def test_a_forecast_that_fails_says_why_and_can_be_asked_again(
    presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    console.forecast_error = GONE
    loaded(presenter, console, until)
    presenter.model.set_picked(0, 0, picked=True)
    until(lambda: presenter.forecast_state.trouble is not None)
    assert not presenter.can_launch
    console.forecast_error = None
    presenter.foretell_again()
    until(lambda: presenter.can_launch)


def test_a_plan_that_is_certain_to_fail_cannot_be_launched(
    presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    console.findings = (Finding(Severity.ERROR, "Before install: NoSuchDocument does not exist."),)
    loaded(presenter, console, until)
    presenter.model.set_picked(0, 0, picked=True)
    until(lambda: presenter.forecast_state.forecast is not None and not presenter.forecast_state.is_stale)
    assert not presenter.can_launch


def test_a_rate_that_ssm_refuses_is_said_without_asking_it(
    presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    picked(presenter, console, until)
    asked = len(console.foretold)
    presenter.set_choice(replace(presenter.choice, max_concurrency="many"))
    assert presenter.forecast_state.problems
    assert not presenter.can_launch
    assert len(console.foretold) == asked


def test_an_install_asks_first_and_launches_what_was_asked(
    presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    picked(presenter, console, until)
    asked, launched = Heard(presenter.launch_asked), Heard(presenter.run_launched)
    presenter.ask_launch()
    assert isinstance(asked.values[0], Consequences)
    assert console.launched == []
    presenter.model.pick_nothing()
    presenter.launch()
    until(lambda: bool(launched.values))
    assert launched.values == ["run-1"]
    assert console.launched[0].node_count == 3


def test_two_presses_launch_once(presenter: PatchNowPresenter, console: ScriptedConsole, until: Until) -> None:
    picked(presenter, console, until)
    launched = Heard(presenter.run_launched)
    presenter.ask_launch()
    presenter.launch()
    presenter.launch()
    presenter.ask_launch()
    until(lambda: bool(launched.values))
    assert len(console.launched) == 1


def test_a_scan_starts_at_once(presenter: PatchNowPresenter, console: ScriptedConsole, until: Until) -> None:
    loaded(presenter, console, until)
    presenter.set_choice(replace(presenter.choice, operation=SCAN))
    presenter.model.set_picked(0, 0, picked=True)
    until(lambda: presenter.can_launch)
    asked, launched = Heard(presenter.launch_asked), Heard(presenter.run_launched)
    presenter.ask_launch()
    until(lambda: bool(launched.values))
    assert asked.values == []
    assert console.launched[0].operation is Operation.SCAN


def test_scan_again_takes_every_node_that_answers_when_none_is_picked(
    presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    console.pages = [(*THREE, node(4, "legacy-1", ping="ConnectionLost"))]
    loaded(presenter, console, until)
    presenter.scan_again()
    until(lambda: bool(console.launched))
    assert console.launched[0].node_count == 3
    until(lambda: not presenter.is_launching)


def test_a_run_that_does_not_start_says_why_and_may_be_tried_again(
    presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    console.launch_error = GONE
    picked(presenter, console, until)
    failed, busy = Heard(presenter.launch_failed), Heard(presenter.launching_changed)
    presenter.ask_launch()
    presenter.launch()
    until(lambda: bool(failed.values))
    assert failed.values[0].message == "The agent does not answer."
    assert busy.values == [True, False]
    assert presenter.can_launch


def test_the_preview_shows_the_document_or_why_not(
    presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    loaded(presenter, console, until)
    heard = Heard(presenter.preview_changed)
    presenter.preview("Stop")
    until(lambda: len(heard.values) == 2)
    assert heard.values[0] == Preview("Stop")
    assert heard.values[1].document.name == "Stop"
    console.document_error = GONE
    presenter.preview("Gone")
    until(lambda: len(heard.values) == 4)
    assert heard.values[3].trouble.hint == "Start it again."
    presenter.preview("")
    assert heard.values[-1] is None


def test_closing_the_scope_leaves_the_run_alone(
    presenter: PatchNowPresenter, console: ScriptedConsole, until: Until
) -> None:
    picked(presenter, console, until)
    console.hold = asyncio.Event()
    presenter.ask_launch()
    presenter.launch()
    assert presenter.is_launching


@pytest.mark.parametrize("text", ["web", "tag:Role=web", "foo:bar"])
def test_the_filter_is_told_as_it_was_understood(
    presenter: PatchNowPresenter, console: ScriptedConsole, until: Until, text: str
) -> None:
    loaded(presenter, console, until)
    heard = Heard(presenter.query_changed)
    presenter.set_query(text)
    assert bool(heard.values[0].trouble) is (text == "foo:bar")
