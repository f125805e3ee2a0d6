"""Shows a run while it goes: drawn over and over on a terminal, line by line elsewhere."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol, TextIO

from patchgui.console.events import (
    ArchiveRecovered,
    ArchiveTrouble,
    NodesChanged,
    RunChanged,
    RunEnded,
    RunEvent,
    RunOpened,
    WatchRecovered,
    WatchTrouble,
)
from patchgui.console.rows import RunView
from patchgui.patching.phases import HOOK_PHASES
from patchgui.patching.progress import NodeProgress, PhaseState
from patchgui.terminal.paint import is_live, paint_for, width
from patchgui.terminal.picture import Scene, at_rest, draw


class View(Protocol):
    """Takes the events of a watch and shows them."""

    def apply(self, event: RunEvent) -> None:
        """Take one event."""

    def tick(self) -> None:
        """Show that time goes on; called about ten times a second."""

    def ask(self, question: str) -> None:
        """Put a question below what is shown, and draw nothing until ``resume``."""

    def resume(self) -> None:
        """Go on showing."""

    def close(self) -> None:
        """Leave the last picture standing."""


class Folded:
    """What the events of one watch add up to."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.clock = clock
        self.run: RunView | None = None
        self.nodes: dict[str, NodeProgress] = {}
        self.status = ""
        self.trouble: WatchTrouble | None = None
        self.ended: RunEnded | None = None
        self.not_archived: ArchiveTrouble | None = None

    def apply(self, event: RunEvent) -> None:
        """Take one event."""
        match event:
            case RunOpened(run):
                self.run = run
                self.status = run.summary.status
                self.nodes = {node.instance_id: node for node in run.nodes}
            case NodesChanged(nodes):
                self.nodes.update({node.instance_id: node for node in nodes})
            case RunChanged(status, counts):
                self.status = status
                self.run = replace(self.run, counts=counts) if self.run else None
            case WatchTrouble():
                self.trouble = event
            case WatchRecovered():
                self.trouble = None
            case RunEnded(status):
                self.status, self.ended = status, event
            case ArchiveTrouble():
                self.not_archived = event
            case ArchiveRecovered():
                self.not_archived = None

    def scene(self, connection: str, beat: int, footer: str) -> Scene | None:
        """Return what to draw now; None before the run was seen."""
        if self.run is None:
            return None
        notice = f"{self.trouble.message} The run goes on; asking again." if self.trouble else ""
        nodes = sorted(self.nodes.values(), key=lambda node: node.name)
        return Scene(
            summary=self.run.summary,
            pipeline=self.run.pipeline,
            nodes=nodes,
            counts=self.run.counts,
            status=self.status,
            connection=connection,
            now=self.clock(),
            notice=notice,
            footer=footer,
            ended_at=self.ended.ended_at if self.ended else None,
            beat=beat,
        )


class LiveView:
    """Draws the picture in place."""

    _FOOTER = "Ctrl+C: detach or cancel"

    def __init__(self, out: TextIO, connection: str, folded: Folded) -> None:
        self._out = out
        self._paint = paint_for(out)
        self._connection = connection
        self._folded = folded
        self._drawn = 0
        self._beat = 0
        self._is_paused = False
        out.write("\x1b[?25l")

    def apply(self, event: RunEvent) -> None:
        """Take one event; it is drawn at the next tick, the last one at once."""
        if isinstance(event, RunOpened | RunEnded):
            self._draw()

    def tick(self) -> None:
        """Draw the picture anew."""
        self._beat += 1
        self._draw()

    def ask(self, question: str) -> None:
        """Write the question below the picture, with the cursor behind it."""
        self._is_paused = True
        self._out.write(f"\x1b[?25h{self._paint.text(question, 'bold')} ")
        self._out.flush()

    def resume(self) -> None:
        """Begin a new picture below what was typed."""
        self._is_paused = False
        self._drawn = 0
        self._out.write("\x1b[?25l")

    def close(self) -> None:
        """Draw the last picture and give the cursor back."""
        if not self._is_paused:
            self._draw()
        self._out.write("\x1b[?25h")
        self._out.flush()

    def _draw(self) -> None:
        scene = self._folded.scene(self._connection, self._beat // 2, self._FOOTER)
        if scene is None or self._is_paused:
            return
        columns, rows = shutil.get_terminal_size()
        lines = draw(at_rest(scene) if self._folded.ended else scene, self._paint, columns - 1, rows)
        # Each line is cleared behind its text, so nothing flickers; what was below a shorter picture goes last.
        up = f"\x1b[{self._drawn}A\r" if self._drawn else ""
        self._out.write(up + "".join(f"{line}\x1b[K\n" for line in lines) + "\x1b[J")
        self._out.flush()
        self._drawn = sum(1 + max(0, width(line) - 1) // columns for line in lines)


class LineView:
    """Writes one line for each phase that changes: for logs, pipes and terminals that cannot do more."""

    def __init__(self, out: TextIO, folded: Folded) -> None:
        self._out = out
        self._paint = paint_for(out)
        self._folded = folded
        self._told: dict[tuple[str, str], PhaseState] = {}

    def apply(self, event: RunEvent) -> None:
        """Write what the event changed."""
        match event:
            case RunOpened(run):
                self._say(f"{run.summary.title} · {run.summary.document} · run {run.summary.run_id}")
                self._nodes(run.nodes)
            case NodesChanged(nodes):
                self._nodes(nodes)
            case WatchTrouble(message, hint):
                self._say(" ".join(part for part in (message, hint) if part))
            case WatchRecovered():
                self._say("The run can be seen again.")

    def tick(self) -> None:
        """Nothing: lines stay as they are."""

    def ask(self, question: str) -> None:
        """Write the question."""
        self._out.write(f"{question} ")
        self._out.flush()

    def resume(self) -> None:
        """Nothing: lines go on below."""

    def close(self) -> None:
        """Nothing: what was written stands."""

    def _nodes(self, nodes: Sequence[NodeProgress]) -> None:
        for node in sorted(nodes, key=lambda node: node.name):
            for phase in node.phases:
                key = (node.instance_id, phase.phase.value)
                before = self._told.get(key, PhaseState.WAITING)
                if phase.state is before:
                    continue
                self._told[key] = phase.state
                if phase.phase in HOOK_PHASES and phase.document is None and phase.state is PhaseState.NOT_NEEDED:
                    continue
                self._say(f"{node.name}  {phase.phase.label}: {_told(phase.state, phase.text, phase.reason)}")

    def _say(self, words: str) -> None:
        line = self._paint.text(words)
        self._out.write(f"{self._folded.clock().astimezone():%H:%M:%S}  {line}\n")
        self._out.flush()


def _told(state: PhaseState, text: str, reason: str) -> str:
    if state is PhaseState.RUNNING:
        return "running"
    if reason.lower().startswith(state.label):
        return reason
    if reason:
        return f"{state.label} · {reason}"
    return f"{state.label} ({text})" if text and text != state.label else state.label


def view_for(out: TextIO, connection: str, folded: Folded) -> View:
    """Return the view that suits a stream."""
    return LiveView(out, connection, folded) if is_live(out) else LineView(out, folded)
