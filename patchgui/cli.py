"""The command line: ``patchgui`` opens the console, ``patchgui COMMAND`` does one thing in the terminal.

Everything heavy is imported by the command that needs it: ``patchgui`` alone must put a window up at once.
"""

import os
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace

    from patchgui.place import Place

REFUSED = 2
"""Exit status when a command could not be done, for a reason that was told."""
INTERRUPTED = 130
_DEMO = (
    "run", "--all", "--operation", "Install", "--reboot", "RebootIfNeeded", "--reset-sandbox",
    "--before-install", "PatchingDemo-StopAppGracefully",
    "--after-install", "PatchingDemo-UpdateApp",
    "--on-exit", "PatchingDemo-StartAppandVerify",
)  # fmt: skip
"""What `patchgui` does without a display: the run that the console would offer."""


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line says; return the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["agent"]:
        if not sys.platform.startswith("linux"):
            return _refuse("The agent runs on Linux only.", "Connect to AWS instead: patchgui --profile NAME")
        from patchgui.agent.main import run_agent

        return run_agent(arguments[1:])
    if arguments[:1] == ["demo-fleet"]:
        from patchgui.simulator.main import run_demo_fleet

        return run_demo_fleet(arguments[1:])
    from patchgui.terminal.arguments import build_parser

    options = build_parser().parse_args(arguments)
    try:
        return _do(options)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; Python must not complain about it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED


def _do(options: "Namespace") -> int:
    if options.command is None:
        return _console(options)
    if options.command == "document":
        from patchgui.agent.engine.run_file import run_file_command

        return run_file_command(
            options.file, options.parameters, agent_version=options.agent_version, as_json=options.json
        )
    return _in_terminal(options)


def _console(options: "Namespace") -> int:
    missing = why_no_display(os.environ)
    if missing:
        from patchgui.terminal.arguments import build_parser

        # Only on the sandbox: nobody asked for a run anywhere else.
        if not _means_sandbox(options):
            return _refuse(missing, "Work there in the terminal instead: patchgui run --help")
        sys.stdout.write(f"{missing} The patch run that the console offers takes place here instead.\n\n")
        demo = build_parser().parse_args(_DEMO)
        return _in_terminal(type(options)(**(vars(demo) | {k: v for k, v in vars(options).items() if k != "command"})))
    try:
        from patchgui.app import run_console
    except ImportError as error:
        if error.name is None or error.name.split(".")[0] not in {"PySide6", "qasync", "shiboken6"}:
            raise
        return _refuse(
            "The console needs Qt, which is not installed here.", "Install it: pip install 'patchgui[console]'"
        )
    from patchgui.ssm.errors import PatchError

    try:
        place = _place(options)
    except PatchError as error:
        return _refuse(str(error), error.hint)
    return run_console(place)


def _means_sandbox(options: "Namespace") -> bool:
    given = vars(options)
    named = ("connection", "profile", "region", "endpoint_url")
    return given.get("local", "sandbox") == "sandbox" and not any(given.get(name) for name in named)


def _in_terminal(options: "Namespace") -> int:
    import asyncio

    from patchgui.ssm.errors import PatchError

    try:
        return asyncio.run(_command(options, _place(options)))
    except PatchError as error:
        return _refuse(str(error), error.hint)


async def _command(options: "Namespace", place: "Place") -> int:
    import asyncio
    import signal
    from contextlib import suppress

    from patchgui.terminal import connections, history, listing, running, windows

    # Through the loop: a signal that strikes just before it waits would be noticed only when something else wakes it.
    with suppress(NotImplementedError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, _interrupt)
    match options.command:
        case "run":
            return await running.run(options, place)
        case "watch":
            return await running.watch(options, place)
        case "cancel":
            return await running.cancel(options, place)
        case "connections":
            return await connections.connections(options, place)
        case "runs":
            return await listing.runs(options, place)
        case "history":
            return await history.history(options, place)
        case "windows":
            return await windows.windows(options, place)
        case _:
            return await listing.reset(place)


def _interrupt() -> None:
    raise KeyboardInterrupt


def _place(options: "Namespace") -> "Place":
    """Return where the work is. Raises ``PatchError`` for a connection that there is none of."""
    from patchgui.console.connection import SANDBOX, THIS_MACHINE, aws_connection
    from patchgui.place import Place, connection_called, dressed

    given = vars(options)
    if given.get("connection"):
        return Place(connection_called(given["connection"]), given.get("state_dir"))
    profile, region, endpoint_url = (given.get(name) for name in ("profile", "region", "endpoint_url"))
    if profile or region or endpoint_url:
        return Place(dressed(aws_connection(profile=profile, region=region or "", endpoint_url=endpoint_url)))
    return Place(THIS_MACHINE if given.get("local") == "this-machine" else SANDBOX, given.get("state_dir"))


def why_no_display(environment: Mapping[str, str], platform: str = sys.platform) -> str:
    """Return why no window can be opened, as a sentence; empty when one can."""
    if not platform.startswith("linux") or environment.get("QT_QPA_PLATFORM"):
        return ""
    if environment.get("WAYLAND_DISPLAY"):
        return ""
    display = environment.get("DISPLAY", "")
    if not display:
        return "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)."
    return "" if _x_answers(display) else f"The display {display} does not answer."


def _x_answers(display: str) -> bool:
    """Whether an X server listens on a local display; one on another machine is left for Qt to try."""
    host, _, number = display.rpartition(":")
    number = number.split(".")[0]
    if host not in {"", "unix"} or not number.isdigit():
        return True
    path = Path("/tmp/.X11-unix") / f"X{number}"  # noqa: S108 - where X servers listen
    for address in (str(path), f"\0{path}"):
        with socket.socket(socket.AF_UNIX) as attempt:
            if attempt.connect_ex(address) == 0:
                return True
    return False


def _refuse(message: str, hint: str) -> int:
    sys.stderr.write(f"patchgui: {message}\n")
    if hint:
        sys.stderr.write(f"{hint}\n")
    return REFUSED
