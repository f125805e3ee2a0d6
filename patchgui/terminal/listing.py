"""``patchgui runs`` and ``patchgui reset``."""

import asyncio
import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress

from patchgui.connect import open_session
from patchgui.console.rows import RunSummary
from patchgui.console.session import ConsoleSession
from patchgui.place import Place
from patchgui.ssm.errors import PatchError
from patchgui.terminal.ask_code import ask_code
from patchgui.terminal.paint import paint_for
from patchgui.terminal.report import run_lines, runs_json

_IMPORT_S = 3.0


async def runs(options: Namespace, place: Place) -> int:
    """List runs, newest first."""
    async with open_session(place, ask_code) as session:
        _show(await session.runs(), options)
        await import_briefly(session)
    return 0


def _show(every: Sequence[RunSummary], options: Namespace) -> None:
    found = every[: max(0, options.limit)]
    if options.json:
        sys.stdout.write(runs_json(found) + "\n")
    elif not found:
        sys.stdout.write("No run yet. Start one: patchgui run --all --operation Scan\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in run_lines(found, paint_for(sys.stdout)))
    sys.stdout.flush()


async def import_briefly(session: ConsoleSession) -> None:
    """Complete the archive as far as that goes in a few seconds; the next command or window goes on."""
    with suppress(PatchError, TimeoutError):
        async with asyncio.timeout(_IMPORT_S):
            await session.import_runs(lambda _progress: None)


async def reset(place: Place) -> int:
    """Bring the sandbox nodes back to their unpatched state."""
    async with open_session(place, ask_code) as session:
        await session.reset_sandbox()
    sys.stdout.write("The sandbox nodes are back in their unpatched state.\n")
    return 0
