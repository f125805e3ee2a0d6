"""The embedded agent as the console finds it: started once, found again, and its reasons told when it cannot start."""

import asyncio
from pathlib import Path

import pytest

from patchgui.local_agent import AgentDoor, ensure_agent, read_door, stop_agent
from patchgui.ssm.errors import AgentError

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("cli")]


async def test_consoles_that_start_together_get_the_same_agent(tmp_path: Path) -> None:
    state = tmp_path / "agent"
    try:
        doors: list[AgentDoor] = await asyncio.gather(*(ensure_agent(state, idle_exit_s=60) for _ in range(3)))
        assert len({door.pid for door in doors}) == 1
        assert (await ensure_agent(state)).pid == doors[0].pid
        with pytest.raises(AgentError, match="serves sandbox, not this-machine"):
            await ensure_agent(state, "this-machine")
    finally:
        assert await stop_agent(state)
    assert read_door(state) is None
    assert not await stop_agent(state)


async def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(AgentError, match="cannot be used"):
        await ensure_agent(tmp_path / "file" / "agent")


async def test_what_the_sandbox_lacks_is_said_with_the_way_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AgentError) as raised:
        await ensure_agent(tmp_path / "agent")
    assert "bubblewrap" in str(raised.value) + raised.value.hint
    assert "apt" in raised.value.hint


async def test_a_state_file_that_cannot_be_read_is_said_and_kept(tmp_path: Path) -> None:
    state = tmp_path / "agent"
    state.mkdir()
    (state / "state.db").write_bytes(b"no database at all, but long enough to be taken for one" * 50)
    before = (state / "state.db").read_bytes()
    with pytest.raises(AgentError) as raised:
        await ensure_agent(state)
    assert "state" in str(raised.value)
    assert (state / "state.db").read_bytes() == before
