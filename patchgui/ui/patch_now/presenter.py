"""Runs the Patch now page: loads nodes and documents, foretells, asks, launches. Touches no widget."""

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from patchgui.patching.node_query import NodeQuery, parse_query
from patchgui.ssm.errors import AccessDenied, PatchError
from patchgui.ui.document_options import options_of
from patchgui.ui.errors import Trouble, trouble_of
from patchgui.ui.patch_now.choice import SCAN, Choice
from patchgui.ui.patch_now.node_model import NodeTableModel
from patchgui.ui.patch_now.node_reader import renew_nodes, stream_nodes
from patchgui.ui.patch_now.plan_of import plan_of
from patchgui.ui.patch_now.service import PatchService
from patchgui.ui.patch_now.states import ForecastState, Loading, NodesState
from patchgui.ui.patch_now.target import ChosenTarget, TargetState
from patchgui.ui.preview import PreviewReader
from patchgui.ui.task_scope import Again, TaskScope

if TYPE_CHECKING:
    from patchgui.console.reboots import PendingReboot


_FORECAST_PAUSE_S = 0.15
_PUT_OFF_ACTION = "ssm:CreateAssociation"
GAVE_UP = Trouble(
    "Whether the run was started is not known yet.",
    "It is not sent again. If it was started, Runs shows it once the service tells of it: look there first.",
)
"""What is told of a run whose start had no answer, once waiting for one was given up."""


