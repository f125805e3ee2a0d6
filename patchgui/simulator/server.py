"""A fleet that is served: its parts put together behind one address on loopback."""

import asyncio
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from patchgui.agent.api import associations, documents, patches, tags, windows, windows_executions, windows_parts
from patchgui.agent.api.app import SSM_PREFIX, Api, application
from patchgui.agent.api.operation import Operation
from patchgui.agent.api.signature import KeyPair, SignatureCheck
from patchgui.agent.associations import schema as associations_schema
from patchgui.agent.associations.service import AssociationService
from patchgui.agent.clock import utc_now
from patchgui.agent.sandbox.definition import demo_documents
from patchgui.agent.server import HOST, ApiServer, listen
from patchgui.agent.store import schema
from patchgui.agent.store.database import Database
from patchgui.agent.windows import schema as windows_schema
from patchgui.agent.windows.demo import seed
from patchgui.agent.windows.service import WindowService
from patchgui.simulator.api import commands, control, groups, instances, nodes, window_tasks
from patchgui.simulator.api import patches as fleet_patches
from patchgui.simulator.clock import FleetClock
from patchgui.simulator.door import CONTROL_PREFIX, BreakableProtocol, FaultyDoor
from patchgui.simulator.faults import FaultBook, FaultKind
from patchgui.simulator.fleet import Fleet
from patchgui.simulator.limits import CallLimits
from patchgui.simulator.parts import FleetParts, HybridNodes
from patchgui.simulator.selections import Selections
from patchgui.simulator.sending import CommandSender
from patchgui.simulator.settings import FleetSettings
from patchgui.simulator.shelf import FleetDocuments, FleetNodes, FleetTags

_ANY_CALL = ""
_WINDOW_GROUP = "web-prod"
"""The patch group of the window that every fleet has to begin with."""


def operations() -> dict[str, Operation[FleetParts]]:
    """Return every call of the JSON protocol that the simulator serves, by its full ``X-Amz-Target``."""
    tables: tuple[Mapping[str, Operation[FleetParts]], ...] = (
        *(commands.OPERATIONS, nodes.OPERATIONS, fleet_patches.OPERATIONS),
        *(documents.OPERATIONS, tags.OPERATIONS, patches.BASELINE_OPERATIONS, associations.OPERATIONS),
        *(windows.OPERATIONS, windows_executions.OPERATIONS, windows_parts.OPERATIONS, window_tasks.OPERATIONS),
    )
    return {f"{SSM_PREFIX}{name}": each for table in tables for name, each in table.items()}


def _controls() -> dict[str, Operation[FleetParts]]:
    return {f"{CONTROL_PREFIX}{name}": each for name, each in control.OPERATIONS.items()}


class FleetServer:
    """A fleet behind an address, for as long as the context lasts; lives on the loop that entered it.

    ``parts`` may be used between requests by whoever shares that loop: to step the clock, to add faults.
    """

    def __init__(
        self, settings: FleetSettings, keys: KeyPair, *, clock: FleetClock | None = None, port: int = 0
    ) -> None:
        self.keys = keys
        self._settings = settings
        self._clock = clock or FleetClock()
        self._port = port
        self._open = ExitStack()

    async def __aenter__(self) -> Self:
        """Begin to serve.

        Raises:
            PortInUse: something else listens on the port.
        """
        listener = listen(self._port)
        self.endpoint_url = f"http://{HOST}:{listener.getsockname()[1]}"
        folder = self._open.enter_context(tempfile.TemporaryDirectory(prefix="patchgui-fleet-"))
        database = Database(
            Path(folder) / "shelf.db",
            {
                "agent": schema.MIGRATIONS,
                "associations": associations_schema.MIGRATIONS,
                "windows": windows_schema.MIGRATIONS,
            },
        )
        self._open.callback(database.close)
        self.parts = self._parts(database)
        signatures = SignatureCheck(self.keys, self._settings.region, self._signature_clock)
        api = Api(self.parts, signatures, self.keys.access_key, operations(), instances.QUERIES, groups.CALLS)
        # A clock that is off on demand must not keep out the call that puts it right.
        true_clock = SignatureCheck(self.keys, self._settings.region, utc_now)
        controls = Api(self.parts, true_clock, self.keys.access_key, _controls())
        limits = CallLimits(self._callers_clock) if self._settings.is_limited else None
        self._server = ApiServer(
            FaultyDoor(application(api), application(controls), self.parts, limits), BreakableProtocol
        )
        self._serving = asyncio.create_task(self._server.serve([listener]), name="fleet")
        await self._server.has_started.wait()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()
        await self._serving
        self._open.close()

    def _parts(self, database: Database) -> FleetParts:
        settings, fleet = self._settings, Fleet(self._settings, self._clock)
        fleet_tags = FleetTags(database, fleet.population)
        shelf = FleetDocuments(database, fleet_tags, self._now, settings.account_id)
        shelf.seed(demo_documents())
        sender = CommandSender(settings, fleet, shelf, fleet_tags)
        fleet_nodes = FleetNodes(fleet.population, fleet_tags)
        windows = WindowService(database, fleet_tags, fleet_nodes, sender, self._now)
        seed(windows.registry, _WINDOW_GROUP)
        return FleetParts(
            settings=settings,
            fleet=fleet,
            documents=shelf,
            tags=fleet_tags,
            nodes=HybridNodes(fleet.population),
            selections=Selections(fleet, fleet_tags),
            faults=FaultBook(self._clock.now),
            commands=sender,
            associations=AssociationService(database, shelf, fleet.population, sender, self._now),
            windows=windows,
        )

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.shown(self._clock.now()), UTC)

    def _callers_clock(self) -> float:
        """Return seconds as callers count them: by a stepped clock, they are stepped with it."""
        return self._clock.now() if self._clock.is_stepped else time.monotonic()

    def _signature_clock(self) -> datetime:
        """Return the moment that signatures are checked by: the callers', whatever the fleet's clock says."""
        skew = self.parts.faults.strikes(FaultKind.SKEW, _ANY_CALL)
        return utc_now() + timedelta(seconds=skew.amount if skew else 0.0)
