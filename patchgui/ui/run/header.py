"""The head of a run: what, when, how long, how far; and the way to cancel it."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from patchgui.console.rows import RunSummary
from patchgui.patching.moment import reboot_words
from patchgui.patching.wording import counted
from patchgui.ui.icons import icon
from patchgui.ui.run.links import RunLinks
from patchgui.ui.run.progress_bar import StateBar
from patchgui.ui.run.spans import clock_text, since, whole_seconds
from patchgui.ui.run.tally import Tally
from patchgui.ui.state_look import STATE_LOOKS
from patchgui.ui.widgets.chip import Chip
from patchgui.ui.widgets.text import ElidedLabel, label

_RETRY_KEYS = "Ctrl+Shift+R"
_STATUS_STATES = {
    "Pending": ("waiting", "Pending"),
    "InProgress": ("running", "In progress"),
    "Cancelling": ("cancelled", "Cancelling"),
    "Success": ("success", "Success"),
    "Failed": ("failed", "Failed"),
    "TimedOut": ("timed_out", "Timed out"),
    "Cancelled": ("cancelled", "Cancelled"),
}


def status_look(status: str) -> tuple[str, str]:
    """Return the state and the words for a command's status; one that is not known is shown as it is."""
    return _STATUS_STATES.get(status, ("unknown" if status not in STATE_LOOKS else status, status or "Unknown"))


def operation_words(summary: RunSummary, now: datetime) -> str:
    """Return what a run does: ``Install, reboot if needed``."""
    reboot = "" if summary.operation == "Scan" else reboot_words(summary.reboot, summary.reboot_at, now.astimezone())
    return ", ".join(filter(None, (summary.operation, reboot)))


def about(summary: RunSummary, now: datetime, left: str = "") -> str:
    """Return the line below the title: document, operation, when, how long, and how much longer (``left``)."""
    where = f"on {summary.connection.label}" if summary.connection is not None else ""
    parts = [where, summary.document, operation_words(summary, now)]
    if summary.started_at is not None:
        parts.append(f"started {clock_text(summary.started_at, now)}")
        if summary.ended_at is not None:
            parts.append(f"took {since(summary.started_at, summary.ended_at, now)}")
        elif not summary.is_final and summary.status != "Unknown":
            parts.extend((whole_seconds(summary.started_at, now), left))
    return " · ".join(filter(None, parts))


def how_far(tally: Tally, unread: int = 0) -> str:
    """Return how far a run is: ``2 of 3 nodes ended · 1 failed``; once all have ended, how they fared.

    ``unread`` nodes of it were not read yet.
    """
    nodes = counted(tally.nodes + unread, "node")
    counts = ((tally.failed, "failed"), (tally.cancelled, "cancelled"))
    fared = [(number, words) for number, words in counts if number]
    if fared and not unread and tally.ended == tally.nodes:
        parts = [f"{fared[0][0]:,} of {nodes} {fared.pop(0)[1]}"]
    else:
        parts = [f"{tally.ended:,} of {nodes} ended" + (f", as far as read: {tally.nodes:,}" if unread else "")]
    return " · ".join((*parts, *(f"{number:,} {words}" for number, words in fared)))


