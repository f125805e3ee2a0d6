"""A simulated fleet for tests and benchmarks, behind a real socket, served by a thread of its own."""

import asyncio
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar

import boto3
from botocore.config import Config
from mypy_boto3_ssm import SSMClient

from patchgui.agent.api.signature import KeyPair
from patchgui.simulator.clock import FleetClock
from patchgui.simulator.faults import Fault
from patchgui.simulator.parts import FleetParts
from patchgui.simulator.server import FleetServer
from patchgui.simulator.settings import FleetSettings
from patchgui.ssm.client import SsmClient
from patchgui.ssm.credentials import from_keys
from patchgui.ssm.endpoint import Endpoint
from patchgui.ssm.retry import RetryPolicy

KEYS = KeyPair("AKIAIOSFODNN7FLEET00", "the-fleet-has-no-secrets")
START_AT = 1_800_000_000.0
"""When a stepped clock begins."""

_Answer = TypeVar("_Answer")


def stepped_clock() -> FleetClock:
    """Return a clock that stands still until it is stepped."""
    return FleetClock(0.0, start_at=START_AT)


class Fleet:
    """A fleet served by a thread of its own; what touches its parts runs over there."""

    def __init__(self, settings: FleetSettings | None = None, clock: FleetClock | None = None) -> None:
        self.settings = settings or FleetSettings(nodes=60, lag_s=0, trouble=0, is_limited=False)
        self.clock = clock or stepped_clock()
        self._loop = asyncio.new_event_loop()
        self._is_over = asyncio.Event()
        self._is_ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fleet", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._is_ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._is_over.set)
        self._thread.join()

    @property
    def endpoint_url(self) -> str:
        """Where the fleet is served."""
        return self._server.endpoint_url

    def boto3_client(self, **config: Any) -> SSMClient:
        """Return a boto3 client of the fleet that does not repeat calls by itself unless told to."""
        return boto3.client(
            "ssm",
            region_name=self.settings.region,
            endpoint_url=self.endpoint_url,
            aws_access_key_id=KEYS.access_key,
            aws_secret_access_key=KEYS.secret_key,
            config=Config(**({"retries": {"total_max_attempts": 1}} | config)),
        )

    def client(self, retry: RetryPolicy | None = None) -> SsmClient:
        """Return our own client of the fleet."""
        keys = from_keys(KEYS.access_key, KEYS.secret_key)
        return SsmClient(Endpoint(self.settings.region, self.endpoint_url, keys), retry=retry)

    def do(self, work: Callable[[FleetParts], _Answer]) -> _Answer:
        """Return what ``work`` makes of the fleet's parts, done between two requests."""

        async def inside() -> _Answer:
            return work(self._server.parts)

        return asyncio.run_coroutine_threadsafe(inside(), self._loop).result()

    def step(self, seconds: float) -> None:
        """Let time pass."""
        self.do(lambda parts: parts.fleet.clock.advance(seconds))

    def fault(self, fault: Fault) -> None:
        """Let something go wrong."""
        self.do(lambda parts: parts.faults.add(fault))

    def calm(self) -> None:
        """Let everything go right again."""
        self.do(lambda parts: parts.faults.clear())

    def calls(self, name: str = "") -> int:
        """Return how many calls came, of one name or in all."""
        return self.do(lambda parts: parts.calls[name] if name else parts.calls.total())

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        async with FleetServer(self.settings, KEYS, clock=self.clock) as self._server:
            self._is_ready.set()
            await self._is_over.wait()
