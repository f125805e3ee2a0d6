"""Failed nodes on screen: in groups, with their cause, read as far as needed, and tried again."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton

from patchgui.console.connection import Connection, ConnectionKind
from patchgui.console.events import NodesChanged, RunEnded
from patchgui.console.rows import NodeRow, StepOutput
from patchgui.patching.fitness import Finding, Severity
from patchgui.patching.phases import Phase
from patchgui.patching.plan import Hooks, Operation, PatchPlan
from patchgui.patching.progress import NodeProgress
from patchgui.ssm.errors import AccessDenied, Unreachable
from patchgui.ui.patch_now.confirm import ConfirmDialog
from patchgui.ui.run.again.sheet import AgainSheet
from patchgui.ui.run.failures.group_card import GroupCard
from patchgui.ui.run.failures.page import MOST_GROUPS
from tests.ui.run.conftest import Screen
from tests.ui.run.scenes import BAD, OK, SKIP, START, ended_summary, node_at, opened

_LOCKED = "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process {} (apt-get)"
_FAILURES = 2


def failed_at(number: int, said: str | None, phase: int = 2) -> NodeProgress:
    """A node that failed in a phase, and said so."""
    states = [OK] * phase + [BAD] + [SKIP] * (4 - phase) + [OK]
    node = node_at(f"mi-{number:017x}", f"web-{number}", *states)
    phases = [replace(each, said=said) if each.state is BAD else each for each in node.phases]
    return replace(node, phases=tuple(phases))


@pytest.fixture
def failed(screen: Screen) -> Screen:
    """A run that has ended: three nodes whose package manager was locked, one without room, one that is well."""
    nodes = [*(failed_at(n, _LOCKED.format(100 + n)) for n in range(3)), failed_at(7, "No space left on device: /var")]
    nodes.append(node_at("mi-fine", "fine", *[OK] * 6))
    screen.service.events = [opened(nodes, ended_summary(node_count=5)), RunEnded("Failed", START, "4 of 5 failed")]
    screen.open()
    screen.view.matrix.tabs.setCurrentIndex(_FAILURES)
    screen.loop.until(lambda: len(screen.view.matrix.failures.cards) == 2)
    return screen


def _card(screen: Screen, place: int = 0) -> GroupCard:
    return screen.view.matrix.failures.cards[place]


def test_failed_nodes_are_told_by_cause_with_what_to_do(failed: Screen) -> None:
    locked, full = failed.view.matrix.failures.cards
    assert (locked.chip.text, locked.title.text(), full.title.text()) == (
        "3 nodes",
        "Package manager locked",
        "No space left",
    )
    assert locked.line.text() == _LOCKED.format(100)
    assert "What to do: Wait until it is done" in locked.then.text()
    assert failed.view.matrix.failures.sum.text() == "4 nodes failed in 2 ways"


def test_the_nodes_of_a_group_unfold_and_one_is_looked_at(failed: Screen) -> None:
    card = _card(failed)
    assert card.fold.text() == "web-0, web-1, web-2"
    least_px = card.minimumSizeHint().width()
    card.fold.set_words(f"{card.fold.text()}, web-3, web-4, web-5 and 127 more")
    assert card.minimumSizeHint().width() == least_px
    card.fold.set_words("web-0, web-1, web-2")
    card.fold.resize(card.fold.minimumSizeHint())
    assert card.fold.text().endswith("…")
    assert card.fold.toolTip() == "web-0, web-1, web-2"
    card.fold.click()
    assert card.nodes.isVisible()
    failed.loop.call(lambda: card.nodes.clicked.emit(card.nodes.model().index(1, 0)))
    failed.loop.until(lambda: failed.view.pane.name.text() == "web-1")


def test_a_group_is_copied_whole_for_a_ticket(failed: Screen) -> None:
    _card(failed).copy.click()
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("3 nodes: Package manager locked (Install failed · install)")
    assert "web-2 (mi-00000000000000002)" in copied


def test_while_the_run_goes_on_groups_grow_and_cannot_be_retried_yet(screen: Screen) -> None:
    screen.service.events = [opened([failed_at(1, _LOCKED.format(1))])]
    screen.open()
    screen.view.matrix.tabs.setCurrentIndex(_FAILURES)
    screen.loop.until(lambda: screen.view.matrix.failures.cards)
    screen.presenter.apply(NodesChanged((failed_at(2, _LOCKED.format(2)),)))
    screen.loop.until(lambda: _card(screen).chip.text == "2 nodes")
    assert not _card(screen).retry.isEnabled()
    assert "still goes on" in _card(screen).retry.toolTip()


def test_outputs_are_read_only_where_they_must_be_and_while_somebody_looks(screen: Screen) -> None:
    screen.service.outputs = {"install": StepOutput(stderr=_LOCKED.format(9), is_complete=True)}
    nodes = [failed_at(1, _LOCKED.format(1)), failed_at(2, None), failed_at(3, None)]
    screen.service.events = [opened(nodes, ended_summary(node_count=3)), RunEnded("Failed", START)]
    screen.open()
    read = ("output", "run-1", "mi-00000000000000003", "install")
    assert read not in screen.service.asked
    screen.view.matrix.tabs.setCurrentIndex(_FAILURES)
    screen.loop.until(lambda: [card.chip.text for card in screen.view.matrix.failures.cards] == ["3 nodes"])
    assert read in screen.service.asked


def test_an_output_that_cannot_be_read_is_said_and_asked_for_again(screen: Screen) -> None:
    screen.service.output_error = Unreachable("The agent does not answer.")
    screen.service.events = [opened([failed_at(2, None)], ended_summary(node_count=1)), RunEnded("Failed", START)]
    screen.open()
    page = screen.view.matrix.failures
    screen.view.matrix.tabs.setCurrentIndex(_FAILURES)
    screen.loop.until(lambda: "does not answer" in page.note.text())
    screen.service.output_error = None
    screen.service.outputs = {"install": StepOutput(stderr="Killed", is_complete=True)}
    screen.view.matrix.tabs.setCurrentIndex(0)
    screen.loop.call(lambda: screen.view.matrix.tabs.setCurrentIndex(_FAILURES))
    screen.loop.until(lambda: page.cards[0].title.text() == "Out of memory, or killed")


def test_thousands_of_failed_nodes_of_many_kinds_are_a_few_cards(screen: Screen) -> None:
    nodes = [failed_at(n, f"kind {chr(97 + n % 26)}{chr(97 + n // 26 % 4)} of trouble") for n in range(2000)]
    screen.service.events = [opened(nodes, ended_summary(node_count=2000)), RunEnded("Failed", START)]
    screen.open()
    screen.loop.until(lambda: screen.presenter.tally.nodes == 2000)
    screen.view.matrix.tabs.setCurrentIndex(_FAILURES)
    screen.loop.until(lambda: len(screen.view.matrix.failures.cards) == MOST_GROUPS)
    assert "74 more groups" in screen.view.matrix.failures.more.text()


# -- once more --------------------------------------------------------------------------------------------------------


def _sheet(screen: Screen) -> AgainSheet:
    return next(each for each in screen.view.findChildren(AgainSheet) if each.isVisible())


def _question(screen: Screen) -> ConfirmDialog:
    return next(each for each in _sheet(screen).findChildren(ConfirmDialog) if each.isVisible())


def _foretold(screen: Screen) -> AgainSheet:
    screen.loop.until(lambda: any(each.isVisible() for each in screen.view.findChildren(AgainSheet)))
    screen.loop.until(lambda: screen.presenter.again.forecast_state.forecast is not None)
    return _sheet(screen)


def test_retrying_a_group_foretells_asks_in_numbers_and_starts_a_linked_run(failed: Screen) -> None:
    opened_runs: list[str] = []
    failed.view.run_wanted.connect(opened_runs.append)
    failed.service.plan = PatchPlan(instance_ids=("mi-fine", "x"), hooks=Hooks(on_exit="Start"))
    failed.loop.call(_card(failed).retry.click)
    sheet = _foretold(failed)
    assert sheet.happen.go.text() == "Patch now · 3 nodes"
    failed.loop.call(sheet.happen.go.click)
    question = _question(failed)
    assert question.accessibleName() == "Patch 3 nodes again now?"
    assert not failed.service.launched
    failed.loop.call(question.go.click)
    failed.loop.until(lambda: opened_runs == ["20261126-140211-4f9c2a1b"])
    (plan,) = failed.service.launched
    assert plan.instance_ids == tuple(f"mi-{n:017x}" for n in range(3))
    assert (plan.retry_of, plan.hooks.on_exit) == ("run-1", "Start")


def test_retry_failed_in_the_header_takes_every_failed_node(failed: Screen) -> None:
    assert failed.view.header.retry.text() == "Retry 4 nodes…"
    failed.view.activateWindow()
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    failed.loop.call(lambda: QTest.keyClick(failed.view.matrix.failures, Qt.Key.Key_R, keys))
    _foretold(failed)
    assert failed.presenter.again.wish is not None
    assert [name for _id, name in failed.presenter.again.wish.nodes] == ["web-0", "web-1", "web-2", "web-7"]


def test_patching_again_takes_the_plan_as_it_was_and_links_nothing(failed: Screen) -> None:
    failed.service.plan = PatchPlan(instance_ids=("mi-1", "mi-2"), operation=Operation.SCAN)
    failed.loop.call(failed.view.header.patch_again.trigger)
    sheet = _foretold(failed)
    assert sheet.happen.go.text().startswith("Scan now")
    failed.loop.call(sheet.happen.go.click)
    failed.loop.until(lambda: failed.service.launched)
    assert failed.service.launched[0].instance_ids == ("mi-1", "mi-2")
    assert failed.service.launched[0].retry_of == ""


def test_on_a_guarded_connection_its_name_is_typed_first(failed: Screen) -> None:
    failed.service.connection = Connection("prod", "Production", ConnectionKind.AWS, "eu-west-1", is_guarded=True)
    failed.loop.call(_card(failed).retry.click)
    failed.loop.call(_foretold(failed).happen.go.click)
    question = _question(failed)
    assert not question.go.isEnabled()
    (line,) = question.findChildren(QLineEdit)
    QTest.keyClicks(line, "production")
    assert question.go.isEnabled()


def test_a_retry_that_is_sure_to_fail_cannot_be_started(failed: Screen) -> None:
    failed.service.findings = (Finding(Severity.ERROR, "web-0 is not known.", "Take it out."),)
    failed.loop.call(_card(failed).retry.click)
    assert not _foretold(failed).happen.go.isEnabled()


def test_a_retry_that_could_not_be_started_says_why_and_may_be_started_again(failed: Screen) -> None:
    failed.service.launch_error = AccessDenied("SSM refused it.", code="AccessDenied")
    failed.loop.call(_card(failed).retry.click)
    sheet = _foretold(failed)
    failed.loop.call(sheet.happen.go.click)
    failed.loop.call(_question(failed).go.click)
    failed.loop.until(lambda: failed.presenter.again.can_launch)
    failed.service.launch_error = None
    failed.loop.call(sheet.happen.go.click)
    failed.loop.call(_question(failed).go.click)
    failed.loop.until(lambda: failed.service.launched)


def test_where_the_connection_is_not_open_it_is_offered_to_open_it(failed: Screen) -> None:
    wanted: list[Connection] = []
    failed.view.connection_wanted.connect(wanted.append)
    place = Connection("prod", "Production", ConnectionKind.AWS, "eu-west-1")
    failed.service.connection = None
    failed.presenter.summary = ended_summary(connection=place)
    failed.loop.call(_card(failed).retry.click)
    assert "Production is not open" in failed.view.banner.text
    button = next(each for each in failed.view.banner.findChildren(QPushButton) if each.text() == "Open Production")
    button.click()
    assert wanted == [place]


def test_the_links_between_a_run_and_its_retries_lead_there(screen: Screen) -> None:
    wanted: list[str] = []
    screen.view.run_wanted.connect(wanted.append)
    summary = ended_summary(node_count=1, retry_of="20260101-020304-abcdef01", retried_by=("run-9",))
    screen.service.events = [opened([failed_at(1, "x")], summary)]
    screen.open()
    links = screen.view.header.links.findChildren(QPushButton)
    screen.loop.until(lambda: len(screen.view.header.links.findChildren(QPushButton)) == 2)
    links = screen.view.header.links.findChildren(QPushButton)
    assert links[0].text().startswith("Retry of 2026-01-01 ")
    assert links[1].text() == "Retried by run-9"
    links[1].click()
    assert wanted == ["run-9"]


def test_escape_leaves_everything_as_it_is(failed: Screen) -> None:
    failed.loop.call(_card(failed).retry.click)
    sheet = _foretold(failed)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    failed.loop.until(
        lambda: not any(isinstance(each, QDialog) and each.isVisible() for each in QApplication.topLevelWidgets())
    )
    assert not failed.service.launched


def test_what_is_known_of_a_node_is_asked_about_and_of_others_nothing_is_claimed(failed: Screen) -> None:
    failed.service.rows_of = lambda _run, _ids: (NodeRow("mi-00000000000000000", "web-0", ping="ConnectionLost"),)  # type: ignore[method-assign, assignment]
    failed.loop.call(_card(failed).retry.click)
    failed.loop.call(_foretold(failed).happen.go.click)
    words = " ".join(each.text() for each in _question(failed).findChildren(type(failed.view.header.title)))
    assert "web-0 does not answer now" in words
    assert "web-1 does not answer" not in words


def test_failures_name_their_phase(failed: Screen) -> None:
    assert failed.presenter.failures.groups()[0].key.phase is Phase.INSTALL
