"""Sends a run once more: reads its plan, foretells, asks, launches. The same way as on the Patch now page."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from patchgui.console.rows import RunSummary
from patchgui.ssm.errors import PatchError
from patchgui.ui.errors import Trouble, trouble_of
from patchgui.ui.patch_now.choice import Choice
from patchgui.ui.patch_now.plan_of import choice_of
from patchgui.ui.patch_now.presenter import GAVE_UP
from patchgui.ui.patch_now.states import ForecastState
from patchgui.ui.run.again.service import AgainService
from patchgui.ui.run.again.wish import Wish
from patchgui.ui.task_scope import Again, TaskScope

if TYPE_CHECKING:
    from patchgui.console.connection import Connection
    from patchgui.patching.plan import PatchPlan

_PREPARE, _LAUNCH = "again", "again launch"


class AgainPresenter(QObject):
    """Knows what is to be sent once more, from the wish to the new run."""

    begun = Signal(object)
    """The :class:`Wish` to show; its forecast follows."""
    not_open = Signal(object)
    """The ``RunSummary`` whose connection has to be opened first."""
    forecast_changed = Signal(object)
    """A ``ForecastState``."""
    launch_asked = Signal(object)
    """The ``Consequences`` to put before the operator; go on with :meth:`launch`."""
    launching_changed = Signal(bool)
    launch_told = Signal(str)
    """What starting the run waits for, where it takes long; :meth:`stop_launching` gives up waiting."""
    launch_failed = Signal(object)
    """The ``Trouble`` that kept the run from starting, or a part of it."""
    launched = Signal(str)
    """The id of the run that has begun."""

    def __init__(self, service: AgainService, scope: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self._scope = scope
        self.wish: Wish | None = None
        self.forecast_state = ForecastState()
        self._first: PatchPlan | None = None
        self._plan: PatchPlan | None = None
        self._is_launching = False
        self._gave_up = False

    @property
    def connection(self) -> "Connection | None":
        """The connection that it would be sent on."""
        return self._service.connection_of(self.wish.run.run_id) if self.wish is not None else None

    @property
    def choice(self) -> Choice:
        """What will be done, as the Patch now page says it."""
        return choice_of(self._plan) if self._plan is not None else Choice()

    @property
    def can_launch(self) -> bool:
        """Whether it is known what will happen, nothing is sure to fail, and it is not being started already."""
        forecast = self.forecast_state.forecast
        return forecast is not None and not forecast.blocked and not self._is_launching

    def begin_retry(self, run: RunSummary, nodes: Sequence[tuple[str, str]]) -> None:
        """Want nodes that failed, as pairs of instance id and name, to be patched again."""
        self._begin(Wish(run, tuple(nodes), is_retry=True))

    def begin_all(self, run: RunSummary, nodes: Sequence[tuple[str, str]]) -> None:
        """Want the same to be done again on the nodes of a run."""
        self._begin(Wish(run, tuple(nodes), is_retry=False))

    def foretell_again(self) -> None:
        """Ask again what will happen, after it failed."""
        self._tell(ForecastState())
        self._scope.start(_PREPARE, self._prepare, Again.REPLACE)

    def give_up(self) -> None:
        """Forget the wish; a run that is being started is started."""
        self._scope.cancel(_PREPARE)

    def _begin(self, wish: Wish) -> None:
        if not wish.nodes:
            return
        if self._service.connection_of(wish.run.run_id) is None:
            self.not_open.emit(wish.run)
            return
        self.wish, self._first, self._plan = wish, None, None
        self.begun.emit(wish)
        self.foretell_again()

    async def _prepare(self) -> None:
        assert self.wish is not None
        wish = self.wish
        try:
            self._first = await self._service.plan_of(wish.run.run_id)
            self._plan = wish.plan(self._first)
            forecast = await self._service.foretell_again(wish.run.run_id, self._plan)
        except PatchError as error:
            self._tell(ForecastState(trouble=trouble_of(error)))
            return
        self._tell(ForecastState(forecast))

    def _tell(self, state: ForecastState) -> None:
        self.forecast_state = state
        self.forecast_changed.emit(state)

    # -- launching ----------------------------------------------------------------------------------------------------

    def ask_launch(self) -> None:
        """Say what it will touch; a scan touches nothing and starts at once."""
        forecast = self.forecast_state.forecast
        if not self.can_launch or self.wish is None or forecast is None or self._plan is None or self._first is None:
            return
        wish = self.wish
        rows = self._service.rows_of(wish.run.run_id, [instance_id for instance_id, _ in wish.nodes])
        question = wish.consequences(self._first, self._plan, rows, forecast)
        if question is None:
            self.launch()
        else:
            self.launch_asked.emit(question)

    def launch(self) -> None:
        """Start exactly what was foretold, once."""
        if self._plan is not None and self._scope.start(_LAUNCH, self._launch):
            self._set_launching(launching=True)

    def stop_launching(self) -> None:
        """Wait no longer for what became of a start that had no answer; nothing is sent any more."""
        self._gave_up = True
        self._scope.cancel(_LAUNCH)

    def _set_launching(self, *, launching: bool) -> None:
        self._is_launching = launching
        self.launching_changed.emit(launching)

    async def _launch(self) -> None:
        assert self.wish is not None
        assert self._plan is not None
        run_id, plan, self._plan = self.wish.run.run_id, self._plan, None
        self._gave_up = False
        trouble: Trouble | None = None
        record = None
        try:
            record = await self._service.launch_again(run_id, plan, self.launch_told.emit)
        except PatchError as error:
            # The same plan may be tried again: what was not sent is known.
            self._plan, trouble = plan, trouble_of(error)
        finally:
            self._set_launching(launching=False)
            if self._gave_up:
                self.launch_failed.emit(GAVE_UP)
        if record is not None:
            self.launched.emit(record.run_id)
            trouble = Trouble(record.trouble) if record.trouble else None
        if trouble is not None:
            self.launch_failed.emit(trouble)