class RunHeader(QWidget):
    """Shows a run's summary and counts; emits what was pressed."""

    back_pressed = Signal()
    cancel_pressed = Signal()
    retry_pressed = Signal()
    again_pressed = Signal()
    export_pressed = Signal()
    run_wanted = Signal(str)
    """The id of a run that this one is linked to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = label("", "page-title")
        self.chip = Chip("waiting", "Pending")
        self.archived = Chip("info", "Archived")
        self.archived.setToolTip("Read from the archive: shown as it was seen last")
        self.archived.hide()
        self.about = ElidedLabel("", "dim")
        self._left = ""
        self.far = label("", "dim")
        self.bar = StateBar()
        self.back = QPushButton()
        self.back.setProperty("kind", "bare")
        self.back.setAccessibleName("Back to the runs")
        self.back.setToolTip("Back to the runs (Alt+Left)")
        self.back.clicked.connect(self.back_pressed)
        self.cancel = QPushButton("Cancel…")
        self.cancel.setProperty("kind", "danger")
        self.cancel.setShortcut(QKeySequence("Ctrl+."))
        self.cancel.setToolTip("Stop this run on the nodes that have not ended (Ctrl+.)")
        self.cancel.setAccessibleName("Cancel this run")
        self.cancel.clicked.connect(self.cancel_pressed)
        self.retry = QPushButton("Retry failed…")
        self.retry.setShortcut(QKeySequence(_RETRY_KEYS))
        self.retry.setToolTip(f"See what will happen, then patch the nodes that failed again ({_RETRY_KEYS})")
        self.retry.clicked.connect(self.retry_pressed)
        self.links = RunLinks()
        self.links.run_wanted.connect(self.run_wanted)
        self.more = QPushButton()
        self.more.setProperty("kind", "bare")
        self.more.setAccessibleName("More of this run")
        self.more.setToolTip("More of this run")
        self.menu = QMenu(self.more)
        """What else can be done with the run; parts of the window add their own."""
        self.patch_again = self.menu.addAction("Patch again…")
        self.patch_again.triggered.connect(self.again_pressed)
        self.export = self.menu.addAction("Export…\tCtrl+E")
        self.export.triggered.connect(self.export_pressed)
        self.copy_id = self.menu.addAction("Copy the run's id")
        self.copy_id.triggered.connect(self._on_copy_id)
        self.more.setMenu(self.menu)
        self._run_id = ""
        self._lay_out()
        self.refresh_icons()

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(8)
        for part in (self.title, self.chip, self.archived):
            first.addWidget(part)
        first.addStretch(1)
        second = QHBoxLayout()
        second.setSpacing(16)
        second.addWidget(self.about, 1)
        second.addWidget(self.links)
        second.addWidget(self.far)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(first)
        words.addLayout(second)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.back)
        top.addLayout(words, 1)
        for button in (self.retry, self.cancel, self.more):
            top.addWidget(button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        whole.addLayout(top)
        whole.addWidget(self.bar)

    def show_run(
        self,
        summary: RunSummary,
        tally: Tally,
        *,
        cancelling: bool,
        now: datetime,
        headline: str = "",
        is_reading: bool = False,
    ) -> None:
        """Show the run as it stands at ``now``; ``headline`` says how it ended."""
        unread = max(summary.node_count - tally.nodes, 0) if is_reading else 0
        state, words = status_look(summary.status)
        if cancelling and not summary.is_final:
            state, words = "cancelled", "Cancelling"
        self.title.setText(summary.title)
        if self.chip.text != words:
            self.chip.set_state(state, words)
        self.show_time(summary, now)
        self.far.setText(headline if headline and summary.status == "Success" else how_far(tally, unread))
        self.far.setToolTip(headline)
        self.bar.set_shares(tally.bar(unread))
        self._run_id = summary.run_id
        self.links.show_links(summary, now)
        self.patch_again.setEnabled(summary.is_final and tally.nodes > 0)
        self.cancel.setVisible(not summary.is_final)
        self.cancel.setEnabled(not cancelling)
        self.cancel.setText("Cancelling…" if cancelling else "Cancel…")

    def show_archived(self, *, is_archived: bool) -> None:
        """Say whether the run is read from the archive."""
        self.archived.setVisible(is_archived)
        if is_archived:
            # What is read from the archive has ended, or is cancelled where it runs.
            self.cancel.hide()

    def show_left(self, words: str, note: str) -> None:
        """Show from the next tick on how much longer the run goes on; empty where nobody knows."""
        self._left = words
        self.about.set_note(note)

    def show_retry(self, nodes: int) -> None:
        """Offer to patch so many nodes again; 0: there are none, or not yet."""
        self.retry.setVisible(nodes > 0)
        words = f"Retry {counted(nodes, 'node')}…"
        if words != self.retry.text():
            self.retry.setText(words)
            # Qt takes the shortcut away with the words.
            self.retry.setShortcut(QKeySequence(_RETRY_KEYS))

    def show_time(self, summary: RunSummary, now: datetime) -> None:
        """Show how long the run takes, as of ``now``."""
        words = about(summary, now, self._left)
        if words != self.about.text:
            self.about.set_text(words)

    def refresh_icons(self) -> None:
        """Draw the icons in the colours of now."""
        self.back.setIcon(icon("back"))
        self.more.setIcon(icon("menu"))

    def _on_copy_id(self) -> None:
        QGuiApplication.clipboard().setText(self._run_id)
