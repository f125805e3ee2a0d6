"""One connection at work: nodes, documents, launching, watching. Coroutines only; knows nothing of Qt."""

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

from patchgui.console.connection import Connection
from patchgui.console.events import RunEvent
from patchgui.console.rows import DocumentDetail, NodeRow, RunRecord, RunSummary, StepOutput
from patchgui.patching.forecast import Forecast
from patchgui.patching.plan import PatchPlan

if TYPE_CHECKING:
    from patchgui.console.store import RunStore
    from patchgui.ssm.client import SsmClient
    from patchgui.ssm.shapes import DocumentIdentifier


class ConsoleSession:
    """Everything the console can do on one connection.

    Every coroutine raises ``PatchError`` (``str()`` fit for an operator, ``hint``) and nothing else that is expected.
    The client and the store belong to the caller, who closes them.
    """

    def __init__(self, connection: Connection, client: "SsmClient", store: "RunStore") -> None:
        self.connection = connection
        self._client = client
        self._store = store

    async def nodes(self) -> AsyncIterator[tuple[NodeRow, ...]]:
        """Yield the managed nodes page by page, each row with its tags and patch counts."""
        for page in ():
            yield page

    async def documents(self) -> "tuple[DocumentIdentifier, ...]":
        """Return all Command documents that may be hooks: own, shared and Amazon's."""
        return ()

    async def document(self, name: str, version: str | None = None) -> DocumentDetail:
        """Return one document; ``name`` may pin a version as ``Name:3``. Raises NotFound."""
        return DocumentDetail(name, version or "", "", {})

    async def forecast(self, plan: PatchPlan) -> Forecast:
        """Return what the plan will do: checks nodes and hooks against the endpoint, changes nothing."""
        return Forecast((), plan.node_count)

    async def launch(self, plan: PatchPlan) -> RunRecord:
        """Start the run, once: recorded before sending, looked up before anything is sent again."""
        raise RuntimeError(plan)

    async def runs(self) -> tuple[RunSummary, ...]:
        """Return the runs, newest first: what the endpoint knows, joined with this console's own record."""
        return ()

    async def watch(self, run_id: str, emit: Callable[[RunEvent], None]) -> None:
        """Tell everything about a run until it has ended.

        Cancelling the task only detaches: nodes are left alone, and a later call picks up again.
        """

    async def cancel(self, run_id: str) -> None:
        """Ask SSM to cancel every command of the run; what runs on a node may go on there for a moment."""

    async def output(self, run_id: str, instance_id: str, step: str) -> StepOutput:
        """Return what a step wrote on a node so far."""
        return StepOutput()

    async def identity(self) -> str:
        """Return who is signed in, as an ARN."""
        return ""

    async def reset_sandbox(self) -> None:
        """Bring the sandbox nodes back to their unpatched state (the embedded agent only)."""

    async def agent_status(self) -> dict[str, Any]:
        """Return what the embedded agent says of itself (idle, nodes, version); empty on AWS."""
        return {}
