"""The picture of a run in the terminal: it fits, it tells the truth, it works without colours and without UTF-8."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from patchgui.console import summaries
from patchgui.console.events import NodesChanged, RunChanged, RunEnded, RunOpened, WatchRecovered, WatchTrouble
from patchgui.console.rows import RunSummary, RunView
from patchgui.patching.phases import Phase, PhaseSpec, Pipeline
from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState
from patchgui.terminal.paint import Paint, cut, pad, paint_for, width
from patchgui.terminal.picture import Scene, draw
from patchgui.terminal.view import Folded, LineView

NOW = datetime(2026, 11, 23, 14, 2, 30, tzinfo=UTC)
PHASES = (Phase.SCAN, Phase.BEFORE_INSTALL, Phase.INSTALL, Phase.AFTER_INSTALL, Phase.REBOOT, Phase.ON_EXIT)
PIPELINE = Pipeline(tuple(PhaseSpec(phase, ()) for phase in PHASES), "Install", "RebootIfNeeded")
SUMMARY = RunSummary(
    "20261123-140211-4f9c2a1b", "Patch now, 3 nodes", "AWS-RunPatchBaselineWithHooks", "Install", "RebootIfNeeded",
    "InProgress", NOW - timedelta(seconds=19), None, 3, 0, 0,
)  # fmt: skip
PLAIN = Paint(has_colour=False, has_unicode=True)
COLOUR = Paint(has_colour=True, has_unicode=True)

S, F, R, W, K, B = (
    PhaseState.SUCCESS,
    PhaseState.FAILED,
    PhaseState.RUNNING,
    PhaseState.WAITING,
    PhaseState.SKIPPED,
    PhaseState.REBOOTING,
)


def node(name: str, states: Sequence[PhaseState], headline: str = "", status: str = "InProgress") -> NodeProgress:
    texts = {S: "2 s", F: "exit 4", W: "waits", K: "skipped", B: "18 s away"}
    phases = tuple(
        PhaseProgress(phase, state, texts.get(state, ""), started_at=NOW - timedelta(seconds=7))
        for phase, state in zip(PHASES, states, strict=True)
    )
    return NodeProgress(f"mi-{name}", name, status, status, phases, headline, is_final=status != "InProgress")


NODES = (
    node("web-1", (S, S, S, S, B, W)),
    node("web-2", (S, S, S, F, K, S), "After install failed: exit 4. Reboot was skipped because of it.", "Failed"),
    node("db-1", (S, R, W, W, W, W)),
)


def scene(*nodes: NodeProgress, notice: str = "") -> Scene:
    chosen = nodes or NODES
    return Scene(SUMMARY, PIPELINE, chosen, summaries.count(chosen, PIPELINE), "InProgress", "Sandbox", NOW, notice)


def test_every_node_and_every_phase_is_there() -> None:
    lines = draw(scene(), PLAIN, 120, 40)
    web_2 = next(line for line in lines if line.startswith("web-2"))
    assert web_2.split() == ["web-2", *["✓", "2", "s"] * 3, "✗", "exit", "4", "⤼", "skipped", "✓", "2", "s"]
    assert any("After install failed: exit 4." in line for line in lines)
    assert any("1 of 3 nodes" in line and "1 failed" in line and "1 rebooting" in line for line in lines)


def test_what_runs_counts_on_by_itself() -> None:
    assert "◐ 7 s" in next(line for line in draw(scene(), PLAIN, 120, 40) if line.startswith("db-1"))


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 200])
@pytest.mark.parametrize("paint", [PLAIN, COLOUR])
def test_no_line_is_wider_than_the_terminal(columns: int, paint: Paint) -> None:
    lines = draw(scene(notice="The endpoint does not answer. " * 5), paint, columns, 40)
    assert max(width(line) for line in lines) <= columns


def test_when_not_all_nodes_fit_those_in_trouble_and_those_at_work_come_first() -> None:
    many = [node(f"n{number:03}", (S,) * 6, status="Success") for number in range(100)]
    lines = draw(scene(*many[:50], NODES[1], NODES[2], *many[50:]), PLAIN, 120, 24)
    assert len(lines) <= 24
    assert any(line.startswith("web-2") for line in lines)
    assert any(line.startswith("db-1") for line in lines)
    assert any("… and" in line and "more" in line for line in lines)


def test_trouble_is_shown_with_the_run_going_on() -> None:
    assert "▲ cannot be seen" in draw(scene(notice="cannot be seen"), PLAIN, 120, 40)[-1]


def test_a_terminal_without_utf8_gets_ascii() -> None:
    lines = draw(scene(), Paint(has_colour=False, has_unicode=False), 120, 40)
    assert "".join(lines).isascii()


@pytest.mark.parametrize(
    ("words", "columns", "expected"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("日本語", 5, "日本…")]
)
def test_cutting_counts_columns(words: str, columns: int, expected: str) -> None:
    assert cut(words, columns) == expected


def test_colours_take_no_room_and_are_closed_when_cut() -> None:
    red = COLOUR.text("failed", "failed")
    assert (width(red), width(pad(red, 10))) == (6, 10)
    assert cut(red, 4) == "\x1b[31mfai…\x1b[0m"


def test_no_color_and_pipes_get_no_colours() -> None:
    class Tty(io.StringIO):
        encoding = "utf-8"

        def isatty(self) -> bool:
            return True

    assert paint_for(Tty(), {"TERM": "xterm"}).has_colour
    assert not paint_for(Tty(), {"TERM": "xterm", "NO_COLOR": "1"}).has_colour
    assert not paint_for(io.StringIO(), {"TERM": "xterm"}).has_colour


def test_lines_tell_each_change_once() -> None:
    out = io.StringIO()
    folded = Folded(clock=lambda: NOW)
    view = LineView(out, folded)
    start = node("web-1", (R, W, W, W, W, W))
    view.apply(RunOpened(RunView(SUMMARY, PIPELINE, (start,), summaries.count([start], PIPELINE))))
    done = node("web-1", (S, R, W, W, W, W))
    view.apply(NodesChanged((done,)))
    view.apply(NodesChanged((done,)))
    view.apply(WatchTrouble("The endpoint does not answer.", "It is asked again.", NOW))
    view.apply(WatchRecovered())
    told = [line.split("  ", 1)[1] for line in out.getvalue().splitlines()]
    assert told == [
        "Patch now, 3 nodes · AWS-RunPatchBaselineWithHooks · run 20261123-140211-4f9c2a1b".replace("·", "."),
        "web-1  Scan: running",
        "web-1  Scan: success (2 s)",
        "web-1  Before install: running",
        "The endpoint does not answer. It is asked again.",
        "The run can be seen again.",
    ]


def test_what_the_events_add_up_to_is_kept() -> None:
    folded = Folded(clock=lambda: NOW)
    start = node("web-1", (R, W, W, W, W, W))
    folded.apply(RunOpened(RunView(SUMMARY, PIPELINE, (start,), summaries.count([start], PIPELINE))))
    done = node("web-1", (S,) * 6, status="Success")
    folded.apply(NodesChanged((done,)))
    folded.apply(RunChanged("Success", summaries.count([done], PIPELINE)))
    folded.apply(RunEnded("Success", NOW, "The node succeeded."))
    drawn = folded.scene("Sandbox", 0, "")
    assert drawn is not None
    assert (folded.status, drawn.counts.success, drawn.ended_at) == ("Success", 1, NOW)
