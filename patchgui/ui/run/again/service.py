"""What sending a run once more asks of the console."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from patchgui.console.connection import Connection
    from patchgui.console.rows import NodeRow, RunRecord
    from patchgui.patching.forecast import Forecast
    from patchgui.patching.plan import PatchPlan


class AgainService(Protocol):
    """Answers on the connection that a run is on. Each coroutine raises ``PatchError``."""

    def connection_of(self, run_id: str) -> "Connection | None":
        """Return the open connection that a run is on; None where it is not open."""

    def rows_of(self, run_id: str, instance_ids: Sequence[str]) -> "tuple[NodeRow, ...]":
        """Return what is known of these nodes now; nodes that have not been listed are left out."""
        ...

    async def plan_of(self, run_id: str) -> "PatchPlan":
        """Return what a run was to do."""
        ...

    async def foretell_again(self, run_id: str, plan: "PatchPlan") -> "Forecast":
        """Return what a plan will do where that run is."""
        ...

    async def launch_again(self, run_id: str, plan: "PatchPlan", tell: "Callable[[str], None]") -> "RunRecord":
        """Start a plan, once, where that run is; ``tell`` takes a sentence where that takes long."""
        ...
