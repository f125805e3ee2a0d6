"""Finds the embedded agent by its state folder, starts it when there is none, stops it when asked.

An agent that was started here is a process of its own: it outlives whoever started it while anything runs, and
ends by itself once it has been idle and alone for a while.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import platformdirs

from patchgui.console.connection import SANDBOX, THIS_MACHINE, Connection
from patchgui.ssm.errors import AgentError

if sys.platform != "win32":
    import fcntl

Nodes = Literal["sandbox", "this-machine"]

IDLE_EXIT_S = 900.0
"""How long an agent that a console started stays without work and without anybody asking."""

_READY_FILE = "agent.json"
_LOCK_FILE = "agent.lock"
_ERROR_FILE = "agent.err"
_START_S = 60.0
"""The first start builds the sandbox's packages and nodes; a slow machine takes its time."""
_LOOK_S = 0.05
_STOP_WITHIN_S = 20.0
_STARTED: "list[subprocess.Popen[bytes]]" = []
"""Agents that this process started. They outlive it; until then they are its children and are waited for."""
_CONNECTIONS = {"sandbox": SANDBOX, "this-machine": THIS_MACHINE}


@dataclass(frozen=True, slots=True)
class AgentDoor:
    """Where a running agent listens, and whose keys it takes."""

    endpoint_url: str
    region: str
    credentials_file: Path
    pid: int
    nodes: Nodes
    profile: str = "patchgui"

    def connection(self) -> Connection:
        """Return the connection that leads through this door."""
        return replace(
            _CONNECTIONS[self.nodes],
            region=self.region,
            endpoint_url=self.endpoint_url,
            profile=self.profile,
            credentials_file=self.credentials_file,
        )


def default_state_dir(nodes: Nodes = "sandbox") -> Path:
    """Return the state folder of this user's embedded agent."""
    return platformdirs.user_data_path("patchgui") / "agent" / nodes


async def ensure_agent(
    state_dir: Path | None = None,
    nodes: Nodes = "sandbox",
    *,
    idle_exit_s: float = IDLE_EXIT_S,
    port: int = 0,
) -> AgentDoor:
    """Return the door of the agent on this folder, starting one when there is none.

    ``port`` is only a wish for a new one: an agent that comes back on the same port is found by those who knew it.

    Raises:
        AgentError: it cannot be started; the message and the hint are the agent's own.
    """
    if not sys.platform.startswith("linux"):
        raise AgentError(
            "The local agent runs on Linux only.",
            hint="Connect to AWS instead: on the Connections page, or with patchgui --profile NAME --region REGION.",
        )
    folder = (state_dir or default_state_dir(nodes)).absolute()
    try:
        async with asyncio.timeout(_START_S):
            return await _find_or_start(folder, nodes, idle_exit_s, port)
    except TimeoutError as error:
        raise AgentError(
            f"The local agent did not get ready within {_START_S:.0f} s.",
            hint=f"Look into {folder / 'agent.log'}, or start it by hand: patchgui agent --state-dir {folder}",
        ) from error


async def _find_or_start(folder: Path, nodes: Nodes, idle_exit_s: float, port: int) -> AgentDoor:
    while True:
        if _is_held(folder):
            door = read_door(folder)
            if door is not None and await _answers(door):
                return _of_that_kind(door, nodes, folder)
            await asyncio.sleep(_LOOK_S)
            continue
        process = await asyncio.to_thread(_start, folder, nodes, idle_exit_s, port)
        while process.poll() is None:
            door = read_door(folder)
            if door is not None and door.pid == process.pid and await _answers(door):
                return door
            await asyncio.sleep(_LOOK_S)
        if port and not _is_held(folder):
            # The old port may have been taken by somebody else meanwhile.
            port = 0
            continue
        if not _is_held(folder):
            raise _refused(folder, process.returncode)


def read_door(state_dir: Path) -> AgentDoor | None:
    """Return where the agent on this folder says it listens; None when it does not say."""
    try:
        told = json.loads((state_dir / _READY_FILE).read_text(encoding="utf-8"))
        return AgentDoor(
            endpoint_url=str(told["endpoint_url"]),
            region=str(told["region"]),
            credentials_file=Path(told["credentials_file"]),
            pid=int(told["pid"]),
            nodes=told["nodes"],
            profile=str(told.get("profile", "patchgui")),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


async def stop_agent(state_dir: Path) -> bool:
    """Ask the agent on this folder to end, and wait for it. Return whether there was one.

    Raises:
        AgentError: it did not end in time.
    """
    door = read_door(state_dir)
    if door is None or not _is_held(state_dir):
        return False
    with suppress(ProcessLookupError):
        os.kill(door.pid, signal.SIGTERM)
    for _ in range(round(_STOP_WITHIN_S / _LOOK_S)):
        if not _is_held(state_dir):
            return True
        await asyncio.sleep(_LOOK_S)
    raise AgentError(f"The local agent (process {door.pid}) did not end within {_STOP_WITHIN_S:.0f} s.")


def _is_held(folder: Path) -> bool:
    """Whether a living agent holds the folder: the lock ends with its process, whatever files it left."""
    if sys.platform == "win32":
        return False
    try:
        descriptor = os.open(folder / _LOCK_FILE, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


async def _answers(door: AgentDoor) -> bool:
    host, _, port = door.endpoint_url.removeprefix("http://").partition(":")
    try:
        _, writer = await asyncio.open_connection(host, int(port.rstrip("/")))
    except (OSError, ValueError):
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True


def _start(folder: Path, nodes: Nodes, idle_exit_s: float, port: int) -> "subprocess.Popen[bytes]":
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # A door of a dead agent must not be taken for that of the new one.
        (folder / _READY_FILE).unlink(missing_ok=True)
        errors = os.open(folder / _ERROR_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise AgentError(
            f"The state folder {folder} cannot be used: {error.strerror}.", hint="Give another with --state-dir."
        ) from error
    arguments = ["--state-dir", str(folder), "--nodes", nodes, "--port", str(port), "--idle-exit-s", str(idle_exit_s)]
    _STARTED[:] = [each for each in _STARTED if each.poll() is None]
    try:
        process = subprocess.Popen(
            [*_program(), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
            cwd=folder,
        )
    finally:
        os.close(errors)
    _STARTED.append(process)
    return process


def _program() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, "agent"]
    return [sys.executable, "-P", "-m", "patchgui.agent.main"]


def _refused(folder: Path, exit_status: int | None) -> AgentError:
    """Return what the agent said when it did not start: a line, and a line that tells what to do."""
    try:
        told = (folder / _ERROR_FILE).read_text(encoding="utf-8", errors="replace")
    except OSError:
        told = ""
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    said = next((at for at, line in enumerate(lines) if line.startswith("patchgui agent: ")), None)
    if said is None:
        return AgentError(
            f"The local agent ended at once (exit {exit_status}).",
            hint=f"What it wrote is in {folder / _ERROR_FILE}.",
            log_detail=told[-2000:],
        )
    message = lines[said].removeprefix("patchgui agent: ")
    return AgentError(message, hint=" ".join(lines[said + 1 : said + 3]))


def _of_that_kind(door: AgentDoor, nodes: Nodes, folder: Path) -> AgentDoor:
    if door.nodes != nodes:
        raise AgentError(
            f"The agent on {folder} serves {door.nodes}, not {nodes}.",
            hint="Give each its own state folder: “all nodes” never means both.",
        )
    return door
