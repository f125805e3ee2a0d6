"""The gate: pages wait for a session, failures are tried again, an agent that went away is found again."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import qasync

from patchgui.console.connection import Connection, ConnectionKind
from patchgui.ssm.errors import AgentError, Unreachable
from patchgui.ui.session_gate import SessionGate
from patchgui.ui.task_scope import TaskScope

Until = Callable[[Callable[[], bool]], None]


class FakeSession:
    def __init__(self, kind: ConnectionKind = ConnectionKind.SANDBOX) -> None:
        self.connection = Connection("x", "X", kind, "local")
        self.fails = False

    async def nodes(self) -> AsyncIterator[tuple[()]]:
        if self.fails:
            raise Unreachable("gone")
        yield ()

    async def runs(self) -> tuple[()]:
        if self.fails:
            raise Unreachable("gone")
        return ()


class Maker:
    """Connects as it is told, and counts."""

    def __init__(self) -> None:
        self.made: list[FakeSession] = []
        self.error: AgentError | None = None
        self.hold: asyncio.Event | None = None
        self.kind = ConnectionKind.SANDBOX

    async def __call__(self) -> Any:
        if self.hold is not None:
            await self.hold.wait()
        if self.error is not None:
            raise self.error
        self.made.append(FakeSession(self.kind))
        return self.made[-1]


@pytest.fixture
def maker() -> Maker:
    return Maker()


@pytest.fixture
def gate(qloop: qasync.QEventLoop, maker: Maker) -> Iterator[SessionGate]:
    scope = TaskScope("test", lambda name, error: pytest.fail(f"{name}: {error}"))
    yield SessionGate(maker, scope)
    qloop.run_until_complete(scope.close())


def test_many_who_ask_at_once_get_one_session(qloop: qasync.QEventLoop, gate: SessionGate, maker: Maker) -> None:
    async def ask() -> None:
        maker.hold = asyncio.Event()
        asking = asyncio.gather(gate.runs(), gate.runs(), gate.session())
        await asyncio.sleep(0)
        maker.hold.set()
        await asking

    qloop.run_until_complete(ask())
    assert len(maker.made) == 1


def test_one_who_stops_waiting_leaves_the_attempt_to_the_others(
    qloop: qasync.QEventLoop, gate: SessionGate, maker: Maker
) -> None:
    async def ask() -> None:
        maker.hold = asyncio.Event()
        first = asyncio.ensure_future(gate.session())
        second = asyncio.ensure_future(gate.session())
        await asyncio.sleep(0)
        first.cancel()
        maker.hold.set()
        await second
        assert first.cancelled()

    qloop.run_until_complete(ask())
    assert len(maker.made) == 1


def test_a_failed_connection_is_told_and_tried_again_by_the_next_question(
    qloop: qasync.QEventLoop, gate: SessionGate, maker: Maker
) -> None:
    maker.error = AgentError("bubblewrap is missing.", hint="apt install bubblewrap")
    lost: list[Any] = []
    gate.lost.connect(lost.append)

    async def ask() -> None:
        with pytest.raises(AgentError):
            await gate.runs()
        maker.error = None
        assert await gate.runs() == ()

    qloop.run_until_complete(ask())
    assert [trouble.hint for trouble in lost] == ["apt install bubblewrap"]


@pytest.mark.parametrize(("kind", "sessions"), [(ConnectionKind.SANDBOX, 2), (ConnectionKind.AWS, 1)])
def test_only_our_own_agent_is_started_again_when_it_went_away(
    qloop: qasync.QEventLoop, gate: SessionGate, maker: Maker, kind: ConnectionKind, sessions: int
) -> None:
    maker.kind = kind

    async def ask() -> None:
        await gate.runs()
        maker.made[0].fails = True
        with pytest.raises(Unreachable):
            await gate.runs()
        maker.made[0].fails = False
        await gate.runs()

    qloop.run_until_complete(ask())
    assert len(maker.made) == sessions


def test_nodes_come_through_page_by_page(qloop: qasync.QEventLoop, gate: SessionGate) -> None:
    async def ask() -> list[object]:
        return [page async for page in gate.nodes()]

    assert qloop.run_until_complete(ask()) == [()]
