"""The agent's composition root: takes the state folder, builds the parts, serves until it is told to stop."""

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import platformdirs

from patchgui import __version__
from patchgui.agent.api.app import Api, application, operations
from patchgui.agent.api.signature import KeyPair, SignatureCheck
from patchgui.agent.associations import schema as associations_schema
from patchgui.agent.associations.service import AssociationService
from patchgui.agent.clock import utc_now
from patchgui.agent.commands import schema as commands_schema
from patchgui.agent.commands.service import CommandService
from patchgui.agent.context import AgentContext
from patchgui.agent.documents import DocumentStore
from patchgui.agent.key_pair import PROFILE, load_or_make
from patchgui.agent.nodes import Fleet, NodeRegistry
from patchgui.agent.patch_store import PatchStore
from patchgui.agent.server import HOST, ApiServer, listen
from patchgui.agent.settings import AgentSettings
from patchgui.agent.state_folder import StateFolder
from patchgui.agent.steady_clock import SteadyClock
from patchgui.agent.store import schema as store_schema
from patchgui.agent.store.database import Database
from patchgui.agent.tags import TagStore
from patchgui.agent.windows import schema as windows_schema
from patchgui.agent.windows.service import WindowService
from patchgui.ssm.errors import PatchError

EXIT_REFUSED = 2
"""The exit status of an agent that could not start, for a reason that it has told."""

NODES_PATIENCE_S = 3.0
"""How long the ready line waits for the nodes' workers."""

