"""Time left and the reboot clock: told from earlier runs of the same nodes, and not at all without them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from patchgui.console.events import NodesChanged, RunEnded
from patchgui.patching.estimates import NodeDurations, TimeLeft
from patchgui.patching.phases import Phase
from patchgui.patching.progress import NodeProgress
from patchgui.ssm.errors import StoreBusy
from patchgui.ui import theme
from patchgui.ui.run.estimator import left_words, rounded
from patchgui.ui.run.spans import utc_now
from tests.ui.run.conftest import Screen
from tests.ui.run.scenes import DB_1, NODES, PHASES, WEB_1, WEB_2, ended_summary, opened

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
_EACH = {Phase.SCAN: 3.0, Phase.BEFORE_INSTALL: 2.0, Phase.INSTALL: 100.0, Phase.AFTER_INSTALL: 20.0}


class Earlier:
    """An archive that knows six runs of every node, or of none."""

    def __init__(self, *, knows: bool = True) -> None:
        self.knows, self.asked = knows, list[tuple[tuple[str, ...], str, str]]()
        self.busy = False

    async def durations(self, instance_ids: Sequence[str], document: str, operation: str) -> NodeDurations:
        self.asked.append((tuple(instance_ids), document, operation))
        if self.busy:
            raise StoreBusy("The archive is busy.")
        if not self.knows:
            return NodeDurations()
        times = {phase: (_EACH.get(phase, 5.0),) * 6 for phase in PHASES} | {Phase.REBOOT: (48.0, 50.0, 52.0)}
        return NodeDurations(dict.fromkeys(instance_ids, times))


def _away(node: NodeProgress, seconds: float) -> NodeProgress:
    return replace(node, away_since=utc_now() - timedelta(seconds=seconds))


def _open(screen: Screen, earlier: Earlier, *nodes: NodeProgress) -> None:
    screen.presenter.estimator.use(earlier)
    screen.service.events = [opened(nodes or NODES)]
    screen.open()


def test_the_header_says_how_much_longer_and_how_that_is_known(screen: Screen) -> None:
    earlier = Earlier()
    _open(screen, earlier)
    screen.loop.until(lambda: "left" in screen.view.header.about.text)
    assert screen.view.header.about.text.endswith(" left, from 6 earlier runs of these nodes")
    assert screen.view.header.about.toolTip().splitlines()[-1].startswith("Seldom more than ")
    assert earlier.asked == [(tuple(node.instance_id for node in NODES), "AWS-RunPatchBaselineWithHooks", "Install")]


def test_nothing_is_said_without_ground(screen: Screen) -> None:
    earlier = Earlier(knows=False)
    _open(screen, earlier)
    screen.loop.until(lambda: earlier.asked)
    screen.loop.call(screen.view._on_tick)
    assert "left" not in screen.view.header.about.text


def test_an_archive_that_cannot_answer_spoils_nothing(screen: Screen) -> None:
    earlier = Earlier()
    earlier.busy = True
    _open(screen, earlier)
    screen.loop.until(lambda: earlier.asked)
    assert screen.view.banner.isHidden()
    assert screen.presenter.estimator.words == ""


def test_a_run_that_ended_has_nothing_left(screen: Screen) -> None:
    _open(screen, Earlier())
    screen.loop.until(lambda: "left" in screen.view.header.about.text)
    ended = ended_summary().ended_at
    screen.loop.call(lambda: screen.presenter.apply(RunEnded("Failed", ended, "1 of 4 nodes failed.")))
    assert "left" not in screen.view.header.about.text
    assert screen.view.header.about.toolTip() == ""


@pytest.mark.parametrize(
    ("away_s", "cell", "strip", "banner", "tone"),
    [
        (
            42,
            "42 s away",
            "1 rebooting",
            "Rebooting: away for 42 s; it is usually back after 50 s (3 earlier",
            "reboot",
        ),
        (130, "late: 2 min 10 s", "1 late", "Late: away for 2 min 10 s; it is usually back after 50 s", "warning"),
        (1300, "lost: 21 min 40 s", "1 lost", "Lost: away for 21 min 40 s; it is usually back after 50 s", "failed"),
    ],
)
def test_a_node_that_is_away_is_measured_by_its_own_reboots(
    screen: Screen, away_s: int, cell: str, strip: str, banner: str, tone: str
) -> None:
    earlier = Earlier()
    _open(screen, earlier, _away(WEB_1, away_s + 0.2), DB_1)
    screen.loop.until(lambda: earlier.asked and screen.presenter.estimator.reboots.earlier(WEB_1.instance_id))
    screen.loop.call(lambda: screen.presenter.pick_node(WEB_1.instance_id))
    screen.loop.call(screen.view._on_tick)
    model, pane = screen.presenter.model, screen.view.pane
    assert model.index(0, 5).data() == cell
    assert strip in screen.view.strip.accessibleDescription()
    assert pane.banner.text.startswith(banner)
    assert banner.split(";", maxsplit=1)[0] in str(model.index(0, 5).data(Qt.ItemDataRole.AccessibleTextRole))
    table = screen.view.matrix.table
    picture = table.viewport().grab(table.visualRect(model.index(0, 5))).toImage()
    inks = {QColor(picture.pixel(x, y)).name() for x in range(picture.width()) for y in range(picture.height())}
    assert theme.role(tone).soft.name() in inks


def test_a_node_that_never_rebooted_before_is_given_the_time_that_nodes_take(screen: Screen) -> None:
    earlier = Earlier(knows=False)
    _open(screen, earlier, _away(WEB_1, 130), WEB_2)
    screen.loop.until(lambda: earlier.asked)
    screen.loop.call(lambda: screen.presenter.pick_node(WEB_1.instance_id))
    assert "has not been seen to reboot before" in screen.view.pane.banner.text
    assert str(screen.presenter.model.index(0, 5).data()).endswith("away")


def test_late_nodes_are_told_apart_on_the_timeline_too(screen: Screen) -> None:
    _open(screen, Earlier(), _away(WEB_1, 130), DB_1)
    screen.loop.until(lambda: screen.presenter.estimator.reboots.earlier(WEB_1.instance_id))
    screen.view.matrix.tabs.setCurrentIndex(1)
    view = screen.view.matrix.timeline.view
    screen.loop.until(view.isVisible)
    picture = view.viewport().grab().toImage().copy(0, 0, view.viewport().width(), 32)
    inks = {QColor(picture.pixel(x, y)).name() for x in range(picture.width()) for y in range(picture.height())}
    assert theme.role("warning").fg.name() in inks


def test_a_node_that_came_back_is_not_counted_as_away(screen: Screen) -> None:
    _open(screen, Earlier(), _away(WEB_1, 130), DB_1)
    screen.loop.until(lambda: screen.presenter.estimator.reboots.earlier(WEB_1.instance_id))
    screen.loop.call(screen.view._on_tick)
    assert "1 late" in screen.view.strip.accessibleDescription()
    screen.presenter.apply(NodesChanged((replace(WEB_2, instance_id=WEB_1.instance_id),)))
    screen.loop.until(lambda: "late" not in screen.view.strip.accessibleDescription())


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "10 s"), (38, "40 s"), (57, "1 min"), (95, "2 min"), (3569, "59 min"), (3580, "1 h"), (4500, "1 h 20 min")],
)
def test_an_estimate_is_as_coarse_as_it_is(seconds: float, words: str) -> None:
    assert rounded(seconds) == words


def test_other_nodes_that_stand_in_are_named() -> None:
    assert left_words(TimeLeft(240, 400, is_own=True), 6) == "about 4 min left, from 6 earlier runs of these nodes"
    assert left_words(TimeLeft(240, 400, is_own=False), 1) == (
        "about 4 min left, from 1 earlier run of these nodes and others"
    )
    assert left_words(TimeLeft(240, 400, is_own=False), 0) == "about 4 min left, from earlier runs of other nodes"
    assert left_words(None, 6) == ""