class PatchNowPresenter(QObject):
    """Owns the node model and what is chosen; one scope for all its work."""

    nodes_changed = Signal(object)
    """A :class:`NodesState`."""
    query_changed = Signal(object)
    """The ``NodeQuery`` as it was understood."""
    documents_changed = Signal(object)
    """A tuple of ``DocumentOption``, or the ``Trouble`` that kept them away."""
    preview_changed = Signal(object)
    """A :class:`Preview`, or None."""
    forecast_changed = Signal(object)
    """A :class:`ForecastState`."""
    target_changed = Signal(object)
    """A :class:`TargetState`, or None where nodes are picked by hand."""
    groups_changed = Signal(object)
    """A tuple of names of resource groups, or the ``Trouble`` that kept them away."""
    reboots_changed = Signal(object)
    """A tuple of ``PendingReboot``: those that were put off and have not happened yet."""
    reboot_failed = Signal(object)
    """The ``Trouble`` that kept a reboot from being taken back."""
    launching_changed = Signal(bool)
    """Whether a run is being started now."""
    launch_told = Signal(str)
    """What starting a run waits for, where it takes long; :meth:`stop_launching` gives up waiting."""
    launch_asked = Signal(object)
    """The :class:`Consequences` to put before the user; go on with :meth:`launch`."""
    launch_failed = Signal(object)
    """The ``Trouble`` that kept a run from starting."""
    launched_in_part = Signal(object)
    """The ``Trouble`` that kept some commands of a run from starting; the others go on."""
    run_launched = Signal(str)
    """The id of the run that has begun."""

    def __init__(self, scope: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scope = scope
        self._service: PatchService | None = None
        self.model = NodeTableModel(self)
        self.choice = Choice()
        self.nodes_state = NodesState(Loading.WAITING)
        self.forecast_state = ForecastState()
        self._previews = PreviewReader(scope, self)
        self._previews.changed.connect(self.preview_changed)
        self._launch: tuple[tuple[str, ...], Choice, ChosenTarget | None] | None = None
        self._launching = False
        self._gave_up = False
        self._denied = ""
        self._target: TargetState | None = None
        self._target_ids: frozenset[str] = frozenset()
        self.model.picks_changed.connect(self._on_picks_changed)

    # -- nodes and documents -------------------------------------------------------------------------------------------

    def attach(self, service: PatchService) -> None:
        """Work with this connection from now on, and read what it has."""
        self._service = service
        self.reload()
        self._on_wish_changed()

    def reload(self) -> None:
        """Read nodes and documents again; rows on screen stay until the new ones are here."""
        if self._service is None:
            return
        if self._denied:
            # Somebody may have granted it meanwhile.
            self._denied = ""
            self._on_wish_changed()
        self._scope.start("nodes", self._read_nodes)
        self._scope.start("documents", self._read_documents)
        self._scope.start("reboots", self._read_reboots)
        if self._target is not None:
            self.set_target(self._target.target)

    @property
    def is_due(self) -> bool:
        """Whether the nodes may be read again without being asked to."""
        return self.nodes_state.is_due(self.model.total, datetime.now(UTC))

    def refresh(self) -> None:
        """Read the nodes again quietly, and ask again what will happen: the page is looked at after a while."""
        if self._service is not None and self.nodes_state.loading is Loading.DONE:
            self._scope.start("nodes", self._read_nodes)
            self._scope.start("reboots", self._read_reboots)

    def set_query(self, text: str) -> None:
        """Filter the nodes."""
        query: NodeQuery = parse_query(text)
        self.model.set_query(query)
        self.query_changed.emit(query)

    async def _read_nodes(self) -> None:
        assert self._service is not None
        first = not self.model.total
        self._set_nodes(self.nodes_state._replace(loading=Loading.FIRST if first else Loading.DONE, trouble=None))
        before = self._picked_facts()
        try:
            if first:
                await stream_nodes(self.model, self._service, lambda loading: self._set_nodes(NodesState(loading)))
            else:
                await renew_nodes(self.model, self._service)
        except PatchError as error:
            self._set_nodes(NodesState(Loading.FAILED, trouble_of(error), self.nodes_state.read_at))
            return
        self._set_nodes(NodesState(Loading.DONE, None, datetime.now(UTC), self._service.lacks()))
        # What was picked while pages streamed in was foretold from what was known then.
        if self.model.picked_count and (first or before != self._picked_facts()):
            self._on_wish_changed()

    def _picked_facts(self) -> list[tuple[object, ...]]:
        """Return what a forecast depends on, of the picked nodes."""
        return [
            (row.instance_id, row.ping, row.missing_count, row.pending_reboot, row.last_scan_at)
            for row in self.model.picked_rows()
        ]

    async def _read_documents(self) -> None:
        assert self._service is not None
        try:
            found = await self._service.documents()
        except PatchError as error:
            self.documents_changed.emit(trouble_of(error))
            return
        self.documents_changed.emit(options_of(found))

    # -- targets -------------------------------------------------------------------------------------------------------

    def read_groups(self) -> None:
        """Read the names of resource groups, to choose one as a target."""
        if self._service is not None:
            self._scope.start("groups", self._read_groups)

    async def _read_groups(self) -> None:
        assert self._service is not None
        try:
            self.groups_changed.emit(await self._service.resource_groups())
        except PatchError as error:
            self.groups_changed.emit(trouble_of(error))

    def set_target(self, target: ChosenTarget | None) -> None:
        """Choose nodes by a target, show those of now and pick them; None lets go of it and leaves them picked."""
        self._scope.cancel("target")
        self._set_target(TargetState(target) if target is not None else None)
        if target is None:
            self.model.show_only(None)
            self._on_wish_changed()
        else:
            self._scope.start("target", partial(self._resolve, target), Again.REPLACE)

    async def _resolve(self, target: ChosenTarget) -> None:
        assert self._service is not None
        try:
            ids = await self._service.resolve(target.targets)
        except PatchError as error:
            self._set_target(TargetState(target, trouble=trouble_of(error)))
            return
        self._target_ids = frozenset(ids) & frozenset(row.instance_id for row in self.model.rows)
        self._set_target(TargetState(target, len(ids)))
        self.model.show_only(self._target_ids)
        self.model.pick_ids(self._target_ids)
        self._on_wish_changed()

    def _set_target(self, state: TargetState | None) -> None:
        self._target = state
        self.target_changed.emit(state)

    @property
    def target(self) -> ChosenTarget | None:
        """The target that is chosen and whose nodes are known; None where nodes are picked by hand."""
        state = self._target
        return state.target if state is not None and state.node_count else None

    def _on_picks_changed(self) -> None:
        if self.target is not None and frozenset(self.model.picked_ids) != self._target_ids:
            # Picking by hand means exactly these nodes.
            self.set_target(None)
        else:
            self._on_wish_changed()

    # -- reboots that were put off -------------------------------------------------------------------------------------

    async def _read_reboots(self) -> None:
        assert self._service is not None
        try:
            found = await self._service.pending_reboots()
        except PatchError:
            # The nodes tell that the endpoint does not answer.
            return
        self.reboots_changed.emit(found)

    def take_back(self, reboot: "PendingReboot") -> None:
        """Take a reboot back that has not happened yet."""
        self._scope.start("take back", partial(self._take_back, reboot))

    async def _take_back(self, reboot: "PendingReboot") -> None:
        assert self._service is not None
        try:
            await self._service.remove_reboot(reboot)
        except PatchError as error:
            self.reboot_failed.emit(trouble_of(error))
        await self._read_reboots()

    def _set_nodes(self, state: NodesState) -> None:
        self.nodes_state = state
        self.nodes_changed.emit(state)

    # -- what will happen ----------------------------------------------------------------------------------------------

    def set_choice(self, choice: Choice) -> None:
        """Take what the middle column says now."""
        if choice != self.choice:
            self.choice = choice
            self._on_wish_changed()

    def preview(self, name: str) -> None:
        """Show a document's text; an empty name shows none."""
        self._previews.show(name, self._service)

    def _on_wish_changed(self) -> None:
        problems = (*self._denial(), *self.choice.problems)
        if not self.model.picked_count or self._service is None or problems:
            self._scope.cancel("forecast")
            self._set_forecast(ForecastState(problems=problems))
            return
        self._set_forecast(self.forecast_state._replace(is_stale=True, trouble=None, problems=()))
        self._scope.start("forecast", self._foretell, Again.REPLACE)

    def _denial(self) -> tuple[str, ...]:
        """Return why nothing can be started here: what was tried was not permitted."""
        if self._denied == _PUT_OFF_ACTION and not self.choice.puts_reboot_off:
            return ()
        if self._denied == _PUT_OFF_ACTION:
            # It is the first call of all, so nothing was sent.
            return (
                f"Nothing was started: this profile lacks {self._denied}, so no reboot can be put off.",
                "Choose another reboot, or ask for the permission and read again with F5.",
            )
        if not self._denied:
            return ()
        return (f"This profile lacks {self._denied}. Ask for it, then read again with F5.",)

    async def _foretell(self) -> None:
        assert self._service is not None
        import asyncio

        await asyncio.sleep(_FORECAST_PAUSE_S)
        try:
            forecast = await self._service.forecast(plan_of(self.model.picked_ids, self.choice, self.target))
        except PatchError as error:
            self._set_forecast(ForecastState(trouble=trouble_of(error)))
            return
        self._set_forecast(ForecastState(forecast))

    def foretell_again(self) -> None:
        """Ask again what will happen, after it failed."""
        self._on_wish_changed()

    def _set_forecast(self, state: ForecastState) -> None:
        self.forecast_state = state
        self.forecast_changed.emit(state)

    # -- launching -----------------------------------------------------------------------------------------------------

    @property
    def is_launching(self) -> bool:
        """Whether a run is being started now."""
        return self._launching

    @property
    def can_launch(self) -> bool:
        """Whether *Patch now* may be pressed: nodes are picked, nothing is sure to fail or being started."""
        state = self.forecast_state
        known = state.forecast is not None and not state.is_stale and not state.forecast.blocked
        return known and bool(self.model.picked_count) and not self._launching

    def ask_launch(self) -> None:
        """Say what the run will touch; a scan touches nothing and starts at once."""
        if not self.can_launch:
            return
        from patchgui.ui.patch_now.consequences import consequences_of

        self._launch = (self.model.picked_ids, self.choice, self.target)
        question = consequences_of(self.model.picked_rows(), self.choice)
        if question is None:
            self.launch()
        else:
            self.launch_asked.emit(question)

    def launch(self) -> None:
        """Start exactly what was asked about, once."""
        if self._launch is not None:
            self._start(self._launch_run)

    def scan_again(self) -> None:
        """Scan the picked nodes, or every node that answers when none is picked."""
        rows = self.model.picked_rows() or [row for row in self.model.rows if row.is_online]
        if rows and self._service is not None:
            self._launch = (tuple(row.instance_id for row in rows), Choice(operation=SCAN), None)
            self._start(self._launch_run)

    def _start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._gave_up = False
        if self._scope.start("launch", work):
            self._set_launching(launching=True)

    def _set_launching(self, *, launching: bool) -> None:
        self._launching = launching
        self.launching_changed.emit(launching)

    def stop_launching(self) -> None:
        """Wait no longer for what became of a run whose start had no answer; nothing is sent any more."""
        self._gave_up = True
        self._scope.cancel("launch")

    async def _launch_run(self) -> None:
        assert self._service is not None
        assert self._launch is not None
        ids, choice, target = self._launch
        trouble: Trouble | None = None
        record = None
        try:
            record = await self._service.launch(plan_of(ids, choice, target), self.launch_told.emit)
        except PatchError as error:
            trouble = trouble_of(error)
            self._denied = error.action if isinstance(error, AccessDenied) else ""
        finally:
            self._launch = None
            self._set_launching(launching=False)
            if self._gave_up:
                self.launch_failed.emit(GAVE_UP)
        if trouble is not None and self._denied:
            self._on_wish_changed()
        elif trouble is not None:
            self.launch_failed.emit(trouble)
        if record is not None:
            self._scope.start("reboots", self._read_reboots)
            self.run_launched.emit(record.run_id)
            if record.trouble:
                self.launched_in_part.emit(Trouble(record.trouble))
