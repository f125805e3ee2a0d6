"""What the Patch now page asks of the console, and nothing more: a test gives it a script instead."""

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from patchgui.console.reboots import PendingReboot
    from patchgui.console.rows import DocumentDetail, NodeRow, RunRecord
    from patchgui.patching.forecast import Forecast
    from patchgui.patching.plan import PatchPlan
    from patchgui.ssm.shapes import DocumentIdentifier


class PatchService(Protocol):
    """The part of a console session that picks, foretells and launches. Each coroutine raises ``PatchError``."""

    def nodes(self) -> "AsyncIterator[tuple[NodeRow, ...]]":
        """Yield the managed nodes as they come; a row takes the place of an earlier one of the same node."""
        ...

    def lacks(self) -> tuple[str, ...]:
        """Return sentences on what is not shown because the profile may not read it."""
        ...

    async def resource_groups(self) -> tuple[str, ...]:
        """Return the names of the resource groups that may be targets."""
        ...

    async def resolve(self, targets: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[str, ...]:
        """Return the ids of the nodes that targets stand for now."""
        ...

    async def pending_reboots(self) -> "tuple[PendingReboot, ...]":
        """Return the reboots that were put off and have not happened yet, the next one first."""
        ...

    async def remove_reboot(self, reboot: "PendingReboot") -> None:
        """Take a reboot back that has not happened yet."""
        ...

    async def documents(self) -> "tuple[DocumentIdentifier, ...]":
        """Return the documents that may be hooks."""
        ...

    async def document(self, name: str, version: str | None = None) -> "DocumentDetail":
        """Return one document; the name may pin a version."""
        ...

    async def forecast(self, plan: "PatchPlan") -> "Forecast":
        """Return what the plan will do; changes nothing."""
        ...

    async def launch(self, plan: "PatchPlan", tell: "Callable[[str], None]") -> "RunRecord":
        """Start the run, once; ``tell`` takes a sentence where that takes long."""
        ...
