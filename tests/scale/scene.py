"""Our console's own parts on a simulated fleet, all on one loop and one clock: waiting costs no time.

Only time is made up. Client, launcher, watcher, record, sockets and the simulator are the real ones.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from patchgui.console.archive.recorder import Recorder
from patchgui.console.events import RunEnded, RunEvent, WatchTrouble
from patchgui.console.launcher import Launcher, settle
from patchgui.console.rows import RunRecord
from patchgui.console.store import RecordedRun, RunStore
from patchgui.console.watcher import Watcher
from patchgui.patching.plan import PatchPlan
from patchgui.simulator.parts import FleetParts
from patchgui.simulator.server import FleetServer
from patchgui.simulator.settings import FleetSettings
from patchgui.ssm.client import SsmClient
from patchgui.ssm.credentials import from_keys
from patchgui.ssm.endpoint import Endpoint
from patchgui.ssm.throttle import TokenBucket
from tests.fleet import KEYS, START_AT, stepped_clock

POLL_S = 15.0
"""How often the console looks: a third of how often it does on AWS, so that the test is soon over."""

# What the client grants itself towards AWS.
_CALLS_PER_S, _BURST = 20.0, 40


class Scene:
    """A fleet and a console before it; `open_scene` makes one."""

    def __init__(self, server: FleetServer, record: Path) -> None:
        self.server = server
        self.clock = server.parts.fleet.clock
        self.troubles: Counter[str] = Counter()
        self._record = record
        self._plans: list[tuple[float, Callable[[FleetParts], None]]] = []

    @property
    def parts(self) -> FleetParts:
        """The fleet's parts."""
        return self.server.parts

    @property
    def elapsed_s(self) -> float:
        """How long the scene has lasted, by its clock."""
        return self.clock.now() - START_AT

    def now(self) -> datetime:
        """Return the moment."""
        return datetime.fromtimestamp(self.clock.now(), UTC)

    def after(self, seconds: float, happens: Callable[[FleetParts], None]) -> None:
        """Let something happen so many seconds from the beginning of the scene."""
        self._plans.append((START_AT + seconds, happens))
        self._plans.sort(key=lambda plan: plan[0])

    async def moment(self, seconds: float) -> None:
        """Wait until so many seconds of the scene are over, while others let them pass."""
        come = asyncio.Event()
        self.after(seconds, lambda _: come.set())
        await come.wait()

    async def sleep(self, seconds: float) -> None:
        """Let time pass, with all that is to happen meanwhile."""
        until = self.clock.now() + seconds
        while self._plans and self._plans[0][0] <= until:
            at, happens = self._plans.pop(0)
            self.clock.advance(max(0.0, at - self.clock.now()))
            happens(self.parts)
        self.clock.advance(max(0.0, until - self.clock.now()))
        await asyncio.sleep(0)

    @asynccontextmanager
    async def console(self) -> AsyncIterator["Console"]:
        """Open a console, as a fresh process would: with the record of the one before."""
        bucket = TokenBucket(_CALLS_PER_S, _BURST, clock=self.clock.now, sleep=self.sleep)
        keys = from_keys(KEYS.access_key, KEYS.secret_key)
        endpoint = Endpoint(self.parts.settings.region, self.server.endpoint_url, keys)
        client = SsmClient(endpoint, bucket=bucket, sleep=self.sleep)
        async with RunStore(self._record) as store:
            yield Console(self, client, store)
        await client.aclose()

    def commands_by_comment(self) -> Counter[str]:
        """Return how many commands the fleet has accepted with each comment."""
        return Counter(str(command.sent.request.get("Comment")) for command in self.parts.fleet.commands())

    def waiter_calls(self, every_s: float = POLL_S) -> int:
        """Return how many calls one waiter per node would have made, each until its node had ended."""
        ends = [
            command.ended_at[position] - command.sent.requested_at
            for command in self.parts.fleet.commands()
            for position in range(len(command))
        ]
        return sum(int(end // every_s) + 1 for end in ends)


class Console:
    """One life of a console."""

    def __init__(self, scene: Scene, client: SsmClient, store: RunStore) -> None:
        self._scene = scene
        self.client = client
        self.store = store

    async def launch(self, plan: PatchPlan) -> RunRecord:
        """Start a run."""
        return await Launcher(self.client, self.store, "aws", sleep=self._scene.sleep, clock=self._scene.now).launch(
            plan
        )

    async def settled(self, run_id: str) -> RecordedRun:
        """Return a run of the record, having found out what became of it."""
        found = await self.store.run(run_id)
        assert found is not None
        return await settle(self.client, self.store, found)

    async def follow(
        self,
        run_id: str,
        emit: Callable[[RunEvent], None] = lambda _: None,
        *,
        poll_s: float = POLL_S,
        witness: Recorder | None = None,
    ) -> RunEnded:
        """Follow a run of the record to its end."""
        run = await self.settled(run_id)

        def told(event: RunEvent) -> None:
            if isinstance(event, WatchTrouble):
                self._scene.troubles[event.message] += 1
            emit(event)

        watcher = Watcher(
            self.client,
            run_id,
            [command.command_id for command in run.commands if command.command_id],
            told,
            record=run,
            poll_s=poll_s,
            sleep=self._scene.sleep,
            clock=self._scene.now,
            witness=witness,
        )
        ended = await watcher.follow()
        if witness is not None:
            witness.finish(watcher.view(), watcher.invocations)
        return ended


@asynccontextmanager
async def open_scene(settings: FleetSettings, folder: Path) -> AsyncIterator[Scene]:
    """Put a fleet up on a clock that stands still."""
    async with FleetServer(settings, KEYS, clock=stepped_clock()) as server:
        yield Scene(server, folder / "runs.db")
