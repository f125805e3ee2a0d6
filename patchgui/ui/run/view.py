"""One run on the screen. Shows what its presenter holds and passes on what the operator does."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QPushButton, QStackedLayout, QVBoxLayout, QWidget
from typing_extensions import override

from patchgui.console.connection import Connection
from patchgui.console.events import WatchTrouble
from patchgui.console.rows import RunSummary
from patchgui.patching.phases import Phase
from patchgui.patching.progress import PhaseState
from patchgui.ssm.errors import PatchError
from patchgui.ui.icons import icon
from patchgui.ui.run.cancel_box import CancelBox
from patchgui.ui.run.cancelling import consequence
from patchgui.ui.run.drawer import SideBySide
from patchgui.ui.run.header import RunHeader
from patchgui.ui.run.matrix_card import MatrixCard
from patchgui.ui.run.matrix_filter import phase_token
from patchgui.ui.run.node_pane import NodePane
from patchgui.ui.run.pipeline_strip import PipelineStrip
from patchgui.ui.run.presenter import NodeShown, RunPresenter
from patchgui.ui.run.spans import clock_text, utc_now
from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.empty import EmptyState
from patchgui.ui.widgets.key import key_within
from patchgui.ui.widgets.skeleton import Skeleton

_TICK_MS = 1000
_FAILURES_MS = 150
"""Groups of failures are drawn anew no more often: each is text that has to be laid out."""
_LOADING, _RUN, _FAILED = range(3)
_SHARED = "Systems Manager grants only so many calls a second, and a list of nodes that is being read shares them."
_GOES_ON = "The run itself goes on; what you see may be old."


class RunView(QWidget):
    """Header, pipeline, matrix and node pane of the run that ``presenter`` follows."""

    export_wanted = Signal(str)
    """The id of the run to export."""
    back_wanted = Signal()
    """The operator wants the list of runs."""
    run_wanted = Signal(str)
    """The id of another run to show: one that this run is linked to, or that was started from here."""
    connection_wanted = Signal(object)
    """The ``Connection`` to open first."""

    def __init__(self, presenter: RunPresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self._trouble: WatchTrouble | None = None
        self._wanted_connection: Connection | None = None
        self.header = RunHeader()
        self.banner = Banner()
        self.banner.hide()
        self.strip = PipelineStrip()
        self.matrix = MatrixCard(presenter.model, presenter.flow, presenter.tags)
        self.pane = NodePane(presenter.model.reboots)
        self.sides = SideBySide(self.matrix, self.pane)
        self.failure = EmptyState()
        self._backs: list[QPushButton] = []
        self._lay_out()
        self._connect()
        self._folding = QTimer(self)
        self._folding.setSingleShot(True)
        self._folding.setInterval(_FAILURES_MS)
        self._folding.timeout.connect(self._show_failures)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        self._tick.start()

    def _lay_out(self) -> None:
        run = QWidget()
        column = QVBoxLayout(run)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for part in (self.header, self.banner, self.strip):
            column.addWidget(part)
        column.addWidget(self.sides, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._with_way_back(Skeleton(rows=12, what="Loading the run", why=_SHARED)))
        self._stack.addWidget(run)
        self._stack.addWidget(self._with_way_back(self.failure))

    def _with_way_back(self, page: QWidget) -> QWidget:
        back = QPushButton("Runs")
        back.setProperty("kind", "bare")
        back.setIcon(icon("back"))
        back.setAccessibleName("Back to the runs")
        back.setToolTip("Back to the runs (Alt+Left)")
        back.clicked.connect(self.back_wanted)
        self._backs.append(back)
        ground = QWidget()
        column = QVBoxLayout(ground)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(back, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(page, 1)
        return ground

    def _connect(self) -> None:
        presenter = self._presenter
        presenter.opened.connect(self._on_opened)
        presenter.moved.connect(self._on_moved)
        presenter.node_shown.connect(self._on_node_shown)
        presenter.output.changed.connect(self.pane.show_output)
        presenter.estimator.changed.connect(self._on_estimated)
        presenter.trouble_changed.connect(self._on_trouble)
        presenter.failed.connect(self._on_failed)
        presenter.cancel_failed.connect(self._on_cancel_failed)
        self.header.back_pressed.connect(self.back_wanted)
        self.header.cancel_pressed.connect(self._on_cancel)
        self.strip.count_picked.connect(self._on_count_picked)
        self.matrix.filter_changed.connect(self.strip.mark)
        self.matrix.node_chosen.connect(presenter.pick_node)
        self.matrix.pane_wanted.connect(self.sides.open_drawer)
        self.pane.step_picked.connect(presenter.pick_step)
        self.pane.close_pressed.connect(self.sides.close_drawer)
        self.pane.output.save_failed.connect(self._on_save_failed)
        self.sides.narrowed.connect(self._on_narrowed)
        self.sides.closed.connect(self.matrix.focus_rows)
        self._connect_failures()
        self._connect_before_after()
        self.banner.acted.connect(self._on_banner_acted)
        self.failure.acted.connect(self._on_retry)
        for keys, slot in (("Alt+Left", self.back_wanted), ("Ctrl+F", self._on_find), ("Ctrl+E", self._on_export)):
            key_within(self, keys, slot)

    def _connect_failures(self) -> None:
        presenter, failures, again = self._presenter, self.matrix.failures, self._presenter.again
        presenter.failure_feed.told.connect(self._fold_failures)
        self.matrix.tabs.currentChanged.connect(self._show_failures)
        failures.seen_changed.connect(self._on_failures_seen)
        failures.node_chosen.connect(self._on_failed_node)
        failures.retry_wanted.connect(presenter.retry)
        self.header.retry_pressed.connect(presenter.retry)
        self.header.export_pressed.connect(self._on_export)
        self.header.again_pressed.connect(presenter.patch_again)
        self.header.run_wanted.connect(self.run_wanted)
        again.begun.connect(self._on_again)
        again.not_open.connect(self._on_not_open)
        again.launched.connect(self.run_wanted)

    def _connect_before_after(self) -> None:
        feed, page = self._presenter.before_after, self.matrix.before_after
        feed.told.connect(page.show_found)
        feed.failed.connect(page.show_trouble)
        page.seen_changed.connect(self._on_patches_seen)
        page.try_again.connect(self._on_patches_wanted)

    def _on_patches_seen(self, is_seen: bool) -> None:
        self._presenter.before_after.set_seen(seen=is_seen)

    def _on_patches_wanted(self) -> None:
        self._presenter.before_after.set_seen(seen=True)

    def show_loading(self) -> None:
        """Show that a run is being fetched, until its presenter has it."""
        self.banner.hide()
        self._stack.setCurrentIndex(_LOADING)

    # -- what the presenter tells -------------------------------------------------------------------------------------

    def _on_opened(self) -> None:
        self.banner.hide()
        self._stack.setCurrentIndex(_RUN)
        phases = [spec.phase for spec in self._presenter.pipeline.phases]
        self.header.show_left("", "")
        self.strip.set_phases(phases)
        self.matrix.open(phases)
        has_patches = self._presenter.before_after.is_there and bool(self._presenter.pipeline.operation)
        self.matrix.offer_patches(offered=has_patches)
        self.sides.close_drawer()
        self.matrix.focus_rows()

    def _on_moved(self) -> None:
        summary, tally = self._presenter.summary, self._presenter.tally
        if summary is None:
            return
        self.header.show_run(
            summary,
            tally,
            cancelling=self._presenter.is_cancelling,
            now=utc_now(),
            headline=self._presenter.headline,
            is_reading=self._presenter.is_reading,
        )
        self.header.show_archived(is_archived=self._presenter.archived is not None)
        self.strip.set_counts([tally.of_phase(number) for number in range(len(self._presenter.pipeline.phases))])
        self.matrix.show_span(summary.started_at, summary.ended_at if summary.is_final else None)
        failed = self._presenter.failures.node_count
        self.matrix.refresh(failed, is_live=self._presenter.is_live)
        self.header.show_retry(failed if summary.is_final and not self._presenter.is_reading else 0)
        self._fold_failures()

    def _fold_failures(self) -> None:
        if not self._folding.isActive():
            self._folding.start()

    def _show_failures(self) -> None:
        if not self.matrix.shows_failures:
            return
        presenter = self._presenter
        self.matrix.show_failures(presenter.failures.groups(), can_retry=not presenter.is_live)
        self.matrix.failures.show_unread(presenter.failures.unread_count, presenter.failure_feed.trouble)

    def _on_node_shown(self, shown: NodeShown | None) -> None:
        self.pane.show_node(shown)
        if shown is not None:
            self.matrix.mark(shown.node.instance_id, shown.phase)

    def _on_trouble(self, trouble: WatchTrouble | None) -> None:
        self._trouble = trouble
        if trouble is None:
            self.banner.hide()
            return
        if self._presenter.summary is None:
            self._on_failed_text(trouble.message, trouble.hint)
            return
        self._show_trouble()

    def _show_trouble(self) -> None:
        if self._trouble is None:
            return
        wait_s = round((self._trouble.retry_at - utc_now()).total_seconds())
        when = f"Trying again in {wait_s} s" if wait_s > 0 else "Trying again now"
        old = "What you see may be old." if "goes on" in self._trouble.hint else _GOES_ON
        hint = f"{self._trouble.hint} {old} {when}.".strip()
        self.banner.show_message("warning", self._trouble.message, hint)
        self._offer("Try now")
        self.banner.show()

    def _on_failed(self, error: PatchError) -> None:
        if self._presenter.summary is None:
            self._on_failed_text(str(error), error.hint)
            return
        seen = clock_text(utc_now(), utc_now())
        self.banner.show_message("error", str(error), f"{error.hint} Shown as it stood at {seen}.".strip())
        self._offer("Try again")
        self.banner.show()

    def _on_failed_text(self, message: str, hint: str) -> None:
        self.failure.set_message(message, hint, "Try again")
        self._stack.setCurrentIndex(_FAILED)

    def _on_cancel_failed(self, error: PatchError) -> None:
        self.banner.show_message("error", f"The run was not cancelled: {error}", f"{error.hint} It goes on.".strip())
        self._offer("")
        self.banner.show()

    def _on_save_failed(self, message: str) -> None:
        self.banner.show_message("error", message)
        self._offer("")
        self.banner.show()

    # -- what the operator does ---------------------------------------------------------------------------------------

    def _on_cancel(self) -> None:
        summary = self._presenter.summary
        if summary is not None:
            words = consequence(self._presenter.tally, self._presenter.pipeline, summary.reboot_at)
            box = CancelBox(summary.title, words, self)
            box.confirmed.connect(self._presenter.cancel)
            box.open()

    def _on_failures_seen(self, is_seen: bool) -> None:
        self._presenter.failure_feed.set_seen(seen=is_seen)

    def _on_failed_node(self, instance_id: str) -> None:
        self._presenter.pick_node(instance_id)
        self.sides.open_drawer()

    def _on_export(self) -> None:
        self.export_wanted.emit(self._presenter.run_id)

    def _on_again(self) -> None:
        from patchgui.ui.run.again.sheet import AgainSheet

        AgainSheet(self._presenter.again, self).open()

    def _on_not_open(self, run: RunSummary) -> None:
        where = run.connection.label if run.connection is not None else "The connection of this run"
        hint = "Open it, then try again: a run is sent where it was sent the first time."
        self.banner.show_message("warning", f"{where} is not open.", hint)
        self._offer(f"Open {where}" if run.connection is not None else "", run.connection)
        self.banner.show()

    def _offer(self, action: str, connection: Connection | None = None) -> None:
        """Offer a way on in the banner: to open ``connection``, else to look at the run again."""
        self._wanted_connection = connection
        self.banner.set_action(action)

    def _on_banner_acted(self) -> None:
        wanted, self._wanted_connection = self._wanted_connection, None
        if wanted is not None:
            self.banner.hide()
            self.connection_wanted.emit(wanted)
        else:
            self._on_retry()

    def _on_retry(self) -> None:
        if self._presenter.summary is None:
            self.show_loading()
        self._presenter.watch_again()

    def _on_estimated(self) -> None:
        self.header.show_left(self._presenter.estimator.words, self._presenter.estimator.note)
        self._on_tick()

    def _show_away(self) -> None:
        """Count the nodes that are away by how long they are."""
        model = self._presenter.model
        self.strip.set_away(*model.reboots.count(model.rebooting(), utc_now()))

    def _on_count_picked(self, phase: Phase, state: PhaseState) -> None:
        self.matrix.filter_by(phase_token(phase, state))

    def _on_find(self) -> None:
        if self.pane.output.isAncestorOf(QApplication.focusWidget() or self):
            self.pane.output.finder.open_bar()
        elif self.matrix.box.isVisible():
            self.matrix.box.setFocus()
            self.matrix.box.selectAll()

    def _on_narrowed(self, is_narrow: bool) -> None:
        self.pane.set_closable(closable=is_narrow)
        self.matrix.details.setVisible(is_narrow)

    def _on_tick(self) -> None:
        if self.isVisible() and self._presenter.is_live and self._presenter.summary is not None:
            self.header.show_time(self._presenter.summary, utc_now())
            self.matrix.show_span(self._presenter.summary.started_at, None)
            self._show_away()
            self._show_trouble()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._presenter.set_seen(seen=True)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._presenter.set_seen(seen=False)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.sides.is_open:
            self.sides.close_drawer()
        else:
            self.back_wanted.emit()

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "header"):
            self.header.refresh_icons()
            for back in self._backs:
                back.setIcon(icon("back"))
        super().changeEvent(event)