_DATABASE_FILE = "state.db"
_CLOCK_FILE = "clock.json"
_CREDENTIALS_FILE = "credentials"
_LOG_FILE = "agent.log"
_LONGEST_REBOOT_DELAY_S = 3600
_log = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the agent in the foreground; the entry point ``patchgui-agent``."""
    return run_agent(sys.argv[1:] if argv is None else argv)


def run_agent(argv: Sequence[str]) -> int:
    """Run the agent until SIGTERM or SIGINT; return the exit status.

    Once it serves, one line of JSON goes to standard output: ``endpoint_url``, ``region``,
    ``credentials_file``, ``profile``, ``pid``, ``nodes``, ``state_dir``, ``version``.
    """
    settings = _settings(argv)
    try:
        with StateFolder(settings.state_dir) as folder:
            _log_to(folder)
            keys = load_or_make(folder.path / _CREDENTIALS_FILE)
            database = Database(
                folder.path / _DATABASE_FILE,
                {
                    "agent": store_schema.MIGRATIONS,
                    "commands": commands_schema.MIGRATIONS,
                    "associations": associations_schema.MIGRATIONS,
                    "windows": windows_schema.MIGRATIONS,
                },
            )
            try:
                asyncio.run(_Agent(settings, folder, database, keys).run())
            finally:
                database.close()
    except PatchError as error:
        _tell(error)
        return EXIT_REFUSED
    return 0


def _settings(argv: Sequence[str]) -> AgentSettings:
    parser = argparse.ArgumentParser(
        prog="patchgui agent", description="Serve Systems Manager's API on loopback and patch the nodes behind it."
    )
    parser.add_argument("--state-dir", type=Path, metavar="DIR", help="where the agent keeps everything")
    parser.add_argument("--port", type=_port, default=0, metavar="N", help="the port on loopback; 0 takes a free one")
    parser.add_argument(
        "--nodes", choices=("sandbox", "this-machine"), default="sandbox", help="what is patched (default: sandbox)"
    )
    parser.add_argument(
        "--idle-exit-s", type=float, metavar="S", help="stop after S seconds without a command or a request"
    )
    parser.add_argument(
        "--reboot-delay-s",
        type=_seconds,
        metavar="S",
        help="let a node's other commands hold up a reboot that a document asks for S seconds at most (default: 60)",
    )
    parser.add_argument(
        "--sandbox-sh",
        choices=("bash", "dash"),
        help="what sh is on all sandbox nodes (default: bash, as on Amazon Linux; dash is that of Debian and Ubuntu)",
    )
    parser.add_argument("--version", action="version", version=__version__)
    given = parser.parse_args(argv)
    state_dir = given.state_dir or platformdirs.user_data_path("patchgui") / "agent" / given.nodes
    return AgentSettings(
        state_dir.absolute(),
        given.port,
        given.nodes,
        given.idle_exit_s,
        reboot_delay_s=given.reboot_delay_s,
        sandbox_sh=given.sandbox_sh,
    )


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{number} is no port: 0 to 65535")
    return number


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= _LONGEST_REBOOT_DELAY_S:
        raise argparse.ArgumentTypeError(f"{text} is no delay: 0 to {_LONGEST_REBOOT_DELAY_S} seconds")
    return seconds


def _log_to(folder: StateFolder) -> None:
    errors = logging.StreamHandler()
    errors.setLevel(logging.WARNING)
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    # A full disk must not bury the one line that says so under the log's own tracebacks.
    logging.raiseExceptions = False
    logging.basicConfig(level=logging.INFO, format=form, handlers=[folder.open_log(_LOG_FILE), errors], force=True)


def _tell(error: PatchError) -> None:
    _log.info("not started: %s", error)
    sys.stderr.write(f"patchgui agent: {error}\n")
    if error.hint:
        sys.stderr.write(f"{error.hint}\n")


def _fleet(settings: AgentSettings) -> Fleet:
    if settings.nodes == "sandbox":
        from patchgui.agent.sandbox.fleet import SandboxFleet

        folder = settings.state_dir / "sandbox"
        return SandboxFleet(
            folder, region=settings.region, reboot_delay_s=settings.reboot_delay_s, sh=settings.sandbox_sh
        )
    from patchgui.agent.this_machine import ThisMachineFleet

    folder = settings.state_dir / "this-machine"
    return ThisMachineFleet(folder, region=settings.region, reboot_delay_s=settings.reboot_delay_s)


class _Agent:
    """One run of the agent."""

    def __init__(self, settings: AgentSettings, folder: StateFolder, database: Database, keys: KeyPair) -> None:
        self._settings = settings
        self._folder = folder
        self._database = database
        self._keys = keys
        self._fleet = _fleet(settings)
        self._clock = SteadyClock(folder.path / _CLOCK_FILE)

    async def run(self) -> None:
        """Serve until a signal, or until the agent has been idle for as long as it was told.

        Raises:
            PatchError: the agent cannot start.
        """
        stopping = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        listener = listen(self._settings.port)
        try:
            context = await self._build()
        except BaseException:
            listener.close()
            raise
        signatures = SignatureCheck(self._keys, self._settings.region, context.clock)
        api = Api(context, signatures, self._keys.access_key, operations())
        server = ApiServer(application(api))
        if self._clock.is_new_boot:
            context.commands.renew_time_limits()
        await context.commands.start()
        context.associations.start()
        context.windows.start()
        serving = asyncio.create_task(server.serve([listener]), name="api")
        try:
            await server.has_started.wait()
            # Whoever reads the ready line finds the nodes online; one that does not come up holds nobody back for long.
            await _until_done(stopping, context.nodes.wait_online(NODES_PATIENCE_S))
            self._announce(listener.getsockname()[1])
            await _until_done(stopping, asyncio.shield(serving), self._idle_exit(context, api))
        finally:
            server.stop()
            await serving
            await context.windows.stop()
            await context.associations.stop()
            await context.commands.stop()
            _log.info("stopped")

    async def _build(self) -> AgentContext:
        settings, database = self._settings, self._database
        tags = TagStore(database)
        nodes = NodeRegistry(database, tags, utc_now)
        documents = DocumentStore(database, tags, utc_now, settings.account_id)
        for node in await self._fleet.prepare():
            nodes.add(node)
        if settings.nodes == "sandbox":
            from patchgui.agent.sandbox.definition import demo_documents

            documents.seed(demo_documents())
        patches = PatchStore(database, nodes, settings.region)
        commands = CommandService(database, documents, nodes, patches, self._clock)
        associations = AssociationService(database, documents, nodes, commands, utc_now)
        windows = WindowService(database, tags, nodes, commands, utc_now)
        commands.watch(windows.command_ended)
        if settings.nodes == "sandbox":
            from patchgui.agent.windows.demo import seed

            seed(windows.registry)
        return AgentContext(
            *(settings, utc_now, database, documents, nodes, tags, patches),
            *(self._fleet, commands, associations, windows),
        )

    def _announce(self, port: int) -> None:
        door: dict[str, Any] = {
            "endpoint_url": f"http://{HOST}:{port}",
            "region": self._settings.region,
            "credentials_file": str(self._folder.path / _CREDENTIALS_FILE),
            "profile": PROFILE,
            "pid": os.getpid(),
            "nodes": self._settings.nodes,
            "state_dir": str(self._folder.path),
            "version": __version__,
        }
        self._folder.announce(door)
        _log.info("serving %s on %s", self._settings.nodes, door["endpoint_url"])
        # Whoever started the agent may be gone already, and the pipe with them.
        with suppress(BrokenPipeError):
            sys.stdout.write(json.dumps(door) + "\n")
            sys.stdout.flush()

    async def _idle_exit(self, context: AgentContext, api: Api[AgentContext]) -> None:
        """Return once nothing has run and nobody has asked for as long as the settings say; never, where they don't."""
        limit_s = self._settings.idle_exit_s
        if limit_s is None:
            await asyncio.Event().wait()
            return
        busy_at = time.monotonic()
        while True:
            if not context.commands.is_idle or context.associations.is_waiting or context.windows.is_waiting:
                busy_at = time.monotonic()
            idle_s = time.monotonic() - max(busy_at, api.last_request_at)
            if idle_s >= limit_s:
                _log.info("idle for %d s: stopping", idle_s)
                return
            await asyncio.sleep(min(5.0, max(0.05, limit_s - idle_s)))


async def _until_done(stopping: asyncio.Event, *others: Awaitable[object]) -> None:
    """Return when a signal has come or one of the others has ended; the rest is cancelled."""
    waiting = [asyncio.ensure_future(each) for each in (stopping.wait(), *others)]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


if __name__ == "__main__":
    sys.exit(main())
