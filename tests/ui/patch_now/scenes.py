"""Nodes, documents and a console that answers as a test tells it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from patchgui.console.events import ImportProgress
from patchgui.console.reboots import PendingReboot
from patchgui.console.rows import DocumentDetail, NodeRow, RunRecord
from patchgui.patching.fitness import Finding, Severity
from patchgui.patching.forecast import Forecast, PhaseForecast
from patchgui.patching.phases import Phase
from patchgui.patching.plan import PatchPlan
from patchgui.ssm.errors import PatchError
from patchgui.ssm.shapes import DocumentIdentifier

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def node(number: int, name: str, ping: str = "Online", missing: int | None = 5, **more: object) -> NodeRow:
    tags = {"Role": name.split("-", maxsplit=1)[0], "Environment": "Prod"}
    return NodeRow(
        f"mi-{number:017x}",
        name,
        "Linux",
        "Debian GNU/Linux",
        "12",
        ping,
        NOW,
        tags=tags,
        missing_count=missing,
        last_scan_at=None if missing is None else NOW,
        **more,  # type: ignore[arg-type]
    )


THREE = (node(1, "web-1"), node(2, "web-2"), node(3, "db-1", missing=7, security_missing=2))


@dataclass
class ScriptedConsole:
    """Answers from its fields; a field that is an error is raised."""

    pages: list[tuple[NodeRow, ...] | PatchError] = field(default_factory=lambda: [THREE])
    names: tuple[str, ...] | PatchError = ("Stop", "Update", "Start", "AWS-Noop")
    findings: tuple[Finding, ...] = (Finding(Severity.OK, "All documents fit every chosen node."),)
    forecast_error: PatchError | None = None
    launch_error: PatchError | None = None
    slow_start: str = ""
    """What a start that never gets anywhere says."""
    document_error: PatchError | None = None
    lacking: tuple[str, ...] = ()
    groups: tuple[str, ...] | PatchError = ()
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Ids of the nodes of a target, by its value."""
    reboots: list[PendingReboot] = field(default_factory=list)
    hold: asyncio.Event | None = None
    foretold: list[PatchPlan] = field(default_factory=list)
    launched: list[PatchPlan] = field(default_factory=list)

    async def nodes(self) -> AsyncIterator[tuple[NodeRow, ...]]:
        for page in self.pages:
            await self._held()
            if isinstance(page, PatchError):
                raise page
            yield page

    def lacks(self) -> tuple[str, ...]:
        return self.lacking

    async def resource_groups(self) -> tuple[str, ...]:
        if isinstance(self.groups, PatchError):
            raise self.groups
        return self.groups

    async def resolve(self, targets: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[str, ...]:
        await self._held()
        ((_, (value,)),) = targets
        return self.members[value]

    async def keep_archive(self, tell: Callable[[ImportProgress], None]) -> None:
        """Archive nothing of what a test makes up."""

    async def pending_reboots(self) -> tuple[PendingReboot, ...]:
        return tuple(self.reboots)

    async def remove_reboot(self, reboot: PendingReboot) -> None:
        self.reboots.remove(reboot)

    async def documents(self) -> tuple[DocumentIdentifier, ...]:
        if isinstance(self.names, PatchError):
            raise self.names
        return tuple(
            DocumentIdentifier(name=name, owner="Amazon" if name.startswith("AWS") else "0", platform_types=["Linux"])
            for name in self.names
        )

    async def document(self, name: str, version: str | None = None) -> DocumentDetail:
        if self.document_error is not None:
            raise self.document_error
        step = {"action": "aws:runShellScript", "name": "one", "inputs": {"runCommand": [f"echo {name}"]}}
        return DocumentDetail(name, version or "1", "text", {"mainSteps": [step]})

    async def forecast(self, plan: PatchPlan) -> Forecast:
        await self._held()
        self.foretold.append(plan)
        if self.forecast_error is not None:
            raise self.forecast_error
        phases = [PhaseForecast(Phase.SCAN, "17 patches missing")]
        phases += [PhaseForecast(phase, "1 step", name) for phase, name in plan.hooks.chosen()]
        return Forecast(tuple(phases), plan.node_count, findings=self.findings)

    async def launch(self, plan: PatchPlan, tell: Callable[[str], None]) -> RunRecord:
        await self._held()
        self.launched.append(plan)
        if self.slow_start:
            tell(self.slow_start)
            await asyncio.Event().wait()
        if self.launch_error is not None:
            raise self.launch_error
        return RunRecord("run-1", ("command-1",), NOW)

    async def _held(self) -> None:
        await asyncio.sleep(0)
        if self.hold is not None:
            await self.hold.wait()
