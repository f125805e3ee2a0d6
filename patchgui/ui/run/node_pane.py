"""The chosen node: what went wrong first, its phases and steps, and what the step looked at wrote."""

from datetime import datetime

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget
from typing_extensions import override

from patchgui.patching.estimates import RebootStanding
from patchgui.patching.failing_line import failing_line
from patchgui.patching.node_state import BAD, node_state
from patchgui.patching.progress import NodeProgress, PhaseState
from patchgui.ui.icons import icon
from patchgui.ui.run.output_feed import OutputShown
from patchgui.ui.run.output_pane import OutputPane
from patchgui.ui.run.phase_list import PhaseList
from patchgui.ui.run.phase_rows import phase_rows
from patchgui.ui.run.presenter import NodeShown
from patchgui.ui.run.reboots import Reboots
from patchgui.ui.run.spans import utc_now, whole_seconds
from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.card import Card
from patchgui.ui.widgets.empty import EmptyState
from patchgui.ui.widgets.text import ElidedLabel, label

_TICK_MS = 1000
_BANNERS = {RebootStanding.REBOOTING: "reboot", RebootStanding.LATE: "warning", RebootStanding.LOST: "error"}


class NodePane(Card):
    """Shows a :class:`NodeShown`; emits the phase or step that was picked in it."""

    step_picked = Signal(object, str)
    close_pressed = Signal()

    def __init__(self, reboots: Reboots | None = None, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._reboots = reboots or Reboots()
        self.setAccessibleName("The chosen node")
        self._shown: NodeShown | None = None
        self._words: dict[tuple[str, str], str] = {}
        self.name = label("", "card-title")
        self.about = ElidedLabel("", "dim")
        self.close_button = QPushButton()
        self.close_button.setProperty("kind", "bare")
        self.close_button.setAccessibleName("Close this pane")
        self.close_button.setToolTip("Close (Esc)")
        self.close_button.clicked.connect(self.close_pressed)
        self.banner = Banner()
        self.phases = PhaseList()
        self.phases.picked.connect(self.step_picked)
        self.output = OutputPane()
        self.empty = EmptyState("Choose a node to see its phases and output.")
        self._lay_out()
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        self.show_node(None)
        self.set_closable(closable=False)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.name)
        head.addWidget(self.about, 1)
        head.addWidget(self.close_button)
        self.body.addLayout(head)
        self.body.addWidget(self.banner)
        self.body.addWidget(self.phases)
        self.body.addSpacing(4)
        self.body.addWidget(self.output, 1)
        self.body.addWidget(self.empty, 1)

    def set_closable(self, *, closable: bool) -> None:
        """Offer the cross: the pane lies over the matrix as a drawer."""
        self.close_button.setVisible(closable)
        self.close_button.setIcon(icon("close"))

    def show_node(self, shown: NodeShown | None) -> None:
        """Show a node, or that none is chosen."""
        self._shown = shown
        for part in (self.name, self.about, self.phases, self.output):
            part.setVisible(shown is not None)
        self.empty.setVisible(shown is None)
        if shown is None:
            self.banner.hide()
            self._tick.stop()
            return
        node = shown.node
        self.name.setText(node.name or node.instance_id)
        self.about.set_text(
            " · ".join(filter(None, (node.instance_id if node.name != node.instance_id else "", shown.platform)))
        )
        self.output.mark_failure(marks=self._has_failed(*self.output.place))
        self._refresh(utc_now())
        self._tick.stop() if node.is_final else self._tick.start()

    def show_output(self, shown: OutputShown) -> None:
        """Show what a step wrote; the last words of a failed script also go into the banner."""
        self.output.show_output(shown, marks_failure=self._has_failed(shown.instance_id, shown.step))
        if shown.output is not None and shown.output.is_complete:
            self._words[shown.instance_id, shown.step] = failing_line(shown.output.stdout, shown.output.stderr)
            if self._shown is not None:
                self._show_banner(self._shown.node, utc_now())

    def _has_failed(self, instance_id: str, step: str) -> bool:
        node = self._shown.node if self._shown is not None else None
        phases = node.phases if node is not None and node.instance_id == instance_id else ()
        return any(each.name == step and each.status in BAD for phase in phases for each in phase.steps)

    def _refresh(self, now: datetime) -> None:
        if self._shown is not None:
            clock = self._reboots.clock(self._shown.node, now)
            rows = phase_rows(self._shown.node, self._shown.phase, now, clock)
            self.phases.show_rows(rows, self._shown.phase, self._shown.step)
            self._show_banner(self._shown.node, now)

    def _show_banner(self, node: NodeProgress, now: datetime) -> None:
        kind, text = _banner_of(node, now, self._reboots)
        self.banner.setVisible(bool(text))
        if text:
            self.banner.show_message(kind, text, self._quoted(node))

    def _quoted(self, node: NodeProgress) -> str:
        """Return the failing script's own last words, once they are known."""
        failed = [
            step.name for phase in node.phases if phase.state in BAD for step in phase.steps if step.status in BAD
        ]
        for step in failed:
            words = self._words.get((node.instance_id, step), "")
            if words:
                return f"It said: “{words}”"
        return ""

    def _on_tick(self) -> None:
        self._refresh(utc_now())

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "output"):
            self.output.refresh_icons()
            self.close_button.setIcon(icon("close"))
        super().changeEvent(event)


def _banner_of(node: NodeProgress, now: datetime, reboots: Reboots) -> tuple[str, str]:
    state = node_state(node)
    if state in BAD:
        return "error", node.headline or f"{node.name or node.instance_id} failed: {node.status_details}."
    clock = reboots.clock(node, now)
    if clock is not None:
        return _BANNERS[clock.standing], reboots.sentence(node, now)
    if node.away_since is not None and not node.is_final:
        away = whole_seconds(node.away_since, now)
        return "warning", f"The node has not answered for {away}; it may be rebooting."
    if state in {PhaseState.CANCELLED, PhaseState.UNKNOWN}:
        return "warning", node.headline or f"{state.label.capitalize()}: {node.status_details}."
    return ("info" if not node.is_final else "success"), node.headline
